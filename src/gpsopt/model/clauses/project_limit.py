"""project_limit: nobody takes on more projects in a year than can be watched."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyomo.environ as pyo

from gpsopt.model.parts import index_set, member_set, rows
from gpsopt.model.world import World


def project_limit(m: pyo.ConcreteModel, world: World) -> None:
    """Source: rules of the Social Construction Fund, two projects an organisation and year; not in the document.

    A planner would say: an undertaker has at most so many awards in a year.

        sum over o of u, n of y[o,n,t] <= max_awards        for every u (of the kinds named) and t

    | symbol | name | kind | unit |
    |---|---|---|---|
    | y | award | decision | 0/1 |
    | max_awards | awards a year | parameter | awards |

    Its price: what an aim gains from one more award of the undertaker.
    """
    clause = world.facts.settings.clauses.project_limit
    assert clause is not None  # the register builds clauses that are on
    members = limited_awards(world)
    b = m.project_limit = pyo.Block()
    b.LIMITED = index_set(sorted(members), dimen=2)
    b.AWARDS_OF = member_set(b.LIMITED, members, dimen=3)
    b.max_awards = pyo.Param(initialize=float(clause.max_awards))

    def awards_within_limit(b: Any, u: Any, t: Any) -> Any:
        return sum(b.model().award[o, n, t] for o, n, t in b.AWARDS_OF[u, t]) <= b.max_awards

    b.awards_within_limit = rows(b.LIMITED, awards_within_limit)


def limited_awards(world: World) -> dict[Any, list[Any]]:
    """(undertaker, year) -> its pairs, where there are more of them than awards allowed."""
    clause = world.facts.settings.clauses.project_limit
    assert clause is not None
    facts = world.facts
    members: dict[Any, list[Any]] = defaultdict(list)
    for i, key in enumerate(world.pair_keys):
        u = world.undertaker_of_pair[i]
        if not clause.kinds or facts.undertakers[u]["kind"] in clause.kinds:
            members[u, key[2]].append(key)
    return {key: pairs for key, pairs in members.items() if len(pairs) > clause.max_awards}
