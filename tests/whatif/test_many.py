"""Many what-ifs beside each other are the serial ones; random changes of numbers are what a cold model says."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gpsopt.cluster.crew import Crew
from gpsopt.compiler import compile_model
from gpsopt.errors import InputError
from gpsopt.model.build import build_world
from gpsopt.model.renewed import renewed
from gpsopt.model.world import world_of
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.settings import ProjectLimit
from gpsopt.whatif import Relaxed, Session, lp_values
from tests.whatif.changes import put, scaled

TOWN = Path(__file__).parents[2] / "models" / "town"
#: columns whose numbers are changed at random, in one row or in all
NUMBERS = (
    ("budgets", "amount"), ("offers", "price"), ("needs", "demand"), ("undertakers", "capacity"),
    ("needs", "target"), ("offers", "setup"), ("direct_lines", "expenditure"),
)  # fmt: skip


@pytest.fixture(scope="module")
def town() -> Scenario:
    return limited(read_scenario(TOWN), 2)


@pytest.fixture(scope="module")
def pair() -> Iterator[Crew]:
    with Crew(2) as crew:
        yield crew


def drawn(town: Scenario, seed: int) -> Scenario:
    """One to three changes of a few per cent, each in one row or in all; shares stay shares, clauses too."""
    chance = random.Random(seed)
    changed = town
    for table, column in chance.sample(NUMBERS, chance.randint(1, 3)):
        by = str(chance.choice((0.9, 0.97, 0.99, 1.0)) if column == "target" else chance.choice((0.9, 0.98, 1.02, 1.1)))
        every = chance.choice((1, 3, len(town.tables[table])))
        changed = scaled(changed, table, column, by, every)
    return limited(changed, chance.randint(1, 3))


def limited(scenario: Scenario, awards: int) -> Scenario:
    """So many projects an undertaker and year: the bound of a clause."""
    clauses = scenario.settings.clauses.model_copy(update={"project_limit": ProjectLimit(max_awards=awards)})
    return replace(scenario, settings=scenario.settings.model_copy(update={"clauses": clauses}))


def values(answer: Relaxed) -> list[float]:
    return [stage.value for stage in answer.stages]


@pytest.mark.parametrize("seed", range(8))
def test_random_changes_are_what_a_cold_model_says(town: Scenario, session: Session, seed: int) -> None:
    other = drawn(town, seed)
    cold = lp_values(other)
    assert values(session.relaxed(other)) == pytest.approx([stage.value for stage in cold], rel=1e-7, abs=1e-4)


@pytest.fixture(scope="module")
def session(town: Scenario) -> Session:
    return Session(town)


@pytest.mark.slow
def test_many_beside_each_other_are_the_serial_ones(town: Scenario, session: Session, pair: Crew) -> None:
    others = [drawn(town, seed) for seed in range(20, 32)]
    serial = session.relaxed_many(others)
    beside = session.relaxed_many(others, hands=pair)
    assert [answer.different for answer in beside] == [answer.different for answer in serial]
    for one, two in zip(beside, serial, strict=True):
        assert values(one) == pytest.approx(values(two), rel=1e-9, abs=1e-9)


@pytest.mark.slow
def test_what_one_of_many_refuses_is_raised_here(town: Scenario, session: Session, pair: Crew) -> None:
    wrong = put(town, "offers", "undertaker", "nobody")
    with pytest.raises(InputError) as refusal:
        session.relaxed_many([town, wrong], hands=pair)
    assert refusal.value.findings


def test_a_renewed_world_is_the_one_from_nothing(town: Scenario) -> None:
    """The same matrix where only budgets differ, and where more does."""
    base = world_of(town)
    compile_model(build_world(base))  # fills what it works out at first use
    for other in (scaled(town, "budgets", "amount", "0.97"), scaled(town, "offers", "price", "0.97"), drawn(town, 3)):
        kept, fresh = (compile_model(build_world(w)) for w in (renewed(base, other), world_of(other)))
        assert (kept.matrix != fresh.matrix).nnz == 0
        for name in ("row_lower", "row_upper", "column_lower", "column_upper"):
            assert (getattr(kept, name) == getattr(fresh, name)).all()
