"""Price to win: the highest unit price at which an offer has an award in a best plan.

A higher price never makes a plan with the offer better, so there is one such price. It is sought between prices at
which the offer wins and prices at which it does not: where both are decided by the same aim, along the line between
them (that aim is a minimum of straight lines in the price), else at the middle; to the fen. Both sides of the answer
have been solved: the price itself, and a fen above it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

import pandas as pd

from gpsopt.analysis.explain.contest import Contest, first_worse
from gpsopt.scenario import Scenario
from gpsopt.solving.stages import Stage

_MOST_STEPS: Final = 50
_TIMES: Final = 1_000  # a price so many times today's is no offer any more


@dataclass(frozen=True)
class Win:
    """`price` is the highest that wins (None: none does); `above` the lowest tried that does not (None: none).

    `ends`: won (above is a fen higher), never, standard (the item's cost standard ends the search), any (even
    a thousand times today's price), open (the search stopped at [price, above]), interval (of a model too large for
    proof: at `price` a plan was found, from `above` on none can be). `is_proven`: by plans, else by the relaxed model.
    """

    price: Decimal | None
    above: Decimal | None
    ends: str
    is_proven: bool
    solves: int
    top: Decimal | None = None  # the highest price looked into


def price_to_win(scenario: Scenario, offer: str, need: str | None = None, contest: Contest | None = None) -> Win:
    """The price of `offer` (before growth) at which it has an award, for this need where one is given."""
    asked = contest or Contest(scenario, offer, need)
    rest = asked.answer("without")
    search = _Search(scenario, offer, asked, rest)
    today = fen_price(scenario, offer)
    standard = standard_fen(scenario, offer)
    top = min(max(today, 1) * _TIMES, standard if standard is not None else today * _TIMES)
    if search.wins(top):
        return Win(_yuan(top), None, "standard" if top == standard else "any", asked.is_proven, search.solves)
    if not search.wins(0):
        return Win(None, Decimal(0), "never", asked.is_proven, search.solves)
    low, high = search.between(0, min(today, top), top)
    ends = "won" if high - low == 1 else "open"
    return Win(_yuan(low), _yuan(high), ends, asked.is_proven, search.solves)


class _Search:
    """Tries prices; what was tried is known."""

    def __init__(self, scenario: Scenario, offer: str, asked: Contest, rest: tuple[Stage, ...] | None) -> None:
        self._scenario, self._offer, self._asked, self._rest = scenario, offer, asked, rest
        self._tried: dict[int, tuple[bool, str, float]] = {}

    @property
    def solves(self) -> int:
        return len(self._tried)

    def wins(self, price: int) -> bool:
        """Is a plan with the offer at this price (fen) as good as the best without it?"""
        if price not in self._tried:
            found = self._asked.answer("with", at_price(self._scenario, self._offer, _yuan(price)))
            worse = None if self._rest is None and found is not None else first_worse(found, self._rest or ())
            self._tried[price] = (worse is None, "" if worse is None else worse.aim, _worth(found, self._rest))
        return self._tried[price][0]

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
        """Where the line through both ends meets the answer without the offer; now and then the middle."""
        (_w, _a, under), (_v, _b, over) = self._tried.get(low, (True, "", 0.0)), self._tried.get(high, (False, "", 0.0))
        if step % 2 == 1 or not over > 0.0 >= under or over == float("inf"):
            return (low + high) // 2
        met = low + (high - low) * (-under) / (over - under)
        return round(met) + (1 if step % 4 == 2 else 0)


def _worth(found: tuple[Stage, ...] | None, rest: tuple[Stage, ...] | None) -> float:
    """How much worse the answer is in the last aim that money moves; infinite where there is none."""
    if found is None or rest is None:
        return float("inf") if found is None else 0.0
    worse = first_worse(found, rest)
    aims = [s.name for s in found]
    place = aims.index(worse.aim) if worse is not None else aims.index("outlay") if "outlay" in aims else 0
    sign = 1.0 if found[place].sense == "min" else -1.0
    return sign * (found[place].value - rest[place].value)


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


def _yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)
