"""The books of the base year as the check reads them: today's lines, the contracts that ran then, the budgets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gpsopt.money import fen
from gpsopt.verify.exact import half_up_div
from gpsopt.verify.world import World


@dataclass(frozen=True, slots=True)
class Books:
    """A purchaser's base year in fen; `budget` is None where the table budgets has no row of it."""

    direct: int
    purchased: int
    budget: int | None

    @property
    def deficit(self) -> int:
        return max(0, self.direct - self.budget) if self.budget is not None else 0

    @property
    def left(self) -> int:
        return max(0, self.budget - self.direct - self.purchased) if self.budget is not None else 0


def books_of_base_year(world: World) -> Mapping[str, Books]:
    """Every purchaser's base year, if anybody has a contract that ran in it; else nobody's."""
    base = world.settings.base_year
    purchased: dict[str, int] = defaultdict(int)
    running = [row for row in world.contracts if _runs(row, base)]
    for row in running:
        purchased[world.needs[row["need"]].purchaser] += _cost(world, row)
    direct: dict[str, int] = defaultdict(int)
    for need, line in world.lines.items():
        direct[world.needs[need].purchaser] += line.today
    return {p: Books(direct[p], purchased[p], world.budgets.get((p, base))) for p in world.purchasers if running}


def _runs(row: Mapping[str, Any], year: int) -> bool:
    return bool(row["year"] <= year <= (row["until_year"] if row["until_year"] is not None else row["year"]))


def _cost(world: World, row: Mapping[str, Any]) -> int:
    """What the contract cost in the base year: its amount, else its quantity at the offer's price, with setup."""
    if row["amount"] is not None:
        return fen(row["amount"])
    if not row["quantity"]:
        return 0
    offer = world.offers[row["offer"]]
    units = Fraction(row["quantity"])
    return half_up_div(units.numerator * offer.base_price, units.denominator * 10_000) + offer.setup
