"""Planted conflicts are named rightly, and each repair, applied, leads to a certified plan."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

import gpsopt
from gpsopt.runfolder import input_files
from tests.nofit.planted import CASES, Planted, write
from tests.nofit.plantedfurther import FURTHER

ALL = [*CASES, *(pytest.param(case, marks=pytest.mark.slow) for case in FURTHER)]


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_the_conflict_is_named_and_the_repairs_solve(case: Planted, tmp_path: Path) -> None:
    scenario = gpsopt.read_scenario(write(tmp_path / "model", case))
    assert gpsopt.plan_or_end(scenario).status == "infeasible"
    found = gpsopt.explain_nofit(scenario)
    assert case.clauses <= {clash.clause for clash in found.conflict}
    assert not case.absent & {clash.clause for clash in found.conflict}
    assert case.keys <= {key for clash in found.conflict for key in clash.keys}
    if case.whole is not None:
        assert all(clash.whole == case.whole for clash in found.conflict)
    kinds = [repair.kind for repair in found.repairs]
    assert case.kind in kinds and len(set(kinds)) == len(kinds) <= 5
    if case.amount:
        assert found.repairs[kinds.index(case.kind)].amount == Decimal(case.amount)
    for name, content in input_files(scenario).items():
        path = tmp_path / "run/inputs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for name, content in found.files().items():
        (tmp_path / "run" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "run" / name).write_bytes(content)
    plan = gpsopt.solve(tmp_path / "run" / found.names()[0])
    assert plan.certified


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("floor above capacity", "[clauses.coverage]\nsoft = true\n"),  # kept wherever it can be
        ("a lock against a budget", "[clauses.hand_decisions]\nenabled = false\n"),  # cannot be soft
    ],
)
def test_a_clause_is_made_soft_and_only_struck_where_it_cannot_be(name: str, said: str, tmp_path: Path) -> None:
    case = next(case for case in CASES if case.name == name)
    found = gpsopt.explain_nofit(gpsopt.read_scenario(write(tmp_path, case)))
    (repair,) = [repair for repair in found.repairs if repair.kind == "clause"]
    assert repair.toml.endswith(said), repair.toml
