"""A plan in memory, its cells as the CSV files hold them, against its scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gpsopt.scenario import Scenario
from gpsopt.verify.aims import check_summary
from gpsopt.verify.clauses import CHECKS
from gpsopt.verify.clauses.today import check_today
from gpsopt.verify.evidence import Evidence
from gpsopt.verify.facts import facts_of
from gpsopt.verify.inputs import check_inputs
from gpsopt.verify.ledger import books_of
from gpsopt.verify.marks import marks_of
from gpsopt.verify.pairs import pairs_of
from gpsopt.verify.rows import PLAN_TABLES, Frame, read_rows
from gpsopt.verify.softrules import Key, breaches_of, settled
from gpsopt.verify.verdict import Breach, Fault, Outcome, Verdict
from gpsopt.verify.world import world_of


def verify_frames(scenario: Scenario, frames: Mapping[str, Frame], summary: Mapping[str, Any]) -> Verdict:
    """Check a plan: `frames` holds the six plan tables by name (allocation, direct, transfers, coverage,
    budgets, undertakers) and may hold `excluded`, `goals`, `prices` and `violations`, a row being column -> the
    cell's text; row 2 of a fault is the frame's first row."""
    inputs = check_inputs(scenario)
    if inputs.faults:
        return Verdict.of([inputs])
    missing = [Fault("run", "table_missing", f"{name}.csv") for name in PLAN_TABLES if name not in frames]
    if missing:
        return Verdict.of([inputs, Outcome("run", len(PLAN_TABLES), tuple(missing))])
    evidence, reading = evidence_of(scenario, frames)
    outcomes = settled(evidence, (outcome for check in CHECKS for outcome in check(evidence)), summary)
    return Verdict.of([inputs, *reading, *outcomes, *check_summary(evidence, summary), *check_today(evidence, summary)])


def evidence_of(scenario: Scenario, frames: Mapping[str, Frame]) -> tuple[Evidence, list[Outcome]]:
    """What is known about a plan, and what its cells were found to be while they were read."""
    world = world_of(scenario)
    written, reading = read_rows(world, frames)
    evidence = Evidence(
        world=world,
        pairs=pairs_of(world),
        marks=marks_of(world, scenario),
        written=written,
        facts=facts_of(world, written),
        books=books_of(world, written),
    )
    return evidence, reading


def violations_of(scenario: Scenario, frames: Mapping[str, Frame]) -> dict[Key, Breach]:
    """The broken limits of the soft clauses of a plan: what its table `violations` must list."""
    evidence, _reading = evidence_of(scenario, {name: rows for name, rows in frames.items() if name != "violations"})
    return breaches_of(evidence, (outcome for check in CHECKS for outcome in check(evidence)))
