"""undertaker_count: not too few and not too many undertakers in a year."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyomo.environ as pyo

from gpsopt.model.parts import index_set, member_set, rows, variable
from gpsopt.model.world import World


def undertaker_count(m: pyo.ConcreteModel, world: World) -> None:
    """Source: 2(2)3, policies that favour a diversity of undertakers.

    A planner would say: at least so many undertakers have work, and no more than we can watch.

        min <= sum over u of used[u,t] <= max;  used = 1 exactly when u has an award

    | symbol | name | kind | unit |
    |---|---|---|---|
    | used | the undertaker has an award in the year | decision | 0/1 |
    | y | award | decision | 0/1 |

    Its price: what an aim gains from one undertaker fewer (or more).
    """
    clause = world.facts.settings.clauses.undertaker_count
    assert clause is not None  # the register builds clauses that are on
    members: dict[Any, list[Any]] = defaultdict(list)
    for i, (o, n, t) in enumerate(world.pair_keys):
        members[world.undertaker_of_pair[i], t].append((o, n))
    by_year: dict[int, list[str]] = {t: [] for t in world.facts.years}
    for u, t in sorted(members):
        by_year[t].append(u)
    b = m.undertaker_count = pyo.Block()
    b.USABLE = index_set(sorted(members))
    b.AWARDS_OF = member_set(b.USABLE, dict(members), dimen=2)
    b.USABLE_IN = member_set(m.YEARS, by_year)
    b.used = variable(b.USABLE, upper=1.0, integer=True)
    b.nobody = variable(m.YEARS, upper=0.0)  # a year without a candidate still has its rows
    b.BY_AWARD = index_set((u, o, n, t) for (u, t), awards in sorted(members.items()) for o, n in awards)
    least, most = clause.min or 0, len(members) if clause.max is None else clause.max

    def award_uses(b: Any, u: Any, o: Any, n: Any, t: Any) -> Any:
        return b.model().award[o, n, t] <= b.used[u, t]

    def used_has_an_award(b: Any, u: Any, t: Any) -> Any:
        return b.used[u, t] <= sum(b.model().award[o, n, t] for o, n in b.AWARDS_OF[u, t])

    def enough_undertakers(b: Any, t: Any) -> Any:
        return b.nobody[t] + sum(b.used[u, t] for u in b.USABLE_IN[t]) >= least

    def not_too_many_undertakers(b: Any, t: Any) -> Any:
        return b.nobody[t] + sum(b.used[u, t] for u in b.USABLE_IN[t]) <= most

    b.award_uses = rows(b.BY_AWARD, award_uses)
    b.used_has_an_award = rows(b.USABLE, used_has_an_award)
    b.enough_undertakers = rows(m.YEARS, enough_undertakers)
    b.not_too_many_undertakers = rows(m.YEARS, not_too_many_undertakers)
