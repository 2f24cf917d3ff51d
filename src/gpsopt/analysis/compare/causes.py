"""The named changes between two scenarios, each with the differences it made, and the mixtures of them.

A difference belongs to the last entry of the scenario's files that wrote it (`gpsopt.changes`); an entry that only
the baseline has is a change taken back; what no entry explains is grouped by table and column. Changes that
cannot stand without each other (an added undertaker and its added offers) are one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import pandas as pd

from gpsopt.analysis.compare.inputs import GROUPS, Difference, decision_of, rows_by_key
from gpsopt.cells import format_cell
from gpsopt.changes import Entry
from gpsopt.scenario import Scenario
from gpsopt.settings import Settings
from gpsopt.tables import SCHEMA, Table, Tables, sorted_by_key

_SETTINGS: Final = frozenset(("settings", "performance", "solver", "lock", "unit_values", *GROUPS))


@dataclass(frozen=True)
class Cause:
    """One named change: the entries that made it (none: found by comparing), and what differs because of it."""

    entries: tuple[Entry, ...]
    differences: tuple[Difference, ...]
    taken_back: bool = False  # the baseline has the entry, the scenario has not


def causes_between(base: Scenario, other: Scenario, found: Sequence[Difference]) -> tuple[Cause, ...]:
    """The named changes that lead from `base` to `other`, in the order of the scenario's entries; remarks are none."""
    found = [d for d in found if not d.idle]
    shared = Counter(e.key() for e in base.entries) & Counter(e.key() for e in other.entries)
    own, gone = _beyond(other.entries, shared), _beyond(base.entries, shared)
    labels: list[tuple[str, Any]] = []
    rows = _Rows(base, other)
    for difference in found:
        label = _written_by(difference, own, "own", rows) or _written_by(difference, gone, "gone", rows)
        labels.append(label or ("", (difference.table, _unit(difference))))
    labels = _with_cascades(found, labels)
    joined = _joined(found, labels)
    order = [("own", k) for k in _as_written(own)] + [("gone", k) for k in reversed(_as_written(gone))]
    order += sorted({label for label in labels if label[0] == ""}, key=str)
    causes = []
    for label in order:
        if joined.get(label, label) != label:
            continue
        members = [other_label for other_label in order if joined.get(other_label, other_label) == label]
        parts = tuple(d for d, given in zip(found, labels, strict=True) if given in members)
        if parts:
            entries = tuple((own if side == "own" else gone)[k] for side, k in members if side)
            causes.append(Cause(entries, parts, taken_back=label[0] == "gone"))
    return tuple(causes)


def _as_written(entries: Sequence[Entry]) -> list[int]:
    """Places of the entries (which stand as they apply) in the order of their files and of the lines in them."""
    files = list(dict.fromkeys(entry.file for entry in entries))
    key = [(files.index(e.file), e.line is None, e.line or 0) for e in entries]
    return sorted(range(len(entries)), key=key.__getitem__)


def mixture(base: Scenario, other: Scenario, causes: Iterable[Cause]) -> Scenario:
    """`base` with these changes only."""
    picked = [d for cause in causes for d in cause.differences]
    tables = base.tables
    for name in SCHEMA:
        here = [d for d in picked if d.table == name]
        if here:
            tables = tables.with_frame(name, _changed(tables, name, here))
    values = dict(base.unit_values)
    for d in picked:
        if d.table == "unit_values" and d.key[0] in other.unit_values:
            values[d.key[0]] = other.unit_values[d.key[0]]
    settings = _mixed_settings(base.settings, other.settings, [d for d in picked if d.table in _SETTINGS])
    return replace(base, name=f"{base.name}+", settings=settings, tables=tables, unit_values=values, entries=(),
                   findings=(), lock_places={})  # fmt: skip


class _Rows:
    """Rows of the two scenarios by key, table by table, read when first asked for."""

    def __init__(self, base: Scenario, other: Scenario) -> None:
        self._tables = (other.tables, base.tables)
        self._known: dict[tuple[int, str], dict[Any, Any]] = {}

    def of(self, difference: Difference) -> list[dict[str, Any]]:
        """The row of a difference as it became and as it was, as far as there is one."""
        found = []
        for side, tables in enumerate(self._tables):
            place = side, difference.table
            if place not in self._known:
                self._known[place] = rows_by_key(tables, difference.table)
            row = self._known[place].get(difference.key)
            if row is not None:
                found.append(dict(zip(SCHEMA[difference.table].names(), row[1], strict=True)))
        return found


def _beyond(entries: Sequence[Entry], shared: Mapping[str, int]) -> list[Entry]:
    """The entries that are not among the shared ones."""
    left, out = Counter(shared), []
    for entry in entries:
        if left[entry.key()] > 0:
            left[entry.key()] -= 1
        else:
            out.append(entry)
    return out


def _unit(difference: Difference) -> str:
    """The smallest part that can be changed alone: a column, a group's setting, the rows of a table."""
    if difference.table in GROUPS:
        return str(difference.key[0]) if difference.key else difference.column
    return difference.column if difference.column else difference.kind


def _written_by(difference: Difference, entries: Sequence[Entry], side: str, rows: _Rows) -> tuple[str, Any] | None:
    for place in reversed(range(len(entries))):
        if _wrote(entries[place], difference, rows, back=side == "gone"):
            return side, place
    return None


