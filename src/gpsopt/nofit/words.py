"""A conflict in the terms of the tables: each clause with its source, its words, and the numbers in its way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import numpy as np

from gpsopt.nofit.conflict import Conflict, owner_of
from gpsopt.nofit.names import Fen, Named, Names, Need, Offer, Units, Word
from gpsopt.nofit.system import Element, System
from gpsopt.settings import AIMS
from gpsopt.solving.feasibility import breaches
from gpsopt.text import messages, quotations, say, term

#: rows of one clause and owner that are told one by one
_TOLD: Final = 4
#: what stands in the document under another clause's name
_SOURCE: Final = {
    "fees_stay": "fees_follow_the_matter", "returned": "fees_follow_the_matter", "lagged": "fees_follow_the_matter",
}  # fmt: skip


@dataclass(frozen=True)
class Clash:
    """One clause in a conflict. `keys`: the rows of the tables that are meant, their parts apart by spaces."""

    clause: str
    source_zh: str
    source_en: str
    text_zh: str
    text_en: str
    quote_zh: str
    quote_en: str
    keys: tuple[str, ...]
    conflict: int  # which of the conflicts, counted from 1
    whole: bool  # only because awards are whole

    def text(self, lang: str) -> str:
        return self.text_zh if lang == "zh" else self.text_en

    def line(self, lang: str) -> str:
        """Clause, source and numbers in one printed line."""
        name = term(self.clause, lang, within="clauses")
        shown = self.clause if name == self.clause else f"{name} ({self.clause})"
        source = f" [{self.source(lang)}]" if self.source(lang) else ""
        return f"{shown}{source}: {self.text(lang)}"

    def source(self, lang: str) -> str:
        return self.source_zh if lang == "zh" else self.source_en

    def quote(self, lang: str) -> str:
        return self.quote_zh if lang == "zh" else self.quote_en


def clashes_of(system: System, conflicts: Iterable[Conflict]) -> tuple[Clash, ...]:
    """Every clause of every conflict, money first, then what is asked for, then what limits it."""
    return tuple(clash for place, c in enumerate(conflicts, 1) for clash in _of_one(system, c, place))


def _of_one(system: System, conflict: Conflict, place: int) -> list[Clash]:
    groups: dict[tuple[Any, ...], list[Element]] = defaultdict(list)
    for e in conflict.elements:
        owner, _year = owner_of(system, e)
        groups[_rank(e), e.clause, e.rule if e.clause == "award_size" else "", owner].append(e)
    teller = _Teller(system, conflict)
    return [teller.clash(elements, place) for _key, elements in sorted(groups.items(), key=lambda g: g[0])]


def _rank(element: Element) -> int:
    order = ("existing_budget", "hand_decisions", "coverage", "continuity", "related_needs", "quality_floor")
    return order.index(element.clause) if element.clause in order else len(order)


class _Teller:
    """The sentences of one conflict."""

    def __init__(self, system: System, conflict: Conflict) -> None:
        self.system, self.conflict, self.names = system, conflict, Names(system.scenario)
        facts = system.world.facts
        self.need = {key: i for i, key in enumerate(facts.needs.key)}
        self.year = {year: i for i, year in enumerate(facts.years)}

    def clash(self, elements: list[Element], place: int) -> Clash:
        clause = elements[0].clause
        quoted = quotations().get(_SOURCE.get(clause, clause))
        keys = tuple(dict.fromkeys(" ".join(str(p) for p in e.key if p != "") for e in elements))
        return Clash(
            clause, quoted.section_zh if quoted else "", quoted.section_en if quoted else "",
            self._text(elements, "zh"), self._text(elements, "en"),
            quoted.quote_zh if quoted else "", quoted.quote_en if quoted else "", keys, place, self.conflict.whole,
        )  # fmt: skip

    def _text(self, elements: list[Element], lang: str) -> str:
        told = [self._sentence(e, lang) for e in elements]
        told = list(dict.fromkeys(told))
        more = len(told) - _TOLD
        shown = say("nofit.then", lang).join(told[:_TOLD])
        return shown if more <= 0 else say("nofit.and_more", lang, text=shown, count=more)

    def _sentence(self, e: Element, lang: str) -> str:
        make = _SENTENCES.get(f"{e.clause}.{e.rule}") or _SENTENCES.get(e.clause)
        if make is None:
            known = f"nofit.{e.clause}_{e.rule}"
            rule = say(known, lang) if known in messages(lang) else e.rule
            key = " ".join(str(self.names.shown(self._named(p), lang)) for p in e.key if p != "")
            return say("nofit.any_rule", lang, clause=term(e.clause, lang, within="clauses"), rule=rule, place=key)
        message, words = make(self, e)
        return self.names.said(message, lang, words)

    def _named(self, part: object) -> object:
        if part in self.need:
            return Need(str(part))
        for table, key in (("purchasers", "purchaser"), ("undertakers", "undertaker")):
            if isinstance(part, str) and part in set(self.system.scenario.tables[table][key]):
                return Named(table, part)
        return part

    # what the sentences are filled with

    def at(self, need: str, year: int) -> tuple[int, int]:
        return self.need[need], self.year[year]

    def units(self, need: str, steps: int) -> Units:
        amount = self.system.world.facts.needs.step[self.need[need]] * int(steps)
        value = Decimal(amount.numerator) / Decimal(amount.denominator)
        return Units(value, self.system.world.facts.needs.item[self.need[need]])

    def engages(self) -> bool:
        """Do costs of engaging undertakers play a part?"""
        rows = self.system.compiled.rows
        return any(
            ((self.conflict.rows >= span.start) & (self.conflict.rows < span.stop)).any()
            for name, span in rows.items() if name.startswith("engagement.")
        )  # fmt: skip

    def missing(self, e: Element) -> float:
        """By how much the row lacks while the others of the conflict hold, in the row's unit."""
        problem = self.system.problem.of_rows(self.conflict.rows)
        at = np.flatnonzero(self.conflict.rows == e.row)
        found = breaches(problem, at, whole=self.conflict.whole, seconds=10.0)
        return 0.0 if found is None else float(found.sum())


