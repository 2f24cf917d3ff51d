"""Relax and fix: the first year's decisions are exact while later years may be fractions, then year by year.

So a bureau works: the law lets it sign this year's contracts, not those of the year after next. Each pass
seeks all aims in order; what a pass decides for its year is held in the next. The bound shown for an aim is
that of the joint model's relaxation with the earlier aims held as the finished plan has them: it holds for
every plan of all years, also for those that this way of searching cannot find.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np

from gpsopt.cluster.connection import Cluster
from gpsopt.errors import LimitError, SolverError
from gpsopt.model.facts import Ints
from gpsopt.model.world import FEN_PER_WAN, World
from gpsopt.solving.blended import prime
from gpsopt.solving.clock import Progress
from gpsopt.solving.engine import Array, Engine, Left, NoTime, Stop
from gpsopt.solving.instance import dot
from gpsopt.solving.outlook import within_outlook
from gpsopt.solving.stages import BY_PURCHASER, Aim, Answer, Options, Stage, aims_of, describe, hold_aim, seek
from gpsopt.solving.startpoint import NOWHERE, Start
from gpsopt.solving.tightening import tighten

_JOINT: Final = 1.25  # of the time given: when the joint bounds have to be there


def seek_years(
    world: World,
    compiled: Any,
    options: Options,
    progress: Callable[[Progress], None] | None = None,
    stop: Stop | None = None,
    start: Start = NOWHERE,
    cluster: Cluster | None = None,
) -> tuple[Answer, Engine, tuple[Aim, ...]]:
    """As `seek` on tightened rows: all years at once, or year by year where the options say relax_and_fix.

    The engine that comes back has the rows as they were written, and those that hold the aims. That there is no plan
    (or that the solver lost one) is believed only of the rows as they were written: its presolve has called models
    impossible whose limits met within its tolerance.
    """
    tight, done = tighten(compiled)
    joint = options.years == "joint" or len(world.facts.years) == 1

    def sought(rows: Any) -> tuple[Answer, Engine, tuple[Aim, ...]]:
        if joint:
            return seek(world, rows, options, progress, stop, start, cluster)
        return _year_by_year(world, rows, options, progress, stop, cluster)

    try:
        answer, engine, aims = sought(tight)
        stands = answer.status != "infeasible"
    except SolverError:
        stands = False
    if not stands:
        answer, engine, aims = sought(compiled)
    return replace(answer, tightening=done), engine.over(compiled), aims


def _year_by_year(
    world: World, compiled: Any, options: Options, progress: Callable[[Progress], None] | None, stop: Stop | None,
    cluster: Cluster | None,
) -> tuple[Answer, Engine, tuple[Aim, ...]]:  # fmt: skip
    """Every year's decisions in turn, later years free to be fractions."""
    began = time.monotonic()
    free = np.asarray(compiled.integer, dtype=bool) & (compiled.column_lower < compiled.column_upper)
    if free.sum() > BY_PURCHASER:
        alone = within_outlook(world, compiled, years_of_columns(world, compiled, -1), options, progress, stop, cluster)
        if alone is not None and alone.point is not None:
            return _jointly(world, compiled, options, alone, stop, began)
    year_of = years_of_columns(world, compiled)
    count, nodes, stopped = len(world.facts.years), 0, False
    point: Array | None = None
    for place in range(count):
        left = None if options.time_limit is None else options.time_limit - (time.monotonic() - began)
        mine = replace(options, years="joint", time_limit=None if left is None else max(0.1, left / (count - place)))
        part = _decided_up_to(compiled, year_of, place, point)
        answer, engine, aims = seek(world, part, mine, progress, stop, cluster=cluster)
        nodes, stopped = nodes + answer.nodes, stopped or answer.stopped
        if answer.point is None:
            if place == 0:
                return answer, engine, aims
            raise SolverError("stage_lost_its_plan", aim=str(world.facts.years[place]))
        point = answer.point
        if stopped and place < count - 1:
            raise LimitError("limit_without_plan")  # later years are still fractions: that is no plan
    assert point is not None
    return _jointly(world, compiled, options, Answer("within_gap", (), point, nodes, (point,), stopped), stop, began)


def _jointly(
    world: World, compiled: Any, options: Options, found: Answer, stop: Stop | None, began: float
) -> tuple[Answer, Engine, tuple[Aim, ...]]:
    """A plan of all years with the joint model's bounds."""
    engine, aims = Engine(compiled, options.seed, stop), aims_of(world, compiled)
    assert found.point is not None

    def for_bounds() -> float | None:
        """The joint bounds may take a quarter of the time again, or end by a stop; what they lack is shown as a gap."""
        if stop is not None and stop():
            return 0.01
        return None if options.time_limit is None else began + _JOINT * options.time_limit - time.monotonic()

    stages = joint_stages(engine, world, aims, options, found.point, for_bounds)
    ends = {stage.status for stage in stages}
    status = next((s for s in ("limit", "within_gap") if s in ends), "optimal")
    return replace(found, status=status, stages=stages), engine, aims


def years_of_columns(world: World, compiled: Any, none: int = 0) -> Ints:
    """The position of each column's year (the last place of its key), `none` where it has none."""
    place = {year: i for i, year in enumerate(world.facts.years)}
    found = np.full(compiled.matrix.shape[1], none, dtype=np.int64)
    for span in compiled.columns.values():
        if span.layout is not None and len(span):
            years = np.array([place.get(label, none) for label in span.layout.labels[-1].values], dtype=np.int64)
            found[span.start : span.stop] = years[span.layout.codes[-1]]
    return found


def _decided_up_to(compiled: Any, year_of: Ints, place: int, point: Array | None) -> Any:
    """The same rows: earlier years' decisions held, this year's to be made, later ones free to be fractions."""
    integer = np.asarray(compiled.integer, dtype=bool)
    lower, upper = compiled.column_lower.copy(), compiled.column_upper.copy()
    if point is not None:
        held = integer & (year_of < place)
        lower[held] = upper[held] = np.round(point[held])
    return replace(compiled, integer=integer & (year_of <= place), column_lower=lower, column_upper=upper)


def joint_stages(
    engine: Engine, world: World, aims: tuple[Aim, ...], options: Options, point: Array, left: Left | None = None
) -> tuple[Stage, ...]:
    """Every aim at the finished plan, with the joint relaxation's bound; the engine holds them all afterwards.

    Where there is no time `left` for that the bound is what the aim comes to at the least.
    """
    stages: list[Stage] = []
    if engine.integer_count > BY_PURCHASER:
        prime(engine, aims, sum(world.facts.budget.values()) / FEN_PER_WAN, left)
    for aim in aims:
        sign, unit = aim.sign, aim.cost_unit
        engine.set_cost(aim.costs)
        try:
            bound = engine.relaxation(left)[0]
        except NoTime:
            bound = engine.least()
        value = sign * dot(aim.weights, point)
        stage = describe(world, aim, value, min(bound * unit, value), options)
        stages.append(stage)
        hold_aim(engine, world, aim, stage, point)
    return tuple(stages)
