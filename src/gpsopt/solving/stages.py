"""The aims in order: each is sought while the earlier ones are held within their tolerance.

gap = |value - bound| / scale, 0 where the scale is 0; scale: for shortfalls the whole weighted target,
for shares 1, otherwise the aim's own value. A stage ends at the gap asked for; what a later stage may give
up is tolerance x scale, measured from the plan's value (model: gap and tolerance).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from gpsopt.cluster.connection import Cluster
from gpsopt.errors import LimitError, SolverError
from gpsopt.model.aims import MONEY_AIMS, gravity_of
from gpsopt.model.soft import BREACH, soft_stages
from gpsopt.model.world import FEN_PER_WAN, World
from gpsopt.settings import AIMS, Sense
from gpsopt.solving.anyplan import MOST, UNASKED, any_plan, tied
from gpsopt.solving.blended import blended, prime
from gpsopt.solving.bypurchaser import seek_by_purchaser
from gpsopt.solving.clock import Clock, Progress
from gpsopt.solving.engine import Array, Engine, Limits, NoRelaxation, Outcome, Stop
from gpsopt.solving.held import held_row
from gpsopt.solving.instance import dot
from gpsopt.solving.large import seek_large
from gpsopt.solving.neighbourhoods import Groups, groups_of
from gpsopt.solving.pool import Pool
from gpsopt.solving.split import split_of
from gpsopt.solving.startpoint import NOWHERE, Start, settled
from gpsopt.solving.target import Target
from gpsopt.solving.tightening import Tightening

#: a model with at most this many award decisions is solved to proof when no gap is asked for
SMALL: Final = 3_000
#: above this many, a gap is sought with small problems beside the search
PLAIN: Final = 1_500
#: above this many, every purchaser decides for itself
BY_PURCHASER: Final = 4_500
#: nodes spent on that proof before 0.001 is good enough
PROOF_NODES: Final = 20_000
DEFAULT_GAP: Final = 0.001
_FOR_ANY: Final = 0.8  # of the time: without a plan there is nothing to be made better
_YUAN_PER_WAN: Final = 10_000.0
_FEN: Final = 0.01  # yuan


@dataclass(frozen=True)
class Options:
    """How long and how closely to search. `gap` None: to proof where the model is small, else 0.001."""

    gap: float | None = None
    time_limit: float | None = None
    node_limit: int | None = None
    seed: int = 0
    years: str = "joint"  # or relax_and_fix


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
    points: tuple[Array, ...] = ()  # the plan at the end of each stage
    stopped: bool = False  # by hand: later aims may be missing
    tightening: Tightening | None = None  # what was done to the rows before the search


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
    def sign(self) -> float:
        """1 where less is better, else -1."""
        return 1.0 if self.sense == "min" else -1.0

    @property
    def weights(self) -> Array:
        return np.asarray(self.parts.sum(axis=0), dtype=float).ravel()

    @property
    def cost_unit(self) -> float:
        """What the solver's objective counts in: its smallest costs must stay far above its tolerance of 1e-7.

        Dividing an aim by its whole scale puts single units below that tolerance, and the bounds are then wrong.
        """
        sizes = np.abs(self.weights[self.weights != 0])
        if self.name == "worst_area":
            return 1e-4
        return 2.0 ** round(float(np.log2(sizes).mean())) if len(sizes) and self.unit == 1.0 else 1.0

    @property
    def costs(self) -> Array:
        """What the solver minimises for it."""
        return np.asarray(self.sign * self.weights / self.cost_unit)

    def value(self, point: Array) -> float:
        return dot(self.weights, point) + float(self.constants.sum())

    def scale(self, value: float) -> float:
        total = self.part_scale.sum()
        return abs(value) if np.isnan(total) else float(total)


def aims_of(world: World, compiled: Any) -> tuple[Aim, ...]:
    """What is sought, ready to be minimised or maximised: violations of soft clauses, then the aims of the order."""
    settings = world.facts.settings
    sought: list[tuple[str, Sense, bool]] = [
        (stage.name, "min", stage.unit == "yuan")
        for stage in soft_stages(settings.clauses)
        if stage.name in compiled.aims
    ]
    sought += [(name, AIMS[name], name in MONEY_AIMS) for name in settings.aims.order]
    return tuple(
        Aim(
            name=name, sense=sense, parts=compiled.aims[name].matrix,
            constants=np.asarray(compiled.aims[name].constant, dtype=float), unit=_YUAN_PER_WAN if money else 1.0,
            part_scale=_part_scale(world, name),
        )
        for name, sense, money in sought
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
    world: World, compiled: Any, options: Options, progress: Callable[[Progress], None] | None = None,
    stop: Stop | None = None, start: Start = NOWHERE, cluster: Cluster | None = None,
) -> tuple[Answer, Engine, tuple[Aim, ...]]:  # fmt: skip
    """Solve the aims in order; when `stop` says so, end with the best plan there is, later aims unsought.

    `start`: a plan whose decisions are the first to be tried. `cluster`: whose workers solve the purchasers' problems
    of a large model, instead of processes of this machine.
    Raises LimitError where a limit or a stop came before any plan, SolverError if the solver failed.
    """
    aims = aims_of(world, compiled)
    answer, engine = seek_aims(
        world, compiled, aims, groups_of(world, compiled), options, progress, stop, start, cluster
    )
    return answer, engine, aims


def seek_aims(
    world: World, compiled: Any, aims: tuple[Aim, ...], groups: Groups, options: Options,
    progress: Callable[[Progress], None] | None = None, stop: Stop | None = None, start: Start = NOWHERE,
    cluster: Cluster | None = None,
) -> tuple[Answer, Engine]:  # fmt: skip
    """The same for a matrix, its aims and what is decided together; `world` says how aims are held."""
    engine = Engine(compiled, options.seed, stop, part=groups.buyer)
    clock = Clock(options.time_limit, len(aims), progress, stop)
    budget = sum(world.facts.budget.values()) / FEN_PER_WAN
    stages: list[Stage] = []
    points: list[Array] = []
    point: Array | None = None
    any_ = UNASKED

    def sought(part: float) -> Outcome:
        """Any plan; by an engine of its own, so that what the aims find does not hang on it."""
        return any_plan(Engine(compiled, options.seed, stop, part=groups.buyer), aims[0].costs, clock.left(part))

    warm = bool(start.points) and start.near
    given = None if start.near else start.kept(Engine(compiled, options.seed, stop))
    if given is not None:
        any_ = replace(UNASKED, point=given)
    elif not warm and PLAIN < engine.integer_count <= MOST:
        any_ = sought(_FOR_ANY)
        if any_.status == "infeasible":
            return Answer("infeasible", (), None, any_.nodes), engine
    if engine.integer_count > BY_PURCHASER:
        prime(engine, aims, budget, clock.left_for_stage())
    search = _Search(engine, compiled, groups, aims, options, clock, warm, budget, cluster, any_.point)
    nodes, is_tried = any_.nodes, given is not None or (any_.point is not None and tied(compiled, groups))
    for place, aim in enumerate(aims):
        if point is not None and clock.stopped():
            break
        other = start.at(place) if warm else any_.point if is_tried and point is None else None
        outcome = _stage(search, aim, point, other)
        nodes += outcome.nodes
        if outcome.status == "infeasible":
            if point is not None:
                raise SolverError("stage_lost_its_plan", aim=aim.name)
            return Answer("infeasible", (), None, nodes), engine
        if outcome.status == "unbounded":
            raise SolverError("unbounded", aim=aim.name)
        if outcome.point is None:
            timed = options.time_limit is not None and options.node_limit is None and not clock.over()
            if point is None and timed and any_ is UNASKED:
                any_ = sought(1.0)  # the aim's own time is over, that of all aims is not
            point = any_.point if point is None else point
            if point is None:
                raise LimitError("limit_without_plan")
            outcome = _kept(engine, aim, outcome, point)
        point = outcome.point
        assert point is not None
        points.append(point)
        stage = _describe(world, aim, outcome, options, clock)
        stages.append(stage)
        hold_aim(engine, world, aim, stage, point)
    ends = {stage.status for stage in stages} | ({"limit"} if len(stages) < len(aims) else set())
    worst = next((s for s in ("limit", "within_gap") if s in ends), "optimal")
    stopped = worst == "limit" and clock.stopped()
    return Answer(worst, tuple(stages), point, nodes, tuple(points), stopped), engine


def _kept(engine: Engine, aim: Aim, outcome: Outcome, point: Array) -> Outcome:
    """What an aim is worth at a plan that its own search did not find, with the bound that there is."""
    engine.set_cost(aim.costs)
    bound = max(outcome.bound, engine.least() * aim.cost_unit)
    return replace(outcome, point=point, value=aim.sign * dot(aim.weights, point), bound=bound)


@dataclass(frozen=True)
class _Search:
    """What every stage needs."""

    engine: Engine
    compiled: Any
    groups: Groups
    aims: tuple[Aim, ...]
    options: Options
    clock: Clock
    warm: bool  # it began from the plan of a model like this one
    budget: float  # 万元, all purchasers and years: the size of an outlay before one is known
    cluster: Cluster | None = None
    known: Array | None = None  # any plan, for an aim that finds none of its own


def _stage(search: _Search, aim: Aim, start: Array | None, other: Array | None = None) -> Outcome:
    """One aim to its gap: small models to proof first, then to the gap that is good enough.

    `start`: the plan so far; `other`: decisions that may be better for this aim.
    """
    engine, options, clock = search.engine, search.options, search.clock
    sign, unit = aim.sign, aim.cost_unit
    engine.set_cost(aim.costs)
    constant = sign * float(aim.constants.sum())

    def report(best: float, bound: float) -> None:
        clock.report(aim, sign * (best * unit + constant), sign * (bound * unit + constant))

    small = engine.integer_count <= SMALL
    asked = options.gap if options.gap is not None else 0.0 if small else DEFAULT_GAP
    target = _target(search, aim, start, asked)
    if other is not None or engine.integer_count > PLAIN:
        start = settled(engine, target, start, other)
    if asked > 0 and engine.integer_count > PLAIN and options.node_limit is None:
        return _unscaled(_large(search, target, start, report), unit)
    try:
        allowed = target.allowed(engine.relaxation()[0]) if asked > 0 else 0.0
    except NoRelaxation:
        return Outcome("infeasible", None, float("inf"), float("-inf"), 0)
    nodes = options.node_limit or (PROOF_NODES if options.gap is None else None)
    outcome = engine.minimise(Limits(max(1e-9, allowed), 0.0, clock.share(), nodes), start, report)
    proven = outcome.status != "limit" or options.gap is not None or options.node_limit is not None or clock.over()
    if proven or _gap(aim, outcome, unit, constant) <= DEFAULT_GAP:
        return _unscaled(outcome, unit)
    start = outcome.point if outcome.point is not None else start
    allowed = replace(target, gap=DEFAULT_GAP).allowed(engine.relaxation()[0])
    return _unscaled(engine.minimise(Limits(max(1e-9, allowed), 0.0, clock.share()), start, report), unit)


def _large(search: _Search, target: Target, start: Array | None, report: Callable[[float, float], None]) -> Outcome:
    """A stage with small problems: by purchaser where there are very many, else one after another."""
    engine, seconds = search.engine, search.clock.left_for_stage()
    if engine.integer_count > BY_PURCHASER and len(search.groups.by_purchaser) > 1:
        split = split_of(engine, search.compiled, search.groups)
        with Pool(search.cluster) as pool:
            found = seek_by_purchaser(engine, split, target, start, report, seconds, pool)
        if found.point is not None or found.status == "infeasible" or search.clock.over():
            return found
    return seek_large(engine, search.compiled, search.groups, target, start, report, seconds, search.known)


def _target(search: _Search, aim: Aim, start: Array | None, gap: float) -> Target:
    """The stage in the solver's units; each later aim counts a hundredth of the one before it."""
    left = search.aims[search.aims.index(aim) :]
    sizes = [_size(search, one, start) for one in left]
    size = sizes[0] / aim.cost_unit
    return Target(
        aim.costs, size * blended(left, sizes, 0.01), aim.sign * float(aim.constants.sum()) / aim.cost_unit,
        None if np.isnan(aim.part_scale.sum()) else size, gap, search.warm,
    )  # fmt: skip


