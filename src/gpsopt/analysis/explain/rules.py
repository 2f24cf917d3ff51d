"""What rules and money are worth: prices with the awards held, their finite answers, and a clause struck.

A price is the change of the first aim that a row moves, for one more unit of the row's limit, in the plan whose awards
are held (quantities are free). `held` answers solve that model again with the limit changed; `free` answers the
relaxed model, in which awards may change too (and be parts of awards). Where nothing can move while the awards are held
(all quantities are whole awards), the prices are those of the relaxed model, and `awards` says "free".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from gpsopt.analysis.explain.contest import aims_frame
from gpsopt.errors import UsageError
from gpsopt.model.clauses import REGISTER
from gpsopt.plan.plan import Result
from gpsopt.runread import Run, as_run
from gpsopt.scenario import Scenario
from gpsopt.settings import Clauses
from gpsopt.solving.prices import MONEY_ROWS
from gpsopt.solving.relaxation import LpStage, Relaxation
from gpsopt.solving.startpoint import point_of
from gpsopt.whatif import Prepared, Session, prepared

STEPS: Final = (-0.10, -0.05, -0.01, 0.01, 0.05, 0.10)
PRICES: Final = ("clause", "rule", "index", "year", "aim", "price", "limit", "unit", "down_to", "up_to", "awards")
FINITE: Final = ("clause", "rule", "index", "year", "aim", "step", "limit", "held", "free", "linear")
_NOTHING: Final = 1e-7
_STRAIGHT: Final = 1e-4


@dataclass(frozen=True)
class RuleAnswer:
    """`prices`: each row with a price, dearest first (by what a tenth of its limit would move), its limit and, for the
    rows looked into, the limits between which the price holds; `finite`: the aim's change at each step of the limit.
    """

    prices: pd.DataFrame
    finite: pd.DataFrame


def explain_prices(source: Run | Result | str | Path, top: int = 5) -> RuleAnswer:
    """Prices of every clause's rows, and the finite answers of the `top` dearest."""
    run = as_run(source)
    if "allocation" not in run.frames:
        raise UsageError("explain_no_plan", run=str(run.folder))
    of = prepared(run.scenario)
    model = _Held(of, point_of(of.world, of.compiled, run.frames))
    found = model.prices()
    finite: list[tuple[Any, ...]] = []
    for place in range(min(top, len(found))):
        found[place], rows = model.looked_into(found[place])
        finite += rows
    return RuleAnswer(
        pd.DataFrame([f.cells() for f in found], columns=list(PRICES)), pd.DataFrame(finite, columns=list(FINITE))
    )  # fmt: skip


def explain_rule(source: Run | Result | str | Path, clause: str) -> pd.DataFrame:
    """The aims of the relaxed model with the clause in force and struck: what the rule costs. Raises UsageError."""
    run = as_run(source)
    if clause not in Clauses.model_fields or not run.scenario.settings.clauses.on(clause):
        known = ", ".join(name for name in Clauses.model_fields if run.scenario.settings.clauses.on(name))
        raise UsageError("explain_clause", clause=clause, known=known)
    before = Session(run.scenario).relaxed(run.scenario)
    if not before.stages:
        raise UsageError("explain_no_plan", run=str(source))
    struck = without_clause(run.scenario, clause)
    return aims_frame(before.stages, Session(struck).relaxed(struck).stages or None)


def without_clause(scenario: Scenario, clause: str) -> Scenario:
    """The scenario with one clause struck."""
    clauses = scenario.settings.clauses
    own = getattr(clauses, clause)
    settings = scenario.settings.model_copy(
        update={"clauses": clauses.model_copy(update={clause: own.model_copy(update={"enabled": False})})}
    )
    return replace(scenario, settings=settings)


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
    down_to: float | None = None
    up_to: float | None = None
    awards: str = "held"

    def named(self) -> tuple[Any, ...]:
        clause, rule = self.rule.split(".", 1)
        return clause, rule, " ".join(str(k) for k in self.key if k != ""), self.year, self.aim

    def cells(self) -> tuple[Any, ...]:
        unit = "yuan" if self.rule in MONEY_ROWS else "unit"
        return (*self.named(), self.price, self.limit, unit, self.down_to, self.up_to, self.awards)


