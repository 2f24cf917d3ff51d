"""What was done to a grid, edit by edit, so that each one can be read and taken back on its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import pandas as pd

from gpsopt.desk.drafts import Done
from gpsopt.desk.editing import text_of
from gpsopt.tables import Table

Part = Literal["edited_rows", "deleted_rows", "added_rows"]
_PARTS: Final[tuple[Part, ...]] = ("edited_rows", "deleted_rows", "added_rows")


@dataclass(frozen=True)
class Piece:
    """One edit: a cell (before, after), a row that was deleted, or a row that was added (its cells)."""

    part: Part
    place: int
    row: Mapping[str, str]
    column: str = ""
    before: str = ""
    after: str = ""


def pieces(grid: pd.DataFrame, table: Table, done: Done) -> list[Piece]:
    """Every edit in the order of the table, then rows that were deleted, then those that were added."""
    deleted = sorted({int(place) for place in done.get("deleted_rows", ()) if int(place) < len(grid)})
    out = []
    for place, cells in sorted((int(p), c) for p, c in dict(done.get("edited_rows", {})).items()):
        if place in deleted or place >= len(grid):
            continue
        for name, value in cells.items():
            if table.has(name) and text_of(value) != grid[name].iloc[place]:
                before = str(grid[name].iloc[place])
                out.append(Piece("edited_rows", place, _key(grid, table, place), name, before, text_of(value)))
    out += [Piece("deleted_rows", place, _key(grid, table, place)) for place in deleted]
    for place, cells in enumerate(done.get("added_rows", ())):
        row = {name: text_of(value) for name, value in cells.items() if table.has(name) and text_of(value)}
        if row:
            out.append(Piece("added_rows", place, row))
    return out


def without(done: Done, piece: Piece) -> dict[str, Any]:
    """What was done but for one edit."""
    edited = {int(place): dict(cells) for place, cells in dict(done.get("edited_rows", {})).items()}
    deleted = [int(place) for place in done.get("deleted_rows", ())]
    added = [dict(row) for row in done.get("added_rows", ())]
    if piece.part == "edited_rows":
        edited.get(piece.place, {}).pop(piece.column, None)
    elif piece.part == "deleted_rows":
        deleted = [place for place in deleted if place != piece.place]
    else:
        added = [row for place, row in enumerate(added) if place != piece.place]
    kept = {place: cells for place, cells in edited.items() if cells}
    return dict(zip(_PARTS, (kept, deleted, added), strict=True))


def _key(grid: pd.DataFrame, table: Table, place: int) -> dict[str, str]:
    return {name: str(grid[name].iloc[place]) for name in table.key}
