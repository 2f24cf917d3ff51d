"""A scenario as whole numbers: needs, pairs and limits of a tiny model in units of 1 and in fen.

Written from the rules alone and apart from the planner: only the reading of tables is shared with it.
Every item must be indivisible, so that the grid step is 1 and a quantity is an int.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

from gpsopt.money import fen, half_up
from gpsopt.scenario import Scenario
from gpsopt.settings import Settings
from gpsopt.tables import SCHEMA

Row = dict[str, Any]


@dataclass(frozen=True)
class NeedYear:
    """What is asked of a need in one year, in units; all 0 where the table has no row of the year."""

    demand: int
    target: int
    floor: int
    continuity: int
    weight: Fraction
    min_awards: int
    max_awards: int | None
    all_or_nothing: bool


@dataclass(frozen=True)
class Need:
    """A need with its direct line: `quantity` = D, `expenditure` = E of each model year in fen."""

    name: str
    purchaser: str
    item: str
    area: str
    years: tuple[NeedYear, ...]
    has_line: bool
    quantity: int
    expenditure: tuple[int, ...]
    avoidable: Fraction
    runoff: int | None
    unit_value: Fraction  # yuan a unit
    livelihood: bool
    may_buy: tuple[bool, ...]  # the matter is purchasable, by year
    may_add: tuple[bool, ...]  # new direct units are allowed, by year
    staffed: tuple[bool, ...]  # the matter may be staffed anew: only government may deliver it
    line_mark: Fraction  # score less the item's reference


@dataclass(frozen=True)
class Pair:
    """An offer that may serve a need in a year. `least` and `most` bound a row of the allocation."""

    offer: str
    undertaker: str
    need: str
    place: int  # of the year
    least: int
    most: int
    price: Fraction  # yuan a unit in that year
    setup: int  # fen
    excludes: str | None
    package: str | None
    mark: Fraction  # score less the item's reference
    quality: Fraction
    satisfaction: Fraction

    def amount(self, quantity: int) -> int:
        """Fen of an award of so many units."""
        return half_up(quantity * self.price * 100) + self.setup


@dataclass(frozen=True)
class Limit:
    """sum of use x quantity (or of amounts, in fen) over the named pairs <= most; one year each."""

    place: int
    most: Fraction
    use: dict[str, Fraction]  # offer -> taken of it by a unit; empty: the awards' fen count
    undertaker: str


@dataclass(frozen=True)
class Bounds:
    """at_least <= sum of coefficient x served <= at_most in one year."""

    place: int
    coefficient: dict[str, Fraction]
    at_least: Fraction | None
    at_most: Fraction | None


@dataclass(frozen=True)
class World:
    """All that the enumeration reads."""

    settings: Settings
    needs: tuple[Need, ...]
    pairs: tuple[Pair, ...]
    limits: tuple[Limit, ...]
    relations: tuple[Bounds, ...]
    budget: dict[tuple[str, int], int]  # (purchaser, place of the year) -> fen
    group: dict[str, str]  # purchaser -> those it may pool with
    engagement: dict[str, int]  # undertaker -> fen for each purchaser and year
    locks: tuple[Any, ...]
    inputs: Inputs
    bent: Mapping[str, frozenset[tuple[str, str, int]]]  # soft clause -> (offer, need, place) that it would leave out

    @property
    def apart(self) -> bool:
        """Is there a rule for which two paths of equal effect may differ?"""
        further = (
            "plural_supply", "social_organisations", "affiliated_share", "project_limit", "gradual_purchase",
            "balanced_areas", "contract_term",
        )  # fmt: skip
        return any(self.settings.clauses.on(name) for name in further) or any(
            row["fixed"] or self.settings.stage == "execution" for row in self.inputs.rows("contracts")
        )

    @property
    def oversupply(self) -> bool:
        return oversupply_allowed(self.settings)


def oversupply_allowed(settings: Settings) -> bool:
    """The clause says so, and it is in force: a struck clause says nothing."""
    return settings.clauses.on("coverage") and settings.clauses.coverage.oversupply


@dataclass(frozen=True)
class Inputs:
    """Settings and tables of a scenario, the defaults of empty cells filled in."""

    settings: Settings
    unit_values: Mapping[str, Decimal]
    tables: Mapping[str, list[Row]]

    def rows(self, table: str) -> list[Row]:
        return self.tables[table]


def read_inputs(scenario: Scenario) -> Inputs:
    tables = {}
    for name, frame in scenario.tables.frames.items():
        default = {column.name: column.default for column in SCHEMA[name].columns}
        names = list(frame.columns)
        tables[name] = [
            {column: default[column] if cell is None else cell for column, cell in zip(names, cells, strict=True)}
            for cells in zip(*(frame[column].to_list() for column in names), strict=True)
        ]
    return Inputs(scenario.settings, scenario.unit_values, tables)


def units(value: Decimal | Fraction | int) -> int:
    """Down to the grid of 1."""
    return Fraction(value).__floor__()


def grown(value: Fraction, growth: Decimal, years: int) -> Fraction:
    return Fraction(value * (1 + Fraction(growth)) ** years)


def scope_of(inputs: Inputs, item: Row, area: str, year: int) -> str:
    """The area's row of the catalogue, else the municipal one, else the item's own word; the latest first_year."""
    found = [
        row
        for row in inputs.rows("catalogue")
        if row["item"] == item["item"]
        and row["area"] in (area, None)
        and (row["first_year"] is None or row["first_year"] <= year)
        and (row["last_year"] is None or year <= row["last_year"])
    ]
    if not found:
        return str(item["scope"])
    best = max(found, key=lambda row: (row["area"] is not None, row["first_year"] or 0))
    return str(best["scope"])


@dataclass(frozen=True)
class Marks:
    """Quality and satisfaction of offers, and the mean of each item's offers that have both."""

    own: dict[str, tuple[Fraction | None, Fraction | None]]
    mean: dict[str, tuple[Fraction, Fraction]]
    weights: tuple[Fraction, Fraction]

    def of_offer(self, offer: str, item: str) -> tuple[Fraction, Fraction]:
        """Its own marks; one that it has not is the mean of the item's offers that have both."""
        quality, satisfaction = self.own[offer]
        mean = self.mean[item]
        return mean[0] if quality is None else quality, mean[1] if satisfaction is None else satisfaction

    def offer_above(self, offer: str, item: str) -> Fraction:
        """Its score less the reference; an offer without both marks has the reference's score."""
        quality, satisfaction = self.own[offer]
        if quality is None or satisfaction is None:
            return Fraction(0)
        return self.above_reference(item, (quality, satisfaction))

    def score(self, marks: tuple[Fraction, Fraction]) -> Fraction:
        return self.weights[0] * marks[0] + self.weights[1] * marks[1]

    def above_reference(self, item: str, marks: tuple[Fraction, Fraction] | None) -> Fraction:
        return Fraction(0) if marks is None else self.score(marks) - self.score(self.mean[item])


