"""Each clause as rules over the variables of a `CpPlan`, hard or soft, from the model's description."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from gpsopt.money import fen

from .world import units

if TYPE_CHECKING:
    from .cpsat import CpPlan

ONE: Final = Fraction(1)


def _continuity(p: CpPlan) -> None:
    for need in p.world.needs:
        for t, asked in enumerate(need.years):
            p.at_least("continuity", "yuan", [(p.served[need.name, t], ONE)], Fraction(asked.continuity),
                       need.unit_value)  # fmt: skip


def _coverage(p: CpPlan) -> None:
    for need in p.world.needs:
        for t, asked in enumerate(need.years):
            served = p.served[need.name, t]
            p.at_least("coverage", "yuan", [(served, ONE)], Fraction(asked.floor), need.unit_value)
            if asked.all_or_nothing:
                missed = served - asked.demand * p.decision()
                p.at_most("coverage", "yuan", [(missed, ONE)], Fraction(0), need.unit_value)
                p.at_least("coverage", "yuan", [(missed, ONE)], Fraction(0), need.unit_value)


def _own_capacity(p: CpPlan) -> None:
    """The undertaker's own units, each further resource, its money, and the offer's units; year by year."""
    inputs = p.world.inputs
    item = {row["offer"]: row["item"] for row in inputs.rows("offers")}
    for t, year in enumerate(p.years):
        for row in inputs.rows("undertakers"):
            mine = list(p.pairs(lambda pair, u=row["undertaker"], t=t: (pair.undertaker, pair.place) == (u, t)))
            if row["capacity"] is not None:
                use = {o["offer"]: Fraction(o["capacity_use"]) for o in inputs.rows("offers")}
                _within(p, mine, use, row["capacity"])
            given = {(c["resource"], c["year"]): c["capacity"] for c in inputs.rows("capacities")
                     if c["undertaker"] == row["undertaker"]}  # fmt: skip
            for resource in {r for r, _year in given}:
                use = {u["offer"]: Fraction(u["use"]) for u in inputs.rows("uses") if u["resource"] == resource}
                _within(p, mine, use, given.get((resource, year), given.get((resource, None))))
            if row["contract_limit"] is not None:
                terms = [(p.amount[i], Fraction(1, 100)) for i, _pair in mine]
                p.at_most("own_capacity", "yuan", terms, Fraction(row["contract_limit"]))
        for row in inputs.rows("offers"):
            here = list(p.pairs(lambda pair, o=row["offer"], t=t: (pair.offer, pair.place) == (o, t)))
            if row["capacity"] is not None and here:
                value = Fraction(inputs.unit_values.get(item[row["offer"]], 1))
                terms = [(p.bought[i], ONE) for i, _pair in here]
                p.at_most("own_capacity", "yuan", terms, Fraction(units(row["capacity"])), value)


def _within(p: CpPlan, mine: list[Any], use: dict[str, Fraction], most: Any) -> None:
    terms = [(p.bought[i], use[pair.offer]) for i, pair in mine if use.get(pair.offer)]
    if most is not None and terms:
        p.at_most("own_capacity", "resource", terms, Fraction(most))


def _award_size(p: CpPlan) -> None:
    for need in p.world.needs:
        for t, asked in enumerate(need.years):
            here = p.of[need.name, t]
            count = sum(p.award[i] for i in here)
            if asked.max_awards is not None:
                p.at_most("award_size", "award", [(count, ONE)], Fraction(asked.max_awards))
            if asked.min_awards > 1 and here:
                some = p.decision()
                p.m.add_max_equality(some, [p.award[i] for i in here])
                p.at_least("award_size", "award", [(count - asked.min_awards * some, ONE)], Fraction(0))
            for group in {p.world.pairs[i].excludes for i in here} - {None}:
                mine = sum(p.award[i] for i in here if p.world.pairs[i].excludes == group)
                p.at_most("award_size", "award", [(mine, ONE)], ONE)
    for t in p.places:
        for package in {pair.package for pair in p.world.pairs} - {None}:
            won = p.decision()
            for i, _pair in p.pairs(lambda pair, g=package, t=t: (pair.package, pair.place) == (g, t)):
                p.at_most("award_size", "award", [(p.award[i] - won, ONE)], Fraction(0))
                p.at_least("award_size", "award", [(p.award[i] - won, ONE)], Fraction(0))


def _related_needs(p: CpPlan) -> None:
    for relation in p.world.relations:
        terms = [(p.served[n, relation.place], c) for n, c in relation.coefficient.items()]
        if relation.at_least is not None:
            p.at_least("related_needs", "relation", terms, relation.at_least)
        if relation.at_most is not None:
            p.at_most("related_needs", "relation", terms, relation.at_most)


def _quality_floor(p: CpPlan) -> None:
    clause = p.world.settings.clauses.quality_floor
    for (n, _t), here in p.of.items():
        for name, least in (("quality", clause.min_quality), ("satisfaction", clause.min_satisfaction)):
            if least is not None:
                terms = [(p.bought[i], getattr(p.world.pairs[i], name) - Fraction(least)) for i in here]
                p.at_least("quality_floor", "yuan", terms, Fraction(0), p.need[n].unit_value)


def _undertaker_count(p: CpPlan) -> None:
    clause = p.world.settings.clauses.undertaker_count
    for t in p.places:
        awards: dict[str, list[Any]] = defaultdict(list)
        for i, pair in p.pairs(lambda pair, t=t: pair.place == t):
            awards[pair.undertaker].append(p.award[i])
        used = [p.decision() for _ in awards]
        for one, mine in zip(used, awards.values(), strict=True):
            p.m.add_max_equality(one, mine)
        p.at_least("undertaker_count", "undertaker", [(sum(used), ONE)], Fraction(clause.min or 0))
        if clause.max is not None:
            p.at_most("undertaker_count", "undertaker", [(sum(used), ONE)], Fraction(clause.max))


def _plural_supply(p: CpPlan) -> None:
    clause = p.world.settings.clauses.plural_supply
    known = {row["undertaker"]: row for row in p.world.inputs.rows("undertakers")}
    markets: dict[Any, list[int]] = defaultdict(list)
    for i, pair in enumerate(p.world.pairs):
        need = p.need[pair.need]
        markets[need.purchaser, need.item if clause.scope == "item" else None, pair.place].append(i)
    for (purchaser, _item, t), here in markets.items():
        rows = [known[p.world.pairs[i].undertaker] for i in here]
        heads = {r["group"] or (r["undertaker"],) for r in rows if r["affiliated_to"] != purchaser}
        if len(heads) < ceil(1 / Fraction(clause.max_share)):
            continue
        if p.world.budget[purchaser, t] < fen(clause.min_outlay):
            continue
        for undertaker in {r["undertaker"] for r in rows}:
            mine = [i for i in here if p.world.pairs[i].undertaker == undertaker]
            _share(p, "plural_supply", mine, here, Fraction(clause.max_share))


def _social_organisations(p: CpPlan) -> None:
    clause = p.world.settings.clauses.social_organisations
    kind = {row["undertaker"]: row["kind"] for row in p.world.inputs.rows("undertakers")}
    markets: dict[Any, list[int]] = defaultdict(list)
    for i, pair in enumerate(p.world.pairs):
        markets[p.need[pair.need].purchaser if clause.by == "purchaser" else None, pair.place].append(i)
    for here in markets.values():
        mine = [i for i in here if kind[p.world.pairs[i].undertaker] == "social_organisation"]
        _share(p, "social_organisations", mine, here, Fraction(clause.min_share), least=True)


def _affiliated_share(p: CpPlan) -> None:
    clause = p.world.settings.clauses.affiliated_share
    tie = {row["undertaker"]: row["affiliated_to"] for row in p.world.inputs.rows("undertakers")}
    markets: dict[Any, list[int]] = defaultdict(list)
    for i, pair in enumerate(p.world.pairs):
        markets[p.need[pair.need].purchaser, pair.place].append(i)
    for (purchaser, _t), here in markets.items():
        mine = [i for i in here if tie[p.world.pairs[i].undertaker] == purchaser]
        _share(p, "affiliated_share", mine, here, Fraction(clause.max_share))


def _share(p: CpPlan, clause: str, part: list[int], whole: list[int], share: Fraction, least: bool = False) -> None:
    """Amounts of a part against a share of the amounts of the whole, in yuan."""
    terms = [(p.amount[i], Fraction(1, 100)) for i in part] + [(p.amount[i], -share / 100) for i in whole]
    (p.at_least if least else p.at_most)(clause, "yuan", terms, Fraction(0))


def _project_limit(p: CpPlan) -> None:
    clause = p.world.settings.clauses.project_limit
    for row in p.world.inputs.rows("undertakers"):
        if not clause.kinds or row["kind"] in clause.kinds:
            for t in p.places:
                mine = p.pairs(lambda pair, u=row["undertaker"], t=t: (pair.undertaker, pair.place) == (u, t))
                terms = [(p.award[i], ONE) for i, _pair in mine]
                p.at_most("project_limit", "award", terms, Fraction(clause.max_awards))


def _gradual_purchase(p: CpPlan) -> None:
    clause = p.world.settings.clauses.gradual_purchase
    basic = {row["item"]: row["basic"] for row in p.world.inputs.rows("items")}
    for need in p.world.needs:
        bought = [sum(p.bought[i] for i in p.of[need.name, t]) for t in p.places]
        kept = [need.quantity, *(p.kept[need.name, t] for t in p.places)]
        for t, asked in enumerate(need.years):
            due = clause.floor is not None and (clause.from_ is None or p.years[t] >= clause.from_)
            if not basic[need.item] and due:
                least = Fraction(ceil(Fraction(clause.floor) * asked.demand))
                p.at_least("gradual_purchase", "yuan", [(bought[t], ONE)], least, need.unit_value)
            if basic[need.item] and need.quantity and clause.step is not None:
                most = Fraction(units(Fraction(clause.step) * need.quantity))
                p.at_most("gradual_purchase", "yuan", [(kept[t] - kept[t + 1], ONE)], most, need.unit_value)
        if basic[need.item] and need.quantity:
            for s, t in pairwise(p.places):
                fall = Fraction(max(0, need.years[s].demand - need.years[t].demand))
                p.at_least("gradual_purchase", "yuan", [(bought[t] - bought[s], ONE)], -fall, need.unit_value)


def _balanced_areas(p: CpPlan) -> None:
    """coverage of the area >= ratio x the city's, times what the area wants (yuan) and what the city wants."""
    clause = p.world.settings.clauses.balanced_areas
    domain = {row["item"]: row["domain"] for row in p.world.inputs.rows("items")}
    ratio = Fraction(clause.ratio)
    for t in p.places:
        lost: dict[str, list[Any]] = defaultdict(list)
        wanted: dict[str, Fraction] = defaultdict(Fraction)
        for need in p.world.needs:
            if not clause.domains or domain[need.item] in clause.domains:
                worth = need.years[t].weight * need.unit_value
                lost[need.area].append((p.short[need.name, t], worth))
                wanted[need.area] += worth * need.years[t].target
        city = sum(wanted.values(), Fraction(0))
        for area, terms in lost.items():
            if wanted[area] > 0:
                mine = [(v, city * c) for v, c in terms]
                whole = [(v, -ratio * wanted[area] * c) for others in lost.values() for v, c in others]
                limit = (1 - ratio) * wanted[area] * city
                p.at_most("balanced_areas", "yuan", [*mine, *whole], limit, 1 / city)


