"""What differs between two scenarios as they were solved: table, row key, column, before, after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import pandas as pd

from gpsopt.cells import format_cell, plain
from gpsopt.runread import Run
from gpsopt.scenario import Scenario
from gpsopt.settings import Lock, Settings
from gpsopt.tables import SCHEMA, Tables

Key = tuple[Any, ...]
#: what a scenario is called; it changes nothing
_WORDS: Final = frozenset(("title", "title_zh", "question", "question_zh", "unit_values", "lock"))
#: groups whose members are settings of their own
GROUPS: Final = ("clauses", "aims", "goals")
#: sums written beside the tables, and remarks: they change no plan
_IDLE_TABLES: Final = frozenset(("controls",))
_REMARKS: Final = frozenset(("note", "source", "status"))
COLUMNS: Final = ("table", "key", "column", "before", "after", "kind")


@dataclass(frozen=True)
class Difference:
    """One cell, row or setting that differs.

    table: a table of the model, or settings, clauses, aims, goals, lock, unit_values, options; key: the row's key
    (of a setting its path above the column); column: empty where a whole row came or went; before and after: the
    exact values, None where there is none.
    """

    table: str
    key: Key
    column: str
    before: Any
    after: Any

    @property
    def kind(self) -> str:
        """added or removed (a whole row), else changed."""
        if self.column:
            return "changed"
        return "added" if self.before is None else "removed"

    @property
    def idle(self) -> bool:
        """Is it a remark, which changes no plan?"""
        return self.column in _REMARKS and self.table in SCHEMA

    def row(self) -> tuple[str, ...]:
        """The difference as texts, in the order of COLUMNS."""
        return (self.table, " ".join(cell_text(k) for k in self.key if k is not None), self.column,
                _side(self.before), _side(self.after), self.kind)  # fmt: skip


def differences(base: Scenario, other: Scenario) -> tuple[Difference, ...]:
    """Everything that differs from `base` in `other`: settings, clauses, locks, unit values, then table by table.

    Control totals are left out: they are sums of the tables, and go where a scenario departs from them.
    """
    return (
        *_settings(base.settings, other.settings),
        *_locks(base.settings, other.settings),
        *_mapping("unit_values", base.unit_values, other.unit_values),
        *(d for name in SCHEMA if name not in _IDLE_TABLES for d in _table(name, base.tables, other.tables)),
    )


def option_differences(base: Run, other: Run) -> tuple[Difference, ...]:
    """How the search was asked to end, where that differs: gap, limits, seed."""
    ours, theirs = (run.manifest.get("options") or {} for run in (base, other))
    return tuple(
        Difference("options", (), name, ours.get(name), theirs.get(name))
        for name in sorted({*ours, *theirs}) if ours.get(name) != theirs.get(name)
    )  # fmt: skip


def difference_frame(found: tuple[Difference, ...]) -> pd.DataFrame:
    """The differences as a tidy frame of texts."""
    return pd.DataFrame([d.row() for d in found], columns=list(COLUMNS), dtype=object)


def rows_by_key(tables: Tables, name: str) -> dict[Key, tuple[int, tuple[Any, ...]]]:
    """Key -> (line, cells) of a table's rows; rows of one key are told apart by a running number."""
    table, frame = SCHEMA[name], tables[name]
    columns = [list(frame[column]) for column in table.names()]
    keys = list(zip(*(frame[column] for column in table.key), strict=True))
    found: dict[Key, tuple[int, tuple[Any, ...]]] = {}
    for place, (line, cells) in enumerate(zip(frame.index, zip(*columns, strict=True), strict=True)):
        key, again = keys[place], 1
        while key in found:
            again += 1
            key = (*keys[place], again)
        found[key] = int(line), cells
    return found


def cell_text(value: Any) -> str:
    """A cell, setting or option as text."""
    if isinstance(value, bool) or value is None or isinstance(value, str | Decimal | int):
        return format_cell(value)
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple | list):
        return "; ".join(cell_text(v) for v in value)
    return str(value)


def _side(value: Any) -> str:
    """What a row was or is: its cells that are not empty; else one value."""
    if isinstance(value, Mapping):
        return ", ".join(f"{k}={cell_text(v)}" for k, v in value.items() if v is not None)
    return cell_text(value)


def _table(name: str, base: Tables, other: Tables) -> Iterator[Difference]:
    if base[name] is other[name]:
        return
    ours, theirs, names = rows_by_key(base, name), rows_by_key(other, name), SCHEMA[name].names()
    for key in sorted({*ours, *theirs}, key=lambda k: tuple((v is not None, str(type(v)), v) for v in k)):
        before, after = ours.get(key), theirs.get(key)
        if before is None or after is None:
            row = dict(zip(names, (before or after)[1], strict=True))  # type: ignore[index]
            yield Difference(name, key, "", *((None, row) if before is None else (row, None)))
        elif before[1] != after[1]:
            for column, old, new in zip(names, before[1], after[1], strict=True):
                if old != new:
                    yield Difference(name, key, column, old, new)


def setting_paths(settings: Settings) -> dict[tuple[str, ...], Any]:
    """Path -> value of every setting but titles and locks; of what is off (None) there is no path."""
    found: dict[tuple[str, ...], Any] = {}

    def walk(node: Any, path: tuple[str, ...]) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                walk(value, (*path, str(key)))
        elif node is not None:
            found[path] = node

    walk(settings.model_dump(mode="python", exclude=set(_WORDS)), ())
    return found


def _settings(base: Settings, other: Settings) -> Iterator[Difference]:
    ours, theirs = setting_paths(base), setting_paths(other)
    for path in sorted({*ours, *theirs}):
        before, after = ours.get(path), theirs.get(path)
        if before != after:
            group = path[0] if len(path) > 1 else "settings"
            yield Difference(group, path[1:-1], path[-1], before, after)


def decision_of(lock: Lock) -> Key:
    """What a lock decides: need, year and offer (None: the direct quantity)."""
    return lock.need, lock.year, lock.offer


def held_by(lock: Lock) -> str:
    """A lock's word: award = yes, quantity = 12 or direct = 3."""
    name = next(n for n in ("award", "quantity", "direct") if getattr(lock, n) is not None)
    value = getattr(lock, name)
    return f"{name} = {plain(value) if isinstance(value, Decimal) else cell_text(value)}"


def _locks(base: Settings, other: Settings) -> Iterator[Difference]:
    ours, theirs = ({decision_of(lock): lock for lock in s.lock} for s in (base, other))
    for key in sorted({*ours, *theirs}, key=lambda k: tuple(str(v) for v in k)):
        before, after = ours.get(key), theirs.get(key)
        if before != after:
            yield Difference(
                "lock", key, "lock", *(None if lock is None else held_by(lock) for lock in (before, after))
            )


def _mapping(table: str, base: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Difference]:
    for key in sorted({*base, *other}):
        if base.get(key) != other.get(key):
            yield Difference(table, (key,), "value", base.get(key), other.get(key))


__all__ = [
    "COLUMNS", "GROUPS", "Difference", "cell_text", "decision_of", "difference_frame", "differences",
    "option_differences", "rows_by_key", "setting_paths",
]  # fmt: skip
