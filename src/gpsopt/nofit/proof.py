"""Does a repair work? Its very file is read beside the failed scenario's inputs, and a plan is sought for it."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from gpsopt.checks import check
from gpsopt.compiler import compile_model
from gpsopt.errors import GpsoptError, LimitError, SolverError
from gpsopt.model.build import build_world
from gpsopt.model.world import world_of
from gpsopt.plan.plan import Plan
from gpsopt.planning import plan_or_end
from gpsopt.runfolder import input_files
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.solving.engine import Engine, Limits
from gpsopt.solving.feasibility import nodes_for
from gpsopt.solving.grid import to_grid
from gpsopt.solving.stages import aims_of

#: a model with at most so many decisions and columns is solved whole, so that its plan is known to be certified
_SMALL: Final = 600
_SECONDS: Final = 30.0  # for a larger model: a repair that is not proven by then is not shown
_SMALL_COLUMNS: Final = 6_000


class Bench:
    """The failed scenario's inputs on disk, and every repair's file beside them: use it as a context."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._folder = tempfile.TemporaryDirectory(prefix="gpsopt-")

    def __enter__(self) -> Bench:
        root = Path(self._folder.name)
        for name, content in input_files(self._scenario).items():
            path = root / "inputs" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        (root / "repairs").mkdir()
        return self

    def __exit__(self, *_error: object) -> None:
        self._folder.cleanup()

    def scenario(self, toml: str) -> Scenario | None:
        """The scenario that a repair's file makes; None where it cannot be used."""
        path = Path(self._folder.name) / "repairs" / "repair.toml"
        path.write_text(toml, encoding="utf-8")
        try:
            made = read_scenario(path)
        except GpsoptError:
            return None
        return None if any(f.severity == "error" for f in check(made)) else made

    def works(self, toml: str, spare: float = 0.0) -> bool:
        """Has the scenario of this file a plan, on its grid and to the fen?"""
        made = self.scenario(toml)
        return made is not None and has_plan(made, spare)


def has_plan(scenario: Scenario, spare: float = 0.0) -> bool:
    """Is there a plan? Small models are solved whole and verified, large ones for any plan that fits its grid.

    `spare`: 万元 that the plan sought leaves on every purchase line, so that the grid has room.
    """
    world = world_of(scenario)
    compiled = compile_model(build_world(world))
    lines = compiled.rows["existing_budget.purchases_within_line"].slice
    upper = compiled.row_upper.copy()
    upper[lines] -= spare
    engine = Engine(replace(compiled, row_upper=upper))
    small = engine.integer_count <= _SMALL and compiled.matrix.shape[1] <= _SMALL_COLUMNS
    engine.set_cost(np.zeros(compiled.matrix.shape[1]))
    try:
        seconds = None if small else _SECONDS
        point = engine.minimise(Limits(1e9, 1e9, seconds, nodes_for(compiled.matrix))).point
        if point is None:
            return False
        if small:
            result = plan_or_end(scenario, node_limit=nodes_for(compiled.matrix))
            return isinstance(result, Plan) and result.certified
        # with room on every line the grid is a matter of the search that follows, not of the rules
        return spare > 0 or to_grid(world, compiled, point, aims_of(world, compiled))[2]
    except (SolverError, LimitError):
        return False
