"""From the solver's point to a plan on its grid: one small exact repair.

Awards are held; each quantity may move to the grid step below or above its solved value. Amounts are
rounded to the fen line by line, so a purchaser's row that is short by some fen is tightened by just that
and the repair repeated. If there is no answer the plan is rounded to the nearest step and not certified.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from scipy import sparse

from gpsopt.errors import SolverError
from gpsopt.model.clauses.affiliated_share import affiliated_shares
from gpsopt.model.clauses.balanced_areas import areas_short
from gpsopt.model.clauses.plural_supply import plural_shares
from gpsopt.model.clauses.social_organisations import social_shares
from gpsopt.model.facts import Floats, Ints
from gpsopt.model.ledger import Money, Quantities, money_of
from gpsopt.model.world import FEN_PER_WAN, World
from gpsopt.solving.engine import Array, Engine, Limits
from gpsopt.solving.stages import Aim

#: (row, amount in the row's unit, side) of rows that a plan passes
Passed = Callable[[Quantities, Money], list[tuple[int, float, str]]]
_ON_GRID: Final = 1e-4  # of a step: solver noise, not a fraction
_ROUNDS: Final = 25
_ROUNDING: Final = 1e-14  # of the terms of a row: what adding floats may be off by
#: up to so many quantities the repair is solved to the best steps; beyond, to good ones
_FEW: Final = 300
_WIDTHS: Final = (0, 1, 5)  # steps from the solved value, tried in turn; 0: what is on the grid stays


@dataclass(frozen=True)
class _Steps:
    """The columns that live on the grid and their size of step."""

    columns: Ints
    size: Floats


def to_grid(
    world: World, compiled: Any, point: Array, aims: tuple[Aim, ...], passed: Passed | None = None
) -> tuple[Quantities, Money, bool]:
    """Quantities on the grid, their money, and whether the repair succeeded.

    `passed` names the rows that only the exact plan can be held against, and by how much it passes them.
    """
    steps = _steps(world, compiled)
    for width in _WIDTHS:
        repaired = _repair(world, compiled, steps, point, aims, width, passed)
        if repaired is not None:
            return repaired
    quantities = _quantities(world, compiled, steps, point)
    return quantities, money_of(world, quantities), False


def _repair(
    world: World,
    compiled: Any,
    steps: _Steps,
    point: Array,
    aims: tuple[Aim, ...],
    width: int,
    passed: Passed | None,
) -> tuple[Quantities, Money, bool] | None:
    problem = _offsets(compiled, steps, point, width)
    engine, lower, upper = problem.engine, problem.row_lower.copy(), problem.row_upper.copy()
    engine.set_cost(_cost(aims, point, compiled, steps))
    asks = np.isfinite(compiled.row_lower) | np.isfinite(compiled.row_upper)  # rows of years that are over ask nothing
    limits = Limits(1e-9, 1e-7, nodes=2_000) if problem.free <= _FEW else Limits(1e-9, 1e-3, nodes=1)
    for _round in range(_ROUNDS):
        try:
            outcome = engine.minimise(limits)
        except SolverError:
            return None
        if outcome.point is None:
            return None
        found = outcome.point.copy()
        found[steps.columns] = (np.round(found[steps.columns]) + problem.start) * steps.size
        quantities = _quantities(world, compiled, steps, found)
        money = money_of(world, quantities)
        broken = [b for b in _broken_rows(world, compiled, quantities, money) if asks[b[0]]] + problem.broken(found)
        broken += passed(quantities, money) if passed is not None and not broken else []
        if not broken:
            return quantities, money, True
        for row, amount, side in broken:
            if side == "upper":
                upper[row] -= amount
            else:
                lower[row] += amount
            engine.set_row_bounds(row, lower[row], upper[row])
    return None


def _steps(world: World, compiled: Any) -> _Steps:
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
    return _Steps(np.concatenate(columns), np.concatenate(size).astype(np.float64))


@dataclass(frozen=True)
class _Offsets:
    """The repair's problem: grid columns are counted in steps above `start`, so that numbers stay small."""

    engine: Engine
    start: Ints  # steps, per grid column
    row_lower: Floats
    row_upper: Floats
    free: int  # grid columns that may still move
    counted: Any  # rows of the model (over its columns, in units) in which every column is whole
    places: Ints  # their row numbers
    limits: tuple[Floats, Floats]  # their lower and upper limits

    def broken(self, found: Array) -> list[tuple[int, float, str]]:
        """(row, amount, side) of counted rows that the solver passed by its tolerance: a plan may not."""
        activity, size = self.counted @ found, abs(self.counted) @ np.abs(found)
        noise = _ROUNDING * np.maximum(1.0, size)
        lower, upper = self.limits
        over, under = activity - upper, lower - activity
        return [(int(self.places[i]), 2.0 * float(over[i]), "upper") for i in np.flatnonzero(over > noise)] + [
            (int(self.places[i]), 2.0 * float(under[i]), "lower") for i in np.flatnonzero(under > noise)
        ]


