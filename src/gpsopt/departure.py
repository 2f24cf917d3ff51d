"""The row-wise part of a scenario: cells changed, rows dropped with what hangs on them, rows added.

One file's entries apply in this order: every change, then every drop, then every addition, each group as it
stands in the file. So what a file adds is not touched by its own changes, and an identifier that it drops may
be added anew.
"""

from __future__ import annotations

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal, DecimalException
from typing import Final

import pandas as pd

from gpsopt.cells import LARGEST, CellFault, format_cell, nearest, parse_cell, plain
from gpsopt.errors import Finding
from gpsopt.settings import Add, Change, Departure, Drop
from gpsopt.tables import DECIMALS, SCHEMA, Cell, Column, Mark, Table, Tables, sorted_by_key
from gpsopt.tomlfile import TomlFile

_NUMERIC: Final = ("money", "price", "quantity", "share", "number", "count")
#: references that are emptied, not followed, when what they name is dropped: the row stands without them
_LOOSE: Final = frozenset((("undertakers", "affiliated_to"),))


class _Refused(Exception):
    """One entry that cannot be applied: message code, the key it stands under, details."""

    def __init__(self, code: str, key: str, value: object = "", **details: object) -> None:
        super().__init__(code)
        self.code, self.key, self.value, self.details = code, key, str(value), details


def apply_departure(tables: Tables, departure: Departure, file: TomlFile) -> tuple[Tables, tuple[Finding, ...]]:
    """The tables after one file's changes, drops and additions; the entries that were refused, what drops took."""
    path = str(file.path)
    findings: list[Finding] = []
    for i, change in enumerate(departure.change):
        try:
            tables = _change(tables, change, path, file.line(("change", i)))
        except _Refused as fault:
            findings.append(_finding(fault, "change", i, file))
    for i, drop in enumerate(departure.drop):
        try:
            before, tables = tables, _drop(tables, drop)
        except _Refused as fault:
            findings.append(_finding(fault, "drop", i, file))
        else:
            findings += _taken_along(before, tables, drop.table, path, file.line(("drop", i)))
    tables, refused = _add_rows(tables, departure.add, file)
    return tables, (*findings, *refused)


def _finding(fault: _Refused, group: str, place: int, file: TomlFile) -> Finding:
    return Finding(
        "error", fault.code, str(file.path), row=file.line((group, place, *fault.key.split("."))),
        column=f"{group}.{fault.key}", value=fault.value, details=fault.details,
    )  # fmt: skip


def _change(tables: Tables, change: Change, file: str, row: int | None) -> Tables:
    table = _table(change.table)
    column = _column(table, change.column, "column")
    frame = tables[table.name].copy()
    places = _matches(frame, table, change.where)
    values = list(frame[column.name])
    new = _set_value(change.set, column) if change.set is not None else None
    for place in places:
        values[place] = new if change.set is not None else _computed(values[place], change, table, frame.index[place])
    frame[column.name] = pd.Series(values, index=frame.index, dtype=object)
    if column.name in table.key:
        _refuse_twins(frame, table)
        frame = sorted_by_key(frame, table)
    lines = frozenset(int(tables[table.name].index[place]) for place in places)
    return tables.with_frame(table.name, frame).marked(Mark(table.name, column.name, lines, file, row))


def _set_value(value: object, column: Column) -> Cell:
    cell = _to_cell(value, column, "set")
    if cell is None and column.required:
        raise _Refused("cell_required", "set", column.name)
    return cell


