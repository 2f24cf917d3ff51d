"""continuity: nobody loses a service because it moves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from gpsopt.model.decisions import served
from gpsopt.model.parts import index_set_of, param, rows
from gpsopt.model.world import World


def continuity(m: pyo.ConcreteModel, world: World) -> None:
    """Source: 2(2)2, steady implementation.

    A planner would say: whoever gets the service today gets it next year too, whoever delivers it.

        served[n,t] >= steady[n,t],  steady = min(D_n, demand) * (1 - tolerance), in whole grid steps, never fewer

    | symbol | name | kind | unit |
    |---|---|---|---|
    | served | units that people get | expression | item |
    | steady | today's units, at most the demand | parameter | item |

    Its price: how much an aim would gain if one person fewer had to be kept served.
    """
    steady = world.facts.needs.steady
    need, year = np.nonzero(steady > 0)
    b = m.continuity = pyo.Block()
    b.STEADY = index_set_of((m.NEEDS, need), (m.YEARS, year))
    b.steady = param(b.STEADY, steady[need, year] * world.need_step[need])

    def nobody_loses_the_service(b: Any, n: Any, t: Any) -> Any:
        return served(b.model(), n, t) >= b.steady[n, t]

    b.nobody_loses_the_service = rows(b.STEADY, nobody_loses_the_service)
