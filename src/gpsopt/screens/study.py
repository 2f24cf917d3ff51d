"""A study on a page: the button that asks for it, how far it is, then its answer; it runs in a process of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import streamlit as st

from gpsopt.errors import GpsoptError
from gpsopt.jobs import Job, advance, cancel
from gpsopt.screens.progress import state_words
from gpsopt.screens.visit import Visit


def study(
    here: Visit, kind: str, request: str, ask: Callable[[], Job], label: str, key: str, *, primary: bool = False
) -> dict[str, Any] | None:  # fmt: skip
    """The answer to a request; None while there is none, then the way to one is drawn."""
    job = here.desk.board.latest(here.desk.owner, kind, request)
    if job is not None and job.state == "finished" and job.result:
        answer: dict[str, Any] = json.loads(job.result)
        return answer
    if job is not None and job.state in ("queued", "running"):
        waiting(here, [job.job])
        return None
    if job is not None and job.state == "failed":
        st.error(job.message(here.lang).replace("\n", "\n\n"))
    if st.button(label, key=key, type="primary" if primary else "secondary"):
        try:
            ask()
        except GpsoptError as error:
            here.refused(error)
            return None
        st.rerun()
    return None


@st.fragment(run_every="1s")
def waiting(here: Visit, names: list[str], title: Callable[[Job], str] | None = None) -> None:
    """Studies that are being worked out, each with a way to stop it; the page is drawn anew when one ends."""
    advance(here.desk.board)
    for name in names:
        job = here.desk.board.get(here.desk.owner, name)
        if job is None or job.state not in ("queued", "running"):
            st.rerun(scope="app")
        words = state_words(here, job)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(min(1.0, (job.stage or 0) / (job.stages or 1)),
                        text=words if title is None else f"{title(job)} — {words}")  # fmt: skip
            st.button(here.term("btn_stop"), key=f"stop_{name}", disabled=bool(job.asked), type="tertiary",
                      on_click=_stop, args=(here, name))  # fmt: skip


def _stop(here: Visit, name: str) -> None:
    cancel(here.desk.board, here.desk.owner, name)
