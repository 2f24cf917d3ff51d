"""The scenario in exact integers: quantities in grid steps, money in fen, prices in millionths of a yuan.

The grid is part of the model: demand, floors, targets, limits and today's quantities are taken down
to the need's step before anything is decided, so that the model, the plan and `verify` speak of the
same numbers. Arrays over needs and years have shape (needs, years); needs stand in key order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from gpsopt.money import MICRO_PER_YUAN, fen, half_up
from gpsopt.scenario import Scenario
from gpsopt.settings import Settings
from gpsopt.tables import Tables

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Needs:
    """What must be done: one entry a need, and (needs, years) arrays in grid steps."""

    key: tuple[str, ...]
    purchaser: tuple[str, ...]
    item: tuple[str, ...]
    area: tuple[str, ...]
    step: tuple[Fraction, ...]  # units of the item in one grid step
    whole: Bools  # (needs,) indivisible: quantities are integers
    demand: Ints
    target: Ints
    floor: Ints
    steady: Ints  # continuity: min(D, demand) less its tolerance
    weight: Texts  # Decimal, 0 where the need has no row in the year: nothing is asked of it then
    min_awards: Ints
    max_awards: Ints  # -1 = no limit
    all_or_nothing: Bools
    scope: Texts  # purchasable, government_only or outside_duties in the area and year


@dataclass(frozen=True)
class Lines:
    """What the government delivers itself today, one entry a need (0 where it has no line)."""

    quantity: Ints  # (needs,) D in grid steps
    expenditure: Ints  # (needs, years) E in fen
    avoidable: tuple[Fraction, ...]
    runoff: tuple[int | None, ...]
    new_cost: tuple[Fraction, ...]  # fen for one grid step newly delivered, before growth where D = 0
    score: tuple[Fraction | None, ...]  # None: no marks, counts as the item's reference

    def share_freed(self, need: int, age: int) -> Fraction:
        """The part of a moved unit's cost that has stopped after `age` years (model: released money)."""
        avoidable, runoff = self.avoidable[need], self.runoff[need]
        if runoff is None:
            return avoidable
        if runoff == 0:
            return Fraction(1)
        return avoidable + (1 - avoidable) * min(Fraction(1), Fraction(age, runoff))


@dataclass(frozen=True)
class Facts:
    """Everything the model and the plan read, indexed once."""

    scenario: Scenario
    years: tuple[int, ...]
    needs: Needs
    lines: Lines
    purchasers: tuple[str, ...]
    budget: Mapping[tuple[str, int], int]  # fen
    items: Mapping[str, dict[str, Any]]
    undertakers: Mapping[str, dict[str, Any]]
    level: Mapping[str, str]
    home: Mapping[str, str | None]  # the district of a district purchaser

    @property
    def settings(self) -> Settings:
        return self.scenario.settings

    @cached_property
    def purchaser_of(self) -> dict[str, str]:
        """Need -> its purchaser."""
        return dict(zip(self.needs.key, self.needs.purchaser, strict=True))

    def unit_value(self, item: str) -> Decimal:
        """Yuan a unit of the item counts for in the aims; 1 where the tables say nothing of its cost."""
        return self.scenario.unit_values.get(item, Decimal(1))

    def lines_total(self, purchaser: str, year: int) -> int:
        """Fen that the purchaser's direct lines cost in the year if nothing moves."""
        column = self.years.index(year)
        rows = [n for n, p in enumerate(self.needs.purchaser) if p == purchaser]
        return int(self.lines.expenditure[rows, column].sum())


def facts_of(scenario: Scenario) -> Facts:
    """Index a checked scenario. Source of the grid rule: the model's section on the grid."""
    tables = scenario.tables
    items = {row["item"]: row for _line, row in _filled(tables, "items")}
    needs, lines = _needs(scenario, items)
    purchasers = {row["purchaser"]: row for _line, row in tables.rows("purchasers")}
    return Facts(
        scenario=scenario,
        years=scenario.settings.years,
        needs=needs,
        lines=lines,
        purchasers=tuple(purchasers),
        budget={(row["purchaser"], row["year"]): fen(row["amount"]) for _line, row in tables.rows("budgets")},
        items=items,
        undertakers={row["undertaker"]: row for _line, row in _filled(tables, "undertakers")},
        level={key: row["level"] for key, row in purchasers.items()},
        home={key: row["area"] for key, row in purchasers.items()},
    )


def on_grid(quantity: Decimal | Fraction, step: Fraction) -> int:
    """A quantity in whole steps, taken down."""
    above, below = quantity.as_integer_ratio()
    return above * step.denominator // (below * step.numerator)