Told = tuple[str, Mapping[str, object]]


def _budget(t: _Teller, e: Element) -> Told:
    facts = t.system.world.facts
    p, year = e.key
    budget, lines = facts.budget.get((p, year), 0), facts.lines_total(p, year)
    short = round(t.missing(e) * 1_000_000)
    line = max(0, budget - lines)
    words = {"purchaser": Named("purchasers", p), "year": year, "budget": Fen(budget), "direct": Fen(lines),
             "line": Fen(line), "missing": Fen(short), "needed": Fen(line + short)}  # fmt: skip
    if e.rule == "deficit_is_met_first":
        return "nofit.budget_deficit", {**words, "deficit": Fen(lines - budget)}
    if not lines:
        return ("nofit.budget_engaged" if t.engages() else "nofit.budget_purchases"), words
    return "nofit.budget_line", words


def _floor(t: _Teller, e: Element) -> Told:
    n, c = t.at(*e.key)
    needs = t.system.world.facts.needs
    return "nofit.floor", {
        "need": Need(e.key[0]), "year": e.key[1], "floor": t.units(e.key[0], needs.floor[n, c]).amount,
        "demand": t.units(e.key[0], needs.demand[n, c]),
    }  # fmt: skip


def _all_or_nothing(t: _Teller, e: Element) -> Told:
    n, c = t.at(*e.key)
    demand = t.units(e.key[0], t.system.world.facts.needs.demand[n, c])
    return "nofit.all_or_nothing", {"need": Need(e.key[0]), "year": e.key[1], "demand": demand}


def _continuity(t: _Teller, e: Element) -> Told:
    n, c = t.at(*e.key)
    facts = t.system.world.facts
    return "nofit.continuity", {
        "need": Need(e.key[0]), "year": e.key[1], "steady": t.units(e.key[0], facts.needs.steady[n, c]).amount,
        "today": t.units(e.key[0], int(facts.lines.quantity[n])),
    }  # fmt: skip


def _capacity(t: _Teller, e: Element) -> Told:
    u, resource, year = e.key
    limit = Decimal(repr(t.system.limit(e.row))).normalize()
    words = {"undertaker": Named("undertakers", u), "year": year, "capacity": limit, "resource": resource}
    return ("nofit.resource" if resource else "nofit.capacity"), words


def _by_capacity(t: _Teller, e: Element) -> Told:
    o, need, year = e.key
    most = Units(Decimal(repr(t.system.limit(e.row))).normalize(), t.system.world.facts.needs.item[t.need[need]])
    return "nofit.by_capacity", {"offer": Offer(o), "need": Need(need), "year": year, "most": most}


def _contract_limit(t: _Teller, e: Element) -> Told:
    limit = t.system.world.facts.undertakers[e.key[0]]["contract_limit"]
    return "nofit.contract_limit", {
        "undertaker": Named("undertakers", e.key[0]), "year": e.key[1], "limit": Fen(int(limit * 100)),
    }  # fmt: skip


def _offer_capacity(t: _Teller, e: Element) -> Told:
    item = t.system.wide.pairs.offers.item[t.system.wide.offer_place[e.key[0]]]
    limit = Units(Decimal(repr(t.system.limit(e.row))).normalize(), item)
    return "nofit.offer_capacity", {"offer": Offer(e.key[0]), "year": e.key[1], "capacity": limit}


def _min_awards(t: _Teller, e: Element) -> Told:
    _o, need, year = e.key
    count = int(t.system.world.facts.needs.min_awards[t.at(need, year)])
    return "nofit.min_awards", {"need": Need(need), "year": year, "count": count}


