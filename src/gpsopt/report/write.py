"""One brief, four forms: PDF (typst), slides with native charts, memo, and one HTML page that needs no network."""

from __future__ import annotations

import html
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from gpsopt.errors import UsageError
from gpsopt.report.brief import Brief, brief_of, tables_of
from gpsopt.report.charts import Look, can_draw_han, fees_flow, picture, ramp
from gpsopt.report.charts.look import FONTS
from gpsopt.runread import Run
from gpsopt.simulation.headline import Lived
from gpsopt.text import say

FORMS: Final = (".xlsx", ".pdf", ".pptx", ".docx", ".html")
_PAGES: Final = 2
_NARROW: Final = 3  # columns of the options up to which the first takes what the others leave; else each has a share
_SIZES: Final = (
    11.0,
    10.5,
    10.0,
    9.5,
    9.0,
    8.5,
    8.0,
    7.5,
    7.0,
    6.5,
)  # points, tried in order until the brief has its two pages


def write_report(runs: Sequence[Run], path: Path, lang: str, lived: Lived | None = None) -> Path:
    """Write the report of the runs in the form that the ending says; raises UsageError where it cannot be."""
    form = path.suffix.lower()
    if form not in FORMS:
        raise UsageError("suffix_unknown", path=str(path), known=", ".join(FORMS))
    for run in runs:
        if not run.has_plan:
            raise UsageError("no_plan", run=run.run, status=run.status)
    if form == ".xlsx":
        from gpsopt.report.workbook import write_workbook

        write_workbook(runs, path, lang)
        return path
    content = _maker(form)(brief_of(runs, lang, lived), runs[-1], lang)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise UsageError("file_not_writable", path=str(path), why=error.strerror or str(error)) from None
    return path


def _maker(form: str) -> Callable[[Brief, Run, str], bytes]:
    """What makes a form; each form's own library is loaded only for it."""
    if form == ".pptx":
        from gpsopt.report.slides import slides

        return slides
    if form == ".docx":
        from gpsopt.report.memo import memo

        return memo
    return _pdf if form == ".pdf" else _page


def brief_pictures(runs: Sequence[Run], lang: str) -> list[bytes]:
    """The pages of the PDF as PNG, to look at on a screen."""
    return _typeset(brief_of(runs, lang), runs[-1], lang)


def _pdf(brief: Brief, run: Run, lang: str) -> bytes:
    return _typeset(brief, run, lang, form="pdf")[0]


def _typeset(brief: Brief, run: Run, lang: str, form: str = "png") -> list[bytes]:
    """Two pages in the largest letters that leave it at two: a PDF, or a picture of each page."""
    import tempfile

    import typst

    if not can_draw_han():
        raise UsageError("no_han_font")
    own = os.environ.get("GPSOPT_FONTS", "")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "brief.typ"
        (place.parent / "ramp.svg").write_bytes(picture(ramp(run, Look(lang, width=560)), "svg"))
        for size in _SIZES:
            place.write_text(_source(brief, run, lang, size), encoding="utf-8")
            drawn = typst.compile(
                str(place), font_paths=[own] if own else [], format="png", ppi=110.0 if form == "png" else 12.0
            )
            pages = [bytes(page) for page in drawn] if isinstance(drawn, list) else [bytes(drawn)]
            if len(pages) == _PAGES:
                break
        if form == "png":
            return pages
        return [bytes(typst.compile(str(place), font_paths=[own] if own else []))]


def _source(brief: Brief, run: Run, lang: str, size: float) -> str:
    """What is asked, the options; on the second page goals, who is affected, and where the money goes."""
    fonts = ", ".join(f'"{name}"' for name in FONTS if name != "sans-serif")
    parts = [
        f'#set page(paper: "a4", margin: (x: 2cm, y: 1.7cm), footer: text(size: 6.5pt)[{_t(brief.foot)}])',
        f"#set text(font: ({fonts}), size: {size}pt, lang: \"{lang}\")", "#set par(leading: 0.7em)",
        f"#align(center, text(size: {size + 5}pt, weight: \"bold\")[{_t(brief.title)}])",
    ]  # fmt: skip
    if not run.certified:
        words = _t(say("paper.not_certified", lang))
        parts.append(f'#align(center, block(width: 100%, inset: 6pt, stroke: 1.5pt + red, '
                     f'text(fill: red, size: 16pt, weight: "bold")[{words}]))')  # fmt: skip
    parts += [f"*{_t(head)}* #h(0.5em) {_t(sentence)}\n" for head, sentence in brief.sections]
    (first, options), *others = tables_of(brief, lang)
    parts += [f"*{_t(first)}*", _table(options, size - 1.5, len(options[0]) > _NARROW), "#pagebreak()"]
    for heading, rows in others:
        parts += [f"*{_t(heading)}*", _table(rows, size - 1.5)]
    parts += [f"*{_t(say('brief.h_money_chart', lang))}*", '#align(center, image("ramp.svg", height: 7.5cm))']
    return "\n\n".join(parts)


def _t(text: str) -> str:
    """Text of ours or of a table as typst writes it: nothing in it is markup."""
    return "".join(f"\\{letter}" if letter in "\\#*_`$<>@[]=-+/~'\"" else letter for letter in text)


def _table(rows: tuple[list[str], list[list[str]]], size: float, shared: bool = False) -> str:
    """Words left, figures right; the first column takes what the others leave, unless the width is `shared`."""
    head, body = rows
    cells = [f"[*{_t(cell)}*]" for cell in head] + [f"[{_t(cell)}]" for row in body for cell in row]
    columns = ("1.3fr, " + "1fr, " * (len(head) - 1)) if shared else "1fr, " + "auto, " * (len(head) - 1)
    align = "(x, y) => if x == 0 { left } else { right }"
    return (
        f"#text(size: {size}pt, table(columns: ({columns}), align: {align}, inset: 3.5pt, stroke: 0.4pt + gray, "
        f"{', '.join(cells)}))"
    )


def _page(brief: Brief, run: Run, lang: str) -> bytes:
    """One page with its charts drawn in: nothing is fetched, nothing runs."""
    body = [f"<h1>{html.escape(brief.title)}</h1>"]
    if not run.certified:
        body.append(f"<p class=bad>{html.escape(say('paper.not_certified', lang))}</p>")
    body += [f"<p><b>{html.escape(h)}</b> {html.escape(s)}</p>" for h, s in brief.sections]
    for heading, (head, rows) in tables_of(brief, lang):
        lines = ["".join(f"<th>{html.escape(c)}</th>" for c in head)]
        lines += ["".join(f"<td>{html.escape(c)}</td>" for c in row) for row in rows]
        table = "".join(f"<tr>{line}</tr>" for line in lines)
        body.append(f"<h2>{html.escape(heading)}</h2><table>{table}</table>")
    look = Look(lang)
    body += [picture(chart, "svg").decode("utf-8") for chart in (ramp(run, look), fees_flow(run, look))]
    body.append(f"<footer>{html.escape(brief.foot)}</footer>")
    style = (
        "body{font-family:'Noto Sans CJK SC','Microsoft YaHei','PingFang SC',sans-serif;max-width:60rem;margin:2rem "
        "auto;padding:0 1rem}table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:.25rem .6rem;"
        "text-align:right}td:first-child,th:first-child{text-align:left}.bad{color:#b00;font-weight:bold}"
        "svg{max-width:100%;height:auto}footer{color:#666;margin-top:2rem;font-size:.8rem}"
    )
    page = f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>{html.escape(brief.title)}</title>'
    return f"{page}<style>{style}</style>{''.join(body)}</html>".encode()