def read_marks(inputs: Inputs) -> Marks:
    """A missing mark comes from the undertaker's latest performance of the item."""
    own: dict[str, tuple[Fraction | None, Fraction | None]] = {}
    of_item: dict[str, list[tuple[Fraction, Fraction]]] = {row["item"]: [] for row in inputs.rows("items")}
    for offer in inputs.rows("offers"):
        record = max(
            (r for r in inputs.rows("performance")
             if (r["undertaker"], r["item"]) == (offer["undertaker"], offer["item"])),
            key=lambda r: r["year"], default={},
        )  # fmt: skip
        first, second = (
            offer[name] if offer[name] is not None else record.get(name) for name in ("quality", "satisfaction")
        )
        quality = None if first is None else Fraction(first)
        satisfaction = None if second is None else Fraction(second)
        own[offer["offer"]] = (quality, satisfaction)
        if quality is not None and satisfaction is not None:
            of_item[offer["item"]].append((quality, satisfaction))
    mean = {
        item: (
            sum((m[0] for m in marks), Fraction(0)) / max(1, len(marks)),
            sum((m[1] for m in marks), Fraction(0)) / max(1, len(marks)),
        )
        for item, marks in of_item.items()
    }
    weights = inputs.settings.performance
    return Marks(own, mean, (Fraction(weights.quality), Fraction(weights.satisfaction)))


def read_needs(inputs: Inputs, marks: Marks) -> tuple[Need, ...]:
    """Every need with its rows of the model years and its direct line."""
    items = {row["item"]: row for row in inputs.rows("items")}
    lines = {row["need"]: row for row in inputs.rows("direct_lines")}
    by_name: dict[str, dict[int, Row]] = {}
    for row in inputs.rows("needs"):
        by_name.setdefault(row["need"], {})[row["year"]] = row
    return tuple(
        _need(inputs, marks, name, of_year, items, lines.get(name)) for name, of_year in sorted(by_name.items())
    )