def _contract_term(p: CpPlan) -> None:
    clause = p.world.settings.clauses.contract_term
    at = {(pair.offer, pair.need, pair.place): p.award[i] for i, pair in enumerate(p.world.pairs)}
    for (offer, need, t), award in at.items():
        if p.years[t] < 2020 and not clause.before_force:
            continue
        for r in p.places[t + 1 :]:
            if p.years[r] >= p.years[t] + clause.years or (offer, need, r) not in at:
                break
            fresh = award - at.get((offer, need, t - 1), 0)
            p.at_most("contract_term", "award", [(fresh - at[offer, need, r], ONE)], Fraction(0))


def _commitments(p: CpPlan) -> None:
    """The contracts of a pair and year add up: units, and money where no units are said."""
    signed: dict[Any, tuple[int, int]] = {}
    for row in p.world.inputs.rows("contracts"):
        for t, year in enumerate(p.years):
            now = p.world.settings.stage == "execution" and t == 0
            if (row["fixed"] or now) and row["year"] <= year <= (row["until_year"] or row["year"]):
                quantity, amount = signed.get((row["offer"], row["need"], t), (0, 0))
                if row["quantity"] is None:
                    amount += fen(row["amount"] or 0)
                else:
                    quantity += units(row["quantity"])
                signed[row["offer"], row["need"], t] = quantity, amount
    at = {(pair.offer, pair.need, pair.place): i for i, pair in enumerate(p.world.pairs)}
    for key, (quantity, amount) in signed.items():
        value = p.need[key[1]].unit_value
        pair = p.world.pairs[at[key]] if key in at else None
        fewest = None if pair is None else _fewest(pair, quantity, amount)
        if fewest is not None:
            p.at_least("commitments", "yuan", [(p.bought[at[key]], ONE)], Fraction(fewest), value)
        else:
            units_of_amount = Fraction(amount, 100) / value
            p.at_least(
                "commitments", "yuan", [(p.nothing, ONE)], max(1 - bool(amount), quantity) + units_of_amount, value
            )


