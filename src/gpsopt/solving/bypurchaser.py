"""One aim of a city: every purchaser decides for itself, at prices and within its part of what is shared.

Only few rows tie purchasers together: an undertaker's capacity, an area's coverage, an aim held in total.
The relaxation says what each purchaser takes of them and what a unit is worth. A round gives every purchaser
its own part of each such row (what it takes now, and a share of what is left over), lets all of them decide
anew at once on all cores, and puts the answers together: together they keep every row. The quantities are
then solved again around all decisions, which hands back what somebody did not need. Where the relaxation's
bound is not close enough, the purchasers' own bounds at its prices, without the shared rows, make a better
one. Every limit is a number of nodes or rounds: the same input gives the same plan on any number of cores.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy import sparse

from gpsopt.model.facts import Bools, Ints
from gpsopt.solving.engine import Array, Engine, NoRelaxation, Outcome
from gpsopt.solving.large import Target
from gpsopt.solving.neighbourhoods import Groups
from gpsopt.solving.workers import Task, Workers

_ROUNDS: Final = 8
_NODES: Final = 20  # a round is soon followed by another
_BOUND_NODES: Final = 100
_LITTLE: Final = 0.03  # of the gap asked for: a round that gains less is the last


@dataclass(frozen=True)
class Block:
    """One purchaser's part of the matrix; `mine` says which of its rows are its own."""

    columns: Ints
    rows: Ints
    part: Any  # sparse (rows, columns)
    mine: Bools


@dataclass(frozen=True)
class Split:
    """The matrix by purchaser; columns of nobody stay as they are in a round."""

    matrix: Any
    lower: Array
    upper: Array
    column_lower: Array
    column_upper: Array
    integer: Bools
    blocks: tuple[Block, ...]
    shared: Bools
    nobody: Ints


def split_of(engine: Engine, compiled: Any, groups: Groups) -> Split:
    """Rows in which one purchaser's columns stand alone are its own; the rest are shared."""
    matrix, lower, upper = engine.rows()
    owner = np.where(groups.need >= 0, groups.owner[np.maximum(groups.need, 0)], groups.purchaser)
    coo = matrix.tocoo()
    rows, who = coo.row, owner[coo.col]
    least, most = (np.full(matrix.shape[0], fill, dtype=np.int64) for fill in (2**40, -2))
    np.minimum.at(least, rows, who)
    np.maximum.at(most, rows, who)
    shared = ~((least == most) & (least >= 0))
    by_column = sparse.csc_array(matrix)
    blocks = []
    for p in range(int(owner.max(initial=-1)) + 1):
        columns = np.flatnonzero(owner == p)
        if len(columns):
            part = by_column[:, columns].tocsr()
            touched = np.flatnonzero(np.diff(part.indptr))
            blocks.append(Block(columns, touched, part[touched], ~shared[touched]))
    return Split(
        matrix, lower, upper, compiled.column_lower, compiled.column_upper, np.asarray(compiled.integer, dtype=bool),
        tuple(blocks), shared, np.flatnonzero(owner < 0),
    )  # fmt: skip


def seek_by_purchaser(
    engine: Engine, split: Split, target: Target, start: Array | None,
    report: Callable[[float, float], None], seconds: Callable[[], float | None], workers: Workers,
) -> Outcome:  # fmt: skip
    """Minimise `target` from `start` in rounds; the bound is the relaxation's or that of the purchasers."""
    try:
        bound, relaxed, duals = engine.relaxation()
    except NoRelaxation:
        return Outcome("infeasible", None, float("inf"), float("-inf"), 0)

    def stopped() -> bool:
        left = seconds()
        return left is not None and left <= 0.02

    prices = np.where(split.shared, duals, 0.0)
    priced = target.blend - split.matrix.T @ prices
    enough = 0.4 * target.allowed(float(target.costs @ relaxed)) / max(1, len(split.blocks))
    point = start if start is not None else _first(engine, split, target, priced, relaxed, enough, workers)
    if point is None:
        return Outcome("limit", None, float("inf"), bound, 0)
    report(float(target.costs @ point), bound)
    best = _rounds(engine, split, target, priced, relaxed, point, bound, enough, report, stopped, workers)
    value = float(target.costs @ best)
    if value - bound > target.allowed(value) and not stopped():
        bound = max(bound, _bound(split, target.costs, prices, enough, stopped, workers))
        report(value, bound)
    status = "optimal" if value - bound <= target.allowed(value) else "limit"
    return Outcome(status, best, value, min(bound, value), 0)


def _first(
    engine: Engine, split: Split, target: Target, priced: Array, relaxed: Array, enough: float, workers: Workers
) -> Array | None:
    """A first plan: every purchaser within what the relaxation gives it; None where one finds no room.

    It is finished whatever the aim's share of time is: a first plan by other means is far worse.
    """
    tasks = _tasks(split, relaxed, relaxed, priced, enough, whole=False)
    point = relaxed.copy()
    for block, answer in zip(split.blocks, workers.solve(tasks, lambda: False), strict=True):
        if answer is None or answer.point is None:
            return None
        point[block.columns] = answer.point
    return _whole(engine, target, point)


