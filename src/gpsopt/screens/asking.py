"""The button that solves, wherever it stands: the same request opens the finished run, another joins the queue."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from gpsopt.desk.asking import ask_to_solve
from gpsopt.errors import GpsoptError, InputError
from gpsopt.runs import Record
from gpsopt.screens.pages import go
from gpsopt.screens.visit import Visit


def solve_button(
    here: Visit, scenario: str, place: str, *, again: bool = False, kind: Literal["primary", "secondary"] = "primary"
) -> None:
    """A button that asks for a solve of the scenario and leads to the page that shows it."""
    label = here.term("btn_solve_again" if again else "btn_solve")
    if st.button(label, key=f"solve_{place}_{scenario}", type=kind):
        solve_now(here, scenario)


def solve_now(here: Visit, scenario: str, gap: float | None = None, time_limit: float | None = None) -> None:
    """Ask for a solve, then go to the plan (it was solved already) or to the queue."""
    try:
        answer = ask_to_solve(here.desk, scenario, gap=gap, time_limit=time_limit)
    except InputError as error:
        st.session_state["told"] = ("error", here.words_of(error))
        go("data", here.lang)
    except GpsoptError as error:
        here.refused(error)
        return
    if isinstance(answer, Record):
        st.session_state["run"] = answer.seq
        st.session_state["told"] = ("info", here.say("runs.opened", run=answer.run))
        go("plan" if answer.planned else "runs", here.lang)
    st.session_state["watched"] = answer.job
    go("runs", here.lang)


def told() -> None:
    """What the page before had to say, once."""
    kind, text = st.session_state.pop("told", ("", ""))
    if text:
        {"error": st.error, "info": st.info, "success": st.success}[kind](text)
