"""What is sought besides the aims: the least money that meets every target, the earliest year that meets a goal."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path

from gpsopt.errors import UsageError
from gpsopt.scenario import Scenario
from gpsopt.seeking.budget import LeastBudget, least_budget
from gpsopt.seeking.goalyear import GoalYear, earliest_year


def find(
    scenario: Scenario | Path, what: str, *, gap: float | None = None, time_limit: float | None = None
) -> LeastBudget | GoalYear:
    """What `gpsopt solve --seek` asks for: budget, reach (each also with :PURCHASER), year:GOAL or year:GOAL=TARGET."""
    kind, _colon, rest = what.partition(":")
    if kind in ("budget", "reach"):
        return least_budget(scenario, rest, reach=kind == "reach", gap=gap, time_limit=time_limit)
    goal, _equals, target = rest.partition("=")
    if kind != "year" or not goal:
        raise UsageError("seek_unknown", value=what)
    try:
        wanted = Decimal(target) if target else None
    except InvalidOperation:
        wanted = Decimal("NaN")
    if wanted is not None and not wanted.is_finite():
        raise UsageError("seek_unknown", value=what)
    return earliest_year(scenario, goal, wanted, gap=gap)


__all__ = ["GoalYear", "LeastBudget", "earliest_year", "find", "least_budget"]