def _fewest(pair: Any, quantity: int, amount: int) -> int | None:
    """Units that honour what was signed: so many, and beyond them so much money."""
    owed = (pair.amount(quantity) if quantity and amount else 0) + amount
    units_ = max(1, quantity, pair.least)
    if pair.price == 0:
        return units_ if pair.setup >= owed else None
    while pair.amount(units_) < owed:
        units_ += 1
    return units_


def _hand_decisions(p: CpPlan) -> None:
    at = {(pair.offer, pair.need, pair.place): i for i, pair in enumerate(p.world.pairs)}
    for lock in p.world.locks:
        if lock.year not in p.years:
            continue
        t = p.years.index(lock.year)
        value = p.need[lock.need].unit_value
        i = at.get((lock.offer, lock.need, t))
        if lock.award:
            p.at_least("hand_decisions", "award", [(p.nothing if i is None else p.award[i], ONE)], ONE)
            continue
        units_ = p.kept[lock.need, t] if lock.direct is not None else p.nothing if i is None else p.bought[i]
        held = Fraction(lock.direct if lock.direct is not None else lock.quantity or 0)
        p.at_least("hand_decisions", "yuan", [(units_, ONE)], held, value)
        p.at_most("hand_decisions", "yuan", [(units_, ONE)], held, value)


