"""The aims: what is sought, each as one expression a purchaser (their sum is the aim).

| aim | formula | unit |
|---|---|---|
| livelihood_shortfall, shortfall | sum weight * unit value * s over livelihood items; over the rest | 万元 |
| worst_area | the least coverage over areas and years | share |
| outlay | sum of direct + stranded + purchased | 万元 |
| quality | sum (score - reference) * unit value * quantity over what is bought and kept | 万元 |
| benefit | sum weight * served | |
| transition | sum unit value * x over purchasable items | 万元 |

Coverage of an area and year = 1 - sum weight * unit value * s / sum weight * unit value * target * demand.
Sources: 3(1) livelihood first, 1(2) unbalanced development, 3(6) quality; docs: the model's section on aims.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pyomo.environ as pyo

from gpsopt.model.decisions import served
from gpsopt.model.parts import expressions, index_set, member_set, owned, param, rows, variable
from gpsopt.model.symbols import purchaser_of_need
from gpsopt.model.world import FEN_PER_WAN, World
from gpsopt.settings import AIMS

#: aims counted in 万元 inside the model
YUAN_PER_WAN: Final = 10_000.0
MONEY_AIMS: Final = ("livelihood_shortfall", "shortfall", "outlay", "quality", "transition")


def gravity_of(world: World) -> np.ndarray[Any, np.dtype[np.float64]]:
    """万元 that one missing unit of a need counts for, (needs, years)."""
    weight = world.facts.needs.weight.astype(np.float64)
    return np.asarray(weight * world.unit_value_wan[:, None])


def aims(m: pyo.ConcreteModel, world: World) -> None:
    """The Block of the aims in the order, each an expression indexed by purchaser."""
    m.aims = pyo.Block()
    m.gravity = param(m.NEED_YEARS, gravity_of(world).ravel())
    said = world.facts.settings.aims
    for name in dict.fromkeys((*said.order, *said.limit)):
        _ADD[name](m, world)


def aim_limits(m: pyo.ConcreteModel, world: World) -> None:
    """A row for each limit of an aim: the whole aim is no worse than that (`[aims.limit]`, in yuan or shares)."""
    limits = world.facts.settings.aims.limit
    if not limits:
        return
    m.aim_limit = pyo.Block()
    for name in sorted(limits):
        unit = YUAN_PER_WAN if name in MONEY_AIMS else 1.0
        one = index_set([name])
        setattr(m.aim_limit, f"{name.upper()}_LIMIT", one)
        limit = param(one, [float(limits[name]) / unit])
        setattr(m.aim_limit, f"{name}_limit", limit)
        setattr(m.aim_limit, name, rows(one, _within(getattr(m.aims, name), limit, AIMS[name])))


def _within(aim: Any, limit: Any, sense: str) -> Callable[[Any, Any], Any]:
    parts = aim.index_set()

    def no_worse(b: Any, k: Any) -> Any:
        whole = sum(aim[p] for p in parts)
        return whole <= limit[k] if sense == "min" else whole >= limit[k]

    return no_worse


def _shortfall(m: pyo.ConcreteModel, world: World, name: str, livelihood: bool) -> None:
    facts = world.facts
    mine = np.array([facts.items[item]["livelihood"] == livelihood for item in facts.needs.item], dtype=bool)
    owner = np.where(mine, purchaser_of_need(world), -1)
    counted = owned(m.PURCHASERS, m.NEED_YEARS, np.repeat(owner, len(facts.years)))
    setattr(m.aims, f"COUNTED_IN_{name}", counted)

    def missing(b: Any, p: Any) -> Any:
        m = b.model()
        return sum(m.gravity[n, t] * m.shortfall[n, t] for n, t in counted[p])

    setattr(m.aims, name, expressions(m.PURCHASERS, missing))


def _livelihood_shortfall(m: pyo.ConcreteModel, world: World) -> None:
    _shortfall(m, world, "livelihood_shortfall", livelihood=True)


def _other_shortfall(m: pyo.ConcreteModel, world: World) -> None:
    _shortfall(m, world, "shortfall", livelihood=False)


def _worst_area(m: pyo.ConcreteModel, world: World) -> None:
    """One variable below every coverage; it belongs to no purchaser and is held in total."""
    needs, years = world.facts.needs, world.facts.years
    wanted = gravity_of(world) * needs.target * world.need_step[:, None]
    members: dict[Any, list[str]] = defaultdict(list)
    total: dict[Any, float] = defaultdict(float)
    for i, a in enumerate(needs.area):
        for c, t in enumerate(years):
            if wanted[i, c] != 0:
                members[a, t].append(needs.key[i])
                total[a, t] += wanted[i, c]
    keys = sorted(key for key in members if total[key] > 0)
    b = m.worst_area = pyo.Block()
    b.AREA_YEARS = index_set(keys)
    b.NEEDS_IN = member_set(b.AREA_YEARS, {key: members[key] for key in keys})
    b.wanted = param(b.AREA_YEARS, [total[key] for key in keys])
    b.ONE = index_set(["coverage"])
    b.least = variable(b.ONE, upper=1.0)

    def no_area_is_below(b: Any, a: Any, t: Any) -> Any:
        m = b.model()
        missing = sum(m.gravity[n, t] * m.shortfall[n, t] for n in b.NEEDS_IN[a, t])
        return b.wanted[a, t] * b.least["coverage"] + missing <= b.wanted[a, t]

    b.no_area_is_below = rows(b.AREA_YEARS, no_area_is_below)
    m.aims.worst_area = expressions(b.ONE, lambda b, k: b.model().worst_area.least[k])


def _outlay(m: pyo.ConcreteModel, world: World) -> None:
    """Direct + stranded = E - released, and released = own + shared + unspent; purchased = own + drawn + engagement."""
    facts = world.facts
    cost: dict[str, float] = dict.fromkeys(facts.purchasers, 0.0)
    for i, p in enumerate(facts.needs.purchaser):
        cost[p] += float(facts.lines.expenditure[i].sum()) / FEN_PER_WAN
    m.aims.today = param(m.PURCHASERS, [cost[p] for p in facts.purchasers])

    def spent(b: Any, p: Any) -> Any:
        m = b.model()
        return (
            b.today[p]
            + sum(m.drawn[n, t] - m.shared[n, t] - m.unspent[n, t] for n in m.NEEDS_OF[p] for t in m.YEARS)
            + sum(m.engagement_cost[u, p, t] * m.engaged[u, p, t] for t in m.YEARS for u in m.ENGAGED_BY[p, t])
        )

    m.aims.outlay = expressions(m.PURCHASERS, spent)


def _quality(m: pyo.ConcreteModel, world: World) -> None:
    facts, marks = world.facts, world.marks
    items, value = facts.needs.item, world.unit_value_wan
    offers = world.pairs.offers
    above = np.array([float(s - marks.reference[i]) for s, i in zip(marks.score, offers.item, strict=True)])
    m.aims.worth = param(m.PAIRS, above[world.pairs.offer] * value[world.pairs.need])
    lined = np.flatnonzero(facts.lines.quantity > 0)
    line = [float(marks.line[n] - marks.reference[items[n]]) * value[n] for n in lined]
    m.aims.line_worth = param(m.LINES, line)
    m.aims.PAIRS_OF = owned(m.PURCHASERS, m.PAIRS, purchaser_of_need(world)[world.pairs.need])

    def gained(b: Any, p: Any) -> Any:
        m = b.model()
        return sum(b.worth[o, n, t] * m.purchased[o, n, t] for o, n, t in b.PAIRS_OF[p]) + sum(
            b.line_worth[n] * m.direct[n, t] for n in m.LINES_OF[p] for t in m.YEARS
        )

    m.aims.quality = expressions(m.PURCHASERS, gained)


def _benefit(m: pyo.ConcreteModel, world: World) -> None:
    m.aims.weight = param(m.NEED_YEARS, world.facts.needs.weight.astype(np.float64).ravel())

    def gained(b: Any, p: Any) -> Any:
        m = b.model()
        return sum(b.weight[n, t] * served(m, n, t) for n in m.NEEDS_OF[p] for t in m.YEARS)

    m.aims.benefit = expressions(m.PURCHASERS, gained)


def _transition(m: pyo.ConcreteModel, world: World) -> None:
    m.aims.BOUGHT_BY = owned(m.PURCHASERS, m.PAIRS, purchaser_of_need(world)[world.pairs.need])
    m.aims.value = param(m.PAIRS, world.unit_value_wan[world.pairs.need])

    def moved(b: Any, p: Any) -> Any:
        m = b.model()
        return sum(b.value[o, n, t] * m.purchased[o, n, t] for o, n, t in b.BOUGHT_BY[p])

    m.aims.transition = expressions(m.PURCHASERS, moved)


_ADD: Final[dict[str, Callable[[pyo.ConcreteModel, World], None]]] = {
    "livelihood_shortfall": _livelihood_shortfall,
    "shortfall": _other_shortfall,
    "worst_area": _worst_area,
    "outlay": _outlay,
    "quality": _quality,
    "benefit": _benefit,
    "transition": _transition,
}
