"""The inputs as the check reads them: exact, on the grid, indexed once. Derived here on its own; nothing
of the planner's model is used.

Units: quantities are whole grid steps of the need's item (`Item.step` units each), money is fen, unit
prices and cost standards are millionths of a yuan, shares and weights are fractions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from gpsopt.money import fen
from gpsopt.scenario import Scenario
from gpsopt.settings import Settings
from gpsopt.tables import SCHEMA, Tables
from gpsopt.verify.exact import down_to_grid, grown

SIX_CONDITIONS: Final = ("registered", "civil_liability", "facilities", "governance", "accounts", "record")
NeedYearKey = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Item:
    """A catalogue entry."""

    code: str
    livelihood: bool
    scope: str
    procurement: bool
    basic: bool
    domain: str | None
    cost_standard: int | None
    step: Fraction
    unit_value: Fraction


@dataclass(frozen=True, slots=True)
class Need:
    """What does not change from year to year in a need."""

    key: str
    purchaser: str
    item: Item
    area: str


@dataclass(frozen=True, slots=True)
class Demand:
    """A need in one year, on the grid."""

    demand: int
    target: int
    floor: int
    weight: Fraction
    min_awards: int
    max_awards: int | None
    all_or_nothing: bool


NO_DEMAND: Final = Demand(0, 0, 0, Fraction(1), 0, None, False)


@dataclass(frozen=True, slots=True)
class Line:
    """What the government itself delivers today: D on the grid, E of the base year and of every model year in fen."""

    quantity: int
    today: int
    expenditure: Mapping[int, int]
    avoidable: Fraction
    runoff: int | None
    posts: Fraction | None
    quality: Fraction | None
    satisfaction: Fraction | None


@dataclass(frozen=True, slots=True)
class Undertaker:
    """A candidate; `missing` names the conditions of the six that it does not meet."""

    key: str
    kind: str
    missing: tuple[str, ...]
    licences: frozenset[str]
    credit: Decimal | None
    group: str | None
    affiliated_to: str | None
    capacity: Fraction | None
    contract_limit: int | None
    engagement_cost: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A price for an item; `price` of the base year and of every model year in millionths of a yuan."""

    key: str
    undertaker: str
    item: str
    areas: frozenset[str] | None
    needs: tuple[str, ...] | None
    base_price: int
    price: Mapping[int, int]
    setup: int
    subsidy: int
    min_quantity: int
    max_quantity: int | None
    capacity: int | None
    use: Fraction
    quality: Fraction | None
    satisfaction: Fraction | None
    first_year: int | None
    last_year: int | None
    excludes: str | None
    package: str | None


@dataclass(frozen=True)
class World:
    """Everything the check knows before it opens the plan. `needs` stands in key order."""

    settings: Settings
    years: tuple[int, ...]
    purchasers: Mapping[str, tuple[str, str | None]]  # level, area
    items: Mapping[str, Item]
    needs: Mapping[str, Need]
    demands: Mapping[NeedYearKey, Demand]
    lines: Mapping[str, Line]
    undertakers: Mapping[str, Undertaker]
    offers: Mapping[str, Offer]
    budgets: Mapping[tuple[str, int], int]
    scopes: Mapping[NeedYearKey, str]
    licences: Mapping[tuple[str, str | None], tuple[str, ...]]  # item, purchaser (None = all)
    capacities: Mapping[tuple[str, str, int | None], Fraction]  # undertaker, resource, year (None = every)
    uses: Mapping[str, tuple[tuple[str, Fraction], ...]]  # offer -> resource, use per unit
    relations: Mapping[str, tuple[dict[str, Any], ...]]
    contracts: tuple[dict[str, Any], ...]

    def demand(self, need: str, year: int) -> Demand:
        """The need's demand in a year; zero where it has no row."""
        return self.demands.get((need, year), NO_DEMAND)

    def price(self, offer: Offer, need: Need, year: int) -> int:
        """Millionths of a yuan a unit: the offer's, or under mode = "cap" what the standard leaves (3(5))."""
        own, standard = offer.price[year], need.item.cost_standard
        if standard is None or not self.on("fee_standard") or self.settings.clauses.fee_standard.mode != "cap":
            return own
        most = self.demand(need.key, year).demand if offer.max_quantity is None else offer.max_quantity
        if most == 0:
            return own
        room = standard - Fraction(offer.setup * 10_000) / (most * need.item.step)
        return min(own, room.__floor__()) if room >= 0 else own

    def on(self, clause: str) -> bool:
        """Is the clause in force?"""
        return self.settings.clauses.on(clause)

    @property
    def oversupply(self) -> bool:
        """May more be served than is demanded? A struck clause allows nothing."""
        return self.on("coverage") and self.settings.clauses.coverage.oversupply