def at_least(steps: Fraction) -> int:
    """The fewest whole steps that are not less: what a clause asks for is never taken down."""
    return -(-steps.numerator // steps.denominator)


def _part(share: Decimal, steps: int) -> int:
    """A share of so many steps, taken down."""
    above, below = share.as_integer_ratio()
    return above * steps // below


def _filled(tables: Tables, name: str) -> list[tuple[int, dict[str, Any]]]:
    return list(Tables({name: tables.filled(name)}, tables.files).rows(name))


def _needs(scenario: Scenario, items: Mapping[str, dict[str, Any]]) -> tuple[Needs, Lines]:
    settings = scenario.settings
    column_of = {year: place for place, year in enumerate(settings.years)}
    rows = _filled(scenario.tables, "needs")
    first = {row["need"]: row for _line, row in reversed(rows)}
    keys = tuple(sorted(first))
    place = {key: n for n, key in enumerate(keys)}
    step = tuple(
        Fraction(settings.quantity_step) if items[first[key]["item"]]["divisible"] else Fraction(1) for key in keys
    )
    shape = (len(keys), len(settings.years))
    demand, target, floor, min_awards = (np.zeros(shape, dtype=np.int64) for _ in range(4))
    max_awards = np.full(shape, -1, dtype=np.int64)
    whole_or_none = np.zeros(shape, dtype=bool)
    weight = np.full(shape, Decimal(0), dtype=object)
    for _line, row in rows:
        if row["year"] not in column_of:
            continue
        at = place[row["need"]], column_of[row["year"]]
        demand[at] = on_grid(row["demand"], step[at[0]])
        target[at] = _part(row["target"], int(demand[at]))
        floor[at] = _part(row["floor"], int(demand[at]))
        min_awards[at], whole_or_none[at], weight[at] = row["min_awards"], row["all_or_nothing"], row["weight"]
        max_awards[at] = -1 if row["max_awards"] is None else row["max_awards"]
    lines = _lines(scenario, keys, tuple(first[k]["item"] for k in keys), step)
    steady = np.minimum(lines.quantity[:, None], demand)
    tolerance = Fraction(settings.clauses.continuity.tolerance)
    if tolerance:
        steady = np.array([[at_least((1 - tolerance) * int(v)) for v in row] for row in steady], dtype=np.int64)
    needs = Needs(
        key=keys,
        purchaser=tuple(first[k]["purchaser"] for k in keys),
        item=tuple(first[k]["item"] for k in keys),
        area=tuple(first[k]["area"] for k in keys),
        step=step,
        whole=np.array([not items[first[k]["item"]]["divisible"] for k in keys], dtype=bool),
        demand=demand,
        target=target,
        floor=floor,
        steady=steady,
        weight=weight,
        min_awards=min_awards,
        max_awards=max_awards,
        all_or_nothing=whole_or_none,
        scope=_scopes(scenario, [first[k] for k in keys], items),
    )
    return needs, lines


def _scopes(scenario: Scenario, needs: list[dict[str, Any]], items: Mapping[str, dict[str, Any]]) -> Texts:
    """The area's row of the dated catalogue, else the municipal one, else items; the latest first_year (3(1))."""
    years = scenario.settings.years
    dated: dict[tuple[str, str | None], list[dict[str, Any]]] = {}
    for _line, row in scenario.tables.rows("catalogue"):
        dated.setdefault((row["item"], row["area"]), []).append(row)
    scope = np.empty((len(needs), len(years)), dtype=object)
    for n, need in enumerate(needs):
        scope[n] = items[need["item"]]["scope"]
        for c, year in enumerate(years):
            for area in (need["area"], None):
                held = [r for r in dated.get((need["item"], area), ()) if _in_force(r, year)]
                if held:
                    scope[n, c] = max(held, key=lambda r: r["first_year"] or 0)["scope"]
                    break
    return scope


def _in_force(row: dict[str, Any], year: int) -> bool:
    return (row["first_year"] or 0) <= year and (row["last_year"] is None or year <= row["last_year"])


def _lines(scenario: Scenario, keys: tuple[str, ...], item: tuple[str, ...], step: tuple[Fraction, ...]) -> Lines:
    settings, marks = scenario.settings, scenario.settings.performance
    given = {row["need"]: row for _line, row in _filled(scenario.tables, "direct_lines")}
    quantity = np.zeros(len(keys), dtype=np.int64)
    expenditure = np.zeros((len(keys), len(settings.years)), dtype=np.int64)
    avoidable, runoff, new_cost, score = [], [], [], []
    for n, key in enumerate(keys):
        row = given.get(key, {})
        quantity[n] = on_grid(row.get("quantity", Decimal(0)), step[n])
        growth = 1 + Fraction(row.get("growth", 0))
        today = Fraction(row.get("expenditure", 0)) * 100
        if growth == 1:
            expenditure[n] = half_up(today)
        else:
            grown = [half_up(today * growth ** (year - settings.base_year)) for year in settings.years]
            expenditure[n] = grown
        avoidable.append(Fraction(1) if row.get("avoidable") is None else Fraction(row["avoidable"]))
        runoff.append(row.get("runoff_years"))
        value = Fraction(scenario.unit_values.get(item[n], Decimal(1)))
        new_cost.append(value * 100 * step[n])
        both = row.get("quality") is not None and row.get("satisfaction") is not None
        score.append(
            Fraction(marks.quality) * Fraction(row["quality"])
            + Fraction(marks.satisfaction) * Fraction(row["satisfaction"])
            if both
            else None
        )
    return Lines(quantity, expenditure, tuple(avoidable), tuple(runoff), tuple(new_cost), tuple(score))


def micro(price: Decimal) -> int:
    """Yuan a unit -> millionths of a yuan."""
    return int(price * MICRO_PER_YUAN)


def award_amount(steps: int, step: Fraction, price: int, setup: int) -> int:
    """Fen for an award: quantity x price rounded half up to the fen, plus setup.

    `price` in millionths of a yuan, `setup` in fen.
    """
    return half_up(Fraction(steps * step.numerator * price, step.denominator * 10_000)) + setup
