"""Frontiers and causes are worked out in processes of their own, and a picked point becomes a solved scenario."""

from __future__ import annotations

import time

import pytest
from streamlit.testing.v1 import AppTest

from gpsopt.desk import Desk
from gpsopt.jobs import ENDED, advance
from tests.screens.conftest import Open, solved, sound, words
from tests.screens.test_pages import more_money

pytestmark = pytest.mark.slow


def waited(desk: Desk, at: AppTest) -> AppTest:
    """The page once nothing waits or runs any more."""
    until = time.monotonic() + 90
    while any(job.state not in ENDED for job in desk.board.jobs(desk.owner)):
        assert time.monotonic() < until
        advance(desk.board)
        time.sleep(0.2)
    assert [j.message("en") for j in desk.board.jobs(desk.owner) if j.state == "failed"] == []
    return sound(at.run())


def test_a_point_of_the_frontier_becomes_a_scenario(desk: Desk, show: Open) -> None:
    solved(desk, "town")
    at = sound(show("tradeoffs", lang="en"))
    at.number_input(key="frontier_points").set_value(4)
    sound(at.button(key="find").click().run())
    waited(desk, at)
    assert "Every point is a proven plan" in words(at) and len(at.radio[0].options) >= 2
    sound(at.button(key="save_point").click().run())
    made = [path.stem for path in (desk.folder / "scenarios").glob("*-point*.toml")]
    assert made == ["town-point1"]
    waited(desk, at)
    record = desk.store.runs(desk.owner)[0]
    assert record.scenario == "town-point1" and record.certified
    asked = len(desk.board.jobs(desk.owner))
    at = sound(show("tradeoffs", lang="zh"))
    at.number_input(key="frontier_points").set_value(4)
    sound(at.button(key="find").click().run())
    assert len(desk.board.jobs(desk.owner)) == asked, "the same frontier is not worked out twice"


def test_causes_of_a_difference_are_worked_out_once(desk: Desk, show: Open) -> None:
    solved(desk, "town")
    more = solved(desk, more_money(desk))
    at = sound(show("compare", lang="en", run=more.seq))
    sound(at.button(key=f"causes_{more.seq}").click().run())
    waited(desk, at)
    assert not [b for b in at.button if b.key == f"causes_{more.seq}"]
    assert at.selectbox(key=f"causes_of_{more.seq}").options


def test_alternatives_stand_beside_the_best_plan(desk: Desk, show: Open) -> None:
    at = sound(show("tradeoffs", lang="en"))
    at.number_input(key="near_within").set_value(5.0)
    sound(at.button(key="near").click().run())
    waited(desk, at)
    text = words(at)
    assert "awards are taken by all plans" in text
    beside = next(frame.value for frame in at.dataframe if "plan1" in frame.value)
    assert any("certified" in str(cell) for cell in beside["plan1"]), "a column each, aims below each other"
    choices = next(frame.value for frame in at.dataframe if "alt1" in frame.value)
    assert set(choices["undertaker"]) & {f"Provider {letter}" for letter in "ABCDEF"}, "names, not codes"
    assert "state" not in choices and "need" not in choices
