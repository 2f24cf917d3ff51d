"""contract_term: an award lasts its term."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from gpsopt.model.obligations import terms_of
from gpsopt.model.parts import index_set, rows
from gpsopt.model.world import World


def contract_term(m: pyo.ConcreteModel, world: World) -> None:
    """Source: Ministry of Finance Order 102, in force from March 2020 (terms up to three years); before that year
    only the choice of a scenario, never a duty, and the page says so: a term that a scenario gives binds in its years,
    one of model.toml from 2020 on (`before_force` says otherwise).

    A planner would say: who wins a contract keeps it for its term; it may be renewed, and ends with the model.

        y[o,n,t] - y[o,n,t-1] <= y[o,n,r]        for the years r after t within the term, as long as both exist;
                                                 t from 2020 on, before that only by a scenario's choice

    | symbol | name | kind | unit |
    |---|---|---|---|
    | y | award | decision | 0/1 |
    | years | the term | parameter | years |

    Its price: what an aim gains if the award may end a year earlier.
    """
    first, later = terms_of(world.facts, world.pair_keys)
    b = m.contract_term = pyo.Block()
    b.FIRST = index_set(first, dimen=4)  # (o, n, t, r): no award before t
    b.LATER = index_set(later, dimen=5)  # (o, n, s, t, r): s is the year before t

    def new_award_lasts(b: Any, o: Any, n: Any, t: Any, r: Any) -> Any:
        return b.model().award[o, n, t] <= b.model().award[o, n, r]

    def award_lasts_its_term(b: Any, o: Any, n: Any, s: Any, t: Any, r: Any) -> Any:
        m = b.model()
        return m.award[o, n, t] - m.award[o, n, s] <= m.award[o, n, r]

    b.new_award_lasts = rows(b.FIRST, new_award_lasts)
    b.award_lasts_its_term = rows(b.LATER, award_lasts_its_term)
