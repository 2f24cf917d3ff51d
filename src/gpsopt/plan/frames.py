"""The tables of a run folder as tidy frames: names, quantities and amounts exact, rows in key order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import numpy as np
import pandas as pd

from gpsopt.model.clauses.own_capacity import resource_limits
from gpsopt.model.ledger import Money, Quantities
from gpsopt.model.today import today_of
from gpsopt.model.world import World
from gpsopt.money import half_up, yuan
from gpsopt.plan.keptbecause import KeptBecause

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "allocation": (
        "year", "need", "purchaser", "item", "area", "undertaker", "offer", "quantity", "price", "setup", "amount",
    ),
    "direct": (
        "year", "need", "purchaser", "quantity", "new", "idle", "moved", "expenditure", "released", "stranded",
        "posts", "posts_paid", "kept_because",
    ),
    "transfers": (
        "year", "need", "from_purchaser", "from_line", "to_purchaser", "to_line", "amount", "use", "change", "clause",
    ),
    "coverage": (
        "year", "need", "purchaser", "item", "area", "demand", "target", "direct", "purchased", "served", "shortfall",
        "candidates", "thin",
    ),
    "budgets": (
        "year", "purchaser", "amount", "received", "given", "direct", "stranded", "purchased", "engagement", "unspent",
    ),
    "undertakers": ("year", "undertaker", "awards", "amount", "capacity_used", "capacity", "score"),
    "goals": ("goal", "year", "value", "target", "met", "unit", "status"),
    "excluded": ("need", "offer", "undertaker", "year", "clause", "reason"),
    "violations": ("clause", "index", "year", "amount", "unit"),
    "prices": ("clause", "index", "year", "price", "unit"),
}  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """A world with its decisions and money: what the tables are made from."""

    world: World
    quantities: Quantities
    money: Money

    def units(self, need: int, steps: int) -> Decimal:
        """Grid steps of a need as units of its item, exact."""
        step = self.world.facts.needs.step[need] * int(steps)
        return Decimal(step.numerator) / Decimal(step.denominator)

    def purchased(self) -> Any:
        """Steps bought, (needs, years)."""
        total = np.zeros_like(self.world.facts.needs.demand)
        np.add.at(total, (self.world.pairs.need, self.world.pairs.year), self.quantities.purchased)
        return total

    def served(self) -> Any:
        """Steps that people get, (needs, years)."""
        q = self.quantities
        return self.purchased() + q.direct + q.new - q.idle


def frames_of(draft: Draft) -> dict[str, pd.DataFrame]:
    """Every table of the plan but goals and prices, which are worked out from it."""
    makers = {
        "allocation": _allocation, "direct": _direct, "transfers": _transfers, "coverage": _coverage,
        "budgets": _budgets, "undertakers": _undertakers,
    }  # fmt: skip
    tables = {name: frame_of(name, maker(draft)) for name, maker in makers.items()}
    return {**tables, "excluded": excluded_frame(draft.world)}


def frame_of(name: str, rows: Iterable[tuple[Any, ...]]) -> pd.DataFrame:
    """Rows as a frame with the table's columns; cells keep their exact types."""
    return pd.DataFrame(list(rows), columns=list(COLUMNS[name]), dtype=object)


def excluded_frame(world: World) -> pd.DataFrame:
    """Pairs left out, with clause and reason; a pair out for one reason in every model year has no year."""
    years = len(world.facts.years)
    grouped: dict[tuple[str, str, str, str, str], list[int]] = defaultdict(list)
    for e in world.pairs.excluded:
        grouped[e.need, e.offer, e.undertaker, e.clause, e.reason].append(e.year)
    rows = []
    for (need, offer, undertaker, clause, reason), out in sorted(grouped.items()):
        for year in [None] if len(out) == years else sorted(out):
            rows.append((need, offer, undertaker, year, clause, reason))
    return frame_of("excluded", rows)


def _places(draft: Draft) -> list[tuple[int, int]]:
    """(year, need) positions in year and key order."""
    needs, years = draft.world.facts.needs.demand.shape
    return [(c, n) for c in range(years) for n in range(needs)]


