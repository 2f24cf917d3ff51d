"""Which offer may serve which need in which year; what is left out keeps its clause and reason.

A pair matches where item, area, need list and years match and there is demand. Clauses then exclude
pairs in a fixed order; the first reason is kept. A soft clause leaves no pair out: what it would leave out is
`bent`, and no candidate of a market. Sources: 3(1) catalogue, 3(3) conditions of
undertakers, 3(5) fees fixed by the matter, 3(4) contracts, 2(2)3 competition.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import numpy as np

from gpsopt.model.facts import Bools, Facts, Ints, micro, on_grid
from gpsopt.money import fen, half_up
from gpsopt.tables import Tables

#: the conditions of 3(3), in the order in which they are tested
CONDITIONS: Final = ("registered", "civil_liability", "facilities", "governance", "accounts", "record")

#: clauses that leave a pair out, and let it be had where they are soft; a size that does not fit stays left out
BENDING: Final = ("qualification", "fee_standard", "equal_competition", "competition")

_SIDES: Final = ("numerator", "denominator")


@dataclass(frozen=True)
class Exclusion:
    """A pair that may not be used: the clause that says so and why (a key of the message files)."""

    need: str
    offer: str
    undertaker: str
    year: int
    clause: str
    reason: str


@dataclass(frozen=True)
class Offers:
    """The offers in key order; marks are exact, None where nobody gave any."""

    key: tuple[str, ...]
    undertaker: tuple[str, ...]
    item: tuple[str, ...]
    setup: Ints  # fen
    capacity: Ints  # grid steps of the item, -1 = no limit
    capacity_use: tuple[Fraction, ...]
    price: Ints  # (offers, years) millionths of a yuan
    subsidy: Ints  # millionths of a yuan a unit that an institution's offer already gets from the budget (3(3))
    min_quantity: Ints  # grid steps
    max_quantity: Ints  # grid steps, -1 = the need's demand
    quality: tuple[Fraction | None, ...]
    satisfaction: tuple[Fraction | None, ...]
    excludes: tuple[str | None, ...]
    package: tuple[str | None, ...]


@dataclass(frozen=True)
class Pairs:
    """Candidates in (offer, need, year) order, as positions; limits in grid steps."""

    offers: Offers
    offer: Ints
    need: Ints
    year: Ints  # position of the year
    price: Ints  # millionths of a yuan a unit: the offer's, or what the standard leaves under mode = "cap"
    least: Ints  # an award has at least this quantity: max(min_quantity, one step)
    most: Ints
    excluded: tuple[Exclusion, ...]
    bent: Mapping[str, Ints]  # soft clause -> positions of the pairs that it would leave out
    candidates: Ints  # (needs, years) unrelated undertakers among the pairs
    thin: Bools  # (needs, years)


@dataclass(frozen=True)
class _Matches:
    offer: Ints
    need: Ints
    year: Ints


def pairs_of(facts: Facts) -> Pairs:
    """Match offers to needs and leave out what the clauses forbid."""
    offers = _offers(facts)
    found = _matches(facts, offers)
    least, most = _limits(facts, offers, found)
    clause = np.full(len(found.offer), None, dtype=object)
    reason = np.full(len(found.offer), None, dtype=object)
    bent: dict[str, Bools] = {}

    def exclude(where: Bools, name: str, why: Any) -> None:
        if name in BENDING and facts.settings.clauses.soft(name):
            bent[name] = where
            return
        fresh = where & (clause == None)  # noqa: E711  elementwise
        clause[fresh] = name
        reason[fresh] = why[fresh] if isinstance(why, np.ndarray) else why

    clauses = facts.settings.clauses
    if clauses.on("catalogue_scope"):
        scope = facts.needs.scope[found.need, found.year]
        exclude(scope != "purchasable", "catalogue_scope", scope)
    if clauses.on("qualification"):
        why = _unqualified(facts, offers, found)
        exclude(why != None, "qualification", why)  # noqa: E711  elementwise
    price = offers.price[found.offer, found.year]
    if clauses.on("fee_standard"):
        if clauses.fee_standard.mode == "cap":
            price = np.minimum(price, _ceiling(facts, offers, found))
        above = _above_standard(facts, offers, found, price)
        exclude(above, "fee_standard", "above_cost_standard")
        if clauses.on("equal_competition"):
            full = _above_standard(facts, offers, found, price + offers.subsidy[found.offer])
            exclude(full & ~above, "equal_competition", "full_cost_above_standard")
    if clauses.on("award_size"):
        exclude(
            offers.min_quantity[found.offer] > facts.needs.demand[found.need, found.year],
            "award_size", "minimum_above_demand",
        )  # fmt: skip
        exclude(most < least, "award_size", "no_room_for_an_award")
        exclude(_package_broken(offers, found, clause), "award_size", "package_incomplete")
    fit = np.logical_and.reduce([clause == None, *(~where for where in bent.values())])  # noqa: E711
    candidates, thin = _markets(facts, offers, found, fit)
    if clauses.on("competition") and clauses.competition.on_thin == "keep_direct":
        kept = thin & (facts.lines.quantity > 0)[:, None]
        exclude(kept[found.need, found.year], "competition", "thin_market")
        if clauses.on("award_size"):
            exclude(_package_broken(offers, found, clause), "award_size", "package_incomplete")
    left = clause == None  # noqa: E711  elementwise
    return Pairs(
        offers=offers, offer=found.offer[left], need=found.need[left], year=found.year[left], price=price[left],
        least=least[left], most=most[left],
        excluded=_exclusions(facts, offers, found, clause, reason),
        bent={name: np.flatnonzero(where[left]) for name, where in bent.items()},
        candidates=candidates, thin=thin,
    )  # fmt: skip


def _offers(facts: Facts) -> Offers:
    tables, settings = facts.scenario.tables, facts.settings
    rows = [row for _line, row in Tables({"offers": tables.filled("offers")}, {}).rows("offers")]
    unit_step = {
        key: Fraction(settings.quantity_step) if item["divisible"] else Fraction(1)
        for key, item in facts.items.items()
    }  # fmt: skip
    price = np.zeros((len(rows), len(facts.years)), dtype=np.int64)
    for o, row in enumerate(rows):
        growth = 1 + Fraction(row["growth"])
        base = micro(row["price"])
        for c, year in enumerate(facts.years):
            price[o, c] = half_up(base * growth ** (year - settings.base_year)) if row["growth"] else base
    evaluated = _last_performance(tables)
    marks = [_marks(row, evaluated.get((row["undertaker"], row["item"]), {})) for row in rows]

    institutions = {key for key, row in facts.undertakers.items() if row["kind"] == "public_institution"}

    def steps(name: str) -> Ints:
        values = [-1 if r[name] is None else on_grid(r[name], unit_step[r["item"]]) for r in rows]
        return np.array(values, dtype=np.int64)

    return Offers(
        key=tuple(r["offer"] for r in rows), undertaker=tuple(r["undertaker"] for r in rows),
        item=tuple(r["item"] for r in rows), setup=np.array([fen(r["setup"]) for r in rows], dtype=np.int64),
        capacity=steps("capacity"), capacity_use=tuple(Fraction(r["capacity_use"]) for r in rows), price=price,
        subsidy=np.array([micro(r["subsidy"]) if r["undertaker"] in institutions else 0 for r in rows], dtype=np.int64),
        min_quantity=steps("min_quantity"), max_quantity=steps("max_quantity"),
        quality=tuple(q for q, _s in marks), satisfaction=tuple(s for _q, s in marks),
        excludes=tuple(r["excludes"] for r in rows), package=tuple(r["package"] for r in rows),
    )  # fmt: skip


def _marks(offer: dict[str, Any], last: dict[str, Any]) -> tuple[Fraction | None, Fraction | None]:
    """The offer's own marks; a missing one is the undertaker's last evaluation of the item (3(6))."""

    def mark(name: str) -> Fraction | None:
        value = offer[name] if offer[name] is not None else last.get(name)
        return None if value is None else Fraction(value)

    return mark("quality"), mark("satisfaction")


def _last_performance(tables: Tables) -> dict[tuple[str, str], dict[str, Any]]:
    rows = sorted((row for _line, row in tables.rows("performance")), key=lambda r: r["year"])
    return {(row["undertaker"], row["item"]): row for row in rows}


def _matches(facts: Facts, offers: Offers) -> _Matches:
    """Every (offer, need, year) whose item, area, list and years match, where there is demand."""
    needs_of_item: dict[str, list[int]] = defaultdict(list)
    for n, item in enumerate(facts.needs.item):
        needs_of_item[item].append(n)
    place = {key: n for n, key in enumerate(facts.needs.key)}
    frame = facts.scenario.tables["offers"]
    offer_at: list[int] = []
    need_at: list[int] = []
    for o, (areas, listed) in enumerate(zip(frame["areas"], frame["needs"], strict=True)):
        wanted: Iterable[int] = needs_of_item[offers.item[o]]
        if listed is not None:
            wanted = sorted(place[n] for n in listed if n in place and facts.needs.item[place[n]] == offers.item[o])
        if areas is not None:
            wanted = [n for n in wanted if facts.needs.area[n] in areas]
        before = len(need_at)
        need_at.extend(wanted)
        offer_at.extend([o] * (len(need_at) - before))
    offer, need = np.array(offer_at, dtype=np.int64), np.array(need_at, dtype=np.int64)
    count = len(facts.years)
    year = np.tile(np.arange(count), len(offer))
    offer, need = np.repeat(offer, count), np.repeat(need, count)
    start = np.array([-1 if v is None else v for v in frame["first_year"]], dtype=np.int64)
    end = np.array([9999 if v is None else v for v in frame["last_year"]], dtype=np.int64)
    calendar = np.array(facts.years)[year]
    open_ = (facts.needs.demand[need, year] > 0) & (start[offer] <= calendar) & (calendar <= end[offer])
    return _Matches(offer[open_], need[open_], year[open_])


def _limits(facts: Facts, offers: Offers, found: _Matches) -> tuple[Ints, Ints]:
    demand = facts.needs.demand[found.need, found.year]
    most = offers.max_quantity[found.offer]
    most = np.where(most < 0, demand, most)
    clauses = facts.settings.clauses
    if not (clauses.on("coverage") and clauses.coverage.oversupply):
        most = np.minimum(most, demand)
    if not clauses.on("award_size"):
        return np.ones_like(most), demand
    return np.maximum(offers.min_quantity[found.offer], 1), most


def _unqualified(facts: Facts, offers: Offers, found: _Matches) -> Any:
    """The first condition an undertaker fails for the pair, or None (3(3); licences need a stated relation)."""
    least_credit = facts.settings.clauses.qualification.min_credit
    own: dict[str, str | None] = {}
    for key, row in facts.undertakers.items():
        failed = next((c for c in CONDITIONS if row[c] in (False, "no")), None)
        if failed is None and least_credit is not None and (row["credit"] is None or row["credit"] < least_credit):
            failed = "min_credit"
        own[key] = failed
    per_offer = np.array([own[u] for u in offers.undertaker], dtype=object)
    why = per_offer[found.offer] if len(per_offer) else np.full(0, None, dtype=object)
    asked = _licences(facts.scenario.tables)
    for place in _places_with_conditions(asked, offers, found):
        held = facts.undertakers[offers.undertaker[found.offer[place]]]["licences"] or ()
        buyer = facts.needs.purchaser[found.need[place]]
        wanted = asked[offers.item[found.offer[place]]]
        if why[place] is None and any(who in (None, buyer) and licence not in held for licence, who in wanted):
            why[place] = "licence"
    return why


def _licences(tables: Tables) -> Mapping[str, list[tuple[str, str | None]]]:
    asked: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
    for _line, row in tables.rows("conditions"):
        asked[row["item"]].append((row["licence"], row["purchaser"]))
    return asked


def _places_with_conditions(asked: Mapping[str, Any], offers: Offers, found: _Matches) -> Iterable[int]:
    if not asked:
        return ()
    concerned = np.array([item in asked for item in offers.item], dtype=bool)
    return (int(i) for i in np.flatnonzero(concerned[found.offer]))


def _ceiling(facts: Facts, offers: Offers, found: _Matches) -> Ints:
    """The highest price that the standard leaves for each match: standard - setup / max_quantity, taken down (3(5)).

    Where that is below nothing the offer's own price stays, and the match is excluded.
    """
    standard = [facts.items[i]["cost_standard"] for i in offers.item]
    ceiling = offers.price[found.offer, found.year].copy()
    for i, (o, n) in enumerate(zip(found.offer, found.need, strict=True)):
        if standard[o] is not None:
            most = int(facts.needs.demand[n, found.year[i]] if offers.max_quantity[o] < 0 else offers.max_quantity[o])
            spread = Fraction(int(offers.setup[o]) * 10_000) / (most * facts.needs.step[n]) if most else Fraction(0)
            room = (micro(standard[o]) - spread).__floor__()
            ceiling[i] = room if room >= 0 and most else ceiling[i]
    return ceiling


def _above_standard(facts: Facts, offers: Offers, found: _Matches, price: Ints) -> Bools:
    """price + setup/max_quantity > cost_standard, in exact integers (3(5): fees are fixed by the matter)."""
    standard = [facts.items[i]["cost_standard"] for i in offers.item]
    ceiling = np.array([-1 if s is None else micro(s) for s in standard], dtype=np.int64)
    above = price > ceiling[found.offer]
    at = np.flatnonzero((offers.setup[found.offer] > 0) & (ceiling[found.offer] >= 0))
    o, n = found.offer[at], found.need[at]
    most = np.where(offers.max_quantity[o] < 0, facts.needs.demand[n, found.year[at]], offers.max_quantity[o])
    whole, part = (np.array([getattr(s, side) for s in facts.needs.step], dtype=object) for side in _SIDES)
    room = (ceiling[o].astype(object) - price[at]) * most * whole[n]  # millionths of a yuan, over `part`
    above[at] = (most == 0) | (room < offers.setup[o].astype(object) * 10_000 * part[n])
    return above & (ceiling[found.offer] >= 0)


def _package_broken(offers: Offers, found: _Matches, clause: Any) -> Bools:
    """Pairs of a package one of whose pairs of that year is excluded: all win or none."""
    broken = np.zeros(len(found.offer), dtype=bool)
    packed = [i for i in range(len(found.offer)) if offers.package[found.offer[i]] is not None] if any(
        p is not None for p in offers.package
    ) else []  # fmt: skip
    gone = {(offers.package[found.offer[i]], int(found.year[i])) for i in packed if clause[i] is not None}
    for i in packed:
        broken[i] = (offers.package[found.offer[i]], int(found.year[i])) in gone
    return broken


def _markets(facts: Facts, offers: Offers, found: _Matches, left: Bools) -> tuple[Ints, Bools]:
    """Unrelated undertakers a need and year, and whether the market is thin (Procurement Law 36, 38, 40)."""
    houses: dict[str, int] = {}
    house = _numbers([facts.undertakers[u]["group"] or f"\0{u}" for u in offers.undertaker], houses)
    buyers: dict[str, int] = {}
    buyer = _numbers(facts.needs.purchaser, buyers)
    tie = [facts.undertakers[u]["affiliated_to"] for u in offers.undertaker]
    tied = np.array([-1 if p is None else buyers.get(p, -1) for p in tie], dtype=np.int64)
    places = np.flatnonzero(left)
    places = places[tied[found.offer[places]] != buyer[found.need[places]]]
    at = found.need[places] * len(facts.years) + found.year[places]
    rivals = np.unique(at * max(1, len(houses)) + house[found.offer[places]]) // max(1, len(houses))
    candidates = np.bincount(rivals, minlength=facts.needs.demand.size).reshape(facts.needs.demand.shape)
    competition = facts.settings.clauses.competition
    procured = np.array([facts.items[i]["procedure"] == "procurement" for i in facts.needs.item], dtype=bool)
    thin = (candidates < competition.min_candidates) & procured[:, None] & (facts.needs.demand > 0)
    ignored = not facts.settings.clauses.on("competition") or competition.on_thin == "ignore"
    return candidates, np.zeros_like(thin) if ignored else thin


def _numbers(words: Sequence[str], known: dict[str, int]) -> Ints:
    """Each word's number; new ones are added to `known`."""
    return np.array([known.setdefault(word, len(known)) for word in words], dtype=np.int64)


def _exclusions(facts: Facts, offers: Offers, found: _Matches, clause: Any, reason: Any) -> tuple[Exclusion, ...]:
    return tuple(
        Exclusion(
            need=facts.needs.key[found.need[i]], offer=offers.key[found.offer[i]],
            undertaker=offers.undertaker[found.offer[i]], year=facts.years[found.year[i]],
            clause=clause[i], reason=reason[i],
        )
        for i in np.flatnonzero(clause != None)  # noqa: E711  elementwise
    )  # fmt: skip