def _rounds(
    engine: Engine, split: Split, target: Target, priced: Array, relaxed: Array, point: Array, bound: float,
    enough: float, report: Callable[[float, float], None], stopped: Callable[[], bool], workers: Workers,
) -> Array:  # fmt: skip
    """All purchasers at once, again and again, while the gap is open and something is gained."""
    best = current = point
    for place in range(_ROUNDS):
        value = float(target.costs @ best)
        if value - bound <= target.allowed(value) or stopped():
            return best
        costs = target.blend if place % 3 == 2 else priced  # now and then nothing is spared for others
        tasks = _tasks(split, current, relaxed, costs, enough, whole=True)
        moved = current.copy()
        for block, answer in zip(split.blocks, workers.solve(tasks, stopped), strict=True):
            if answer is not None and answer.point is not None:
                better = costs[block.columns] @ (answer.point - current[block.columns]) < 0
                moved[block.columns] = answer.point if better else current[block.columns]
        clean = _whole(engine, target, moved)
        if clean is None:
            return best
        current = clean
        if target.blend @ clean < target.blend @ best:
            best = clean
        report(float(target.costs @ best), bound)
        if place % 3 == 2 and value - float(target.costs @ best) < _LITTLE * target.allowed(value):
            return best
    return best


def _tasks(split: Split, point: Array, wished: Array, costs: Array, enough: float, *, whole: bool) -> list[Task]:
    """Every purchaser's problem within its part of the shared rows.

    A part is what the purchaser takes at `point`, and of what is left over a share that follows what it would
    take more of at `wished`. `whole`: the point is a plan and may be started from.
    """
    activity = split.matrix @ point
    above, below = np.maximum(0.0, split.upper - activity), np.maximum(0.0, activity - split.lower)
    takes = [block.part @ point[block.columns] for block in split.blocks]
    wish = [block.part @ wished[block.columns] - own for block, own in zip(split.blocks, takes, strict=True)]
    more, fewer, members = (np.zeros(len(activity)) for _ in range(3))
    for block, want in zip(split.blocks, wish, strict=True):
        more[block.rows] += np.maximum(want, 0.0)
        fewer[block.rows] += np.maximum(-want, 0.0)
        members[block.rows] += 1.0
    tasks: list[Task] = []
    for block, own, want in zip(split.blocks, takes, wish, strict=True):
        at = block.rows
        equal = 1.0 / members[at]
        up = np.where(block.mine, 1.0, _share(np.maximum(want, 0.0), more[at], equal))
        down = np.where(block.mine, 1.0, _share(np.maximum(-want, 0.0), fewer[at], equal))
        with np.errstate(invalid="ignore"):  # nothing of an endless rest
            lower, upper = own - down * below[at], own + up * above[at]
        # What the point takes is allowed even where it passes its own rows by a solver's tolerance.
        own_lower, own_upper = np.minimum(split.lower[at], own), np.maximum(split.upper[at], own)
        c = block.columns
        tasks.append((
            block.part, np.where(block.mine, own_lower, lower), np.where(block.mine, own_upper, upper),
            split.column_lower[c], split.column_upper[c], split.integer[c], costs[c],
            point[c] if whole else None, enough, _NODES,
        ))  # fmt: skip
    return tasks


def _share(want: Array, total: Array, equal: Array) -> Array:
    """Four fifths of the rest by what is wanted, a fifth equally; all equally where nobody wants more."""
    wanted = np.divide(want, total, out=np.zeros_like(want), where=total > 0)
    return np.where(total > 0, 0.8 * wanted + 0.2 * equal, equal)


def _bound(
    split: Split, costs: Array, prices: Array, enough: float, stopped: Callable[[], bool], workers: Workers
) -> float:
    """The purchasers' own bounds at the prices of the shared rows, and what those rows are worth at best."""
    usable = np.where(np.isfinite(split.lower), np.inf, 0.0), np.where(np.isfinite(split.upper), -np.inf, 0.0)
    prices = np.clip(prices, usable[1], usable[0])
    limits = np.where(prices > 0, split.lower, split.upper)
    rows = float((prices * np.where(prices != 0, limits, 0.0)).sum())
    reduced = costs - split.matrix.T @ prices
    nobody = reduced[split.nobody]
    best = np.where(nobody > 0, split.column_lower[split.nobody], split.column_upper[split.nobody])
    free = np.where(np.abs(nobody) > 1e-9, nobody * best, 0.0).sum()
    tasks: list[Task] = []
    for block in split.blocks:
        at, c = block.rows[block.mine], block.columns
        tasks.append((
            block.part[np.flatnonzero(block.mine)], split.lower[at], split.upper[at], split.column_lower[c],
            split.column_upper[c], split.integer[c], reduced[c], None, enough, _BOUND_NODES,
        ))  # fmt: skip
    answers = workers.solve(tasks, stopped)
    if any(answer is None for answer in answers):
        return float("-inf")
    return rows + float(free) + sum(answer.bound for answer in answers if answer is not None)


def _whole(engine: Engine, target: Target, found: Array) -> Array | None:
    """Quantities solved again around the found decisions, all at once; None where the rows are not kept."""
    engine.set_cost(target.blend)
    try:
        clean = engine.with_integers_of(found)
    finally:
        engine.set_cost(target.costs)
    return None if clean is None or engine.violation(clean) > 1e-6 else clean