def _no_new_posts(p: CpPlan) -> None:
    """Where it is hard, the world has no new units of what may be purchased."""
    for need in p.world.needs:
        for t in p.places:
            if need.may_add[t] and not need.staffed[t]:
                p.at_most("no_new_posts", "yuan", [(p.new[need.name, t], ONE)], Fraction(0), need.unit_value)


def _left_out(clause: str) -> Callable[[CpPlan], None]:
    """What is bought although the soft clause would leave it out: units, or yuan above the standard."""

    def rule(p: CpPlan) -> None:
        items = {row["item"]: row for row in p.world.inputs.rows("items")}
        subsidies = {row["offer"]: Fraction(row["subsidy"]) for row in p.world.inputs.rows("offers")}
        for i, pair in enumerate(p.world.pairs):
            if (pair.offer, pair.need, pair.place) not in p.world.bent.get(clause, ()):
                continue
            need = p.need[pair.need]
            if clause in ("qualification", "competition"):
                p.at_most(clause, "yuan", [(p.bought[i], ONE)], Fraction(0), need.unit_value)
                continue
            above = -Fraction(items[need.item]["cost_standard"])
            above += subsidies[pair.offer] if clause == "equal_competition" else 0
            p.at_most(clause, "yuan", [(p.amount[i], Fraction(1, 100)), (p.bought[i], above)], Fraction(0))

    return rule


#: clause -> its rules; those that only leave out pairs or new posts stand in the world
RULES: Final[dict[str, Callable[[CpPlan], None]]] = {
    "continuity": _continuity, "coverage": _coverage, "own_capacity": _own_capacity, "award_size": _award_size,
    "related_needs": _related_needs, "quality_floor": _quality_floor, "undertaker_count": _undertaker_count,
    "plural_supply": _plural_supply, "social_organisations": _social_organisations,
    "affiliated_share": _affiliated_share, "project_limit": _project_limit, "gradual_purchase": _gradual_purchase,
    "balanced_areas": _balanced_areas, "contract_term": _contract_term, "commitments": _commitments,
    "hand_decisions": _hand_decisions, "no_new_posts": _no_new_posts,
    **{name: _left_out(name) for name in ("qualification", "fee_standard", "equal_competition", "competition")},
}  # fmt: skip
