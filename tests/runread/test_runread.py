"""A run folder read back holds what was written, in exact types, for every end."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

import gpsopt
from gpsopt.errors import UsageError
from gpsopt.plan.plan import Plan
from gpsopt.runread import Run, as_run, fen_of, floats, read_run
from tests.cli.worlds import without_plan

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Path]:
    plan = gpsopt.solve(ROOT / "models" / "town")
    return plan, gpsopt.write_run(plan, tmp_path_factory.mktemp("runs"))


def test_frames_come_back_cell_by_cell(written: tuple[Plan, Path]) -> None:
    plan, folder = written
    run = read_run(folder)
    assert set(run.frames) == set(plan.frames)
    for name, frame in as_run(plan).frames.items():
        back = run.frames[name]
        assert list(back.columns) == list(frame.columns) and len(back) == len(frame), name
        for column in frame.columns:
            assert back[column].dtype == frame[column].dtype, (name, column)
            assert back[column].equals(frame[column]), (name, column)


def test_types_and_exact_money(written: tuple[Plan, Path]) -> None:
    run = read_run(written[1])
    budgets = run.frames["budgets"]
    assert budgets["year"].dtype == "int64" and run.frames["coverage"]["thin"].dtype == "bool"
    assert all(isinstance(v, Decimal) for v in budgets["amount"])
    assert fen_of(budgets["amount"]).sum() == sum(budgets["amount"]) * 100
    left = sum(fen_of(budgets[c]).sum() for c in ("direct", "stranded", "purchased", "unspent", "given"))
    assert left == fen_of(budgets["amount"]).sum() + fen_of(budgets["received"]).sum()
    assert floats(budgets)["amount"].dtype == "float64"
    assert run.frames["goals"]["met"].dtype == "boolean"


def test_scenario_and_page_come_from_the_folder(written: tuple[Plan, Path]) -> None:
    plan, folder = written
    run = read_run(folder)
    assert run.scenario.digest() == plan.scenario.digest() and run.scenario.name == plan.scenario.name
    assert run.page("en") == plan.page("en") and run.certified and run.has_plan
    assert run.aim("outlay") is not None and run.aim("benefit") is None


def test_an_end_without_a_plan_is_read_too(tmp_path: Path) -> None:
    result = gpsopt.plan_or_end(without_plan(tmp_path / "world"))
    folder = gpsopt.write_run(result, tmp_path / "runs")
    (folder / "conflict.json").write_text(json.dumps({"conflict": [], "repairs": []}), encoding="utf-8")
    run = read_run(folder)
    assert run.status == "infeasible" and not run.has_plan and run.conflict == {"conflict": [], "repairs": []}
    assert run.frame("allocation").empty and "amount" in run.frame("allocation").columns


@pytest.mark.parametrize("harm", ["no_folder", "summary", "manifest", "no_status", "ragged", "binary"])
def test_what_cannot_be_read_is_refused_in_words(written: tuple[Plan, Path], tmp_path: Path, harm: str) -> None:
    import shutil

    folder = tmp_path / "run"
    if harm != "no_folder":
        shutil.copytree(written[1], folder)
    if harm in ("summary", "manifest"):
        (folder / f"{harm}.json").write_text("[1", encoding="utf-8")
    if harm == "no_status":
        (folder / "summary.json").write_text("{}", encoding="utf-8")
    if harm == "ragged":
        (folder / "direct.csv").write_text("a,b\n1\n", encoding="utf-8")
    if harm == "binary":
        (folder / "direct.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError) as refused:
        read_run(folder)
    assert refused.value.code == ("run_missing" if harm == "no_folder" else "run_broken")
    assert str(folder) in refused.value.text("zh") and str(folder) in refused.value.text("en")


def test_a_plan_in_memory_is_a_run(written: tuple[Plan, Path]) -> None:
    run = as_run(written[0])
    assert isinstance(run, Run) and run.folder is None and run.scenario is written[0].scenario
    assert as_run(run) is run and as_run(written[1]).run == run.run
