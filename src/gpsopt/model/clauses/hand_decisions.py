"""hand_decisions: what the planner has decided by hand stays as it is."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from gpsopt.model.parts import index_set, param, rows, variable
from gpsopt.model.world import World


def hand_decisions(m: pyo.ConcreteModel, world: World) -> None:
    """Source: a rule of this system; the planner's locks.

    A planner would say: this one is settled; plan the rest around it.

        x[o,n,t] / least >= 1 or x = 0 (award yes or no);  x[o,n,t] = quantity;  d[n,t] = quantity

    | symbol | name | kind | unit |
    |---|---|---|---|
    | x | purchased | decision | item |
    | d | direct | decision | item |

    Its price: what an aim gains if the decision is set free.
    """
    place = {key: i for i, key in enumerate(world.pair_keys)}
    locks = [k for k in world.facts.settings.lock if k.year in world.facts.years]
    held = {(k.offer, k.need, k.year): k for k in locks if k.offer is not None}
    fixed = {key: k.quantity for key, k in held.items() if k.quantity is not None and key in place}
    direct = {(k.need, k.year): k.direct for k in locks if k.direct is not None}
    b = m.hand_decisions = pyo.Block()
    awarded = sorted(key for key, k in held.items() if k.award is True and key in place)
    b.AWARDED = index_set(awarded)
    b.of_least = param(b.AWARDED, [1.0 / _least(world, place[key]) for key in awarded])
    b.REFUSED = index_set(sorted(key for key, k in held.items() if k.award is False and key in place))
    b.FIXED = index_set(sorted(fixed))
    b.quantity = param(b.FIXED, [float(fixed[key]) for key in sorted(fixed)])
    # held by hand, but no clause leaves the pair: no plan can follow
    unmet = {key: k.quantity for key, k in sorted(held.items()) if (k.award or k.quantity) and key not in place}
    b.UNMET = index_set(sorted(unmet))
    b.ASKED = index_set(key for key, quantity in unmet.items() if quantity is None)
    b.MISSED = index_set(key for key, quantity in unmet.items() if quantity is not None)
    b.missed = param(b.MISSED, [float(quantity) for quantity in unmet.values() if quantity is not None])
    b.absent = variable(b.UNMET, upper=0.0)
    b.KEPT = index_set(sorted(direct))
    b.kept = param(b.KEPT, [float(direct[key]) for key in sorted(direct)])

    def award_is_held(b: Any, o: Any, n: Any, t: Any) -> Any:
        return b.of_least[o, n, t] * b.model().purchased[o, n, t] >= 1

    def refusal_is_held(b: Any, o: Any, n: Any, t: Any) -> Any:
        return b.model().purchased[o, n, t] <= 0

    def quantity_is_held(b: Any, o: Any, n: Any, t: Any) -> Any:
        return b.model().purchased[o, n, t] == b.quantity[o, n, t]

    def direct_is_held(b: Any, n: Any, t: Any) -> Any:
        return b.model().direct[n, t] == b.kept[n, t]

    def absent_offer_is_held(b: Any, o: Any, n: Any, t: Any) -> Any:
        return b.absent[o, n, t] >= 1

    def absent_quantity_is_held(b: Any, o: Any, n: Any, t: Any) -> Any:
        return b.absent[o, n, t] >= b.missed[o, n, t]

    b.absent_offer_is_held = rows(b.ASKED, absent_offer_is_held)
    b.absent_quantity_is_held = rows(b.MISSED, absent_quantity_is_held)
    b.award_is_held = rows(b.AWARDED, award_is_held)
    b.refusal_is_held = rows(b.REFUSED, refusal_is_held)
    b.quantity_is_held = rows(b.FIXED, quantity_is_held)
    b.direct_is_held = rows(b.KEPT, direct_is_held)


def _least(world: World, pair: int) -> float:
    """The least quantity of an award, in units."""
    return float(world.pairs.least[pair] * world.need_step[world.pairs.need[pair]])
