"""What money and limits are worth: prices with the awards held, in the units that they buy, and their finite answers.

A price is the change of the first aim that a row moves, for one more unit of the row's limit, in the plan whose awards
are held (quantities are free). `held` answers solve that model again with the limit changed; `free` answers the
relaxed model, in which awards may change too (and be parts of awards); `plan` answers, on request, are searched with
whole awards and have a bound. Where nothing can move while the awards are held (all quantities are whole awards), the
prices are those of the relaxed model, and `awards` says "free". Steps are shares of the limit; of a purchaser's
purchase line, of its whole budget.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from gpsopt.analysis.explain.asked import check_known
from gpsopt.analysis.explain.rules import searched
from gpsopt.errors import LimitError
from gpsopt.model.clauses import REGISTER
from gpsopt.model.world import FEN_PER_WAN
from gpsopt.plan.plan import Result
from gpsopt.runread import Run, as_run
from gpsopt.scenario import Scenario
from gpsopt.solving.prices import MONEY_ROWS
from gpsopt.solving.relaxation import LpStage, Relaxation
from gpsopt.solving.stages import Stage
from gpsopt.solving.startpoint import Start, point_of
from gpsopt.whatif import Prepared, prepared

STEPS: Final = (-0.10, -0.05, -0.01, 0.01, 0.05, 0.10)
PRICES: Final = (
    "clause", "rule", "index", "year", "aim", "price", "limit", "unit", "less", "more", "down_to", "up_to", "awards",
)  # fmt: skip
FINITE: Final = (
    "clause", "rule", "index", "year", "aim", "step", "limit", "held", "free", "linear", "plan", "plan_open", "seconds",
)  # fmt: skip
SERVICES: Final = ("clause", "rule", "index", "year", "aim", "more", "change", "item", "units")
LINE: Final = "existing_budget.purchases_within_line"
_NOTHING: Final = 1e-7
_LITTLE: Final = (1e-3, 1e-4, 1e-5)  # of what steps are shares of: steps at which a price is solved again
_STRAIGHT: Final = 1e-4  # relative: an answer that is still the price's
_FARTHEST: Final = 1.0  # of the limit: how far it is looked for an end of the range
_HALVINGS: Final = 7  # of the last stretch that is not straight
_MILLION: Final = 1e6
_SEEN: Final = 1e-6  # of the units that move: less is rounding
_YUAN_PER_WAN: Final = 10_000.0


@dataclass(frozen=True)
class RuleAnswer:
    """`prices`: each row with a price, dearest first (by what a tenth of its limit would move), and its limit; of rows
    solved again, what a unit less and a unit more change (inf: nothing fits; None: not solved again, or less than
    nothing); of rows looked into, the limits between which the price holds. `finite`: the aim's change at each step of
    the limit. `services`: at one round step within the range (`more`: yuan or units; negative: less), the units of each
    item that are served beyond the plan, and the aim's change with them.
    """

    prices: pd.DataFrame
    finite: pd.DataFrame
    services: pd.DataFrame
    scenario: Scenario = field(repr=False)


def explain_prices(
    source: Run | Result | str | Path, top: int = 5, plans: bool = False, *, check: int = 12,
    gap: float | None = None, time_limit: float | None = None,
) -> RuleAnswer:  # fmt: skip
    """Prices of every clause's rows: the `check` dearest solved again at a small step, the `top` dearest at large ones.

    `plans`: also search whole awards at every step (columns plan, plan_open, seconds), each to `gap` or for
    `time_limit` seconds.
    """
    run = as_run(source)
    check_known(run)
    of = prepared(run.scenario)
    model = _Held(of, point_of(of.world, of.compiled, run.frames))
    if plans:
        model.search(gap, time_limit)
    found = model.prices()
    finite: list[tuple[Any, ...]] = []
    services: list[tuple[Any, ...]] = []
    for place in range(min(max(top, check), len(found))):
        found[place] = model.solved_again(found[place])
        if place >= top:
            continue
        found[place], rows = model.looked_into(found[place])
        finite += rows
        services += model.services(found[place])
    return RuleAnswer(
        pd.DataFrame([f.cells() for f in found], columns=list(PRICES)), pd.DataFrame(finite, columns=list(FINITE)),
        pd.DataFrame(services, columns=list(SERVICES)), run.scenario,
    )  # fmt: skip


def touching_prices(of: Prepared, run: Run, named: Collection[str], check: int) -> tuple[pd.DataFrame, int]:
    """The dearest `check` prices of rows whose index names one of `named`, each solved again at a small step (columns
    as `RuleAnswer.prices`), and how many such rows have a price."""
    model = _Held(of, point_of(of.world, of.compiled, run.frames))
    mine = [price for price in model.prices() if any(part in named for part in price.key)]
    again = [model.solved_again(price).cells() for price in mine[:check]]
    return pd.DataFrame(again, columns=list(PRICES)), len(mine)


@dataclass(frozen=True)
class _Price:
    row: int
    side: str  # lower or upper: which limit of the row has the price
    rule: str  # clause.rule
    key: tuple[Any, ...]
    year: int | None
    stage: int
    aim: str
    price: float  # of the aim's unit (yuan) a unit of the limit (yuan where it is money)
    limit: float
    per: float  # limit units in a model unit
    whole: float  # what steps are shares of
    less: float | None = None
    more: float | None = None
    down_to: float | None = None
    up_to: float | None = None
    awards: str = "held"

    def named(self) -> tuple[Any, ...]:
        clause, rule = self.rule.split(".", 1)
        return clause, rule, " ".join(str(k) for k in self.key if k != ""), self.year, self.aim

    def cells(self) -> tuple[Any, ...]:
        unit = "yuan" if self.rule in MONEY_ROWS else "unit"
        ends = (self.less, self.more, self.down_to, self.up_to)
        return (*self.named(), self.price, self.limit, unit, *ends, self.awards)


class _Held:
    """The plan's model with its awards held, and the relaxed one."""

    def __init__(self, of: Prepared, point: Any) -> None:
        self._of, self._point = of, point
        fixed = np.asarray(of.compiled.integer, dtype=bool)
        lower, upper = of.compiled.column_lower.copy(), of.compiled.column_upper.copy()
        lower[fixed] = upper[fixed] = np.round(point[fixed])
        self._compiled = replace(of.compiled, column_lower=lower, column_upper=upper)
        self._held = Relaxation(self._compiled, of.aims)
        self._before = self._held.in_order(of.aims, of.tolerances())
        self._plan_before: tuple[Stage, ...] | None = None
        self._limits: tuple[float | None, float | None] = (None, None)

    @cached_property
    def _free(self) -> Relaxation:
        return Relaxation(self._of.compiled, self._of.aims)

    @cached_property
    def _free_before(self) -> tuple[LpStage, ...] | None:
        return self._free.in_order(self._of.aims, self._of.tolerances())

    def search(self, gap: float | None, time_limit: float | None) -> None:
        """Whole awards are searched too, from now on."""
        self._limits = gap, time_limit
        self._plan_before = searched(self._of, self._of.compiled, gap, time_limit, Start((self._point,)))

    def prices(self) -> list[_Price]:
        """Each row's price in the first aim that it moves."""
        found = self._priced(self._before, "held")
        return found or self._priced(self._free_before, "free")

    def _priced(self, stages: tuple[LpStage, ...] | None, awards: str) -> list[_Price]:
        compiled, years = self._compiled, self._of.world.facts.years
        seen: set[int] = set()
        found: list[_Price] = []
        for stage, (aim, lp) in enumerate(zip(self._of.aims, stages or (), strict=stages is not None)):
            for name, span in compiled.rows.items():
                if name not in MONEY_ROWS and name.split(".")[0] not in REGISTER:
                    continue
                duals = lp.duals[span.start : span.stop] * aim.unit
                for place in np.flatnonzero(np.abs(duals) > _NOTHING * max(1.0, aim.unit)):
                    row = span.start + int(place)
                    if row in seen:
                        continue
                    seen.add(row)
                    price = self._price(stage, name, row, span.keys[int(place)], float(duals[place]), years)
                    found.append(replace(price, awards=awards))
        return sorted(found, key=lambda p: (p.stage, -abs(p.price * p.limit), p.row))

    def _price(self, stage: int, name: str, row: int, key: Any, dual: float, years: Any) -> _Price:
        parts = list(key) if isinstance(key, tuple) else [key]
        year = parts.pop() if isinstance(parts[-1], int) and parts[-1] in years else None
        side = self._side(stage, row, dual)
        per = _YUAN_PER_WAN if name in MONEY_ROWS else 1.0
        limit = float((self._compiled.row_upper if side == "upper" else self._compiled.row_lower)[row]) * per
        budgets = self._of.world.facts.budget
        budget = budgets[parts[0], year] / FEN_PER_WAN * per if name == LINE and year is not None else 0.0
        return _Price(
            row, side, name, tuple(parts), year, stage, self._of.aims[stage].name, dual / per, limit, per,
            budget or abs(limit) or 1.0,
        )  # fmt: skip

    def _side(self, stage: int, row: int, dual: float) -> str:
        """A minimum rises where a lower limit rises and falls where an upper one does."""
        lower, upper = self._compiled.row_lower[row], self._compiled.row_upper[row]
        rising = dual > 0 if self._of.aims[stage].sense == "min" else dual < 0
        if not np.isfinite(lower) or not np.isfinite(upper):
            return "upper" if np.isfinite(upper) else "lower"
        return "lower" if rising else "upper"

    def solved_again(self, price: _Price) -> _Price:
        """The price with what a unit less and a unit more change, at a small step of the limit; where that leads past
        an end of the range in which the price holds, at a smaller one."""
        return replace(price, less=self._rate(price, -1), more=self._rate(price, 1))

    def _rate(self, price: _Price, sign: int) -> float | None:
        """What a unit of the limit changes on one side (inf: nothing fits; None: less than nothing)."""
        rate = None  # less than nothing is another rule's limit
        for little in _LITTLE:
            step = little * price.whole if sign > 0 else min(little * price.whole, abs(price.limit))
            if not step:
                break
            change = self._change(price.awards, price, sign * step)
            rate = float("inf") if change is None else change / step
            if _is_straight(price, sign * step, change):
                break
        return rate

    def looked_into(self, price: _Price) -> tuple[_Price, list[tuple[Any, ...]]]:
        """The price with the limits between which it holds, and the answers at each step of its limit."""
        rows = []
        for step in STEPS:
            moved = step * price.whole
            if price.limit + moved < 0 <= price.limit:
                continue  # a limit of less than nothing is another rule: the deficit's
            held = self._change("held", price, moved)
            free = self._change("free", price, moved)
            shown = held if price.awards == "held" else free
            rows.append((*price.named(), step, price.limit + moved, held, free, _is_straight(price, moved, shown),
                         *self._planned(price, moved)))  # fmt: skip
        ends = [self._end(price, sign) for sign in (-1, 1)]
        return replace(price, down_to=ends[0], up_to=ends[1]), rows

    def _end(self, price: _Price, sign: int) -> float:
        """The limit on this side up to which every answer is the price's, found by solving at ever closer limits."""
        farthest = _FARTHEST if sign > 0 or price.limit < 0 else min(_FARTHEST, price.limit / price.whole)
        good, bad = 0.0, 0.0
        for step in sorted({min(s, farthest) for s in (0.01, 0.05, 0.10, 0.25, 0.5, _FARTHEST)}):
            if not self._holds(price, sign * step * price.whole):
                bad = step
                break
            good = step
        for _ in range(_HALVINGS if bad else 0):
            middle = (good + bad) / 2
            good, bad = (middle, bad) if self._holds(price, sign * middle * price.whole) else (good, middle)
        return price.limit + sign * good * price.whole

    def _holds(self, price: _Price, moved: float) -> bool:
        return _is_straight(price, moved, self._change(price.awards, price, moved))

    def services(self, price: _Price) -> list[tuple[Any, ...]]:
        """At a round step within the range: the aim's change, and the units of each item that are served beyond."""
        more = _round_step(price)
        if not more:
            return []
        before = self._before if price.awards == "held" else self._free_before
        after = self._answer(price.awards, price, more)
        if before is None or after is None:
            return []
        span, facts = self._of.compiled.columns["shortfall"], self._of.world.facts
        served = before[price.stage].point[span.slice] - after[price.stage].point[span.slice]
        place = {need: n for n, need in enumerate(facts.needs.key)}
        change = (after[price.stage].value - before[price.stage].value) * self._of.aims[price.stage].unit
        units: dict[str, float] = {}
        for (need, _year), gained in zip(span.keys, served, strict=True):
            item = facts.needs.item[place[need]]
            units[item] = units.get(item, 0.0) + float(gained)
        least = _SEEN * max(1.0, float(np.abs(served).sum()))
        moved = sorted(((n, i) for i, n in units.items() if abs(n) > least), reverse=True)
        rows = [(*price.named(), more, change, item, gained) for gained, item in moved]
        return rows or [(*price.named(), more, change, None, 0.0)]

    def _change(self, awards: str, price: _Price, moved: float) -> float | None:
        """How the price's aim changes; None where nothing fits any more."""
        before = self._before if awards == "held" else self._free_before
        after = None if before is None else self._answer(awards, price, moved)
        if before is None or after is None:
            return None
        return (after[price.stage].value - before[price.stage].value) * self._of.aims[price.stage].unit

    def _answer(self, awards: str, price: _Price, moved: float) -> tuple[LpStage, ...] | None:
        """The aims up to the price's own, with its limit moved."""
        held = awards == "held"
        compiled, model = (self._compiled, self._held) if held else (self._of.compiled, self._free)
        model.change(_with_limit(compiled, price, moved), self._of.aims)
        upto = price.stage + 1
        return model.in_order(self._of.aims[:upto], self._of.tolerances()[:upto])

    def _planned(self, price: _Price, moved: float) -> tuple[float | None, float | None, float | None]:
        """The change that a search with whole awards finds, what its gaps leave open, and how long it took."""
        before = self._plan_before
        if before is None:
            return None, None, None
        began = time.monotonic()
        compiled = _with_limit(self._of.compiled, price, moved)
        try:
            after = searched(self._of, compiled, *self._limits, Start((self._point,)))
        except LimitError:
            after = None
        seconds = time.monotonic() - began
        if after is None:
            return None, None, seconds
        a, b = after[price.stage], before[price.stage]
        return a.value - b.value, a.gap_amount + b.gap_amount, seconds


