"""A plan made by hand, read: a CSV file, a workbook, or the tables of an edited run folder.

Columns year, need, offer, quantity, or the heads that our own papers give them; a row without an offer is what the need
keeps direct in the year. Of a workbook the sheets in which a plan of a run stands are read (as `gpsopt report` writes
them), else its first sheet. Any further column is left alone. Every fault names file, row, column and value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from gpsopt.cells import CellFault, nearest, parse_cell
from gpsopt.csvfile import Record, read_records
from gpsopt.errors import Finding, InputError, UsageError
from gpsopt.scenario import Scenario
from gpsopt.tables import Cell, Column
from gpsopt.written.headings import keys_of, table_of
from gpsopt.written.sheet import read_workbook

_COLUMNS: Final = {
    "year": Column("year", "year", required=True),
    "need": Column("need", "code", required=True, ref="needs"),
    "offer": Column("offer", "code", ref="offers"),
    "quantity": Column("quantity", "quantity", required=True, low=0),
    "new": Column("new", "quantity", low=0),
    "idle": Column("idle", "quantity", low=0),
}
#: what each table of a run folder (or sheet of its workbook) must have
_WANTED: Final = {
    "allocation": ("year", "need", "offer", "quantity"), "direct": ("year", "need", "quantity", "new", "idle"),
}  # fmt: skip
Key = tuple[int, str, str]


@dataclass(frozen=True)
class HandPlan:
    """Units by (year, need, offer), and by (year, need) what is kept, newly delivered and idle, where that is said."""

    bought: dict[Key, Decimal]
    direct: dict[tuple[int, str], Decimal]
    new: dict[tuple[int, str], Decimal]
    idle: dict[tuple[int, str], Decimal]
    places: dict[Key, tuple[str, int]]  # file and row of every entry; the offer is "" for what stays direct
    notes: tuple[Finding, ...] = ()


def read_handplan(path: str | Path, scenario: Scenario, *, strict: bool = True) -> HandPlan:
    """Read a plan made by hand; raises InputError with every fault, UsageError where there is nothing to read.

    `strict=False`: rows with a fault are left out and stand in `notes`, as a plan to begin from need not be whole; it
    may have none at all, where it buys nothing.
    """
    source = Path(path)
    if source.is_dir():
        files = [source / f"{table}.csv" for table in _WANTED]
        if not files[0].is_file():
            raise UsageError("handplan_missing", path=str(source))
    elif source.is_file():
        files = [source]
    else:
        raise UsageError("handplan_missing", path=str(source))
    reader = _Reader(scenario)
    for file in files:
        if not file.is_file():
            continue
        name = file.name if source.is_dir() else str(source)
        if file.suffix.lower() == ".xlsx":
            for sheet, records, found in read_workbook(file, name):
                reader.findings += found
                reader.take(records, name, table_of(sheet), sheet)
        else:
            records, found = read_records(file, name)
            reader.findings += found
            reader.take(records, name, file.stem if source.is_dir() else None)
    errors = tuple(f for f in reader.findings if f.severity == "error")
    nothing = not (reader.bought or reader.direct) and any(f.code != "header_only" for f in errors)
    if errors and (strict or nothing):
        raise InputError(errors)
    return HandPlan(reader.bought, reader.direct, reader.new, reader.idle, reader.places, tuple(reader.findings))


class _Reader:
    """Gathers rows and faults over the files."""

    def __init__(self, scenario: Scenario) -> None:
        self.findings: list[Finding] = []
        self.bought: dict[Key, Decimal] = {}
        self.direct: dict[tuple[int, str], Decimal] = {}
        self.new: dict[tuple[int, str], Decimal] = {}
        self.idle: dict[tuple[int, str], Decimal] = {}
        self.places: dict[Key, tuple[str, int]] = {}
        self._sheet = ""
        self._years = scenario.settings.years
        self._known = {name: set(scenario.tables[f"{name}s"][name]) for name in ("need", "offer")}

    def take(self, records: list[Record], file: str, table: str | None, sheet: str = "") -> None:
        """One file or sheet: its header, then row by row. `table`: the table of a run that it is."""
        if not records:
            return
        self._sheet = sheet
        line, header = records[0]
        before = len(self.findings)
        names = keys_of(header, table or "allocation")
        required = _WANTED[table] if table else ("year", "need", "quantity")
        for name in required:
            if name not in names:
                self.findings.append(Finding("error", "column_missing", file, self._sheet, line, name))
        for name in {n for n in names if n in _COLUMNS and names.count(n) > 1}:
            self.findings.append(Finding("error", "column_twice", file, self._sheet, line, name))
        if len(self.findings) > before:
            return
        if len(records) == 1:
            self.findings.append(Finding("error", "header_only", file, self._sheet))
        at = {name: names.index(name) for name in _COLUMNS if name in names}
        for row, cells in records[1:]:
            if len(cells) != len(names):
                self.findings.append(Finding("error", "wrong_cell_count", file, self._sheet, row,
                                             details={"found": len(cells), "expected": len(names)}))  # fmt: skip
                continue
            self._row(file, row, {name: cells[place] for name, place in at.items()}, direct=table == "direct")

    def _row(self, file: str, row: int, texts: dict[str, str], direct: bool) -> None:
        cells: dict[str, Cell] = {}
        before = len(self.findings)
        for name, text in texts.items():
            cells[name] = self._cell(file, row, name, text)
        if len(self.findings) > before:
            return
        year, need, offer, quantity = cells["year"], cells["need"], cells.get("offer"), cells["quantity"]
        assert isinstance(year, int) and isinstance(need, str) and isinstance(quantity, Decimal)
        key = (year, need, str(offer or ""))
        first = self.places.setdefault(key, (file, row))
        if first != (file, row):
            said = " ".join(map(str, key)).strip()
            self.findings.append(
                Finding("error", "duplicate_key", file, self._sheet, row, "need", said, details={"first": first[1]})
            )
        elif offer:
            self.bought[key] = quantity
        else:
            self.direct[year, need] = quantity
            for name, kept in (("new", self.new), ("idle", self.idle)):
                if direct or name in cells:
                    value = cells.get(name)
                    kept[year, need] = value if isinstance(value, Decimal) else Decimal(0)

    def _cell(self, file: str, row: int, name: str, text: str) -> Cell:
        column, text = _COLUMNS[name], text.strip()
        if not text:
            if column.required:
                self.findings.append(Finding("error", "cell_missing", file, self._sheet, row, name))
            return None
        try:
            value = parse_cell(text, column)
        except CellFault as fault:
            self.findings.append(Finding("error", fault.code, file, self._sheet, row, name, text,
                                         details=fault.details))  # fmt: skip
            return None
        self.findings += self._unknown(file, row, name, value)
        return value

    def _unknown(self, file: str, row: int, name: str, value: Cell) -> Iterator[Finding]:
        if name == "year" and value not in self._years:
            years = ", ".join(map(str, self._years))
            yield Finding("error", "handplan_year", file, self._sheet, row, name, str(value), details={"years": years})
        elif name in self._known and value not in self._known[name]:
            near = nearest(str(value), sorted(map(str, self._known[name])))
            yield Finding("error", "reference_unknown", file, self._sheet, row, name, str(value),
                          details={"table": f"{name}s", "nearest": near})  # fmt: skip