def _allocation(draft: Draft) -> list[tuple[Any, ...]]:
    world, q = draft.world, draft.quantities
    facts, pairs, offers = world.facts, world.pairs, world.pairs.offers
    rows = []
    for i in np.flatnonzero(q.purchased):
        o, n, c = int(pairs.offer[i]), int(pairs.need[i]), int(pairs.year[i])
        rows.append((
            facts.years[c], facts.needs.key[n], facts.needs.purchaser[n], facts.needs.item[n], facts.needs.area[n],
            offers.undertaker[o], offers.key[o], draft.units(n, q.purchased[i]),
            Decimal(int(pairs.price[i])).scaleb(-6), yuan(int(offers.setup[o])),
            yuan(int(draft.money.amount[i])),
        ))  # fmt: skip
    return sorted(rows, key=lambda r: (r[0], r[1], r[6]))


def _direct(draft: Draft) -> list[tuple[Any, ...]]:
    facts, q, money = draft.world.facts, draft.quantities, draft.money
    kept = KeptBecause(draft.world, q, money)
    posts = {row["need"]: row["posts"] for _line, row in facts.scenario.tables.rows("direct_lines")}
    rows = []
    for c, n in _places(draft):
        today = int(facts.lines.quantity[n])
        key, cost = facts.needs.key[n], int(facts.lines.expenditure[n, c])
        if key not in posts and not q.new[n, c]:
            continue  # a line of nothing keeps its row: its money, if it has any, stays
        before = today if c == 0 else int(q.direct[n, c - 1])
        staff = Fraction(posts.get(key) or 0)
        paid = Fraction(int(money.direct[n, c] + money.stranded[n, c]), cost) if cost else Fraction(0)
        purchasable = facts.needs.scope[n, c] == "purchasable"
        rows.append((
            facts.years[c], key, facts.needs.purchaser[n], draft.units(n, q.direct[n, c]), draft.units(n, q.new[n, c]),
            draft.units(n, q.idle[n, c]), draft.units(n, before - q.direct[n, c]),
            yuan(int(money.direct[n, c] + money.new_cost[n, c])), yuan(int(money.released[n, c])),
            yuan(int(money.stranded[n, c])),
            yuan(half_up(staff * Fraction(int(q.direct[n, c]), today) * 100)) if today else yuan(0),
            yuan(half_up(staff * paid * 100)),
            kept.reason(n, c) if purchasable and q.direct[n, c] > 0 else None,
        ))  # fmt: skip
    return rows


def _coverage(draft: Draft) -> list[tuple[Any, ...]]:
    facts, q, pairs = draft.world.facts, draft.quantities, draft.world.pairs
    bought, served = draft.purchased(), draft.served()
    lined = {row["need"] for _line, row in facts.scenario.tables.rows("direct_lines")}
    rows = []
    for c, n in _places(draft):
        demand = int(facts.needs.demand[n, c])
        if not demand and facts.needs.key[n] not in lined:
            continue
        target = int(facts.needs.target[n, c])
        rows.append((
            facts.years[c], facts.needs.key[n], facts.needs.purchaser[n], facts.needs.item[n], facts.needs.area[n],
            draft.units(n, demand), draft.units(n, target),
            draft.units(n, q.direct[n, c] + q.new[n, c] - q.idle[n, c]), draft.units(n, bought[n, c]),
            draft.units(n, served[n, c]), draft.units(n, max(0, target - int(served[n, c]))),
            int(pairs.candidates[n, c]), bool(pairs.thin[n, c]),
        ))  # fmt: skip
    return rows


def _budgets(draft: Draft) -> list[tuple[Any, ...]]:
    facts, money = draft.world.facts, draft.money
    own_needs: dict[str, list[int]] = defaultdict(list)
    for n, owner in enumerate(facts.needs.purchaser):
        own_needs[owner].append(n)
    rows = []
    for c, t in enumerate(facts.years):
        for p, name in enumerate(facts.purchasers):
            at = own_needs[name]
            direct, stranded = int(money.direct[at, c].sum()), int(money.stranded[at, c].sum())
            bought = int(money.outlay[at, c].sum()) + int(money.engagement[p, c])
            amount, got, gave = facts.budget.get((name, t), 0), int(money.received[p, c]), int(money.given[p, c])
            unspent = amount + got - direct - stranded - bought - gave
            figures = (amount, got, gave, direct, stranded, bought, int(money.engagement[p, c]), unspent)
            rows.append((t, name, *map(yuan, figures)))
    return rows


