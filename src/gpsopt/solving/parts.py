"""Shared rows cut into parts: what each purchaser may take of them while it decides for itself."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import sparse

from gpsopt.model.facts import Bools, Ints
from gpsopt.solving.engine import Array
from gpsopt.solving.pool import Task
from gpsopt.solving.split import Block, Split

_NODES: Final = 200  # a part is soon cut anew
_DEAR: Final = 5.0  # times the dearest price, for taking more than one's part
_OVER: Final = 1e-9  # of a row's limit, that is rounding


def penalties(split: Split, costs: Array, prices: Array) -> Array:
    """A high price of every shared row, from the prices that are known and the sizes of what rows count."""
    entries = np.maximum(1, np.diff(split.matrix.indptr))
    size = np.maximum(np.asarray(abs(split.matrix).sum(axis=1)).ravel() / entries, 1e-12)
    dearest = float((np.abs(prices) * size).max(initial=0.0)) or float(np.abs(costs).max(initial=0.0))
    return np.where(split.shared, _DEAR * np.maximum(np.abs(prices), dearest / size), 0.0)


def shared_out(
    split: Split, point: Array, costs: Array, harder: Array, enough: Array, known: Bools
) -> tuple[list[int], list[Task]]:  # fmt: skip
    """The purchasers who take of a row of which too much (or little) is taken, and their problems within a part.

    Everybody's part of such a row is smaller by the same share; of other rows it is what is taken and half of what is
    left over, divided equally. To take more than one's part costs `harder`, so that there always is an answer. Of the
    yes/no decisions only `known` ones may be yes.
    """
    closed = split.integer & ~known & (split.column_lower == 0) & (split.column_upper == 1)
    most = np.where(closed, 0.0, split.column_upper)
    activity = split.matrix @ point
    low, high = split.lower, split.upper
    over = split.shared & (activity > high + _OVER * (1.0 + np.abs(high)))
    under = split.shared & (activity < low - _OVER * (1.0 + np.abs(low)))
    takes, taken, members = split.takes(point), np.zeros(len(low)), np.zeros(len(low))
    for block, own in zip(split.blocks, takes, strict=True):
        taken[block.rows] += np.abs(own)
        members[block.rows] += 1.0
    places, tasks = [], []
    for place, (block, own) in enumerate(zip(split.blocks, takes, strict=True)):
        at = block.rows
        touched = (over[at] | under[at]) & (np.abs(own) > 0)
        if not touched.any():
            continue
        share = np.where(taken[at] > 0, np.abs(own) / np.maximum(taken[at], 1e-300), 0.0)
        half = 0.5 / np.maximum(1.0, members[at])
        with np.errstate(invalid="ignore"):  # nothing of an endless rest
            up = own + (high[at] - activity[at]) * np.where(over[at], share, half)
            down = own + (low[at] - activity[at]) * np.where(under[at], share, half)
        places.append(place)
        tasks.append(_elastic(split, block, down, up, most, costs, harder[at], float(enough[place])))
    return places, tasks


def _elastic(
    split: Split, block: Block, down: Array, up: Array, most: Array, costs: Array, harder: Array, enough: float
) -> Task:  # fmt: skip
    """One purchaser within its own rows and, at a price for more, its part of the shared ones."""
    at, c = block.rows, block.columns
    lower = np.where(block.mine, split.lower[at], down)
    upper = np.where(block.mine, split.upper[at], up)
    above = np.flatnonzero(~block.mine & np.isfinite(upper))
    below = np.flatnonzero(~block.mine & np.isfinite(lower))
    rows, extra = np.concatenate([above, below]), len(above) + len(below)
    signs = np.concatenate([-np.ones(len(above)), np.ones(len(below))])
    more = sparse.csr_array((signs, (rows, np.arange(extra))), shape=(len(at), extra))
    return (
        sparse.hstack([block.part, more], format="csr"), lower, upper,
        np.append(split.column_lower[c], np.zeros(extra)), np.append(most[c], np.full(extra, np.inf)),
        np.append(split.integer[c], np.zeros(extra, dtype=bool)), np.append(costs[c], harder[rows]), None, enough,
        _NODES,
    )  # fmt: skip


def rounds_of(
    split: Split, blocks: tuple[Block, ...], point: Array, wished: Array, priced: Array, enough: Array,
    free: Bools | None = None,
) -> list[Task]:  # fmt: skip
    """Every block's problem within what it takes at `point`, a plan, and a share of what is left over.

    The share follows what it would take more of at `wished`. Together the answers keep every row. `priced`: per block
    the costs of its columns. `free`: only these decisions may differ from those of `point`.
    """
    activity = split.matrix @ point
    above, below = np.maximum(0.0, split.upper - activity), np.maximum(0.0, activity - split.lower)
    takes = [block.part @ point[block.columns] for block in blocks]
    wish = [block.part @ wished[block.columns] - own for block, own in zip(blocks, takes, strict=True)]
    more, fewer, members = (np.zeros(len(activity)) for _ in range(3))
    for block, want in zip(blocks, wish, strict=True):
        more[block.rows] += np.maximum(want, 0.0)
        fewer[block.rows] += np.maximum(-want, 0.0)
        members[block.rows] += 1.0
    held = np.zeros(len(point), dtype=bool) if free is None else split.integer & ~free
    column_lower = np.where(held, point, split.column_lower)
    column_upper = np.where(held, point, split.column_upper)
    tasks: list[Task] = []
    for place, (block, own, want) in enumerate(zip(blocks, takes, wish, strict=True)):
        at, c = block.rows, block.columns
        equal = 1.0 / members[at]
        up = np.where(block.mine, 1.0, _share(np.maximum(want, 0.0), more[at], equal))
        down = np.where(block.mine, 1.0, _share(np.maximum(-want, 0.0), fewer[at], equal))
        with np.errstate(invalid="ignore"):  # nothing of an endless rest
            lower, upper = own - down * below[at], own + up * above[at]
        # What the point takes is allowed even where it passes its own rows by a solver's tolerance.
        own_lower, own_upper = np.minimum(split.lower[at], own), np.maximum(split.upper[at], own)
        tasks.append((
            block.part, np.where(block.mine, own_lower, lower), np.where(block.mine, own_upper, upper),
            column_lower[c], column_upper[c], split.integer[c], priced[c], point[c], float(enough[place]), _NODES,
        ))  # fmt: skip
    return tasks


def _share(want: Array, total: Array, equal: Array) -> Array:
    """Four fifths of the rest by what is wanted, a fifth equally; all equally where nobody wants more."""
    wanted = np.divide(want, total, out=np.zeros_like(want), where=total > 0)
    return np.where(total > 0, 0.8 * wanted + 0.2 * equal, equal)


def neighbours(
    split: Split, point: Array, prices: Array, sizes: Ints, most: int, turn: int
) -> list[list[int]]:  # fmt: skip
    """Groups of blocks that take of the same dear rows, each with at most `most` open decisions (`sizes` by block).

    Another `turn` begins with other blocks. Blocks without an open decision are left out.
    """
    takes = sparse.lil_array((len(split.blocks), len(prices)))
    for i, (block, own) in enumerate(zip(split.blocks, split.takes(point), strict=True)):
        takes[[i], block.rows[~block.mine]] = np.abs(own * prices[block.rows])[~block.mine]
    weights = takes.tocsr()
    weights.data = np.sqrt(weights.data)
    near = (weights @ weights.T).toarray()
    left = [i for i in range(len(sizes)) if sizes[i] > 0]
    left = left[turn % max(1, len(left)) :] + left[: turn % max(1, len(left))]
    groups: list[list[int]] = []
    while left:
        group = [left.pop(0)]
        while left:
            fits = [i for i in left if sizes[group].sum() + sizes[i] <= most]
            if not fits:
                break
            nearest = max(fits, key=lambda i: (float(near[i, group].sum()), -i))
            group.append(nearest)
            left.remove(nearest)
        groups.append(group)
    return groups
