"""Which offer may serve which need in which year, and the whole World of a scenario."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from gpsopt.money import MICRO_PER_YUAN, fen, half_up
from gpsopt.scenario import Scenario

from .world import (
    Inputs,
    Marks,
    Need,
    Pair,
    Row,
    World,
    grown,
    oversupply_allowed,
    read_inputs,
    read_limits,
    read_marks,
    read_needs,
    read_relations,
    units,
)

CONDITIONS = ("civil_liability", "facilities", "governance", "accounts", "record")


def read_world(scenario: Scenario) -> World:
    """The scenario in whole numbers, with the pairs that no clause excludes."""
    inputs = read_inputs(scenario)
    settings = inputs.settings
    marks = read_marks(inputs)
    needs = read_needs(inputs, marks)
    place_of = {year: place for place, year in enumerate(settings.years)}
    budget = {(row["purchaser"], place): 0 for row in inputs.rows("purchasers") for place in place_of.values()}
    for row in inputs.rows("budgets"):
        if row["year"] in place_of:
            budget[row["purchaser"], place_of[row["year"]]] = fen(row["amount"])
    group = {
        row["purchaser"]: "municipal" if row["level"] == "municipal" else f"district {row['area']}"
        for row in inputs.rows("purchasers")
    }
    engagement = {row["undertaker"]: fen(row["engagement_cost"]) for row in inputs.rows("undertakers")}
    clauses = settings.clauses
    pairs, bent = allowed_pairs(inputs, needs, marks)
    return World(
        settings, needs, pairs,
        read_limits(inputs) if clauses.on("own_capacity") else (),
        read_relations(inputs) if clauses.on("related_needs") else (),
        budget, group, engagement,
        settings.lock if clauses.on("hand_decisions") else (), inputs, bent,
    )  # fmt: skip


Bent = dict[str, frozenset[tuple[str, str, int]]]


def allowed_pairs(inputs: Inputs, needs: tuple[Need, ...], marks: Marks) -> tuple[tuple[Pair, ...], Bent]:
    """Candidate pairs less those that a clause excludes, a package going as a whole; what soft ones would exclude."""
    bent: dict[str, set[tuple[str, str, int]]] = {}
    candidates: list[tuple[Pair, bool]] = []
    for need in needs:
        for offer in inputs.rows("offers"):
            for place, year in enumerate(inputs.settings.years):
                if _matches(need, offer, place, year):
                    pair = _capped(inputs, need, offer, _pair(inputs, need, offer, place, year, marks))
                    candidates.append((pair, _refused(inputs, need, offer, pair)))
                    for clause in _against(inputs, need, offer, pair):
                        if inputs.settings.clauses.soft(clause):
                            bent.setdefault(clause, set()).add((pair.offer, pair.need, pair.place))
    left = _without_broken_packages(inputs, candidates)
    unfit = {key for keys in bent.values() for key in keys}
    thin = thin_markets(inputs, needs, tuple(p for p in left if (p.offer, p.need, p.place) not in unfit))
    competition = inputs.settings.clauses.competition
    lines = {need.name for need in needs if need.quantity > 0}
    direct = competition.enabled and competition.on_thin == "keep_direct"
    if direct and competition.soft:
        bent["competition"] = {
            (p.offer, p.need, p.place) for p in left if (p.need, p.place) in thin and p.need in lines
        }
    said = {clause: frozenset(keys) for clause, keys in bent.items()}
    if not direct or competition.soft:
        return left, said
    kept = [(pair, (pair.need, pair.place) in thin and pair.need in lines) for pair in left]
    return _without_broken_packages(inputs, kept), said


def thin_markets(inputs: Inputs, needs: tuple[Need, ...], pairs: tuple[Pair, ...]) -> set[tuple[str, int]]:
    """(need, place) of procurement items with fewer than min_candidates independent undertakers."""
    undertakers = {row["undertaker"]: row for row in inputs.rows("undertakers")}
    procured = {row["item"] for row in inputs.rows("items") if row["procedure"] == "procurement"}
    found = set()
    for need in needs:
        for place in range(len(need.years)):
            here = {pair.undertaker for pair in pairs if (pair.need, pair.place) == (need.name, place)}
            independent = [undertakers[u] for u in here if undertakers[u]["affiliated_to"] != need.purchaser]
            heads = {("group", u["group"]) if u["group"] else ("alone", u["undertaker"]) for u in independent}
            if need.item in procured and len(heads) < inputs.settings.clauses.competition.min_candidates:
                found.add((need.name, place))
    return found


def _matches(need: Need, offer: Row, place: int, year: int) -> bool:
    return (
        offer["item"] == need.item
        and (not offer["areas"] or need.area in offer["areas"])
        and (not offer["needs"] or need.name in offer["needs"])
        and (offer["first_year"] is None or offer["first_year"] <= year)
        and (offer["last_year"] is None or year <= offer["last_year"])
        and need.years[place].demand > 0
    )


def _pair(inputs: Inputs, need: Need, offer: Row, place: int, year: int, marks: Marks) -> Pair:
    settings = inputs.settings
    price = half_up(grown(Fraction(offer["price"]), offer["growth"], year - settings.base_year) * MICRO_PER_YUAN)
    demand = need.years[place].demand
    least, most = 1, demand
    if settings.clauses.on("award_size"):
        least = max(1, units(offer["min_quantity"]))
        given = demand if offer["max_quantity"] is None else units(offer["max_quantity"])
        most = given if oversupply_allowed(settings) else min(given, demand)
    both = marks.of_offer(offer["offer"], need.item)
    return Pair(
        offer["offer"], offer["undertaker"], need.name, place, least, most,
        Fraction(price, MICRO_PER_YUAN), fen(offer["setup"]), offer["excludes"], offer["package"],
        marks.offer_above(offer["offer"], need.item), *both,
    )  # fmt: skip


def _refused(inputs: Inputs, need: Need, offer: Row, pair: Pair) -> bool:
    """Does a clause in force exclude the pair by itself?"""
    clauses = inputs.settings.clauses
    if clauses.on("catalogue_scope") and not need.may_buy[pair.place]:
        return True
    if any(not clauses.soft(clause) for clause in _against(inputs, need, offer, pair)):
        return True
    demand = need.years[pair.place].demand
    return clauses.on("award_size") and (units(offer["min_quantity"]) > demand or pair.most < pair.least)


def _against(inputs: Inputs, need: Need, offer: Row, pair: Pair) -> list[str]:
    """The clauses on who may be bought from, and at what price, that speak against a pair."""
    clauses, found = inputs.settings.clauses, []
    if clauses.on("qualification") and not _qualified(inputs, need, offer):
        found.append("qualification")
    if clauses.on("fee_standard"):
        institutions = {r["undertaker"] for r in inputs.rows("undertakers") if r["kind"] == "public_institution"}
        judged = clauses.on("equal_competition") and offer["undertaker"] in institutions
        if _too_dear(inputs, need, offer, pair, Fraction(0)):
            found.append("fee_standard")
        elif judged and _too_dear(inputs, need, offer, pair, Fraction(offer["subsidy"])):
            found.append("equal_competition")
    return found


def _qualified(inputs: Inputs, need: Need, offer: Row) -> bool:
    undertaker = next(r for r in inputs.rows("undertakers") if r["undertaker"] == offer["undertaker"])
    asked = {
        row["licence"]
        for row in inputs.rows("conditions")
        if row["item"] == need.item and row["purchaser"] in (None, need.purchaser)
    }
    credit, least = undertaker["credit"], inputs.settings.clauses.qualification.min_credit
    return (
        undertaker["registered"] != "no"
        and all(undertaker[name] for name in CONDITIONS)
        and asked <= set(undertaker["licences"] or ())
        and (least is None or (credit is not None and credit >= least))
    )


def _too_dear(inputs: Inputs, need: Need, offer: Row, pair: Pair, subsidy: Fraction) -> bool:
    standard = next(r["cost_standard"] for r in inputs.rows("items") if r["item"] == need.item)
    if standard is None:
        return False
    spread = _spread(need, offer, pair)
    if spread == 0:
        return pair.setup > 0 or pair.price + subsidy > Fraction(standard)
    return pair.price + subsidy + Fraction(pair.setup, 100 * spread) > Fraction(standard)


def _spread(need: Need, offer: Row, pair: Pair) -> int:
    """The units over which the setup is spread: the most an award may hold."""
    return need.years[pair.place].demand if offer["max_quantity"] is None else units(offer["max_quantity"])


def _capped(inputs: Inputs, need: Need, offer: Row, pair: Pair) -> Pair:
    """Under mode = "cap" the price is at most what the standard leaves, in whole millionths."""
    clauses = inputs.settings.clauses
    standard = next(r["cost_standard"] for r in inputs.rows("items") if r["item"] == need.item)
    if not clauses.on("fee_standard") or clauses.fee_standard.mode != "cap" or standard is None:
        return pair
    spread = _spread(need, offer, pair)
    if spread == 0:
        return pair
    room = ((Fraction(standard) - Fraction(pair.setup, 100 * spread)) * MICRO_PER_YUAN).__floor__()
    return pair if room < 0 else replace(pair, price=min(pair.price, Fraction(room, MICRO_PER_YUAN)))


def _without_broken_packages(inputs: Inputs, judged: list[tuple[Pair, bool]]) -> tuple[Pair, ...]:
    """The pairs that stand; one excluded member of a package and year excludes all of them."""
    broken: set[tuple[str, int]] = set()
    if inputs.settings.clauses.on("award_size"):
        broken = {(pair.package, pair.place) for pair, refused in judged if refused and pair.package}
    return tuple(
        pair for pair, refused in judged
        if not refused and not (pair.package and (pair.package, pair.place) in broken)
    )  # fmt: skip
