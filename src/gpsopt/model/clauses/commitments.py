"""commitments: what has been signed is honoured."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pyomo.environ as pyo

from gpsopt.model.facts import award_amount
from gpsopt.model.obligations import PairKey, commitments_of, steps_worth
from gpsopt.model.parts import index_set, param, rows, variable
from gpsopt.model.world import World


def commitments(m: pyo.ConcreteModel, world: World) -> None:
    """Source: 3(4), the purchaser signs a contract with the undertaker.

    A planner would say: signed contracts are in the plan, at least with what they were signed for.

        x[o,n,t] >= quantity (a signed row without a quantity: what costs at least its amount)

    for every row of `contracts` marked fixed, in every model year from its year to its until_year; in a plan made in
    mid-year (stage = "execution") also for every other contract that runs in the first model year. Contracts of one
    offer and need that run in the same year add up.

    | symbol | name | kind | unit |
    |---|---|---|---|
    | x | purchased | decision | item |
    | quantity | what was signed | parameter | item |

    Its price: what an aim gains if the contract bound to one unit less.
    """
    place = {key: i for i, key in enumerate(world.pair_keys)}
    signed = commitments_of(world.facts)
    b = m.commitments = pyo.Block()
    owed = {key: _units(world, place[key], *signed[key]) for key in sorted(signed) if key in place}
    held = {key: units for key, units in owed.items() if units is not None}
    unmet = {key: _worth(world, key, *signed[key]) for key in sorted(signed) if key not in held}
    b.SIGNED = index_set(held, dimen=3)
    b.quantity = param(b.SIGNED, list(held.values()))
    b.UNMET = index_set(unmet, dimen=3)
    b.missed = param(b.UNMET, list(unmet.values()))
    b.absent = variable(b.UNMET, upper=0.0)  # signed, but no clause leaves the pair: no plan can follow

    def contract_is_honoured(b: Any, o: Any, n: Any, t: Any) -> Any:
        return b.model().purchased[o, n, t] >= b.quantity[o, n, t]

    def absent_contract_is_honoured(b: Any, o: Any, n: Any, t: Any) -> Any:
        return b.absent[o, n, t] >= b.missed[o, n, t]

    b.contract_is_honoured = rows(b.SIGNED, contract_is_honoured)
    b.absent_contract_is_honoured = rows(b.UNMET, absent_contract_is_honoured)


def _units(world: World, pair: int, steps: int, amount: int) -> float | None:
    """Units of the pair that honour contracts of so many steps and, beyond them, of so many fen; None: none do."""
    pairs, need = world.pairs, world.pairs.need[pair]
    step = world.facts.needs.step[need]
    if amount:
        price, setup = int(pairs.price[pair]), int(pairs.offers.setup[pairs.offer[pair]])
        counted = award_amount(steps, step, price, setup) if steps else 0
        worth = steps_worth(counted + amount, step, price, setup)
        if worth is None:
            return None
        steps = max(steps, worth)
    return float(max(steps, int(pairs.least[pair])) * world.need_step[need])


def _worth(world: World, key: PairKey, steps: int, amount: int) -> float:
    """Units that were signed for where nothing can be bought; money at the unit value, a step where it is 0."""
    facts = world.facts
    need = facts.needs.key.index(key[1])
    step, value = Fraction(facts.needs.step[need]), Fraction(facts.unit_value(facts.needs.item[need]))
    if amount and value:
        return float(steps * step + Fraction(amount, 100) / value)
    return float(max(1, steps) * step)
