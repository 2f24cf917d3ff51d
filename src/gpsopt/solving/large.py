"""One aim of a large model: a bound from the relaxation, a plan from few decisions at a time, a search where they end.

The relaxation's bound is close; what is hard is to find a plan near it. A first plan is made group by group around the
relaxation's point, or by a short search, later aims counting a little (so that it is good for them too); else it is any
plan that is known. Kernels then decide few things anew (`kernels`). Where that leaves the plan far from the
bound, sweeps of small problems improve it: the relaxation's duals price what the groups take from each other, so that
the first to be decided does not use up what is worth more elsewhere. What remains is left to a search over everything
with the plan as its start. Every limit is a number of nodes, so the same input gives the same plan.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from gpsopt.errors import SolverError
from gpsopt.solving.engine import Array, Bools, Engine, Limits, NoRelaxation, NoTime, Outcome
from gpsopt.solving.instance import dot
from gpsopt.solving.kernels import below, kernel
from gpsopt.solving.neighbourhoods import Groups, Neighbourhoods
from gpsopt.solving.target import Target

_FIRST_NODES: Final = 50
_LAST_NODES: Final = 400
_SWEEPS: Final = 6
_FAR: Final = 3.0  # times the gap asked for: a plan so far from the bound is worth sweeps
_CUTS: Final = 15.0  # times the gap asked for: so much of it the first cuts and the smaller models within mostly close
#: of the gap that is open, what sixteen small problems have to close for more of them to be worth their time
_CLOSES: Final = 0.1


def seek_large(
    engine: Engine, compiled: Any, groups: Groups, target: Target, start: Array | None,
    report: Callable[[float, float], None], seconds: Callable[[], float | None], known: Array | None = None,
) -> Outcome:  # fmt: skip
    """Minimise `target` from `start`; the bound is that of the relaxation or of the last search.

    `known`: a plan that is good for no aim, the start where no other is found.
    """
    try:
        bound, relaxed, duals = engine.relaxation(seconds)
    except NoRelaxation:
        return Outcome("infeasible", None, float("inf"), float("-inf"), 0)
    except NoTime:
        return engine.unsought(start)
    matrix, lower, upper = engine.rows()
    small = Neighbourhoods(matrix, lower, upper, compiled)
    priced = target.blend - matrix.T @ np.where(coupling(compiled, len(duals)), duals, 0.0)
    point = start
    if point is None:
        point = _first(engine, groups, small, target, priced, relaxed)
        if point is None:
            point = _searched(engine, target, bound, report, seconds)
        if point is None and known is not None:
            point = _whole(engine, target, known)
    if point is not None:
        point, bound = _nearer(engine, groups, target, point, relaxed, bound, report, seconds)
        value = dot(target.costs, point)
        if not target.warm and value - bound > _FAR * target.allowed(value):
            point = _improve(engine, small, groups, target, priced, point, bound, report, seconds)
            value = dot(target.costs, point)
        if value - bound <= target.allowed(value):
            return Outcome("optimal", point, value, min(bound, value), 0)
    limits = Limits(
        absolute_gap=max(1e-9, target.allowed(bound)), seconds=seconds(),
        nodes=_LAST_NODES if point is not None else None,
    )  # fmt: skip
    engine.set_cost(target.costs)
    try:
        last = engine.minimise(limits, point, report)
    except SolverError:
        if point is None:
            raise
        last = Outcome("limit", None, float("inf"), bound, 0)  # its plan did not keep the rows: ours does
    if last.point is None or (point is not None and dot(target.costs, point) < last.value):
        if point is None:
            return last
        return Outcome("limit", point, dot(target.costs, point), max(bound, last.bound), last.nodes)
    return Outcome(last.status, last.point, last.value, min(last.value, max(bound, last.bound)), last.nodes)


def _nearer(
    engine: Engine, groups: Groups, target: Target, point: Array, relaxed: Array, bound: float,
    report: Callable[[float, float], None], seconds: Callable[[], float | None],
) -> tuple[Array, float]:  # fmt: skip
    """A better plan and bound: by few decisions, and by the first cuts where the plan is close to its bound.

    The few are those of the needs that keep the aim low, then those relaxed otherwise. The plan of a model like this
    one is mostly good enough, which the first cuts say: there they come first.
    """
    engine.set_cost(target.costs)
    matrix, _lower, upper = engine.rows()
    nobody = np.flatnonzero((groups.need < 0) & (groups.purchaser < 0))

    def by_kernel(open_: Bools | None) -> None:
        nonlocal point
        found = None if open_ is None else kernel(engine, target, point, open_, bound, seconds())
        if found is not None:
            point = found
            report(dot(target.costs, point), bound)

    def by_cuts() -> None:
        nonlocal point, bound
        value = dot(target.costs, point)
        if value - bound <= _CUTS * target.allowed(value):
            point, bound = _first_cuts(engine, target, point, bound, report, seconds())

    def lifted() -> None:
        by_kernel(below(matrix, upper, target, nobody, groups.need, point, bound))

    for step in (
        *((by_cuts, lifted) if target.warm else (lifted, by_cuts)),
        lambda: by_kernel(np.abs(relaxed - point) > 1e-6),
    ):
        value = dot(target.costs, point)
        if value - bound <= target.allowed(value):
            break
        step()
    return point, bound


def _first_cuts(
    engine: Engine, target: Target, point: Array, bound: float, report: Callable[[float, float], None],
    seconds: float | None,
) -> tuple[Array, float]:  # fmt: skip
    """What the first cuts of a search over everything make of a plan and its bound."""
    limits = Limits(max(1e-9, target.allowed(dot(target.costs, point))), seconds=seconds, nodes=1)
    try:
        found = engine.minimise(limits, point, report)
    except SolverError:
        return point, bound
    better = found.point is not None and found.value < dot(target.costs, point)
    return found.point if better and found.point is not None else point, max(bound, found.bound)


def coupling(compiled: Any, rows: int) -> Bools:
    """Rows in which many needs meet: held aims (appended), capacities, areas.

    Their duals price what a small problem takes from the others, so that the first to be decided does not
    use up what is worth more elsewhere.
    """
    tied = np.zeros(rows, dtype=bool)
    tied[compiled.matrix.shape[0] :] = True
    for name, span in compiled.rows.items():
        if name.startswith(("own_capacity.", "worst_area.", "undertaker_count.")):
            tied[span.start : span.stop] = True
    return tied


def _first(
    engine: Engine, groups: Groups, small: Neighbourhoods, target: Target, priced: Array, relaxed: Array
) -> Array | None:
    """Decide group by group around the relaxation's point; None where one of them finds no room."""
    point = relaxed
    for group in groups.by_purchaser:
        found = small.decide(point, priced, groups.columns(group), 0.05 * target.allowed(dot(target.costs, relaxed)))
        if found is None:
            return None
        point = found
    return _whole(engine, target, point)


