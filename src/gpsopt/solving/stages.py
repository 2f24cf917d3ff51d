"""The aims in order: each is sought while the earlier ones are held within their tolerance.

gap = |value - bound| / scale, 0 where the scale is 0; scale: for shortfalls the whole weighted target,
for shares 1, otherwise the aim's own value. A stage ends at the gap asked for; what a later stage may give
up is tolerance x scale, measured from the plan's value (model: gap and tolerance).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from gpsopt.errors import LimitError, SolverError
from gpsopt.model.aims import MONEY_AIMS, gravity_of
from gpsopt.model.world import World
from gpsopt.settings import AIMS, Sense
from gpsopt.solving.engine import Array, Engine, Limits, Outcome

#: a model with at most this many award decisions is solved to proof when no gap is asked for
SMALL: Final = 3_000
#: nodes spent on that proof before 0.001 is good enough
PROOF_NODES: Final = 20_000
DEFAULT_GAP: Final = 0.001
_YUAN_PER_WAN: Final = 10_000.0


@dataclass(frozen=True)
class Options:
    """How long and how closely to search. `gap` None: to proof where the model is small, else 0.001."""

    gap: float | None = None
    time_limit: float | None = None
    node_limit: int | None = None
    seed: int = 0


@dataclass(frozen=True)
class Progress:
    """Where the search stands: the aim, the best value so far, its bound and gap (in the aim's unit)."""

    stage: int
    stages: int
    aim: str
    value: float
    bound: float
    gap: float
    seconds: float


@dataclass(frozen=True)
class Stage:
    """How one aim ended; values in yuan (shares and benefit in their own unit)."""

    name: str
    sense: Sense
    value: float
    bound: float
    gap: float
    gap_amount: float
    scale: float
    tolerance: float
    status: str  # optimal, within_gap, limit


@dataclass(frozen=True)
class Answer:
    """All stages and the last point; `status` is infeasible where no plan exists."""

    status: str  # optimal, within_gap, limit, infeasible
    stages: tuple[Stage, ...]
    point: Array | None
    nodes: int


@dataclass(frozen=True)
class Aim:
    """An aim over columns: value = weights . x + constant, split by purchaser (model units)."""

    name: str
    sense: Sense
    parts: Any  # sparse (parts, columns)
    constants: Array
    unit: float  # yuan (or own unit) per model unit
    part_scale: Array  # scale of each part in model units; nan: the part's own value

    @property
    def weights(self) -> Array:
        return np.asarray(self.parts.sum(axis=0), dtype=float).ravel()

    def value(self, point: Array) -> float:
        return float(self.weights @ point + self.constants.sum())

    def scale(self, value: float) -> float:
        total = self.part_scale.sum()
        return abs(value) if np.isnan(total) else float(total)


def aims_of(world: World, compiled: Any) -> tuple[Aim, ...]:
    """The aims of the order, ready to be minimised or maximised."""
    return tuple(
        Aim(
            name=name, sense=AIMS[name], parts=parts.matrix, constants=np.asarray(parts.constant, dtype=float),
            unit=_YUAN_PER_WAN if name in MONEY_AIMS else 1.0, part_scale=_part_scale(world, name),
        )
        for name, parts in ((name, compiled.aims[name]) for name in world.facts.settings.aims.order)
    )  # fmt: skip


def _part_scale(world: World, name: str) -> Array:
    facts = world.facts
    if name == "worst_area":
        return np.ones(1)
    if name not in ("livelihood_shortfall", "shortfall"):
        return np.full(len(facts.purchasers), np.nan)
    wanted = (gravity_of(world) * facts.needs.target * world.need_step[:, None]).sum(axis=1)
    place = {p: i for i, p in enumerate(facts.purchasers)}
    scale = np.zeros(len(facts.purchasers))
    for n, (p, item) in enumerate(zip(facts.needs.purchaser, facts.needs.item, strict=True)):
        if facts.items[item]["livelihood"] == (name == "livelihood_shortfall"):
            scale[place[p]] += wanted[n]
    return scale


def seek(
    world: World, compiled: Any, options: Options, progress: Callable[[Progress], None] | None = None
) -> tuple[Answer, Engine, tuple[Aim, ...]]:
    """Solve the aims in order. Raises LimitError where a limit came before any plan, SolverError if it failed."""
    engine = Engine(compiled, options.seed)
    aims = aims_of(world, compiled)
    clock = _Clock(options.time_limit, len(aims), progress)
    stages: list[Stage] = []
    point: Array | None = None
    nodes = 0
    for aim in aims:
        outcome = _stage(engine, aim, options, clock, point)
        nodes += outcome.nodes
        if outcome.status == "infeasible":
            if point is not None:
                raise SolverError("stage_lost_its_plan", aim=aim.name)
            return Answer("infeasible", (), None, nodes), engine, aims
        if outcome.status == "unbounded":
            raise SolverError("unbounded", aim=aim.name)
        if outcome.point is None:
            if point is None:
                raise LimitError("limit_without_plan")
            outcome = replace(outcome, point=point, value=_signed(aim) * float(aim.weights @ point))
        point = outcome.point
        assert point is not None
        stage = _describe(world, aim, outcome, options, clock)
        stages.append(stage)
        _hold(engine, world, aim, stage, point)
    worst = next((s for s in ("limit", "within_gap") if any(stage.status == s for stage in stages)), "optimal")
    return Answer(worst, tuple(stages), point, nodes), engine, aims


def _signed(aim: Aim) -> float:
    return 1.0 if aim.sense == "min" else -1.0


def _stage(engine: Engine, aim: Aim, options: Options, clock: _Clock, start: Array | None) -> Outcome:
    """One aim to its gap: small models to proof first, then to the gap that is good enough."""
    sign, total = _signed(aim), float(np.nansum(aim.part_scale))
    weights = sign * aim.weights
    # Dividing by the scale makes an absolute gap of the solver the gap that people read.
    unit = total if total > 0 else max(1.0, float(np.abs(weights).max(initial=0.0)))
    if not weights.any():
        unit = 1.0
    engine.set_cost(weights / unit)
    own_value = bool(np.isnan(aim.part_scale).any())
    constant = sign * float(aim.constants.sum())

    def report(best: float, bound: float) -> None:
        value, limit = sign * (best * unit + constant), sign * (bound * unit + constant)
        clock.report(aim, value, limit)

    def limits(gap: float, nodes: int | None) -> Limits:
        # The solver's relative gap knows nothing of the constant: with own values it is made absolute from a start.
        relative = gap if own_value and constant == 0 else 0.0
        base = sign * aim.value(start) / unit if own_value and constant != 0 and start is not None else 0.0
        absolute = max(1e-9, gap if not own_value else 0.98 * gap * abs(base))
        return Limits(absolute, relative, clock.share(), nodes)

    asked = options.gap
    if asked is None and int(engine.integer_count) <= SMALL:
        outcome = engine.minimise(limits(0.0, options.node_limit or PROOF_NODES), start, report)
        if _gap(aim, outcome, unit, constant) <= DEFAULT_GAP or outcome.status != "limit" or clock.over():
            return _unscaled(outcome, unit)
        start = outcome.point if outcome.point is not None else start
    outcome = engine.minimise(limits(DEFAULT_GAP if asked is None else asked, options.node_limit), start, report)
    return _unscaled(outcome, unit)


def _gap(aim: Aim, outcome: Outcome, unit: float, constant: float) -> float:
    if outcome.point is None:
        return float("inf")
    scale = aim.scale(outcome.value * unit + constant)
    return 0.0 if scale == 0 else abs(outcome.value - outcome.bound) * unit / scale


def _unscaled(outcome: Outcome, unit: float) -> Outcome:
    return replace(outcome, value=outcome.value * unit, bound=outcome.bound * unit)


def _describe(world: World, aim: Aim, outcome: Outcome, options: Options, clock: _Clock) -> Stage:
    sign, constant = _signed(aim), float(aim.constants.sum())
    value = sign * outcome.value + constant
    bound = sign * outcome.bound + constant
    scale = aim.scale(value)
    gap = 0.0 if scale == 0 else abs(value - bound) / scale
    asked = DEFAULT_GAP if options.gap is None else options.gap
    given = world.facts.settings.aims.tolerance.get(aim.name)  # type: ignore[call-overload]
    tolerance = float(given) if given is not None else max(0.001, asked)
    status = "optimal" if gap <= 1e-6 else "within_gap" if gap <= asked + 1e-9 else "limit"
    clock.stage_done(aim, value, bound, gap)
    return Stage(
        aim.name, aim.sense, value * aim.unit, bound * aim.unit, gap, abs(value - bound) * aim.unit,
        scale * aim.unit, tolerance, status,
    )  # fmt: skip


def _hold(engine: Engine, world: World, aim: Aim, stage: Stage, point: Array) -> None:
    """Later aims may worsen this one by tolerance x scale: in total, or purchaser by purchaser."""
    by_part = world.facts.settings.aims.hold == "purchaser" and aim.parts.shape[0] > 1
    parts = [np.asarray(r.todense()).ravel() for r in aim.parts] if by_part else [aim.weights]
    for place, weights in enumerate(parts):
        if not weights.any():
            continue
        value = float(weights @ point)
        shown = value + float(aim.constants[place] if by_part else aim.constants.sum())
        scale = aim.part_scale[place] if by_part else aim.part_scale.sum()
        size = abs(shown) if np.isnan(scale) else float(scale)
        # The least coverage may pass its rows by the solver's tolerance: held to that, true plans would be lost.
        least = 2e-6 if aim.name == "worst_area" else 1e-9 * max(1.0, abs(value))
        slack = max(stage.tolerance * size, least)
        norm = max(1e-12, float(np.abs(weights).max()))
        low, high = (-np.inf, value + slack) if aim.sense == "min" else (value - slack, np.inf)
        engine.add_row(weights / norm, low / norm, high / norm)


class _Clock:
    """Shares the time limit over the stages and passes progress on."""

    def __init__(self, limit: float | None, stages: int, listener: Callable[[Progress], None] | None) -> None:
        self._start, self._limit = time.monotonic(), limit
        self._stages, self._done, self._listener = stages, 0, listener

    def share(self) -> float | None:
        """Seconds this stage may take: an equal part of what is left."""
        if self._limit is None:
            return None
        left = self._limit - (time.monotonic() - self._start)
        return max(0.01, left / (self._stages - self._done))

    def over(self) -> bool:
        return self._limit is not None and time.monotonic() - self._start > self._limit

    def report(self, aim: Aim, value: float, bound: float) -> None:
        if self._listener is not None:
            scale = aim.scale(value) if np.isfinite(value) else 0.0
            gap = abs(value - bound) / scale if scale > 0 and np.isfinite(bound) else float("nan")
            self._tell(aim, value, bound, gap)

    def stage_done(self, aim: Aim, value: float, bound: float, gap: float) -> None:
        if self._listener is not None:
            self._tell(aim, value, bound, gap)
        self._done += 1

    def _tell(self, aim: Aim, value: float, bound: float, gap: float) -> None:
        assert self._listener is not None
        seconds = time.monotonic() - self._start
        self._listener(
            Progress(self._done + 1, self._stages, aim.name, value * aim.unit, bound * aim.unit, gap, seconds)
        )  # fmt: skip
