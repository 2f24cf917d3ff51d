"""Which offer may serve which need in which year, derived from the tables alone; the first clause that
excludes a pair is kept with it. Sources: 34号文 3(1), 3(3), 3(4), 3(5), 2(2)3."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from gpsopt.verify.world import Need, NeedYearKey, Offer, World

Pair = tuple[str, str, int]  # offer, need, year


@dataclass(frozen=True)
class Pairs:
    """`remaining` offers of each need and year in key order; `excluded` pairs with their clause;
    `candidates` and `thin` of each need and year with demand."""

    remaining: Mapping[NeedYearKey, tuple[str, ...]]
    excluded: Mapping[Pair, str]
    bent: Mapping[str, frozenset[Pair]]  # soft clause -> pairs that it would leave out
    candidates: Mapping[NeedYearKey, int]
    thin: Mapping[NeedYearKey, bool]

    def members(self, world: World) -> dict[tuple[str, int], set[Pair]]:
        """Package and year -> all its remaining pairs (one award decision for all of them)."""
        found: dict[tuple[str, int], set[Pair]] = defaultdict(set)
        for (need, year), offers in self.remaining.items():
            for offer in offers:
                package = world.offers[offer].package
                if package is not None:
                    found[package, year].add((offer, need, year))
        return found


def pairs_of(world: World) -> Pairs:
    """All candidate pairs of a world: matched, excluded clause by clause, packages kept whole."""
    excluded: dict[Pair, str] = {}
    matched: dict[NeedYearKey, list[str]] = {}
    for need, year, offers in _matches(world):
        matched[need.key, year] = [offer.key for offer in offers]
        for offer in offers:
            clause = first_clause_against(world, offer, need, year)
            if clause:
                excluded[offer.key, need.key, year] = clause
    _exclude_broken_packages(world, matched, excluded)
    bent = _bent(world, matched)
    unfit = excluded.keys() | {pair for pairs in bent.values() for pair in pairs}
    candidates = {key: _candidates(world, key, offers, unfit) for key, offers in matched.items()}
    thin = {key: is_thin(world, world.needs[key[0]], key[1], count) for key, count in candidates.items()}
    if world.on("competition") and world.settings.clauses.competition.on_thin == "keep_direct":
        for (need_key, year), offers_of in matched.items():
            line = world.lines.get(need_key)
            if thin[need_key, year] and line is not None and line.quantity > 0:
                if world.settings.clauses.soft("competition"):
                    bent["competition"] |= {(key, need_key, year) for key in offers_of}
                    continue
                for key in offers_of:
                    excluded.setdefault((key, need_key, year), "competition")
        _exclude_broken_packages(world, matched, excluded)
    remaining = {
        (need_key, year): tuple(o for o in offers_of if (o, need_key, year) not in excluded)
        for (need_key, year), offers_of in matched.items()
    }
    left = {clause: frozenset(pairs - excluded.keys()) for clause, pairs in bent.items()}
    return Pairs(remaining, excluded, left, candidates, thin)


def _bent(world: World, matched: Mapping[NeedYearKey, list[str]]) -> dict[str, set[Pair]]:
    """What the soft clauses on pairs would leave out."""
    tests = {"qualification": _unqualified, "fee_standard": _too_dear, "equal_competition": _dear_at_full_cost}
    soft = {name: test for name, test in tests.items() if world.settings.clauses.soft(name)}
    found: dict[str, set[Pair]] = {name: set() for name in (*soft, "competition")}
    for (need_key, year), offers in matched.items() if soft else ():
        for key in offers:
            for name, test in soft.items():
                if test(world, world.offers[key], world.needs[need_key], year):
                    found[name].add((key, need_key, year))
    return found


def mismatch(world: World, offer: Offer, need: Need, year: int) -> str:
    """Why an offer does not fit a need in a year at all: item, area, needs, years, demand; empty = it fits."""
    if offer.item != need.item.code:
        return "item"
    if offer.areas is not None and need.area not in offer.areas:
        return "areas"
    if offer.needs is not None and need.key not in offer.needs:
        return "needs"
    if not _in_years(offer, year):
        return "year"
    return "" if world.demand(need.key, year).demand > 0 else "demand"


def first_clause_against(world: World, offer: Offer, need: Need, year: int) -> str:
    """The first clause that excludes a matching pair by itself (packages and thin markets apart)."""
    if world.on("catalogue_scope") and world.scopes[need.key, year] != "purchasable":
        return "catalogue_scope"
    clauses = world.settings.clauses
    if not clauses.soft("qualification") and _unqualified(world, offer, need, year):
        return "qualification"
    if not clauses.soft("fee_standard") and _too_dear(world, offer, need, year):
        return "fee_standard"
    if not clauses.soft("equal_competition") and _dear_at_full_cost(world, offer, need, year):
        return "equal_competition"
    if world.on("award_size") and no_size(world, offer, world.demand(need.key, year).demand):
        return "award_size"
    return ""


def _unqualified(world: World, offer: Offer, need: Need, _year: int) -> bool:
    return world.on("qualification") and bool(unmet_conditions(world, offer, need))


def _too_dear(world: World, offer: Offer, need: Need, year: int) -> bool:
    demand = world.demand(need.key, year).demand
    return world.on("fee_standard") and above_standard(offer, need, world.price(offer, need, year), demand)


def _dear_at_full_cost(world: World, offer: Offer, need: Need, year: int) -> bool:
    """Within the standard by its price, above it with what it gets from the budget."""
    if not (world.on("fee_standard") and world.on("equal_competition")) or _too_dear(world, offer, need, year):
        return False
    price, demand = world.price(offer, need, year), world.demand(need.key, year).demand
    return above_standard(offer, need, price + subsidy_of(world, offer), demand)


def subsidy_of(world: World, offer: Offer) -> int:
    """What a public institution's offer already gets from the budget, millionths of a yuan a unit."""
    return offer.subsidy if world.undertakers[offer.undertaker].kind == "public_institution" else 0


