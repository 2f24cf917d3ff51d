"""Waterfalls: the parts add up to the difference, a planted change carries its own, orders do not matter to Shapley."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import gpsopt
from gpsopt.analysis.compare import Waterfall, compare, waterfall
from gpsopt.analysis.compare.causes import mixture
from gpsopt.analysis.values import proven
from gpsopt.errors import UsageError
from gpsopt.runread import Run
from gpsopt.whatif import lp_values
from tests.cli.running import Command, in_process
from tests.compare.worlds import DEARER, GONE, ONE_BUDGET, RULES, TOWN, run_of, scenario


@pytest.fixture(scope="module")
def town() -> Run:
    return run_of(TOWN)


@pytest.fixture(scope="module")
def three(town: Run, tmp_path_factory: pytest.TempPathFactory) -> Waterfall:
    cut = run_of(scenario(tmp_path_factory.mktemp("s"), "cut", ONE_BUDGET + DEARER + GONE))
    return waterfall(compare(baseline=town, cut=cut)["cut"], plans=True)


def part(found: Waterfall, aim: str, cause: int | None, way: str) -> float:
    rows = found.frame[found.frame["aim"] == aim]
    row = rows[rows["cause"].isna()] if cause is None else rows[rows["cause"] == cause]
    return float(row[way].iloc[0])


def test_the_only_change_carries_the_whole_difference(town: Run, tmp_path: Path) -> None:
    cut = run_of(scenario(tmp_path, "cut", ONE_BUDGET))
    contrast = compare(baseline=town, cut=cut)["cut"]
    found = waterfall(contrast, plans=True)
    assert len(found.causes) == 1 and found.causes[0].differences[0].row() == (
        "budgets", "civil 2016", "amount", "1010000", "960000", "changed",
    )  # fmt: skip
    changes = contrast.aims.set_index("aim")["change"]
    assert changes["livelihood_shortfall"] > 0
    for aim in found.aims:
        for way in ("in_order", "shapley"):
            assert part(found, aim, 0, way) == pytest.approx(changes[aim], abs=1e-6)
            assert part(found, aim, None, way) == pytest.approx(0, abs=1e-6)
    loose = waterfall(contrast)
    whole = part(loose, "outlay", 0, "in_order") + part(loose, "outlay", None, "in_order")
    assert whole == pytest.approx(changes["outlay"])


def test_parts_add_up_and_shapley_is_the_mean_over_orders(three: Waterfall) -> None:
    """Against plain Python: every order of the changes, every mixture solved anew."""
    contrast, causes = three.contrast, three.causes
    value: dict[frozenset[int], float] = {}
    for size in range(4):
        for members in itertools.combinations(range(3), size):
            mixed = mixture(contrast.base.scenario, contrast.other.scenario, [causes[k] for k in members])
            reached = proven(mixed)
            assert reached is not None
            value[frozenset(members)] = reached.values["livelihood_shortfall"]
    steps: dict[int, list[float]] = {0: [], 1: [], 2: []}
    for order in itertools.permutations(range(3)):
        for place, cause in enumerate(order):
            before = frozenset(order[:place])
            steps[cause].append(value[before | {cause}] - value[before])
    for cause, found in steps.items():
        assert part(three, "livelihood_shortfall", cause, "shapley") == pytest.approx(sum(found) / 6)
        first = value[frozenset(range(cause + 1))] - value[frozenset(range(cause))]
        assert part(three, "livelihood_shortfall", cause, "in_order") == pytest.approx(first)
    changes = contrast.aims.set_index("aim")["change"]
    for aim, way in itertools.product(three.aims, ("in_order", "shapley")):
        whole = sum(part(three, aim, cause, way) for cause in (0, 1, 2, None))
        assert whole == pytest.approx(changes[aim], abs=1e-6)


def test_each_part_shows_what_its_gaps_leave_open(town: Run, tmp_path: Path) -> None:
    cut = run_of(scenario(tmp_path, "cut", ONE_BUDGET + DEARER))
    found = waterfall(compare(baseline=town, cut=cut)["cut"], plans=True, gap=0.5)
    assert (found.frame["gap_in_order"].dropna() >= 0).all() and found.frame["gap_in_order"].notna().any()


def test_many_changes_are_taken_in_order_only(town: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpsopt.analysis.compare.attribution.MOST", 2)
    other = run_of(scenario(tmp_path, "cut", ONE_BUDGET + DEARER + GONE))
    found = waterfall(compare(baseline=town, cut=other)["cut"])
    assert found.solved == 4 and not found.has_shapley and found.frame["in_order"].notna().all()


def test_settings_and_locks_are_changes_too(town: Run, tmp_path: Path) -> None:
    ended = run_of(scenario(tmp_path, "ended", RULES))  # the old lines go on costing: the deficit cannot be met
    with pytest.raises(UsageError):
        waterfall(compare(baseline=town, ended=ended)["ended"])
    other = run_of(scenario(tmp_path, "rules", RULES.replace('regime = "fees_stay"', 'savings = "returned"')))
    found = waterfall(compare(baseline=town, rules=other)["rules"])
    assert len(found.causes) == 6 and found.has_shapley
    assert set(found.aims) == {"shortfall", "livelihood_shortfall", "outlay"}


def test_a_mixture_without_a_plan_is_no_number(town: Run, tmp_path: Path) -> None:
    """Floors that only the larger budget can pay: the floors alone have no plan."""
    text = """
