"""Comparisons: every frame ties to the two runs' own books, pages in both languages, the command."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

import gpsopt
from gpsopt.analysis.compare import Comparison, compare
from gpsopt.errors import UsageError
from gpsopt.runread import Run
from gpsopt.starter import write_starter
from tests.cli.running import Command, in_process
from tests.cli.worlds import without_plan
from tests.compare.worlds import DEARER, GONE, ONE_BUDGET, RULES, TOWN, run_of, scenario


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str]) -> Command:
    return in_process(capfd)


@pytest.fixture(scope="module")
def town() -> Run:
    return run_of(TOWN)


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_of(scenario(tmp_path_factory.mktemp("s"), "cut", ONE_BUDGET + GONE))


@pytest.fixture(scope="module")
def both(town: Run, cut: Run) -> Comparison:
    return gpsopt.compare(baseline=town, cut=cut)


def total(run: Run, name: str, column: str) -> Decimal:
    return sum(run.frame(name)[column], Decimal(0))


def test_money_of_every_grouping_ties_to_the_books(both: Comparison, town: Run, cut: Run) -> None:
    money = both["cut"].money
    for part in ("direct", "stranded", "purchased", "unspent"):
        for by in ("all", "purchaser"):
            rows = money[(money["by"] == by) & (money["part"] == part)]
            assert sum(rows["before"]) == total(town, "budgets", part), (by, part)
            assert sum(rows["after"]) == total(cut, "budgets", part), (by, part)
    for by in ("area", "item", "undertaker"):
        rows = money[(money["by"] == by) & (money["part"] == "purchased")]
        assert sum(rows["before"]) == total(town, "allocation", "amount")
        assert sum(rows["change"]) == total(cut, "allocation", "amount") - sum(rows["before"])


def test_awards_lead_from_one_plan_to_the_other(both: Comparison, town: Run, cut: Run) -> None:
    awards = both["cut"].awards
    change = sum(awards["change"], Decimal(0))
    assert change == total(cut, "allocation", "amount") - total(town, "allocation", "amount")
    lost = awards[awards["kind"] == "lost"]
    assert set(lost["undertaker"]) == {"u1"} and all(lost["quantity_after"] == 0)
    assert all(awards[awards["kind"] == "won"]["quantity_before"] == 0)
    assert list(awards["change"].abs()) == sorted(awards["change"].abs(), reverse=True)


def test_missing_services_add_up_to_the_aims(both: Comparison, town: Run, cut: Run) -> None:
    missing = both["cut"].missing
    for by in ("purchaser", "area", "item"):
        rows = missing[missing["by"] == by]
        for run, side in ((town, "before"), (cut, "after")):
            aims = [run.aim(name) for name in ("livelihood_shortfall", "shortfall")]
            assert float(sum(rows[side])) == pytest.approx(sum(a["plan_value"] for a in aims if a))
    movers = both["cut"].movers
    assert not movers.loc[movers["key"] == "u1", "gains"].any() and movers["change"].ne(0).all()
    here = movers[(movers["measure"] == "missing") & (movers["by"] == "area")]
    assert all(here["gains"] == (here["change"] < 0))


def test_aims_and_goals_stand_beside_each_other(both: Comparison, town: Run, cut: Run) -> None:
    aims = both["cut"].aims.set_index("aim")
    assert aims.loc["livelihood_shortfall", "before"] == 80_000
    assert aims.loc["livelihood_shortfall", "change"] == 220_000 and not aims.loc["livelihood_shortfall", "better"]
    assert aims.loc["shortfall", "better"] is None and not aims["open"].any()
    goals = both.goals
    row = goals[(goals["goal"] == "social_part") & (goals["year"] == 2016)].iloc[0]
    assert row["run"] == "cut" and row["change"] == row["after"] - row["before"] < 0


def test_a_run_differs_in_nothing_from_itself(town: Run) -> None:
    same = compare(town, town)
    assert same.names == ("town", town.run)
    contrast = same.contrasts[0]
    assert contrast.inputs.empty and contrast.awards.empty and contrast.movers.empty and not contrast.causes
    assert not contrast.money["change"].any() and "nothing" in same.page("en") and "没有不同" in same.page("zh")
    assert all(compare(town, town).page(lang) for lang in ("zh", "en"))


def test_gaps_that_leave_it_open_are_said(town: Run) -> None:
    """Two plans whose difference is smaller than what their gaps leave open."""
    from dataclasses import replace

    aims = [{**e, "gap_amount": 1e6, "plan_value": e["plan_value"] + 10} for e in town.summary["aims"]]
    loose = replace(town, summary={**town.summary, "aims": aims})
    contrast = compare(baseline=town, loose=loose)
    assert contrast["loose"].aims["open"].all() and "~" in contrast.page("en")


def test_runs_without_a_plan_are_compared_as_far_as_they_go(town: Run, tmp_path: Path) -> None:
    ended = run_of(without_plan(tmp_path / "world"))
    contrast = compare(baseline=town, ended=ended)
    page = contrast.page("en")
    assert "no plan" in page and "what differs" in page.lower() and "Who gains" not in page
    assert contrast.awards.empty and contrast.movers.empty and not contrast.inputs.empty


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_shows_four_columns_at_most(town: Run, cut: Run, tmp_path: Path, lang: str) -> None:
    others = {f"other{k}": cut for k in range(3)}
    rules = run_of(scenario(tmp_path, "rules", RULES + DEARER))
    comparison = compare(baseline=town, **others, rules=rules)
    page = comparison.page(lang)
    assert all(name in page for name in comparison.names)
    heads = [line for line in page.splitlines() if "other0" in line and "other1" in line]
    assert heads and all("rules" not in line for line in heads)


def test_a_table_that_would_be_wide_puts_differences_under_their_values(town: Run, cut: Run) -> None:
    long = {f"scenario_name_long_{k}": cut for k in range(3)}
    page = compare(baseline=town, **long).page("en")
    assert re.search(r"\(\S+\) ▼ +\(\S+\) ▼ +\(\S+\) ▼", page)
    assert not re.search(r"\(\S+\) ▼ +\(\S+\) ▼", compare(baseline=town, one=cut, two=cut).page("en"))


def test_the_command_speaks_both_languages_and_json(command: Command, tmp_path: Path) -> None:
    folders = [
        str(gpsopt.write_run(gpsopt.solve(path), tmp_path / "runs"))
        for path in (TOWN, scenario(tmp_path, "cut", ONE_BUDGET))
    ]  # fmt: skip
    shown = {lang: command("compare", *folders, "--lang", lang) for lang in ("zh", "en")}
    assert shown["en"].code == shown["zh"].code == 0
    assert "2016: 1,010,000 → 960,000" in shown["en"].out and "民生缺口最小" in shown["zh"].out
    document = command("compare", *folders, "--json").json
    found = document["contrasts"]["cut"]
    assert found["inputs"][0]["before"] == "1010000" and found["causes"][0]["cells"] == 1
    assert document["baseline"]["name"] == "town" and found["aims"][0]["aim"] == "livelihood_shortfall"


def test_runs_of_other_years_are_not_called_better_or_worse(town: Run, tmp_path: Path) -> None:
    early = run_of(scenario(tmp_path, "early", "years = [2015]\n"))
    found = gpsopt.compare(town, early)
    assert found.aims["change"].notna().all() and found.aims["better"].isna().all()
    assert "2015, 2016" in found.page("zh") and "▲" not in "".join(found.page("en").splitlines()[12:])
    assert "years differ" in found.page("en")


def test_a_service_of_another_model_counts_at_its_own_value(town: Run, tmp_path: Path) -> None:
    """What the baseline does not know is valued as the run's own aims value it."""
    write_starter(tmp_path / "mine")
    mine = run_of(tmp_path / "mine")
    found = gpsopt.compare(town, mine)["mine"].missing
    there = sum(found.loc[(found["by"] == "purchaser"), "after"], Decimal(0))
    aims = {entry["name"]: entry["plan_value"] for entry in mine.summary["aims"]}
    assert there > 10_000
    assert float(there) == pytest.approx(aims["livelihood_shortfall"] + aims["shortfall"], abs=0.05)


def test_a_waterfall_without_a_plan_says_so(town: Run, tmp_path: Path) -> None:
    without = run_of(without_plan(tmp_path / "w"))
    page = gpsopt.compare(town, without).with_waterfalls().page("en")
    assert "No waterfall of" in page and "the baseline has no plan" not in page
    assert "the baseline has no plan" in gpsopt.compare(without, town).page("en")


def test_one_run_is_no_comparison_and_a_folder_no_run(command: Command, town: Run, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        compare(town)
    assert refused.value.code == "compare_needs_two"
    answer = command("compare", str(tmp_path), str(tmp_path), "--lang", "en")
    assert answer.code == 2 and "not a run folder" in answer.err
