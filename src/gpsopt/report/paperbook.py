"""The papers of a run as files: for each year a workbook for inside, one for the public, and a CSV a paper.

Money is in 万元: six decimals, exact to the fen, in the workbook for inside and in CSV; two decimals shown in the one
that is published, the exact amount in the cell. Totals and subtotals are summed in fen before anything is rounded.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from gpsopt.errors import UsageError
from gpsopt.report.paper import WAN, Cell, Paper
from gpsopt.report.papers import papers_of, years_of
from gpsopt.report.sheets import Book, footed
from gpsopt.runread import Run
from gpsopt.text import say

_MICRO: Final = Decimal("0.000001")


def write_papers(run: Run, folder: Path, lang: str, baseline: Run | None = None, year: int | None = None) -> list[str]:
    """Write the papers of every year, or of `year`, into `folder`; the names of the files written."""
    years = years_of(run)
    if year is not None and year not in years:
        raise UsageError("no_year", year=year, known=", ".join(map(str, years)))
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for each in years if year is None else (year,):
        papers = papers_of(run, lang, each, baseline)
        for name, chosen in (("public", [p for p in papers if p.public]), ("internal", papers)):
            file = f"{name}-{each}.xlsx"
            with Book(folder / file) as book:
                for paper in chosen:
                    _sheet(book, paper, run, lang, 2 if name == "public" else 6)
            written.append(file)
        for paper in papers:
            file = f"{paper.key}-{each}.csv"
            with (folder / file).open("w", encoding="utf-8-sig", newline="") as stream:
                writer = csv.writer(stream, lineterminator="\n")
                writer.writerow(paper.head(lang))
                writer.writerows(
                    [plain(cell, column.kind) for cell, column in zip(row, paper.columns, strict=True)]
                    for row in paper.rows
                )  # fmt: skip
            written.append(file)
    return written


def _sheet(book: Book, paper: Paper, run: Run, lang: str, decimals: int) -> None:
    """Title, year and unit; not certified across the page; table with subtotals and total; controls and foot."""
    sheet, last = book.sheet(paper.title(lang)), max(len(paper.columns) - 1, 1)
    sheet.merge_range(0, 0, 0, last, paper.title(lang), book.looks["title"])
    sheet.write_string(1, 0, say(f"paper.form_{paper.form}", lang), book.looks["side"])
    sheet.write_string(1, last, say("paper.year_and_unit", lang, year=paper.year), book.looks["right"])
    start = 2
    if not run.certified:
        sheet.merge_range(2, 0, 2, last, say("paper.not_certified", lang), book.looks["warning"])
        sheet.set_row(2, 28)
        sheet.set_header(f"&C&14{say('paper.not_certified', lang)}")
        start = 3
    kinds = ["hand" if c.hand and c.kind == "text" else f"wan{decimals}" if c.kind == "wan" else c.kind
             for c in paper.columns]  # fmt: skip
    rows, sums = _with_totals(paper, lang)
    line = book.table(sheet, paper.head(lang), rows, kinds, start, sums)
    for said in _under(paper, run, lang):
        sheet.write_string(line, 0, said, book.looks["side"])
        line += 1
    footed(sheet, _foot(run, lang))


def _with_totals(paper: Paper, lang: str) -> tuple[list[Sequence[Cell]], frozenset[int]]:
    """The rows with a subtotal after each group, and a total; which of them are such."""
    rows: list[Sequence[Cell]] = []
    sums: set[int] = set()
    summed = [place for place, column in enumerate(paper.columns) if column.summed]
    if not paper.rows or not summed:
        return list(paper.rows), frozenset()

    def total(words: str, of: Sequence[Sequence[Cell]]) -> None:
        line: list[Cell] = [None] * len(paper.columns)
        line[paper.place(paper.group) if paper.group else 0] = words
        for place in summed:
            line[place] = paper.total(paper.columns[place].name, of)
        sums.add(len(rows))
        rows.append(line)

    if not paper.group:
        rows.extend(paper.rows)
    else:
        at, block = paper.place(paper.group), [paper.rows[0]]
        for row in (*paper.rows[1:], None):
            if row is not None and row[at] == block[0][at]:
                block.append(row)
                continue
            rows.extend(block)
            total(say("paper.subtotal", lang, of=block[0][at]), block)
            block = [] if row is None else [row]
    total(say("paper.total", lang), paper.rows)
    return rows, frozenset(sums)


def _under(paper: Paper, run: Run, lang: str) -> list[str]:
    said = [] if paper.rows else [say("paper.nothing", lang)]
    said += paper.controls
    if paper.to_fill:
        said.append(say("paper.to_fill", lang, n=paper.to_fill))
    return [*said, _foot(run, lang)]


def _foot(run: Run, lang: str) -> str:
    """Plan, check and day."""
    check = say("paper.certified" if run.certified else "paper.not_certified", lang)
    return say("paper.foot", lang, run=run.run, plan=str(run.manifest.get("plan_hash") or "—")[:12], check=check,
               day=date.today().isoformat())  # fmt: skip


def plain(cell: object, kind: str) -> str:
    """A cell of a CSV: exact numbers; what a spreadsheet program would run as a formula gets a mark in front."""
    if isinstance(cell, Decimal):
        return f"{(cell / WAN).quantize(_MICRO):f}" if kind == "wan" else f"{cell:f}"
    text = "" if cell is None else str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


__all__ = ["plain", "write_papers"]
