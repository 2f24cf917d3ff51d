"""What a scenario reaches in each aim: with awards as fractions, at once, or by a proven plan, with its time."""

from __future__ import annotations

import time
from dataclasses import dataclass

from gpsopt.checks import PROOFS, check
from gpsopt.compiler import compile_model
from gpsopt.errors import InputError
from gpsopt.model.build import build_world
from gpsopt.model.world import world_of
from gpsopt.plan.plan import Plan
from gpsopt.planning import options_of, plan_or_end
from gpsopt.scenario import Scenario
from gpsopt.solving.fractions import relaxed_stages


@dataclass(frozen=True)
class Reached:
    """Aim -> value, proven bound and the amount its gap leaves open; `plan` where whole awards were sought."""

    values: dict[str, float]
    bounds: dict[str, float]
    gaps: dict[str, float]
    seconds: float
    plan: Plan | None = None


def relaxed(scenario: Scenario) -> Reached | None:
    """The aims with awards as fractions; None where nothing fits. Raises InputError where the tables are wrong."""
    began = time.monotonic()
    _refuse(scenario)
    world = world_of(scenario)
    stages = relaxed_stages(world, compile_model(build_world(world)), options_of(scenario).seed)
    if stages is None:
        return None
    values = {s.name: s.value for s in stages}
    return Reached(values, dict(values), dict.fromkeys(values, 0.0), time.monotonic() - began)


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


def _refuse(scenario: Scenario) -> None:
    errors = tuple(f for f in check(scenario) if f.severity == "error" and f.code not in PROOFS)
    if errors:
        raise InputError(errors)


__all__ = ["Reached", "binaries", "proven", "relaxed"]
