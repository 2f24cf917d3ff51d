"""A plan as arrays, ready to be lived through: awards in the order in which they are paid, lines, budgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from gpsopt.errors import UsageError
from gpsopt.model.facts import Bools, Floats, Ints
from gpsopt.model.ledger import Money, Quantities, money_of
from gpsopt.model.world import World, world_of
from gpsopt.money import fen
from gpsopt.runread import Run
from gpsopt.settings import Simulation

Texts = tuple[str, ...]


@dataclass(frozen=True)
class Awards:
    """The awards of one year, by purchaser, livelihood first, then need and offer: the order of payment."""

    pair: Ints
    need: Ints
    offer: Ints
    undertaker: Ints
    purchaser: Ints
    steps: Ints
    amount: Ints  # fen, as planned
    setup: Ints  # fen
    price: Ints  # millionths of a yuan a unit
    units: tuple[Ints, Ints]  # of a grid step: numerator, denominator
    quality: Floats
    satisfaction: Floats
    things: Mapping[str, Sequence[str]]
    engagements: tuple[Ints, Ints, Ints]  # purchaser, undertaker, fen: once for each two that work together


@dataclass(frozen=True)
class Held:
    """A certified plan. Arrays over needs have shape (needs, years), over purchasers (purchasers, years), in fen."""

    world: World
    years: tuple[int, ...]
    quantities: Quantities
    money: Money
    awards: tuple[Awards, ...]  # one a year
    undertakers: Texts
    credit: Floats  # nan: nobody knows it, so nobody is turned away for it
    buyer: Ints  # purchaser of each need
    budget: Ints  # (purchasers, years)
    livelihood: Bools  # (needs,)
    worth: Floats  # (needs, years) weight x unit value of a grid step, yuan
    value: Floats  # (needs,) unit value of a grid step, yuan
    things: Mapping[str, Sequence[str]]  # keys of the needs

    @property
    def purchasers(self) -> Texts:
        return self.world.facts.purchasers

    def least_credit(self, rules: Simulation) -> Floats:
        """Below this an undertaker is not engaged: the rules' and the clause's least; who started lower must not fall.

        (undertakers,) points; nan where its credit is not known.
        """
        clauses = self.world.facts.settings.clauses
        asked = clauses.qualification.min_credit if clauses.on("qualification") else None
        return np.minimum(self.credit, float(max(rules.min_credit, asked or Decimal(0))))


def held_of(run: Run) -> Held:
    """The plan of a run. Raises UsageError where the run holds none."""
    if not run.has_plan:
        raise UsageError("run_without_plan", path=str(run.folder))
    world = world_of(run.scenario)
    return held_with(world, _quantities(world, run))


def held_with(world: World, quantities: Quantities) -> Held:
    """A plan of a world, given by its quantities."""
    facts = world.facts
    money = money_of(world, quantities)
    place = {p: i for i, p in enumerate(facts.purchasers)}
    buyer = np.array([place[p] for p in facts.needs.purchaser], dtype=np.int64)
    names = tuple(facts.undertakers)
    value = np.array(
        [float(facts.unit_value(i)) * float(s) for i, s in zip(facts.needs.item, facts.needs.step, strict=True)]
    )
    return Held(
        world=world, years=facts.years, quantities=quantities, money=money,
        awards=tuple(_awards(world, quantities, money, buyer, names, c) for c in range(len(facts.years))),
        undertakers=names,
        credit=np.array([
            float("nan") if row["credit"] is None else float(row["credit"]) for row in facts.undertakers.values()
        ]),
        buyer=buyer,
        budget=np.array([[facts.budget.get((p, t), 0) for t in facts.years] for p in facts.purchasers]),
        livelihood=np.array([bool(facts.items[i]["livelihood"]) for i in facts.needs.item]),
        worth=facts.needs.weight.astype(float) * value[:, None], value=value,
        things={
            "need": facts.needs.key, "purchaser": facts.needs.purchaser, "item": facts.needs.item,
            "area": facts.needs.area,
        },
    )  # fmt: skip


def _quantities(world: World, run: Run) -> Quantities:
    """The run's quantities in grid steps; under lagged savings its own split is kept."""
    facts = world.facts
    need = {key: i for i, key in enumerate(facts.needs.key)}
    column = {year: c for c, year in enumerate(facts.years)}
    pair = {key: i for i, key in enumerate(world.pair_keys)}
    purchased = np.zeros(len(pair), dtype=np.int64)
    for row in run.frames["allocation"].itertuples():
        at = pair.get((str(row.offer), str(row.need), int(str(row.year))))
        if at is None:
            raise UsageError("run_differs", path=str(run.folder), table="allocation", key=f"{row.need} {row.offer}")
        purchased[at] = _steps(world, int(world.pairs.need[at]), row.quantity)
    shape = facts.needs.demand.shape
    direct, new, idle = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    for row in run.frames["direct"].itertuples():
        n, c = need[str(row.need)], column[int(str(row.year))]
        direct[n, c] = _steps(world, n, row.quantity)
        new[n, c], idle[n, c] = _steps(world, n, row.new), _steps(world, n, row.idle)
    own, shared = np.zeros(shape), np.zeros(shape)
    for row in run.frames["transfers"].itertuples():
        if row.need in need and row.from_line == "direct":
            split = own if row.use == "own" else shared if row.use == "shared" else None
            if split is not None:
                amount = row.amount if isinstance(row.amount, Decimal) else Decimal(0)
                split[need[str(row.need)], column[int(str(row.year))]] += fen(amount) / 1e6
    return Quantities(purchased, direct, new, idle, (own, shared))


