"""Runs: the queue with progress and a way to stop; how every run ended, in plain words; where nothing fits, why."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd
import streamlit as st

from gpsopt.errors import GpsoptError
from gpsopt.jobs import Job, advance, cancel
from gpsopt.report.charts import gap_over_time
from gpsopt.runs import Record
from gpsopt.screens.asking import solve_now, told
from gpsopt.screens.empty import nothing_yet
from gpsopt.screens.nofit import no_fit
from gpsopt.screens.pages import go
from gpsopt.screens.progress import aim_value, state_words, titled
from gpsopt.screens.shown import chart, fitted, tall
from gpsopt.screens.visit import Visit, visit

_EVERY = "1s"


def runs() -> None:
    """The page."""
    here = visit()
    told()
    if not here.model:
        nothing_yet(here)
        return
    ask(here)
    if (here.record and here.record.seq) != st.session_state["shown_run"]:
        st.rerun()  # a job ended after the bar above was drawn
    jobs = here.desk.board.jobs(here.desk.owner)
    st.session_state["busy"] = [job.job for job in jobs if job.state in ("queued", "running")]
    if st.session_state["busy"]:
        st.subheader(here.say("runs.queue"), anchor=False)
        queue(here)
    ended(here, jobs)
    finished(here)


def ask(here: Visit) -> None:
    """A scenario, how closely and how long to search, and the button."""
    files = [file for file in here.scenarios if not file.fault]
    titles = {file.name: file.title(here.lang) for file in files}
    with st.container(border=True, horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            here.term("scenario"), list(titles), index=_first(list(titles)), format_func=lambda n: titles[n],
            key="solve_scenario",
        )  # fmt: skip
        gap = st.selectbox(
            here.say("runs.gap"), [0.0, 0.01, 0.005, 0.001, 0.0001], key="solve_gap", width=210,
            format_func=lambda g: here.say("runs.gap_usual") if not g else f"{100 * g:g}%",
        )  # fmt: skip
        minutes = st.selectbox(
            here.say("runs.limit"), [0, 1, 5, 15, 60], key="solve_limit", width=180,
            format_func=lambda m: here.say("runs.no_limit") if not m else here.say("runs.minutes", count=m),
        )  # fmt: skip
        if st.button(here.term("btn_solve"), type="primary", key="solve", disabled=name is None) and name:
            solve_now(here, name, gap or None, 60.0 * minutes if minutes else None)


def _first(names: list[str]) -> int:
    """The scenario that was looked at last, as the one to solve."""
    looked_at = st.session_state.get("scenario")
    return names.index(looked_at) if looked_at in names else 0


@st.fragment(run_every=_EVERY)
def queue(here: Visit) -> None:
    """Every job that waits or runs; drawn again each second, until one ends."""
    advance(here.desk.board)
    jobs = [job for job in here.desk.board.jobs(here.desk.owner) if job.job in st.session_state["busy"]]
    for job in reversed(jobs):
        if job.state not in ("queued", "running"):
            _follow(here, job)
            st.rerun(scope="app")
        card(here, job)


def _follow(here: Visit, job: Job) -> None:
    """The visitor waited for this one: look at its plan from now on."""
    if job.record is not None:
        record = here.desk.store.get(here.desk.owner, job.record)
        if record is not None and record.planned:
            st.session_state["run"] = record.seq


def card(here: Visit, job: Job) -> None:
    """One job: what it seeks, how far it is, a button to stop it."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{titled(here, job)}** — {state_words(here, job)}", width="stretch")
            st.button(
                here.term("btn_stop"), key=f"stop_{job.job}", disabled=bool(job.asked), on_click=_stop,
                args=(here, job.job), help=here.say("runs.stop_help"),
            )  # fmt: skip
        if job.kind != "solve":
            st.progress(min(1.0, (job.stage or 0) / (job.stages or 1)))
        elif job.state == "running" and job.stage and job.stages:
            done = (job.stage - 1 + (1 - min(1.0, job.gap or 0.0) if job.gap is not None else 0.0)) / job.stages
            st.progress(min(1.0, max(0.0, done)), text=here.say(
                "runs.figures", best=aim_value(here, job.aim, job.value), bound=aim_value(here, job.aim, job.bound),
                seconds=f"{job.seconds or 0:.0f}",
            ))  # fmt: skip
            news = [n for n in here.desk.board.news(job.job) if n.gap is not None]
            if len(news) > 1:
                events = pd.DataFrame([(n.seconds, n.aim, n.gap) for n in news], columns=["seconds", "aim", "gap"])
                table = events.assign(aim=[here.term(a, "aims") for a in events["aim"]],
                                      gap=[f"{100 * g:.3f}%" for g in events["gap"]])  # fmt: skip
                chart(here, gap_over_time(events, here.look(900)), table, f"gap_{job.job}",
                      seconds=here.say("runs.second"), aim=here.term("aim"), gap=here.term("gap"))  # fmt: skip