def _computed(old: Cell, change: Change, table: Table, line: object) -> Cell:
    column = table.column(change.column)
    place = {"table": table.name, "line": line}
    way = "scale" if change.scale is not None else "add"
    if column.kind not in _NUMERIC:
        raise _Refused("not_numeric", way, column.name)
    if old is None or not isinstance(old, Decimal | int):
        raise _Refused("change_of_empty", way, column.name, **place)
    try:
        new = Decimal(old) * change.scale if change.scale is not None else Decimal(old) + (change.add or 0)
        if abs(new) > LARGEST:
            raise _Refused("number_too_large", way, plain(new) if abs(new) < LARGEST**2 else "")
        places = 0 if column.kind == "count" else DECIMALS[column.kind]
        if places is not None:
            new = new.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    except DecimalException:
        raise _Refused("number_too_large", way) from None
    try:
        return parse_cell(plain(new), column)
    except CellFault as fault:
        if fault.code not in ("below_bound", "above_bound", "share_above_one"):
            raise _Refused(fault.code, way, plain(new), **fault.details) from None
        low, high = column.low, column.high
        bounds = f"≥ {low}" if high is None else f"≤ {high}" if low is None else f"{low}–{high}"
        raise _Refused("change_out_of_bounds", way, plain(new), **place, name=column.name, bounds=bounds) from None


def _refuse_twins(frame: pd.DataFrame, table: Table) -> None:
    """A change in a key must not make two rows one."""
    twins = [key for key, count in Counter(_keys(frame, table)).items() if count > 1]
    if twins:
        raise _Refused("change_makes_twins", "column", ", ".join(map(format_cell, twins[0])))


def _drop(tables: Tables, drop: Drop) -> Tables:
    table = _table(drop.table)
    frame = tables[table.name]
    gone = set(_matches(frame, table, drop.where))
    stays = [i not in gone for i in range(len(frame))]
    return _without_orphans(tables.with_frame(table.name, frame[stays]), table, frame)


def _without_orphans(tables: Tables, table: Table, before: pd.DataFrame) -> Tables:
    """Rows that name what was dropped go too; a list that loses its last value goes with its row."""
    name = table.key[0]
    gone = set(before[name]) - set(tables[table.name][name]) - {None}
    if not gone:
        return tables
    for other in SCHEMA.values():
        for column in other.columns:
            if column.ref != table.name or other.name == table.name:
                continue
            frame = tables[other.name]
            cells = list(frame[column.name])
            stays = [True] * len(frame)
            if column.kind in ("codes", "numbers"):
                kept = [v if v is None else tuple(c for c in v if c not in gone) for v in cells]
                stays = [v is None or len(v) > 0 for v in kept]
                frame = frame.assign(**{column.name: pd.Series(kept, index=frame.index, dtype=object)})
            elif (other.name, column.name) in _LOOSE:
                kept = [None if v in gone else v for v in cells]
                frame = frame.assign(**{column.name: pd.Series(kept, index=frame.index, dtype=object)})
            else:
                stays = [v not in gone for v in cells]
            full = tables[other.name]
            tables = tables.with_frame(other.name, frame if all(stays) else frame[stays])
            if not all(stays):
                tables = _without_orphans(tables, other, full)
    return tables


def _taken_along(before: Tables, after: Tables, dropped: str, file: str, row: int | None) -> list[Finding]:
    """A note of the rows that went because what they name was dropped."""
    lost = {name: len(before[name]) - len(after[name]) for name in SCHEMA if name != dropped}
    shown = ", ".join(f"{name} {count}" for name, count in lost.items() if count)
    return [Finding("note", "drop_took_along", file, row=row, details={"rows": shown})] if shown else []


