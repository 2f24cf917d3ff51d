"""Rules that give way at a price: the least loosening of one kind with which a plan exists."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

import numpy as np
from scipy import sparse

from gpsopt.errors import SolverError
from gpsopt.nofit.edits import Edits
from gpsopt.nofit.spent import Allowance
from gpsopt.nofit.system import System
from gpsopt.solving.engine import Array, Engine, Limits
from gpsopt.solving.feasibility import Problem, nodes_for
from gpsopt.solving.room import with_room

#: integer columns up to which the least is sought to proof
_SMALL: Final = 600
_GAP: Final = 0.001
_FEW: Final = 0.3  # of the time: for a plan with few awards
_PROVEN: Final = 1e-6


@dataclass(frozen=True)
class Slack:
    """By how much something may give: its rows with the effect of one unit, what a unit costs, how much at most."""

    what: tuple[Any, ...]
    terms: tuple[tuple[int, float], ...]
    price: float
    most: float = np.inf
    whole: bool = False


@dataclass(frozen=True)
class Link:
    """lower <= sum of slacks and columns <= upper."""

    slacks: tuple[tuple[int, float], ...]
    lower: float = -np.inf
    upper: float = np.inf
    columns: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True)
class Step:
    """One thing that a repair changes: the edits that make it, and how it is said (message key and values).

    `value` is what it gives in `unit`; `more(extra)` is the same step wider by so many of the table's least units.
    """

    edits: Edits
    message: str
    words: Mapping[str, object]
    value: Decimal = Decimal(0)
    unit: str = ""


@dataclass(frozen=True)
class Loosening:
    """One kind of repair: what may give, and how its amounts become steps (`wider`: least units added to each)."""

    kind: str
    slacks: tuple[Slack, ...]
    steps: Callable[[Mapping[tuple[Any, ...], float], int], list[Step]]
    links: tuple[Link, ...] = ()

    def joined(self, other: Loosening, kind: str) -> Loosening:
        """Both together: either may give."""
        count = len(self.slacks)
        theirs_only = tuple(s for s in other.slacks if s.what not in {own.what for own in self.slacks})
        assert len(theirs_only) == len(other.slacks) or not other.links
        moved = tuple(replace(k, slacks=tuple((s + count, c) for s, c in k.slacks)) for k in other.links)
        mine, theirs = {s.what for s in self.slacks}, {s.what for s in other.slacks}

        def steps(values: Mapping[tuple[Any, ...], float], wider: int) -> list[Step]:
            return [
                *self.steps({k: v for k, v in values.items() if k in mine}, wider),
                *other.steps({k: v for k, v in values.items() if k in theirs}, wider),
            ]

        return Loosening(kind, (*self.slacks, *theirs_only), steps, (*self.links, *moved))


@dataclass(frozen=True)
class Least:
    """What gives at the least price: slack -> amount; `proven`: nothing less would do.

    `point`: the columns of the system, then those of the slacks.
    """

    values: Mapping[tuple[Any, ...], float] = field(default_factory=dict)
    price: float = 0.0
    proven: bool = True
    point: Array = field(default_factory=lambda: np.zeros(0))


def least(
    system: System, loosening: Loosening, spare: float = 0.0, allowance: Allowance | None = None, *,
    fractions: bool = False,
) -> Least | None:  # fmt: skip
    """The least of a kind with which a plan exists; None where none of it suffices (or none was found).

    `spare`: 万元 that every purchase line must leave, for what the grid and the fen take. Of a larger model: what has
    been found within half of `allowance` is proposed, not called the least. `fractions`: where decisions may be
    fractions, so that no plan does with less.
    """
    if not loosening.slacks:
        return None
    problem = loosened(system.problem, loosening)
    if spare:
        problem = with_room(problem, system.compiled.rows, spare)
    small = int(problem.integer.sum()) <= _SMALL
    engine = Engine(problem, stop=None if small or allowance is None else allowance.stop(0.5))
    base = system.problem.matrix.shape[1]
    cost = np.zeros(problem.matrix.shape[1])
    cost[base:] = [s.price for s in loosening.slacks]
    size = max(1e-9, float(np.abs(cost).max()))
    engine.set_cost(cost / size)
    seconds = None if small or allowance is None else allowance.clock(0.5)
    limits = Limits(1e-9, 0.0 if small else _GAP, seconds, nodes_for(problem.matrix))
    try:
        if fractions:
            value, point, _duals = engine.relaxation()
            return Least(_given(loosening, point[base:]), value * size, True, point)
        start = None if small else _among_few(engine, limits, allowance)
        outcome = engine.minimise(limits, start)
    except SolverError:
        return None
    if outcome.point is None:
        return None
    proven = outcome.status == "optimal" and (small or outcome.value - outcome.bound <= _PROVEN * abs(outcome.value))
    return Least(_given(loosening, outcome.point[base:]), outcome.value * size, proven, outcome.point)


def _among_few(engine: Engine, limits: Limits, allowance: Allowance | None) -> Array | None:
    """What gives the least with no award but those of the relaxation: of many rows the whole search finds nothing soon.

    Raises SolverError at once where nothing of this kind can mend the model.
    """
    relaxed = engine.relaxation()[1]
    used = ~engine.awards | (relaxed > _PROVEN)
    few = replace(limits, seconds=None if allowance is None else allowance.clock(_FEW))
    try:
        return engine.minimise(few, None, None, (np.where(used, relaxed, 0.0), used)).point
    except SolverError:
        return None


def _given(loosening: Loosening, found: Array) -> dict[tuple[Any, ...], float]:
    return {s.what: float(v) for s, v in zip(loosening.slacks, found, strict=True) if v > 1e-9}


def loosened(problem: Problem, loosening: Loosening) -> Problem:
    """The problem with a column for each slack and a row for each link."""
    slacks = loosening.slacks
    entries = [(row, at, effect) for at, s in enumerate(slacks) for row, effect in s.terms]
    matrix = _sparse(entries, (problem.matrix.shape[0], len(slacks)))
    upper = np.array([s.most for s in slacks], dtype=float)
    wide = problem.with_columns(matrix, upper, np.array([s.whole for s in slacks], dtype=bool))
    wide = replace(wide, row_upper=wide.row_upper.copy())
    if not loosening.links:
        return wide
    base = problem.matrix.shape[1]
    rows = [(i, base + s, c) for i, k in enumerate(loosening.links) for s, c in k.slacks]
    rows += [(i, column, c) for i, k in enumerate(loosening.links) for column, c in k.columns]
    return wide.with_rows(
        _sparse(rows, (len(loosening.links), wide.matrix.shape[1])),
        np.array([k.lower for k in loosening.links]), np.array([k.upper for k in loosening.links]),
    )  # fmt: skip


def _sparse(entries: Sequence[tuple[int, int, float]], shape: tuple[int, int]) -> Any:
    rows, columns, values = zip(*entries, strict=True) if entries else ((), (), ())
    return sparse.csr_array((np.array(values, dtype=float), (np.array(rows, int), np.array(columns, int))), shape=shape)
