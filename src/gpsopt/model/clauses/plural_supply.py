"""plural_supply: nobody becomes the only one who can deliver."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from math import ceil

import pyomo.environ as pyo

from gpsopt.model.shares import Key, Share, declare_shares
from gpsopt.model.world import World
from gpsopt.money import fen


def plural_supply(m: pyo.ConcreteModel, world: World) -> None:
    """Source: 2(2)3, a diversity of undertakers.

    A planner would say: no undertaker has more than this part of what a purchaser spends on awards in a year.

        sum of amounts of u  <=  max_share * sum of amounts        for every purchaser, year (and item) and u

    It binds where at least ceil(1 / max_share) undertakers unrelated to each other and to the purchaser have a pair
    and the purchaser's budget of the year is at least min_outlay; elsewhere it could not be kept by anybody.

    | symbol | name | kind | unit |
    |---|---|---|---|
    | amount | price * x + setup * y of an award | decision | 万元 |
    | max_share | the largest part | parameter | 0 to 1 |
    | min_outlay | budgets below this are left out | parameter | yuan |

    Its price: what an aim gains if one more yuan may go to the undertaker that stands at its limit.
    """
    b = m.plural_supply = pyo.Block()
    dimen = 3 if _scope(world) == "purchaser" else 4
    declare_shares(b, world, plural_shares(world), "nobody_has_too_much", dimen)


def _scope(world: World) -> str:
    clause = world.facts.settings.clauses.plural_supply
    assert clause is not None  # the register builds clauses that are on
    return clause.scope


def plural_shares(world: World) -> list[Share]:
    """(purchaser, [item,] undertaker, year) where the clause binds."""
    clause = world.facts.settings.clauses.plural_supply
    assert clause is not None
    found = []
    for key, pairs in _markets(world).items():
        if not _binds(world, key, pairs):
            continue
        mine: dict[str, list[int]] = defaultdict(list)
        for i in pairs:
            mine[world.undertaker_of_pair[i]].append(i)
        share = Fraction(clause.max_share)
        found += [Share((*key[:-1], u, key[-1]), tuple(part), tuple(pairs), share) for u, part in mine.items()]
    return found


def plural_spared(world: World) -> list[Key]:
    """(purchaser, [item,] year) that have pairs and where the clause, in force, binds nobody."""
    if not world.facts.settings.clauses.on("plural_supply"):
        return []
    return sorted(key for key, pairs in _markets(world).items() if not _binds(world, key, pairs))


def _markets(world: World) -> dict[Key, list[int]]:
    """(purchaser, [item,] year) -> its pairs."""
    scope, facts = _scope(world), world.facts
    markets: dict[Key, list[int]] = defaultdict(list)
    for i, n in enumerate(world.pairs.need):
        item = (facts.needs.item[n],) if scope == "item" else ()
        markets[facts.needs.purchaser[n], *item, facts.years[world.pairs.year[i]]].append(i)
    return markets


def _binds(world: World, key: Key, pairs: list[int]) -> bool:
    clause = world.facts.settings.clauses.plural_supply
    assert clause is not None
    enough = len(_unrelated(world, pairs, key[0])) >= ceil(1 / Fraction(clause.max_share))
    return enough and world.facts.budget.get((key[0], key[-1]), 0) >= fen(clause.min_outlay)


def _unrelated(world: World, pairs: list[int], purchaser: str) -> set[str]:
    """Heads among the undertakers of the pairs: one a group, none that belongs to the purchaser."""
    rows = [world.facts.undertakers[world.undertaker_of_pair[i]] for i in pairs]
    return {r["group"] or f"\0{r['undertaker']}" for r in rows if r["affiliated_to"] != purchaser}
