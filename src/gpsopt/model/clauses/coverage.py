"""coverage: every need reaches its floor; some needs are met in full or not at all."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from gpsopt.model.decisions import served
from gpsopt.model.parts import index_set, param, rows, variable
from gpsopt.model.world import World


def coverage(m: pyo.ConcreteModel, world: World) -> None:
    """Source: 1(2), 2(2)1, where public services are absent, insufficient or unbalanced.

    A planner would say: at least this part of the demand is met, in every district and year.

        served[n,t] >= floor[n,t]
        served[n,t] = demand[n,t] * complete[n,t]   where the need is all or nothing

    | symbol | name | kind | unit |
    |---|---|---|---|
    | served | units that people get | expression | item |
    | floor | part of the demand that must be reached | parameter | item |
    | complete | the need is met in full | decision | 0/1 |

    Its price: what an aim loses for one more unit that must be reached.
    """
    needs, years = world.facts.needs, world.facts.years
    places = [(i, c) for i in range(len(needs.key)) for c in range(len(years))]
    floored = [(i, c) for i, c in places if needs.floor[i, c] > 0]
    whole = [(i, c) for i, c in places if needs.all_or_nothing[i, c]]
    b = m.coverage = pyo.Block()
    b.FLOORS = index_set((needs.key[i], years[c]) for i, c in floored)
    b.floor = param(b.FLOORS, [needs.floor[i, c] * world.need_step[i] for i, c in floored])
    b.ALL_OR_NOTHING = index_set((needs.key[i], years[c]) for i, c in whole)
    b.complete = variable(b.ALL_OR_NOTHING, upper=1.0, integer=True)

    def floor_is_reached(b: Any, n: Any, t: Any) -> Any:
        return served(b.model(), n, t) >= b.floor[n, t]

    def met_in_full_or_not_at_all(b: Any, n: Any, t: Any) -> Any:
        return served(b.model(), n, t) == b.model().demand[n, t] * b.complete[n, t]

    b.floor_is_reached = rows(b.FLOORS, floor_is_reached)
    b.met_in_full_or_not_at_all = rows(b.ALL_OR_NOTHING, met_in_full_or_not_at_all)