class _Held:
    """The plan's model with its awards held, and the relaxed one."""

    def __init__(self, of: Prepared, point: Any) -> None:
        self._of = of
        fixed = np.asarray(of.compiled.integer, dtype=bool)
        lower, upper = of.compiled.column_lower.copy(), of.compiled.column_upper.copy()
        lower[fixed] = upper[fixed] = np.round(point[fixed])
        self._compiled = replace(of.compiled, column_lower=lower, column_upper=upper)
        self._held, self._free = Relaxation(self._compiled, of.aims), Relaxation(of.compiled, of.aims)
        self._before = self._answer(self._held)
        self._free_before = self._answer(self._free)

    def _answer(self, model: Relaxation) -> tuple[LpStage, ...] | None:
        return model.in_order(self._of.aims, self._of.tolerances())

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
        limit = float((self._compiled.row_upper if side == "upper" else self._compiled.row_lower)[row])
        per = 10_000.0 if name in MONEY_ROWS else 1.0
        aim = self._of.aims[stage]
        return _Price(row, side, name, tuple(parts), year, stage, aim.name, dual / per, limit * per, per)

    def _side(self, stage: int, row: int, dual: float) -> str:
        """A minimum rises where a lower limit rises and falls where an upper one does."""
        lower, upper = self._compiled.row_lower[row], self._compiled.row_upper[row]
        rising = dual > 0 if self._of.aims[stage].sense == "min" else dual < 0
        if not np.isfinite(lower) or not np.isfinite(upper):
            return "upper" if np.isfinite(upper) else "lower"
        return "lower" if rising else "upper"

    def looked_into(self, price: _Price) -> tuple[_Price, list[tuple[Any, ...]]]:
        """The price with the steps between which it holds, and the answers at each step of its limit."""
        rows = []
        straight: dict[float, bool] = {}
        for step in STEPS:
            moved = step * (price.limit or 1.0)
            held = self._change(self._held, self._compiled, self._before, price, moved)
            free = self._change(self._free, self._of.compiled, self._free_before, price, moved)
            expected = price.price * moved
            shown = held if price.awards == "held" else free
            straight[step] = shown is not None and abs(shown - expected) <= _STRAIGHT * max(abs(expected), 1.0)
            rows.append((*price.named(), step, price.limit + moved, held, free, straight[step]))
        ends = [self._end(straight, price, sign) for sign in (-1, 1)]
        return replace(price, down_to=ends[0], up_to=ends[1]), rows

    def _end(self, straight: dict[float, bool], price: _Price, sign: int) -> float:
        """The last step on this side up to which every answer is the price's."""
        reach = 0.0
        for step in sorted((s for s in STEPS if s * sign > 0), key=abs):
            if not straight[step]:
                break
            reach = step
        return price.limit + reach * (price.limit or 1.0)

    def _change(
        self, model: Relaxation, compiled: Any, before: tuple[LpStage, ...] | None, price: _Price, moved: float
    ) -> float | None:
        """How the price's aim changes; None where nothing fits any more."""
        if before is None:
            return None
        lower, upper = compiled.row_lower.copy(), compiled.row_upper.copy()
        equal = lower[price.row] == upper[price.row]
        for side, limits in (("lower", lower), ("upper", upper)):
            if side == price.side or equal:
                limits[price.row] += moved / price.per
        model.change(replace(compiled, row_lower=lower, row_upper=upper), self._of.aims)
        after = self._answer(model)
        aim = self._of.aims[price.stage]
        return None if after is None else (after[price.stage].value - before[price.stage].value) * aim.unit
