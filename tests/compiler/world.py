"""A small random world with every form of rule that the model's clauses use; each rule is written once.

`build(seed)` makes it of array components, `build(seed, ordinary=True)` of stock Pyomo: same sets, numbers, rules.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from gpsopt.compiler import ArrayConstraint, ArrayExpression, ArrayParam, ArraySet, ArrayVar, member_set

YEARS = (2014, 2015, 2016)


def _array_set(keys: list[Any], dimen: int, ordinary: bool) -> Any:
    return pyo.Set(initialize=keys, dimen=dimen) if ordinary else ArraySet(keys, dimen=dimen)


def _members(outer: Any, inner: Any, held: dict[Any, list[Any]], ordinary: bool) -> Any:
    if ordinary:
        return pyo.Set(outer, initialize={key: held.get(key, []) for key in outer}, dimen=inner.dimen)
    return member_set(outer, inner, held)


def _param(index: Any, values: np.ndarray, ordinary: bool) -> Any:
    if ordinary:
        return pyo.Param(index, initialize=dict(zip(index, values.tolist(), strict=True)), domain=pyo.Any)
    return ArrayParam(index, values)


def _var(index: Any, lower: Any, upper: Any, integer: Any, ordinary: bool) -> Any:
    if not ordinary:
        return ArrayVar(index, lower=lower, upper=upper, integer=integer)
    size = len(index)
    low, high, whole = (
        dict(zip(index, np.broadcast_to(v, size).tolist(), strict=True)) for v in (lower, upper, integer)
    )
    bounds = {key: (low[key], None if high[key] == np.inf else high[key]) for key in index}
    made = pyo.Var(index, bounds=lambda m, *k: bounds[k if len(k) > 1 else k[0]])
    made.construct()
    for key in index:
        made[key].domain = pyo.Integers if whole[key] else pyo.Reals
    return made


def sets(m: Any, rng: np.random.Generator, ordinary: bool) -> None:
    needs = [f"n{i}" for i in range(7)]
    purchasers = [f"p{i}" for i in range(4)]  # p3 has no need
    offers = [f"o{i}" for i in range(9)]
    m.PURCHASERS = _array_set(purchasers, 1, ordinary)
    m.NEEDS = _array_set(needs, 1, ordinary)
    m.OFFERS = _array_set(offers, 1, ordinary)
    m.YEARS = _array_set(list(YEARS), 1, ordinary)
    m.LATER = _array_set([t for t in YEARS if t > YEARS[0]], 1, ordinary)
    need_years = [(n, t) for n in needs for t in YEARS if rng.random() < 0.85]
    m.NEED_YEARS = _array_set(need_years, 2, ordinary)
    pairs = [(o, n, t) for o in offers for n, t in need_years if rng.random() < 0.3 and n != "n5"]
    rng.shuffle(pairs)
    pairs = [(str(o), str(n), int(t)) for o, n, t in pairs]
    m.PAIRS = _array_set(pairs, 3, ordinary)
    m.EMPTY = _array_set([], 3, ordinary)
    m.PURCHASER_YEARS = _array_set([(p, t) for p in purchasers for t in YEARS], 2, ordinary)
    owner = {n: purchasers[i % 3] for i, n in enumerate(needs)}
    m.NEEDS_OF = _members(m.PURCHASERS, m.NEEDS, {p: [n for n in needs if owner[n] == p] for p in purchasers}, ordinary)
    own_needs = {
        (p, t): [(n, t) for n in needs if owner[n] == p and (n, t) in need_years] for p in purchasers for t in YEARS
    }
    m.NEED_YEARS_OF = _members(m.PURCHASER_YEARS, m.NEED_YEARS, own_needs, ordinary)
    of_need = {(n, t): [k for k in pairs if k[1:] == (n, t)] for n, t in need_years}
    m.PAIRS_OF = _members(m.NEED_YEARS, m.PAIRS, of_need, ordinary)
    scalar = {key: sorted(k[0] for k in held) for key, held in of_need.items()}
    m.OFFERS_OF = _members(m.NEED_YEARS, m.OFFERS, scalar, ordinary)
    m.OF_OFFER = _members(m.OFFERS, m.PAIRS, {o: [k for k in pairs if k[0] == o] for o in offers}, ordinary)


def symbols(m: Any, rng: np.random.Generator, ordinary: bool) -> None:
    def numbers(index: Any) -> np.ndarray:
        return np.round(rng.uniform(0.5, 9.0, len(index)), 2)

    m.price = _param(m.PAIRS, numbers(m.PAIRS), ordinary)
    m.setup = _param(m.PAIRS, np.where(rng.random(len(m.PAIRS)) < 0.5, 0.0, 3.0), ordinary)
    m.weight = _param(m.NEEDS, numbers(m.NEEDS), ordinary)
    m.floor = _param(m.NEED_YEARS, numbers(m.NEED_YEARS) / 10, ordinary)
    cap = numbers(m.OFFERS) * 100
    m.cap = _param(m.OFFERS, np.where(rng.random(len(cap)) < 0.4, np.inf, cap), ordinary)
    least = np.where(rng.random(len(m.OFFERS)) < 0.5, -np.inf, 0.0)
    m.least = _param(m.OFFERS, least, ordinary)
    m.budget = _param(m.PURCHASER_YEARS, numbers(m.PURCHASER_YEARS) * 40, ordinary)
    m.share = pyo.Param(initialize=0.4)
    m.scale = pyo.Param(initialize=2.5, mutable=True)
    m.purchased = _var(m.PAIRS, 0.0, numbers(m.PAIRS), False, ordinary)
    m.award = _var(m.PAIRS, 0.0, 1.0, True, ordinary)
    m.direct = _var(m.NEED_YEARS, 0.0, np.inf, rng.random(len(m.NEED_YEARS)) < 0.3, ordinary)
    m.worst = pyo.Var(bounds=(0, 1))
    m.count = pyo.Var([1, 2], domain=pyo.NonNegativeIntegers)


def served(m: Any, n: Any, t: Any) -> Any:
    return sum(m.purchased[o, n, t] for o in m.OFFERS_OF[n, t]) + m.direct[n, t]


def outlay(m: Any, n: Any, t: Any) -> Any:
    return sum(m.price[o, n2, t2] * m.purchased[o, n2, t2] + m.setup[o, n2, t2] * m.award[o, n2, t2]
               for o, n2, t2 in m.PAIRS_OF[n, t])  # fmt: skip


def total(m: Any) -> Any:
    return sum(m.weight[n] * m.direct[n, t] for n, t in m.NEED_YEARS)


# One rule for every form; over which set is said in RULES.
def at_least(b: Any, n: Any, t: Any) -> Any:
    return served(b.model(), n, t) >= b.model().floor[n, t]


def same_as(b: Any, o: Any, n: Any, t: Any) -> Any:
    return b.model().purchased[o, n, t] == b.model().award[o, n, t] * b.model().price[o, n, t] - b.model().worst


def both_sides(b: Any, n: Any, t: Any) -> Any:
    m = b.model()
    return sum(m.purchased[k] for k in m.PAIRS_OF[n, t]) <= 3 * m.direct[n, t] + m.floor[n, t]


def within_budget(b: Any, p: Any, t: Any) -> Any:
    m = b.model()
    return sum(outlay(m, n, t2) for n, t2 in m.NEED_YEARS_OF[p, t]) <= m.budget[p, t]


def flat_nested(b: Any, p: Any, t: Any) -> Any:
    m = b.model()
    held = sum(m.price[k] * m.purchased[k] for n, t2 in m.NEED_YEARS_OF[p, t] for k in m.PAIRS_OF[n, t2])
    return held <= m.share * m.budget[p, t] + m.worst


def ranged(b: Any, o: Any) -> Any:
    m = b.model()
    return pyo.inequality(m.least[o], sum(m.purchased[k] for k in m.OF_OFFER[o]) + 1 + m.worst, m.cap[o])


def as_tuple(b: Any, o: Any) -> Any:
    return (None, sum(b.model().award[k] for k in b.model().OF_OFFER[o]) + b.model().worst, b.model().cap[o] * 2)


def constants(b: Any, p: Any, t: Any) -> Any:
    m = b.model()
    held = sum(m.floor[n, t2] * m.weight[n] for n, t2 in m.NEED_YEARS_OF[p, t])
    return m.worst * (1 + held) / (m.share * m.budget[p, t]) <= (2 - m.worst / m.scale) + held


def against_the_city(b: Any, n: Any, t: Any) -> Any:
    m = b.model()
    return m.direct[n, t] / 2.0 - m.share * total(m) <= sum(m.floor[n2, t2] for n2, t2 in m.NEED_YEARS)


def many_products(b: Any, n: Any) -> Any:
    m = b.model()
    return -(m.weight[n] * m.share * (m.worst - 2 * m.count[1] + m.count[2])) >= -m.weight[n] * 100


def whole_city(b: Any) -> Any:
    m = b.model()
    return sum(m.purchased[o, n, t] for o, n, t in m.PAIRS) + total(m) + m.worst >= 4


def cancels(b: Any, n: Any, t: Any) -> Any:
    m = b.model()
    return m.direct[n, t] - m.direct[n, t] + m.worst + m.worst + 0.0 * m.count[1] >= -3


def as_number(b: Any, n: Any, t: Any) -> Any:
    return (t - YEARS[0]) * b.model().direct[n, t] + b.model().worst <= 50 * (1 + t - YEARS[0])


def named(b: Any, p: Any, t: Any) -> Any:
    m = b.model()
    return sum(m.served[n, t2] * m.weight[n] for n, t2 in m.NEED_YEARS_OF[p, t]) - m.everything <= m.budget[p, t] + 900


def twice(b: Any, n: Any, t: Any) -> Any:
    here = served(b.model(), n, t)
    return here - b.model().share * here <= 900 + 2 * here


def none_of_it(b: Any, o: Any, n: Any, t: Any) -> Any:
    return b.model().purchased[o, n, t] <= 1


def empty_sum(b: Any, p: Any) -> Any:
    m = b.model()
    return sum(m.purchased[k] for k in m.EMPTY) + m.worst <= m.weight["n0"] + m.direct[m.NEED_YEARS.at(1)]


RULES = {
    "at_least": ("NEED_YEARS", at_least),
    "same_as": ("PAIRS", same_as),
    "both_sides": ("NEED_YEARS", both_sides),
    "within_budget": ("PURCHASER_YEARS", within_budget),
    "flat_nested": ("PURCHASER_YEARS", flat_nested),
    "ranged": ("OFFERS", ranged),
    "as_tuple": ("OFFERS", as_tuple),
    "constants": ("PURCHASER_YEARS", constants),
    "against_the_city": ("NEED_YEARS", against_the_city),
    "many_products": ("NEEDS", many_products),
    "whole_city": (None, whole_city),
    "cancels": ("NEED_YEARS", cancels),
    "as_number": ("NEED_YEARS", as_number),
    "named": ("PURCHASER_YEARS", named),
    "twice": ("NEED_YEARS", twice),
    "none_of_it": ("EMPTY", none_of_it),
    "empty_sum": ("PURCHASERS", empty_sum),
}


def outlay_in(b: Any, p: Any, t: Any) -> Any:
    return sum(outlay(b.model(), n, t2) + 2 * b.model().floor[n, t2] for n, t2 in b.model().NEED_YEARS_OF[p, t])


def worst_of_all(b: Any) -> Any:
    return -b.model().worst + total(b.model()) + 7


def build(seed: int = 0, ordinary: bool = False) -> pyo.ConcreteModel:
    """The world; see the module."""
    rng = np.random.default_rng(seed)
    m = pyo.ConcreteModel()
    sets(m, rng, ordinary)
    symbols(m, rng, ordinary)
    rows, expression = (pyo.Constraint, pyo.Expression) if ordinary else (ArrayConstraint, ArrayExpression)
    m.served = expression(m.NEED_YEARS, rule=served)
    m.everything = expression(rule=total)
    for clause in ("first", "second"):
        m.add_component(clause, pyo.Block())
    for number, (name, (over, rule)) in enumerate(RULES.items()):
        block = m.first if number % 2 else m.second
        where = () if over is None else (m.component(over),)
        # Stock Pyomo refuses a comparison of mere numbers (a sum over nobody) unless told what it means.
        block.add_component(name, rows(*where, rule=pyo.simple_constraint_rule(rule) if ordinary else rule))
    m.aims = pyo.Block()
    m.aims.outlay = expression(m.PURCHASER_YEARS, rule=outlay_in)
    m.aims.worst = expression(rule=worst_of_all)
    return m
