"""The table `goals`: every indicator of the 2017 goals (2(3)) in every model year, its target and whether it is met."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Final

from gpsopt.verify.evidence import Evidence
from gpsopt.verify.exact import rounded_text, shown
from gpsopt.verify.indicators import INDICATORS, Indicator
from gpsopt.verify.rows import Row, key_text
from gpsopt.verify.verdict import Fault, Outcome

#: decimals to which a value of each unit is rounded, half up
PLACES: Final = {"share": 6, "ratio": 6, "posts": 6, "yuan": 2, "year": 0}


def check_goals(evidence: Evidence) -> list[Outcome]:
    """Where the table stands: a row for each indicator and year, each value recomputed; targets are the scenario's."""
    rows = evidence.written.goals
    if rows is None:
        return []
    wanted = [(name, year) for name in INDICATORS for year in evidence.world.years]
    faults = [
        Fault("goals", "row_missing", "goals.csv", None, "", key_text(key)) for key in wanted if key not in rows
    ]  # fmt: skip
    for key, row in rows.items():
        indicator = INDICATORS.get(str(key[0]))
        if indicator is None:
            faults.append(Fault("goals", "row_surplus", "goals.csv", row.line, "goal", key_text(key)))
        else:
            faults += _row_faults(evidence, row, indicator)
    return [Outcome("goals", len(rows), tuple(faults))]


def _row_faults(evidence: Evidence, row: Row, indicator: Indicator) -> Iterator[Fault]:
    exact = indicator.value(evidence, row["year"])
    goal = evidence.world.settings.goals.get(row["goal"])
    target = None if goal is None else goal.target
    expected = {
        "value": None if exact is None else rounded_text(exact, PLACES[indicator.unit]),
        "target": target,
        "met": _met(exact, target, indicator.better),
        "unit": indicator.unit,
        "status": "" if target is None else "assumed",
    }
    for column, right in expected.items():
        if row[column] != right:
            yield Fault("goals", "differs", "goals.csv", row.line, column, key_text((row["goal"], row["year"])),
                        {"found": _said(row[column]), "expected": _said(right)})  # fmt: skip


def _met(value: Fraction | None, target: Decimal | None, better: str) -> bool | None:
    if value is None or target is None:
        return None
    return value >= Fraction(target) if better == "more" else value <= Fraction(target)


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return shown(Fraction(value)) if isinstance(value, Decimal) else str(value or "—")
