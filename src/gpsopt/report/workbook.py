"""A run as a workbook: summary, every table in words, and the rules in force with what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from gpsopt.analysis.explain.wording import left_out
from gpsopt.report.brief import options
from gpsopt.report.paper import Names, names_in, records
from gpsopt.report.rules import keys_of, priced_in, rule_rows, used_for
from gpsopt.report.sheets import Book
from gpsopt.runread import Run
from gpsopt.text import messages, say, term

_TABLES: Final = ("allocation", "direct", "transfers", "coverage", "budgets", "undertakers", "goals", "excluded",
                  "prices")  # fmt: skip
_MONEY: Final = frozenset(("amount", "setup", "expenditure", "released", "stranded", "received", "given", "purchased",
                           "engagement", "unspent", "change"))  # fmt: skip
_QUANTITIES_DESPITE: Final = frozenset(("coverage.purchased",))  # units, though the word is also one for money
_NAMED: Final = {"purchaser": "purchasers", "from_purchaser": "purchasers", "to_purchaser": "purchasers",
                 "item": "items", "area": "areas", "undertaker": "undertakers"}  # fmt: skip
_WORDS: Final = {"status": "", "clause": "clauses", "from_line": "line", "to_line": "line"}


def write_workbook(runs: Sequence[Run], path: Path, lang: str) -> int:
    """Every table of every run on a sheet of its own, after a summary of them beside each other; number of sheets."""
    with Book(path) as book:
        head, rows = options(runs, lang)
        sheet = book.sheet(term("summary", lang))
        end = book.table(sheet, head, rows, ["text"] * len(head))
        for line, run in enumerate(runs, end + 1):
            said = say("brief.foot_run", lang, run=run.run, plan=str(run.manifest.get("plan_hash") or "—")[:12],
                       inputs=run.scenario.digest()[:12])  # fmt: skip
            sheet.write_string(line, 0, said, book.looks["side"])
        for place, run in enumerate(runs, 1):
            mark = "" if len(runs) == 1 else f"{place} "
            names = names_in(run, lang)
            for name in (*_TABLES, *(["violations"] if "violations" in run.frames else [])):
                _table(book, run, name, names, mark)
            head, rules = rule_rows(run, names)
            kinds = ["text"] * (len(head) - 1) + ["number"]
            book.table(book.sheet(f"{mark}{say('rules_sheet.title', lang)}"), head, rules, kinds)
        return len(book.book.worksheets())


def _table(book: Book, run: Run, name: str, names: Names, mark: str) -> None:
    lang = names.lang
    columns = [str(c) for c in run.frame(name).columns]
    rows, extra = [], name in ("allocation", "coverage", "direct")  # quantities are in the item's own unit
    units = {row["need"]: row["item"] for _line, row in run.scenario.tables.rows("needs")}
    for row in records(run, name):
        cells = [_said(name, c, row, names) for c in columns]
        if extra:
            cells.append(names.unit(row.get("item") or units.get(row["need"], "")))
        rows.append(cells)
    heads = [_head(name, c, lang) for c in columns] + ([term("unit", lang)] if extra else [])
    kinds = [_kind(name, c) for c in columns] + (["text"] if extra else [])
    heads = [say("paper.in_yuan", lang, word=h) if k == "money" else h for h, k in zip(heads, kinds, strict=True)]
    title = say("run_column.violations_title", lang) if name == "violations" else term(name, lang, within="run")
    book.table(book.sheet(f"{mark}{title}"), heads, rows, kinds)


def _head(table: str, column: str, lang: str) -> str:
    """A column's word: as this table uses it, as runs use it, else as everywhere."""
    said = messages(lang)
    found = said.get(f"run_column.{table}_{column}") or said.get(f"run_column.{column}")
    return found or term(column, lang, within=table)


def _kind(table: str, column: str) -> str:
    if f"{table}.{column}" in _QUANTITIES_DESPITE or (table == "coverage" and column == "direct"):
        return "number"
    if column in _MONEY or (table == "budgets" and column == "direct"):
        return "money"
    if column == "year":
        return "year"
    return "number"


def _said(table: str, column: str, row: dict[str, Any], names: Names) -> object:
    """A cell in the reader's words; numbers stay numbers."""
    value, lang = row[column], names.lang
    if value is None:
        return None
    if column in _NAMED:
        return names.of(_NAMED[column], value)
    if column in _WORDS:
        return term(str(value), lang, within=_WORDS[column])
    if column == "kept_because":
        return say(f"reason.{value}", lang)
    if column == "use":
        return used_for(str(value), lang)
    if column == "reason":
        return left_out(str(value), lang)
    if column == "goal":
        return say(f"goal.{value}", lang)
    if column == "unit":
        return _unit(table, str(value), lang)
    if column == "index":
        return keys_of(str(value) if table == "prices" else f"row {value}", names)
    if isinstance(value, bool) or column in ("thin", "met"):
        return "" if str(value) in ("<NA>", "nan") else term("yes" if value else "no", lang)
    return value


def _unit(table: str, unit: str, lang: str) -> str:
    """The unit of a price, of a broken limit, or of a goal."""
    if table == "prices":
        return priced_in(unit, lang)
    return say(f"unit.{unit}" if table == "violations" else f"goal_unit.{unit}", lang)
