"""Repairs of what is asked for: lower floors, floors in a later year, a wider tolerance, looser relations."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from gpsopt.nofit.edits import Edits, change
from gpsopt.nofit.loosen import Link, Loosening, Slack, Step
from gpsopt.nofit.names import Need, Units
from gpsopt.nofit.system import System

Values = Mapping[tuple[Any, ...], float]
_NOISE = 1e-6


class Places:
    """Positions of needs and years, and what a unit of a need is worth (万元)."""

    def __init__(self, system: System) -> None:
        facts = system.world.facts
        self.facts = facts
        self.need = {key: i for i, key in enumerate(facts.needs.key)}
        self.year = {year: i for i, year in enumerate(facts.years)}
        self.worth = np.maximum(1e-6, system.world.unit_value_wan)

    def at(self, need: str, year: int) -> tuple[int, int]:
        return self.need[need], self.year[year]

    def units(self, need: str, steps: int) -> Decimal:
        amount = self.facts.needs.step[self.need[need]] * steps
        return Decimal(amount.numerator) / Decimal(amount.denominator)

    def item(self, need: str) -> str:
        return self.facts.needs.item[self.need[need]]

    def money(self, need: str, steps: int) -> Decimal:
        """Yuan that so many steps of a need count for."""
        return self.units(need, steps) * self.facts.unit_value(self.item(need))


def one_step(system: System) -> list[Slack]:
    """What the grid took from limits that a capacity sets: at no price, as a larger capacity moves the grid too."""
    places = Places(system)
    return [
        Slack(("grid", *e.key), ((e.row, system.gives(e.row)),), 0.0,
              most=float(places.facts.needs.step[places.need[e.key[1]]]))
        for e in system.of("own_capacity.most_by_capacity")
    ]  # fmt: skip


def floor(system: System) -> Loosening:
    """A lower floor of a need in a year."""
    places = Places(system)
    slacks = []
    for e in system.of("coverage.floor_is_reached"):
        n, c = places.at(*e.key)
        asked = float(places.facts.needs.floor[n, c] * places.facts.needs.step[n])
        whole = bool(places.facts.needs.whole[n])
        slacks.append(
            Slack(("floor", *e.key), ((e.row, system.gives(e.row)),), float(places.worth[n]), most=asked, whole=whole)
        )

    def steps(values: Values, wider: int) -> list[Step]:
        found = []
        for (_kind, need, year), value in sorted(values.items()):
            n, c = places.at(need, year)
            given = math.ceil(value / float(places.facts.needs.step[n]) - _NOISE) + wider
            left = max(0, int(places.facts.needs.floor[n, c]) - given)
            found.append(_lower_floor(places, need, year, left, "nofit.step_floor"))
        return found

    return Loosening("floor", tuple(slacks), steps)


def _lower_floor(places: Places, need: str, year: int, left: int, message: str) -> Step:
    n, c = places.at(need, year)
    before, demand = int(places.facts.needs.floor[n, c]), int(places.facts.needs.demand[n, c])
    share = _share_of(left, demand)
    where: dict[str, Any] = {"need": need, "year": year}
    return Step(
        change("needs", "floor", where, set=share), message,
        {"need": Need(need), "year": year, "before": Units(places.units(need, before), places.item(need)),
         "after": Units(places.units(need, left), places.item(need)), "share": share},
        places.money(need, before - left), "yuan",
    )  # fmt: skip


def _share_of(steps: int, demand: int) -> Decimal:
    """The shortest share of a demand that is so many steps, taken down."""
    exact = Fraction(steps, demand) if demand else Fraction(0)
    for digits in range(1, 13):
        share = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(
            Decimal(1).scaleb(-digits), ROUND_FLOOR
        )
        if int(Fraction(share) * demand) == steps:
            return share.normalize() if share else Decimal(0)
        up = share + Decimal(1).scaleb(-digits)
        if up <= 1 and int(Fraction(up) * demand) == steps:
            return up.normalize()
    return share


def later_year(system: System) -> Loosening:
    """The floor of a need only from a later year on."""
    places = Places(system)
    slacks: list[Slack] = []
    links: list[Link] = []
    by_need: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for e in system.of("coverage.floor_is_reached"):
        by_need[e.key[0]].append((e.key[1], e.row))
    for need, rows in sorted(by_need.items()):
        before = None
        for year, row in sorted(rows)[:-1]:  # in the last year the floor stands
            n, c = places.at(need, year)
            asked = float(places.facts.needs.floor[n, c] * places.facts.needs.step[n])
            price = asked * float(places.worth[n])
            slacks.append(
                Slack(("later", need, year), ((row, system.gives(row) * asked),), price, most=1.0, whole=True)
            )
            if before is not None:
                links.append(Link(((before, 1.0), (len(slacks) - 1, -1.0)), lower=0.0))
            before = len(slacks) - 1

    def steps(values: Values, wider: int) -> list[Step]:
        waived: dict[str, list[int]] = defaultdict(list)
        for (_kind, need, year), value in values.items():
            if value > 0.5:
                waived[need].append(year)
        found = []
        for need, years in sorted(waived.items()):
            last = max(years)
            start = min(t for t, _row in by_need[need] if t > last)
            where: dict[str, Any] = {"need": need, "year": tuple(sorted(years))}
            worth = sum(
                (places.money(need, int(places.facts.needs.floor[places.at(need, t)])) for t in years), Decimal(0)
            )
            found.append(Step(
                change("needs", "floor", where, set=Decimal(0)), "nofit.step_later_year",
                {"need": Need(need), "year": start, "years": tuple(sorted(years))}, worth, "yuan",
            ))  # fmt: skip
        return found

    return Loosening("later_year", tuple(slacks), steps, tuple(links))


def tolerance(system: System) -> Loosening:
    """A tolerance of the clause continuity, the same for every need."""
    places = Places(system)
    now = system.world.facts.settings.clauses.continuity.tolerance
    terms = []
    for e in system.of("continuity.nobody_loses_the_service"):
        n, c = places.at(*e.key)
        full = min(int(places.facts.lines.quantity[n]), int(places.facts.needs.demand[n, c]))
        terms.append((e.row, system.gives(e.row) * float(full * places.facts.needs.step[n])))
    slack = Slack(("tolerance",), tuple(terms), 1.0, most=float(1 - now))

    def steps(values: Values, wider: int) -> list[Step]:
        value = values.get(("tolerance",), 0.0)
        if not value:
            return []
        more = Decimal(math.ceil(value * 10_000 - 1e-4) + wider) / 10_000
        after = min(Decimal(1), now + more)
        return [Step(
            Edits(clauses={"continuity": {"tolerance": after}}), "nofit.step_tolerance",
            {"before": now, "after": after}, after - now, "share",
        )]  # fmt: skip

    return Loosening("tolerance", (slack,) if terms else (), steps)


def relation(system: System) -> Loosening:
    """A looser bound of a relation, in the years for which its rows speak."""
    dated: dict[str, set[int]] = defaultdict(set)
    for _line, row in system.scenario.tables.rows("relations"):
        if row["year"] is not None:
            dated[row["relation"]].add(row["year"])
    rows: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for e in system.of("related_needs.not_below", "related_needs.not_above"):
        name, year = e.key
        rows["relation", name, e.rule, year if year in dated[name] else 0].append(e.row)
    slacks = []
    for what, at in sorted(rows.items()):
        bound = _relation_bound(system, at[0], what[2] == "not_below")
        slacks.append(Slack(what, tuple((row, system.gives(row)) for row in at), 1.0 / max(1.0, abs(bound))))

    def steps(values: Values, wider: int) -> list[Step]:
        found = []
        for what, value in sorted(values.items()):
            low = what[2] == "not_below"
            bound = Decimal(repr(_relation_bound(system, rows[what][0], low))).quantize(Decimal("1e-9")).normalize()
            unit = Decimal("0.01")
            way = ROUND_FLOOR if low else ROUND_CEILING
            moved = Decimal(repr(round(value, 9))) - Decimal("1e-7")
            after = (bound - moved if low else bound + moved).quantize(unit, way) + (-wider if low else wider) * unit
            where: dict[str, Any] = {"relation": what[1], **({"year": what[3]} if what[3] else {})}
            column = "at_least" if low else "at_most"
            found.append(Step(
                change("relations", column, where, set=after), f"nofit.step_{column}",
                {"relation": what[1], "years": what[3] or system.world.facts.years, "before": bound, "after": after},
                abs(after - bound), "",
            ))  # fmt: skip
        return found

    return Loosening("relation", tuple(slacks), steps)


def _relation_bound(system: System, row: int, low: bool) -> float:
    """The relation's bound, however its row is written."""
    straight = (system.gives(row) > 0) == low
    return system.limit(row) if straight else -system.limit(row)


