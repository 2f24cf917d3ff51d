"""Names and figures as a comparison says them."""

from __future__ import annotations

from typing import Any, Final

from gpsopt.analysis.compare.causes import Cause
from gpsopt.analysis.compare.inputs import Difference, cell_text
from gpsopt.changes import Entry
from gpsopt.runread import Run
from gpsopt.tables import SCHEMA
from gpsopt.text import messages, say, term

_KEYS: Final = {"purchaser": "purchasers", "area": "areas", "item": "items", "undertaker": "undertakers"}
_MOST: Final = 3  # values of a condition that are spelled out
_GROUPED: Final = ("money", "price", "quantity", "count", "number")  # kinds of cells


class Names:
    """Names of purchasers, areas, items and undertakers in one language, from any of the runs."""

    def __init__(self, runs: tuple[Run, ...], lang: str) -> None:
        first, second = ("name_zh", "name_en") if lang == "zh" else ("name_en", "name_zh")
        self._known: dict[tuple[str, str], str] = {}
        for run in reversed(runs):
            for key, table in _KEYS.items():
                for _line, row in run.scenario.tables.rows(table):
                    self._known[key, row[key]] = row[first] or row[second] or row[key]

    def of(self, by: str, key: str) -> str:
        """The name, or the key where there is none."""
        return self._known.get((by, key), key)

    def with_key(self, by: str, key: str) -> str:
        """The name with its key, by which the table knows it."""
        name = self.of(by, key)
        return key if name == key else f"{name} ({key})"


def difference_line(difference: Difference, names: Names, lang: str) -> str:
    """`Civil affairs (civil_affairs) 2016: 1,200,000 → 1,080,000`, with the column's title where it is no row's."""
    table, key, column, before, after, kind = difference.row()
    if kind != "changed":
        return say(f"compare.row_{kind}", lang, cells=after or before)
    subject = key if table in SCHEMA or table == "lock" else " · ".join(_path(difference, lang)[-2:])
    if table in SCHEMA:
        parts = zip((*SCHEMA[table].key, *difference.key), difference.key, strict=False)
        subject = " ".join(names.with_key(name, cell_text(k)) for name, k in parts if k is not None)
        if SCHEMA[table].column(column).kind in _GROUPED:
            before, after = grouped(before), grouped(after)
    none = say("compare.empty", lang)
    return say("compare.cell", lang, row=subject, before=before or none, after=after or none)


def grouped(number: str) -> str:
    """A decimal text with its thousands set apart; other text as it is."""
    whole, dot, rest = number.partition(".")
    return f"{int(whole):,}{dot}{rest}" if whole.lstrip("-").isdigit() and whole != "-0" else number


def cause_name(cause: Cause, lang: str) -> str:
    """A named change in a few words: what it does to which table, and where it stands."""
    parts = [_entry_name(e, cause, lang) for e in cause.entries] or [_plain_name(cause.differences[0], lang)]
    name = say("compare.and", lang).join(dict.fromkeys(parts))
    return say("compare.taken_back", lang, name=name) if cause.taken_back else name


def cause_place(cause: Cause, lang: str) -> str:
    """File and line of a change, empty where comparing found it."""
    places = [f"{e.file}.toml" + (say("compare.line", lang, line=e.line) if e.line else "") for e in cause.entries]
    return ", ".join(dict.fromkeys(places))


def _entry_name(entry: Entry, cause: Cause, lang: str) -> str:
    if entry.kind in ("setting", "lock"):
        own = next((d for d in cause.differences if d.table not in SCHEMA), cause.differences[0])
        return _plain_name(own, lang)
    table = term(entry.table, lang)
    where = [values for values in entry.where.values() if values]
    if entry.kind == "add":
        keys = SCHEMA[entry.table].key if entry.table in SCHEMA else ()
        where = [entry.where[k] for k in keys if k in entry.where]
    scope = "; ".join(_some(values, lang) for values in where)
    if entry.kind != "change":
        return say(f"compare.{entry.kind}_rows", lang, table=table, rows=scope or say("compare.all", lang))
    by = grouped(entry.by)
    way = say(f"compare.way_{entry.way}", lang, by=_signed(by) if entry.way == "add" else by)
    name = say("compare.change", lang, table=table, column=_column_title(entry.table, entry.column, lang), way=way)
    return say("compare.where", lang, name=name, scope=scope) if scope else name


def _some(values: tuple[str, ...], lang: str) -> str:
    shown = ", ".join(values[:_MOST])
    return shown if len(values) <= _MOST else say("compare.and_more", lang, shown=shown, count=len(values) - _MOST)


def _signed(number: str) -> str:
    return number if number.startswith("-") else f"+{number}"


def _plain_name(difference: Difference, lang: str) -> str:
    """What comparing alone shows: the table and column, or the setting and its values."""
    if difference.table in SCHEMA:
        table = term(difference.table, lang)
        if difference.kind != "changed":
            return say("compare.add_rows" if difference.kind == "added" else "compare.drop_rows", lang, table=table,
                       rows=say("compare.some_rows", lang))  # fmt: skip
        column = _column_title(difference.table, difference.column, lang)
        return say("compare.cells_of", lang, table=table, column=column)
    if difference.table == "lock":
        return term("lock", lang)
    none = say("compare.empty", lang)
    before, after = (_setting_text(v, lang) or none for v in (difference.before, difference.after))
    path = " · ".join(_path(difference, lang))
    return say("compare.setting", lang, path=path, before=before, after=after)


def _path(difference: Difference, lang: str) -> list[str]:
    """The names that lead to a setting, its group first."""
    names = []
    for part in (*map(str, difference.key), difference.column):
        own = f"compare.name_{part}"
        names.append(say(own, lang) if own in messages(lang) else term(part, lang, within=difference.table))
    if difference.table not in ("settings", "clauses"):
        names.insert(0, say(f"compare.group_{difference.table}", lang))
    return names


def _setting_text(value: Any, lang: str) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(term(str(v), lang, within="aims") for v in value)
    return term(cell_text(value), lang) if isinstance(value, str) else cell_text(value)


def _column_title(table: str, column: str, lang: str) -> str:
    return term(column, lang, within=table)


__all__ = ["Names", "cause_name", "cause_place", "difference_line"]