def _add_rows(tables: Tables, entries: tuple[Add, ...], file: TomlFile) -> tuple[Tables, list[Finding]]:
    """All additions of one file, table by table; new rows count down from -1."""
    findings: list[Finding] = []
    known: dict[str, set[tuple[Cell, ...]]] = {}
    new: dict[str, dict[int, dict[str, Cell]]] = {}
    for i, add in enumerate(entries):
        try:
            table = _table(add.table)
            cells = _row(table, add.row)
            keys = known.setdefault(table.name, set(_keys(tables[table.name], table)))
            key = tuple(cells[name] for name in table.key)
            if key in keys:
                raise _Refused("row_exists", "row", ", ".join(map(format_cell, key)))
        except _Refused as fault:
            findings.append(_finding(fault, "add", i, file))
            continue
        keys.add(key)
        rows = new.setdefault(table.name, {})
        line = min([0, *tables[table.name].index]) - 1 - len(rows)
        rows[line] = cells
        tables = tables.marked(Mark(table.name, "", frozenset((line,)), str(file.path), file.line(("add", i))))
    for name, rows in new.items():
        added = pd.DataFrame(
            {column: pd.Series([cells[column] for cells in rows.values()], index=list(rows), dtype=object)
             for column in SCHEMA[name].names()}
        )  # fmt: skip
        frame = pd.concat([tables[name], added]) if len(tables[name]) else added
        tables = tables.with_frame(name, sorted_by_key(frame, SCHEMA[name]))
    return tables, findings


def _row(table: Table, given: dict[str, object]) -> dict[str, Cell]:
    for name in given:
        _column(table, name, f"row.{name}")
    cells: dict[str, Cell] = {}
    for column in table.columns:
        value = given.get(column.name)
        cells[column.name] = None if value is None else _to_cell(value, column, f"row.{column.name}")
        if cells[column.name] is None and column.required:
            raise _Refused("cell_missing_in_row", "row", column.name)
    return cells


def _keys(frame: pd.DataFrame, table: Table) -> list[tuple[Cell, ...]]:
    return list(zip(*(frame[name] for name in table.key), strict=True))


def _table(name: str) -> Table:
    if name not in SCHEMA:
        raise _Refused("table_unknown", "table", name, nearest=nearest(name, tuple(SCHEMA)))
    return SCHEMA[name]


def _column(table: Table, name: str, key: str) -> Column:
    if not table.has(name):
        raise _Refused("column_not_in_table", key, name, table=table.name, nearest=nearest(name, table.names()))
    return table.column(name)


def _matches(frame: pd.DataFrame, table: Table, where: dict[str, object]) -> list[int]:
    """Places of the rows that satisfy every condition; at least one must. An empty cell equals its default."""
    stays = [True] * len(frame)
    for name, wanted in where.items():
        column = _column(table, name, f"where.{name}")
        key = f"where.{name}"
        allowed = {_to_cell(w, column, key) for w in (wanted if isinstance(wanted, list) else [wanted])}
        if column.kind in ("codes", "numbers"):
            codes = {code for cell in allowed if isinstance(cell, tuple) for code in cell}
            hits = [None in allowed if v is None else not codes.isdisjoint(v) for v in frame[name]]
        else:
            empty = None in allowed or (column.default is not None and column.default in allowed)
            hits = [empty if v is None else v in allowed for v in frame[name]]
        stays = [a and b for a, b in zip(stays, hits, strict=True)]
    found = [i for i, keep in enumerate(stays) if keep]
    if not found:
        raise _Refused("matches_nothing", "where", _shown(where), nearest=_nearest_value(frame, where))
    return found


def _nearest_value(frame: pd.DataFrame, where: dict[str, object]) -> str:
    """The known value closest to one that no row holds."""
    for name, wanted in where.items():
        cells = [v if isinstance(v, tuple) else (format_cell(v),) for v in frame[name] if v is not None]
        known = {code for cell in cells for code in cell}
        for value in wanted if isinstance(wanted, list) else [wanted]:
            if _shown(value) not in known:
                return nearest(_shown(value), tuple(sorted(known)))
    return ""


def _to_cell(value: object, column: Column, key: str) -> Cell:
    """A TOML value as the cell its text would give."""
    try:
        return parse_cell(_shown(value), column)
    except CellFault as fault:
        raise _Refused(fault.code, key, _shown(value), **fault.details) from None


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ";".join(_shown(v) for v in value)
    if isinstance(value, dict):
        return ", ".join(f"{k} = {_shown(v)}" for k, v in value.items())
    return plain(value) if isinstance(value, Decimal) else str(value)
