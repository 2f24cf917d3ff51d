"""What the clauses that look at a whole plan, and signed contracts, say in a conflict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from gpsopt.model.obligations import commitments_of, gradual_floors, gradual_steps
from gpsopt.nofit.names import Fen, Named, Need, Offer
from gpsopt.nofit.system import Element
from gpsopt.nofit.teller import Teller, Told


def _clause(t: Teller, name: str) -> Any:
    return getattr(t.system.world.facts.settings.clauses, name)


def _plural(t: Teller, e: Element) -> Told:
    purchaser, *item, undertaker, year = e.key
    words: dict[str, object] = {
        "purchaser": Named("purchasers", purchaser), "undertaker": Named("undertakers", undertaker), "year": year,
        "share": _clause(t, "plural_supply").max_share,
    }  # fmt: skip
    if item:
        return "nofit.plural_item", {**words, "item": Named("items", item[0])}
    return "nofit.plural", words


def _social(t: Teller, e: Element) -> Told:
    words: dict[str, object] = {"year": e.key[-1], "share": _clause(t, "social_organisations").min_share}
    if len(e.key) > 1:
        return "nofit.social_of", {**words, "purchaser": Named("purchasers", e.key[0])}
    return "nofit.social", words


def _affiliated(t: Teller, e: Element) -> Told:
    return "nofit.affiliated", {
        "purchaser": Named("purchasers", e.key[0]), "year": e.key[1],
        "share": _clause(t, "affiliated_share").max_share,
    }  # fmt: skip


def _projects(t: Teller, e: Element) -> Told:
    return "nofit.projects", {
        "undertaker": Named("undertakers", e.key[0]), "year": e.key[1],
        "count": _clause(t, "project_limit").max_awards,
    }  # fmt: skip


def _by_steps(t: Teller, e: Element) -> Told:
    facts = t.system.world.facts
    today = t.units(e.key[0], int(facts.lines.quantity[t.need[e.key[0]]]))
    return "nofit.by_steps", {
        "need": Need(e.key[0]), "year": e.key[1], "most": t.units(e.key[0], gradual_steps(facts)[0][e.key]).amount,
        "today": today, "share": _clause(t, "gradual_purchase").step,
    }  # fmt: skip


def _stays_moved(t: Teller, e: Element) -> Told:
    need, before, year = e.key
    return "nofit.stays_moved", {"need": Need(need), "year": year, "before": before}


def _others_bought(t: Teller, e: Element) -> Told:
    facts = t.system.world.facts
    demand = t.units(e.key[0], facts.needs.demand[t.at(*e.key)])
    return "nofit.others_bought", {
        "need": Need(e.key[0]), "year": e.key[1], "least": t.units(e.key[0], gradual_floors(facts)[e.key]).amount,
        "demand": demand,
    }  # fmt: skip


def _balanced(t: Teller, e: Element) -> Told:
    return "nofit.balanced", {
        "area": Named("areas", e.key[0]), "year": e.key[1], "ratio": _clause(t, "balanced_areas").ratio,
    }  # fmt: skip


def _term(t: Teller, e: Element) -> Told:
    o, need, *_before, year, later = e.key
    return "nofit.term", {
        "offer": Offer(o), "need": Need(need), "year": year, "later": later,
        "years": _clause(t, "contract_term").years,
    }  # fmt: skip


def _signed(t: Teller, e: Element) -> Told:
    o, need, year = e.key
    steps, amount = commitments_of(t.system.world.facts)[o, need, year]
    words: dict[str, object] = {"offer": Offer(o), "need": Need(need), "year": year}
    if e.rule == "absent_contract_is_honoured":
        return "nofit.signed_absent", words
    if steps or not amount:
        return "nofit.signed", {**words, "quantity": t.units(need, steps)}
    return "nofit.signed_amount", {**words, "amount": Fen(amount)}


def _full_cost(t: Teller, e: Element) -> Told:
    o, need, year = e.key
    row = next(r for _line, r in t.system.scenario.tables.rows("offers") if r["offer"] == o)
    at = t.system.wide.offer_place[o]
    price = Decimal(int(t.system.wide.pairs.offers.price[at, t.year[year]])).scaleb(-6).normalize()
    return "nofit.full_cost", {
        "offer": Offer(o), "need": Need(need), "year": year, "price": price, "subsidy": row["subsidy"] or Decimal(0),
        "item": Named("items", row["item"]),
        "standard": t.system.world.facts.items[row["item"]]["cost_standard"],
    }  # fmt: skip


def _pooled(t: Teller, e: Element) -> Told:
    facts = t.system.world.facts
    return "nofit.pooled", {
        "purchaser": Named("purchasers", e.key[0]), "year": e.key[1], "share": facts.settings.share,
        "most": Fen(int(facts.settings.share * facts.budget.get(e.key, 0))),
    }  # fmt: skip


#: "clause.rule" or "clause" -> its sentence
FURTHER: Final[Mapping[str, Callable[[Teller, Element], Told]]] = {
    "plural_supply": _plural,
    "social_organisations": _social,
    "affiliated_share": _affiliated,
    "project_limit": _projects,
    "gradual_purchase.moves_by_steps": _by_steps,
    "gradual_purchase.what_moved_stays_moved": _stays_moved,
    "gradual_purchase.others_are_bought": _others_bought,
    "balanced_areas": _balanced,
    "contract_term": _term,
    "commitments": _signed,
    "equal_competition": _full_cost,
    "pooled": _pooled,
}
