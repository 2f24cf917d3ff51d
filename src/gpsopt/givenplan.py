"""A plan that a scenario begins from, as the bytes that were there when the scenario was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gpsopt.csvfile import MAX_FILE_BYTES

#: its tables in a run folder, and its name among a run's inputs
TABLES: Final = ("allocation", "direct")
NAME: Final = "start"


@dataclass(frozen=True)
class GivenPlan:
    """`path`: where it stood; `files`: its files by their place among a run's inputs."""

    path: Path
    files: Mapping[str, bytes]


def given_plan(path: Path) -> GivenPlan | None:
    """The plan in a file or in the folder of a run; None where there is none.

    Of a file larger than any table may be, so much is read that its reader refuses it.
    """
    try:
        if path.is_dir():
            parts = [part for part in (path / f"{table}.csv" for table in TABLES) if part.is_file()]
            files = {f"{NAME}/{part.name}": _content(part) for part in parts}
            return GivenPlan(path, files) if f"{NAME}/{TABLES[0]}.csv" in files else None
        return GivenPlan(path, {f"{NAME}{path.suffix.lower()}": _content(path)}) if path.is_file() else None
    except (OSError, ValueError):  # unreadable, or a name that no system accepts
        return None


def _content(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(MAX_FILE_BYTES + 1)