def _stop(here: Visit, job: str) -> None:
    try:
        cancel(here.desk.board, here.desk.owner, job)
    except GpsoptError as error:
        st.session_state["told"] = ("error", here.words_of(error))


def ended(here: Visit, jobs: list[Job]) -> None:
    """The latest job that ended without a plan, and why."""
    last = next((job for job in jobs if job.state in ("failed", "cancelled", "finished")), None)
    if last is not None and last.state == "failed":
        st.error(f"**{last.title(here.lang)}** — {here.term('failed')}\n\n{last.message(here.lang)}")
    elif last is not None and last.state == "cancelled" and last.record is None:
        st.info(f"**{last.title(here.lang)}** — {here.say('runs.stopped_without')}")
    elif last is not None and last.state == "cancelled":
        st.info(f"**{last.title(here.lang)}** — {here.say('runs.stopped_with')}")


def finished(here: Visit) -> None:
    """Every run of the model's scenarios, the newest first."""
    st.subheader(here.say("runs.finished"), anchor=False)
    records = here.records
    if not records:
        st.caption(here.say("runs.none"))
        return
    table = pd.DataFrame([
        {"title": r.title(here.lang), "status": here.status(r), "run": r.run, "when": _when(r),
         "made": here.say("runs.by_command" if not r.owner else "runs.here")}
        for r in records
    ])  # fmt: skip
    titles = {
        "title": here.term("scenario"), "status": here.term("summary.status"), "run": here.say("runs.number"),
        "when": here.say("runs.when"), "made": here.say("runs.made"),
    }  # fmt: skip
    wide = fitted(table, titles)
    picked = st.dataframe(
        table, hide_index=True, key="finished", on_select="rerun", selection_mode="single-row", height=tall(table, 12),
        column_config={name: st.column_config.Column(title, width=wide[name]) for name, title in titles.items()},
    )  # fmt: skip
    places = [place for place in picked["selection"]["rows"] if place < len(records)]
    chosen = records[places[0]] if places else None
    waited_for = st.session_state.get("watched") in st.session_state["busy"]
    if chosen is None and not waited_for:  # while a solve is waited for, the queue above is what there is to see
        asked = st.session_state.get("scenario")
        unfit = [r for r in records if not r.planned and here.newest(r.scenario) == r]
        chosen = next((r for r in unfit if r == records[0] or r.scenario == asked), None)
    if chosen is None:
        st.caption(here.say("runs.pick"))
    elif chosen.planned:
        with st.container(horizontal=True):
            if st.button(here.say("runs.show_plan"), key="show_plan", type="primary"):
                st.session_state["run"] = chosen.seq
                go("plan", here.lang)
            if st.button(here.term("btn_verify"), key="verify"):
                _verify(here, chosen)
    else:
        no_fit(here, chosen)


def _verify(here: Visit, record: Record) -> None:
    """Check the plan again, from its folder alone."""
    from gpsopt.verify import verify_run

    verdict = verify_run(here.desk.store.path(record))
    if verdict.ok:
        st.success(here.say("runs.verified", checked=sum(verdict.checked.values()), rules=len(verdict.checked)))
    else:
        st.error("\n\n".join(verdict.lines(here.lang)))


def _when(record: Record) -> str:
    """When it ended, by the visitor's clock."""
    moment = datetime.fromisoformat(record.finished)
    try:
        there = ZoneInfo(st.context.timezone or "")
    except (ValueError, ZoneInfoNotFoundError):
        there = None  # the server's own
    return f"{moment.astimezone(there):%Y-%m-%d %H:%M}"


runs()
