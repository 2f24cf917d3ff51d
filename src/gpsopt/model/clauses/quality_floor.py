"""quality_floor: what is bought for a need is good enough on average."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from gpsopt.model.parts import index_set, param, rows
from gpsopt.model.world import World


def quality_floor(m: pyo.ConcreteModel, world: World) -> None:
    """Source: 3(6), evaluation of quantity, quality and satisfaction.

    A planner would say: what we buy here is at least of this quality, and people are at least this satisfied.

        sum over o of (quality[o] - min_quality) * x[o,n,t] >= 0        (likewise satisfaction)

    | symbol | name | kind | unit |
    |---|---|---|---|
    | x | purchased | decision | item |
    | quality, satisfaction | marks of the offer | parameter | 0 to 1 |
    | min_quality, min_satisfaction | the floor | parameter | 0 to 1 |

    Its price: what an aim gains if the floor is lowered by a point for one unit.
    """
    clause = world.facts.settings.clauses.quality_floor
    assert clause is not None  # the register builds clauses that are on
    served = {(n, t) for _o, n, t in world.pair_keys}
    b = m.quality_floor = pyo.Block()
    b.BOUGHT = index_set(k for k in m.NEED_YEARS.data() if k in served)
    places = world.pairs.offer
    low_quality, low_satisfaction = float(clause.min_quality or 0), float(clause.min_satisfaction or 0)
    b.quality_above = param(m.PAIRS, [float(world.marks.quality[o]) - low_quality for o in places])
    b.satisfaction_above = param(m.PAIRS, [float(world.marks.satisfaction[o]) - low_satisfaction for o in places])

    def quality_is_good_enough(b: Any, n: Any, t: Any) -> Any:
        m = b.model()
        return sum(b.quality_above[o, n, t] * m.purchased[o, n, t] for o in m.OFFERS_OF[n, t]) >= 0

    def people_are_satisfied(b: Any, n: Any, t: Any) -> Any:
        m = b.model()
        return sum(b.satisfaction_above[o, n, t] * m.purchased[o, n, t] for o in m.OFFERS_OF[n, t]) >= 0

    if clause.min_quality is not None:
        b.quality_is_good_enough = rows(b.BOUGHT, quality_is_good_enough)
    if clause.min_satisfaction is not None:
        b.people_are_satisfied = rows(b.BOUGHT, people_are_satisfied)
