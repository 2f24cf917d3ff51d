"""The least money with which every target is met: in total, or of one purchaser while the others keep theirs.

Every budget in question starts from nothing; what must be added to it is sought as the least repair of that kind
(a deficit is met before a purchase line grows), while no unit may be missing to any target. The plan found is put on
its grid, what is left on a line is given back, and the budgets it then needs are written as a scenario file.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NoReturn

import numpy as np
import pandas as pd

from gpsopt.checks import check
from gpsopt.compiler import compile_model
from gpsopt.errors import InfeasibleError, LimitError, UsageError
from gpsopt.model.build import build_world
from gpsopt.model.world import FEN_PER_WAN, World, world_of
from gpsopt.money import yuan
from gpsopt.nofit.conflict import conflicts_of
from gpsopt.nofit.edits import Edits, change
from gpsopt.nofit.kinds.money import budget
from gpsopt.nofit.loosen import Loosening, loosened
from gpsopt.nofit.names import Named, Names
from gpsopt.nofit.system import System, plain_system, system_of
from gpsopt.nofit.words import clashes_of
from gpsopt.plan.plan import Plan
from gpsopt.planning import options_of, plan_at, refuse_errors
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.solving.engine import Array, Engine, Limits, Outcome
from gpsopt.solving.feasibility import Problem
from gpsopt.solving.grid import to_grid
from gpsopt.solving.stages import DEFAULT_GAP, Options, aims_of
from gpsopt.text import say

_SMALL: Final = 600
#: fen that are added to every budget until the plan lies on its grid
_MORE: Final = (0, 1, 10, 100, 1_000, 10_000, 100_000)
_PROVEN: Final = 1e-6
_AMPLE: Final = Decimal(10) ** 12


@dataclass(frozen=True)
class LeastBudget:
    """A plan that meets every target, the budgets it needs, and how little money could do at best (yuan)."""

    plan: Plan
    budgets: Mapping[tuple[str, int], Decimal]
    value: Decimal
    bound: float
    edits: Edits
    missing: Mapping[tuple[str, int], float] = field(default_factory=dict)  # units that no money could serve
    purchaser: str = ""  # whose targets were sought; empty: everybody's

    @property
    def gap(self) -> float:
        """Between value and bound, as a share of the value."""
        return abs(float(self.value) - self.bound) / float(self.value) if self.value else 0.0

    def files(self, source: Path, folder: Path) -> dict[str, bytes]:
        """budgets.toml: the scenario sought from, with these budgets."""
        title = self.plan.scenario.settings
        base = Path(os.path.relpath(source.absolute(), folder.absolute())).as_posix()
        text = self.edits.toml(
            say("seek.title", "en", title=title.title or self.plan.scenario.name),
            say("seek.title", "zh", title=title.title_zh or title.title or self.plan.scenario.name),
            say("seek.question", "en"), say("seek.question", "zh"), base=base,
        )  # fmt: skip
        return {"budgets.toml": text.encode("utf-8")}

    def page(self, lang: str) -> str:
        """Value, bound and gap, and each purchaser's budgets."""
        names = Names(self.plan.scenario)
        words = {"value": f"{self.value:,.2f}", "bound": f"{self.bound:,.2f}", "gap": f"{100 * self.gap:.3f}"}
        whose = names.shown(Named("purchasers", self.purchaser), lang) if self.purchaser else ""
        lines = [say("seek.budget_of" if whose else "seek.budget", lang, **words, purchaser=whose)]
        by_purchaser: dict[str, list[str]] = {}
        for (purchaser, year), amount in sorted(self.budgets.items()):
            by_purchaser.setdefault(purchaser, []).append(f"{year} {amount:,.2f}")
        for purchaser, amounts in by_purchaser.items():
            lines.append(f"  {names.shown(Named('purchasers', purchaser), lang)}: {' · '.join(amounts)}")
        if self.missing:
            rows = ", ".join(f"{need} {year}" for need, year in sorted(self.missing)[:8])
            lines.append(say("seek.out_of_reach", lang, count=len(self.missing), rows=rows))
        return "\n".join([*lines, say("seek.file", lang)])

    def document(self) -> dict[str, Any]:
        rows = [{"purchaser": p, "year": t, "amount": format(v, "f")} for (p, t), v in sorted(self.budgets.items())]
        return {"sought": "budget", "value": format(self.value, "f"), "bound": self.bound, "gap": self.gap,
                "gap_amount": abs(float(self.value) - self.bound), "budgets": rows,
                "out_of_reach": [f"{need} {year}" for need, year in sorted(self.missing)]}  # fmt: skip