def _offsets(compiled: Any, steps: _Steps, point: Array, width: int) -> _Offsets:
    """The same rows, grid columns bounded to the steps beside the solved point, decisions held."""
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
    pattern = abs(compiled.matrix).sign()
    places = np.flatnonzero(pattern @ (~integer).astype(float) == 0)
    return _Offsets(
        engine, low.astype(np.int64), row_lower, row_upper, int((high > low).sum()),
        compiled.matrix[places], places, (compiled.row_lower[places], compiled.row_upper[places]),
    )  # fmt: skip


def _cost(aims: tuple[Aim, ...], point: Array, compiled: Any, steps: _Steps) -> Array:
    """The aims in one sum, each a hundredth of the one before it: the repair moves by single steps only."""
    cost = np.zeros(compiled.matrix.shape[1])
    for place, aim in enumerate(aims):
        scale = aim.scale(aim.value(point)) or 1.0
        cost += (1 if aim.sense == "min" else -1) * 100.0**-place * aim.weights / scale
    cost[steps.columns] *= steps.size
    size = float(np.abs(cost).max(initial=0.0))
    return cost / size if size > 0 else cost


def _quantities(world: World, compiled: Any, steps: _Steps, point: Array) -> Quantities:
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


def _broken_rows(world: World, compiled: Any, quantities: Quantities, money: Money) -> list[tuple[int, float, str]]:
    """(row, 万元, side) of every money row that rounding to the fen has broken."""
    broken: list[tuple[int, float, str]] = []
    years = len(world.facts.years)
    span = compiled.rows["existing_budget.purchases_within_line"]
    for p, c in zip(*np.nonzero(money.short), strict=True):
        broken.append((span.start + int(p) * years + int(c), int(money.short[p, c]) / FEN_PER_WAN, "upper"))
    if "existing_budget.deficit_is_met_first" in compiled.rows:
        span = compiled.rows["existing_budget.deficit_is_met_first"]
        at = {key: span.start + i for i, key in enumerate(span.keys)}
        for p, c in zip(*np.nonzero(money.deficit_short), strict=True):
            key = (world.facts.purchasers[p], world.facts.years[c])
            broken.append((at[key], int(money.deficit_short[p, c]) / FEN_PER_WAN, "lower"))
    broken += _above_contract_limit(world, compiled, money)
    return broken + _shares_missed(world, compiled, money) + _areas_behind(world, compiled, quantities)


def _above_contract_limit(world: World, compiled: Any, money: Money) -> list[tuple[int, float, str]]:
    span = compiled.rows.get("own_capacity.contracts_within_limit")
    if span is None or world.facts.settings.clauses.soft("own_capacity"):
        return []
    spent: dict[tuple[str, int], int] = defaultdict(int)
    for i in np.flatnonzero(money.amount):
        spent[world.undertaker_of_pair[i], world.facts.years[world.pairs.year[i]]] += int(money.amount[i])
    broken = []
    for place, (u, t) in enumerate(span.keys):
        over = spent[u, t] - int(world.facts.undertakers[u]["contract_limit"] * 100)
        if over > 0:
            broken.append((span.start + place, over / FEN_PER_WAN, "upper"))
    return broken


#: rows that speak of shares of outlay, and what lists them
_SHARES: Final = {
    "plural_supply.nobody_has_too_much": plural_shares,
    "social_organisations.social_organisations_have_their_part": social_shares,
    "affiliated_share.own_house_has_not_too_much": affiliated_shares,
}


def _shares_missed(world: World, compiled: Any, money: Money) -> list[tuple[int, float, str]]:
    """Shares of outlay that whole fen have broken."""
    broken = []
    for name, shares_of in _SHARES.items():
        if world.facts.settings.clauses.soft(name.split(".")[0]):
            continue
        span = compiled.rows.get(name)
        for share in shares_of(world) if span is not None else ():
            fen = share.short(money.amount)
            if fen:
                key = share.key if len(share.key) > 1 else share.key[0]
                broken.append((compiled.row(name, key), fen / FEN_PER_WAN, "lower" if share.least else "upper"))
    return broken


def _areas_behind(world: World, compiled: Any, quantities: Quantities) -> list[tuple[int, float, str]]:
    """Districts that whole steps have left too far behind."""
    name = "balanced_areas.no_district_left_behind"
    if name not in compiled.rows or world.facts.settings.clauses.soft("balanced_areas"):
        return []
    served = quantities.direct + quantities.new - quantities.idle
    np.add.at(served, (world.pairs.need, world.pairs.year), quantities.purchased)
    return [(compiled.row(name, key), 2 * float(over) + 1e-9, "upper") for key, over in areas_short(world, served)]