def _need(
    inputs: Inputs, marks: Marks, name: str, of_year: dict[int, Row], items: dict[str, Row], line: Row | None
) -> Need:
    settings = inputs.settings
    row = next(iter(of_year.values()))
    item = items[row["item"]]
    if item["divisible"]:
        raise ValueError(f"item {item['item']} is divisible: its plans cannot be counted")
    quantity = units(line["quantity"]) if line else 0
    expenditure = fen(line["expenditure"]) if line else 0
    scopes = [scope_of(inputs, item, row["area"], year) for year in settings.years]
    avoidable = Fraction(1) if line is None or line["avoidable"] is None else Fraction(line["avoidable"])
    posts = settings.clauses
    may_add = not posts.on("no_new_posts") or posts.soft("no_new_posts")
    both = line is not None and line["quality"] is not None and line["satisfaction"] is not None
    line_marks = (Fraction(line["quality"]), Fraction(line["satisfaction"])) if line is not None and both else None
    return Need(
        name, row["purchaser"], row["item"], row["area"],
        tuple(_need_year(settings, of_year.get(year), quantity) for year in settings.years),
        line is not None, quantity,
        tuple(half_up(grown(Fraction(expenditure), line["growth"] if line else Decimal(0), year - settings.base_year))
              for year in settings.years),
        avoidable, line["runoff_years"] if line else None,
        Fraction(inputs.unit_values.get(row["item"], 1)), item["livelihood"],
        tuple(scope == "purchasable" for scope in scopes),
        tuple(scope == "government_only" or may_add for scope in scopes),
        tuple(scope == "government_only" for scope in scopes),
        marks.above_reference(row["item"], line_marks),
    )  # fmt: skip


def _need_year(settings: Settings, row: Row | None, quantity: int) -> NeedYear:
    if row is None:
        return NeedYear(0, 0, 0, 0, Fraction(0), 0, None, False)
    demand = units(row["demand"])
    tolerance = Fraction(settings.clauses.continuity.tolerance)
    return NeedYear(
        demand, units(Fraction(row["target"]) * demand), units(Fraction(row["floor"]) * demand),
        ceil(min(quantity, demand) * (1 - tolerance)), Fraction(row["weight"]),
        row["min_awards"], row["max_awards"], row["all_or_nothing"],
    )  # fmt: skip


def read_limits(inputs: Inputs) -> tuple[Limit, ...]:
    """own_capacity, year by year: the undertaker's own units, further resources, its money, the offer's units."""
    found: list[Limit] = []
    offers = inputs.rows("offers")
    uses = inputs.rows("uses")
    capacities = inputs.rows("capacities")
    for place, year in enumerate(inputs.settings.years):
        for undertaker in inputs.rows("undertakers"):
            name = undertaker["undertaker"]
            mine = [offer for offer in offers if offer["undertaker"] == name]
            if undertaker["capacity"] is not None:
                use = {offer["offer"]: Fraction(offer["capacity_use"]) for offer in mine}
                found.append(Limit(place, Fraction(undertaker["capacity"]), use, name))
            if undertaker["contract_limit"] is not None:
                found.append(Limit(place, Fraction(fen(undertaker["contract_limit"])), {}, name))
            for resource in sorted({r["resource"] for r in capacities if r["undertaker"] == name}):
                given = {r["year"]: r["capacity"] for r in capacities
                         if (r["undertaker"], r["resource"]) == (name, resource)}  # fmt: skip
                most = given.get(year, given.get(None))
                use = {u["offer"]: Fraction(u["use"]) for u in uses
                       if u["resource"] == resource and u["offer"] in {o["offer"] for o in mine}}  # fmt: skip
                if most is not None and use:
                    found.append(Limit(place, Fraction(most), use, name))
        for offer in offers:
            if offer["capacity"] is not None:
                use = {offer["offer"]: Fraction(1)}
                found.append(Limit(place, Fraction(units(offer["capacity"])), use, offer["undertaker"]))
    return tuple(found)


def read_relations(inputs: Inputs) -> tuple[Bounds, ...]:
    """Each linear rule between served quantities, year by year."""
    found = []
    table = inputs.rows("relations")
    for name in sorted({row["relation"] for row in table}):
        for place, year in enumerate(inputs.settings.years):
            mine = [r for r in table if r["relation"] == name and r["year"] in (None, year)]
            coefficient: dict[str, Fraction] = {}
            for r in mine:
                coefficient[r["need"]] = coefficient.get(r["need"], Fraction(0)) + Fraction(r["coefficient"])
            least = [Fraction(r["at_least"]) for r in mine if r["at_least"] is not None]
            most = [Fraction(r["at_most"]) for r in mine if r["at_most"] is not None]
            if least or most:
                found.append(Bounds(place, coefficient, max(least, default=None), min(most, default=None)))
    return tuple(found)
