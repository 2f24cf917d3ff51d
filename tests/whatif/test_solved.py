"""The proven plan of a what-if, started from the old plan, is worth what a plan from nothing is worth."""

from __future__ import annotations

from pathlib import Path

import pytest

import gpsopt
from gpsopt.plan.plan import Plan
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.whatif import Session
from tests.brute.generate import draw
from tests.whatif.changes import scaled

TOWN = Path(__file__).parents[2] / "models" / "town"
CHANGES = (
    ("budgets", "amount", "1.03"),
    ("budgets", "amount", "0.99"),
    ("offers", "price", "0.95"),
    ("offers", "price", "1.1"),
    ("needs", "demand", "1.1"),
    ("undertakers", "capacity", "0.8"),
)


def compared(session: Session, other: Scenario) -> str:
    warm = session.solve(other, gap=0.0)
    cold = gpsopt.plan_or_end(other, gap=0.0)
    assert warm.status == cold.status
    unique = len(cold.summary["aims"]) if other.settings.aims.hold == "total" else 1
    for one, two in zip(warm.summary["aims"][:unique], cold.summary["aims"][:unique], strict=True):
        assert one["value"] == pytest.approx(two["value"], rel=1e-6, abs=1e-2)
    if isinstance(warm, Plan):
        assert warm.certified
    return warm.status


@pytest.mark.parametrize("change", CHANGES)
def test_town(change: tuple[str, str, str]) -> None:
    town = read_scenario(TOWN)
    session = Session(town)
    assert session.solve().status == "optimal"
    compared(session, scaled(town, *change))


@pytest.mark.parametrize("seed", range(1, 9))
def test_tiny_models_of_every_kind(seed: int) -> None:
    tiny = draw(seed)
    session = Session(tiny)
    session.solve()
    compared(session, scaled(tiny, "budgets", "amount", "0.97"))
    compared(session, scaled(tiny, "offers", "price", "1.04"))


def test_a_plan_read_back_is_a_start() -> None:
    town = read_scenario(TOWN)
    session = Session(town)
    plan = gpsopt.solve(town)
    session.begin_from(plan.frames)
    again = session.solve()
    assert isinstance(again, Plan)
    assert again.allocation.equals(plan.allocation)
