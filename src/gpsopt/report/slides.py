"""The brief as slides 16:9 with native tables and a native chart, to be edited before they are shown."""

from __future__ import annotations

import io
from collections.abc import Sequence
from math import ceil
from typing import Any, Final

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from gpsopt.report.brief import Brief, tables_of
from gpsopt.report.charts import Look, ramp_rows
from gpsopt.report.sheets import cells_of
from gpsopt.runread import Run
from gpsopt.text import say

#: on the desks of most offices; where it is not, the program takes its own
FONT: Final = "Microsoft YaHei"


def _colour(code: str) -> RGBColor:
    """A colour from its six hexadecimal digits."""
    made: RGBColor = RGBColor.from_string(code)  # type: ignore[no-untyped-call]
    return made


_WHITE: Final = _colour("FFFFFF")
_INK: Final = _colour("1F2A37")
_ACCENT: Final = _colour("1B4F8A")
_FAINT: Final = _colour("666F7A")
_BAND: Final = _colour("F2F5F9")
_WARN: Final = _colour("C00000")
_PARTS: Final = ("direct", "stranded", "purchased", "unspent")
_LEFT, _WIDE = 0.6, 12.1  # inches
_LETTERS_AN_INCH: Final = 11  # of a table's bold head, a Chinese letter counted as two
_ONE_LINE: Final = 60  # columns of a title in its largest letters


def slides(brief: Brief, run: Run, lang: str) -> bytes:
    """Decision and reasons, options, goals, who is affected, and the money by year as a native chart."""
    deck: Any = Presentation()
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)

    def slide(title: str) -> Any:
        made = deck.slides.add_slide(deck.slide_layouts[6])
        _box(made, [[(title, True)]], 0.3, 0.75, 24 if cells_of(title) < _ONE_LINE else 18, _ACCENT)
        line = made.shapes.add_connector(1, Inches(_LEFT), Inches(1.12), Inches(_LEFT + _WIDE), Inches(1.12))
        line.line.color.rgb, line.line.width = _ACCENT, Pt(1.25)
        if not run.certified:
            _box(made, [[(say("paper.not_certified", lang), True)]], 6.45, 0.45, 16, _WARN)
        _box(made, [[(brief.foot, False)]], 6.95, 0.5, 8, _FAINT)
        return made

    half = (len(brief.sections) + 1) // 2
    for some in (brief.sections[:half], brief.sections[half:]):
        _box(slide(brief.title), [[(f"{head}　", True), (said, False)] for head, said in some], 1.3, 5.1, 16, _INK)
    for heading, rows in tables_of(brief, lang):
        _grid(slide(heading), rows)
    _money(slide(say("brief.h_money_chart", lang)), run, lang)
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def _written(run: Any, size: float, colour: RGBColor, bold: bool = False) -> None:
    """Size, colour and font of a run, the font also for Chinese letters."""
    run.font.size, run.font.name, run.font.bold, run.font.color.rgb = Pt(size), FONT, bold, colour
    properties = run._r.get_or_add_rPr()
    east = properties.find(qn("a:ea"))
    if east is None:
        east = properties.makeelement(qn("a:ea"), {})
        properties.append(east)
    east.set("typeface", FONT)


def _box(
    slide: Any, lines: Sequence[Sequence[tuple[str, bool]]], top: float, height: float, size: float, colour: RGBColor
) -> None:
    """Paragraphs of (text, bold) across the slide."""
    frame = slide.shapes.add_textbox(Inches(_LEFT), Inches(top), Inches(_WIDE), Inches(height)).text_frame
    frame.word_wrap = True
    for number, pieces in enumerate(lines):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(4)
        for text, bold in pieces:
            run = paragraph.add_run()
            run.text = text
            _written(run, size, colour, bold)


def _grid(slide: Any, rows: tuple[list[str], list[list[str]]]) -> None:
    """A table: words left, figures right; the first column takes what the others leave."""
    head, body = rows
    row = min(0.34, 5.5 / (len(body) + 1))
    shape = slide.shapes.add_table(len(body) + 1, len(head), Inches(_LEFT), Inches(1.3), Inches(_WIDE),
                                   Inches(row * (len(body) + 1)))  # fmt: skip
    table = shape.table
    each = min(2.9, (_WIDE - 3.0) / max(1, len(head) - 1))
    for place, column in enumerate(table.columns):
        column.width = Inches(_WIDE - each * (len(head) - 1) if place == 0 else each)
    for line, cells in enumerate([head, *body]):
        most = max(map(cells_of, cells[1:]), default=0) if line == 0 else 0
        table.rows[line].height = Inches(row * max(1, ceil(most / ((each - 0.2) * _LETTERS_AN_INCH))))
        for place, text in enumerate(cells):
            cell = table.cell(line, place)
            cell.text, cell.vertical_anchor = text, MSO_ANCHOR.MIDDLE
            cell.margin_top = cell.margin_bottom = Inches(0.02)
            cell.fill.solid()
            cell.fill.fore_color.rgb = _ACCENT if line == 0 else _BAND if line % 2 else _WHITE
            paragraph = cell.text_frame.paragraphs[0]
            paragraph.alignment = PP_ALIGN.LEFT if place == 0 else PP_ALIGN.RIGHT
            for run in paragraph.runs:
                _written(run, 12, _WHITE if line == 0 else _INK, line == 0)


def _money(slide: Any, run: Run, lang: str) -> None:
    """Where the budgets of each year go, stacked, in 万元, with the colours of every other chart."""
    data: Any = CategoryChartData(number_format="#,##0.00")  # type: ignore[no-untyped-call]
    money = ramp_rows(run)
    data.categories = [str(year) for year in sorted(set(money["year"]))]
    for part in _PARTS:
        of_part = money[money["part"] == part].sort_values("year")
        data.add_series(say(f"brief.m_{part}", lang), [float(v) / 1e6 for v in of_part["fen"]])
    place = (Inches(0.8), Inches(1.35), Inches(11.7), Inches(5.1))
    chart = slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_STACKED, *place, data).chart
    chart.has_legend, chart.legend.position, chart.legend.include_in_layout = True, XL_LEGEND_POSITION.BOTTOM, False
    chart.font.size, chart.font.name, chart.font.color.rgb = Pt(12), FONT, _INK
    axis = chart.value_axis
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "#,##0", False
    axis.major_gridlines.format.line.color.rgb = _colour("DDDDDD")
    plot, inks = chart.plots[0], Look(lang).inks
    plot.gap_width = 60
    for part, series in zip(_PARTS, plot.series, strict=True):
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = _colour(getattr(inks, part).lstrip("#").upper())
    for part in ("direct", "purchased"):  # the others are too thin for a figure
        labels = plot.series[_PARTS.index(part)].data_labels
        labels.show_value, labels.number_format, labels.number_format_is_linked = True, "#,##0", False
        labels.font.size, labels.font.color.rgb = Pt(11), _WHITE


__all__ = ["slides"]
