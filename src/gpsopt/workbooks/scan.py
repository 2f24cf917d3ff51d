"""One pass over a sheet's XML for what a reader of values hides: hidden rows, merged cells, formulas without value."""

from __future__ import annotations

import xml.parsers.expat
from dataclasses import dataclass, field
from typing import IO, Any, Final

from gpsopt.workbooks.limits import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, RefusedError
from gpsopt.workbooks.parcel import local, parse

_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MOST_NAMED: Final = 500  # cells of one kind that are told one by one


@dataclass
class Seen:
    """What one sheet holds: its extent, and the cells and rows that need a word."""

    last_row: int = 0
    last_column: int = 0
    cells: int = 0
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    formulas: int = 0
    without_value: list[tuple[int, int]] = field(default_factory=list)


def scan(stream: IO[bytes], sheet: str) -> Seen:
    """Read a sheet's part to its end; RefusedError where it is too large, damaged, or reaches too far."""
    reader = _Reader(sheet)
    try:
        parse(stream, reader.start, reader.end, reader.know)
    except xml.parsers.expat.ExpatError:
        raise RefusedError("workbook_damaged", sheet=sheet) from None
    return reader.seen


class _Reader:
    """The handlers of one sheet and where they stand."""

    def __init__(self, sheet: str) -> None:
        self.seen = Seen()
        self._sheet = sheet
        self._local: dict[str, str] = {}
        self._row = self._column = self._in_row = self._rows = 0
        self._hidden = self._formula = self._value = self._text = False
        self._parser: Any = None

    def know(self, parser: Any) -> None:
        self._parser = parser

    def start(self, name: str, given: dict[str, str]) -> None:
        kind = self._local.get(name) or self._local.setdefault(name, local(name))
        if kind == "c":
            self._cell(given)
        elif kind == "v" or kind == "is":
            self._filled()
            if self._formula:
                self._parser.CharacterDataHandler = self._letters
        elif kind == "row":
            self._row = int(given["r"]) if given.get("r", "").isdecimal() else self._row + 1
            self._hidden = given.get("hidden") in ("1", "true")
            self._column = self._in_row = 0
        elif kind == "f":
            self._formula = True
        elif kind == "mergeCell" and len(self.seen.merged) < _MOST_NAMED:
            self.seen.merged.append(given.get("ref", ""))
        elif kind == "col" and given.get("hidden") in ("1", "true"):
            low, high = given.get("min", ""), given.get("max", "")
            if low.isdecimal() and high.isdecimal():
                self.seen.hidden_columns += range(int(low), min(int(high), MAX_COLUMNS) + 1)

    def end(self, name: str) -> None:
        kind = self._local[name]
        if kind == "v":
            self._parser.CharacterDataHandler = None
        elif kind == "c" and self._formula:
            self.seen.formulas += 1
            if not self._text and len(self.seen.without_value) < _MOST_NAMED:
                self._filled()
                self.seen.without_value.append((self._row, self._column))
            self._formula = False

    def _letters(self, text: str) -> None:
        self._text = self._text or bool(text.strip())

    def _cell(self, given: dict[str, str]) -> None:
        ref = given.get("r", "")
        self._column = number(ref) if ref else self._column + 1
        self._value = self._formula = False
        self._text = given.get("t") == "str"  # a formula may answer with an empty text

    def _filled(self) -> None:
        """The cell has content: count it, and hold the sheet to its limits."""
        if self._value:
            return
        self._value = True
        seen = self.seen
        seen.cells += 1
        if not self._in_row:
            self._rows += 1
            if self._hidden and self._row <= MAX_ROWS:
                seen.hidden_rows.append(self._row)
        self._in_row += 1
        if self._row > MAX_ROWS:
            self._refuse("too_many_rows" if self._rows > MAX_ROWS // 2 else "cell_far_out", MAX_ROWS)
        if self._column > MAX_COLUMNS:
            self._refuse("too_many_columns" if self._in_row > MAX_COLUMNS // 2 else "cell_far_out", MAX_COLUMNS)
        if seen.cells > MAX_CELLS:
            self._refuse("too_many_cells", MAX_CELLS)
        seen.last_row, seen.last_column = max(seen.last_row, self._row), max(seen.last_column, self._column)

    def _refuse(self, code: str, most: int) -> None:
        where = f"{letters(self._column)}{self._row}" if code == "cell_far_out" else ""
        raise RefusedError(code, sheet=self._sheet, row=self._row, value=where, most=most)


def number(ref: str) -> int:
    """The number of a cell's column by its letters, 1 for A; 0 where it has none."""
    found = 0
    for letter in ref:
        place = _LETTERS.find(letter)
        if place < 0:
            break
        found = found * 26 + place + 1
    return found


def letters(column: int) -> str:
    """The letters of a column's number, A for 1."""
    text = ""
    while column > 0:
        column, place = divmod(column - 1, 26)
        text = _LETTERS[place] + text
    return text


def corner(ref: str) -> tuple[int, int]:
    """(row, column) of the first cell of a range such as B3:D4."""
    first = ref.partition(":")[0].replace("$", "")
    digits = "".join(letter for letter in first if letter.isdecimal())
    return int(digits or 0), number(first)
