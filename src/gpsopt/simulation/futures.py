"""Drawn futures as models: the same offers and needs with the numbers that a future gives them.

The factors are those of the simulation, from the same streams: future k here is future k of `simulate` with the same
seed. What they do to a model:

| factor | in the model of the future |
|---|---|
| demand | the demand of need and year, half up to the grid; target and floor are the same share of it |
| direct_cost | the expenditure of the direct line |
| price | the price of the offer; who may be asked at all is judged by the price that is offered now |
| delivered, failure | an award brings at most this share of the most it could; who failed brings nothing |
| late_transfer | this share of the money that a line sets free does not reach the year |
| quality, satisfaction | as offered: they move scores, not quantities |

An award that brings nothing costs no setup. The least size of an award falls with the demand of its need and with what
can be delivered. What continuity and coverage promise may be missed in a future: what is missed counts before every
aim.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from scipy import sparse

from gpsopt.compiler import compile_model
from gpsopt.model.build import build_world
from gpsopt.model.facts import Floats, Ints
from gpsopt.model.world import World, most_of
from gpsopt.scenario import Scenario
from gpsopt.simulation.draws import Futures, uncertainties
from gpsopt.solving.extensive import Future, decided_now
from gpsopt.solving.stages import aims_of

#: promises that the world may break in a future whatever is decided now
MAY_BE_MISSED: Final = ("continuity", "coverage")
#: rows that count what awards cost
_MONEY: Final = (
    "existing_budget.outlay_is_paid", "own_capacity.contracts_within_limit", "plural_supply.nobody_has_too_much",
    "social_organisations.social_organisations_have_their_part", "affiliated_share.own_house_has_not_too_much",
)  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """What futures do to a model's numbers; the first axis is the future, None: as they stand."""

    count: int
    demand: Floats | None  # (futures, needs, years)
    direct_cost: Floats | None
    late: Floats | None  # (futures, purchasers, years)
    price: Floats | None  # (futures, pairs)
    brought: Floats | None  # (futures, pairs): the share of the most an award could be that arrives

    def only(self, future: int) -> Drawn:
        """One of them."""
        at = slice(future, future + 1)
        return Drawn(1, *(None if part is None else part[at] for part in self._parts))

    def mean(self) -> Drawn:
        """The one future in which every number is its mean over these."""
        return Drawn(1, *(None if part is None else part.mean(axis=0, keepdims=True) for part in self._parts))

    @property
    def _parts(self) -> tuple[Floats | None, ...]:
        return self.demand, self.direct_cost, self.late, self.price, self.brought


def drawn(world: World, count: int, seed: int) -> Drawn:
    """The first `count` futures of the seed."""
    facts, pairs = world.facts, world.pairs
    needs, offers = facts.needs, pairs.offers
    block = Futures(uncertainties(facts.scenario), seed, len(facts.years)).block(count)
    of_needs = {"need": needs.key, "purchaser": needs.purchaser, "item": needs.item, "area": needs.area}
    names = tuple(facts.undertakers)
    of_pairs = {kind: [keys[n] for n in pairs.need] for kind, keys in of_needs.items()}
    of_pairs |= {"offer": [offers.key[o] for o in pairs.offer], "undertaker": world.undertaker_of_pair}
    failure = block.factor("failure", {"undertaker": names}, len(names))
    each = np.arange(len(pairs.offer))

    def at_pairs(factor: str) -> Floats | None:
        whole = block.factor(factor, of_pairs, len(each))
        return None if whole is None else whole[:, each, pairs.year]

    brought = at_pairs("delivered")
    brought = None if brought is None else np.clip(brought, 0.0, 1.0)
    if failure is not None:
        place = {u: i for i, u in enumerate(names)}
        who = np.array([place[u] for u in world.undertaker_of_pair], dtype=np.int64)
        there = (np.maximum.accumulate(failure, axis=2) == 0).astype(float)[:, who, pairs.year]
        brought = there if brought is None else brought * there
    return Drawn(
        count, block.factor("demand", of_needs, len(needs.key)), block.factor("direct_cost", of_needs, len(needs.key)),
        block.factor("late_transfer", {"purchaser": facts.purchasers}, len(facts.purchasers)), at_pairs("price"),
        brought,
    )  # fmt: skip


def softened(scenario: Scenario) -> Scenario:
    """The scenario in which what the world may break is counted instead of forbidden."""
    clauses = scenario.settings.clauses
    soft = {n: getattr(clauses, n).model_copy(update={"soft": True}) for n in MAY_BE_MISSED if clauses.on(n)}
    settings = scenario.settings.model_copy(update={"clauses": clauses.model_copy(update=soft)})
    return replace(scenario, settings=settings)


def future_of(world: World, only: Drawn, bounds: tuple[Floats, Floats]) -> Future:
    """The model of a single drawn future. `bounds`: of what is decided now, which a future does not limit."""
    changed = _world_in(world, only)
    compiled = compile_model(build_world(changed))
    compiled = _nothing_costs_nothing(compiled, changed)
    if only.late is not None:
        compiled = _late(compiled, changed, only.late[0])
    places = decided_now(compiled)
    lower, upper = compiled.column_lower.copy(), compiled.column_upper.copy()
    lower[places], upper[places] = bounds
    compiled = replace(compiled, column_lower=lower, column_upper=upper)
    return Future(changed, compiled, aims_of(changed, compiled))


