"""Workbooks out: text stays text, money keeps its fen, heads are frozen, every sheet filters and prints."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pandas as pd
import xlsxwriter

from gpsopt.errors import UsageError
from gpsopt.report.papers import Paper, names_in, papers_of
from gpsopt.runread import Run
from gpsopt.text import say, term

OPTIONS: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_TABLES: Final = ("allocation", "direct", "transfers", "coverage", "budgets", "undertakers", "goals", "excluded",
                  "prices")  # fmt: skip
_MONEY: Final = frozenset(("amount", "setup", "expenditure", "released", "stranded", "received", "given", "purchased",
                           "engagement", "unspent", "change", "budget", "difference", "original"))  # fmt: skip
_NAMED: Final = {"purchaser": "purchasers", "from_purchaser": "purchasers", "to_purchaser": "purchasers",
                 "item": "items", "area": "areas", "undertaker": "undertakers"}  # fmt: skip
Cells = Sequence[object]


def write_workbook(runs: Sequence[Run], path: Path, lang: str) -> int:
    """Every table of every run on a sheet of its own, after a summary of them beside each other; number of sheets."""
    with _book(path) as book:
        looks = _looks(book)
        _summary(book, looks, runs, lang)
        for place, run in enumerate(runs, 1):
            names = names_in(run, lang)
            for name in _TABLES:
                frame = run.frame(name)
                columns = [str(c) for c in frame.columns]
                title = term(name, lang, within="run")
                rows = [
                    [names.of(_NAMED[c], v) if c in _NAMED else v for c, v in zip(columns, values, strict=True)]
                    for values in frame.itertuples(index=False)
                ]
                short = title if len(runs) == 1 else f"{place} {title}"
                _sheet(book, looks, short, [term(c, lang, within=name) for c in columns], rows, columns)
        return len(book.worksheets())


def write_papers(run: Run, folder: Path, lang: str) -> list[str]:
    """The papers of a run as one workbook for inside, one for the public, and a CSV each."""
    folder.mkdir(parents=True, exist_ok=True)
    papers = papers_of(run, lang)
    written = []
    for name, chosen in (("internal", papers), ("public", tuple(p for p in papers if p.public))):
        with _book(folder / f"{name}.xlsx") as book:
            looks = _looks(book)
            for paper in chosen:
                _paper(book, looks, paper, run, lang)
        written.append(f"{name}.xlsx")
    for paper in papers:
        file = folder / f"{paper.key}.csv"
        with file.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(paper.head(lang))
            writer.writerows([_text(cell) for cell in row] for row in paper.rows)
        written.append(file.name)
    return written


class _book:
    """A workbook that is closed at the end; what the system refuses is said in words."""

    def __init__(self, path: Path) -> None:
        self._path, self._book = path, xlsxwriter.Workbook(str(path), OPTIONS)

    def __enter__(self) -> Any:
        return self._book

    def __exit__(self, kind: object, *_rest: object) -> None:
        if kind is not None:
            return
        try:
            self._book.close()
        except (OSError, xlsxwriter.exceptions.XlsxWriterException) as error:
            raise UsageError("file_not_writable", path=str(self._path), why=str(error)) from None


def _looks(book: Any) -> dict[str, Any]:
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "head": book.add_format({"bold": True, "text_wrap": True, "bg_color": "#DDE7F0", "border": 1, "valign": "top"}),
        "money": book.add_format({"num_format": "#,##0.00"}), "plain": book.add_format({"num_format": "General"}),
        "text": book.add_format({"num_format": "@"}),
        "sum": book.add_format({"num_format": "#,##0.00", "bold": True, "top": 1}),
    }  # fmt: skip


def _sheet(
    book: Any, looks: dict[str, Any], title: str, head: Sequence[str], rows: Sequence[Cells], columns: Sequence[str],
    start: int = 0,
) -> Any:  # fmt: skip
    sheet = book.add_worksheet(title[:31])
    for place, words in enumerate(head):
        sheet.write_string(start, place, words, looks["head"])
        sheet.set_column(place, place, 34 if columns[place] in ("project", "reason", "clause", "index") else 16)
    for line, row in enumerate(rows, start + 1):
        for place, value in enumerate(row):
            _write(sheet, line, place, value, looks, columns[place])
    sheet.freeze_panes(start + 1, 1)
    if rows:
        sheet.autofilter(start, 0, start + len(rows), len(head) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(start)
    sheet.set_footer("&C&P / &N")
    return sheet


def _write(sheet: Any, row: int, place: int, value: Any, looks: dict[str, Any], column: str) -> None:
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return
    if isinstance(value, bool) or str(value) in ("True", "False"):
        sheet.write_string(row, place, "yes" if value else "no", looks["text"])
    elif isinstance(value, Decimal | int | float) or hasattr(value, "item"):
        sheet.write_number(row, place, float(value), looks["money" if column in _MONEY else "plain"])
    else:
        sheet.write_string(row, place, str(value), looks["text"])


def _paper(book: Any, looks: dict[str, Any], paper: Paper, run: Run, lang: str) -> None:
    sheet = _sheet(book, looks, paper.title(lang), paper.head(lang), paper.rows, paper.columns, start=2)
    sheet.write_string(0, 0, paper.title(lang), looks["title"])
    said = say("paper.foot", lang, run=run.run, plan=str(run.manifest.get("plan_hash") or "")[:12])
    if not run.certified:
        said = f"{say('paper.not_certified', lang)} {said}"
    sheet.write_string(1, 0, said, looks["text"])
    if not paper.rows:
        sheet.write_string(3, 0, say("paper.nothing", lang), looks["text"])
    for column in paper.summed:
        sheet.write_number(len(paper.rows) + 4, paper.columns.index(column), float(paper.total(column)), looks["sum"])


def _summary(book: Any, looks: dict[str, Any], runs: Sequence[Run], lang: str) -> None:
    from gpsopt.report.brief import options

    head, rows = options(runs, lang)
    _sheet(book, looks, term("summary", lang), head, rows, ["project"] * len(head))


def _text(cell: object) -> str:
    """A cell of a CSV: what a spreadsheet program would run as a formula gets a mark in front."""
    text = "" if cell is None else format(cell, "f") if isinstance(cell, Decimal) else str(cell)
    risky = text[:1] in ("=", "+", "-", "@", "\t") and not isinstance(cell, Decimal | int)
    return f"'{text}" if risky else text
