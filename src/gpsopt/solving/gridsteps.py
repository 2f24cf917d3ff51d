"""A plan's steps: the columns that live on the grid, a problem counted in steps, and quantities from a point."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from scipy import sparse

from gpsopt.model.facts import Floats, Ints
from gpsopt.model.ledger import Quantities
from gpsopt.model.world import World
from gpsopt.solving.engine import Array, Engine
from gpsopt.solving.stages import Aim

_ON_GRID: Final = 1e-4  # of a step: solver noise, not a fraction
_ROUNDING: Final = 1e-14  # of the terms of a row: what adding floats may be off by


@dataclass(frozen=True)
class Steps:
    """The columns that live on the grid and their size of step."""

    columns: Ints
    size: Floats


def steps_of(world: World, compiled: Any) -> Steps:
    """The quantities' columns and what a step of each is."""
    facts, years = world.facts, len(world.facts.years)
    per_need = np.repeat(world.need_step, years)
    columns, size = [], []
    for name, sizes in (
        ("purchased", world.need_step[world.pairs.need]), ("direct", per_need), ("new", per_need), ("idle", per_need),
    ):  # fmt: skip
        span = compiled.columns[name]
        columns.append(np.arange(span.start, span.stop))
        size.append(sizes)
    assert len(facts.needs.key) * years == len(per_need)
    return Steps(np.concatenate(columns), np.concatenate(size).astype(np.float64))


@dataclass(frozen=True)
class Counted:
    """Rows of the model (over its columns, in units) in which every column is whole: kept without any tolerance."""

    matrix: Any
    places: Ints  # their row numbers
    lower: Floats
    upper: Floats

    def broken(self, found: Array) -> list[tuple[int, float, str]]:
        """(row, amount, side) of rows that the solver passed by its tolerance: a plan may not."""
        activity, size = self.matrix @ found, abs(self.matrix) @ np.abs(found)
        noise = _ROUNDING * np.maximum(1.0, size)
        over, under = activity - self.upper, self.lower - activity
        return [(int(self.places[i]), 2.0 * float(over[i]), "upper") for i in np.flatnonzero(over > noise)] + [
            (int(self.places[i]), 2.0 * float(under[i]), "lower") for i in np.flatnonzero(under > noise)
        ]


def counted_of(compiled: Any, steps: Steps) -> Counted:
    """The rows of decisions and quantities alone."""
    fractions = ~np.asarray(compiled.integer, dtype=bool)
    fractions[steps.columns] = False
    places = np.flatnonzero(abs(compiled.matrix).sign() @ fractions.astype(float) == 0)
    return Counted(compiled.matrix[places], places, compiled.row_lower[places], compiled.row_upper[places])


@dataclass(frozen=True)
class Offsets:
    """The repair's problem: grid columns are counted in steps above `start`, so that numbers stay small."""

    engine: Engine
    start: Ints  # steps, per grid column
    row_lower: Floats
    row_upper: Floats
    free: int  # grid columns that may still move


def offsets_of(compiled: Any, steps: Steps, point: Array, width: int) -> Offsets:
    """The same rows, grid columns bounded to so many steps beside the solved point, decisions held."""
    scale = np.ones(compiled.matrix.shape[1])
    scale[steps.columns] = steps.size
    lower, upper, integer = compiled.column_lower.copy(), compiled.column_upper.copy(), compiled.integer.copy()
    decided = np.asarray(compiled.integer, dtype=bool).copy()
    decided[steps.columns] = False
    lower[decided] = upper[decided] = np.round(point[decided])
    value = point[steps.columns] / steps.size
    near = np.round(value)
    noise = np.maximum(_ON_GRID, 1e-9 * np.abs(value))
    settled = (np.abs(value - near) <= noise) & (width == 0)
    most = np.floor(compiled.column_upper[steps.columns] / steps.size + 1e-6)
    wide = max(width, 1)
    low = np.clip(np.where(settled, near, np.ceil(value - wide - noise)), 0, most)
    high = np.clip(np.where(settled, near, np.floor(value + wide + noise)), 0, most)
    lower[steps.columns], upper[steps.columns] = 0.0, high - low
    integer[steps.columns] = True
    matrix = (compiled.matrix @ sparse.diags_array(scale)).tocsr()
    base = np.zeros(len(scale))
    base[steps.columns] = low
    already = matrix @ base
    row_lower, row_upper = compiled.row_lower - already, compiled.row_upper - already
    engine = Engine(
        replace(
            compiled, matrix=matrix, column_lower=lower, column_upper=upper, integer=integer,
            row_lower=row_lower, row_upper=row_upper,
        )
    )  # fmt: skip
    return Offsets(engine, low.astype(np.int64), row_lower, row_upper, int((high > low).sum()))


def cost_of(aims: tuple[Aim, ...], point: Array, compiled: Any, steps: Steps) -> Array:
    """The aims in one sum, each a hundredth of the one before it: the repair moves by single steps only."""
    cost = np.zeros(compiled.matrix.shape[1])
    for place, aim in enumerate(aims):
        scale = aim.scale(aim.value(point)) or 1.0
        cost += aim.sign * 100.0**-place * aim.weights / scale
    cost[steps.columns] *= steps.size
    size = float(np.abs(cost).max(initial=0.0))
    return cost / size if size > 0 else cost


def quantities_of(world: World, compiled: Any, point: Array) -> Quantities:
    """The quantities nearest to the point, in steps."""
    shape = world.facts.needs.demand.shape

    def on_grid(name: str) -> Ints:
        span = compiled.columns[name]
        place = slice(span.start, span.stop)
        size = world.need_step[world.pairs.need] if name == "purchased" else np.repeat(world.need_step, shape[1])
        return np.round(point[place] / size).astype(np.int64)

    def money(name: str) -> Floats:
        span = compiled.columns[name]
        return np.asarray(point[span.start : span.stop], dtype=np.float64).reshape(shape)

    return Quantities(
        on_grid("purchased"), on_grid("direct").reshape(shape), on_grid("new").reshape(shape),
        on_grid("idle").reshape(shape), (money("own"), money("shared")),
    )  # fmt: skip
