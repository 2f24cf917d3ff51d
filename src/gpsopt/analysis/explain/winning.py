"""Price to win: the unit price up to which an offer has an award in a best plan, to the fen.

It is sought between prices at which the offer wins and prices at which it does not. By how much it is beaten is a
minimum of straight lines in the price, so the line through two prices that lose meets nothing at one that wins; where
that says nothing the middle is tried. Both sides of the answer have been solved: the price itself, and a fen above it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Final

import pandas as pd

from gpsopt.analysis.explain.contest import Contest, Worse
from gpsopt.scenario import Scenario

_MOST_STEPS: Final = 50
_TIMES: Final = 1_000  # a price so many times today's is no offer any more


@dataclass(frozen=True)
class Win:
    """`price` is the highest found that wins (None: none does); `above` the lowest tried that does not (None: none).

    `ends`: won (above is a fen higher), never, standard (the item's cost standard ends the search), any (even
    a thousand times today's price), open (the search stopped at [price, above]), interval (of a model too large for
    proof: at `price` a plan was found, from `above` on none can be). `is_proven`: by plans solved to proof.
    """

    price: Decimal | None
    above: Decimal | None
    ends: str
    is_proven: bool
    solves: int
    top: Decimal | None = None  # the highest price looked into
    top_is: str = ""  # standard: the most that the cost standard allows; times: eight times today's price


def price_to_win(scenario: Scenario, offer: str, need: str | None = None, contest: Contest | None = None) -> Win:
    """The price of `offer` (before growth) at which it has an award, for this need where one is given.

    Every price is answered by a search to proof: for models that are small. `explain_offer` answers large ones.
    """
    search = _Search(scenario, offer, contest or Contest(scenario, offer, need))
    today = fen_price(scenario, offer)
    standard = standard_fen(scenario, offer)
    top = min(max(today, 1) * _TIMES, standard if standard is not None else max(today, 1) * _TIMES)
    if search.wins(top):
        return search.end(top, None, "standard" if top == standard else "any")
    if not search.wins(0):
        return search.end(None, 0, "never")
    low, high = search.between(0, min(today, top), top)
    return search.end(low, high, "won" if high - low == 1 else "open")


class _Search:
    """Tries prices; what was tried is known: by how much and in which aim the offer is beaten (None: it wins)."""

    def __init__(self, scenario: Scenario, offer: str, asked: Contest) -> None:
        self._scenario, self._offer, self._asked = scenario, offer, asked
        self._tried: dict[int, Worse | None] = {}
        self._is_proven = True

    def end(self, price: int | None, above: int | None, ends: str) -> Win:
        wins, loses = (None if fen is None else _yuan(fen) for fen in (price, above))
        return Win(wins, loses, ends, self._is_proven, len(self._tried))

    def wins(self, price: int) -> bool:
        """Is the offer in a best plan at this price (fen)?"""
        if price not in self._tried:
            best = self._asked.best(at_price(self._scenario, self._offer, _yuan(price)))
            self._is_proven &= best is None or best.is_proven
            self._tried[price] = self._asked.beaten(best, "with")
        return self._tried[price] is None

    def between(self, low: int, first: int, high: int) -> tuple[int, int]:
        """(wins, does not) a fen apart, or as close as the steps allow."""
        guess = first
        for step in range(_MOST_STEPS):
            if high - low <= 1:
                break
            guess = min(max(guess, low + 1), high - 1)
            if self.wins(guess):
                low = guess
            else:
                high = guess
            guess = self._guess(low, high, step)
        return low, high

    def _guess(self, low: int, high: int, step: int) -> int:
        """Where the line through the two lowest prices that lose meets nothing; now and then the middle."""
        losing = sorted((p, w.amount) for p, w in self._tried.items() if w is not None and math.isfinite(w.amount))
        if step % 3 == 2 or len(losing) < 2 or losing[0][0] != high:
            return (low + high) // 2
        (one, over), (other, more) = losing[:2]
        if more <= over or self._aim(one) != self._aim(other):
            return (low + high) // 2
        met = math.floor(one - over * (other - one) / (more - over))
        return low + 1 if met <= low else met

    def _aim(self, price: int) -> str:
        worse = self._tried[price]
        return "" if worse is None else worse.aim


def at_price(scenario: Scenario, offer: str, price: Decimal) -> Scenario:
    """The scenario with another unit price of one offer."""
    frame = scenario.tables["offers"].copy()
    prices = [price if key == offer else p for key, p in zip(frame["offer"], frame["price"], strict=True)]
    frame["price"] = pd.Series(prices, index=frame.index, dtype=object)
    return replace(scenario, tables=scenario.tables.with_frame("offers", frame))


def fen_price(scenario: Scenario, offer: str) -> int:
    """The unit price of an offer in fen, before growth."""
    frame = scenario.tables["offers"]
    [price] = [p for key, p in zip(frame["offer"], frame["price"], strict=True) if key == offer]
    return int(price * 100)


def standard_fen(scenario: Scenario, offer: str) -> int | None:
    """The cost standard of the offer's item where the clause fee_standard holds it (3(5))."""
    if not scenario.settings.clauses.on("fee_standard"):
        return None
    offers, items = scenario.tables["offers"], scenario.tables["items"]
    [item] = [i for key, i in zip(offers["offer"], offers["item"], strict=True) if key == offer]
    [standard] = [s for key, s in zip(items["item"], items["cost_standard"], strict=True) if key == item]
    return None if standard is None else int(standard * 100)


def standard_before_growth(scenario: Scenario, offer: str, standard: int) -> int:
    """The highest price (fen, before growth) that is within the cost standard in every year of the offer."""
    frame = scenario.tables.filled("offers")
    [row] = frame[frame["offer"] == offer].to_dict("records")
    first, last = (row[name] if not pd.isna(row[name]) else None for name in ("first_year", "last_year"))
    years = [y for y in scenario.settings.years if (first is None or y >= first) and (last is None or y <= last)]
    base = scenario.settings.base_year
    growth = 1 + Fraction(row["growth"] or 0)
    return math.floor(standard / max([Fraction(1), *(growth ** (year - base) for year in years)]))


def _yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)
