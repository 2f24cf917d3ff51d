"""Rules that look at a whole plan: shares of outlay, counts, steps, terms, contracts, balance between districts.

Written from the rules alone: a plan is a path for each need, and every rule is asked of it as it stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from math import ceil
from typing import Any

from gpsopt.money import fen

from .choices import YearChoice
from .world import Need, Pair, World, units

Plan = list[tuple[Need, tuple[YearChoice, ...]]]


def further_rules_hold(world: World, plan: Plan) -> bool:
    """Does the plan keep every further clause that is in force?"""
    clauses = world.settings.clauses
    rules = {
        "plural_supply": _plural, "social_organisations": _social, "affiliated_share": _affiliated,
        "project_limit": _projects, "gradual_purchase": _gradual, "balanced_areas": _balanced,
        "contract_term": _terms, "commitments": _commitments,
    }  # fmt: skip
    return all(rule(world, plan) for name, rule in rules.items() if clauses.on(name))


def _awards(plan: Plan) -> Iterator[tuple[Need, int, Pair, int]]:
    """(need, place of the year, pair, fen) of every award."""
    for need, path in plan:
        for place, choice in enumerate(path):
            for pair, quantity in choice.bought:
                yield need, place, pair, pair.amount(quantity)


def _undertakers(world: World) -> dict[str, Any]:
    return {row["undertaker"]: row for row in world.inputs.rows("undertakers")}


def _plural(world: World, plan: Plan) -> bool:
    clause, known = world.settings.clauses.plural_supply, _undertakers(world)
    home = {need.name: need for need, _path in plan}

    def market(need: Need, place: int) -> tuple[Any, ...]:
        return (need.purchaser, need.item if clause.scope == "item" else "", place)

    heads = defaultdict(set)
    for pair in world.pairs:
        row = known[pair.undertaker]
        if row["affiliated_to"] != home[pair.need].purchaser:
            heads[market(home[pair.need], pair.place)].add(row["group"] or ("alone", pair.undertaker))
    spent: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for need, place, pair, amount in _awards(plan):
        spent[market(need, place)][pair.undertaker] += amount
    for key, parts in spent.items():
        if len(heads[key]) < ceil(1 / Fraction(clause.max_share)):
            continue
        if world.budget[key[0], key[2]] < fen(clause.min_outlay):
            continue
        if max(parts.values()) > Fraction(clause.max_share) * sum(parts.values()):
            return False
    return True


def _social(world: World, plan: Plan) -> bool:
    clause, known = world.settings.clauses.social_organisations, _undertakers(world)
    total, part = defaultdict(int), defaultdict(int)
    for need, place, pair, amount in _awards(plan):
        key = (need.purchaser if clause.by == "purchaser" else "", place)
        total[key] += amount
        part[key] += amount if known[pair.undertaker]["kind"] == "social_organisation" else 0
    return all(part[key] >= Fraction(clause.min_share) * amount for key, amount in total.items())


def _affiliated(world: World, plan: Plan) -> bool:
    clause, known = world.settings.clauses.affiliated_share, _undertakers(world)
    total, part = defaultdict(int), defaultdict(int)
    for need, place, pair, amount in _awards(plan):
        total[need.purchaser, place] += amount
        part[need.purchaser, place] += amount if known[pair.undertaker]["affiliated_to"] == need.purchaser else 0
    return all(part[key] <= Fraction(clause.max_share) * amount for key, amount in total.items())


def _projects(world: World, plan: Plan) -> bool:
    clause, known = world.settings.clauses.project_limit, _undertakers(world)
    count = defaultdict(int)
    for _need, place, pair, _amount in _awards(plan):
        if not clause.kinds or known[pair.undertaker]["kind"] in clause.kinds:
            count[pair.undertaker, place] += 1
    return all(number <= clause.max_awards for number in count.values())


def _gradual(world: World, plan: Plan) -> bool:
    clause = world.settings.clauses.gradual_purchase
    basic = {row["item"] for row in world.inputs.rows("items") if row["basic"]}
    for need, path in plan:
        for place, choice in enumerate(path):
            year, demand = world.settings.years[place], need.years[place].demand
            if need.item not in basic:
                bound = clause.floor is not None and (clause.from_ is None or year >= clause.from_)
                if bound and choice.units_bought < Fraction(clause.floor) * demand:
                    return False
            elif need.quantity:
                before = path[place - 1].kept if place else need.quantity
                if clause.step is not None and before - choice.kept > Fraction(clause.step) * need.quantity:
                    return False
                if place:
                    fall = max(0, need.years[place - 1].demand - demand)
                    if choice.units_bought < path[place - 1].units_bought - fall:
                        return False
    return True


def _balanced(world: World, plan: Plan) -> bool:
    clause = world.settings.clauses.balanced_areas
    lost, wanted = defaultdict(Fraction), defaultdict(Fraction)
    for need, path in plan:
        for place, choice in enumerate(path):
            year = need.years[place]
            worth = year.weight * need.unit_value
            for key in ((need.area, place), place):
                wanted[key] += worth * year.target
                lost[key] += worth * max(0, year.target - choice.served)
    for key in [k for k in wanted if isinstance(k, tuple) and wanted[k] > 0]:
        reached, city = 1 - lost[key] / wanted[key], 1 - lost[key[1]] / wanted[key[1]]
        if reached < Fraction(clause.ratio) * city:
            return False
    return True


def _terms(world: World, plan: Plan) -> bool:
    clause, years = world.settings.clauses.contract_term, world.settings.years
    there = {(pair.offer, pair.need, pair.place) for pair in world.pairs}
    won = {(pair.offer, need.name, place) for need, place, pair, _amount in _awards(plan)}
    for offer, need, place in won:
        if (offer, need, place - 1) in won or (years[place] < 2020 and not clause.before_force):
            continue
        for later in range(place + 1, len(years)):
            if years[later] >= years[place] + clause.years or (offer, need, later) not in there:
                break
            if (offer, need, later) not in won:
                return False
    return True


def _commitments(world: World, plan: Plan) -> bool:
    bought = {
        (pair.offer, need.name, world.settings.years[place]): (quantity, pair.amount(quantity))
        for need, path in plan for place, choice in enumerate(path) for pair, quantity in choice.bought
    }  # fmt: skip
    owed: dict[Any, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for row in world.inputs.rows("contracts"):
        now = world.settings.years[:1] if world.settings.stage == "execution" else ()
        for year in world.settings.years if row["fixed"] else now:
            if row["year"] <= year <= (row["until_year"] or row["year"]):
                quantity, amount = owed[row["offer"], row["need"], year]
                said = row["quantity"] is not None
                owed[row["offer"], row["need"], year] = (
                    quantity + units(row["quantity"] or 0), amount + (0 if said else fen(row["amount"] or 0)),
                )  # fmt: skip
    pairs = {(pair.offer, pair.need, world.settings.years[pair.place]): pair for pair in world.pairs}
    for key, (quantity, amount) in owed.items():
        found, paid = bought.get(key, (0, 0))
        if found < max(1, quantity) or paid < amount + (pairs[key].amount(quantity) if quantity and amount else 0):
            return False
    return True
