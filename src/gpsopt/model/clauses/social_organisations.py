"""social_organisations: their part of what is bought does not fall below a share."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

import pyomo.environ as pyo

from gpsopt.model.shares import Key, Share, declare_shares
from gpsopt.model.world import World


def social_organisations(m: pyo.ConcreteModel, world: World) -> None:
    """Source: 1(3), social organisations take part in public service.

    A planner would say: at least this part of the money for awards goes to social organisations, each year.

        sum of amounts of social organisations  >=  min_share * sum of amounts

    for every year, or for every purchaser and year with `by = "purchaser"`, wherever there is a pair.

    | symbol | name | kind | unit |
    |---|---|---|---|
    | amount | price * x + setup * y of an award | decision | 万元 |
    | min_share | their least part | parameter | 0 to 1 |

    Its price: what an aim gains if one yuan less must go to them.
    """
    b = m.social_organisations = pyo.Block()
    clause = world.facts.settings.clauses.social_organisations
    assert clause is not None  # the register builds clauses that are on
    declare_shares(
        b, world, social_shares(world), "social_organisations_have_their_part", 2 if clause.by != "total" else 1
    )


def social_shares(world: World) -> list[Share]:
    """(year) or (purchaser, year)."""
    clause = world.facts.settings.clauses.social_organisations
    assert clause is not None
    facts, whole, part = world.facts, defaultdict[Key, list[int]](list), defaultdict[Key, list[int]](list)
    for i, n in enumerate(world.pairs.need):
        who = (facts.needs.purchaser[n],) if clause.by == "purchaser" else ()
        key = (*who, facts.years[world.pairs.year[i]])
        whole[key].append(i)
        if facts.undertakers[world.undertaker_of_pair[i]]["kind"] == "social_organisation":
            part[key].append(i)
    share = Fraction(clause.min_share)
    return [Share(key, tuple(part[key]), tuple(pairs), share, least=True) for key, pairs in whole.items()]
