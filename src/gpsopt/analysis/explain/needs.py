"""A need that misses its target: what stands in the way, and what would close it, tried one by one.

Each trial gives one thing more and asks the relaxed model for the least shortfall of this need while no other need
misses more than in the plan: money (for its purchaser), capacity (for everybody), rule (one clause struck). Where even
things as they are would do, awards come in whole lots: the plan's whole awards stand in the way. Awards may be parts of
awards here, so a trial says what cannot be closed; what it closes may need a little more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy import sparse

from gpsopt.analysis.explain.contest import pairs_in_question
from gpsopt.analysis.explain.rules import without_clause
from gpsopt.errors import UsageError
from gpsopt.plan.plan import Result
from gpsopt.runread import Run, as_run
from gpsopt.scenario import Scenario
from gpsopt.solving.relaxation import Relaxation
from gpsopt.solving.stages import Aim
from gpsopt.whatif import Prepared, first_difference, prepared

TRIALS: Final = ("way", "what", "left", "closes", "money")
_MUCH: Final = 1e6  # 万元: more than any purchaser has
_ROOM: Final = 0.01  # units another need may miss more: a grid step
_YUAN_PER_WAN: Final = 10_000.0
#: clauses that may keep a need from being served
_RULES: Final = (
    "fee_standard", "qualification", "award_size", "competition", "related_needs", "quality_floor", "catalogue_scope",
    "hand_decisions", "no_new_posts",
)  # fmt: skip


@dataclass(frozen=True)
class NeedAnswer:
    """`coverage`: the plan's rows of the need; `trials`: way (as_is, money, capacity, rule), what was given, the units
    still missing, the units it closes, and for money the least amount (yuan) that this takes. `cause`: money, capacity,
    rule, market (nothing tried helps: nobody is there to do it), lots (awards are whole); empty: no shortfall.
    """

    need: str
    coverage: pd.DataFrame
    candidates: int
    trials: pd.DataFrame
    cause: str


def explain_need(source: Run | Result | str | Path, need: str) -> NeedAnswer:
    """Why the need misses its target in this run. Raises UsageError where the run has no such need."""
    run = as_run(source)
    if need not in set(run.scenario.tables["needs"]["need"]):
        raise UsageError("explain_unknown", what="need", key=need)
    if "allocation" not in run.frames:
        raise UsageError("explain_no_plan", run=str(run.folder))
    coverage = run.frames["coverage"]
    mine = coverage[coverage["need"] == need].reset_index(drop=True)
    missing = sum(mine["shortfall"])
    of = prepared(run.scenario)
    candidates = len(pairs_in_question(of, None, need))
    if not missing:
        return NeedAnswer(need, mine, candidates, pd.DataFrame(columns=list(TRIALS)), "")
    rows = _trials(run.scenario, of, _Asked(coverage, need), need)
    trials = pd.DataFrame(rows, columns=list(TRIALS))
    return NeedAnswer(need, mine, candidates, trials, _cause(trials, float(missing), candidates))


def _cause(trials: pd.DataFrame, missing: float, candidates: int) -> str:
    """What closes most; lots where things as they are would do; market where nothing does."""
    if float(trials["left"].iloc[0]) <= 0.01 * missing:
        return "lots"
    rest = trials[1:].dropna(subset=["closes"])
    best = max(zip(rest["closes"], rest["way"], strict=True), key=lambda tried: tried[0], default=(0.0, ""))
    return str(best[1]) if best[0] > _ROOM else "market"


def _trials(scenario: Scenario, of: Prepared, asked: _Asked, need: str) -> list[tuple[Any, ...]]:
    as_is, spent = asked.left(of, of.compiled)
    rows: list[tuple[Any, ...]] = [("as_is", "", as_is, 0.0, None)]
    buyer = buyer_of(of, need)
    left, more = asked.left(of, _opened(of, "existing_budget.purchases_within_line", buyer))
    rows.append(("money", buyer, left, as_is - left, max(0.0, more - spent)))
    left, _more = asked.left(of, _opened(of, "own_capacity.", None))
    rows.append(("capacity", "", left, as_is - left, None))
    for clause in _RULES:
        if scenario.settings.clauses.on(clause):
            other = prepared(without_clause(scenario, clause), checked=True)
            if first_difference(of, other):
                left, _more = asked.left(other, other.compiled)
                rows.append(("rule", clause, left, as_is - left, None))
    return rows


def buyer_of(of: Prepared, need: str) -> str:
    """The purchaser of a need."""
    needs = of.world.facts.needs
    return needs.purchaser[needs.key.index(need)]


def _opened(of: Prepared, rows: str, key: str | None) -> Any:
    """The matrix with the upper limits of these rows lifted (of one purchaser where one is named)."""
    upper = of.compiled.row_upper.copy()
    for name, span in of.compiled.rows.items():
        if name.startswith(rows):
            mine = [key is None or (isinstance(k, tuple) and k[0] == key) for k in span.keys]
            upper[span.start : span.stop][np.array(mine, dtype=bool)] += _MUCH
    return replace(of.compiled, row_upper=upper)


class _Asked:
    """One need's least shortfall while the others keep what the plan gives them."""

    def __init__(self, coverage: pd.DataFrame, need: str) -> None:
        self._need = need
        self._missing = {
            (n, t): float(s) for n, t, s in coverage[["need", "year", "shortfall"]].itertuples(index=False)
        }  # fmt: skip

    def left(self, of: Prepared, compiled: Any) -> tuple[float, float]:
        """Units still missing, and the least money from its purchaser's line that takes (yuan); nan: nothing fits."""
        span, upper = compiled.columns["shortfall"], compiled.column_upper.copy()
        missing = np.zeros(compiled.matrix.shape[1])
        for place, key in enumerate(span.keys):
            if key[0] == self._need:
                missing[span.start + place] = 1.0
            else:
                upper[span.start + place] = min(upper[span.start + place], self._missing.get(key, 0.0) + _ROOM)
        buyer, owner = buyer_of(of, self._need), dict(zip(of.world.facts.needs.key, of.world.facts.needs.purchaser,
                                                          strict=True))  # fmt: skip
        money = np.zeros(compiled.matrix.shape[1])
        for name, sign in (("drawn", 1.0), ("shared", -1.0)):
            mine = [sign * (owner[n] == buyer) for n, _t in compiled.columns[name].keys]
            money[compiled.columns[name].slice] = mine
        aims = (_aim("missing", missing), _aim("money", money))
        found = Relaxation(replace(compiled, column_upper=upper), aims).in_order(aims, (0.0, 0.0))
        if found is None:
            return float("nan"), float("nan")
        return max(0.0, found[0].value), found[1].value * _YUAN_PER_WAN


def _aim(name: str, weights: Any) -> Aim:
    return Aim(name, "min", sparse.csr_array(weights[None, :]), np.zeros(1), 1.0, np.zeros(1))