def unmet_conditions(world: World, offer: Offer, need: Need) -> tuple[str, ...]:
    """The conditions of 3(3) that the undertaker does not meet: of the six, licences asked, credit asked."""
    undertaker = world.undertakers[offer.undertaker]
    asked = (
        *world.licences.get((need.item.code, None), ()),
        *world.licences.get((need.item.code, need.purchaser), ()),
    )
    unmet = [*undertaker.missing, *(licence for licence in asked if licence not in undertaker.licences)]
    least = world.settings.clauses.qualification.min_credit
    if least is not None and (undertaker.credit is None or undertaker.credit < least):
        unmet.append("credit")
    return tuple(unmet)


def above_standard(offer: Offer, need: Need, price: int, demand: int) -> bool:
    """price + setup / max_quantity > cost_standard, compared exactly (empty max_quantity = the demand)."""
    standard = need.item.cost_standard
    if standard is None:
        return False
    most = demand if offer.max_quantity is None else offer.max_quantity
    spare = standard - price
    step = need.item.step
    # setup is fen, prices are millionths of a yuan: 10,000 of them make a fen
    return spare < 0 or offer.setup * 10_000 * step.denominator > spare * most * step.numerator


def largest(world: World, offer: Offer, demand: int) -> int:
    """The most that one award may hold, in grid steps."""
    most = demand if offer.max_quantity is None else offer.max_quantity
    return most if world.oversupply else min(most, demand)


def no_size(world: World, offer: Offer, demand: int) -> bool:
    """Does no quantity fit between the smallest and the largest award?"""
    return offer.min_quantity > demand or largest(world, offer, demand) < max(offer.min_quantity, 1)


def is_thin(world: World, need: Need, year: int, candidates: int) -> bool:
    """Is a procurement item in demand, and has it fewer candidates than the clause in force asks for?"""
    competition = world.settings.clauses.competition
    judged = world.on("competition") and competition.on_thin != "ignore" and need.item.procurement
    return judged and world.demand(need.key, year).demand > 0 and candidates < competition.min_candidates


def _in_years(offer: Offer, year: int) -> bool:
    return (offer.first_year is None or offer.first_year <= year) and (
        offer.last_year is None or year <= offer.last_year
    )


def _matches(world: World) -> Iterator[tuple[Need, int, list[Offer]]]:
    """Every need and year with demand, and the offers that fit it, in key order."""
    listed: dict[str, list[Offer]] = defaultdict(list)
    by_place: dict[tuple[str, str | None], list[Offer]] = defaultdict(list)
    for offer in world.offers.values():
        if offer.needs is not None:
            for need_key in offer.needs:
                listed[need_key].append(offer)
        elif offer.areas is None:
            by_place[offer.item, None].append(offer)
        else:
            for area in offer.areas:
                by_place[offer.item, area].append(offer)
    for need in world.needs.values():
        item = need.item.code
        near = sorted(
            (*(o for o in listed[need.key] if o.item == item and (o.areas is None or need.area in o.areas)),
             *by_place[item, None], *by_place[item, need.area]),
            key=lambda o: o.key,
        )  # fmt: skip
        for year in world.years:
            if world.demand(need.key, year).demand > 0:
                yield need, year, [offer for offer in near if _in_years(offer, year)]


def _exclude_broken_packages(world: World, matched: Mapping[NeedYearKey, list[str]], excluded: dict[Pair, str]) -> None:
    """One excluded member excludes the whole package of that year (3(4): one contract)."""
    if not world.on("award_size"):
        return
    broken = {(p, year) for o, _need, year in excluded if (p := world.offers[o].package) is not None}
    if not broken:
        return
    for (need_key, year), offers in matched.items():
        for key in offers:
            if (world.offers[key].package, year) in broken:
                excluded.setdefault((key, need_key, year), "award_size")


def _candidates(world: World, key: NeedYearKey, offers: list[str], unfit: AbstractSet[Pair]) -> int:
    """Undertakers unrelated to each other and to the purchaser, among the pairs that are left."""
    purchaser = world.needs[key[0]].purchaser
    found = set()
    for offer in offers:
        if (offer, *key) in unfit:
            continue
        undertaker = world.undertakers[world.offers[offer].undertaker]
        if undertaker.affiliated_to != purchaser:
            found.add(("group", undertaker.group) if undertaker.group else ("one", undertaker.key))
    return len(found)
