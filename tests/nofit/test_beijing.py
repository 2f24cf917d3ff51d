"""Conflicts planted in the Beijing model are named and repaired within the bars."""

from __future__ import annotations

from pathlib import Path

import pytest

import gpsopt

ROOT = Path(__file__).parents[2]
CASES = {
    "floors": ("[[change]]\ntable = 'needs'\ncolumn = 'floor'\nwhere = { year = 2016 }\nset = 0.9\n"
               "[[change]]\ntable = 'needs'\ncolumn = 'target'\nset = 1\n", {"coverage"}, "floor"),
    "stay": ("regime = 'fees_stay'\n[[change]]\ntable = 'budgets'\ncolumn = 'amount'\nscale = 0.5\n",
             {"existing_budget", "fees_stay"}, "budget"),
    "lock": ("[[lock]]\nneed = 'n001'\nyear = 2014\ndirect = 0\n", {"hand_decisions", "continuity"}, "lock"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", list(CASES))
def test_a_departure_of_beijing_that_has_no_plan(name: str, tmp_path: Path) -> None:
    text, clauses, kind = CASES[name]
    (tmp_path / "s.toml").write_text(f"title = '{name}'\nmodel = '{ROOT}/models/beijing'\n{text}", encoding="utf-8")
    found = gpsopt.explain_nofit(gpsopt.read_scenario(tmp_path / "s.toml"))
    assert clauses <= {clash.clause for clash in found.conflict}
    assert kind in [repair.kind for repair in found.repairs]
    assert found.seconds["conflict"] <= 30 and found.seconds["conflict"] + found.seconds["repairs"] <= 120
