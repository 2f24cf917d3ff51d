"""A sweep solves every point of its grid once, goes on where it was stopped, and gives what single runs give."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

import gpsopt
from gpsopt.errors import GpsoptError, UsageError
from gpsopt.simulation.simulate import simulate
from gpsopt.sweep.futures import futures_of, over_futures, refuse_certain
from gpsopt.sweep.grid import corners_of, points_of, vary_of
from gpsopt.sweep.run import sweep, table_of

TOWN = Path(__file__).resolve().parents[2] / "models" / "town"


def test_specifications_are_read() -> None:
    vary = vary_of("budgets.amount[purchaser=civil|culture,year=2015]=scale:0.9:1.1:0.1")
    assert vary.values == ("0.9", "1.0", "1.1") and vary.table == "budgets"
    assert vary.where == (("purchaser", ("civil", "culture")), ("year", ("2015",)))
    assert vary_of("clauses.project_limit.max_awards=set:1,2").table == ""


def test_values_stand_as_numbers_where_all_are_and_codes_stay_as_written() -> None:
    """007 is a code, 1 beside 1.5 a number with a point, 2 beside 3 a whole one."""
    said = {"budgets.amount=scale:1,1.5": [1.0, 1.5], "clauses.project_limit.max_awards=set:2,3": [2, 3],
            "offers.item=set:007,T2": ["007", "T2"], "offers.item=set:007,008": ["007", "008"],
            "regime=set:pooled,fees_stay": ["pooled", "fees_stay"]}  # fmt: skip
    for text, values in said.items():
        vary = vary_of(text)
        read = [vary.value_of(value) for value in vary.values]
        assert read == values and [type(v) for v in read] == [type(v) for v in values]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("budgets.amount", "vary_unknown"), ("budgets.sum=scale:1,2", "vary_column"),
        ("regime=scale:1,2", "vary_setting"), ("budgets.amount=scale:1:2:0", "vary_range"),
        ("budgets.amount=scale:a:b:c", "vary_range"), ("budgets.amount=scale:much", "vary_number"),
        ("offers.price[itm=T1]=scale:1", "vary_column"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(text: str, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        vary_of(text)
    assert refused.value.code == code and text in refused.value.text("en")


def test_rows_that_are_picked_name_the_column(tmp_path: Path) -> None:
    one, other = (vary_of(f"budgets.amount[purchaser={p},year=2015]=scale:0.9,1") for p in ("civil", "culture"))
    assert one.label == "budgets.amount[purchaser=civil,year=2015]" and one.label != other.label
    points = points_of(TOWN, [one, other], tmp_path)
    assert list(table_of(points, [one, other], [{}] * 4).columns[:3]) == ["point", one.label, other.label]
    assert [p.values for p in corners_of(points)] == [("0.9", "0.9"), ("0.9", "1"), ("1", "0.9")]
    with pytest.raises(UsageError) as refused:
        points_of(TOWN, [one, vary_of(f"{one.label}=add:1")], tmp_path)
    assert refused.value.code == "vary_twice"


@pytest.mark.parametrize("text", ["offers.price[item=T9]=scale:1,2", "clauses.nobody.max=set:1", "years=set:1"])
def test_what_does_not_fit_is_said_before_anything_is_solved(text: str, tmp_path: Path) -> None:
    with pytest.raises(GpsoptError) as refused:
        sweep(points_of(TOWN, [vary_of(text)], tmp_path), tmp_path, (), 1)
    assert refused.value.exit_code == 2 and not list((tmp_path / "done").iterdir())


def test_a_point_that_cannot_be_solved_is_told_with_its_cell(tmp_path: Path) -> None:
    """Only the middle of the range is wrong, and it is found where it is solved."""
    points = points_of(TOWN, [vary_of("needs.demand[need=n1]=set:4,-1,5")], tmp_path)
    with pytest.raises(UsageError) as refused:
        sweep(points, tmp_path, (), 1, lang="en")
    said = refused.value.text("en")
    assert refused.value.code == "sweep_point_failed" and points[1].name in said and "change.set" in said


def test_the_same_futures_meet_every_point(tmp_path: Path) -> None:
    """Scenarios x draws: what `simulate` says of each run, with draw k the same future everywhere."""
    varied = [vary_of("budgets.amount=scale:0.95,1")]
    points = points_of(TOWN, varied, tmp_path)
    answers = sweep(points, tmp_path, (), 2)
    futures = futures_of(points, varied, answers, tmp_path, 40, 3)
    assert len(futures) == 80 and list(futures["draw"]) == [*range(1, 41)] * 2
    assert futures_of(points, varied, answers, tmp_path, 40, 3).equals(futures)  # read back
    many = futures_of(points, varied, answers, tmp_path, 2_500, 3, workers=2)  # in processes of their own
    shutil.rmtree(tmp_path / "lived")
    assert futures_of(points, varied, answers, tmp_path, 2_500, 3).equals(many)
    table = over_futures(futures)
    for place, answer in enumerate(answers):
        fan = simulate(answer["path"], draws=40, seed=3).frames["fan"]
        said = fan[fan["goal"] == "outlay"]["mean"].sum()
        assert table["outlay_mean"].iloc[place] == pytest.approx(said)
    with pytest.raises(UsageError) as refused:
        refuse_certain(_certain(tmp_path))
    assert refused.value.code == "nothing_uncertain"


def _certain(folder: Path) -> Path:
    """The town with nothing uncertain."""
    path = folder / "certain.toml"
    path.write_text(f'model = "{TOWN}"\n[[drop]]\ntable = "uncertainty"\n', encoding="utf-8")
    return path


def test_every_point_is_a_scenario_that_reads(tmp_path: Path) -> None:
    varied = [vary_of("budgets.amount=scale:0.9,1"), vary_of("clauses.project_limit.max_awards=set:1,2")]
    points = points_of(TOWN, varied, tmp_path)
    assert [p.values for p in points] == [("0.9", "1"), ("0.9", "2"), ("1", "1"), ("1", "2")]
    (tmp_path / "scenarios").mkdir()
    for point in points:
        path = tmp_path / "scenarios" / f"{point.name}.toml"
        path.write_text(point.text, encoding="utf-8")
        scenario = gpsopt.read_scenario(path)
        limit = scenario.settings.clauses.project_limit
        assert limit is not None and str(limit.max_awards) == point.values[1]
        before = gpsopt.read_scenario(TOWN).tables["budgets"]["amount"].iloc[0]
        assert scenario.tables["budgets"]["amount"].iloc[0] == before * Decimal(point.values[0])


def test_a_sweep_gives_what_single_runs_give_and_is_not_done_twice(tmp_path: Path) -> None:
    varied = [vary_of("budgets.amount=scale:0.95,1")]
    points = points_of(TOWN, varied, tmp_path)
    first = sweep(points[:1], tmp_path, (), 1)
    told: list[tuple[int, int]] = []
    answers = sweep(points, tmp_path, (), 2, lambda done, all_: told.append((done, all_)))
    assert told[0] == (1, 2) and told[-1] == (2, 2)
    assert answers[0] == first[0]
    table = table_of(points, varied, answers)
    assert list(table["budgets.amount"]) == [0.95, 1.0] and table["certified"].all()
    plain = gpsopt.solve(TOWN)
    for aim in plain.summary["aims"]:
        assert table[aim["name"]].iloc[1] == pytest.approx(aim["plan_value"])
    table.to_parquet(tmp_path / "t.parquet")
    assert pd.read_parquet(tmp_path / "t.parquet").equals(table)