def _wrote(entry: Entry, difference: Difference, rows: _Rows, *, back: bool) -> bool:
    """Does the entry speak of what differs? `back`: it is taken back, so what it dropped comes, what it added goes."""
    if difference.table in _SETTINGS:
        path = (difference.table, _unit(difference)) if difference.table in GROUPS else (difference.table,)
        path = (difference.column,) if difference.table == "settings" else path
        return entry.setting == ".".join(path)
    if entry.table != difference.table:
        return False
    if entry.kind == "change":
        return entry.column == difference.column and _matches(entry, difference, rows)
    kinds = {"added": "drop", "removed": "add"} if back else {"added": "add", "removed": "drop"}
    return kinds.get(difference.kind) == entry.kind and _matches(entry, difference, rows)


def _matches(entry: Entry, difference: Difference, rows: _Rows) -> bool:
    """Do the entry's conditions hold for the row, as it became or as it was? Of an addition, its key."""
    table = SCHEMA[difference.table]
    wanted = {name: texts for name, texts in entry.where.items() if entry.kind != "add" or name in table.key}
    return any(all(_texts(row[name], name, table) & set(texts) for name, texts in wanted.items() if name in row)
               for row in rows.of(difference))  # fmt: skip


def _texts(cell: Any, name: str, table: Table) -> set[str]:
    if cell is None:
        cell = table.column(name).default  # an empty cell equals its default
    return set(cell) if isinstance(cell, tuple) else {format_cell(cell)}


def _with_cascades(found: Sequence[Difference], labels: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """What a dropped row took along belongs to the entry that dropped it (and comes back with it)."""
    out = list(labels)
    for kind, before in (("removed", True), ("added", False)):
        rows = {(d.table, d.key[0]): label for d, label in zip(found, out, strict=True) if d.kind == kind and label[0]}
        for _round in range(len(SCHEMA) if rows else 0):
            for place, difference in enumerate(found):
                if out[place][0] or difference.table not in SCHEMA:
                    continue
                refs = _references(difference, before=before)
                owner = next((rows[ref] for ref in refs if ref in rows), None)
                if owner is not None:
                    out[place] = owner
                    if difference.kind == kind:
                        rows[difference.table, difference.key[0]] = owner
    return out


def _references(difference: Difference, *, before: bool) -> list[tuple[str, str]]:
    """(table, key) of the rows that a row, or a changed cell, names."""
    table = SCHEMA[difference.table]
    side = difference.before if before else difference.after
    cells = side if isinstance(side, Mapping) else {difference.column: side}
    found = []
    for name, cell in cells.items():
        if cell is None or not table.has(name) or not table.column(name).ref:
            continue
        codes = cell if isinstance(cell, tuple) else (cell,)
        found += [(table.column(name).ref, code) for code in codes]
    return found


def _joined(found: Sequence[Difference], labels: Sequence[Any]) -> dict[Any, Any]:
    """Label -> the label of the change it is one with: rows that name each other's added or removed rows."""
    parent: dict[Any, Any] = {}

    def top(label: Any) -> Any:
        while parent.get(label, label) != label:
            label = parent[label]
        return label

    for kind, before in (("added", False), ("removed", True)):
        rows = {(d.table, d.key[0]): label for d, label in zip(found, labels, strict=True) if d.kind == kind}
        for difference, label in zip(found, labels, strict=True):
            if difference.table not in SCHEMA:
                continue
            for ref in _references(difference, before=before):
                if ref in rows and top(rows[ref]) != top(label):
                    first, second = sorted((top(rows[ref]), top(label)), key=_rank)
                    parent[second] = first
    return {label: top(label) for label in set(labels)}


def _rank(label: Any) -> tuple[int, str]:
    return ({"own": 0, "gone": 1, "": 2}[label[0]], f"{label[1]:06d}" if isinstance(label[1], int) else str(label[1]))


def _changed(tables: Tables, name: str, found: Sequence[Difference]) -> pd.DataFrame:
    """The table with these rows and cells as they became."""
    table, rows = SCHEMA[name], rows_by_key(tables, name)
    names = table.names()
    lines = {key: line for key, (line, _cells) in rows.items()}
    cells = {key: dict(zip(names, values, strict=True)) for key, (_line, values) in rows.items()}
    fresh = min([0, *lines.values()])
    for d in found:
        if d.kind == "removed":
            cells.pop(d.key, None)
        elif d.kind == "added":
            cells[d.key] = dict(d.after)
            fresh -= 1
            lines[d.key] = fresh
        elif d.key in cells:
            cells[d.key][d.column] = d.after
    index = [lines[key] for key in cells]
    columns = {c: pd.Series([row[c] for row in cells.values()], index=index, dtype=object) for c in names}
    return sorted_by_key(pd.DataFrame(columns), table)


def _mixed_settings(base: Settings, other: Settings, found: Sequence[Difference]) -> Settings:
    ours, theirs = (s.model_dump(mode="python") for s in (base, other))
    for d in found:
        if d.table == "lock":
            continue
        if d.table == "settings":
            ours[d.column] = theirs[d.column]
        elif d.table in GROUPS:
            unit = _unit(d)
            if unit in theirs[d.table]:
                ours[d.table][unit] = theirs[d.table][unit]
            else:
                ours[d.table].pop(unit, None)
        elif d.table in ("performance", "solver"):
            ours[d.table] = theirs[d.table]
    taken = {d.key for d in found if d.table == "lock"}
    locks = [lock for lock in base.lock if decision_of(lock) not in taken]
    locks += [lock for lock in other.lock if decision_of(lock) in taken]
    ours["lock"] = [lock.model_dump(exclude_none=True) for lock in locks]
    return Settings.model_validate({k: v for k, v in _without_none(ours).items() if k != "unit_values"})


def _without_none(node: Any) -> Any:
    if isinstance(node, dict):
        return {k: _without_none(v) for k, v in node.items() if v is not None}
    return node


__all__ = ["Cause", "causes_between", "mixture"]
