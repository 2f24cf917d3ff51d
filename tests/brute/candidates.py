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
    return World(
        settings, needs, allowed_pairs(inputs, needs, marks),
        read_limits(inputs) if clauses.on("own_capacity") else (),
        read_relations(inputs) if clauses.on("related_needs") else (),
        budget, group, engagement,
        settings.lock if clauses.on("hand_decisions") else (), inputs,
    )  # fmt: skip


def allowed_pairs(inputs: Inputs, needs: tuple[Need, ...], marks: Marks) -> tuple[Pair, ...]:
    """Candidate pairs less those that a clause excludes, a package going as a whole."""
    candidates: list[tuple[Pair, bool]] = []
    for need in needs:
        for offer in inputs.rows("offers"):
            for place, year in enumerate(inputs.settings.years):
                if _matches(need, offer, place, year):
                    pair = _capped(inputs, need, offer, _pair(inputs, need, offer, place, year, marks))
                    candidates.append((pair, _refused(inputs, need, offer, pair)))
    left = _without_broken_packages(inputs, candidates)
    thin = thin_markets(inputs, needs, left)
    competition = inputs.settings.clauses.competition
    if not competition.enabled or competition.on_thin != "keep_direct":
        return left
    lines = {need.name for need in needs if need.quantity > 0}
    kept = [(pair, (pair.need, pair.place) in thin and pair.need in lines) for pair in left]
    return _without_broken_packages(inputs, kept)


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
    if clauses.on("qualification") and not _qualified(inputs, need, offer):
        return True
    if clauses.on("fee_standard"):
        judged = clauses.on("equal_competition") and offer["undertaker"] in {
            row["undertaker"] for row in inputs.rows("undertakers") if row["kind"] == "public_institution"
        }
        subsidy = Fraction(offer["subsidy"]) if judged else Fraction(0)
        if _too_dear(inputs, need, offer, pair, subsidy):
            return True
    demand = need.years[pair.place].demand
    return clauses.on("award_size") and (units(offer["min_quantity"]) > demand or pair.most < pair.least)


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
