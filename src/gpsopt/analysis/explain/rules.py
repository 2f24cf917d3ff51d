"""The price of a rule: what the aims would be with one clause struck.

Small models are answered by proven plans, large ones by the relaxed model (awards may be parts of awards) unless plans
are asked for; the frame says which, and how long it took.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from gpsopt.analysis.explain.contest import MOST_PROVEN, aims_frame
from gpsopt.errors import LimitError, UsageError
from gpsopt.plan.plan import Result
from gpsopt.planning import options_of
from gpsopt.runread import Run, as_run
from gpsopt.scenario import Scenario
from gpsopt.settings import Clauses
from gpsopt.solving.stages import Stage, seek
from gpsopt.solving.startpoint import NOWHERE, Start
from gpsopt.whatif import Prepared, Session, prepared


def clauses_on(scenario: Scenario) -> tuple[str, ...]:
    """The clauses in force."""
    return tuple(name for name in Clauses.model_fields if scenario.settings.clauses.on(name))


def explain_rule(
    source: Run | Result | str | Path, clause: str, plans: bool | None = None, *, gap: float | None = None,
    time_limit: float | None = None,
) -> pd.DataFrame:  # fmt: skip
    """The aims with the clause in force and struck: what the rule costs. Raises UsageError where it is not in force.

    `plans`: True for proven plans, False for the relaxed model, None to choose by size; `gap` and `time_limit`
    (seconds) go to the search of each aim's plan. Columns: aim, sense, before, after, difference (after - before), open
    (the amount that gaps leave open; both in yuan or the aim's own unit), proven, seconds. after empty: nothing fits.
    """
    run = as_run(source)
    _in_force(run.scenario, clause)
    return _struck(run.scenario, (clause,), plans, gap, time_limit)[clause]


def explain_rules(
    source: Run | Result | str | Path, plans: bool | None = None, *, gap: float | None = None,
    time_limit: float | None = None, progress: Callable[[int, int], None] | None = None,
) -> dict[str, pd.DataFrame]:  # fmt: skip
    """Clause -> its price as `explain_rule` gives it, of every clause in force, each struck alone."""
    run = as_run(source)
    return _struck(run.scenario, clauses_on(run.scenario), plans, gap, time_limit, progress)


def without_clause(scenario: Scenario, clause: str) -> Scenario:
    """The scenario with one clause struck."""
    clauses = scenario.settings.clauses
    own = getattr(clauses, clause)
    settings = scenario.settings.model_copy(
        update={"clauses": clauses.model_copy(update={clause: own.model_copy(update={"enabled": False})})}
    )
    return replace(scenario, settings=settings)


def _in_force(scenario: Scenario, clause: str) -> None:
    if clause not in Clauses.model_fields or not scenario.settings.clauses.on(clause):
        raise UsageError("explain_clause", clause=clause, known=", ".join(clauses_on(scenario)))


def _struck(
    scenario: Scenario, clauses: tuple[str, ...], plans: bool | None, gap: float | None, time_limit: float | None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, pd.DataFrame]:  # fmt: skip
    began = time.monotonic()
    of = prepared(scenario)
    is_proven = plans if plans is not None else int(of.world.binary.sum()) <= MOST_PROVEN
    session = None if is_proven else Session(scenario)
    before = _reached(of, session, gap, time_limit)
    if before is None:
        raise UsageError("explain_no_plan", run=scenario.name)
    found = {}
    first = time.monotonic() - began
    for done, clause in enumerate(clauses, 1):
        began = time.monotonic()
        after = _reached(prepared(without_clause(scenario, clause), checked=True), session, gap, time_limit)
        seconds = time.monotonic() - began + first
        found[clause] = aims_frame(before, after).assign(proven=is_proven, seconds=round(seconds, 3))
        if progress is not None:
            progress(done, len(clauses))
    return found


def _reached(
    of: Prepared, session: Session | None, gap: float | None, time_limit: float | None
) -> tuple[Stage, ...] | None:  # fmt: skip
    """The aims of a search to the end, or of the relaxed model."""
    scenario = of.world.facts.scenario
    if session is not None:
        return session.relaxed(scenario, checked=True).stages or None
    try:
        return searched(of, of.compiled, gap, time_limit)
    except LimitError:
        return None


def searched(
    of: Prepared, compiled: Any, gap: float | None, time_limit: float | None, start: Start = NOWHERE
) -> tuple[Stage, ...] | None:  # fmt: skip
    """The aims that a search for whole awards reaches, each with its bound; None where nothing fits."""
    options = options_of(of.world.facts.scenario, gap, time_limit)
    return seek(of.world, compiled, options, start=start)[0].stages or None
