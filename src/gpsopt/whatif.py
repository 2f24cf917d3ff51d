"""What-ifs: the same model with other numbers, answered at once and proven after.

    session = Session(read_scenario("scenarios/baseline.toml"))
    answer = session.relaxed(other)     # aim by aim, what the relaxed model reaches: a bound, in a moment
    plan = session.solve(other)         # the proven plan, on the grid and verified, from the old plan
    many = session.relaxed_many(others) # the relaxed answers of many, in fresh processes beside each other

`other` is any scenario. Where it has the same rows, columns and pairs, only the bounds, costs and coefficients that
differ are changed in the solver that is already warm; where not, the model is built anew, and the answer says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from gpsopt.checks import check
from gpsopt.cluster.crew import Crew, Hands
from gpsopt.compiler import compile_model
from gpsopt.model.build import build_world
from gpsopt.model.renewed import renewed
from gpsopt.model.world import World, world_of
from gpsopt.plan.plan import Result
from gpsopt.planning import Listener, Seconds, options_of, planned, refuse_errors
from gpsopt.scenario import Scenario
from gpsopt.solving.engine import Array, Stop
from gpsopt.solving.relaxation import Bases, LpStage, Relaxation
from gpsopt.solving.stages import Aim, Stage, aims_of, tolerance_of
from gpsopt.solving.startpoint import Start, moved_over, point_of


@dataclass(frozen=True)
class Relaxed:
    """The relaxed answer: awards may be parts of awards, quantities need not be on the grid.

    `stages`, in the order of the aims: `value` is what the relaxed model reaches while the earlier aims are held
    within their tolerance (in total), `bound` what its duals prove: no plan that holds the earlier aims as closely
    is better; for the first aim no plan at all. Empty with status `infeasible`: then no plan fits the rules either.
    `different` names the first row or column that is not in the session's model; empty: the model was warm.
    """

    status: str  # optimal, infeasible
    stages: tuple[Stage, ...]
    different: str = ""

    @property
    def rebuilt(self) -> bool:
        """Had the model to be built anew because its rows, columns or aims are others?"""
        return self.different != ""


@dataclass(frozen=True)
class Prepared:
    """A scenario turned into a matrix."""

    world: World
    compiled: Any
    aims: tuple[Aim, ...]

    def tolerances(self) -> tuple[float, ...]:
        """Of each aim, what later ones may give up of it (a share of its scale)."""
        options = options_of(self.world.facts.scenario)
        return tuple(tolerance_of(self.world, aim.name, options) for aim in self.aims)


def prepared(scenario: Scenario, checked: bool = False, like: World | None = None) -> Prepared:
    """Check (unless that is done), build and compile. Raises InputError where the tables are wrong.

    `like`: a world that may be much the same; what did not change is taken from it.
    """
    if not checked:
        refuse_errors(check(scenario))
    world = world_of(scenario) if like is None else renewed(like, scenario)
    compiled = compile_model(build_world(world))
    return Prepared(world, compiled, aims_of(world, compiled))


def lp_values(scenario: Scenario) -> tuple[Stage, ...]:
    """Aim by aim, what the relaxed model reaches and its bound; empty where nothing fits the rules."""
    return Session(scenario).relaxed(scenario).stages


@dataclass(frozen=True)
class Known:
    """A session's own answer (None: nothing fits) and the bases that every other one starts from."""

    stages: tuple[LpStage, ...] | None
    bases: Bases


class Session:
    """A scenario's model held ready for questions. Answers do not hang on what was asked before."""

    def __init__(self, scenario: Scenario, known: Known | None = None) -> None:
        """`known`: what another session of the same scenario found. Raises InputError where the tables are wrong."""
        self.base = prepared(scenario, checked=known is not None)
        self._relaxation = Relaxation(self.base.compiled, self.base.aims, known.bases if known else ())
        self._first: tuple[LpStage, ...] | None = None
        self._asked = False
        self._plan: tuple[Array, ...] = ()  # as each stage left it, or as it ended
        if known is not None:
            self._first, self._asked = known.stages, True

    def relaxed(self, scenario: Scenario, checked: bool = False) -> Relaxed:
        """The relaxed answer of this scenario; `checked`: its tables are known to be in order."""
        if scenario is self.base.world.facts.scenario:
            return _answer(self.base, self._base_stages(), "")
        other = prepared(scenario, checked, self.base.world)
        different = first_difference(self.base, other)
        if different:
            fresh = Relaxation(other.compiled, other.aims)
            return _answer(other, fresh.in_order(other.aims, other.tolerances()), different)
        self._base_stages()
        self._relaxation.change(other.compiled, other.aims)
        return _answer(other, self._relaxation.in_order(other.aims, other.tolerances()), "")

    def relaxed_many(
        self, scenarios: Sequence[Scenario], workers: int = 1, hands: Hands | None = None, checked: bool = False
    ) -> list[Relaxed]:
        """The relaxed answers in their order, each what `relaxed` gives: by `hands`, else so many fresh processes.

        Each of them builds the model once and starts from this session's own answer. Raises as `relaxed` does.
        """
        if hands is None and workers == 1:
            return [self.relaxed(scenario, checked) for scenario in scenarios]
        stages = self._base_stages()
        shared = (self.base.world.facts.scenario, Known(stages, self._relaxation.bases()), checked)
        with Crew(min(workers, len(scenarios))) if hands is None else nullcontext(hands) as crew:
            found = dict(crew.answers(_asked_of, shared, [_apart_from(shared[0], other) for other in scenarios]))
        return [found[place] for place in range(len(scenarios))]

    def solve(
        self, scenario: Scenario | None = None, *, gap: float | None = None, time_limit: float | None = None,
        node_limit: int | None = None, progress: Listener | None = None, stop: Stop | None = None,
    ) -> Result:  # fmt: skip
        """The proven plan of this scenario (None: of the session's own), from the session's plan where there is one.

        The gap is the scenario's unless one is given; an end without a plan is a Result, as from `plan_or_end`.
        """
        clock = Seconds()
        other = (
            self.base
            if scenario is None or scenario is self.base.world.facts.scenario
            else prepared(scenario, like=self.base.world)
        )
        clock.mark("build")
        options = options_of(other.world.facts.scenario, gap, time_limit, node_limit)
        start = self._plan if other is self.base else self._start_for(other)
        result, points = planned(other.world, other.compiled, options, clock, progress, stop, Start(start))
        if other is self.base and points:
            self._plan = points
        return result

    def begin_from(self, frames: Mapping[str, pd.DataFrame]) -> None:
        """Take a finished plan of the session's scenario as the plan that answers start from."""
        self._plan = (point_of(self.base.world, self.base.compiled, frames),)

    def _start_for(self, other: Prepared) -> tuple[Array, ...]:
        return tuple(moved_over(point, self.base.compiled, other.compiled) for point in self._plan)

    def _base_stages(self) -> tuple[LpStage, ...] | None:
        """The session's own answer, whose bases every other one starts from."""
        if not self._asked:
            self._first = self._relaxation.in_order(self.base.aims, self.base.tolerances())
            self._asked = True
        return self._first