[[change]]
table = "needs"
where = { need = ["n3"], year = 2016 }
column = "floor"
set = 1
[[change]]
table = "budgets"
where = { purchaser = "civil", year = 2016 }
column = "amount"
add = 400000
[[drop]]
table = "undertakers"
where = { undertaker = ["u1", "u2"] }
"""
    other = run_of(scenario(tmp_path, "floors", text))
    assert other.has_plan
    found = waterfall(compare(baseline=town, floors=other)["floors"], plans=True)
    rows = found.frame[found.frame["aim"] == "outlay"]
    assert len(rows) == 4
    page = "\n".join(str(line) for line in found.printed("en") if isinstance(line, str))
    assert "Shapley" in page


def test_the_chart_takes_the_parts(three: Waterfall) -> None:
    from gpsopt.report import charts

    for lang in ("zh", "en"):
        parts = three.parts("outlay", lang)
        assert list(parts.columns) == ["name", "part", "gap_amount"] and len(parts) == 4
        chart = charts.waterfall(parts, "outlay", three.start("outlay"), charts.Look("en"))
        rows = pd.DataFrame(next(iter(chart.to_dict()["datasets"].values())))
        after = three.contrast.aims.set_index("aim").loc["outlay", "after"]
        assert rows["to"].iloc[-1] == pytest.approx(after / 1e4)


def test_the_command_prints_draws_and_answers_json(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    command: Command = in_process(capfd)
    runs = [gpsopt.write_run(gpsopt.solve(p), tmp_path) for p in (TOWN, scenario(tmp_path, "cut", ONE_BUDGET))]
    done = command("compare", *runs, "--waterfall", "--chart", tmp_path / "w.svg", "--lang", "en")
    assert done.code == 0 and "Which change caused what" in done.out and (tmp_path / "w.svg").exists()
    found = command("compare", *runs, "--waterfall", "--json", "--lang", "en").json["contrasts"]["cut"]["waterfall"]
    assert found["solved"] == 2 and {r["cause"] for r in found["parts"]} > {"Left over: whole awards and gaps"}


def test_a_planted_change_is_named_with_its_place_its_values_and_its_part(town: Run, tmp_path: Path) -> None:
    """One budget of the town, in JSON: table, row, column, before and after; and the part that is its own."""
    other = run_of(scenario(tmp_path, "planted", ONE_BUDGET + DEARER))
    document = compare(baseline=town, planted=other).with_waterfalls().document("en")["contrasts"]["planted"]
    [cause] = [c for c in document["causes"] if c["changes"][0]["table"] == "budgets"]
    [cell] = cause["changes"]
    assert (cell["row"], cell["column"]) == ("civil 2016", "amount")
    assert (cell["before"], cell["after"]) == ("1010000", "960000")
    parts = [p for p in document["waterfall"]["parts"] if p["number"] == cause["number"]]
    [part] = [p for p in parts if p["aim"] == "livelihood_shortfall"]
    alone = lp_values(mixture(town.scenario, other.scenario, compare(town, other).contrasts[0].causes[:1]))
    base = lp_values(town.scenario)
    assert part["in_order"] == pytest.approx(alone[0].value - base[0].value) and part["in_order"] > 50_000


def test_no_aim_of_the_waterfall_is_cut_off(three: Waterfall) -> None:
    """Every aim stands twice with its baseline and its end, in tables no wider than the page."""
    from gpsopt.figures import aim_figure

    for lang in ("zh", "en"):
        page = replace(compare(three.contrast.base, three.contrast.other), waterfalls={}).page(lang)
        whole = replace(compare(three.contrast.base, cut=three.contrast.other), waterfalls={"cut": three}).page(lang)
        ends = three.contrast.aims.set_index("aim")["after"]
        for aim in three.aims:
            for value in (three.start(aim), float(ends[aim])):
                shown = aim_figure(aim, value)
                assert whole.count(shown) >= page.count(shown) + 2, (lang, aim)
