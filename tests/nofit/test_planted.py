"""Planted conflicts are named rightly, and each repair, applied, leads to a certified plan."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

import gpsopt
from gpsopt.runfolder import input_files
from tests.nofit.planted import CASES, Planted, write


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
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