def world_of(scenario: Scenario) -> World:
    """The world of a scenario whose tables were read without errors and whose codes all exist."""
    settings, tables = scenario.settings, scenario.tables
    items = _items(scenario)
    needs, demands = _needs(tables, items, settings)
    return World(
        settings=settings,
        years=settings.years,
        purchasers={r["purchaser"]: (r["level"], r["area"]) for r in filled(tables, "purchasers")},
        items=items,
        needs=needs,
        demands=demands,
        lines=_lines(tables, needs, settings),
        undertakers={u.key: u for u in map(_undertaker, filled(tables, "undertakers"))},
        offers={o.key: o for o in (_offer(r, items[r["item"]], settings) for r in filled(tables, "offers"))},
        budgets={(r["purchaser"], r["year"]): fen(r["amount"]) for r in filled(tables, "budgets")},
        scopes=_scopes(tables, needs, settings),
        licences=_gathered(((r["item"], r["purchaser"]), r["licence"]) for r in filled(tables, "conditions")),
        capacities={
            (r["undertaker"], r["resource"], r["year"]): Fraction(r["capacity"]) for r in filled(tables, "capacities")
        },
        uses=_gathered((r["offer"], (r["resource"], Fraction(r["use"]))) for r in filled(tables, "uses")),
        relations=_gathered((r["relation"], r) for r in filled(tables, "relations")),
        contracts=tuple(filled(tables, "contracts")),
    )


def filled(tables: Tables, name: str) -> Iterator[dict[str, Any]]:
    """The rows of a table with every empty cell of a column that has a default filled."""
    defaults = {c.name: c.default for c in SCHEMA[name].columns if c.default is not None}
    for _line, row in tables.rows(name):
        for column, value in defaults.items():
            if row[column] is None:
                row[column] = value
        yield row


