"""The scoreboard shows the run's own goals; fees_followed from the ledger is the same to the last digit."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import gpsopt
from gpsopt.analysis.goals import GOALS, Scoreboard, fees_in_ledger, scoreboard
from gpsopt.errors import UsageError
from gpsopt.money import half_up
from gpsopt.plan.goals import INDICATORS
from gpsopt.runread import Run
from gpsopt.text import messages
from tests.cli.running import in_process
from tests.cli.worlds import crowd, hamlet, without_plan
from tests.compare.worlds import TOWN, run_of, scenario

TARGETS = "[goals.coverage]\ntarget = 0.9\n[goals.area_gap]\ntarget = 0.001\n[goals.stranded]\ntarget = 50000\n"


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Scoreboard:
    return scoreboard(run_of(scenario(tmp_path_factory.mktemp("s"), "s", TARGETS)))


def same_from_the_ledger(run: Run) -> int:
    """Compares fees_followed of every year with the ledger's; says how many years had any."""
    frame = run.frame("goals")
    found = frame[frame["goal"] == "fees_followed"]
    for year, value in zip(found["year"], found["value"], strict=True):
        own, due = fees_in_ledger(run)[int(year)]
        shown = Decimal(half_up(Fraction(own, due) * 10**6)).scaleb(-6) if due else None
        assert value == shown, year
    return int(found["value"].notna().sum())


def test_fees_followed_comes_from_the_ledger(board: Scoreboard, tmp_path: Path) -> None:
    worlds = [TOWN, hamlet(tmp_path / "h"), crowd(tmp_path / "c", 9)]
    texts = ('regime = "pooled"\nshare = 0.5\n', 'savings = "returned"\n', 'savings = "lagged"\n')
    worlds += [scenario(tmp_path, f"s{k}", text) for k, text in enumerate(texts)]
    assert sum(same_from_the_ledger(run_of(world)) for world in worlds) >= 8


def test_every_goal_has_its_source_formula_and_path(board: Scoreboard) -> None:
    assert list(board.frame["goal"]) == list(GOALS) == [i.goal for i in INDICATORS]
    assert [better for better, _section in GOALS.values()] == [i.better for i in INDICATORS]
    for lang in ("zh", "en"):
        assert all(f"goalformula.{g}" in messages(lang) and f"goal.{g}" in messages(lang) for g in GOALS)
    row = board.frame.set_index("goal").loc["coverage"]
    assert (row["2015"], row["2016"]) == (row["first"], row["last"]) and row["change"] == row["last"] - row["first"]


def test_targets_are_counted(board: Scoreboard) -> None:
    rows = board.frame.set_index("goal")
    assert board.targets == 3 and board.met == sum(rows["met"].eq(True))
    assert rows.loc["coverage", "met"] is True and rows.loc["area_gap", "met"] is False
    assert rows.loc["posts", "met"] is None and rows.loc["coverage", "status"] == "assumed"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_says_it_all(board: Scoreboard, lang: str) -> None:
    page = board.page(lang)
    assert "≥ 90.0 %" in page and "2015" in page and "3(5)" in page and "100.0 %" in page
    assert board.document(lang)["goals"][0]["formula"] in page


def test_the_command(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    command = in_process(capfd)
    run = gpsopt.write_run(gpsopt.solve(TOWN), tmp_path)
    assert "费随事转" in command("goals", run, "--lang", "zh").out
    assert command("goals", run, "--json").json["ledger"]["2015"]["own"] == "366000.00"
    ended = gpsopt.write_run(gpsopt.plan_or_end(without_plan(tmp_path / "w")), tmp_path / "runs")
    assert command("goals", ended).code == 2
    with pytest.raises(UsageError):
        scoreboard(ended)
