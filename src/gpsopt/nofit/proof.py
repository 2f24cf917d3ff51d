"""Does a repair work? Its very file is read beside the failed scenario's inputs, and a plan is sought for it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from gpsopt.checks import check
from gpsopt.compiler import compile_model
from gpsopt.errors import GpsoptError, LimitError, SolverError
from gpsopt.model.build import build_world
from gpsopt.model.world import world_of
from gpsopt.nofit.spent import Allowance
from gpsopt.plan.frames import Draft, frames_of
from gpsopt.plan.plan import Plan
from gpsopt.planning import plan_or_end
from gpsopt.runfolder import input_files
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.solving.anyplan import any_plan
from gpsopt.solving.engine import Array, Engine, NoRelaxation
from gpsopt.solving.feasibility import nodes_for
from gpsopt.solving.grid import to_grid
from gpsopt.solving.room import with_room
from gpsopt.solving.stages import Aim, aims_of
from gpsopt.solving.startpoint import moved_over
from gpsopt.written.table import plan_csv

#: a model with at most so many decisions and columns is solved whole, so that its plan is known to be certified
_SMALL: Final = 600
_SMALL_COLUMNS: Final = 6_000
_KEPT: Final = 2  # plans of repairs before, tried first for the next one
_CLOSE: Final = 1e-6
_SECONDS: Final = 12.0  # of the processor for one repair of a larger model


@dataclass(frozen=True, eq=False)
class Known:
    """A point of a model, whose decisions are tried for a model like it before others are sought."""

    compiled: Any
    point: Array


class Bench:
    """The failed scenario's inputs on disk, and every repair's file beside them: use it as a context.

    `allowance`: what may be spent on the kind of repair at hand. `unsure`: was a question about it left open? Plans
    that were found are remembered, as one repair often differs little from another.
    """

    def __init__(self, scenario: Scenario, allowance: Allowance | None = None) -> None:
        self._scenario = scenario
        self._folder = tempfile.TemporaryDirectory(prefix="gpsopt-")
        self._found: list[Known] = []
        self._proofs: dict[str, Draft | Plan] = {}
        self.allowance = self._whole = allowance or Allowance.of(float("inf"))
        self.unsure = False

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

    def fresh(self, seconds: float) -> None:
        """A new kind of repair, with so many seconds of the processor."""
        self.allowance, self.unsure = self._whole.part(seconds), False

    def remember(self, known: Known) -> None:
        """Its decisions are tried before others are sought."""
        self._found = [*self._found, known][-_KEPT:]

    def scenario(self, toml: str) -> Scenario | None:
        """The scenario that a repair's file makes; None where it cannot be used."""
        path = Path(self._folder.name) / "repairs" / "repair.toml"
        path.write_text(toml, encoding="utf-8")
        try:
            made = read_scenario(path)
        except GpsoptError:
            return None
        return None if any(f.severity == "error" for f in check(made)) else made

    def works(self, toml: str, spare: float = 0.0, near: Known | None = None) -> bool:
        """Has the scenario of this file a plan, on its grid and to the fen? `near`: where one ought to be."""
        made = self.scenario(toml) if self.allowance.left() else None
        self.unsure = self.unsure or not self.allowance.left()
        if made is None:
            return False
        known = [*([] if near is None else [near]), *reversed(self._found)]
        answer, found, proof = has_plan(made, spare, known, self.allowance.part(min(self.allowance.left(), _SECONDS)))
        if found is not None:
            self.remember(found)
        if proof is not None:
            self._proofs[_body(toml)] = proof
        self.unsure = self.unsure or answer is None
        return answer is True

    def proof(self, toml: str) -> bytes:
        """The plan with which the scenario of this file was found to work, as a table."""
        found = self._proofs[_body(toml)]
        return plan_csv(found.frames if isinstance(found, Plan) else frames_of(found))

    def fits(self, toml: str) -> bool:
        """Has the scenario of this file a plan where decisions may be fractions? Where not, it has none at all."""
        made = self.scenario(toml)
        if made is None:
            return False
        compiled = compile_model(build_world(world_of(made)))
        engine = Engine(compiled)
        try:
            engine.relaxation()
        except NoRelaxation:
            return False
        except SolverError:
            pass
        return True


def _body(toml: str) -> str:
    """What a scenario file changes, without its words."""
    return "\n".join(line for line in toml.splitlines() if not line.startswith(("title", "question")))


def has_plan(
    scenario: Scenario, spare: float = 0.0, known: Sequence[Known] = (), allowance: Allowance | None = None
) -> tuple[bool | None, Known | None, Draft | Plan | None]:
    """Is there a plan, where (of a large model), and which one on its grid?

    None: neither a plan nor a proof was found in what was allowed.

    Small models are solved whole and verified, large ones for any plan that fits its grid. `spare`: 万元 that the plan
    sought leaves on every purchase line, so that the grid has room.
    """
    world = world_of(scenario)
    compiled = compile_model(build_world(world))
    open_ = compiled.integer & (compiled.column_lower < compiled.column_upper)
    small = int(open_.sum()) <= _SMALL and compiled.matrix.shape[1] <= _SMALL_COLUMNS
    asked = None if small else allowance
    stop = None if asked is None else asked.stop()
    engine = Engine(with_room(compiled, compiled.rows, spare), stop=stop)
    engine.set_cost(np.zeros(compiled.matrix.shape[1]))
    aims = aims_of(world, compiled)
    try:
        point = _point(engine, compiled, aims, () if small else known, None if asked is None else asked.clock())
        if point is None:
            return None, None, None
        if small:
            result = plan_or_end(scenario, node_limit=nodes_for(compiled.matrix))
            stands = isinstance(result, Plan) and result.certified
            return stands, None, result if isinstance(result, Plan) and stands else None
        quantities, money, fits = to_grid(world, compiled, point, aims)
        proof = Draft(world, quantities, money) if fits else None
        return True if fits else None, Known(compiled, point), proof
    except NoRelaxation:
        return False, None, None
    except (SolverError, LimitError):
        return None, None, None


def _point(
    engine: Engine, compiled: Any, aims: tuple[Aim, ...], known: Sequence[Known], seconds: float | None
) -> Array | None:  # fmt: skip
    """Any plan: with the decisions of a known one, else sought; None where none was found.

    Raises NoRelaxation where there is none.
    """
    for one in known:
        point = engine.with_integers_of(moved_over(one.point, one.compiled, compiled))
        if point is not None and engine.violation(point) <= _CLOSE:
            return point
    outcome = any_plan(engine, aims[0].costs, seconds, nodes_for(compiled.matrix))
    if outcome.status == "infeasible":
        raise NoRelaxation("solver_failed", status="Infeasible")
    return outcome.point
