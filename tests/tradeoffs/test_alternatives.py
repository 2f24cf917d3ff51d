"""Alternatives: certified plans within the tolerance, as different as can be, their awards counted."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

import gpsopt
from gpsopt.analysis.alternatives import Alternatives, alternatives
from gpsopt.errors import InfeasibleError, UsageError
from gpsopt.runread import read_run
from tests.cli.running import in_process
from tests.cli.worlds import crowd, without_plan, write
from tests.compare.worlds import TOWN

WITHIN = 0.05


@pytest.fixture(scope="module")
def town() -> Alternatives:
    return alternatives(TOWN, WITHIN, 3)


def taken(plan: gpsopt.Plan) -> set[tuple[int, str, str]]:
    return set(zip(*(plan.allocation[c] for c in ("year", "need", "offer")), strict=True))


def test_every_plan_is_certified_and_near_the_best(town: Alternatives) -> None:
    assert len(town.others) == 3
    best = {a["name"]: a for a in town.best.summary["aims"]}
    for plan in town.plans:
        assert plan.certified
        for aim in plan.summary["aims"]:
            worse = (aim["plan_value"] - best[aim["name"]]["value"]) * (1 if aim["sense"] == "min" else -1)
            assert worse <= WITHIN * aim["scale"] + 1e-6 * max(1.0, aim["scale"])


def test_they_differ_from_each_other_and_share_what_they_say(town: Alternatives) -> None:
    sets = [taken(plan) for plan in town.plans]
    assert all(one != other for one, other in itertools.combinations(sets, 2))
    for near in town.others:
        assert 0 <= near.least <= near.shared + 1e-9 and near.shared <= 1 + 1e-9


def test_two_equal_offers_give_two_plans_without_a_common_award(tmp_path: Path) -> None:
    """Two providers at one price, each with room for everything: the alternative buys from the other alone."""
    tables = {
        "areas": "area\na\n",
        "purchasers": "purchaser,level,kind\np,municipal,other\n",
        "items": "item,kind,livelihood,basic,scope,cost_standard\ni,public,yes,yes,purchasable,10\n",
        "budgets": "purchaser,year,amount\np,2015,1000.00\n",
        "needs": "need,purchaser,item,area,year,demand,target\nn,p,i,a,2015,20,1\n",
        "undertakers": "undertaker,kind\nu1,enterprise\nu2,enterprise\n",
        "offers": "offer,undertaker,item,price,min_quantity\no1,u1,i,8,20\no2,u2,i,8,20\n",
    }
    model = 'years = [2015]\nbase_year = 2014\nquantity_step = 1\n[aims]\norder = ["livelihood_shortfall", "outlay"]\n'
    found = alternatives(write(tmp_path / "w", tables, model), 0.0, 2)
    first, second = found.plans[:2]
    assert not taken(first) & taken(second) and found.others[0].shared == pytest.approx(0)
    assert set(found.awards["state"]) == {"open"} and list(found.awards["plans"])[:2] != [0, 0]
    assert first.summary["totals"] == second.summary["totals"]


def test_awards_of_all_plans_are_safe_the_others_open(town: Alternatives) -> None:
    sets = [taken(plan) for plan in town.plans]
    awards = town.awards
    keys = list(zip(awards["year"], awards["need"], awards["offer"], strict=True))
    assert set(keys) == set.union(*sets) and len(keys) == len(set(keys))
    for key, count, state in zip(keys, awards["plans"], awards["state"], strict=True):
        assert count == sum(key in one for one in sets) and (state == "safe") == (count == len(sets))


def test_nothing_to_choose_gives_no_alternative_of_worth(tmp_path: Path) -> None:
    """With no room at all the town's one optimum shares everything with itself."""
    found = alternatives(TOWN, 0.0, 1)
    assert found.others[0].shared > 0.7


def test_words_in_both_languages(town: Alternatives) -> None:
    for lang, words in (("en", ("Safe", "Open", "of its money for awards")), ("zh", ("稳定", "可变", "改投他处"))):
        page = town.page(lang)
        assert all(word in page for word in words)
    contrast = town.contrast(1)
    assert contrast.inputs.empty and not contrast.awards.empty


def test_the_command_writes_runs_that_verify(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    command = in_process(capfd)
    words = ("alternatives", crowd(tmp_path / "crowd", 5), "--within", "0.02", "--count", "2", "--out", tmp_path / "r")
    document = command(*words, "--json").json
    assert len(document["plans"]) == 3
    for entry in document["plans"]:
        assert gpsopt.verify_run(Path(entry["path"])).ok and read_run(entry["path"]).certified
    assert command("alternatives", TOWN, "--within", "2", "--lang", "en").code == 2


def test_what_cannot_be_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        alternatives(TOWN, 2)
    with pytest.raises(InfeasibleError):
        alternatives(without_plan(tmp_path / "w"))


def test_large_models_are_swept_and_their_plans_as_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpsopt.solving.alternatives.PLAIN", 0)
    found = alternatives(crowd(tmp_path / "crowd", 8), 0.02, 2, gap=0.001)
    assert len(found.others) == 2 and all(plan.certified for plan in found.plans)
    for near in found.others:
        assert near.least - 1e-9 <= near.shared < 1
