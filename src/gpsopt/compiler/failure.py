"""The one refusal of the compiler: a rule that cannot be turned into rows."""

from __future__ import annotations

from typing import Any

from gpsopt.errors import GpsoptError


class CompileError(GpsoptError):
    """A rule cannot be compiled; the message names clause, rule and node.

    Codes: rule_failed, rule_node, rule_nonlinear, rule_index, rule_places, rule_not_relation, rule_ranged_bound,
    rule_not_finite.
    """

    def __init__(self, code: str, component: Any, **details: object) -> None:
        clause, _, rule = component.name.rpartition(".")
        super().__init__(code, clause=clause or "-", rule=rule, **details)
