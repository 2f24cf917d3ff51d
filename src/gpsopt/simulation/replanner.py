"""A new plan each year on what happened so far: what is decided stays decided, the rest is sought anew.

The plan of a year is the scenario's own model over all its years, with what was seen put in:

* years that are over: units kept, awards and their quantities are those that were agreed; their rows ask nothing any
  more, and the aims speak of the years to come (weight 0 before);
* demand, prices and the cost of direct delivery of the years to come as the forecast has them;
* who failed, or whose credit has fallen below `min_credit`, has no offers, contracts or locks any more.

Where no plan keeps the rules the clauses are broken as little as can be (all but what undertakers can do and how
contracts are made); where that fails too the plan in force goes on. A plan also stays in force where nothing came
other than it foresaw. Plans are sought to a loose gap, from the awards of the plan in force.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pandas as pd

from gpsopt.compiler import compile_model
from gpsopt.errors import LimitError, SolverError
from gpsopt.model.build import build_world
from gpsopt.model.facts import Floats, Ints
from gpsopt.model.ledger import Quantities
from gpsopt.model.soft import LIMITS
from gpsopt.model.world import World, forecast_world, world_of
from gpsopt.plan.values import limits_passed
from gpsopt.scenario import Scenario
from gpsopt.simulation.draws import Sight
from gpsopt.simulation.held import Held, held_with
from gpsopt.solving.byyear import seek_years, years_of_columns
from gpsopt.solving.ongrid import beside
from gpsopt.solving.stages import Options

PairKey = tuple[str, str, int]  # offer, need, year
#: what no plan can do without, whatever happened: what undertakers can do, and how contracts are made
_FIRM: Final = ("own_capacity", "award_size")


@dataclass(frozen=True)
class Belief:
    """What a plan was made on, (needs, years) and per candidate pair of the tables; shut: undertaker -> year."""

    demand: Ints  # grid steps
    cost: Floats
    price: Floats
    shut: Mapping[str, int]  # position of the first year in which it may not be bought from

    def same_from(self, other: Belief, column: int, year_of_pair: Ints) -> bool:
        """Do the two say the same of the years from `column` on?"""
        ahead = year_of_pair >= column
        return (
            {u: max(c, column) for u, c in self.shut.items()} == {u: max(c, column) for u, c in other.shut.items()}
            and np.array_equal(self.demand[:, column:], other.demand[:, column:])
            and np.array_equal(self.cost[:, column:], other.cost[:, column:])
            and np.array_equal(self.price[ahead], other.price[ahead])
        )


@dataclass(frozen=True)
class InForce:
    """A plan: awards in grid steps by their keys, and (needs, years) arrays; `end`: how it came about."""

    held: Held  # ready to be lived through, at the tables' prices and demand
    belief: Belief
    end: str  # first, planned, softened

    @property
    def bought(self) -> dict[PairKey, int]:
        """Grid steps of every award."""
        keys, steps = self.held.world.pair_keys, self.held.quantities.purchased
        return {keys[i]: int(steps[i]) for i in np.flatnonzero(steps)}


class Replanner:
    """Plans the years to come of one scenario, again and again; a plan depends on what it is given alone."""

    def __init__(self, first: Held, gap: float) -> None:
        self.base, self.scenario = first.world, first.world.facts.scenario
        given = self.scenario.settings.solver
        self.options = Options(gap=gap, seed=given.seed, node_limit=given.node_limit, years=given.years or "joint")
        shape = self.base.facts.needs.demand.shape
        nothing = Belief(self.base.facts.needs.demand, np.ones(shape), np.ones(len(self.base.pairs.offer)), {})
        self.first = InForce(first, nothing, "first")

    def belief(self, sight: Sight, column: int, barred: Mapping[str, int], in_force: InForce) -> Belief:
        """What is known at the beginning of a year; demand of the years before is what their plan was made on."""
        facts = self.base.facts
        things = self.first.held.things
        demand = facts.needs.demand.copy()
        factor = sight.factor("demand", things, len(demand))
        if factor is not None:
            demand = np.floor(demand * factor[0] + 0.5).astype(np.int64)
        demand[:, :column] = in_force.belief.demand[:, :column]
        cost = sight.factor("direct_cost", things, len(demand))
        return Belief(
            demand, np.ones(demand.shape) if cost is None else cost[0], _price(self.base, sight), dict(barred)
        )  # fmt: skip

    def plan(self, sight: Sight, belief: Belief, column: int, in_force: InForce | None) -> InForce | None:
        """The plan of the years from `column` on; None where none is found, not even with softer clauses."""
        for softer in (False, True):
            scenario = self._scenario(belief, column, softer)
            found = self._sought(scenario, sight, belief, column, in_force)
            if found is not None:
                return replace(found, end="softened" if softer else "planned")
        return None

    def _scenario(self, belief: Belief, column: int, softer: bool) -> Scenario:
        """The scenario with what is known in its tables."""
        tables, settings, years = self.scenario.tables, self.scenario.settings, self.base.facts.years
        last = {u: years[c] - 1 for u, c in belief.shut.items()}
        tables = tables.with_frame("needs", self._needs(belief, column))
        offers = tables["offers"].copy()
        shut = dict(zip(offers["offer"], (last.get(u) for u in offers["undertaker"]), strict=True))
        if last:
            offers["last_year"] = pd.Series(
                [y if (s := shut[o]) is None else min(s, s if y is None else y)
                 for o, y in zip(offers["offer"], offers["last_year"], strict=True)], index=offers.index, dtype=object,
            )  # fmt: skip
            tables = tables.with_frame("offers", offers)
            contracts = tables["contracts"]
            over = [shut[o] for o in contracts["offer"]]
            ends = [
                u if s is None else min(s, y if u is None else u)
                for s, y, u in zip(over, contracts["year"], contracts["until_year"], strict=True)
            ]  # fmt: skip
            runs = [s is None or y <= s for s, y in zip(over, contracts["year"], strict=True)]
            until = pd.Series(ends, index=contracts.index, dtype=object)
            tables = tables.with_frame("contracts", contracts.assign(until_year=until)[runs])
        locks = tuple(k for k in settings.lock if k.offer is None or (s := shut.get(k.offer)) is None or k.year <= s)
        changes: dict[str, Any] = {"lock": locks}
        if softer:
            changes["clauses"] = settings.clauses.model_copy(update={
                name: getattr(settings.clauses, name).model_copy(update={"soft": True})
                for name in LIMITS if name not in _FIRM and settings.clauses.on(name)
            })  # fmt: skip
        return replace(self.scenario, tables=tables, settings=settings.model_copy(update=changes))

    def _needs(self, belief: Belief, column: int) -> pd.DataFrame:
        """Demand as it is known; what is over weighs nothing."""
        facts = self.base.facts
        frame = self.scenario.tables["needs"].copy()
        place = {key: n for n, key in enumerate(facts.needs.key)}
        at = {year: c for c, year in enumerate(facts.years)}
        demand, weight = list(frame["demand"]), list(frame["weight"])
        for i, (need, year) in enumerate(zip(frame["need"], frame["year"], strict=True)):
            if year in at:
                n, c = place[need], at[year]
                if belief.demand[n, c] != facts.needs.demand[n, c]:
                    unit = Decimal(1) if facts.needs.whole[n] else self.scenario.settings.quantity_step
                    demand[i] = int(belief.demand[n, c]) * unit
                if c < column:
                    weight[i] = Decimal(0)
        return frame.assign(
            demand=pd.Series(demand, index=frame.index, dtype=object),
            weight=pd.Series(weight, index=frame.index, dtype=object),
        )  # fmt: skip

    def _sought(
        self, scenario: Scenario, sight: Sight, belief: Belief, column: int, in_force: InForce | None
    ) -> InForce | None:
        tables_world = world_of(scenario)
        world = forecast_world(tables_world, _price(tables_world, sight), belief.cost)
        compiled = compile_model(build_world(world))
        if in_force is not None and column:
            compiled = _with_past(world, compiled, column, in_force)
        try:
            answer, _engine, aims = seek_years(world, compiled, self.options)
        except (LimitError, SolverError):
            return None
        if answer.point is None:
            return None
        (quantities, _money, on_grid), _near = beside(world, compiled, answer, aims, limits_passed(world, compiled))
        if not on_grid:
            return None
        if in_force is not None and column:
            quantities = _past_kept(world, quantities, column, in_force)
        needs = self.base.facts.needs
        lived = replace(tables_world, facts=replace(tables_world.facts, needs=needs, scenario=self.scenario))
        return InForce(held_with(lived, quantities), belief, "planned")


def _price(world: World, sight: Sight) -> Floats:
    """Factor of the price of each candidate pair in its year."""
    pairs, needs, offers = world.pairs, world.facts.needs, world.pairs.offers
    things = {
        "need": [needs.key[n] for n in pairs.need], "purchaser": [needs.purchaser[n] for n in pairs.need],
        "item": [needs.item[n] for n in pairs.need], "area": [needs.area[n] for n in pairs.need],
        "offer": [offers.key[o] for o in pairs.offer], "undertaker": [offers.undertaker[o] for o in pairs.offer],
    }  # fmt: skip
    found = sight.factor("price", things, len(pairs.offer))
    return np.ones(len(pairs.offer)) if found is None else found[0, np.arange(len(pairs.offer)), pairs.year]


def _with_past(world: World, compiled: Any, column: int, in_force: InForce) -> Any:
    """The years before `column` held as they were agreed; rows that speak of them alone ask nothing any more."""
    q, years = in_force.held.quantities, len(world.facts.years)
    year_of = years_of_columns(world, compiled, none=years)
    over = year_of < column
    value = np.where(np.isfinite(compiled.column_lower), compiled.column_lower, 0.0)
    bought = in_force.bought
    step = dict(zip(world.facts.needs.key, world.need_step, strict=True))
    for name in ("purchased", "award"):
        span = compiled.columns[name]
        for place in np.flatnonzero(over[span.start : span.stop]):
            offer, need, year = span.keys[place]
            steps = bought.get((offer, need, int(year)), 0)
            value[span.start + place] = (steps > 0) if name == "award" else steps * step[need]
    before = np.column_stack([world.facts.lines.quantity, q.direct[:, :-1]])
    units = {"direct": q.direct, "new": q.new, "idle": q.idle, "moved": before - q.direct}
    arrays = {name: steps * world.need_step[:, None] for name, steps in units.items()}
    if q.split is not None and world.facts.settings.savings == "lagged":
        arrays |= {"own": q.split[0], "shared": q.split[1]}
    for name, array in arrays.items():
        span = compiled.columns[name]
        value[span.start : span.stop] = array.ravel()
    lower, upper = np.where(over, value, compiled.column_lower), np.where(over, value, compiled.column_upper)
    done = abs(compiled.matrix).sign() @ (~over).astype(float) == 0
    return replace(
        compiled, column_lower=lower, column_upper=upper,
        row_lower=np.where(done, -np.inf, compiled.row_lower), row_upper=np.where(done, np.inf, compiled.row_upper),
    )  # fmt: skip


def _past_kept(world: World, found: Quantities, column: int, in_force: InForce) -> Quantities:
    """The new quantities with those of the years before as they were agreed, to the step."""
    q, bought = in_force.held.quantities, in_force.bought
    purchased = found.purchased.copy()
    for i in np.flatnonzero(world.pairs.year < column):
        purchased[i] = bought.get(world.key_of(int(i)), 0)

    def joined(old: Any, new: Any) -> Any:
        return np.concatenate([old[:, :column], new[:, column:]], axis=1)

    split = found.split
    if split is not None and q.split is not None:
        split = joined(q.split[0], split[0]), joined(q.split[1], split[1])
    return Quantities(
        purchased, joined(q.direct, found.direct), joined(q.new, found.new), joined(q.idle, found.idle), split
    )  # fmt: skip