def all_or_nothing(system: System) -> Loosening:
    """A need that may be met in part."""
    places = Places(system)
    slacks: list[Slack] = []
    links: list[Link] = []
    for e in system.of("coverage.met_in_full_or_not_at_all"):
        n, c = places.at(*e.key)
        demand = float(places.facts.needs.demand[n, c] * places.facts.needs.step[n])
        at = len(slacks)
        slacks.append(Slack(("part", *e.key), (), demand * float(places.worth[n]), most=1.0, whole=True))
        for sign, way in ((1.0, "up"), (-1.0, "down")):
            slacks.append(Slack((way, *e.key), ((e.row, sign),), 0.0, most=demand))
            links.append(Link(((len(slacks) - 1, 1.0), (at, -demand)), upper=0.0))

    def steps(values: Values, wider: int) -> list[Step]:
        found = []
        for key, value in sorted(values.items()):
            if key[0] == "part" and value > 0.5:
                where: dict[str, Any] = {"need": key[1], "year": key[2]}
                found.append(Step(
                    change("needs", "all_or_nothing", where, set="no"), "nofit.step_all_or_nothing",
                    {"need": Need(key[1]), "year": key[2]}, Decimal(1), "needs",
                ))  # fmt: skip
        return found

    return Loosening("all_or_nothing", tuple(slacks), steps, tuple(links))
