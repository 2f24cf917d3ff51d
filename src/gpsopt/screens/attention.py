"""What needs attention: findings in the data, results out of date, scenarios without a plan, jobs that run."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from gpsopt.jobs import cancel
from gpsopt.screens.checked import findings_of
from gpsopt.screens.pages import go
from gpsopt.screens.progress import state_words, titled
from gpsopt.screens.visit import Visit

_MOST = 4  # jobs in the list


def attention(here: Visit) -> None:
    """The list; each entry with the button that leads to its cure."""
    st.subheader(here.say("home.attention"), anchor=False)
    quiet = True
    found = Counter[str](f.severity for f in findings_of(here, here.baseline)) if here.baseline else Counter[str]()
    for severity, sign in (("error", "✗"), ("warning", "▲")):
        if found[severity]:
            quiet = False
            entry(here, sign, here.say(f"home.{severity}s", count=found[severity]), "data", f"data_{severity}")
    for record in here.records:
        if here.newest(record.scenario) != record:
            continue
        if record.status == "infeasible":
            quiet = False
            words = here.say("home.no_plan", title=record.title(here.lang))
            entry(here, "✗", words, "runs", f"none_{record.seq}", record.scenario)
        elif here.stale(record):
            quiet = False
            words = here.say("home.is_stale", title=record.title(here.lang))
            entry(here, "⚠", words, "scenarios", f"old_{record.seq}", record.scenario)
    busy = bool(here.desk.board.busy(here.desk.owner))
    if busy:
        running(here)
    if quiet and not busy:
        st.markdown(f"✓ {here.say('home.nothing')}")


def entry(here: Visit, sign: str, words: str, page: str, key: str, scenario: str = "") -> None:
    """One thing, and where it is dealt with; the scenario that it is about is then looked at."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"{sign} {words}", width="stretch")
        if st.button(here.say("home.open"), key=f"open_{key}", type="tertiary"):
            if scenario:
                st.session_state["scenario"] = scenario
            go(page, here.lang)


@st.fragment(run_every="2s")
def running(here: Visit) -> None:
    """Jobs that wait or run, with what they have reached; each can be stopped here."""
    jobs = here.desk.board.busy(here.desk.owner)
    was = st.session_state.get("home_busy", 0)
    st.session_state["home_busy"] = len(jobs)
    if len(jobs) < was:
        st.rerun(scope="app")
    for job in [*reversed(jobs)][:_MOST]:  # the one that runs first
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"~ {titled(here, job)} · {state_words(here, job)}", width="stretch")
            if st.button(here.term("btn_stop"), key=f"stop_{job.job}", type="tertiary", disabled=bool(job.asked)):
                cancel(here.desk.board, here.desk.owner, job.job)
                st.rerun(scope="fragment")
    if len(jobs) > _MOST:
        entry(here, "~", here.say("home.more_jobs", count=len(jobs) - _MOST), "runs", "queue")
