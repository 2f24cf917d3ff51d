"""Everything that can be said of a scenario's inputs without solving it.

`check(scenario)` gives every finding; `refuse_unusable(findings)` turns errors into the refusal that they
are: bad input, or no plan possible. One function a rule, in the order of the registers below.
"""

from __future__ import annotations

from typing import Final

from gpsopt.checks import aims, budgets, floors, horizon, locks, names, references, rows, units
from gpsopt.checks.view import Check, View
from gpsopt.errors import Finding, InfeasibleError, InputError
from gpsopt.scenario import Scenario

CHECKS: Final[tuple[Check, ...]] = (
    *names.CHECKS, *references.CHECKS, *rows.CHECKS, *horizon.CHECKS, *budgets.CHECKS, *units.CHECKS,
    *locks.CHECKS, *aims.CHECKS, *floors.CHECKS,
)  # fmt: skip

#: findings that prove that no plan exists: the input can be read, the rules cannot be kept
PROOFS: Final = frozenset(("floor_above_capacity", "floors_above_budget"))


def check(scenario: Scenario) -> tuple[Finding, ...]:
    """Every finding: those made while reading, then those of each check, none left out."""
    view = View(scenario)
    return (*scenario.findings, *(finding for rule in CHECKS for finding in rule(view)))


def refuse_unusable(findings: tuple[Finding, ...]) -> None:
    """Raise InputError where the inputs cannot be used, InfeasibleError where they prove that no plan exists."""
    errors = tuple(finding for finding in findings if finding.severity == "error")
    if any(finding.code not in PROOFS for finding in errors):
        raise InputError(findings)
    if errors:
        raise InfeasibleError(errors)


__all__ = ["CHECKS", "PROOFS", "check", "refuse_unusable"]