def _steps(world: World, need: int, quantity: object) -> int:
    assert isinstance(quantity, Decimal)
    steps = quantity / Decimal(world.facts.needs.step[need].numerator) * world.facts.needs.step[need].denominator
    return int(steps)


def _awards(world: World, q: Quantities, money: Money, buyer: Ints, names: Texts, column: int) -> Awards:
    facts, pairs, offers = world.facts, world.pairs, world.pairs.offers
    mine = np.flatnonzero((q.purchased > 0) & (pairs.year == column))
    urgent = np.array([0 if facts.items[facts.needs.item[pairs.need[i]]]["livelihood"] else 1 for i in mine], dtype=int)
    mine = mine[np.lexsort((pairs.offer[mine], pairs.need[mine], urgent, buyer[pairs.need[mine]]))]
    need, offer = pairs.need[mine], pairs.offer[mine]
    at = {u: i for i, u in enumerate(names)}
    marks = world.marks
    undertaker = np.array([at[offers.undertaker[o]] for o in offer], dtype=np.int64)
    step = [facts.needs.step[n] for n in need]
    return Awards(
        pair=mine, need=need, offer=offer,
        undertaker=undertaker, purchaser=buyer[need], steps=q.purchased[mine], amount=money.amount[mine],
        setup=offers.setup[offer], price=pairs.price[mine].astype(np.int64),
        units=(
            np.array([s.numerator for s in step], dtype=np.int64),
            np.array([s.denominator for s in step], dtype=np.int64),
        ),
        quality=np.array([float(marks.quality[o]) for o in offer]),
        satisfaction=np.array([float(marks.satisfaction[o]) for o in offer]),
        things={
            "need": [facts.needs.key[n] for n in need], "purchaser": [facts.needs.purchaser[n] for n in need],
            "item": [facts.needs.item[n] for n in need], "area": [facts.needs.area[n] for n in need],
            "undertaker": [offers.undertaker[o] for o in offer], "offer": [offers.key[o] for o in offer],
        },
        engagements=_engagements(world, buyer[need], undertaker, names),
    )  # fmt: skip


def _engagements(world: World, purchaser: Ints, undertaker: Ints, names: Texts) -> tuple[Ints, Ints, Ints]:
    together = np.unique(np.column_stack([purchaser, undertaker]), axis=0)
    cost = [fen(world.facts.undertakers[names[u]]["engagement_cost"]) for u in together[:, 1]]
    return together[:, 0], together[:, 1], np.array(cost, dtype=np.int64)