_sessions: list[tuple[Any, Session]] = []  # of a worker: what it was told, and the model it holds


def _asked_of(shared: tuple[Scenario, Known, bool], scenario: Scenario) -> Relaxed:
    """At a worker: the relaxed answer, from a session that stays for the next question."""
    if not _sessions or _sessions[0][0] is not shared:
        _sessions[:] = [(shared, Session(shared[0], shared[1]))]
    tables = replace(scenario.tables, frames={**shared[0].tables.frames, **scenario.tables.frames})
    return _sessions[0][1].relaxed(replace(scenario, tables=tables), shared[2])


def _apart_from(base: Scenario, other: Scenario) -> Scenario:
    """A scenario with those tables alone that are not the base's own: all that has to travel."""
    mine = base.tables.frames
    frames = {name: frame for name, frame in other.tables.frames.items() if frame is not mine.get(name)}
    return replace(other, tables=replace(other.tables, frames=frames))


def first_difference(one: Prepared, other: Prepared) -> str:
    """The first row, column or aim that only one of two models has, in words of the model; empty: none."""
    if [(a.name, a.sense) for a in one.aims] != [(a.name, a.sense) for a in other.aims]:
        return "aims"
    for ours, theirs in ((one.compiled.columns, other.compiled.columns), (one.compiled.rows, other.compiled.rows)):
        for name in sorted(set(ours) ^ set(theirs)):
            return str(name)
        for name, span in ours.items():
            for key in _apart(span, theirs[name]):
                return f"{name} {key}"
    if not np.array_equal(one.compiled.integer, other.compiled.integer):
        return "integers"
    return ""


def _apart(one: Any, other: Any) -> Iterator[str]:
    """Keys that only one of two spans has; where they stand in another order, that."""
    if one.layout is None or other.layout is None or _same_layout(one.layout, other.layout):
        if (one.start, one.stop) != (other.start, other.stop):
            yield "()"
        return
    ours, theirs = one.keys, other.keys
    if ours == theirs:
        return
    for key in sorted(set(ours) ^ set(theirs), key=str) or ["()"]:
        yield " ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _same_layout(one: Any, other: Any) -> bool:
    """Are the members written with the same labels and codes?"""
    return one.size == other.size and all(
        a.values == b.values and np.array_equal(x, y)
        for a, b, x, y in zip(one.labels, other.labels, one.codes, other.codes, strict=True)
    )


def _answer(of: Prepared, found: tuple[LpStage, ...] | None, different: str) -> Relaxed:
    stages = stages_of(of, found)
    return Relaxed("infeasible", (), different) if stages is None else Relaxed("optimal", stages, different)


def stages_of(of: Prepared, found: tuple[LpStage, ...] | None) -> tuple[Stage, ...] | None:
    """What the relaxed model reached, in yuan; None where nothing fits."""
    if found is None:
        return None
    stages = []
    for aim, lp, tolerance in zip(of.aims, found, of.tolerances(), strict=True):
        constant = float(aim.constants.sum())
        value, bound = lp.value + constant, lp.bound + constant
        scale = aim.scale(value)
        gap = 0.0 if scale == 0 else abs(value - bound) / scale
        stages.append(
            Stage(
                aim.name, aim.sense, value * aim.unit, bound * aim.unit, gap, abs(value - bound) * aim.unit,
                scale * aim.unit, tolerance, "optimal",
            )
        )  # fmt: skip
    return tuple(stages)
