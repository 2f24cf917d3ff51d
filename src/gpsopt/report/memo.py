"""The brief as a document on A4, to be edited."""

from __future__ import annotations

import io
from typing import Any, Final

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from gpsopt.report.brief import Brief, tables_of
from gpsopt.runread import Run
from gpsopt.text import say

_FONT: Final = "Microsoft YaHei"
_WIDE: Final = 165  # mm between the margins
_FIGURES: Final = 40  # mm of a column of figures, where there is room


def memo(brief: Brief, run: Run, lang: str) -> bytes:
    """Title, sections, tables, foot."""
    document: Any = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm((210 - _WIDE) / 2)
    page.top_margin = page.bottom_margin = Mm(22)
    style = document.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(11)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    style.paragraph_format.space_after, style.paragraph_format.line_spacing = Pt(6), 1.25
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(title, brief.title, 17, bold=True)
    if not run.certified:
        warned = document.add_paragraph()
        warned.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(warned, say("paper.not_certified", lang), 16, bold=True).font.color.rgb = RGBColor(0xC0, 0, 0)
    for head, sentence in brief.sections:
        paragraph = document.add_paragraph()
        _run(paragraph, f"{head}　", 11, bold=True)
        paragraph.add_run(sentence)
    for heading, rows in tables_of(brief, lang):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_before, paragraph.paragraph_format.keep_with_next = Pt(10), True
        _run(paragraph, heading, 12, bold=True)
        _table(document, rows)
    foot = document.add_paragraph()
    foot.paragraph_format.space_before = Pt(10)
    _run(foot, brief.foot, 8).font.color.rgb = RGBColor(0x66, 0x66, 0x66)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _run(paragraph: Any, text: str, size: float, *, bold: bool = False) -> Any:
    run = paragraph.add_run(text)
    run.bold, run.font.size = bold, Pt(size)
    return run


def _table(document: Any, rows: tuple[list[str], list[list[str]]]) -> None:
    """Words left, figures right; the head stands again on the next page, and no row is torn."""
    head, body = rows
    table = document.add_table(rows=0, cols=len(head), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    figures = min(_FIGURES, (_WIDE - 45) / max(1, len(head) - 1))
    widths = [Mm(_WIDE - figures * (len(head) - 1)), *[Mm(figures)] * (len(head) - 1)]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for line, cells in enumerate([head, *body]):
        row = table.add_row()
        _marked(row._tr.get_or_add_trPr(), "w:cantSplit")
        if line == 0:
            _marked(row._tr.get_or_add_trPr(), "w:tblHeader")
        for place, (cell, text) in enumerate(zip(row.cells, cells, strict=True)):
            cell.width = widths[place]
            paragraph = cell.paragraphs[0]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if place == 0 else WD_ALIGN_PARAGRAPH.RIGHT
            paragraph.paragraph_format.space_after, paragraph.paragraph_format.line_spacing = Pt(0), 1.1
            _run(paragraph, text, 9.5, bold=line == 0)
            if line == 0:
                shade = OxmlElement("w:shd")
                shade.set(qn("w:val"), "clear")
                shade.set(qn("w:fill"), "DDE7F0")
                cell._tc.get_or_add_tcPr().append(shade)


def _marked(properties: Any, name: str) -> None:
    properties.append(OxmlElement(name))


__all__ = ["memo"]
