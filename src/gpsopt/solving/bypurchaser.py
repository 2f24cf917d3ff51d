"""One aim of a city: every purchaser decides for itself, at prices of what is shared.

Only few rows tie purchasers together: an undertaker's capacity, an area's coverage, an aim held in total. A pass asks
every purchaser for its best decisions at prices of those rows, all at once on all cores. Their bounds together bound
the aim (Lagrange). Their decisions together take too much of some rows: those who take of such a row decide again
within a part of it, and the quantities are solved anew around all decisions, which makes a plan. A round then lets
everybody decide anew within what it takes and a share of what is left over. New prices come from all decisions seen so
far (`pricing`). Every limit is a number of nodes, rounds or passes: the same input gives the same plan on any number
of cores.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from gpsopt.errors import SolverError
from gpsopt.model.facts import Bools
from gpsopt.solving.engine import Array, Engine, Limits, NoRelaxation, NoTime, Outcome
from gpsopt.solving.instance import dot
from gpsopt.solving.kernels import below, kernel
from gpsopt.solving.parts import neighbours, penalties, rounds_of, shared_out
from gpsopt.solving.pool import Pool, Stopped, Task
from gpsopt.solving.pricing import Box, Seen, repriced
from gpsopt.solving.small import Small
from gpsopt.solving.split import Block, Split
from gpsopt.solving.target import Target

_PATIENCE: Final = 2  # passes that close little, one after another
_PASSES: Final = 40
_NODES: Final = 400  # of one purchaser's problem at prices
_FITS: Final = 3  # times that decisions are fitted into the shared rows, each time harder
_PRICED: Final = 0.25  # of the gap asked for, left open by all purchasers' problems together
_LATER: Final = 0.05  # of the gap asked for: what later aims may be worth while quantities are settled
_FAR: Final = 0.02  # of the gap that is open, where that is more
_LITTLE: Final = 0.03  # of the gap that is open: after two passes that close less there is none
_REMEMBERED: Final = 5  # wishes that are held against the plan
_KERNEL: Final = 400  # decisions that purchasers make together
_WHOLE: Final = 10_000  # decisions: with more of them a search over all purchasers at once does not end
_WHOLE_NODES: Final = 20


@dataclass(frozen=True)
class Pass:
    """What every purchaser answered at the prices of the shared rows."""

    prices: Array
    answers: tuple[Small, ...]
    bound: float


@dataclass
class _Search:
    """What one aim's search holds: its frame, the best plan and the best bound so far."""

    engine: Engine
    split: Split
    target: Target
    pool: Pool
    stopped: Stopped
    report: Callable[[float, float], None]
    bound: float
    best: Array | None
    relaxed: Array
    seconds: Callable[[], float | None]
    polish: Array  # the aim's costs, and those of later aims so small that they decide between equals only

    @property
    def value(self) -> float:
        return float("inf") if self.best is None else dot(self.target.costs, self.best)

    @property
    def allowed(self) -> float:
        return self.target.allowed(self.value if self.best is not None else self.bound)

    def done(self) -> bool:
        return self.best is not None and self.value - self.bound <= self.allowed

    def enough(self) -> Array:
        """The gap that each purchaser's problem may leave open: the more decisions, the more of it."""
        sizes = np.array([block.decisions + 1.0 for block in self.split.blocks])
        apart = self.value - self.bound if self.best is not None else 0.0
        return np.asarray(max(_PRICED * self.allowed, _FAR * apart) * sizes / sizes.sum(), dtype=float)

    def improve(self, found: Array | None) -> bool:
        """Take a plan that is better for the aim, or as good and better for those after it."""
        if found is None:
            return False
        if self.best is not None:
            ours, theirs = self.value, dot(self.target.costs, found)
            if theirs > ours or (theirs == ours and dot(self.polish, found) >= dot(self.polish, self.best)):
                return False
        self.best = found
        self.report(self.value, self.bound)
        return True

    def around(self, decisions: Array) -> Array | None:
        """The best quantities around these decisions, all at once; None where the rows are not kept."""
        self.engine.set_cost(self.polish)
        try:
            clean = self.engine.with_integers_of(decisions)
        finally:
            self.engine.set_cost(self.target.costs)
        return None if clean is None or self.engine.violation(clean) > 1e-6 else clean