def least_budget(
    scenario: Scenario | str | Path,
    purchaser: str = "",
    *,
    reach: bool = False,
    gap: float | None = None,
    time_limit: float | None = None,
) -> LeastBudget:
    """The least budgets with which no unit is missing to any target (of `purchaser`, if one is named).

    `reach`: with which no more is missing than would be with any money: targets out of reach do not stop the search.
    Raises InputError or UsageError for bad input, InfeasibleError where no money meets the targets, with the clauses
    that stand against them, and LimitError where a limit came first.
    """
    if not isinstance(scenario, Scenario):
        scenario = read_scenario(scenario)
    refuse_errors(check(scenario))
    _known(scenario, purchaser)
    options = options_of(scenario, gap, time_limit)
    bare = _with_budgets(scenario, {key: Decimal(0) for key in _budgets(scenario, purchaser)})
    system = plain_system(bare)
    search = _Search(system, purchaser, options)
    missing = search.least_missing() if reach else {}
    point, bound, money = search.least_money(missing) or _refuse(scenario, purchaser)
    for more in _MORE:
        amounts = {key: yuan(_fen(money.get(key, 0.0)) + more) for key in _budgets(scenario, purchaser)}
        found = _on_grid(_with_budgets(scenario, amounts), point, options, _Targets(purchaser, missing), amounts)
        if found is not None:
            plan, budgets = found
            total = sum(budgets.values(), Decimal(0))
            least = LeastBudget(plan, budgets, total, min(bound * 10_000, float(total)), _edits(budgets), missing,
                                purchaser)  # fmt: skip
            ended = "optimal" if least.gap <= _PROVEN else "within_gap" if least.gap <= _asked(options) else "limit"
            return replace(least, plan=replace(plan, summary={**plan.summary, "status": ended, "besides": True}))
    raise LimitError("limit_without_plan")


Missing = Mapping[tuple[str, int], float]


@dataclass(frozen=True)
class _Targets:
    """Whose targets are to be met, and the units that may be missing to them all the same."""

    purchaser: str
    missing: Missing

    def upper(self, world: World, compiled: Any, upper: Array) -> Array:
        """The columns' upper limits with no more missing than that."""
        span = compiled.columns["shortfall"]
        owner, upper = world.facts.purchaser_of, upper.copy()
        for place, key in enumerate(span.keys):
            if not self.purchaser or owner[key[0]] == self.purchaser:
                upper[span.start + place] = min(upper[span.start + place], self.missing.get(key, 0.0))
        return upper


class _Search:
    """The model with budgets that start from nothing and may be had at a price."""

    def __init__(self, system: System, purchaser: str, options: Options) -> None:
        self.system, self.purchaser, self.options = system, purchaser, options
        loosening = budget(system)
        self.kept = [s for s in loosening.slacks if not purchaser or s.what[1] == purchaser]
        place = {s.what: i for i, s in enumerate(self.kept)}
        links = [
            replace(k, slacks=tuple((place[loosening.slacks[s].what], c) for s, c in k.slacks))
            for k in loosening.links if all(loosening.slacks[s].what in place for s, _c in k.slacks)
        ]  # fmt: skip
        self.problem = loosened(
            system.problem, Loosening("budget", tuple(self.kept), loosening.steps, tuple(links))
        )  # fmt: skip
        self.base = system.problem.matrix.shape[1]

    def least_missing(self) -> dict[tuple[str, int], float]:
        """Units of each need and year that no money can serve, on the grid."""
        world, span = self.system.world, self.system.compiled.columns["shortfall"]
        cost = np.zeros(self.problem.matrix.shape[1])
        place = {key: n for n, key in enumerate(world.facts.needs.key)}
        for at, (need, _year) in enumerate(span.keys):
            if not self.purchaser or world.facts.purchaser_of[need] == self.purchaser:
                cost[span.start + at] = max(1e-6, float(world.unit_value_wan[place[need]]))
        outcome = self._run(self.problem, cost)
        if outcome.point is None:
            raise LimitError("limit_without_plan")
        step = {key: float(world.need_step[n]) for key, n in place.items()}
        found = zip(span.keys, outcome.point[span.start : span.stop], strict=True)
        return {key: math.ceil(v / step[key[0]] - 1e-6) * step[key[0]] for key, v in found if v > 1e-6 * step[key[0]]}

    def least_money(self, missing: Missing) -> tuple[Array, float, dict[tuple[str, int], float]] | None:
        """The point, the bound (万元) and the money of each purchaser and year; None where no money suffices."""
        targets = _Targets(self.purchaser, missing)
        upper = targets.upper(self.system.world, self.system.compiled, self.problem.column_upper)
        cost = np.zeros(self.problem.matrix.shape[1])
        cost[self.base :] = [s.price for s in self.kept]
        outcome = self._run(replace(self.problem, column_upper=upper), cost)
        if outcome.status == "infeasible":
            return None
        if outcome.point is None:
            raise LimitError("limit_without_plan")
        money: dict[tuple[str, int], float] = {}
        for slack, value in zip(self.kept, outcome.point[self.base :], strict=True):
            if slack.what[0] != "met":
                key = (slack.what[1], slack.what[2])
                money[key] = money.get(key, 0.0) + float(value)
        return outcome.point[: self.base], outcome.bound, money

    def _run(self, problem: Problem, cost: Array) -> Outcome:
        engine = Engine(problem, self.options.seed)
        engine.set_cost(cost)
        small = engine.integer_count <= _SMALL
        gap = self.options.gap if self.options.gap is not None else 0.0 if small else DEFAULT_GAP
        return engine.minimise(Limits(1e-9, gap, self.options.time_limit, self.options.node_limit))