def _world_in(world: World, only: Drawn) -> World:
    facts, pairs = world.facts, world.pairs
    needs, lines = facts.needs, facts.lines
    demand = needs.demand if only.demand is None else _half_up(needs.demand * only.demand[0])
    changed = replace(
        needs, demand=demand, target=_same_share(needs.target, needs.demand, demand),
        floor=_same_share(needs.floor, needs.demand, demand), steady=_steady(world, demand),
    )  # fmt: skip
    spent = lines.expenditure if only.direct_cost is None else _half_up(lines.expenditure * only.direct_cost[0])
    price = pairs.price if only.price is None else _half_up(pairs.price * only.price[0])
    facts = replace(
        facts, scenario=softened(facts.scenario), needs=changed, lines=replace(lines, expenditure=spent)
    )  # fmt: skip
    at = pairs.need, pairs.year
    sized = facts.settings.clauses.on("award_size")
    limit = pairs.offers.max_quantity[pairs.offer] if sized else np.full(len(pairs.offer), -1)
    agreed = np.where(needs.demand[at] == demand[at], pairs.most, np.where(limit < 0, demand[at], limit))
    arrives = agreed if only.brought is None else np.floor(agreed * only.brought[0] + 1e-9).astype(np.int64)
    most = arrives if _beyond(world) else np.minimum(arrives, demand[at])
    bare = replace(pairs, price=price, most=most, least=np.zeros_like(most))
    most = most_of(facts, bare)
    share = np.minimum(1.0, demand[at] / np.maximum(1, needs.demand[at]))
    least = np.minimum(np.floor(pairs.least * share + 1e-9).astype(np.int64), most)
    pairs = replace(bare, least=np.maximum(least, np.minimum(pairs.least, np.minimum(1, most))))
    return replace(world, facts=facts, pairs=pairs, most=most)


def _beyond(world: World) -> bool:
    coverage = world.facts.settings.clauses.coverage
    return coverage.enabled and coverage.oversupply


def _half_up(values: Floats) -> Ints:
    return np.floor(values + 0.5).astype(np.int64)


def _same_share(part: Ints, planned: Ints, demand: Ints) -> Ints:
    """The same share of what the demand turned out to be, taken down to the grid."""
    share = np.divide(part, planned, out=np.zeros(part.shape), where=planned > 0)
    return np.where(demand == planned, part, np.floor(share * demand + 1e-9)).astype(np.int64)


def _steady(world: World, demand: Ints) -> Ints:
    today = np.minimum(world.facts.lines.quantity[:, None], demand)
    tolerance = float(world.facts.settings.clauses.continuity.tolerance)
    return np.ceil((1 - tolerance) * today - 1e-9).astype(np.int64)


def _nothing_costs_nothing(compiled: Any, world: World) -> Any:
    """Awards that bring nothing cost no setup."""
    if "award" not in compiled.columns:
        return compiled
    span = compiled.columns["award"]
    idle = np.zeros(compiled.matrix.shape[1], dtype=bool)
    idle[span.start : span.stop] = world.most[world.binary] == 0
    money = np.zeros(compiled.matrix.shape[0], dtype=bool)
    for name in _MONEY:
        if name in compiled.rows:
            money[compiled.rows[name].slice] = True
    entries = compiled.matrix.tocoo()
    kept = ~(money[entries.row] & idle[entries.col])
    matrix = sparse.coo_array((entries.data[kept], (entries.row[kept], entries.col[kept])), shape=entries.shape)
    return replace(compiled, matrix=matrix.tocsr())


def _late(compiled: Any, world: World, late: Floats) -> Any:
    """Rows of what arrives in time: own + shared <= (1 - late) * released, for each line and year."""
    span = compiled.rows.get("regime.released_is_used")
    if span is None or not len(span):
        return compiled
    rows = compiled.matrix[span.slice]
    buyer = {p: i for i, p in enumerate(world.facts.purchasers)}
    year = {t: i for i, t in enumerate(world.facts.years)}
    of = world.facts.purchaser_of
    share = np.array([late[buyer[of[n]], year[t]] for n, t in span.keys])
    used, moved = (np.zeros(rows.shape[1]) for _ in range(2))
    used[compiled.columns["own"].slice] = used[compiled.columns["shared"].slice] = 1.0
    moved[compiled.columns["moved"].slice] = 1.0
    # what is released stands with a minus beside what it is used for, or the other way round
    sign = np.sign((rows @ sparse.diags_array(used)).sum(axis=1))
    in_time = rows @ sparse.diags_array(used) + sparse.diags_array(1 - share) @ rows @ sparse.diags_array(moved)
    added = sparse.diags_array(sign) @ in_time
    return replace(
        compiled, matrix=sparse.vstack([compiled.matrix, added], format="csr"),
        row_lower=np.append(compiled.row_lower, np.full(len(span), -np.inf)),
        row_upper=np.append(compiled.row_upper, np.zeros(len(span))),
    )  # fmt: skip
