"""A plan made by hand against its scenario: what it breaks, what it reaches, how far it is from the best."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pandas as pd

from gpsopt.checks import check
from gpsopt.errors import Finding
from gpsopt.handplan.nearest import Nearest, nearest_plan
from gpsopt.plan.frames import frames_of
from gpsopt.plan.goals import goals_frame
from gpsopt.plan.values import plan_values, totals_of
from gpsopt.planning import plan_or_end, refuse_errors
from gpsopt.runfolder import text_rows
from gpsopt.runread import read_run
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.settings import AIMS
from gpsopt.verify import Fault
from gpsopt.verify.clauses import CHECKS
from gpsopt.verify.frames import evidence_of
from gpsopt.written.draft import HandDraft, draft_of
from gpsopt.written.rows import HandPlan, read_handplan

#: checks of how the tables are written, which are ours here, not the planner's
_OURS: Final = frozenset(("rows", "cells", "recomputed", "excluded", "ledger"))


@dataclass(frozen=True)
class AimScore:
    """One aim: what the hand-made plan reaches, the best known plan, its bound, and how much worse by hand."""

    name: str
    value: Fraction
    best: float | None
    bound: float | None

    @property
    def worse(self) -> float | None:
        if self.best is None:
            return None
        return (float(self.value) - self.best) * (1 if AIMS[self.name] == "min" else -1)


@dataclass(frozen=True)
class Score:
    """What a hand-made plan breaks and reaches. `soft`: limits of soft clauses that it passes, as it may."""

    scenario: Scenario
    faults: tuple[Fault, ...]
    aims: tuple[AimScore, ...]
    goals: pd.DataFrame
    totals: Mapping[str, Any]
    hand: HandDraft
    notes: tuple[Finding, ...]
    nearest: Nearest | None = None
    soft: tuple[Fault, ...] = ()

    @property
    def ok(self) -> bool:
        """Does it break nothing?"""
        return not self.faults

    def document(self, lang: str) -> dict[str, Any]:
        """As programs read it."""
        faults, soft = (
            [
                {"rule": f.rule, "code": f.code, "file": f.file, "row": f.row, "column": f.column, "key": f.key,
                 "where": f.where(lang), "text": f.text(lang), "details": {k: str(v) for k, v in f.details.items()}}
                for f in some
            ]
            for some in (self.faults, self.soft)
        )  # fmt: skip
        aims = [{"name": a.name, "sense": AIMS[a.name], "value": float(a.value), "best": a.best, "bound": a.bound,
                 "worse": a.worse} for a in self.aims]  # fmt: skip
        goals = [dict(zip(self.goals.columns, row, strict=True)) for row in self.goals.itertuples(index=False)]
        found = {"ok": self.ok, "faults": faults, "aims": aims, "goals": goals, "totals": dict(self.totals),
                 "assumed_direct": [f"{need} {year}" for year, need in self.hand.assumed]}  # fmt: skip
        if soft:
            found["soft"] = soft
        if self.nearest is not None:
            near = {"distance": format(self.nearest.distance, "f"), "bound": self.nearest.bound,
                    "certified": self.nearest.plan.certified}  # fmt: skip
            found["nearest"] = near
        return found


def score(
    plan: str | Path, scenario: Scenario | str | Path, *, best: str | Path | None = None, solve: bool = True,
    nearest: bool = True, time_limit: float | None = None,
) -> Score:  # fmt: skip
    """Judge a hand-made plan (a CSV file, or an edited run folder) against a scenario.

    `best`: a finished run of the scenario to compare with; without one it is solved here (`solve=False`: not at
    all). `nearest`: seek the nearest plan that breaks nothing. Raises InputError for a bad file or bad tables.
    """
    if not isinstance(scenario, Scenario):
        scenario = read_scenario(scenario)
    refuse_errors(check(scenario))
    written: HandPlan = read_handplan(plan, scenario)
    hand = draft_of(scenario, written)
    found = _faults(scenario, written, hand)
    may = set(scenario.settings.clauses.softened())
    soft = tuple(f for f in found if f.breach is not None and f.rule in may)
    faults = tuple(f for f in found if f not in soft)
    values = plan_values(hand.draft)
    known = _best(scenario, best, solve, time_limit)
    aims = tuple(
        AimScore(name, values[name], *known.get(name, (None, None))) for name in scenario.settings.aims.order
    )  # fmt: skip
    near = nearest_plan(hand, seconds=time_limit or 120.0) if nearest else None
    goals, totals = goals_frame(hand.draft), totals_of(hand.draft)
    return Score(scenario, faults, aims, goals, totals, hand, written.notes, near, soft)


def _faults(scenario: Scenario, written: HandPlan, hand: HandDraft) -> tuple[Fault, ...]:
    """What the verifier finds in the plan that follows from the quantities, at the rows of the planner's own file."""
    frames = {name: text_rows(frame) for name, frame in frames_of(hand.draft).items()}
    evidence, _reading = evidence_of(scenario, frames)
    found = [f for rule in CHECKS for outcome in rule(evidence) for f in outcome.faults if f.rule not in _OURS]
    keys = {
        "allocation.csv": {i: (r["year"], r["need"], r["offer"]) for i, r in enumerate(frames["allocation"], 2)},
        "direct.csv": {i: (r["year"], r["need"], "") for i, r in enumerate(frames["direct"], 2)},
    }
    places = {(str(t), n, o): place for (t, n, o), place in written.places.items()}
    said = []
    for fault in found:
        key = keys.get(fault.file, {}).get(fault.row or 0)
        file, row = places.get(key, ("", None)) if key else ("", None)
        said.append(replace(fault, file=file, row=row))
    grid = [
        Fault("grid", "off_grid", *written.places[key], "quantity", " ".join(map(str, key)).strip(),
              {"value": str(written.bought.get(key, written.direct.get(key[:2], ""))),
               "step": str(_step(hand, key[1]))})
        for key in hand.off_grid if key in written.places
    ]  # fmt: skip
    return (*grid, *said)


def _step(hand: HandDraft, need: str) -> Fraction:
    needs = hand.draft.world.facts.needs
    return needs.step[needs.key.index(need)]


def _best(
    scenario: Scenario, best: str | Path | None, solve: bool, limit: float | None
) -> dict[str, tuple[float | None, float | None]]:
    """Aim -> value and bound of the best known plan."""
    if best is not None:
        summary: Mapping[str, Any] = read_run(best).summary
    elif solve:
        summary = plan_or_end(scenario, time_limit=limit).summary
    else:
        return {}
    return {a["name"]: (float(a.get("plan_value", a["value"])), float(a["bound"])) for a in summary["aims"]}


__all__ = ["AimScore", "HandPlan", "Nearest", "Score", "read_handplan", "score"]
