"""What each rule of a conflict says: a message and the numbers of the tables that fill it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from gpsopt.nofit.furthersentences import FURTHER
from gpsopt.nofit.names import Fen, Named, Need, Offer, Units, Word
from gpsopt.nofit.system import Element
from gpsopt.nofit.teller import Teller, Told
from gpsopt.settings import AIMS


def _budget(t: Teller, e: Element) -> Told:
    facts = t.system.world.facts
    if e.rule == "fees_follow_units_taken_over":
        return _fees(t, e)
    p, year = e.key
    budget, lines = facts.budget.get((p, year), 0), facts.lines_total(p, year)
    missing = t.missing(p, year)
    line = max(0, budget - lines)
    words = {"purchaser": Named("purchasers", p), "year": year, "budget": Fen(budget), "direct": Fen(lines),
             "line": Fen(line), "missing": Fen(missing.fen, not missing.exact),
             "needed": Fen(line + missing.fen, not missing.exact)}  # fmt: skip
    if not missing.fen:
        return "nofit.budget_beside", words
    if lines > budget:
        within = missing.fen <= lines - budget
        return ("nofit.budget_deficit" if within else "nofit.budget_short"), {**words, "deficit": Fen(lines - budget)}
    if lines:
        return "nofit.budget_line", words
    if facts.settings.regime == "pooled":
        return "nofit.budget_pooled", words
    return ("nofit.budget_engaged" if t.engages() else "nofit.budget_purchases"), words


def _floor(t: Teller, e: Element) -> Told:
    n, c = t.at(*e.key)
    needs = t.system.world.facts.needs
    return "nofit.floor", {
        "need": Need(e.key[0]), "year": e.key[1], "floor": t.units(e.key[0], needs.floor[n, c]).amount,
        "demand": t.units(e.key[0], needs.demand[n, c]),
    }  # fmt: skip


def _all_or_nothing(t: Teller, e: Element) -> Told:
    n, c = t.at(*e.key)
    demand = t.units(e.key[0], t.system.world.facts.needs.demand[n, c])
    return "nofit.all_or_nothing", {"need": Need(e.key[0]), "year": e.key[1], "demand": demand}


def _continuity(t: Teller, e: Element) -> Told:
    n, c = t.at(*e.key)
    facts = t.system.world.facts
    return "nofit.continuity", {
        "need": Need(e.key[0]), "year": e.key[1], "steady": t.units(e.key[0], facts.needs.steady[n, c]).amount,
        "today": t.units(e.key[0], int(facts.lines.quantity[n])),
    }  # fmt: skip


def _capacity(t: Teller, e: Element) -> Told:
    u, resource, year = e.key
    limit = t.limit(e.row)
    words = {"undertaker": Named("undertakers", u), "year": year, "capacity": limit, "resource": resource}
    return ("nofit.resource" if resource else "nofit.capacity"), words


def _by_capacity(t: Teller, e: Element) -> Told:
    o, need, year = e.key
    most = Units(t.limit(e.row), t.item(need))
    return "nofit.by_capacity", {"offer": Offer(o), "need": Need(need), "year": year, "most": most}


def _contract_limit(t: Teller, e: Element) -> Told:
    limit = t.system.world.facts.undertakers[e.key[0]]["contract_limit"]
    return "nofit.contract_limit", {
        "undertaker": Named("undertakers", e.key[0]), "year": e.key[1], "limit": Fen(int(limit * 100)),
    }  # fmt: skip


def _offer_capacity(t: Teller, e: Element) -> Told:
    item = t.system.wide.pairs.offers.item[t.system.wide.offer_place[e.key[0]]]
    limit = Units(t.limit(e.row), item)
    return "nofit.offer_capacity", {"offer": Offer(e.key[0]), "year": e.key[1], "capacity": limit}


def _min_awards(t: Teller, e: Element) -> Told:
    _o, need, year = e.key
    count = int(t.system.world.facts.needs.min_awards[t.at(need, year)])
    return "nofit.min_awards", {"need": Need(need), "year": year, "count": count}


def _max_awards(t: Teller, e: Element) -> Told:
    need, year = e.key
    count = int(t.system.world.facts.needs.max_awards[t.at(need, year)])
    return "nofit.max_awards", {"need": Need(need), "year": year, "count": count}


def _excludes(t: Teller, e: Element) -> Told:
    return "nofit.excludes", {"group": e.key[0], "need": Need(e.key[1]), "year": e.key[2]}


def _package(t: Teller, e: Element) -> Told:
    return "nofit.package", {"group": e.key[0], "year": e.key[3]}


def _least(t: Teller, e: Element) -> Told:
    o, need, year = e.key
    least = t.units(need, int(t.system.wide.pairs.offers.min_quantity[t.system.wide.offer_place[o]]))
    demand = t.units(need, t.system.world.facts.needs.demand[t.at(need, year)])
    return "nofit.least", {"offer": Offer(o), "need": Need(need), "year": year, "least": least, "demand": demand}


def _greatest(t: Teller, e: Element) -> Told:
    o, need, year = e.key
    most = Units(t.limit(e.row), t.item(need))
    return "nofit.greatest", {"offer": Offer(o), "need": Need(need), "year": year, "most": most}


def _relation(t: Teller, e: Element) -> Told:
    relation, year = e.key
    column = "at_least" if e.rule == "not_below" else "at_most"
    rows = [row for _line, row in t.system.scenario.tables.rows("relations") if row["relation"] == relation]
    bound = next((r[column] for r in reversed(rows) if r[column] is not None and r["year"] in (None, year)), Decimal(0))
    terms = [Need(r["need"]) for r in rows if r["year"] in (None, year)]
    return f"nofit.relation_{column}", {"relation": relation, "year": year, "bound": bound, "needs": terms}


def _quality(t: Teller, e: Element) -> Told:
    clause = t.system.world.facts.settings.clauses.quality_floor
    quality = e.rule == "quality_is_good_enough"
    assert clause is not None
    least = clause.min_quality if quality else clause.min_satisfaction
    message = "nofit.min_quality" if quality else "nofit.min_satisfaction"
    return message, {"need": Need(e.key[0]), "year": e.key[1], "least": least}


def _undertakers(t: Teller, e: Element) -> Told:
    clause = t.system.world.facts.settings.clauses.undertaker_count
    assert clause is not None
    if e.rule == "not_too_many_undertakers":
        return "nofit.max_undertakers", {"year": e.key[0], "count": clause.max}
    return "nofit.min_undertakers", {"year": e.key[0], "count": clause.min or 0}


def _aim_limit(t: Teller, e: Element) -> Told:
    limit = t.system.world.facts.settings.aims.limit[e.rule]  # type: ignore[index]
    return f"nofit.aim_limit_{AIMS[e.rule]}", {"aim": Word(e.rule, "aims"), "limit": limit}


def _lock(t: Teller, e: Element) -> Told:
    lock = next(
        k for k in t.system.scenario.settings.lock
        if (k.need, k.year) == e.key[-2:] and (k.offer is None or (k.offer, k.need, k.year) == e.key)
    )  # fmt: skip
    words: dict[str, object] = {"need": Need(lock.need), "year": lock.year}
    if lock.direct is not None:
        item = t.item(lock.need)
        return "nofit.lock_direct", {**words, "quantity": Units(lock.direct, item)}
    words["offer"] = Offer(lock.offer or "")
    if lock.quantity is not None:
        item = t.item(lock.need)
        return "nofit.lock_quantity", {**words, "quantity": Units(lock.quantity, item)}
    return ("nofit.lock_award" if lock.award else "nofit.lock_no_award"), words


def _left_out(t: Teller, e: Element) -> Told:
    o, need, year = e.key
    offers = t.system.wide.pairs.offers
    at = t.system.wide.offer_place[o]
    words: dict[str, object] = {"offer": Offer(o), "need": Need(need), "year": year}
    if e.clause == "fee_standard":
        item = offers.item[at]
        price = Decimal(int(offers.price[at, t.year[e.key[2]]])).scaleb(-6).normalize()
        return "nofit.above_standard", {
            **words, "price": price, "setup": Fen(int(offers.setup[at])), "item": Named("items", item),
            "standard": t.system.world.facts.items[item]["cost_standard"],
        }  # fmt: skip
    if e.clause == "competition":
        count = int(t.system.world.pairs.candidates[t.at(need, e.key[2])])
        least = t.system.world.facts.settings.clauses.competition.min_candidates
        return "nofit.thin", {**words, "count": count, "least": least}
    if e.clause == "catalogue_scope":
        return "nofit.not_purchasable", {
            **words,
            "item": Named("items", offers.item[at]),
            "scope": Word(e.rule, "scope"),
        }
    return _not_qualified(t, e, words, offers.undertaker[at], offers.item[at])


def _not_qualified(t: Teller, e: Element, words: dict[str, object], undertaker: str, item: str) -> Told:
    row = t.system.world.facts.undertakers[undertaker]
    if e.rule == "licence":
        purchaser = t.system.world.facts.purchaser_of[e.key[1]]
        lacking = sorted({
            r["licence"] for _line, r in t.system.scenario.tables.rows("conditions")
            if r["item"] == item and r["purchaser"] in (None, purchaser) and r["licence"] not in (row["licences"] or ())
        })  # fmt: skip
        return "nofit.no_licence", {**words, "licences": lacking, "item": Named("items", item)}
    if e.rule == "min_credit":
        least = t.system.world.facts.settings.clauses.qualification.min_credit
        if row["credit"] is None:
            return "nofit.no_credit", {**words, "least": least}
        return "nofit.low_credit", {**words, "credit": row["credit"], "least": least}
    return "nofit.not_qualified", {**words, "reason": Word(e.rule, "undertakers")}


def _posts(t: Teller, e: Element) -> Told:
    return "nofit.no_new_posts", {"need": Need(e.key[0]), "year": e.key[1]}


def _fees(t: Teller, e: Element) -> Told:
    year = e.key[-1] if len(e.key) > 1 else t.system.world.facts.years[0]  # nothing is shared in the first year
    n, c = t.at(e.key[0], year)
    cost = int(t.system.world.facts.lines.expenditure[n, c])
    message = "fees_follow_the_matter" if e.clause == "existing_budget" else e.clause
    return f"nofit.{message}", {"need": Need(e.key[0]), "year": year, "cost": Fen(cost)}


#: "clause.rule" or "clause" -> its sentence
SENTENCES: Final[Mapping[str, Callable[[Teller, Element], Told]]] = {
    "existing_budget": _budget,
    "coverage.floor_is_reached": _floor,
    "coverage.met_in_full_or_not_at_all": _all_or_nothing,
    "continuity": _continuity,
    "own_capacity.work_within_own_capacity": _capacity,
    "own_capacity.most_by_capacity": _by_capacity,
    "own_capacity.contracts_within_limit": _contract_limit,
    "own_capacity.offer_within_its_capacity": _offer_capacity,
    "award_size.enough_awards_if_any": _min_awards,
    "award_size.not_too_many_awards": _max_awards,
    "award_size.one_offer_of_the_group": _excludes,
    "award_size.package_wins_whole": _package,
    "award_size.award_has_its_least": _least,
    "award_size.minimum_above_demand": _least,
    "award_size.no_room_for_an_award": _least,
    "award_size.max_quantity": _greatest,
    "related_needs": _relation,
    "quality_floor": _quality,
    "undertaker_count": _undertakers,
    "aim_limit": _aim_limit,
    "hand_decisions": _lock,
    "fee_standard": _left_out,
    "competition": _left_out,
    "catalogue_scope": _left_out,
    "qualification": _left_out,
    "no_new_posts": _posts,
    "fees_stay": _fees,
    "returned": _fees,
    "lagged": _fees,
    **FURTHER,
}