def _with_limit(compiled: Any, price: _Price, moved: float) -> Any:
    """The matrix with the price's limit moved."""
    lower, upper = compiled.row_lower.copy(), compiled.row_upper.copy()
    equal = lower[price.row] == upper[price.row]
    for side, limits in (("lower", lower), ("upper", upper)):
        if side == price.side or equal:
            limits[price.row] += moved / price.per
    return replace(compiled, row_lower=lower, row_upper=upper)


def _is_straight(price: _Price, moved: float, change: float | None) -> bool:
    expected = price.price * moved
    return change is not None and abs(change - expected) <= _STRAIGHT * max(abs(expected), 1e-3)


def _round_step(price: _Price) -> float:
    """The largest of 1, 2, 5, 10, ... within the range (up to a million yuan, or a tenth of the limit in units)."""
    assert price.down_to is not None and price.up_to is not None
    most = _MILLION if price.per > 1 else max(1.0, 0.1 * abs(price.limit))
    for room, sign in ((price.up_to - price.limit, 1.0), (price.limit - price.down_to, -1.0)):
        size = min(room * (1 + 1e-9), most)
        if size > 0:
            power = 10.0 ** np.floor(np.log10(size))
            return sign * float(max(k * power for k in (1, 2, 5) if k * power <= size * (1 + 1e-9)))
    return 0.0
