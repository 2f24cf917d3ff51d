"""Candidates and thin markets as shown in `coverage`. Source: 34号文 2(2)3; Procurement Law 36, 38, 40."""

from __future__ import annotations

from gpsopt.verify.evidence import Evidence
from gpsopt.verify.pairs import is_thin
from gpsopt.verify.rows import key_text
from gpsopt.verify.verdict import Fault, Outcome


def check_competition(evidence: Evidence) -> list[Outcome]:
    """candidates = undertakers unrelated to each other and to the purchaser; thin = a procurement item in
    demand with fewer than min_candidates of them, where the clause is in force and does not ignore it."""
    faults = []
    for (year, need), row in evidence.written.coverage.items():
        count = evidence.pairs.candidates.get((need, year), 0)
        thin = is_thin(evidence.world, evidence.world.needs[need], year, count)
        for column, expected in (("candidates", count), ("thin", thin)):
            if row[column] != expected:
                faults.append(Fault("competition", "differs", "coverage.csv", row.line, column, key_text((year, need)),
                                    {"found": _said(row[column]), "expected": _said(expected)}))  # fmt: skip
    return [Outcome("competition", len(evidence.written.coverage), tuple(faults))]


def _said(value: int | bool) -> str:
    return str(value) if not isinstance(value, bool) else "yes" if value else "no"