def _undertakers(draft: Draft) -> list[tuple[Any, ...]]:
    world, q = draft.world, draft.quantities
    facts, pairs, marks = world.facts, world.pairs, world.marks
    tally: dict[tuple[int, str], list[Any]] = {}
    for i in range(len(pairs.offer)):
        tally.setdefault(
            (int(pairs.year[i]), world.undertaker_of_pair[i]), [0, 0, Fraction(0), Fraction(0), Fraction(0)]
        )
    for at in np.flatnonzero(q.purchased):
        i = int(at)
        o = int(pairs.offer[i])
        entry = tally[int(pairs.year[i]), world.undertaker_of_pair[i]]
        units = int(q.purchased[i]) * facts.needs.step[pairs.need[i]]
        entry[0] += 1
        entry[1] += int(draft.money.amount[i])
        entry[2] += units * pairs.offers.capacity_use[o]
        entry[3] += units * marks.score[o]
        entry[4] += units
    limit = resource_limits(world)
    rows = []
    for (c, u), (awards, amount, used, scored, units) in sorted(tally.items()):
        capacity = facts.undertakers[u]["capacity"] if (u, "", facts.years[c]) in limit else None
        score = Decimal(half_up(scored / units * 1_000_000)).scaleb(-6) if units else None
        rows.append((facts.years[c], u, awards, yuan(amount), exact_decimal(used), capacity, score))
    return rows


def exact_decimal(value: Fraction) -> Decimal:
    """A terminating fraction as a decimal."""
    return Decimal(value.numerator) / Decimal(value.denominator)


def _transfers(draft: Draft) -> list[tuple[Any, ...]]:
    """The ledger: what moves between lines, and its change against the year before (3(5)); the year before the first
    counts 0, or today's purchases where `contracts` gives them."""
    moves = [_movements(draft, c) for c in range(len(draft.world.facts.years))]
    rows = []
    before: dict[tuple[Any, ...], int] = {}
    for p, today in today_of(draft.world.facts).items():
        before |= _balance(p, today.deficit, today.left)
    for c, year in enumerate(draft.world.facts.years):
        for key in sorted({*moves[c], *(k for k, v in before.items() if v)}, key=lambda k: tuple(map(str, k))):
            amount = moves[c].get(key, 0)
            need, giver, line, taker, to_line, use, clause = key
            rows.append((
                year, need, giver, line, taker, to_line, yuan(amount), use, yuan(amount - before.get(key, 0)), clause,
            ))  # fmt: skip
        before = moves[c]
    return rows


def _movements(draft: Draft, c: int) -> dict[tuple[Any, ...], int]:
    """(need, from, line, to, line, use, clause) -> fen moved in the year."""
    facts, money = draft.world.facts, draft.money
    regime = facts.settings.regime
    moved: dict[tuple[Any, ...], int] = defaultdict(int)
    for n, p in enumerate(facts.needs.purchaser):
        key = facts.needs.key[n]
        for use, to_line, amount in (
            ("own", "purchase", money.own), ("shared", "purchase", money.shared), ("unspent", "unspent", money.unspent),
        ):  # fmt: skip
            moved[key, p, "direct", p, to_line, use, regime] += int(amount[n, c])
    for i, p in enumerate(facts.purchasers):
        moved |= _balance(p, int(money.deficit[i, c]), int(money.left[i, c]))
    for giver, taker, year, gift in money.transfers:
        if year == c:
            pool = (None, facts.purchasers[giver], "purchase", facts.purchasers[taker], "purchase", "shared", "pooled")
            moved[pool] += gift
    return {key: amount for key, amount in moved.items() if amount}


def _balance(purchaser: str, deficit: int, left: int) -> dict[tuple[Any, ...], int]:
    """What closes a purchaser's year: the deficit met from unspent money, and what is left on the purchase line."""
    return {
        (None, purchaser, "unspent", purchaser, "purchase", "opening", "existing_budget"): deficit,
        (None, purchaser, "purchase", purchaser, "unspent", "unspent", "existing_budget"): left,
    }
