"""The extensive form: many futures of one model side by side in one matrix, in which what is decided now is the same.

| columns | what they are |
|---|---|
| shared | award, engaged and what follows from awards alone: one column for all futures |
| own | everything else, once a future |
| level[a] | of an aim with a tail: the value from which its worst futures begin |
| excess[a,k] >= 0 | by how much future k is worse than that |

Each future keeps the rows of its own compiled model; nothing is built anew. An aim over futures is
(1 - averse) * mean + averse * mean of the worst `tail` of them; the latter as min level + sum chance * excess / tail
(Rockafellar and Uryasev, 2000), for what is maximised with the signs turned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from scipy import sparse

from gpsopt.model.facts import Bools, Floats, Ints
from gpsopt.model.world import World
from gpsopt.settings import Sense
from gpsopt.solving.engine import Array
from gpsopt.solving.neighbourhoods import Groups, groups_of
from gpsopt.solving.stages import Aim

#: what is decided before the future is known: whom to engage with what; the last two follow from awards alone
NOW: Final = ("award", "engaged", "award_size.won", "undertaker_count.used")


@dataclass(frozen=True)
class Measure:
    """What many futures' values of an aim count as; `averse` 0: their mean, 1: the mean of their worst `tail`."""

    averse: float = 0.0
    tail: float = 0.1

    def of(self, values: Sequence[float] | Floats, sense: Sense) -> float:
        """The measure of equally likely values."""
        return (1 - self.averse) * float(np.mean(values)) + self.averse * self.worst(values, sense)

    def worst(self, values: Sequence[float] | Floats, sense: Sense) -> float:
        """The mean of the worst `tail` of equally likely values; one that only partly belongs counts for its part."""
        known = np.sort(np.asarray(values, dtype=float))
        if sense == "min":
            known = known[::-1]
        ends = np.arange(1, len(known) + 1) / len(known)
        parts = np.clip(self.tail - (ends - 1 / len(known)), 0.0, 1 / len(known))
        return float(parts @ known / self.tail)


@dataclass(frozen=True)
class Future:
    """One future of the model as a matrix with its aims; all futures have the same award decisions."""

    world: World
    compiled: Any
    aims: tuple[Aim, ...]


@dataclass(frozen=True)
class Extensive:
    """Rows and columns of all futures, as the engine takes them; `columns_of[k]`: where future k's columns stand."""

    matrix: Any
    row_lower: Floats
    row_upper: Floats
    column_lower: Floats
    column_upper: Floats
    integer: Bools
    rows: Mapping[str, Any]
    columns_of: tuple[Ints, ...]
    shared: int  # so many columns, the first ones, are decided now
    aims: tuple[Aim, ...]
    groups: Groups

    def of_future(self, point: Array, future: int) -> Array:
        """The point of one future's own model."""
        return point[self.columns_of[future]]

    def together(self, points: Sequence[Array]) -> Array:
        """Every future at its own point; what is decided now must be the same in all. Tails are left at 0."""
        found = np.zeros(self.matrix.shape[1])
        for columns, point in zip(self.columns_of, points, strict=True):
            found[columns] = point
        return found


def decided_now(compiled: Any) -> Ints:
    """The columns of a future's model that stand for what is decided now."""
    spans = [compiled.columns[name] for name in NOW if name in compiled.columns]
    return np.concatenate([np.zeros(0, dtype=np.int64), *(np.arange(s.start, s.stop) for s in spans)])


def with_decisions(compiled: Any, decisions: Array) -> Any:
    """The same rows with what is decided now held."""
    lower, upper = compiled.column_lower.copy(), compiled.column_upper.copy()
    places = decided_now(compiled)
    lower[places] = upper[places] = np.round(decisions)
    return replace(compiled, column_lower=lower, column_upper=upper)


def extensive(futures: Sequence[Future], measure: Measure) -> Extensive:
    """All futures in one matrix. They must have the same columns that are decided now, in the same order."""
    first = futures[0].compiled
    shared = decided_now(first)
    blocks, own_columns, columns_of = [], [], []
    place = len(shared)
    for future in futures:
        mine = decided_now(future.compiled)
        assert len(mine) == len(shared)
        own = np.setdiff1d(np.arange(future.compiled.matrix.shape[1]), mine, assume_unique=True)
        where = np.zeros(future.compiled.matrix.shape[1], dtype=np.int64)
        where[mine], where[own] = np.arange(len(mine)), place + np.arange(len(own))
        columns_of.append(where)
        own_columns.append(own)
        blocks.append((future.compiled.matrix.tocsc(), mine, own))
        place += len(own)
    matrix = sparse.hstack(
        [sparse.vstack([m[:, mine] for m, mine, _own in blocks]),
         sparse.block_diag([m[:, own] for m, _mine, own in blocks])], format="csr",
    )  # fmt: skip

    def gathered(name: str) -> Any:
        own = [getattr(f.compiled, name)[columns] for f, columns in zip(futures, own_columns, strict=True)]
        return np.concatenate([getattr(first, name)[shared], *own])

    whole = Extensive(
        matrix, np.concatenate([f.compiled.row_lower for f in futures]),
        np.concatenate([f.compiled.row_upper for f in futures]), gathered("column_lower"), gathered("column_upper"),
        gathered("integer"), {}, tuple(columns_of), len(shared), (), _groups(futures, columns_of, place),
    )  # fmt: skip
    return _with_aims(whole, futures, measure)


