"""The row-wise part of a scenario: cells changed, rows dropped with what hangs on them, rows added."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import pandas as pd

from gpsopt.cells import CellFault, parse_cell, plain
from gpsopt.errors import Finding
from gpsopt.read import nearest
from gpsopt.settings import Add, Change, Departure, Drop
from gpsopt.tables import DECIMALS, SCHEMA, Cell, Column, Table, Tables, sorted_by_key
from gpsopt.tomlfile import TomlFile

_NUMERIC: Final = ("money", "price", "quantity", "share", "number", "count")
Fault = tuple[str, str, dict[str, object]]


class _Refused(Exception):
    """One entry that cannot be applied: message code, the key it stands under, details."""

    def __init__(self, code: str, key: str, value: object = "", **details: object) -> None:
        super().__init__(code)
        self.code, self.key, self.value, self.details = code, key, str(value), details


def apply_departure(tables: Tables, departure: Departure, file: TomlFile) -> tuple[Tables, tuple[Finding, ...]]:
    """The tables after one file's changes, drops and additions, and the entries that were refused."""
    findings: list[Finding] = []
    steps: list[tuple[str, int, Callable[[Tables], Tables]]] = [
        *(("change", i, lambda t, c=c: _change(t, c)) for i, c in enumerate(departure.change)),
        *(("drop", i, lambda t, d=d: _drop(t, d)) for i, d in enumerate(departure.drop)),
        *(("add", i, lambda t, a=a, i=i: _add(t, a, i)) for i, a in enumerate(departure.add)),
    ]
    for group, place, step in steps:
        try:
            tables = step(tables)
        except _Refused as fault:
            findings.append(Finding(
                "error", fault.code, str(file.path), row=file.line((group, place, fault.key)),
                column=f"{group}.{fault.key}", value=fault.value, details=fault.details,
            ))  # fmt: skip
    return tables, tuple(findings)


def _change(tables: Tables, change: Change) -> Tables:
    table = _table(change.table)
    column = _column(table, change.column, "column")
    frame = tables[table.name].copy()
    mask = _matches(frame, table, change.where)
    values = list(frame[column.name])
    for place in mask:
        values[place] = _changed(values[place], change, column)
    frame[column.name] = pd.Series(values, index=frame.index, dtype=object)
    if column.name in table.key:
        frame = sorted_by_key(frame, table)
    return tables.with_frame(table.name, frame)


def _changed(old: Cell, change: Change, column: Column) -> Cell:
    if change.set is not None:
        return _to_cell(change.set, column, "set")
    way = "scale" if change.scale is not None else "add"
    if column.kind not in _NUMERIC:
        raise _Refused("not_numeric", way, column.name)
    if not isinstance(old, Decimal | int):
        raise _Refused("change_of_empty", way, column.name)
    new = Decimal(old) * change.scale if change.scale is not None else Decimal(old) + (change.add or 0)
    places = 0 if column.kind == "count" else DECIMALS[column.kind]
    if places is not None:
        new = new.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return _to_cell(new, column, way)


def _drop(tables: Tables, drop: Drop) -> Tables:
    table = _table(drop.table)
    frame = tables[table.name]
    gone = set(_matches(frame, table, drop.where))
    tables = tables.with_frame(table.name, frame.iloc[[i for i in range(len(frame)) if i not in gone]])
    return _without_orphans(tables, table)


def _without_orphans(tables: Tables, table: Table) -> Tables:
    """Rows that name what is no longer there go too; a list that loses its last value goes with its row."""
    alive = set(tables[table.name][table.key[0]])
    for other in SCHEMA.values():
        for column in other.columns:
            if column.ref != table.name or other.name == table.name:
                continue
            frame = tables[other.name]
            if column.kind == "codes":
                kept = [v if v is None else tuple(c for c in v if c in alive) for v in frame[column.name]]
                stays = [v is None or len(v) > 0 for v in kept]
                frame = frame.assign(**{column.name: pd.Series(kept, index=frame.index, dtype=object)})
            else:
                stays = [v is None or v in alive for v in frame[column.name]]
            if all(stays):
                tables = tables.with_frame(other.name, frame)
            else:
                tables = tables.with_frame(other.name, frame[stays])
                tables = _without_orphans(tables, other)
    return tables


def _add(tables: Tables, add: Add, place: int) -> Tables:
    table = _table(add.table)
    for name in add.row:
        _column(table, name, "row")
    row: dict[str, Cell] = {}
    for column in table.columns:
        given = add.row.get(column.name)
        row[column.name] = None if given is None else _to_cell(given, column, "row")
        if row[column.name] is None and column.required:
            raise _Refused("cell_missing_in_row", "row", column.name)
    frame = tables[table.name]
    key = tuple(row[name] for name in table.key)
    if key in set(zip(*(frame[name] for name in table.key), strict=True)):
        raise _Refused("row_exists", "row", ", ".join(map(str, key)))
    line = min([0, *frame.index]) - 1
    new = pd.DataFrame({name: pd.Series([value], index=[line], dtype=object) for name, value in row.items()})
    return tables.with_frame(table.name, sorted_by_key(pd.concat([frame, new]) if len(frame) else new, table))


def _table(name: str) -> Table:
    if name not in SCHEMA:
        raise _Refused("table_unknown", "table", name, nearest=nearest(name, tuple(SCHEMA)))
    return SCHEMA[name]


def _column(table: Table, name: str, key: str) -> Column:
    if not table.has(name):
        raise _Refused("column_not_in_table", key, name, table=table.name, nearest=nearest(name, table.names()))
    return table.column(name)


def _matches(frame: pd.DataFrame, table: Table, where: dict[str, object]) -> list[int]:
    """Places of the rows that satisfy every condition; at least one must."""
    stays = [True] * len(frame)
    for name, wanted in where.items():
        column = _column(table, name, "where")
        allowed = {_to_cell(w, column, "where") for w in (wanted if isinstance(wanted, list) else [wanted])}
        if column.kind == "codes":
            codes = {code for cell in allowed if isinstance(cell, tuple) for code in cell}
            stays = [s and v is not None and not codes.isdisjoint(v) for s, v in zip(stays, frame[name], strict=True)]
        else:
            stays = [s and v in allowed for s, v in zip(stays, frame[name], strict=True)]
    found = [i for i, keep in enumerate(stays) if keep]
    if not found:
        raise _Refused("matches_nothing", "where", _shown(where), nearest=_nearest_value(frame, where))
    return found


def _nearest_value(frame: pd.DataFrame, where: dict[str, object]) -> str:
    """The known value closest to one that no row holds."""
    for name, wanted in where.items():
        known = {str(v) for v in frame[name] if v is not None}
        for value in wanted if isinstance(wanted, list) else [wanted]:
            if str(value) not in known:
                return nearest(str(value), tuple(sorted(known)))
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
