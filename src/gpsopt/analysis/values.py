"""What a scenario reaches in each aim: with awards as fractions, at once, or by a proven plan, with its time."""

from __future__ import annotations

import time
from dataclasses import dataclass

from gpsopt.model.world import world_of
from gpsopt.plan.plan import Plan
from gpsopt.planning import plan_or_end
from gpsopt.scenario import Scenario
from gpsopt.whatif import Session


@dataclass(frozen=True)
class Reached:
    """Aim -> value, proven bound and the amount its gap leaves open; `plan` where whole awards were sought."""

    values: dict[str, float]
    bounds: dict[str, float]
    gaps: dict[str, float]
    seconds: float
    plan: Plan | None = None


def relaxed(scenario: Scenario, session: Session | None = None) -> Reached | None:
    """The aims with awards as fractions; None where nothing fits. Raises InputError where the tables are wrong.

    A `session` of a scenario with the same rows and columns answers from where it stands; any other is asked anew.
    """
    began = time.monotonic()
    stages = (session or Session(scenario)).relaxed(scenario).stages
    if not stages:
        return None
    return Reached(
        {s.name: s.value for s in stages}, {s.name: s.bound for s in stages}, {s.name: s.gap_amount for s in stages},
        time.monotonic() - began,
    )  # fmt: skip


def proven(scenario: Scenario, gap: float | None = None, time_limit: float | None = None) -> Reached | None:
    """The aims of a plan with whole awards; None where there is none. Values are exact, of the plan as written."""
    began = time.monotonic()
    result = plan_or_end(scenario, gap=gap, time_limit=time_limit)
    if not isinstance(result, Plan):
        return None
    aims = result.summary["aims"]
    return Reached(
        {a["name"]: float(a["plan_value"]) for a in aims}, {a["name"]: float(a["bound"]) for a in aims},
        {a["name"]: abs(float(a["plan_value"]) - float(a["bound"])) for a in aims}, time.monotonic() - began, result,
    )  # fmt: skip


def binaries(scenario: Scenario) -> int:
    """Award decisions of the scenario's model."""
    return int(world_of(scenario).binary.sum())


__all__ = ["Reached", "binaries", "proven", "relaxed"]