def _searched(
    engine: Engine, target: Target, bound: float, report: Callable[[float, float], None],
    seconds: Callable[[], float | None],
) -> Array | None:  # fmt: skip
    """A first plan by a short search over everything, with the later aims in sight."""
    engine.set_cost(target.blend)
    limits = Limits(absolute_gap=max(1e-9, 5 * target.allowed(bound)), nodes=_FIRST_NODES, seconds=seconds())
    try:
        outcome = engine.minimise(limits, None, lambda best, _bound: report(best, bound))
    finally:
        engine.set_cost(target.costs)
    return outcome.point


def _improve(
    engine: Engine, small: Neighbourhoods, groups: Groups, target: Target, priced: Array, point: Array, bound: float,
    report: Callable[[float, float], None], seconds: Callable[[], float | None],
) -> Array:  # fmt: skip
    """Sweeps over the groups, first at the relaxation's prices, until the gap is reached or little is gained."""
    best = current = point
    open_gap = float("inf")  # when it was last looked at
    for _sweep in range(_SWEEPS):
        costs = priced if _sweep < _SWEEPS - 1 else target.blend
        before = dot(target.costs, best)
        before_priced = dot(costs, current)
        for place, group in enumerate(groups.groups):
            allowed = target.allowed(dot(target.costs, best))
            left = seconds()
            if dot(target.costs, best) - bound <= allowed or (left is not None and left <= 0.02):
                return best
            found = small.decide(current, costs, groups.columns(group), 0.02 * allowed)
            if found is not None:
                current = found
            if place % 16 == 15:
                best = _cleaned(engine, target, best, current)
                report(dot(target.costs, best), bound)
                still_open = dot(target.costs, best) - bound
                if still_open > (1.0 - _CLOSES) * open_gap:
                    return best  # the search over everything moves both ends of the gap, sweeps only one
                open_gap = still_open
        best = _cleaned(engine, target, best, current)
        report(dot(target.costs, best), bound)
        little = 0.05 * target.allowed(before)
        if before - dot(target.costs, best) < little and before_priced - dot(costs, current) < little:
            break
    return best


def _cleaned(engine: Engine, target: Target, best: Array, found: Array) -> Array:
    """The better of two plans, the second with its quantities solved again around its decisions."""
    clean = _whole(engine, target, found)
    return clean if clean is not None and dot(target.blend, clean) <= dot(target.blend, best) else best


def _whole(engine: Engine, target: Target, found: Array) -> Array | None:
    """Quantities solved again around the found decisions, all at once; None where the rows are not kept."""
    engine.set_cost(target.blend)
    try:
        clean = engine.with_integers_of(found)
    finally:
        engine.set_cost(target.costs)
    return None if clean is None or engine.violation(clean) > 1e-6 else clean
