"""The plan that a scenario begins from, as a point of its model."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gpsopt.errors import InputError
from gpsopt.givenplan import GivenPlan
from gpsopt.model.world import World
from gpsopt.plan.frames import frames_of
from gpsopt.scenario import Scenario
from gpsopt.solving.engine import Array
from gpsopt.solving.startpoint import point_of
from gpsopt.written.draft import draft_of
from gpsopt.written.rows import HandPlan, read_handplan


@dataclass(frozen=True, eq=False)
class Begun:
    """Its quantities and decisions, and how many rows of it could not be used: they name what the scenario has not."""

    point: Array
    left_out: int


def begun_from(world: World, compiled: Any) -> Begun | None:
    """What `[solver] start` names; None where it names nothing.

    Raises InputError where nothing in the file can be used.
    """
    scenario = world.facts.scenario
    if scenario.start is None:
        return None
    written = _read(scenario.start, scenario)
    frames = frames_of(draft_of(scenario, written).draft)
    return Begun(
        point_of(world, compiled, frames), sum(f.severity == "error" and f.row is not None for f in written.notes)
    )


def _read(start: GivenPlan, scenario: Scenario) -> HandPlan:
    """Its rows; what is wrong is said of the place where it stood."""
    with tempfile.TemporaryDirectory(prefix="gpsopt-") as place:
        for name, content in start.files.items():
            path = Path(place, name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        try:
            return read_handplan(Path(place, next(iter(start.files)).split("/")[0]), scenario, strict=False)
        except InputError as error:
            raise InputError(tuple(replace(f, file=_stood(start, f.file)) for f in error.findings)) from None


def _stood(start: GivenPlan, file: str) -> str:
    """Where a file of the plan stood when it was read."""
    in_folder = any("/" in name for name in start.files)
    return str(start.path / Path(file).name if in_folder else start.path)
