"""balanced_areas: no district is left far behind the city."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

import numpy as np
import pyomo.environ as pyo

from gpsopt.model.decisions import served
from gpsopt.model.facts import Ints
from gpsopt.model.parts import index_set, member_set, param, rows, variable
from gpsopt.model.world import World


def balanced_areas(m: pyo.ConcreteModel, world: World) -> None:
    """Source: 1(2), unbalanced development between districts.

    A planner would say: every district reaches at least this part of what the city reaches.

        coverage[a,t] >= ratio * coverage[t]        coverage = 1 - sum w * s / sum w * target * demand

    over the needs of the clause's `domains` (all without), weighted as in worst_area. A larger shortfall elsewhere
    would lower the city and so help a district, therefore s is exact here: s = max(0, target * demand - served).

    | symbol | name | kind | unit |
    |---|---|---|---|
    | s, over | units missing to the target, units beyond it | decision | item |
    | beyond | the target is passed | decision | 0/1 |
    | w | weight * unit value | parameter | 万元 an item |
    | ratio | least part of the city's coverage | parameter | 0 to 1 |

    Its price: what an aim gains if the district may fall one 万元 of weighted need further behind.
    """
    clause = world.facts.settings.clauses.balanced_areas
    assert clause is not None  # the register builds clauses that are on
    needs, years = world.facts.needs, world.facts.years
    counted = counted_needs(world)
    b = m.balanced_areas = pyo.Block()
    keys = [(needs.key[n], years[c]) for n, c in counted]
    step = world.need_step
    b.COUNTED = index_set(keys, dimen=2)
    weight = {
        key: float(needs.weight[n, c]) * world.unit_value_wan[n] for key, (n, c) in zip(keys, counted, strict=True)
    }
    b.gravity = param(b.COUNTED, [weight[key] for key in keys])
    target = [needs.target[n, c] * step[n] for n, c in counted]
    room = np.array([max(0, needs.demand[n, c] - needs.target[n, c]) * step[n] for n, c in counted], dtype=float)
    if not m.find_component("needs.not_beyond_demand"):
        room = np.array([_all_that_may_come(world, n, c) * step[n] for n, c in counted], dtype=float)
    b.target = param(b.COUNTED, target)
    b.room = param(b.COUNTED, room)
    b.over = variable(b.COUNTED, upper=room)
    b.beyond = variable(b.COUNTED, upper=(room > 0).astype(float), integer=True)

    def shortfall_is_exact(b: Any, n: Any, t: Any) -> Any:
        m = b.model()
        return served(m, n, t) + m.shortfall[n, t] - b.over[n, t] == b.target[n, t]

    def over_only_beyond(b: Any, n: Any, t: Any) -> Any:
        return b.over[n, t] <= b.room[n, t] * b.beyond[n, t]

    def missing_only_below(b: Any, n: Any, t: Any) -> Any:
        return b.model().shortfall[n, t] <= b.target[n, t] - b.target[n, t] * b.beyond[n, t]

    b.shortfall_is_exact = rows(b.COUNTED, shortfall_is_exact)
    b.over_only_beyond = rows(b.COUNTED, over_only_beyond)
    b.missing_only_below = rows(b.COUNTED, missing_only_below)
    _balance(b, world, weight, dict(zip(keys, target, strict=True)), float(clause.ratio))


def _balance(b: pyo.Block, world: World, weight: dict[Any, float], target: dict[Any, float], ratio: float) -> None:
    """Multiplied by what the district wants, so that the row is in 万元."""
    area = dict(zip(world.facts.needs.key, world.facts.needs.area, strict=True))
    mine, all_, wanted = (
        defaultdict[Any, list[Any]](list),
        defaultdict[Any, list[Any]](list),
        defaultdict[Any, float](float),
    )
    for (n, t), worth in weight.items():
        mine[area[n], t].append((n, t))
        all_[t].append((n, t))
        wanted[area[n], t] += worth * target[n, t]
        wanted[t] += worth * target[n, t]
    keys = sorted(key for key in mine if wanted[key] > 0)
    b.AREAS = index_set(keys, dimen=2)
    b.MINE = member_set(b.AREAS, {key: mine[key] for key in keys}, dimen=2)
    b.CITY = member_set(b.AREAS, {key: all_[key[1]] for key in keys}, dimen=2)
    b.part = param(b.AREAS, [ratio * wanted[key] / wanted[key[1]] for key in keys])
    b.allowed = param(b.AREAS, [(1 - ratio) * wanted[key] for key in keys])

    def no_district_left_behind(b: Any, a: Any, t: Any) -> Any:
        m = b.model()
        lost = sum(b.gravity[n, s] * m.shortfall[n, s] for n, s in b.MINE[a, t])
        city = sum(b.gravity[n, s] * m.shortfall[n, s] for n, s in b.CITY[a, t])
        return lost - b.part[a, t] * city <= b.allowed[a, t]

    b.no_district_left_behind = rows(b.AREAS, no_district_left_behind)


def counted_needs(world: World) -> list[tuple[int, int]]:
    """(need, year) positions that count: of the clause's domains, with weight and target."""
    clause = world.facts.settings.clauses.balanced_areas
    assert clause is not None
    facts = world.facts
    return [
        (n, c)
        for n, item in enumerate(facts.needs.item)
        if not clause.domains or facts.items[item]["domain"] in clause.domains
        for c in range(len(facts.years))
        if facts.needs.weight[n, c] > 0 and facts.needs.target[n, c] > 0
    ]


def _all_that_may_come(world: World, need: int, column: int) -> int:
    """Steps that can be served at most where demand is no limit."""
    here = (world.pairs.need == need) & (world.pairs.year == column)
    return int(world.most[here].sum() + world.facts.lines.quantity[need] + world.facts.needs.demand[need, column])


def areas_short(world: World, served_steps: Ints) -> list[tuple[Any, Fraction]]:
    """(area, year) and by how much a plan breaks the rule, exact, in the row's own unit (万元); only broken ones."""
    clause = world.facts.settings.clauses.balanced_areas
    assert clause is not None
    needs, years = world.facts.needs, world.facts.years
    lost, wanted = defaultdict[Any, Fraction](Fraction), defaultdict[Any, Fraction](Fraction)
    for n, c in counted_needs(world):
        worth = Fraction(needs.weight[n, c]) * Fraction(world.facts.unit_value(needs.item[n])) * needs.step[n] / 10_000
        short = max(0, int(needs.target[n, c]) - int(served_steps[n, c]))
        for key in ((needs.area[n], years[c]), years[c]):
            lost[key] += worth * short
            wanted[key] += worth * int(needs.target[n, c])
    ratio = Fraction(clause.ratio)
    found = []
    for key in sorted(k for k in wanted if isinstance(k, tuple)):
        over = lost[key] - ratio * wanted[key] / wanted[key[1]] * lost[key[1]] - (1 - ratio) * wanted[key]
        if wanted[key] > 0 and over > 0:
            found.append((key, over))
    return found
