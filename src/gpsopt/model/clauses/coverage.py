"""coverage: every need reaches its floor; some needs are met in full or not at all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from gpsopt.model.decisions import served
from gpsopt.model.parts import index_set_of, param, rows, variable
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
    needs = world.facts.needs
    need, year = np.nonzero(needs.floor > 0)
    b = m.coverage = pyo.Block()
    b.FLOORS = index_set_of((m.NEEDS, need), (m.YEARS, year))
    b.floor = param(b.FLOORS, needs.floor[need, year] * world.need_step[need])
    whole, in_year = np.nonzero(needs.all_or_nothing)
    b.ALL_OR_NOTHING = index_set_of((m.NEEDS, whole), (m.YEARS, in_year))
    b.complete = variable(b.ALL_OR_NOTHING, upper=1.0, integer=True)

    def floor_is_reached(b: Any, n: Any, t: Any) -> Any:
        return served(b.model(), n, t) >= b.floor[n, t]

    def met_in_full_or_not_at_all(b: Any, n: Any, t: Any) -> Any:
        return served(b.model(), n, t) == b.model().demand[n, t] * b.complete[n, t]

    b.floor_is_reached = rows(b.FLOORS, floor_is_reached)
    b.met_in_full_or_not_at_all = rows(b.ALL_OR_NOTHING, met_in_full_or_not_at_all)
