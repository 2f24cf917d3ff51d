"""Awards decided now, quantities later: against enumeration, against what must hold, and as a run folder."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import gpsopt
from gpsopt.errors import NoPlanError, UsageError
from gpsopt.model.world import world_of
from gpsopt.runfolder import write_run
from gpsopt.scenario import Scenario
from gpsopt.settings import AIMS
from gpsopt.simulation.futures import drawn
from gpsopt.simulation.twostage import TwoStage, two_stage
from gpsopt.solving.extensive import Measure
from gpsopt.verify import verify_run
from tests.cli.running import Command, in_process
from tests.cli.worlds import TABLES, write
from tests.simulation.twostagemodels import Row, Tried, draw, tried, with_rows

FUTURES = 4


@cache
def enumerated(seed: int, order: tuple[str, ...]) -> tuple[Scenario, Tried]:
    """A model and every set of awards in every future."""
    scenario = draw(seed, order)
    world = world_of(scenario)
    return scenario, tried(scenario, world, drawn(world, FUTURES, seed), tuple(AIMS[name] for name in order))


def as_enumerated(seed: int, order: tuple[str, ...], averse: float) -> None:
    """All sets of awards tried in all futures: the same optimum, the same two worths."""
    scenario, everything = enumerated(seed, order)
    measure = Measure(averse, 0.4)
    best, perfect = everything.best(measure), everything.perfect(measure)
    found = two_stage(scenario, FUTURES, seed=seed, averse=averse, tail=0.4)
    values = found.frames["values"].set_index("aim")
    assert values.loc[list(order), "two_stage"].tolist() == pytest.approx(best, abs=0.02)
    first, near = values.loc[order[0]], {"abs": 0.02}
    assert first["bound"] == pytest.approx(best[0], **near)
    assert first["perfect"] == pytest.approx(perfect, **near)
    for end in ("low", "high"):
        assert first[f"evpi_{end}"] == pytest.approx(best[0] - perfect, **near)
        if not np.isnan(first["mean"]):
            assert first[f"vss_{end}"] == pytest.approx(first["mean"] - best[0], **near)
    assert np.isnan(first["mean"]) or np.isclose(everything.of(measure)[:, 0], first["mean"], atol=0.02).any()


@pytest.mark.parametrize("averse", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_optimum_is_that_of_enumeration(seed: int, averse: float) -> None:
    as_enumerated(seed, ("shortfall",), averse)


@pytest.mark.slow
@pytest.mark.parametrize("averse", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("seed", range(100, 110))
def test_further_optima_are_those_of_enumeration(seed: int, averse: float) -> None:
    as_enumerated(seed, ("shortfall",), averse)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(200, 208))
def test_aims_in_order_are_those_of_enumeration(seed: int) -> None:
    as_enumerated(seed, ("shortfall", "outlay"), 0.0)


def test_thinking_of_all_futures_can_be_worth_something() -> None:
    """The generator is no proof of anything unless deciding early costs and planning for the mean is not enough."""
    worths = []
    for seed in (0, 1):
        scenario, _everything = enumerated(seed, ("shortfall",))
        row = two_stage(scenario, FUTURES, seed=seed).frames["values"].iloc[0]
        worths.append((row["vss_low"] > 1 or np.isnan(row["mean"]), row["evpi_low"] > 1))
    assert any(vss for vss, _evpi in worths) and any(evpi for _vss, evpi in worths)


def test_one_future_leaves_nothing_to_be_worth() -> None:
    """With a single future its mean is the future itself: both worths are 0, and the plan is that of the future."""
    row = two_stage(draw(5, ("shortfall",)), 1, seed=5).frames["values"].iloc[0]
    assert row[["vss_low", "vss_high", "evpi_low", "evpi_high"]].tolist() == pytest.approx([0, 0, 0, 0], abs=1e-6)
    assert row["two_stage"] == row["mean"] == row["perfect"] == row["worst"]


def test_what_is_certain_is_the_plan_itself() -> None:
    """Nothing uncertain but by name: every future is the tables as they stand, to the value of each aim."""
    scenario = draw(3, ("shortfall", "outlay"))
    certain = with_rows(scenario, "uncertainty", [_certain()])
    found = two_stage(certain, 3)
    plan = gpsopt.solve(scenario)
    reached = [aim["value"] for aim in plan.summary["aims"]]
    assert found.frames["values"]["two_stage"].tolist() == pytest.approx(reached, abs=0.02)
    assert found.plan.summary["totals"] == plan.summary["totals"] and found.is_plan


def _certain(**more: object) -> Row:
    return {"uncertainty": "d", "factor": "demand", "per": "all", "distribution": "discrete", "values": ("1",),
            "probabilities": ("1",), **more}  # fmt: skip


def test_the_worst_part_counts_what_partly_belongs_for_its_part() -> None:
    """Worst 40 % of 1 2 3 4 where less is better: all of the 4 and 0.15 of 0.25 of the 3."""
    measure = Measure(1.0, 0.4)
    assert measure.of([1, 2, 3, 4], "min") == pytest.approx((0.25 * 4 + 0.15 * 3) / 0.4)
    assert measure.of([1, 2, 3, 4], "max") == pytest.approx((0.25 * 1 + 0.15 * 2) / 0.4)
    assert Measure(0.0, 0.4).of([1, 2, 3, 4], "min") == 2.5
    assert Measure(0.5, 1.0).of([1, 2, 3, 4], "max") == 2.5


@pytest.fixture(scope="module")
def found() -> TwoStage:
    return two_stage(draw(4, ("shortfall", "outlay")), FUTURES, seed=4)


def test_the_awards_of_now_stand_in_a_run_that_verifies(found: TwoStage, tmp_path: Path) -> None:
    folder = write_run(found.plan, tmp_path, found.files())
    assert found.is_plan and verify_run(folder).ok
    decided = found.frames["decided"]
    now = decided[decided["decided"] == "yes"]
    bought = {(a.year, a.need, a.offer) for a in found.plan.frames["allocation"].itertuples()}
    assert bought == set(now[["year", "need", "offer"]].itertuples(index=False, name=None))
    summary = json.loads((folder / "futures" / "summary.json").read_text(encoding="utf-8"))
    assert summary["futures"] == FUTURES and [aim["aim"] for aim in summary["aims"]] == ["shortfall", "outlay"]
    assert {path.name for path in (folder / "futures").iterdir()} == {
        "values.csv", "futures.csv", "decided.csv", "unlike.csv", "summary.json",
    }  # fmt: skip
    again = two_stage(draw(4, ("shortfall", "outlay")), FUTURES, seed=4)
    assert again.files() == found.files() and write_run(again.plan, tmp_path, again.files()) == folder


def test_awards_that_are_no_plan_today_are_not_shown_as_one(tmp_path: Path) -> None:
    """Least sizes that fall with every drawn demand are too large for the budget of the tables as they stand."""
    found = two_stage(draw(1, ("shortfall", "outlay")), FUTURES, seed=1)
    folder = write_run(found.plan, tmp_path, found.files())
    assert not found.is_plan and found.plan.status == "infeasible" and not (folder / "allocation.csv").exists()
    assert len(found.frames["decided"]) and "NO certified plan" in found.page("en")


def test_the_page_is_there_in_both_languages(found: TwoStage) -> None:
    zh, en = found.page("zh"), found.page("en")
    assert "按均值规划" in zh and "Two stages" in en
    assert max(map(len, en.splitlines())) <= 100 and str(found.summary["run"]) in en


def test_a_future_without_a_plan_is_named() -> None:
    """Direct cost three times the budget, nothing of it avoidable: no award mends that."""
    scenario = draw(3, ("shortfall",))
    stuck = with_rows(scenario, "direct_lines", [
        {"need": "n1", "quantity": 2, "expenditure": 200, "avoidable": 0},
    ])  # fmt: skip
    dear = with_rows(stuck, "uncertainty", [_certain(factor="direct_cost", per="purchaser", values=("30",))])
    with pytest.raises(NoPlanError) as refused:
        two_stage(dear, 2)
    assert refused.value.exit_code == 3 and "2" in refused.value.text("en")


def test_a_model_in_which_nothing_is_uncertain_is_refused() -> None:
    with pytest.raises(UsageError):
        two_stage(with_rows(draw(3, ("shortfall",)), "uncertainty", []), 2)


def test_late_money_does_not_pay_in_its_year() -> None:
    """All released money late: only the purchase line buys, so less is bought, and more stays unserved."""
    scenario = _with_a_line()
    late = [_certain(), _certain(uncertainty="l", factor="late_transfer", per="purchaser", values=("1",))]
    in_time, behind = (
        two_stage(with_rows(scenario, "uncertainty", rows), 1).frames["values"].iloc[0]["two_stage"]
        for rows in (late[:1], late)
    )
    assert behind > in_time


def _with_a_line() -> Scenario:
    """All of the purchaser's money sits in the direct line of n1; what n2 gets must come from there."""
    scenario = draw(4, ("shortfall",))
    lined = with_rows(scenario, "direct_lines", [{"need": "n1", "quantity": 2, "expenditure": 400, "avoidable": 1}])
    poor = with_rows(lined, "budgets", [{"purchaser": "p1", "year": 2014, "amount": 400}])
    cheap = [
        {**{k: v for k, v in row.items() if v is not None}, "price": 20, "setup": 1, "min_quantity": 0,
         "needs": (need,)}
        for (_line, row), need in zip(poor.tables.rows("offers"), ("n1", "n1", "n2", "n2"), strict=True)
    ]  # fmt: skip
    return replace(with_rows(poor, "offers", cheap), name="lined")


def test_the_command_writes_a_run_folder_and_says_what_it_is_worth(tmp_path: Path, command: Command) -> None:
    model = write(tmp_path / "hamlet", TABLES | {"uncertainty": _ROWS})
    asked = ("solve", str(model), "--futures", "3", "--averse", "0.5", "--out", str(tmp_path / "runs"))
    done = command(*asked, "--json")
    answer = done.json
    assert done.code == 0 and answer["two_stage"]["futures"] == 3 and answer["two_stage"]["averse"] == 0.5
    assert verify_run(Path(answer["path"])).ok
    assert command("solve", model, "--futures", "3", "--seek", "budget").code == 2
    assert command("solve", model, "--averse", "0.5").code == 2


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str]) -> Command:
    return in_process(capfd)


_ROWS = (
    "uncertainty,factor,per,distribution,mean,sd,low,mode,high,probability\nd,demand,need,lognormal,1,0.2,,,,\n"
    "v,delivered,undertaker,triangular,,,0.6,1,1,\nf,failure,undertaker,chance,,,,,,0.2\n"
)
