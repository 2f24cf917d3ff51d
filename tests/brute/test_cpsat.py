"""The planner against OR-tools CP-SAT: tiny models with many clauses on at once, hard and soft, to the same fen."""

from __future__ import annotations

from collections import Counter

import pytest

import gpsopt
from gpsopt.model.clauses import REGISTER
from gpsopt.model.soft import LIMITS

from .candidates import read_world
from .cpsat import best_by_cpsat
from .crowded import draw_crowded
from .enumerator import best_of_world
from .generate import draw
from .test_brute_force import planned

CROWDS = range(0, 1000, 100)  # each with the seeds up to its 32nd plan: 320 plans in all


def agree(seed: int) -> str:
    """ "none", "kept" or "broken" (a soft clause had to be); raises AssertionError where the two disagree."""
    scenario = draw_crowded(seed)
    plan, best = planned(scenario), best_by_cpsat(read_world(scenario))
    assert (plan is None) == (best is None), seed
    if plan is None or best is None:
        return "none"
    assert plan.certified, (seed, plan.summary["faults"])
    found = _values(plan)
    for name, exact in best.aims:
        value = found.pop(name, 0.0)
        assert value == pytest.approx(float(exact), rel=1e-6, abs=1e-6), (seed, name)
    assert not found, seed
    return "broken" if len(plan.frames.get("violations", ())) else "kept"


def _values(plan: gpsopt.Plan) -> dict[str, float]:
    stages = {f"breach_{s['clause']}_{s['unit']}": float(s["plan_value"]) for s in plan.summary.get("soft", ())}
    return {**stages, **{aim["name"]: float(aim["plan_value"]) for aim in plan.summary["aims"]}}


def test_a_few_crowded_models_agree() -> None:
    assert {agree(seed) for seed in range(1000, 1012)} >= {"none", "kept"}


@pytest.mark.parametrize("seed", [28, 34, 44, 50])
def test_soft_clauses_on_pairs_leave_sizes_that_do_not_fit_out(seed: int) -> None:
    assert agree(seed) in ("kept", "broken")


@pytest.mark.slow
@pytest.mark.parametrize("first", CROWDS)
def test_more_than_three_hundred_plans_agree(first: int) -> None:
    ends: Counter[str] = Counter()
    for seed in range(first, first + 100):
        ends[agree(seed)] += 1
        if ends["kept"] + ends["broken"] == 32:
            break
    assert ends["kept"] + ends["broken"] == 32 and ends["broken"] >= 2, ends


def test_the_second_engine_agrees_with_full_enumeration() -> None:
    answers = []
    for seed in range(40):
        world = read_world(draw(seed))
        counted, found = best_of_world(world), best_by_cpsat(world)
        assert (counted and counted.aims) == (found and found.aims), seed
        answers.append(found is not None)
    assert {True, False} == set(answers)


@pytest.mark.slow
def test_every_clause_is_drawn_hard_and_soft() -> None:
    seen: Counter[str] = Counter()
    for seed in range(160):
        clauses = draw_crowded(seed).settings.clauses
        seen.update(name for name in type(clauses).model_fields if clauses.on(name))
        seen.update(f"soft {name}" for name in LIMITS if clauses.soft(name))
    assert all(seen[name] >= 15 for name in REGISTER), seen
    assert all(seen[f"soft {name}"] >= 6 for name in LIMITS), seen
    assert seen["equal_competition"] >= 15
