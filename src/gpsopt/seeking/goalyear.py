"""The earliest year in which a goal of 2017 can be met, and a plan that meets it then.

Goals that are sums or quotients of sums are a row of the model, exact up to rounding to the fen: for each year in
turn a plan with that row is sought; the first year that has one is the answer, and its own table `goals` must say so.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy import sparse

from gpsopt.checks import check
from gpsopt.compiler import compile_model
from gpsopt.errors import InfeasibleError, LimitError, UsageError
from gpsopt.model.build import build_world
from gpsopt.model.world import FEN_PER_WAN, World, world_of
from gpsopt.nofit.edits import Edits
from gpsopt.plan.plan import Plan
from gpsopt.planning import options_of, plan_at, refuse_errors
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.settings import Goal
from gpsopt.solving.engine import Array, Engine, Limits
from gpsopt.solving.stages import aims_of
from gpsopt.text import say

_WAIT: Final = 60.0
#: a goal's row is held a little inside its target, for what the grid and the fen take
_INSIDE: Final = (0.0, 1e-6, 1e-4, 1e-3)


@dataclass(frozen=True)
class GoalYear:
    """`year` is the first in which the goal can be met, `plan` a plan that meets it; `tried`: year -> can it?"""

    goal: str
    target: Decimal
    year: int
    plan: Plan
    tried: dict[int, bool]

    def files(self, source: Path, folder: Path) -> dict[str, bytes]:
        """goal.toml: the scenario sought from, with the goal as it was sought."""
        settings = self.plan.scenario.settings
        base = Path(os.path.relpath(source.absolute(), folder.absolute())).as_posix()
        text = Edits().toml(settings.title, settings.title_zh, settings.question, settings.question_zh, base=base)
        text += f"\n[goals.{self.goal}]\ntarget = {format(self.target, 'f')}\n"
        return {"goal.toml": text.encode("utf-8")}

    def page(self, lang: str) -> str:
        """The year, and what was tried before it."""
        goal = say(f"goal.{self.goal}", lang)
        lines = [say("seek.year", lang, goal=goal, target=format(self.target, "f"), year=self.year)]
        lines += [say("seek.not_in", lang, year=year) for year, met in self.tried.items() if not met]
        return "\n".join(lines)

    def document(self) -> dict[str, Any]:
        tried = [{"year": year, "met": met} for year, met in self.tried.items()]
        return {"sought": f"year:{self.goal}", "target": format(self.target, "f"), "year": self.year, "tried": tried}


def earliest_year(
    scenario: Scenario | str | Path, goal: str, target: Decimal | None = None, *, gap: float | None = None
) -> GoalYear:
    """The earliest model year in which the goal can reach its target (the scenario's own where none is given).

    Raises UsageError for a goal that cannot be sought or has no target, InfeasibleError where no year can meet it.
    """
    if not isinstance(scenario, Scenario):
        scenario = read_scenario(scenario)
    refuse_errors(check(scenario))
    if goal not in ROWS:
        raise UsageError("seek_goal", goal=goal, known=", ".join(ROWS))
    own = scenario.settings.goals.get(goal)
    target = target if target is not None else None if own is None else own.target
    if target is None:
        raise UsageError("seek_target", goal=goal)
    goals = {**scenario.settings.goals, goal: Goal(target=target)}
    scenario = replace(scenario, settings=scenario.settings.model_copy(update={"goals": goals}))
    world = world_of(scenario)
    compiled = compile_model(build_world(world))
    options = options_of(scenario, gap)
    tried: dict[int, bool] = {}
    for column, year in enumerate(world.facts.years):
        for inside in _INSIDE:
            row = ROWS[goal](_Sums(world, compiled, column), float(target), inside)
            point = _found(world, compiled, row)
            tried[year] = point is not None
            if point is None:
                break
            plan = plan_at(world, _with(compiled, row), point, options, sought="optimal")
            if plan.certified and _met(plan, goal, year):
                return GoalYear(goal, target, year, plan, tried)
        tried[year] = False
    raise InfeasibleError(title=f"{scenario.title('en')}, {goal} {target}")


Limit = tuple[Any, Array]  # rows over the columns, each >= its lower limit


def _with(compiled: Any, row: Limit) -> Any:
    """The model with the goal's rows at its end."""
    matrix, lower = row
    upper = np.full(len(lower), np.inf)
    return replace(
        compiled, matrix=sparse.vstack([compiled.matrix, matrix], format="csr"),
        row_lower=np.append(compiled.row_lower, lower), row_upper=np.append(compiled.row_upper, upper),
    )  # fmt: skip


def _found(world: World, compiled: Any, row: Limit) -> Array | None:
    """A plan with these rows that is good in the first aim; None where there is none. Raises LimitError."""
    held = _with(compiled, row)
    engine = Engine(held)
    first = aims_of(world, compiled)[0]
    engine.set_cost(first.costs)
    outcome = engine.minimise(Limits(1e-9, 0.01, _WAIT))
    if outcome.point is None and outcome.status != "infeasible":
        raise LimitError("limit_without_plan")  # that no plan reaches it is not shown
    return outcome.point


def _met(plan: Plan, goal: str, year: int) -> bool:
    goals = plan.goals
    return any(
        m is True for g, y, m in zip(goals["goal"], goals["year"], goals["met"], strict=True) if (g, y) == (goal, year)
    )


class _Sums:
    """Weights over the model's columns of what the goals add up, for one year."""

    def __init__(self, world: World, compiled: Any, column: int) -> None:
        self.world, self.compiled, self.column = world, compiled, column
        self.facts, self.year = world.facts, world.facts.years[column]
        self.width = compiled.matrix.shape[1]
        self.worth = world.unit_value_wan * self.facts.needs.weight[:, column].astype(float)

    def need(self, name: str, weights: Any) -> Array:
        """A variable over needs in this year, times a weight for each need."""
        row = np.zeros(self.width)
        for n, key in enumerate(self.facts.needs.key):
            if weights[n]:
                row[self.compiled.column(name, (key, self.year))] = float(weights[n])
        return row

    def pairs(self) -> Any:
        """Positions of the year's pairs."""
        return np.flatnonzero(self.world.pairs.year == self.column)

    def purchased(self, weights: Any) -> Array:
        """Units bought, times a weight for each pair."""
        row = np.zeros(self.width)
        span = self.compiled.columns["purchased"]
        at = self.pairs()
        row[span.start + at] = np.asarray(weights)[at]
        return row

    def served(self, weights: Any) -> Array:
        """Units that people get, times a weight for each need."""
        bought = np.asarray(weights)[self.world.pairs.need]
        return (self.purchased(bought) + self.need("direct", weights) + self.need("new", weights)
                - self.need("idle", weights))  # fmt: skip

    def awards(self, chosen: Any) -> Array:
        """万元 of the awards of the chosen pairs: price and setup."""
        row = self.purchased(self.world.price_wan * chosen)
        offers = self.world.pairs.offers
        for i in self.pairs():
            if chosen[i] and self.world.binary[i] and offers.setup[self.world.pairs.offer[i]]:
                column = self.compiled.column("award", self.world.key_of(int(i)))
                row[column] = float(offers.setup[self.world.pairs.offer[i]]) / FEN_PER_WAN
        return row

    def of_items(self, column: str, value: object) -> Any:
        """Needs whose item says so, as 0 and 1."""
        return np.array([float(self.facts.items[i][column] == value) for i in self.facts.needs.item])


def _one(row: Array, lower: float) -> Limit:
    size = float(np.abs(row).max()) or 1.0
    return sparse.csr_array(row[None, :] / size), np.array([lower / size])


def _coverage(s: _Sums, target: float, inside: float) -> Limit:
    weights = s.worth * s.of_items("livelihood", True)
    demand = float((weights * s.facts.needs.demand[:, s.column] * s.world.need_step).sum())
    return _one(s.served(weights), (target + inside) * demand)


def _worst_area(s: _Sums, target: float, inside: float) -> Limit:
    wanted: dict[str, float] = defaultdict(float)
    for n, area in enumerate(s.facts.needs.area):
        wanted[area] += float(s.worth[n] * s.facts.needs.target[n, s.column] * s.world.need_step[n])
    rows, lower = [], []
    for area, total in wanted.items():
        if total > 0:
            mine = np.array([float(a == area) for a in s.facts.needs.area])
            rows.append(-s.need("shortfall", s.worth * mine) / total)
            lower.append(target + inside - 1.0)
    return sparse.csr_array(np.array(rows)), np.array(lower)


def _share(chosen: Callable[[_Sums], Any]) -> Callable[[_Sums, float, float], Limit]:
    """Part of the awards' money: sum over the chosen >= target * sum over all."""

    def row(s: _Sums, target: float, inside: float) -> Limit:
        every = np.ones(len(s.world.pairs.offer))
        return _one(s.awards(chosen(s)) - (target + inside) * s.awards(every), 0.0)

    return row


def _social(s: _Sums) -> Any:
    kind = [s.facts.undertakers[u]["kind"] == "social_organisation" for u in s.world.pairs.offers.undertaker]
    return np.array(kind, dtype=float)[s.world.pairs.offer]


def _contested(s: _Sums) -> Any:
    clause = s.facts.settings.clauses.competition
    procured = np.array([s.facts.items[i]["procedure"] == "procurement" for i in s.facts.needs.item])
    thin = (s.world.pairs.candidates[:, s.column] < clause.min_candidates) & procured
    return 1.0 - thin.astype(float)[s.world.pairs.need]


def _purchased(basic: bool | None) -> Callable[[_Sums, float, float], Limit]:
    """Awards against everything spent: a >= target * (E - shared - unspent + drawn), as own pays for both sides."""

    def row(s: _Sums, target: float, inside: float) -> Limit:
        mine = np.ones(len(s.facts.needs.key)) if basic is None else s.of_items("basic", basic)
        cost = float((mine * s.facts.lines.expenditure[:, s.column]).sum()) / FEN_PER_WAN
        spent = s.need("drawn", mine) - s.need("shared", mine) - s.need("unspent", mine)
        part = target + inside
        return _one(s.awards(mine[s.world.pairs.need]) - part * spent, part * cost)

    return row


def _stranded(s: _Sums, target: float, inside: float) -> Limit:
    cost = s.facts.lines.expenditure[:, s.column] / FEN_PER_WAN
    today = s.facts.lines.quantity * s.world.need_step
    unit = np.divide(cost, today, out=np.zeros_like(cost), where=today > 0)
    freed = s.need("own", today > 0) + s.need("shared", today > 0) + s.need("unspent", today > 0)
    return _one(s.need("direct", unit) + freed, float(cost[today > 0].sum()) - (target - inside) / 10_000.0)


def _posts(s: _Sums, target: float, inside: float) -> Limit:
    posts = {row["need"]: float(row["posts"] or 0) for _line, row in s.facts.scenario.tables.rows("direct_lines")}
    today = s.facts.lines.quantity * s.world.need_step
    given = np.array([posts.get(key, 0.0) for key in s.facts.needs.key])
    unit = np.divide(given, today, out=np.zeros_like(given), where=today > 0)
    return _one(-s.need("direct", unit), -(target - inside))


def _quality(s: _Sums, target: float, inside: float) -> Limit:
    marks, items = s.world.marks, s.facts.needs.item
    known = np.array([marks.reference[i] > Fraction(0) for i in items])
    least = target + inside
    offer = np.array([float(v) for v in marks.score])
    value = s.world.unit_value_wan * known
    bought = s.purchased((offer[s.world.pairs.offer] - least) * value[s.world.pairs.need])
    line = np.array([float(v) for v in marks.line])
    return _one(bought + s.need("direct", (line - least) * value * (s.facts.lines.quantity > 0)), 0.0)


#: goals that can be sought -> the rows that hold them
ROWS: Final[dict[str, Callable[[_Sums, float, float], Limit]]] = {
    "coverage": _coverage,
    "worst_area": _worst_area,
    "quality_score": _quality,
    "purchased_share": _purchased(None),
    "purchased_share_basic": _purchased(True),
    "purchased_share_non_basic": _purchased(False),
    "contested_share": _share(_contested),
    "social_part": _share(_social),
    "stranded": _stranded,
    "posts": _posts,
}