def seek_by_purchaser(
    engine: Engine, split: Split, target: Target, start: Array | None,
    report: Callable[[float, float], None], seconds: Callable[[], float | None], pool: Pool,
) -> Outcome:  # fmt: skip
    """Minimise `target` from `start`; the bound is the relaxation's or that of the purchasers together."""
    try:
        bound, relaxed, duals = engine.relaxation(seconds)
    except NoRelaxation:
        return Outcome("infeasible", None, float("inf"), float("-inf"), 0)
    except NoTime:
        return engine.unsought(start)

    def stopped() -> bool:
        left = seconds()
        return left is not None and left <= 0.02

    polish = _polish(target, bound, [point for point in (relaxed, start) if point is not None])
    search = _Search(engine, split, target, pool, stopped, report, bound, start, relaxed, seconds, polish)
    if start is not None:
        report(search.value, bound)
    if not search.done():
        _passes(search, relaxed, split.usable(duals))
    if search.best is not None and not search.done() and not stopped() and split.decisions <= _WHOLE:
        _all_at_once(search)
    if search.best is None:
        return Outcome("limit", None, float("inf"), search.bound, 0)
    status = "optimal" if search.done() else "limit"
    return Outcome(status, search.best, search.value, min(search.bound, search.value), 0)


def _all_at_once(search: _Search) -> None:
    """What prices leave open: cuts over rows that several purchasers share prove more than prices of them can."""
    limits = Limits(max(1e-9, search.allowed), seconds=search.seconds(), nodes=_WHOLE_NODES)
    try:
        found = search.engine.minimise(limits, search.best, lambda v, b: search.report(v, max(b, search.bound)))
    except SolverError:
        return
    search.bound = max(search.bound, found.bound)
    search.improve(found.point)


def _polish(target: Target, bound: float, points: list[Array]) -> Array:
    """The costs with later aims in so small a part that what they are worth stays far within the gap asked for."""
    later = target.blend - target.costs
    worth = max(abs(dot(later, point)) for point in points)
    return np.asarray(target.costs + later * min(1.0, _LATER * target.allowed(bound) / max(worth, 1e-12)))


def _passes(search: _Search, relaxed: Array, prices: Array) -> None:
    """Pass by pass until the gap is reached or little is gained."""
    split, costs = search.split, search.target.costs
    seen, box, base = Seen(split, costs), Box(), relaxed
    last: Pass | None = None
    best: Pass | None = None  # with the best bound so far: prices move around its own
    wishes: list[Array] = []
    idle, rounds = 0, True
    for turn in range(_PASSES):
        gap = search.value - search.bound
        last = _asked(search, prices, last)
        if last is None:
            return
        gained = best is None or last.bound > best.bound
        best = last if gained or best is None else best
        search.bound = max(search.bound, last.bound)
        if search.best is not None:
            search.report(search.value, search.bound)
        if search.done():
            return
        wish = _together(search, last, base)
        seen.add(wish)
        wishes = [*wishes, wish][-_REMEMBERED:]
        if turn == 0:
            _fit(search, wish, prices, relaxed)
        if search.best is None:
            continue
        seen.add(search.best)
        for step in (_lift, _round, _kernel):
            if step is _round and not rounds:
                continue
            if search.done() or search.stopped():
                return
            helped = step(search, wishes, best.prices, turn)
            rounds = helped if step is _round else rounds
        seen.add(search.best)
        idle = idle + 1 if gap - (search.value - search.bound) < _LITTLE * gap else 0
        if search.done() or search.stopped() or idle > _PATIENCE:
            return
        box = box.after(gained and turn > 0) if turn else box
        prices, base = repriced(seen, best.prices, split.matrix @ wish, box, base)


def _together(search: _Search, last: Pass, base: Array) -> Array:
    """Everybody's answers in one point; `base` stands in for columns of nobody and for who has no answer."""
    wish = base.copy()
    for block, answer in zip(search.split.blocks, last.answers, strict=True):
        mine = answer.point if answer.point is not None else None if search.best is None else search.best[block.columns]
        if mine is not None:
            wish[block.columns] = mine
    return wish


