"""related_needs: services that replace or require each other are planned together."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pyomo.environ as pyo

from gpsopt.model.decisions import served
from gpsopt.model.parts import index_set, member_set, param, rows
from gpsopt.model.world import World


def related_needs(m: pyo.ConcreteModel, world: World) -> None:
    """Source: 2(1), reform of the mechanism and mode of provision.

    A planner would say: who gets the one service is counted in the other.

        at_least <= sum over n of coefficient[n] * served[n,t] <= at_most

    | symbol | name | kind | unit |
    |---|---|---|---|
    | served | units that people get | expression | item |
    | coefficient | weight of a need in the relation | parameter | |
    | at_least, at_most | bounds of the relation | parameter | |

    Its price: what an aim gains if a bound moves by one.
    """
    terms: dict[Any, dict[str, float]] = defaultdict(dict)
    low: dict[Any, float] = {}
    high: dict[Any, float] = {}
    known = set(world.facts.needs.key)
    for _line, row in world.facts.scenario.tables.rows("relations"):
        for t in world.facts.years if row["year"] is None else (row["year"],):
            if t not in world.facts.years or row["need"] not in known:
                continue
            given = terms[row["relation"], t]  # a row of the year adds to one of every year
            given[row["need"]] = given.get(row["need"], 0.0) + float(row["coefficient"])
            if row["at_least"] is not None:
                low[row["relation"], t] = float(row["at_least"])
            if row["at_most"] is not None:
                high[row["relation"], t] = float(row["at_most"])
    keys = sorted(key for key in terms if key in low or key in high)
    b = m.related_needs = pyo.Block()
    b.RELATIONS = index_set(keys)
    b.TERMS = index_set((r, n, t) for r, t in keys for n in sorted(terms[r, t]))
    b.NEEDS_IN = member_set(b.RELATIONS, {key: sorted(terms[key]) for key in keys})
    b.coefficient = param(b.TERMS, [terms[r, t][n] for r, t in keys for n in sorted(terms[r, t])])
    b.AT_LEAST = index_set(key for key in keys if key in low)
    b.AT_MOST = index_set(key for key in keys if key in high)
    b.at_least = param(b.AT_LEAST, np.array([low[key] for key in keys if key in low]))
    b.at_most = param(b.AT_MOST, np.array([high[key] for key in keys if key in high]))

    def total(b: Any, r: Any, t: Any) -> Any:
        return sum(b.coefficient[r, n, t] * served(b.model(), n, t) for n in b.NEEDS_IN[r, t])

    def not_below(b: Any, r: Any, t: Any) -> Any:
        return total(b, r, t) >= b.at_least[r, t]

    def not_above(b: Any, r: Any, t: Any) -> Any:
        return total(b, r, t) <= b.at_most[r, t]

    b.not_below = rows(b.AT_LEAST, not_below)
    b.not_above = rows(b.AT_MOST, not_above)
