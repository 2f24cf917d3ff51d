"""Price to win in a model too large for proof: up to which price a plan was found, and from which on none can be.

Upwards from a price at which a plan with the offer is as good as the best found without it: with that plan's awards
held, prices rise until its quantities and money no longer make it as good; higher up, other awards are sought; and so
on, a few times. From above, the relaxed model of the whole says from which price on no plan can be as good. Every
search ends by a number of nodes, every climb by a number of prices: the same question has the same answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

import numpy as np

from gpsopt.analysis.explain.around import Around, Values, held_rows
from gpsopt.analysis.explain.winning import Win
from gpsopt.solving.relaxation import Relaxation

_WORK: Final = 20_000  # columns in all the searches for other awards, each between what was reached and what was not
_TRIES: Final = (2, 5)  # of such searches, at least and at most
_STEPS: Final = 5  # prices tried to find from which on no plan can be as good
_HALVINGS: Final = 14  # prices tried with a plan's awards held: they cost little
_CLOSE: Final = 1e-3  # of the price: close enough


def price_range(around: Around, rest: Values, with_it: Values) -> Win:
    """The highest price at which a plan with the offer was found that is as good as `rest`, the aims in order, and
    the lowest at which none can be as good in every aim. `with_it`: the plan with the offer at its own price."""
    if not around.has_prices:
        return Win(None, None, "interval", False, 0)
    asked = _AsGood(around, rest, with_it)
    low = _climbed(asked, float(around.first), around.top)
    bounds = _Bounds(around, rest)
    high = None if bounds.allow(around.top) else _halved(bounds.allow, low or 0.0, around.top, _STEPS)[1]
    return Win(None if low is None else _yuan(int(low)), None if high is None else _yuan(int(np.ceil(high))),
               "interval", False, asked.tried + bounds.tried, _yuan(int(around.top)), around.top_is)  # fmt: skip


def _climbed(asked: _AsGood, first: float, top: float) -> float | None:
    """The highest price that was found to win; None: not even 0."""
    good = next((price for price in (first, 0.0) if asked.searched(price) is not None), None)
    if good is None:
        return None
    good, bad = asked.climbed(good, first if good < first else top), first if good < first else top
    for _try in range(min(max(_WORK // asked.size, _TRIES[0]), _TRIES[1])):
        if bad - good <= max(1.0, _CLOSE * bad):
            break
        middle = float(round((good + bad) / 2))
        if asked.searched(middle) is None:
            bad = middle
        else:
            good = asked.climbed(middle, bad)
    return good


class _AsGood:
    """Is a plan with the offer at a price as good as `rest`? Plans that were found are kept."""

    def __init__(self, around: Around, rest: Values, with_it: Values) -> None:
        places = range(len(around.base.aims))
        self._around, self._rest = around, rest
        self._first = next((p for p in places if around.compared(p, with_it.reached[p], rest)), places[-1])
        self._awards: _Kept | None = None
        self.size = int(around.part("free", float(around.first)).free.sum())
        self.tried = 0

    def searched(self, price: float) -> Any:
        """The point of such a plan, its awards sought anew; None: none was found."""
        self.tried += 1
        point = self._in_order(lambda held, place, near: self._around.local("with", price, held, place, near))
        if point is not None:
            self._awards = _Kept(self._around, point)
        return point

    def climbed(self, good: float, top: float) -> float:
        """The highest price up to `top` at which the awards of the last plan found are as good."""
        awards = self._awards
        assert awards is not None, "a plan was found at this price"

        def holds(price: float) -> bool:
            self.tried += 1
            return self._in_order(lambda held, place, _near: awards.best(price, held, place)) is not None

        return top if holds(top) else _halved(holds, good, top, _HALVINGS)[0]

    def _in_order(self, sought: Callable[[list[tuple[int, float]], int, Any], tuple[float, Any] | None]) -> Any:
        """The aims before the first that differed are kept, the others are sought in order until one differs."""
        rest = self._rest
        held, near = list(enumerate(rest.reached[: self._first])), self._around.plan.point
        for place in range(self._first, len(rest.reached)):
            found = sought(held, place, near)
            if found is None:
                return None
            value, near = found
            against = self._around.compared(place, value, rest)
            if against:
                return near if against < 0 else None
            held.append((place, rest.reached[place]))
        return near


class _Kept:
    """The awards of a plan at one price after another; its quantities and money are decided anew."""

    def __init__(self, around: Around, point: Any) -> None:
        self._around, self._point = around, point
        self._models: dict[int, Relaxation] = {}

    def best(self, price: float, held: list[tuple[int, float]], place: int) -> tuple[float, Any] | None:
        """One aim's best value, with others held."""
        part = self._around.part("free", price)
        lower, upper = part.compiled.column_lower.copy(), part.compiled.column_upper.copy()
        whole = part.compiled.integer
        lower[whole] = upper[whole] = np.round(self._point[part.free][whole])
        limits = [(other, limit - part.apart[other]) for other, limit in held]
        compiled = held_rows(replace(part.compiled, column_lower=lower, column_upper=upper), part.aims, limits)
        found = _relaxed(self._models, place, compiled, (part.aims[place],))
        return None if found is None else (found[0].value + part.apart[place], self._point)


class _Bounds:
    """The relaxed model with the offer, the other aims kept as good as in `rest`, at one price after another."""

    def __init__(self, around: Around, rest: Values) -> None:
        self._around, self._rest = around, rest
        self._held = [(place, value) for place, value in enumerate(rest.reached) if place != around.last]
        self._models: dict[int, Relaxation] = {}
        self.tried = 0

    def allow(self, price: float) -> bool:
        """Can a plan with the offer at this price be as good in every aim?"""
        self.tried += 1
        around = self._around
        compiled, aims = around.at(price)
        whole = held_rows(around.restricted(compiled, "with"), aims, self._held)
        found = _relaxed(self._models, around.last, whole, (aims[around.last],))
        return found is not None and around.compared(around.last, found[0].bound, self._rest) <= 0


def _relaxed(models: dict[int, Relaxation], place: int, compiled: Any, aims: tuple[Any, ...]) -> Any:
    """The answer of a relaxed model that is warm from the last price; None: nothing fits."""
    if place in models:
        models[place].change(compiled, aims)
    else:
        models[place] = Relaxation(compiled, aims)
    return models[place].in_order(aims, (0.0,))


def _halved(holds: Callable[[float], bool], good: float, bad: float, steps: int) -> tuple[float, float]:
    """(holds, does not) after so many halvings, or as close as need be."""
    for _step in range(steps):
        if bad - good <= max(1.0, _CLOSE * bad):
            break
        middle = float(round((good + bad) / 2))
        good, bad = (middle, bad) if holds(middle) else (good, middle)
    return good, bad


def _yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)
