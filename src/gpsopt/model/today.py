"""Today's purchases as the year before: the rows of `contracts` that run in the base year, beside today's lines.

A row holds from its year to `until_year` (empty: its own year alone); quantity and amount are those of one year.
The budgets of the base year are the books: with direct lines and purchases they tie, to the fen, where all is given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from gpsopt.model.facts import Facts, micro
from gpsopt.model.obligations import runs_in
from gpsopt.money import fen, half_up


@dataclass(frozen=True)
class Today:
    """A purchaser's base year in fen: today's direct lines and purchases, and the budget that the books say."""

    direct: int
    purchased: int
    books: int | None  # None: `budgets` has no row of the base year

    @property
    def difference(self) -> int:
        """Fen that direct lines and purchases are above the books (0 where the books are not given)."""
        return 0 if self.books is None else self.direct + self.purchased - self.books

    @property
    def left(self) -> int:
        """Fen that stayed on the purchase line."""
        return 0 if self.books is None else max(0, self.books - self.direct - self.purchased)

    @property
    def deficit(self) -> int:
        return 0 if self.books is None else max(0, self.direct - self.books)


def today_of(facts: Facts) -> dict[str, Today]:
    """Purchaser -> its base year, where `contracts` has rows of that year; empty where nobody bought anything."""
    base = facts.settings.base_year
    owner = dict(zip(facts.needs.key, facts.needs.purchaser, strict=True))
    purchased: dict[str, int] = defaultdict(int)
    for row in _rows(facts):
        if runs_in(row, base):
            purchased[owner[row["need"]]] += _amount(facts, row)
    if not purchased:
        return {}
    direct: dict[str, int] = defaultdict(int)
    for _line, row in facts.scenario.tables.rows("direct_lines"):
        direct[owner[row["need"]]] += fen(row["expenditure"])
    return {p: Today(direct[p], purchased[p], facts.budget.get((p, base))) for p in facts.purchasers}


def _amount(facts: Facts, row: dict[str, Any]) -> int:
    """Fen of a contract in the base year: as given, else its quantity at the offer's price."""
    if row["amount"] is not None:
        return fen(row["amount"])
    offer = next(o for _line, o in facts.scenario.tables.rows("offers") if o["offer"] == row["offer"])
    price, setup = micro(offer["price"]), fen(offer["setup"] or Decimal(0))
    if row["quantity"] is None:
        return 0
    return half_up(Fraction(row["quantity"]) * price / 10_000) + setup if row["quantity"] else 0


def _rows(facts: Facts) -> Iterator[dict[str, Any]]:
    for _line, row in facts.scenario.tables.rows("contracts"):
        yield row
