"""Edits in a grid as a scenario's changes: a difference over tables that never change underneath.

A grid shows the cells of a table as text. What a person does to it arrives as edited, added and deleted rows by
their place; from these come the entries of a scenario file, or a finding at every cell that cannot be.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd
import tomlkit
from tomlkit.exceptions import TOMLKitError

from gpsopt.cells import CellFault, format_cell, parse_cell
from gpsopt.errors import Finding, UsageError
from gpsopt.tables import SCHEMA, Column, Table

_NUMBERS: Final = ("money", "price", "quantity", "share", "number", "count", "year")


@dataclass(frozen=True)
class Edits:
    """Entries for a scenario file, in the order in which such a file applies them; and the cells that are wrong."""

    change: tuple[Mapping[str, Any], ...] = ()
    drop: tuple[Mapping[str, Any], ...] = ()
    add: tuple[Mapping[str, Any], ...] = ()
    findings: tuple[Finding, ...] = field(default=())

    def __bool__(self) -> bool:
        return bool(self.change or self.drop or self.add or self.findings)

    def toml(self) -> str:
        """The entries as they stand in a scenario file."""
        groups = (("change", self.change), ("drop", self.drop), ("add", self.add))
        return "\n".join(_entry(group, entry) for group, entries in groups for entry in entries)


def grid_of(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Every cell of a typed frame as text, in places 0, 1, 2, …; an empty cell is an empty text."""
    return pd.DataFrame(
        {name: [format_cell(value) for value in frame[name]] for name in table.names()}, dtype=str
    ).reset_index(drop=True)  # fmt: skip


def edits_of(
    grid: pd.DataFrame, table: Table, done: Mapping[str, Any], lines: Sequence[int | None] = ()
) -> Edits:  # fmt: skip
    """What was done to `grid` (edited_rows, added_rows, deleted_rows, by place) as entries of a scenario file.

    `lines`: the row of its file that each row of the grid stands in, for findings; without them rows are counted.
    """
    lines = lines or range(1, len(grid) + 1)
    deleted = sorted({int(place) for place in done.get("deleted_rows", ())})
    change: list[Mapping[str, Any]] = []
    findings: list[Finding] = []
    for place, cells in sorted((int(p), c) for p, c in dict(done.get("edited_rows", {})).items()):
        if place in deleted or place >= len(grid):
            continue
        where = _where(grid, table, place)
        ordered = sorted(cells.items(), key=lambda cell: cell[0] in table.key)  # a key last: rows are found by it
        for name, value in ordered:
            text = text_of(value)
            if not table.has(name) or text == grid[name].iloc[place]:
                continue
            fault = _fault(table, table.column(name), text, lines[place])
            if fault is not None:
                findings.append(fault)
                continue
            change.append({"table": table.name, "where": where, "column": name, "set": text})
            if name in table.key:
                where = {**where, name: text}
    drop = [{"table": table.name, "where": _where(grid, table, place)} for place in deleted if place < len(grid)]
    add: list[Mapping[str, Any]] = []
    for number, cells in enumerate(done.get("added_rows", ()), start=max((line or 0 for line in lines), default=0) + 1):
        row = {name: text_of(value) for name, value in cells.items() if table.has(name) and text_of(value)}
        if not row:
            continue
        faults = [_fault(table, c, row.get(c.name, ""), number) for c in table.columns if c.required or c.name in row]
        findings += [fault for fault in faults if fault is not None]
        add.append({"table": table.name, "row": row})
    return Edits(tuple(change), tuple(drop), tuple(add), tuple(findings))


def with_edits(text: str, edits: Edits) -> str:
    """A scenario file's text with entries added at its end; what a person wrote there stays as it is."""
    head = text.rstrip("\n")
    return f"{head}\n\n{edits.toml()}\n" if edits.toml() else text


def parsed(text: str) -> tomlkit.TOMLDocument:
    """A scenario file's text as a document that keeps its comments. Raises UsageError where it is no TOML."""
    try:
        return tomlkit.parse(text)
    except (TOMLKitError, RecursionError, ValueError) as error:
        raise UsageError("scenario_text", why=str(error)[:200]) from None


def _where(grid: pd.DataFrame, table: Table, place: int) -> dict[str, str]:
    return {name: str(grid[name].iloc[place]) for name in table.key}


def _fault(table: Table, column: Column, text: str, row: int | None) -> Finding | None:
    """Why a cell cannot hold a text."""
    try:
        value = parse_cell(text, column)
    except CellFault as fault:
        return Finding("error", fault.code, table.name, row=row, column=column.name, value=text, details=fault.details)
    if value is None and column.required:
        return Finding("error", "cell_missing", table.name, row=row, column=column.name)
    return None


def text_of(value: Any) -> str:
    """A cell of a grid as a person typed it; empty where there is nothing."""
    if value is None or (isinstance(value, float) and value != value):
        return ""
    return str(value).strip()


def _entry(group: str, entry: Mapping[str, Any]) -> str:
    table = SCHEMA[entry["table"]]
    lines = [f"[[{group}]]", f'table = "{table.name}"']
    for key in ("where", "row"):
        if entry.get(key):
            cells = ", ".join(f"{name} = {_value(table.column(name), text)}" for name, text in entry[key].items())
            lines.append(f"{key} = {{ {cells} }}")
    if "column" in entry:
        lines += [f'column = "{entry["column"]}"', f"set = {_value(table.column(entry['column']), entry['set'])}"]
    return "\n".join([*lines, ""])


def _value(column: Column, text: str) -> str:
    """A cell's text as TOML: a number where the column holds numbers, else text."""
    if column.kind in _NUMBERS and text:
        try:
            return format_cell(parse_cell(text, column))
        except CellFault:
            pass
    return json.dumps(text, ensure_ascii=False)
