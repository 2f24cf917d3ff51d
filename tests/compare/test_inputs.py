"""What differs between two scenarios, which named change did it, and mixtures that lead from one to the other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import gpsopt
from gpsopt.analysis.compare.causes import Cause, causes_between, mixture
from gpsopt.analysis.compare.inputs import difference_frame, differences
from gpsopt.analysis.compare.wording import cause_name, cause_place
from gpsopt.changes import entries_text, read_entries
from gpsopt.runread import read_run
from gpsopt.scenario import Scenario, read_scenario
from tests.compare.worlds import DEARER, GONE, NEW_PROVIDER, ONE_BUDGET, RULES, TOWN, scenario

TEXTS = {"budget": ONE_BUDGET, "dearer": DEARER, "new": NEW_PROVIDER, "gone": GONE, "rules": RULES}


def content(scenario: Scenario) -> str:
    """The scenario's hash without what it is called."""
    unnamed = scenario.settings.model_copy(update={"title": "", "title_zh": "", "question": ""})
    return replace(scenario, settings=unnamed).digest()


def causes(base: Scenario, other: Scenario) -> tuple[Cause, ...]:
    return causes_between(base, other, differences(base, other))


def test_one_changed_budget_is_named_with_table_row_before_and_after(tmp_path: Path) -> None:
    base, other = read_scenario(TOWN), read_scenario(scenario(tmp_path, "s", ONE_BUDGET))
    frame = difference_frame(differences(base, other))
    assert frame.to_dict("records") == [
        {"table": "budgets", "key": "civil 2016", "column": "amount", "before": "1010000", "after": "960000",
         "kind": "changed"}
    ]  # fmt: skip
    (cause,) = causes(base, other)
    assert "Budget" in cause_name(cause, "en") and "-50,000" in cause_name(cause, "en")
    assert cause_place(cause, "en") == "s.toml, line 4" and "预算" in cause_name(cause, "zh")


@pytest.mark.parametrize("names", ["budget", "dearer", "new", "gone", "rules", "budget dearer new gone rules"])
def test_all_changes_together_give_the_scenario_and_none_the_baseline(tmp_path: Path, names: str) -> None:
    text = "\n".join(sorted((TEXTS[n] for n in names.split()), key=lambda t: not t.startswith("\nregime")))
    base, other = read_scenario(TOWN), read_scenario(scenario(tmp_path, "s", text))
    found = causes(base, other)
    assert content(mixture(base, other, ())) == content(base)
    assert content(mixture(base, other, found)) == content(other) != content(base)
    assert all(cause.entries for cause in found), "every difference has its entry"
    again = causes(other, base)
    assert content(mixture(other, base, again)) == content(base)
    assert all(cause.taken_back for cause in again)


def test_a_provider_and_its_offers_come_and_go_together(tmp_path: Path) -> None:
    base = read_scenario(TOWN)
    other = read_scenario(scenario(tmp_path, "s", NEW_PROVIDER + GONE))
    found = causes(base, other)
    assert len(found) == 2
    dropped, added = sorted(found, key=lambda c: c.differences[0].kind, reverse=True)
    assert {d.table for d in dropped.differences} >= {"undertakers", "offers"} and len(added.entries) == 2
    for one in found:
        gpsopt.plan_or_end(mixture(base, other, [one]))  # stands alone: no reference is left dangling


def test_every_change_is_a_cause_of_its_own_in_order(tmp_path: Path) -> None:
    second = ONE_BUDGET.replace("2016", "2015").replace("-50000", "20000")
    other = read_scenario(scenario(tmp_path, "s", ONE_BUDGET + second + DEARER))
    found = causes(read_scenario(TOWN), other)
    assert [c.differences[0].table for c in found] == ["budgets", "budgets", "offers"]
    assert [c.differences[0].key for c in found[:2]] == [("civil", 2016), ("civil", 2015)]


def test_siblings_share_what_their_base_changed(tmp_path: Path) -> None:
    scenario(tmp_path, "shared", DEARER)
    one = read_scenario(scenario(tmp_path, "one", ONE_BUDGET, base="shared"))
    two = read_scenario(scenario(tmp_path, "two", GONE, base="shared"))
    found = causes(one, two)
    assert [c.taken_back for c in found] == [False, True]
    assert found[0].differences[0].table == "undertakers" and found[1].differences[0].table == "budgets"
    assert content(mixture(one, two, found)) == content(two)


def test_changes_travel_with_the_run_folder(tmp_path: Path) -> None:
    text = RULES + ONE_BUDGET
    plan = gpsopt.plan_or_end(scenario(tmp_path, "s", text))
    run = read_run(gpsopt.write_run(plan, tmp_path / "runs"))
    assert run.scenario.entries == plan.scenario.entries and len(run.scenario.entries) == 7
    assert read_entries(entries_text(run.scenario.entries)) == run.scenario.entries
    for broken in ("{}", '[{"kind": "x"}]', "[1]"):
        with pytest.raises(ValueError, match="change"):
            read_entries(broken)


def test_what_no_entry_explains_is_grouped_by_column(tmp_path: Path) -> None:
    """Two models that somebody edited by hand: no scenario file says what was done."""
    base = read_scenario(TOWN)
    other = replace(read_scenario(scenario(tmp_path, "s", ONE_BUDGET + DEARER)), entries=())
    found = causes(base, other)
    assert [(c.differences[0].table, c.differences[0].column) for c in found] == [
        ("budgets", "amount"), ("offers", "price"),
    ]  # fmt: skip
    assert content(mixture(base, other, found)) == content(other)
