"""Repairs of supply and contracts: capacities, sizes and numbers of awards, groups of offers."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Any

from gpsopt.nofit.edits import Edits, change
from gpsopt.nofit.kinds.services import Places, one_step
from gpsopt.nofit.loosen import Link, Loosening, Slack, Step
from gpsopt.nofit.names import Named, Need, Offer, Units
from gpsopt.nofit.system import System

Values = Mapping[tuple[Any, ...], float]
_NOISE = 1e-6


def _prices(system: System) -> tuple[dict[str, float], dict[str, float]]:
    """Offer -> its price (万元 a unit) and undertaker -> its dearest price; what a unit of capacity counts for."""
    world = system.wide
    offer: dict[str, float] = {}
    undertaker: dict[str, float] = {}
    for i, (o, _n, _t) in enumerate(world.pair_keys):
        price = max(1e-6, float(world.price_wan[i]))
        offer[o] = price
        u = world.undertaker_of_pair[i]
        undertaker[u] = max(undertaker.get(u, 0.0), price)
    return offer, undertaker


def capacity(system: System) -> Loosening:
    """A larger capacity of an undertaker (its own or a further resource's) or of an offer."""
    offer_price, undertaker_price = _prices(system)
    given = {(row["undertaker"], row["resource"], row["year"]): row["capacity"]
             for _line, row in system.scenario.tables.rows("capacities")}  # fmt: skip
    rows: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    price: dict[tuple[Any, ...], float] = {}
    for e in system.of("own_capacity.work_within_own_capacity"):
        u, r, t = e.key
        year = t if (u, r, t) in given else None
        own = r == "" and (u, r, t) not in given and (u, r, None) not in given
        what: tuple[Any, ...] = ("undertakers", u) if own else ("capacities", u, r, year or 0)
        rows[what].append(e.row)
        price[what] = undertaker_price[u]
    for e in system.of("own_capacity.offer_within_its_capacity"):
        what = ("offers", e.key[0])
        rows[what].append(e.row)
        price[what] = offer_price[e.key[0]]
    more = _sizes_by_capacity(system)
    slacks = [Slack(what, _each(system, at) + tuple(more[what]), price[what]) for what, at in sorted(rows.items())]

    def steps(values: Values, wider: int) -> list[Step]:
        said = [(what, value) for what, value in sorted(values.items()) if what[0] != "grid"]
        return [_more_capacity(system, given, what, value, wider) for what, value in said]

    return Loosening("capacity", (*slacks, *one_step(system)), steps)


def _each(system: System, rows: list[int]) -> tuple[tuple[int, float], ...]:
    """The rows, each giving way by one unit of the slack."""
    return tuple((row, system.gives(row)) for row in rows)


def _sizes_by_capacity(system: System) -> Mapping[tuple[Any, ...], list[tuple[int, float]]]:
    """What a capacity leaves an award on the grid grows with the capacity."""
    offers, found = system.wide.pairs.offers, defaultdict(list)
    for e in system.of("own_capacity.most_by_capacity"):
        o = system.wide.offer_place[e.key[0]]
        use = float(offers.capacity_use[o])
        if use > 0:
            found["undertakers", offers.undertaker[o]].append((e.row, system.gives(e.row) / use))
        found["offers", e.key[0]].append((e.row, system.gives(e.row)))
    return found


def _more_capacity(
    system: System, given: Mapping[Any, Decimal], what: tuple[Any, ...], value: float, wider: int
) -> Step:
    facts = system.world.facts
    if what[0] == "offers":
        offer = what[1]
        at = system.wide.offer_place[offer]
        offers = system.wide.pairs.offers
        step = Decimal(1) if not facts.items[offers.item[at]]["divisible"] else facts.settings.quantity_step
        more = step * (math.ceil(value / float(step) - _NOISE) + wider)
        return Step(
            change("offers", "capacity", {"offer": offer}, add=more), "nofit.step_offer_capacity",
            {"offer": Offer(offer), **_moved(system, offer, "capacity", more)}, more, "capacity",
        )  # fmt: skip
    of_year = () if what[0] == "undertakers" else (what[1], what[2], what[3] or None)
    before = given[of_year] if of_year else facts.undertakers[what[1]]["capacity"]
    more = Decimal(math.ceil(value * 100 - 1e-4)) / 100
    if wider:  # capacities are used up in whole grid steps of the offers
        unit = max(Decimal("0.01"), _work_of_a_step(system, what))
        more = ((before + more) / unit).to_integral_value(ROUND_CEILING) * unit - before + (wider - 1) * unit
    if what[0] == "undertakers":
        edits = change("undertakers", "capacity", {"undertaker": what[1]}, add=more)
        words: dict[str, object] = {"undertaker": Named("undertakers", what[1])}
        return Step(edits, "nofit.step_capacity", {**words, "before": before, "after": before + more}, more, "capacity")
    _table, u, r, year = what
    where: dict[str, Any] = {"undertaker": u, "resource": r, **({"year": year} if year else {})}
    return Step(
        change("capacities", "capacity", where, add=more), "nofit.step_resource",
        {"undertaker": Named("undertakers", u), "resource": r, "before": before, "after": before + more},
        more, "capacity",
    )  # fmt: skip


def _moved(system: System, offer: str, column: str, more: Decimal) -> dict[str, object]:
    """A cell of an offer before and after."""
    row = next(r for _line, r in system.scenario.tables.rows("offers") if r["offer"] == offer)
    before = row[column] or Decimal(0)
    return {"before": before, "after": Units(before + more, row["item"])}


def _work_of_a_step(system: System, what: tuple[Any, ...]) -> Decimal:
    """The most that a grid step of the undertaker's offers takes of a resource, to two places."""
    facts, offers = system.wide.facts, system.wide.pairs.offers
    if what[0] == "capacities":
        rows = system.scenario.tables.rows("uses")
        use = {row["offer"]: float(row["use"]) for _line, row in rows if row["resource"] == what[2]}
    else:
        use = {key: float(taken) for key, taken in zip(offers.key, offers.capacity_use, strict=True)}
    step = float(facts.settings.quantity_step)
    taken = [
        use.get(key, 0.0) * (step if facts.items[item]["divisible"] else 1.0)
        for key, item, u in zip(offers.key, offers.item, offers.undertaker, strict=True) if u == what[1]
    ]  # fmt: skip
    return Decimal(repr(round(max(taken, default=0.0), 2))).normalize()


def awards(system: System) -> Loosening:
    """Fewer awards asked for, or more of them allowed, for a need in a year."""
    rows: dict[tuple[Any, ...], list[tuple[int, float]]] = defaultdict(list)
    for e in system.of("award_size.enough_awards_if_any"):
        rows["min_awards", e.key[1], e.key[2]].append((e.row, system.gives(e.row)))
    for e in system.of("award_size.not_too_many_awards"):
        rows["max_awards", *e.key].append((e.row, system.gives(e.row)))
    places = Places(system)
    slacks = [Slack(what, tuple(terms), 1.0, most=100.0, whole=True) for what, terms in sorted(rows.items())]

    def steps(values: Values, wider: int) -> list[Step]:
        found = []
        for (column, need, year), value in sorted(values.items()):
            n, c = places.at(need, year)
            needs = system.world.facts.needs
            lower = column == "min_awards"
            before = int(needs.min_awards[n, c] if lower else needs.max_awards[n, c])
            count = round(value) + wider
            after = max(0, before - count) if lower else before + count
            where: dict[str, Any] = {"need": need, "year": year}
            found.append(Step(
                change("needs", column, where, set=after), f"nofit.step_{column}",
                {"need": Need(need), "year": year, "before": before, "after": after}, Decimal(count), "awards",
            ))  # fmt: skip
        return found

    return Loosening("awards", tuple(slacks), steps)


def excludes(system: System) -> Loosening:
    """Offers of a group that no longer exclude each other."""
    rows: dict[str, list[int]] = defaultdict(list)
    for e in system.of("award_size.one_offer_of_the_group"):
        rows[e.key[0]].append(e.row)
    slacks = [
        Slack(("excludes", g), tuple((row, 100.0 * system.gives(row)) for row in at), 1.0, most=1.0, whole=True)
        for g, at in sorted(rows.items())
    ]  # fmt: skip
    return Loosening("excludes", tuple(slacks), lambda values, _wider: _ungrouped(values, "excludes"))


def package(system: System) -> Loosening:
    """Offers of a package that may be taken one by one."""
    slacks: list[Slack] = []
    links: list[Link] = []
    at: dict[str, int] = {}
    for e in system.of("award_size.package_wins_whole"):
        group = e.key[0]
        if group not in at:
            at[group] = len(slacks)
            slacks.append(Slack(("package", group), (), 1.0, most=1.0, whole=True))
        for sign, way in ((1.0, "up"), (-1.0, "down")):
            slacks.append(Slack((way, *e.key), ((e.row, sign),), 0.0, most=1.0))
            links.append(Link(((len(slacks) - 1, 1.0), (at[group], -1.0)), upper=0.0))
    return Loosening("package", tuple(slacks), lambda values, _wider: _ungrouped(values, "package"), tuple(links))


def _ungrouped(values: Values, column: str) -> list[Step]:
    return [
        Step(change("offers", column, {column: key[1]}, set=""), f"nofit.step_{column}", {"group": key[1]},
             Decimal(1), "groups")
        for key, value in sorted(values.items()) if key[0] == column and value > 0.5
    ]  # fmt: skip


def min_quantity(system: System) -> Loosening:
    """A smaller least size of an offer's awards."""
    world, facts = system.wide, system.wide.facts
    price, _undertakers = _prices(system)
    offers = world.pairs.offers
    slacks: list[Slack] = []
    links: list[Link] = []
    gives: dict[int, list[tuple[int, float]]] = defaultdict(list)
    at: dict[str, int] = {}

    def of(o: str, n: str) -> int:
        if o not in at:
            at[o] = len(slacks)
            step = facts.needs.step[places.need[n]]
            most = float(offers.min_quantity[world.offer_place[o]] * step)
            whole = bool(facts.needs.whole[places.need[n]])
            slacks.append(Slack(("least", o), (), price[o], most=most, whole=whole))
        return at[o]

    places = Places(system)
    for e in system.of("award_size.award_has_its_least"):
        o, n, _t = e.key
        gives[of(o, n)].append((e.row, system.gives(e.row)))
    for e in system.of("award_size.minimum_above_demand"):
        o, n, t = e.key
        first = of(o, n)
        demand = float(facts.needs.demand[places.at(n, t)] * facts.needs.step[places.need[n]])
        slacks.append(Slack(("taken", *e.key), ((e.row, system.gives(e.row) * demand),), 0.0, most=1.0, whole=True))
        column = system.column("purchased", e.key)
        smallest = slacks[first].most
        links.append(Link(((first, 1.0), (len(slacks) - 1, -smallest)), lower=0.0, columns=((column, 1.0),)))
    slacks = [Slack(s.what, (*s.terms, *gives[i]), s.price, s.most, s.whole) for i, s in enumerate(slacks)]

    def steps(values: Values, wider: int) -> list[Step]:
        found = []
        for key, value in sorted(values.items()):
            if key[0] != "least":
                continue
            o = world.offer_place[key[1]]
            step = Decimal(1) if not facts.items[offers.item[o]]["divisible"] else facts.settings.quantity_step
            before = step * int(offers.min_quantity[o])
            after = max(Decimal(0), before - step * (math.ceil(value / float(step) - _NOISE) + wider))
            found.append(Step(
                change("offers", "min_quantity", {"offer": key[1]}, set=after), "nofit.step_min_quantity",
                {"offer": Offer(key[1]), "before": before, "after": Units(after, offers.item[o])},
                before - after, "quantity",
            ))  # fmt: skip
        return found

    return Loosening("min_quantity", tuple(slacks), steps, tuple(links))


def max_quantity(system: System) -> Loosening:
    """A larger greatest size of an offer's awards."""
    world, facts = system.wide, system.wide.facts
    price, _undertakers = _prices(system)
    rows: dict[str, list[int]] = defaultdict(list)
    for e in system.of("award_size.max_quantity"):
        rows[e.key[0]].append(e.row)
    slacks = [
        Slack(("max_quantity", o), tuple((row, system.gives(row)) for row in at), price[o])
        for o, at in sorted(rows.items())
    ]

    def steps(values: Values, wider: int) -> list[Step]:
        found = []
        for (_kind, o), value in sorted(values.items()):
            item = world.pairs.offers.item[world.offer_place[o]]
            step = Decimal(1) if not facts.items[item]["divisible"] else facts.settings.quantity_step
            more = step * (math.ceil(value / float(step) - _NOISE) + wider)
            found.append(Step(
                change("offers", "max_quantity", {"offer": o}, add=more), "nofit.step_max_quantity",
                {"offer": Offer(o), **_moved(system, o, "max_quantity", more)}, more, "quantity",
            ))  # fmt: skip
        return found

    return Loosening("max_quantity", tuple(slacks), steps)


def undertakers(system: System) -> Loosening:
    """Fewer undertakers asked for in a year, or more of them allowed."""
    clause = system.world.facts.settings.clauses.undertaker_count
    enough = tuple((e.row, system.gives(e.row)) for e in system.of("undertaker_count.enough_undertakers"))
    most = tuple((e.row, system.gives(e.row)) for e in system.of("undertaker_count.not_too_many_undertakers"))
    slacks = [
        Slack(what, terms, 1.0, most=10_000.0, whole=True)
        for what, terms, given in (
            (("min",), enough, clause and clause.min), (("max",), most, clause and clause.max is not None)
        ) if given and terms
    ]  # fmt: skip

    def steps(values: Values, wider: int) -> list[Step]:
        found = []
        assert clause is not None
        for (name,), value in sorted(values.items()):
            before = clause.min if name == "min" else clause.max
            assert before is not None
            count = round(value) + wider
            after = max(0, before - count) if name == "min" else before + count
            found.append(Step(
                Edits(clauses={"undertaker_count": {name: after}}), f"nofit.step_undertakers_{name}",
                {"before": before, "after": after}, Decimal(count), "undertakers",
            ))  # fmt: skip
        return found

    return Loosening("parameter", tuple(slacks), steps)
