"""Edits of a grid that are not saved yet, kept on the desk: no change of page or table, no reload or restart loses one.

What was done to a grid is a mapping edited_rows, added_rows, deleted_rows by place. A grid that is drawn anew starts
from what was done before (`applied`); what is then done to it is joined to that (`joined`), in the places of the table.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from gpsopt.desk.place import Desk, write_whole

Done = Mapping[str, Any]
ORIGIN: Final = "row before the edits"


def draft_key(model: str, scenario: str, table: str, grid: pd.DataFrame) -> str:
    """What a draft is kept under: it belongs to the cells that it was made over."""
    cells = pd.util.hash_pandas_object(grid, index=False).to_numpy().tobytes()
    return f"{model}/{scenario}/{table}/{hashlib.sha256(cells).hexdigest()[:16]}"


def joined(first: Done, then: Done, rows: int) -> dict[str, Any]:
    """Two rounds of edits as one: `then` was done to what `first` had made of a table of so many rows."""
    gone = {int(place) for place in first.get("deleted_rows", ())}
    origin = [place for place in range(rows) if place not in gone]
    edited = {int(place): dict(cells) for place, cells in dict(first.get("edited_rows", {})).items()}
    added = [dict(row) for row in first.get("added_rows", ())]
    for place, cells in sorted((int(p), c) for p, c in dict(then.get("edited_rows", {})).items()):
        if place < len(origin):
            edited.setdefault(origin[place], {}).update(cells)
        elif place - len(origin) < len(added):
            added[place - len(origin)].update(cells)
    dropped = {int(place) for place in then.get("deleted_rows", ())}
    gone |= {origin[place] for place in dropped if place < len(origin)}
    added = [row for number, row in enumerate(added) if number + len(origin) not in dropped]
    added += [dict(row) for row in then.get("added_rows", ())]
    return {
        "edited_rows": {place: cells for place, cells in sorted(edited.items()) if place not in gone},
        "added_rows": added,
        "deleted_rows": sorted(gone),
    }


def applied(grid: pd.DataFrame, done: Done) -> pd.DataFrame:
    """The grid after edits, in places 0, 1, 2, …; column ORIGIN: which row of `grid` each one was, -1 where added."""
    out = grid.copy()
    for place, cells in dict(done.get("edited_rows", {})).items():
        for name, value in cells.items():
            if name in out and int(place) < len(grid):
                out.loc[int(place), name] = _text(value)
    out = out.drop(index=[int(place) for place in done.get("deleted_rows", ())], errors="ignore")
    out[ORIGIN] = out.index
    more = [{**{name: _text(row.get(name)) for name in grid}, ORIGIN: -1} for row in done.get("added_rows", ())]
    frames = [out, pd.DataFrame(more, columns=list(out.columns))] if more else [out]
    return pd.concat(frames, ignore_index=True).astype({ORIGIN: int})


def is_nothing(done: Done) -> bool:
    """Was nothing done?"""
    return not any(done.get(part) for part in ("edited_rows", "added_rows", "deleted_rows"))


def drafts(desk: Desk) -> dict[str, dict[str, Any]]:
    """Every draft of the desk: key -> `done`, and `toml`, the lines that it comes to."""
    try:
        found = json.loads((desk.folder / "drafts.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def keep_draft(desk: Desk, key: str, done: Done, toml: str) -> None:
    """Keep a draft; one in which nothing was done is forgotten."""
    known = drafts(desk)
    after = {name: draft for name, draft in known.items() if name != key}
    if not is_nothing(done):
        after[key] = {"done": json.loads(json.dumps(dict(done))), "toml": toml}
    if after != known:
        desk.folder.mkdir(parents=True, exist_ok=True)
        write_whole(desk.folder / "drafts.json", json.dumps(after, ensure_ascii=False).encode("utf-8"))


def _text(value: Any) -> str:
    return "" if value is None or (isinstance(value, float) and value != value) else str(value)