def _aims(futures: Sequence[Future]) -> tuple[Aim, ...]:
    """The aims in order; where nothing of a soft clause can be broken, a future has no aim for its violations."""
    return max((f.aims for f in futures), key=len)


def _part(future: Future, name: str) -> tuple[Array, float]:
    """Weights and constant of an aim in one future, in the aim's model units."""
    aim = next((a for a in future.aims if a.name == name), None)
    if aim is None:
        return np.zeros(future.compiled.matrix.shape[1]), 0.0
    return aim.weights, float(aim.constants.sum())


def _groups(futures: Sequence[Future], columns_of: Sequence[Ints], width: int) -> Groups:
    """What is decided together: the same needs in all futures."""
    groups = [groups_of(f.world, f.compiled) for f in futures]
    need, purchaser = np.full(width, -1, dtype=np.int64), np.full(width, -1, dtype=np.int64)
    for group, columns in zip(groups, columns_of, strict=True):
        need[columns], purchaser[columns] = group.need, group.purchaser
    return replace(groups[0], need=need, purchaser=purchaser)


def _with_aims(whole: Extensive, futures: Sequence[Future], measure: Measure) -> Extensive:
    """The aims over futures, with the columns and rows of their tails."""
    width, count, sought = whole.matrix.shape[1], len(futures), _aims(futures)
    tails = len(sought) if measure.averse > 0 else 0
    wide = width + tails * (1 + count)
    rows: list[Any] = []
    lower: list[float] = []
    aims = []
    for number, aim in enumerate(sought):
        sign = aim.sign
        weights, constant = np.zeros(wide), 0.0
        level = width + number * (1 + count)
        for k, (future, columns) in enumerate(zip(futures, whole.columns_of, strict=True)):
            part, fixed = _part(future, aim.name)
            np.add.at(weights, columns, (1 - measure.averse) / count * part)
            constant += (1 - measure.averse) / count * fixed
            if tails:
                row = np.zeros(wide)  # excess + sign * level >= sign * value
                row[columns], row[level], row[level + 1 + k] = -sign * part, sign, 1.0
                rows.append(sparse.csr_array(row[None, :]))
                lower.append(sign * fixed)
        if tails:
            weights[level] = measure.averse
            weights[level + 1 : level + 1 + count] = sign * measure.averse / measure.tail / count
        scales = [a.part_scale.sum() for f in futures for a in f.aims if a.name == aim.name]
        aims.append(replace(
            aim, parts=sparse.csr_array(weights[None, :]), constants=np.array([constant]),
            part_scale=np.array([float(np.sum(scales)) / count]),
        ))  # fmt: skip
    return _widened(whole, tuple(aims), rows, np.array(lower), np.tile(np.r_[-np.inf, np.zeros(count)], tails))


def _widened(whole: Extensive, aims: tuple[Aim, ...], rows: list[Any], lower: Floats, least: Floats) -> Extensive:
    """With further columns (from `least` on, without an upper limit) and further rows (at least `lower`)."""
    extra = len(least)
    nobody = np.full(extra, -1, dtype=np.int64)
    matrix = sparse.hstack([whole.matrix, sparse.csr_array((whole.matrix.shape[0], extra))], format="csr")
    return replace(
        whole, matrix=sparse.vstack([matrix, *rows], format="csr") if rows else matrix,
        row_lower=np.append(whole.row_lower, lower), row_upper=np.append(whole.row_upper, np.full(len(rows), np.inf)),
        column_lower=np.append(whole.column_lower, least),
        column_upper=np.append(whole.column_upper, np.full(extra, np.inf)),
        integer=np.append(whole.integer, np.zeros(extra, dtype=bool)), aims=aims,
        groups=replace(
            whole.groups, need=np.append(whole.groups.need, nobody),
            purchaser=np.append(whole.groups.purchaser, nobody),
        ),
    )  # fmt: skip