def _asked(options: Options) -> float:
    return DEFAULT_GAP if options.gap is None else options.gap


def _refuse(scenario: Scenario, purchaser: str) -> NoReturn:
    raise _targets_out_of_reach(scenario, purchaser)


def _on_grid(
    scenario: Scenario, point: Array, options: Options, targets: _Targets, amounts: Mapping[tuple[str, int], Decimal]
) -> tuple[Plan, dict[tuple[str, int], Decimal]] | None:
    """The plan at the point under these budgets, and what they come to once the change is given back."""
    world = world_of(scenario)
    compiled = compile_model(build_world(world))
    exact = replace(compiled, column_upper=targets.upper(world, compiled, compiled.column_upper))
    _quantities, money, ok = to_grid(world, exact, point, aims_of(world, exact))
    if not ok:
        return None
    left = {
        (p, t): yuan(int(money.left[i, c]))
        for i, p in enumerate(world.facts.purchasers) for c, t in enumerate(world.facts.years)
    }  # fmt: skip
    budgets = {key: amount - left.get(key, Decimal(0)) for key, amount in amounts.items()}
    final = world_of(_with_budgets(scenario, budgets))
    tight = compile_model(build_world(final))
    done = replace(tight, column_upper=targets.upper(final, tight, tight.column_upper))
    found = to_grid(final, done, point, aims_of(final, done))
    plan = plan_at(final, tight, point, options, found) if found[2] else None
    if plan is None or not plan.certified:  # with the change kept
        plan = plan_at(world, compiled, point, options, (_quantities, money, ok))
        budgets = dict(amounts)
    return (plan, budgets) if plan.certified else None


def _targets_out_of_reach(scenario: Scenario, purchaser: str) -> InfeasibleError:
    """Which clauses stand against the targets, whatever money there is."""
    needs = scenario.tables["needs"]
    mine = [not purchaser or p == purchaser for p in needs["purchaser"]]
    floors = [t if m else f for t, f, m in zip(needs["target"], needs["floor"], mine, strict=True)]
    asked = needs.assign(floor=pd.Series(floors, index=needs.index, dtype=object))
    ample = _with_budgets(scenario, dict.fromkeys(_budgets(scenario, purchaser), _AMPLE))
    system = system_of(replace(ample, tables=ample.tables.with_frame("needs", asked)))
    clashes = clashes_of(system, conflicts_of(system))
    return InfeasibleError(conflict=clashes, title=scenario.title("en"))


def _known(scenario: Scenario, purchaser: str) -> None:
    known = list(scenario.tables["purchasers"]["purchaser"])
    if purchaser and purchaser not in known:
        raise UsageError("seek_purchaser", purchaser=purchaser, known=", ".join(known[:20]))


def _budgets(scenario: Scenario, purchaser: str) -> list[tuple[str, int]]:
    """The budgets in question: model years only."""
    rows = scenario.tables.rows("budgets")
    years = set(scenario.settings.years)
    return [(r["purchaser"], r["year"]) for _line, r in rows
            if r["year"] in years and (not purchaser or r["purchaser"] == purchaser)]  # fmt: skip


def _with_budgets(scenario: Scenario, amounts: Mapping[tuple[str, int], Decimal]) -> Scenario:
    frame = scenario.tables["budgets"]
    keys = zip(frame["purchaser"], frame["year"], frame["amount"], strict=True)
    cells = [amounts.get((p, t), amount) for p, t, amount in keys]
    tables = scenario.tables.with_frame(
        "budgets", frame.assign(amount=pd.Series(cells, index=frame.index, dtype=object))
    )
    controls = tables["controls"]
    untied = controls[[table != "budgets" for table in controls["table"]]] if len(controls) else controls
    return replace(scenario, tables=tables.with_frame("controls", untied), name=scenario.name)


def _edits(budgets: Mapping[tuple[str, int], Decimal]) -> Edits:
    edits = Edits()
    for (purchaser, year), amount in sorted(budgets.items()):
        edits = edits.with_(change("budgets", "amount", {"purchaser": purchaser, "year": year}, set=amount))
    return edits


def _fen(wan: float) -> int:
    return max(0, math.ceil(wan * FEN_PER_WAN - 0.2))
