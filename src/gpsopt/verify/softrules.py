"""Soft clauses: a broken limit passes exactly where the run folder lists it with the violation found here.

`violations.csv` has a row for each broken limit of a soft clause: clause, index, year, amount, unit. The amount is
exact, or rounded up at the ninth decimal where it does not end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from gpsopt.verify.evidence import Evidence
from gpsopt.verify.rows import Row, key_text
from gpsopt.verify.verdict import Breach, Fault, Outcome

PLACES: Final = 9
Key = tuple[str, str, int]  # clause, index, year


def settled(evidence: Evidence, outcomes: Iterable[Outcome], summary: Mapping[str, Any]) -> list[Outcome]:
    """The outcomes with the listed violations of soft clauses taken out, and a check of the list itself."""
    outcomes = list(outcomes)
    listed = evidence.written.violations or {}
    soft = set(evidence.world.settings.clauses.softened())
    if not soft and not listed:
        return outcomes
    found = breaches_of(evidence, outcomes)
    kept = [
        replace(o, faults=tuple(f for f in o.faults if f.breach is None or f.rule not in soft)) for o in outcomes
    ]  # fmt: skip
    faults = (*_compared(found, listed), *_added_up(found, summary.get("soft")))
    return [*kept, Outcome("violations", len(listed), faults)]


def breaches_of(evidence: Evidence, outcomes: Iterable[Outcome]) -> dict[Key, Breach]:
    """Every broken limit of the soft clauses, in key order."""
    soft = set(evidence.world.settings.clauses.softened())
    found = {
        (fault.rule, fault.breach.index, fault.breach.year): fault.breach
        for outcome in outcomes for fault in outcome.faults if fault.breach is not None and fault.rule in soft
    }  # fmt: skip
    return dict(sorted(found.items()))


def totals(found: Mapping[Key, Breach]) -> dict[tuple[str, str], Fraction]:
    """(clause, unit they are counted in) -> all violations, items at their unit value."""
    sums: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for (clause, _index, _year), breach in found.items():
        sums[clause, breach.counted_in] += breach.amount * breach.worth
    return dict(sums)


def amount_text(amount: Fraction) -> str:
    """The violation as listed: never less than it is."""
    steps = -((-amount.numerator * 10**PLACES) // amount.denominator)
    text = format(Decimal(steps).scaleb(-PLACES), "f").rstrip("0").rstrip(".")
    return text or "0"


def _compared(found: Mapping[Key, Breach], listed: Mapping[tuple[Any, ...], Row]) -> Iterator[Fault]:
    for key in sorted(found.keys() - listed.keys()):
        yield Fault("violations", "violation_unlisted", "violations.csv", None, "", key_text(key), {
            "clause": key[0], "amount": amount_text(found[key].amount), "unit": found[key].unit,
        })  # fmt: skip
    for key, row in listed.items():
        breach = found.get((key[0], key[1], key[2]))
        if breach is None:
            yield Fault("violations", "row_surplus", "violations.csv", row.line, "", key_text(key))
            continue
        expected = {"amount": Decimal(amount_text(breach.amount)), "unit": breach.unit}
        for column, right in expected.items():
            if row[column] != right:
                yield Fault("violations", "differs", "violations.csv", row.line, column, key_text(key),
                            {"found": str(row[column]), "expected": str(right)})  # fmt: skip


def _added_up(found: Mapping[Key, Breach], stages: object) -> Iterator[Fault]:
    """Every stage of the summary says what its clause's violations add up to, and none is left out."""
    said = [s for s in stages if isinstance(s, dict)] if isinstance(stages, list) else []
    left = totals(found)
    for stage in said:
        expected = left.pop((str(stage.get("clause")), str(stage.get("unit"))), Fraction(0))
        if str(stage.get("plan_value")) != total_text(expected):
            yield Fault("violations", "differs", "summary.json", None, "soft", str(stage.get("clause"))[:60],
                        {"found": str(stage.get("plan_value"))[:60], "expected": total_text(expected)})  # fmt: skip
    for (clause, unit), amount in left.items():
        yield Fault("violations", "violation_unlisted", "summary.json", None, "soft", clause,
                    {"clause": clause, "amount": total_text(amount), "unit": unit})  # fmt: skip


def total_text(amount: Fraction) -> str:
    """A stage's total as the summary says it: as text, so that no digit is lost."""
    return amount_text(amount) if amount else "0"
