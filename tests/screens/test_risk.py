"""The page Risk: a plan is lived through in a process of its own, stopped, gone on with, and shown tab by tab."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from gpsopt.desk import Desk
from gpsopt.desk.asking import ask_for_risk
from gpsopt.jobs import cancel
from gpsopt.jobs.board import Board, Job
from gpsopt.jobs.risks import risk
from gpsopt.simulation.simulate import simulate
from tests.screens.conftest import Open, solved, sound, words
from tests.screens.test_studies import waited


def test_without_a_plan_the_page_says_what_to_do(desk: Desk, show: Open) -> None:
    at = sound(show("risk", lang="en"))
    assert "There is no plan to look at yet" in words(at)
    assert [tab.label for tab in at.tabs][:2] == ["A plan in many futures", "Decide now for many futures"]


class _Nothing:
    """No one asks the work to stop."""


def test_a_plan_is_lived_through_and_shown(desk: Desk, show: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """The work itself in this process; the figures on the page are those of `simulate`."""
    monkeypatch.setattr("gpsopt.desk.asking.advance", lambda board: None)
    record = solved(desk, "town")
    job = ask_for_risk(desk, record, 200, 0)
    risk(desk.board, job, _Nothing())
    done = desk.board.get(desk.owner, job.job)
    assert done is not None and done.state == "finished" and done.stage == done.stages
    found = simulate(desk.store.path(record), draws=200)
    assert json.loads(done.result or "{}")["folder"].endswith(f"simulations/{found.name}")
    assert ask_for_risk(desk, record, 200, 0).job == job.job, "the same futures are not lived through twice"
    for lang, word in (("en", "Failure drill"), ("zh", "退出演练")):
        at = sound(show("risk", lang=lang, run=record.seq))
        assert word in [tab.label for tab in at.tabs]
        assert found.run.run in words(at) and len(at.dataframe) >= 4
    shown = [frame.value for frame in at.dataframe if "undertaker" in frame.value and "fallback" in frame.value]
    assert len(shown) == 1 and len(shown[0]) == len(found.frames["drill"])


@pytest.mark.slow
def test_awards_are_chosen_anew_in_a_job_that_can_be_stopped(desk: Desk, show: Open) -> None:
    record = solved(desk, "town")
    at = sound(show("risk", lang="en", run=record.seq))
    at.selectbox(key="risk_draws").set_value(200)
    at.selectbox(key="risk_anew").set_value(200)
    sound(at.button(key="simulate").click().run())
    job = _newest(desk.board, desk.owner)
    assert (job.kind, job.given["anew"]) == ("risk", 200)
    cancel(desk.board, desk.owner, job.job)
    waited(desk, at)
    assert _newest(desk.board, desk.owner).state == "cancelled" and "goes on from there" in words(at)
    at.selectbox(key="risk_anew").set_value(20)
    sound(at.button(key="simulate").click().run())
    at = waited(desk, at)
    assert "futures planned as if known" in words(at)
    frames = [frame.value for frame in at.dataframe if "holds" in frame.value]
    assert len(frames) == 1 and set(frames[0]["holds"]) <= {"safe", "open", "fragile", "in reserve"}


@pytest.mark.slow
def test_awards_are_decided_now_for_many_futures(desk: Desk, show: Open) -> None:
    at = sound(show("risk", lang="zh"))
    at.selectbox(key="now_futures").set_value(5)
    sound(at.button(key="decide").click().run())
    at = waited(desk, at)
    assert "已写入运行文件夹" in words(at)
    assert _values(at)["two_stage"].notna().all()
    assert desk.store.runs(desk.owner) == [], "decisions for futures are no run of the scenario's own"


def _values(at: AppTest):  # type: ignore[no-untyped-def]
    return next(frame.value for frame in at.dataframe if "evpi" in frame.value)


def _newest(board: Board, owner: str) -> Job:
    return board.jobs(owner)[0]