def _asked(search: _Search, prices: Array, last: Pass | None) -> Pass | None:
    """Every purchaser's best at these prices; None where the search was stopped before all had answered.

    Who stands in no row whose price has changed is not asked again.
    """
    split, costs = search.split, search.target.costs
    reduced = costs - split.matrix.T @ prices
    changed = np.ones(len(prices), dtype=bool) if last is None else np.abs(prices - last.prices) > 0
    asked = [i for i, block in enumerate(split.blocks) if last is None or changed[block.rows[~block.mine]].any()]
    enough, tasks = search.enough(), list[Task]()
    for i in asked:
        block = split.blocks[i]
        at, c = block.rows[block.mine], block.columns
        tasks.append((
            block.own, split.lower[at], split.upper[at], split.column_lower[c], split.column_upper[c],
            split.integer[c], reduced[c], None if search.best is None else search.best[c], float(enough[i]), _NODES,
        ))  # fmt: skip
    found = search.pool.solve(tasks, search.stopped)
    answers: list[Small | None] = list(last.answers) if last is not None else [None] * len(split.blocks)
    for i, answer in zip(asked, found, strict=True):
        answers[i] = answer
    whole = tuple(answer for answer in answers if answer is not None)
    if len(whole) < len(answers):
        return None
    bound = split.fixed_part(costs, prices) + sum(answer.bound for answer in whole)
    return Pass(prices, whole, bound if np.isfinite(bound) else float("-inf"))


def _fit(search: _Search, wish: Array, prices: Array, relaxed: Array) -> None:
    """Make decisions a plan: who takes of a row of which too much is taken decides again within a part of it.

    Awards that neither the wish nor the relaxation nor the plan so far knows are left aside: the problems are small.
    """
    split = search.split
    priced = search.target.costs - split.matrix.T @ prices
    harder = penalties(split, search.target.costs, prices)
    known = (wish > 0.5) | (relaxed > 1e-6)
    known |= False if search.best is None else search.best > 0.5
    point = wish
    for _time in range(_FITS):
        places, tasks = shared_out(split, point, priced, harder, search.enough(), known)
        point = point.copy()
        for i, answer in zip(places, search.pool.solve(tasks, search.stopped), strict=True):
            columns = split.blocks[i].columns
            if answer is not None and answer.point is not None:
                point[columns] = answer.point[: len(columns)]
        whole = search.around(point)
        better = search.improve(whole)
        if search.done() or search.stopped() or (whole is not None and not better):
            return
        harder = 10.0 * harder


def _round(search: _Search, wishes: list[Array], prices: Array, _turn: int) -> bool:
    """Everybody decides anew within what it takes and a share of what is left over: together they keep every row."""
    return _anew(search, search.split.blocks, wishes[-1], prices, search.enough(), None)


def _kernel(search: _Search, wishes: list[Array], prices: Array, turn: int) -> bool:
    """Purchasers who take of the same rows decide together, on those decisions about which wishes and plan disagree."""
    assert search.best is not None
    split = search.split
    open_ = np.zeros(len(search.best), dtype=bool)
    for wish in wishes:
        open_ |= split.integer & (np.abs(wish - search.best) > 0.5)
    sizes = np.array([int(open_[block.columns].sum()) for block in split.blocks])
    groups = neighbours(split, wishes[-1], prices, sizes, _KERNEL, turn)
    if not groups:
        return False
    blocks = split.joined(groups)
    share = np.array([open_[block.columns].sum() for block in blocks], dtype=float)
    return _anew(search, blocks, wishes[-1], prices, search.enough().sum() * share / share.sum(), open_)


def _lift(search: _Search, wishes: list[Array], _prices: Array, _turn: int) -> bool:
    """An aim that is the least of many rows: the needs of rows that stand below what is sought are decided together."""
    assert search.best is not None
    split, target, best = search.split, search.target, search.best
    low = below(split.matrix, split.upper, target, split.nobody, split.need, best, search.bound)
    if low is None:
        return False
    known = (best > 0.5) | (wishes[-1] > 0.5) | (search.relaxed > 1e-6)
    return search.improve(kernel(search.engine, target, best, low & known, search.bound, search.seconds()))


def _anew(
    search: _Search, blocks: tuple[Block, ...], wish: Array, prices: Array, enough: Array, free: Bools | None
) -> bool:  # fmt: skip
    """Blocks decide beside each other; rows that are a block's own cost it nothing, others their price."""
    assert search.best is not None
    split, point = search.split, search.best
    priced = np.array(search.target.costs, dtype=float)
    for block in blocks:
        outside = np.where(block.mine, 0.0, prices[block.rows])
        priced[block.columns] -= block.part.T @ outside
    moved = point.copy()
    tasks = rounds_of(split, blocks, point, wish, priced, enough, free)
    for block, answer in zip(blocks, search.pool.solve(tasks, search.stopped), strict=True):
        if answer is not None and answer.point is not None:
            c = block.columns
            if dot(priced[c], answer.point - point[c]) < 0:
                moved[c] = answer.point
    return search.improve(search.around(moved))
