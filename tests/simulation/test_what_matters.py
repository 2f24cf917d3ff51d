"""Which uncertainty matters, and regret: against figures that follow from the plan by hand or by definition."""

from __future__ import annotations

import sys
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

import gpsopt
from gpsopt.errors import UsageError
from gpsopt.runread import as_run
from gpsopt.simulation.draws import uncertainties
from gpsopt.simulation.drill import drill_frame
from gpsopt.simulation.held import held_of
from gpsopt.simulation.importance import importance_frame, tornado_frame
from gpsopt.simulation.outcomes import lived
from gpsopt.simulation.regret import regret_frame
from gpsopt.simulation.simulate import simulate
from tests.simulation.town import TOWN, held, longer_run, town_run


def test_the_tornado_moves_one_uncertainty_and_leaves_the_rest() -> None:
    """Demand of n3 is five in 2016 and four are served directly: low demand leaves nobody without, high one more.

    Levels of 10 % and 90 %: demand x exp(-/+ 1.2816 s - s^2/2), s = sqrt(ln(1 + 0.08^2)): 0.8998 and 1.1044, so that
    five become 4 or 6, and four 4 (2015: 3.6 and 4.4). A place is worth 80,000: nothing, or 160,000 is missing.
    """
    frame = tornado_frame(held(town_run()))
    row = frame[(frame["goal"] == "livelihood_shortfall") & (frame["uncertainty"] == "d1")].iloc[0]
    assert (row["low"], row["plan"], row["high"], row["swing"]) == (0.0, 80_000.0, 160_000.0, 160_000.0)
    quality = frame[frame["goal"] == "quality_score"]
    assert quality["uncertainty"].iloc[0] == "q1" and (quality["swing"].iloc[1:] == 0).all()


def test_what_alone_varies_is_all_of_the_variance() -> None:
    """Quality alone moves the quality score; demand, failures and delivery are left out: indices 1, others none."""
    run = town_run()
    table = run.scenario.tables["uncertainty"]
    only = run.scenario.tables.with_frame("uncertainty", table[table["uncertainty"].isin(["q1", "v1"])])
    town = held_of(replace(run, known_scenario=replace(run.scenario, tables=only)))
    frame = importance_frame(town, 256, 1)
    score = frame[frame["goal"] == "quality_score"].set_index("uncertainty")
    assert score.loc["q1", "total"] > 0.97 and abs(score.loc["v1", "total"]) < 0.03
    assert importance_frame(town, 256, 1).equals(frame)
    assert "posts" not in set(frame["goal"])  # does not vary


def test_rows_of_one_group_are_one_factor() -> None:
    run = longer_run()
    table = run.scenario.tables["uncertainty"].copy()
    table.loc[table["uncertainty"].isin(["d1", "q1"]), "group"] = "g"
    table.loc[table["uncertainty"] == "q1", "correlation"] = table["correlation"].iloc[0]
    scenario = replace(run.scenario, tables=run.scenario.tables.with_frame("uncertainty", table))
    assert sum(bool(r.group) for r in uncertainties(scenario)) == 2
    frame = importance_frame(held_of(replace(run, known_scenario=scenario)), 16)
    assert "d1 + q1" in set(frame["uncertainty"])


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "SALib.analyze.sobol", None)
    with pytest.raises(UsageError, match=r"gpsopt\[sensitivity\]"):
        importance_frame(held(town_run()), 16)


def test_regret_is_what_the_best_of_each_future_does_better() -> None:
    poorer = as_run(gpsopt.solve(TOWN, gap=0.5))
    runs = [town_run(), poorer]
    frame = regret_frame(runs, 50, 3)
    values = [np.concatenate(lived(held(run), 50, 3)[0].values["shortfall"]).sum(axis=1) for run in runs]
    for run, mine in zip(runs, values, strict=True):
        lost = mine - np.minimum(*values)
        row = frame[(frame["run"] == run.run) & (frame["goal"] == "shortfall")].iloc[0]
        assert (row["mean"], row["regret"], row["worst"]) == pytest.approx((mine.mean(), lost.mean(), lost.max()))
        assert row["best"] == (lost == 0).mean() and row["worst_decile"] == np.sort(lost)[-5:].mean()
    with pytest.raises(UsageError, match="years"):
        regret_frame([town_run(), longer_run()], 5)


def test_a_page_shows_what_was_asked() -> None:
    simulation = simulate(town_run(), draws=20, importance=16, against=[town_run()])
    assert {"tornado", "importance", "regret"} <= set(simulation.frames)
    for lang in ("zh", "en"):
        assert max(len(line) for line in simulation.page(lang).splitlines()) <= 100
    assert "Given away" in simulation.page("en") and "遗憾" not in simulation.page("en")


def _drilled(table: str, column: str, where: dict[str, str], value: object) -> pd.Series[Any]:
    """The row of u1 in the town's drill, with one number of a table changed."""
    run = town_run()
    frame = run.scenario.tables[table].copy()
    rows = np.logical_and.reduce([frame[name] == key for name, key in where.items()])
    changed = [value if r else v for r, v in zip(rows, frame[column], strict=True)]
    frame[column] = pd.Series(changed, index=frame.index, dtype=object)
    scenario = replace(run.scenario, tables=run.scenario.tables.with_frame(table, frame))
    drill = drill_frame(held_of(replace(run, known_scenario=scenario)))
    return drill[drill["undertaker"] == "u1"].iloc[0]


def test_who_steps_in_does_no_more_than_it_may() -> None:
    """u1 leaves two places of n1 and three of n2 a year, and 400,000.

    o02 (u2, at work in n1) takes two at 90,000; of the 220,000 left o04 (u4) takes two of n2 at 95,000: four of five
    places, 50,000 dearer than u1. With a contract limit of 276,000 u2 takes but one beside its 186,000, so that u4
    takes all three of n2. Where u4 asks 40,000 for being engaged, it takes but one in 2015; in 2016 it works there.
    """
    plain = drill_frame(held(town_run())).set_index("undertaker").loc["u1"]
    assert (plain["value"], plain["recovered"], plain["extra_cost"]) == (1_000_000.0, 800_000.0, 100_000.0)
    assert plain["coverage_lost"] == pytest.approx(200_000 / 2_700_000) and plain["fallback"] == "u2"
    limited = _drilled("undertakers", "contract_limit", {"undertaker": "u2"}, Decimal(276_000))
    assert (limited["recovered"], limited["extra_cost"], limited["fallback"]) == (800_000.0, 110_000.0, "u4")
    engaged = _drilled("undertakers", "engagement_cost", {"undertaker": "u4"}, Decimal(40_000))
    assert engaged["recovered"] == 700_000.0
    closed = _drilled("needs", "max_awards", {"need": "n2"}, 0)
    assert closed["recovered"] == 600_000.0  # two places of n1 a year, and two of n2 in 2016, where u4 has an award