def _size(search: _Search, aim: Aim, start: Array | None) -> float:
    """The aim's scale, or what its own value may come to before there is one."""
    size = float(aim.part_scale.sum())
    if not np.isnan(size):
        return size or 1.0
    value = 0.0 if start is None else abs(aim.value(start))
    return max(value, 1e-3 * search.budget, 1.0)


def _gap(aim: Aim, outcome: Outcome, unit: float, constant: float) -> float:
    if outcome.point is None:
        return float("inf")
    scale = aim.scale(outcome.value * unit + constant)
    return 0.0 if scale == 0 else abs(outcome.value - outcome.bound) * unit / scale


def _unscaled(outcome: Outcome, unit: float) -> Outcome:
    return replace(outcome, value=outcome.value * unit, bound=outcome.bound * unit)


def _describe(world: World, aim: Aim, outcome: Outcome, options: Options, clock: Clock) -> Stage:
    stage = describe(world, aim, outcome.value, outcome.bound, options)
    clock.stage_done(aim, stage.value / aim.unit, stage.bound / aim.unit, stage.gap)
    return stage


def describe(world: World, aim: Aim, reached: float, proven: float, options: Options) -> Stage:
    """How an aim ended: the value reached and the bound proven, both to be minimised and without its constant."""
    sign, constant = aim.sign, float(aim.constants.sum())
    value = sign * reached + constant
    bound = sign * proven + constant
    scale = aim.scale(value)
    gap = 0.0 if scale == 0 else abs(value - bound) / scale
    asked = DEFAULT_GAP if options.gap is None else options.gap
    tolerance = tolerance_of(world, aim.name, options)
    exact = aim.unit != 1.0 and abs(value - bound) * aim.unit < _FEN  # money: no plan is better by a fen
    status = "optimal" if gap <= 1e-6 or exact else "within_gap" if gap <= asked + 1e-9 else "limit"
    return Stage(
        aim.name, aim.sense, value * aim.unit, bound * aim.unit, gap, abs(value - bound) * aim.unit,
        scale * aim.unit, tolerance, status,
    )  # fmt: skip


def tolerance_of(world: World, aim: str, options: Options) -> float:
    """What later aims may give up of this one, as a share of its scale; of a soft clause's violations nothing."""
    if aim.startswith(BREACH):
        return 0.0
    given = world.facts.settings.aims.tolerance.get(aim)  # type: ignore[call-overload]
    return float(given) if given is not None else max(0.001, DEFAULT_GAP if options.gap is None else options.gap)


def hold_aim(engine: Engine, world: World, aim: Aim, stage: Stage, point: Array) -> None:
    """Later aims may worsen this one by tolerance x scale: in total, or purchaser by purchaser."""
    by_part = world.facts.settings.aims.hold == "purchaser" and aim.parts.shape[0] > 1
    parts = [np.asarray(r.todense()).ravel() for r in aim.parts] if by_part else [aim.weights]
    for place, weights in enumerate(parts):
        if not weights.any():
            continue
        constant = float(aim.constants[place] if by_part else aim.constants.sum())
        scale = float(aim.part_scale[place] if by_part else aim.part_scale.sum())
        row = held_row(aim, weights, constant, scale, dot(weights, point), stage.tolerance)
        engine.add_row(row.weights, row.lower, row.upper)
