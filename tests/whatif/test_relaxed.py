"""A warm what-if says what a cold solve says; where the rows are others it is built anew and says so."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from gpsopt.scenario import Scenario, read_scenario
from gpsopt.whatif import Relaxed, Session, lp_values
from tests.whatif.changes import put, scaled

TOWN = Path(__file__).parents[2] / "models" / "town"
NUMBERS = {
    "one budget down": ("budgets", "amount", "0.99", 3),
    "prices down": ("offers", "price", "0.97"),
    "demand up": ("needs", "demand", "1.02"),
    "demand down": ("needs", "demand", "0.9"),
    "capacity down": ("undertakers", "capacity", "0.8"),
    "standards up": ("items", "cost_standard", "1.01"),
}


@pytest.fixture(scope="module")
def town() -> Scenario:
    return read_scenario(TOWN)


@pytest.fixture(scope="module")
def session(town: Scenario) -> Session:
    return Session(town)


def same(answer: Relaxed, scenario: Scenario) -> None:
    cold = lp_values(scenario)
    assert [s.name for s in answer.stages] == [s.name for s in cold]
    for warm, fresh in zip(answer.stages, cold, strict=True):
        assert warm.value == pytest.approx(fresh.value, rel=1e-7, abs=1e-4)
        assert abs(warm.value - warm.bound) <= 1e-7 * max(1.0, warm.scale)


@pytest.mark.parametrize("change", NUMBERS.values(), ids=NUMBERS)
def test_warm_is_cold(town: Scenario, session: Session, change: tuple[str, str, str]) -> None:
    other = scaled(town, *change)
    answer = session.relaxed(other)
    same(answer, other)
    assert not answer.rebuilt


def test_the_order_of_questions_changes_nothing(town: Scenario, session: Session) -> None:
    asked = [scaled(town, *change) for change in NUMBERS.values()]
    forwards = [session.relaxed(s) for s in asked]
    backwards = [session.relaxed(s) for s in reversed(asked)]
    for one, two in zip(forwards, reversed(backwards), strict=True):
        assert [s.value for s in one.stages] == pytest.approx([s.value for s in two.stages], rel=1e-9)


def test_a_deficit_that_ends_is_another_row(town: Scenario, session: Session) -> None:
    other = scaled(town, "budgets", "amount", "1.03")
    answer = session.relaxed(other)
    assert answer.different == "existing_budget.deficit_is_met_first culture 2016"
    same(answer, other)


def test_other_rows_are_built_anew_and_said(town: Scenario, session: Session) -> None:
    other = scaled(town, "offers", "price", "50")  # far above every standard: no pair is left
    answer = session.relaxed(other)
    assert answer.rebuilt
    assert answer.different.startswith("purchased ")
    same(answer, other)


def test_floors(town: Scenario) -> None:
    floored = put(town, "needs", "floor", Decimal("0.5"))
    session = Session(floored)
    other = put(town, "needs", "floor", Decimal("0.55"))
    answer = session.relaxed(other)
    assert not answer.rebuilt
    same(answer, other)


def test_what_cannot_be_is_said(town: Scenario) -> None:
    session = Session(put(town, "needs", "floor", Decimal("0.5")))
    answer = session.relaxed(put(town, "needs", "floor", Decimal("1")))
    assert (answer.status, answer.stages, answer.rebuilt) == ("infeasible", (), False)
    assert session.relaxed(put(town, "needs", "floor", Decimal("0.5"))).status == "optimal"  # and nothing is lost


def test_the_relaxed_model_bounds_the_plan(town: Scenario, session: Session) -> None:
    import gpsopt

    plan = gpsopt.solve(town)
    first, aim = session.relaxed(town).stages[0], plan.summary["aims"][0]
    assert first.name == aim["name"]
    assert first.bound <= aim["value"] + 1e-3
