"""A sweep solves every point of its grid once, goes on where it was stopped, and gives what single runs give."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

import gpsopt
from gpsopt.errors import UsageError
from gpsopt.sweep.grid import points_of, vary_of
from gpsopt.sweep.run import sweep, table_of

TOWN = Path(__file__).resolve().parents[2] / "models" / "town"


def test_specifications_are_read() -> None:
    vary = vary_of("budgets.amount[purchaser=civil|culture,year=2015]=scale:0.9:1.1:0.1")
    assert vary.values == ("0.9", "1.0", "1.1") and vary.table == "budgets"
    assert vary.where == (("purchaser", ("civil", "culture")), ("year", ("2015",)))
    assert vary_of("clauses.project_limit.max_awards=set:1,2").table == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("budgets.amount", "vary_unknown"), ("budgets.sum=scale:1,2", "vary_column"),
        ("regime=scale:1,2", "vary_setting"), ("budgets.amount=scale:1:2:0", "vary_range"),
        ("budgets.amount=scale:a:b:c", "vary_range"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(text: str, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        vary_of(text)
    assert refused.value.code == code and text in refused.value.text("en")


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
    assert list(table["budgets.amount"]) == ["0.95", "1"] and table["certified"].all()
    plain = gpsopt.solve(TOWN)
    for aim in plain.summary["aims"]:
        assert table[aim["name"]].iloc[1] == pytest.approx(aim["plan_value"])
    table.to_parquet(tmp_path / "t.parquet")
    assert pd.read_parquet(tmp_path / "t.parquet").shape == table.shape
