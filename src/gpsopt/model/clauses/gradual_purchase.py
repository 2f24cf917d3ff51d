"""gradual_purchase: basic services move step by step, and what has been moved stays moved."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from gpsopt.model.decisions import bought
from gpsopt.model.obligations import gradual_floors, gradual_steps
from gpsopt.model.parts import index_set, member_set, param, rows, variable
from gpsopt.model.world import World


def gradual_purchase(m: pyo.ConcreteModel, world: World) -> None:
    """Source: 2(2)2, steady and gradual; basic services by steps, others in principle bought.

    A planner would say: of a basic service at most this part moves in a year, and it does not move back and forth;
    what is not basic is bought at least to this part from that year on.

        basic, D > 0:    moved[n,t] <= step * D[n]
                         sum of x[t] >= sum of x[t-1] - max(0, demand[t-1] - demand[t])
        not basic:       sum of x[t] >= floor * demand[n,t]        from the year `from` on

    | symbol | name | kind | unit |
    |---|---|---|---|
    | moved | units given up in the year | decision | item |
    | x | purchased | decision | item |
    | step, floor | the largest part a year, the least part | parameter | 0 to 1 |

    Its price: what an aim gains if one more unit may move, or one unit less need be bought.
    """
    b = m.gradual_purchase = pyo.Block()
    steps, falls = gradual_steps(world.facts)
    floors = gradual_floors(world.facts)
    size = dict(zip(world.facts.needs.key, world.need_step, strict=True))
    b.BASIC = index_set(sorted(steps), dimen=2)
    b.step = param(b.BASIC, [steps[key] * size[key[0]] for key in sorted(steps)])
    offered = {(n, t) for _o, n, t in world.pair_keys}
    falls = {(n, s, t): fall for (n, s, t), fall in falls.items() if {(n, s), (n, t)} & offered}
    b.FOLLOWING = index_set(sorted(falls), dimen=3)
    b.fall = param(b.FOLLOWING, [falls[key] * size[key[0]] for key in sorted(falls)])
    b.BOUGHT = index_set(sorted(floors), dimen=2)
    b.floor = param(b.BOUGHT, [floors[key] * size[key[0]] for key in sorted(floors)])
    alone = sorted(set(floors) - offered)
    b.ALONE = index_set(alone, dimen=2)  # nobody offers anything: a row all the same, which nothing fills
    b.ALONE_IN = member_set(b.BOUGHT, {key: [key] for key in alone}, dimen=2)
    b.nothing = variable(b.ALONE, upper=0.0)

    def moves_by_steps(b: Any, n: Any, t: Any) -> Any:
        return b.model().moved[n, t] <= b.step[n, t]

    def what_moved_stays_moved(b: Any, n: Any, s: Any, t: Any) -> Any:
        m = b.model()
        return bought(m, n, t) - bought(m, n, s) >= -b.fall[n, s, t]

    def others_are_bought(b: Any, n: Any, t: Any) -> Any:
        return bought(b.model(), n, t) + sum(b.nothing[k, s] for k, s in b.ALONE_IN[n, t]) >= b.floor[n, t]

    b.moves_by_steps = rows(b.BASIC, moves_by_steps)
    b.what_moved_stays_moved = rows(b.FOLLOWING, what_moved_stays_moved)
    b.others_are_bought = rows(b.BOUGHT, others_are_bought)
