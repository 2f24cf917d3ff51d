"""Everything that can be said of a scenario's inputs without solving it.

`check(scenario)` gives every finding; errors are bad input, except `PROOFS`: those say that the input can be
read but no plan can satisfy the rules. One function a rule, in the order of the registers below.
"""

from __future__ import annotations

from typing import Final

from gpsopt.checks import (
    aims,
    budgets,
    catalogue,
    contracts,
    floors,
    further,
    horizon,
    locks,
    names,
    references,
    rows,
    uncertainty,
    units,
)  # fmt: skip
from gpsopt.checks.view import Check, View
from gpsopt.errors import Finding
from gpsopt.scenario import Scenario

CHECKS: Final[tuple[Check, ...]] = (
    *names.CHECKS, *references.CHECKS, *rows.CHECKS, *horizon.CHECKS, *budgets.CHECKS, *units.CHECKS,
    *catalogue.CHECKS, *contracts.CHECKS, *locks.CHECKS, *aims.CHECKS, *further.CHECKS, *floors.CHECKS,
    *uncertainty.CHECKS,
)  # fmt: skip

#: findings that prove that no plan exists: the input can be read, the rules cannot be kept
PROOFS: Final = frozenset(("floor_above_capacity", "floors_above_budget"))


def check(scenario: Scenario) -> tuple[Finding, ...]:
    """Every finding: those made while reading, then those of each check, none left out."""
    view = View(scenario)
    return (*scenario.findings, *(finding for rule in CHECKS for finding in rule(view)))


__all__ = ["CHECKS", "PROOFS", "check"]