def _max_awards(t: _Teller, e: Element) -> Told:
    need, year = e.key
    count = int(t.system.world.facts.needs.max_awards[t.at(need, year)])
    return "nofit.max_awards", {"need": Need(need), "year": year, "count": count}


def _excludes(t: _Teller, e: Element) -> Told:
    return "nofit.excludes", {"group": e.key[0], "need": Need(e.key[1]), "year": e.key[2]}


def _package(t: _Teller, e: Element) -> Told:
    return "nofit.package", {"group": e.key[0], "year": e.key[3]}


def _least(t: _Teller, e: Element) -> Told:
    o, need, year = e.key
    least = t.units(need, int(t.system.wide.pairs.offers.min_quantity[t.system.wide.offer_place[o]]))
    demand = t.units(need, t.system.world.facts.needs.demand[t.at(need, year)])
    return "nofit.least", {"offer": Offer(o), "need": Need(need), "year": year, "least": least, "demand": demand}


def _greatest(t: _Teller, e: Element) -> Told:
    o, need, year = e.key
    most = Units(Decimal(repr(t.system.limit(e.row))).normalize(), t.system.world.facts.needs.item[t.need[need]])
    return "nofit.greatest", {"offer": Offer(o), "need": Need(need), "year": year, "most": most}


def _relation(t: _Teller, e: Element) -> Told:
    relation, year = e.key
    column = "at_least" if e.rule == "not_below" else "at_most"
    rows = [row for _line, row in t.system.scenario.tables.rows("relations") if row["relation"] == relation]
    bound = next((r[column] for r in reversed(rows) if r[column] is not None and r["year"] in (None, year)), Decimal(0))
    terms = [Need(r["need"]) for r in rows if r["year"] in (None, year)]
    return f"nofit.relation_{column}", {"relation": relation, "year": year, "bound": bound, "needs": terms}


def _quality(t: _Teller, e: Element) -> Told:
    clause = t.system.world.facts.settings.clauses.quality_floor
    quality = e.rule == "quality_is_good_enough"
    assert clause is not None
    least = clause.min_quality if quality else clause.min_satisfaction
    message = "nofit.min_quality" if quality else "nofit.min_satisfaction"
    return message, {"need": Need(e.key[0]), "year": e.key[1], "least": least}


def _undertakers(t: _Teller, e: Element) -> Told:
    clause = t.system.world.facts.settings.clauses.undertaker_count
    assert clause is not None
    if e.rule == "not_too_many_undertakers":
        return "nofit.max_undertakers", {"year": e.key[0], "count": clause.max}
    year = next(p for p in e.key[::-1] if p in t.year)
    return "nofit.min_undertakers", {"year": year, "count": clause.min or 0}


def _aim_limit(t: _Teller, e: Element) -> Told:
    limit = t.system.world.facts.settings.aims.limit[e.rule]  # type: ignore[index]
    return f"nofit.aim_limit_{AIMS[e.rule]}", {"aim": Word(e.rule, "aims"), "limit": limit}


def _lock(t: _Teller, e: Element) -> Told:
    lock = next(
        k for k in t.system.scenario.settings.lock
        if (k.need, k.year) == e.key[-2:] and (k.offer is None or (k.offer, k.need, k.year) == e.key)
    )  # fmt: skip
    words: dict[str, object] = {"need": Need(lock.need), "year": lock.year}
    if lock.direct is not None:
        item = t.system.world.facts.needs.item[t.need[lock.need]]
        return "nofit.lock_direct", {**words, "quantity": Units(lock.direct, item)}
    words["offer"] = Offer(lock.offer or "")
    if lock.quantity is not None:
        item = t.system.world.facts.needs.item[t.need[lock.need]]
        return "nofit.lock_quantity", {**words, "quantity": Units(lock.quantity, item)}
    return ("nofit.lock_award" if lock.award else "nofit.lock_no_award"), words


def _left_out(t: _Teller, e: Element) -> Told:
    o, need, _year = e.key
    offers = t.system.wide.pairs.offers
    at = t.system.wide.offer_place[o]
    words: dict[str, object] = {"offer": Offer(o), "need": Need(need)}
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
    return "nofit.not_qualified", {**words, "reason": Word(e.rule, "undertakers")}


def _posts(t: _Teller, e: Element) -> Told:
    return "nofit.no_new_posts", {"need": Need(e.key[0]), "year": e.key[1]}


def _fees(t: _Teller, e: Element) -> Told:
    year = e.key[-1] if len(e.key) > 1 else t.system.world.facts.years[0]  # nothing is shared in the first year
    n, c = t.at(e.key[0], year)
    cost = int(t.system.world.facts.lines.expenditure[n, c])
    return f"nofit.{e.clause}", {"need": Need(e.key[0]), "year": year, "cost": Fen(cost)}


_SENTENCES: Final[dict[str, Callable[[_Teller, Element], Told]]] = {
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
    "fees_follow_the_matter": _fees,
}
__all__ = ["Clash", "clashes_of"]
