"""One aim of a large model: a bound from the relaxation, a plan from small problems, a search where they end.

The relaxation's bound is close for shortfalls and outlay; what is hard is to find a plan near it. A first
plan comes from a short search in which later aims count a little (so that it is good for them too); sweeps
of small problems then improve it until the gap is reached; what remains is left to a search over everything
with the plan as its start. Every limit is a number of nodes, so the same input gives the same plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from gpsopt.errors import SolverError
from gpsopt.solving.engine import Array, Engine, Limits, Outcome
from gpsopt.solving.neighbourhoods import Groups, Neighbourhoods, sweep

_FIRST_NODES: Final = 50
_LAST_NODES: Final = 400
_SWEEPS: Final = 6


@dataclass(frozen=True)
class Target:
    """A stage in the solver's own units: costs to minimise, later aims blended in, gap to reach.

    `constant` completes costs . x to the aim's value; `scale` is None where the aim's own value is its scale.
    """

    costs: Array
    blend: Array
    constant: float
    scale: float | None
    gap: float

    def allowed(self, value: float) -> float:
        """The absolute gap that is good enough at this value."""
        return self.gap * (abs(value + self.constant) if self.scale is None else self.scale)


def seek_large(
    engine: Engine, compiled: Any, groups: Groups, target: Target, start: Array | None,
    report: Callable[[float, float], None], seconds: Callable[[], float | None],
) -> Outcome:  # fmt: skip
    """Minimise `target` from `start`; the bound is that of the relaxation or of the last search."""
    bound, _point, _duals = engine.relaxation()
    point = start if start is not None else _first(engine, target, bound, report, seconds)
    nodes = 0
    if point is not None:
        point = _improve(engine, compiled, groups, target, point, bound, report, seconds)
        value = float(target.costs @ point)
        if value - bound <= target.allowed(value):
            return Outcome("optimal", point, value, min(bound, value), nodes)
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
    if last.point is None or (point is not None and float(target.costs @ point) < last.value):
        if point is None:
            return last
        return Outcome("limit", point, float(target.costs @ point), max(bound, last.bound), last.nodes)
    return Outcome(last.status, last.point, last.value, min(last.value, max(bound, last.bound)), last.nodes)


def _first(
    engine: Engine, target: Target, bound: float, report: Callable[[float, float], None],
    seconds: Callable[[], float | None],
) -> Array | None:  # fmt: skip
    """A first plan with the later aims in sight; None where the short search found none."""
    engine.set_cost(target.blend)
    limits = Limits(absolute_gap=max(1e-9, 5 * target.allowed(bound)), nodes=_FIRST_NODES, seconds=seconds())
    try:
        outcome = engine.minimise(limits, None, lambda best, _bound: report(best, bound))
    finally:
        engine.set_cost(target.costs)
    return outcome.point


def _improve(
    engine: Engine, compiled: Any, groups: Groups, target: Target, point: Array, bound: float,
    report: Callable[[float, float], None], seconds: Callable[[], float | None],
) -> Array:  # fmt: skip
    """Sweeps over the groups until the gap is reached or a sweep gains little."""
    matrix, lower, upper = engine.rows()
    small = Neighbourhoods(matrix, lower, upper, compiled)
    best = point
    for _sweep in range(_SWEEPS):
        before = float(target.costs @ best)
        for place, group in enumerate(sweep(groups, target.costs * best)):
            value = float(target.costs @ best)
            allowed = target.allowed(value)
            left = seconds()
            if value - bound <= allowed or (left is not None and left <= 0.02):
                return best
            found = small.improve(best, target.blend, groups.columns(group), 0.05 * allowed)
            if found is not None:
                best = _cleaned(engine, target, best, found)
            if place % 16 == 15:
                best = _cleaned(engine, target, best, best)
                report(float(target.costs @ best), bound)
        best = _cleaned(engine, target, best, best)
        report(float(target.costs @ best), bound)
        if before - float(target.costs @ best) < 0.05 * target.allowed(before):
            break
    return best


def _cleaned(engine: Engine, target: Target, best: Array, found: Array) -> Array:
    """Quantities solved again around the found decisions, all at once; the better plan that keeps the rows."""
    if found is not best and engine.violation(found) <= 1e-7:
        return found
    try:
        engine.set_cost(target.blend)
        clean = engine.with_integers_of(found)
    except SolverError:
        clean = None
    finally:
        engine.set_cost(target.costs)
    if clean is None or engine.violation(clean) > 1e-6:
        return best
    return clean if target.blend @ clean <= target.blend @ best else best
