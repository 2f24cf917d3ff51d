"""The failure drill: each undertaker is removed in turn, and the others of its market step in where they can.

What steps in: the need's other candidate offers, cheapest first, within their size and capacity, what their
undertaker can do beside the plan (own capacity, further resources, contract limit), the awards that the need and
the groups that exclude each other allow, and the money that the failed awards set free in the same purchaser and
year; who is new to a purchaser costs its engagement. A package is not opened. Nothing else of the plan moves, so
what is recovered is a lower bound of what replanning would recover.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from gpsopt.money import fen
from gpsopt.simulation.held import Held

_MONEY: Final = "money"  # a limit of what an undertaker may be paid, fen
_OFFER: Final = "offer"  # a limit of an offer, grid steps


def drill_frame(held: Held) -> pd.DataFrame:
    """One row an undertaker with awards, the greatest loss first.

    Columns: undertaker, awards, amount (yuan), value, recovered, lost (yuan of what it serves), coverage_lost (share of
    the value of all targets), extra_cost (yuan, of what is recovered), fallback (who takes over most).
    """
    rows = []
    pairs, plan = _by_market(held), _plan(held)
    wanted = float((held.worth * held.world.facts.needs.target).sum())
    for u, name in enumerate(held.undertakers):
        mine = [(c, i) for c, a in enumerate(held.awards) for i in np.flatnonzero(a.undertaker == u)]
        if not mine:
            continue
        room = _Room(held, u, plan, pairs)
        amount = lost = recovered = extra = 0.0
        stepping: dict[str, float] = defaultdict(float)
        for c, i in sorted(mine, key=lambda m: (m[0], int(held.awards[m[0]].pair[m[1]]))):
            a = held.awards[c]
            need, steps, worth = int(a.need[i]), int(a.steps[i]), float(held.worth[int(a.need[i]), c])
            took, paid = 0, 0
            for pair in pairs.get((need, c), []):
                more, cost = room.taken(pair, steps - took)
                took, paid = took + more, paid + cost
                if more:
                    stepping[held.world.undertaker_of_pair[pair]] += more * worth
            amount += float(a.amount[i]) / 100
            lost += steps * worth
            recovered += took * worth
            extra += paid / 100 - float(a.amount[i]) / 100 * took / steps
        first = max(sorted(stepping), key=lambda k: stepping[k]) if stepping else ""
        gone = lost - recovered
        rows.append((name, len(mine), amount, lost, recovered, gone, gone / wanted if wanted else 0.0, extra, first))
    columns = ["undertaker", "awards", "amount", "value", "recovered", "lost", "coverage_lost", "extra_cost",
               "fallback"]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values(["lost", "undertaker"], ascending=[False, True], ignore_index=True)


def _by_market(held: Held) -> dict[tuple[int, int], list[int]]:
    pairs = held.world.pairs
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for i in np.lexsort((pairs.offer, pairs.price)):
        found[int(pairs.need[i]), int(pairs.year[i])].append(int(i))
    return found


Limit = tuple[str, str, int]  # of an undertaker or an offer: key, what, year


@dataclass(frozen=True)
class _Plan:
    """A whole plan: what it leaves of every limit, what a grid step of a pair takes of them, who works for whom."""

    left: Mapping[Limit, float]
    takes: tuple[Mapping[Limit, float], ...]  # one a pair; no limit: no entry
    steps: Mapping[int, int]  # pair -> grid steps
    together: frozenset[tuple[str, int, int]]  # undertaker, purchaser, year


def _plan(held: Held) -> _Plan:
    pairs, who = held.world.pairs, held.world.undertaker_of_pair
    limits, takes = _limits(held), _takes(held)
    bought = {int(i): int(held.quantities.purchased[i]) for i in np.flatnonzero(held.quantities.purchased)}
    for i, steps in bought.items():
        for limit, each in takes[i].items():
            if limit in limits:
                limits[limit] -= steps * each
        if (money := (who[i], _MONEY, int(pairs.year[i]))) in limits:
            limits[money] -= float(pairs.offers.setup[pairs.offer[i]])
    together = {(who[i], int(held.buyer[pairs.need[i]]), int(pairs.year[i])) for i in bought}
    return _Plan(limits, tuple({k: v for k, v in t.items() if k in limits} for t in takes), bought, frozenset(together))


def _limits(held: Held) -> dict[Limit, float]:
    facts, offers = held.world.facts, held.world.pairs.offers
    tables, years, found = facts.scenario.tables, range(len(held.years)), dict[Limit, float]()
    for u, row in facts.undertakers.items():
        if row["capacity"] is not None:
            found |= {(u, "", c): float(row["capacity"]) for c in years}
        if row["contract_limit"] is not None:
            found |= {(u, _MONEY, c): float(fen(row["contract_limit"])) for c in years}
    for key, capacity in zip(offers.key, offers.capacity.tolist(), strict=True):
        if capacity >= 0:
            found |= {(key, _OFFER, c): float(capacity) for c in years}
    for every in (True, False):  # a capacity of a year goes before one of every year
        for _line, row in tables.rows("capacities"):
            for c in years:
                if (row["year"] is None) == every and row["year"] in (None, held.years[c]):
                    found[row["undertaker"], f"resource {row['resource']}", c] = float(row["capacity"])
    return found


def _takes(held: Held) -> list[dict[Limit, float]]:
    pairs, offers = held.world.pairs, held.world.pairs.offers
    uses: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for _line, row in held.world.facts.scenario.tables.rows("uses"):
        uses[row["offer"]].append((f"resource {row['resource']}", float(row["use"])))
    found = []
    for i, o in enumerate(pairs.offer):
        u, c, step = offers.undertaker[o], int(pairs.year[i]), float(held.world.need_step[pairs.need[i]])
        found.append({
            (u, "", c): float(offers.capacity_use[o]) * step, (offers.key[o], _OFFER, c): 1.0,
            (u, _MONEY, c): float(pairs.price[i]) / 1e4 * step,
            **{(u, name, c): use * step for name, use in uses[offers.key[o]]},
        })  # fmt: skip
    return found


class _Room:
    """What is left beside a plan without one undertaker; it shrinks by what others take over."""

    def __init__(self, held: Held, failed: int, plan: _Plan, markets: Mapping[tuple[int, int], list[int]]) -> None:
        self._held, self._failed, self._takes = held, held.undertakers[failed], plan.takes
        self._markets, self._left, self._together = markets, dict(plan.left), set(plan.together)
        self._money: dict[tuple[int, int], int] = defaultdict(int)
        self._steps = dict(plan.steps)
        for c, awards in enumerate(held.awards):
            for i in np.flatnonzero(awards.undertaker == failed):
                del self._steps[int(awards.pair[i])]
                self._money[int(awards.purchaser[i]), c] += int(awards.amount[i])

    def taken(self, pair: int, wanted: int) -> tuple[int, int]:
        """Grid steps that an offer takes over, up to so many, and the fen it costs."""
        world = self._held.world
        if wanted < 1 or world.undertaker_of_pair[pair] == self._failed:
            return 0, 0
        already, pairs = self._steps.get(pair, 0), world.pairs
        setup = 0 if already else int(pairs.offers.setup[pairs.offer[pair]])
        purse = self._purse(pair)
        works = (world.undertaker_of_pair[pair], *purse)
        first = setup + (0 if works in self._together else self._engagement(pair))
        price = self._price(pair)
        most = min(wanted, int(world.most[pair]) - already)
        if price > 0:
            most = min(most, int((self._money[purse] - first) / price + 1e-9))
        for limit, each in self._takes[pair].items():
            spent = setup if limit[1] == _MONEY else 0
            if each > 0:
                most = min(most, int((self._left[limit] - spent) / each + 1e-9))
        if most < 1 or (not already and (most < int(pairs.least[pair]) or self._closed(pair))):
            return 0, 0
        cost = int(np.ceil(most * price - 1e-6)) + first
        for limit, each in self._takes[pair].items():
            self._left[limit] -= most * each + (setup if limit[1] == _MONEY else 0)
        self._money[purse] -= cost
        self._steps[pair] = already + most
        self._together.add(works)
        return most, cost

    def _price(self, pair: int) -> float:
        """Fen a grid step."""
        pairs = self._held.world.pairs
        return float(pairs.price[pair]) / 1e4 * float(self._held.world.need_step[pairs.need[pair]])

    def _purse(self, pair: int) -> tuple[int, int]:
        pairs = self._held.world.pairs
        return int(self._held.buyer[pairs.need[pair]]), int(pairs.year[pair])

    def _engagement(self, pair: int) -> int:
        row: Mapping[str, Any] = self._held.world.facts.undertakers[self._held.world.undertaker_of_pair[pair]]
        return fen(row["engagement_cost"])

    def _closed(self, pair: int) -> bool:
        """May no further award be made here: the need has all it may have, another offer excludes it, a package?"""
        world = self._held.world
        pairs, offers = world.pairs, world.pairs.offers
        need, c, offer = int(pairs.need[pair]), int(pairs.year[pair]), int(pairs.offer[pair])
        there = [i for i in self._markets[need, c] if i in self._steps]
        most, group = int(world.facts.needs.max_awards[need, c]), offers.excludes[offer]
        excluded = group is not None and any(offers.excludes[pairs.offer[i]] == group for i in there)
        return offers.package[offer] is not None or excluded or 0 <= most <= len(there)