def _gathered(pairs: Iterator[tuple[Any, Any]]) -> dict[Any, tuple[Any, ...]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return {key: tuple(values) for key, values in found.items()}


def _items(scenario: Scenario) -> dict[str, Item]:
    step = Fraction(scenario.settings.quantity_step)
    return {
        r["item"]: Item(
            code=r["item"],
            livelihood=r["livelihood"],
            scope=r["scope"],
            procurement=r["procedure"] == "procurement",
            basic=r["basic"],
            domain=r["domain"],
            cost_standard=None if r["cost_standard"] is None else micro(r["cost_standard"]),
            step=step if r["divisible"] else Fraction(1),
            unit_value=Fraction(scenario.unit_values.get(r["item"], 1)),
        )
        for r in filled(scenario.tables, "items")
    }


def _needs(
    tables: Tables, items: Mapping[str, Item], settings: Settings
) -> tuple[dict[str, Need], dict[NeedYearKey, Demand]]:
    needs: dict[str, Need] = {}
    demands: dict[NeedYearKey, Demand] = {}
    for row in filled(tables, "needs"):
        item = items[row["item"]]
        needs[row["need"]] = Need(row["need"], row["purchaser"], item, row["area"])
        if row["year"] not in settings.years:
            continue
        demand = down_to_grid(row["demand"], item.step)
        demands[row["need"], row["year"]] = Demand(
            demand=demand,
            target=down_to_grid(Fraction(row["target"]) * demand, Fraction(1)),
            floor=down_to_grid(Fraction(row["floor"]) * demand, Fraction(1)),
            weight=Fraction(row["weight"]),
            min_awards=row["min_awards"],
            max_awards=row["max_awards"],
            all_or_nothing=row["all_or_nothing"],
        )
    return dict(sorted(needs.items())), demands


def _lines(tables: Tables, needs: Mapping[str, Need], settings: Settings) -> dict[str, Line]:
    return {
        r["need"]: Line(
            quantity=down_to_grid(r["quantity"], needs[r["need"]].item.step),
            today=fen(r["expenditure"]),
            expenditure={t: grown(fen(r["expenditure"]), r["growth"], t - settings.base_year) for t in settings.years},
            avoidable=Fraction(1 if r["avoidable"] is None else r["avoidable"]),
            runoff=r["runoff_years"],
            posts=_fraction(r["posts"]),
            quality=_fraction(r["quality"]),
            satisfaction=_fraction(r["satisfaction"]),
        )
        for r in filled(tables, "direct_lines")
    }


def _undertaker(row: dict[str, Any]) -> Undertaker:
    return Undertaker(
        key=row["undertaker"],
        kind=row["kind"],
        missing=tuple(name for name in SIX_CONDITIONS if row[name] in ("no", False)),
        licences=frozenset(row["licences"] or ()),
        credit=row["credit"],
        group=row["group"],
        affiliated_to=row["affiliated_to"],
        capacity=_fraction(row["capacity"]),
        contract_limit=None if row["contract_limit"] is None else fen(row["contract_limit"]),
        engagement_cost=fen(row["engagement_cost"]),
    )


def _offer(row: dict[str, Any], item: Item, settings: Settings) -> Offer:
    price = micro(row["price"])
    return Offer(
        key=row["offer"],
        undertaker=row["undertaker"],
        item=row["item"],
        areas=None if row["areas"] is None else frozenset(row["areas"]),
        needs=row["needs"],
        base_price=price,
        price={t: grown(price, row["growth"], t - settings.base_year) for t in settings.years},
        setup=fen(row["setup"]),
        subsidy=micro(row["subsidy"]),
        min_quantity=down_to_grid(row["min_quantity"], item.step),
        max_quantity=None if row["max_quantity"] is None else down_to_grid(row["max_quantity"], item.step),
        capacity=None if row["capacity"] is None else down_to_grid(row["capacity"], item.step),
        use=Fraction(row["capacity_use"]),
        quality=_fraction(row["quality"]),
        satisfaction=_fraction(row["satisfaction"]),
        first_year=row["first_year"],
        last_year=row["last_year"],
        excludes=row["excludes"],
        package=row["package"],
    )


def _scopes(tables: Tables, needs: Mapping[str, Need], settings: Settings) -> dict[NeedYearKey, str]:
    """Scope of each need and year: the catalogue's row of the area, else the municipal one, else the item's."""
    dated = _gathered(((r["item"], r["area"]), r) for r in filled(tables, "catalogue"))
    scopes = {}
    for need in needs.values():
        for year in settings.years:
            scope = _dated(dated.get((need.item.code, need.area), ()), year)
            scope = scope or _dated(dated.get((need.item.code, None), ()), year)
            scopes[need.key, year] = scope or need.item.scope
    return scopes


def _dated(rows: tuple[dict[str, Any], ...], year: int) -> str | None:
    """The scope in force in a year: among the rows that hold then, the latest first_year."""
    held = [r for r in rows if (r["first_year"] or 0) <= year and (r["last_year"] is None or year <= r["last_year"])]
    return max(held, key=lambda r: r["first_year"] or 0)["scope"] if held else None


def micro(price: Decimal) -> int:
    """Yuan a unit with at most six decimals -> millionths of a yuan."""
    return int(price.scaleb(6))


def _fraction(value: Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)
