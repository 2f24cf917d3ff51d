"""Trade-offs: the frontier between two aims, with a point to pick and save; plans as good; what moves an aim most."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import streamlit as st

from gpsopt.desk.asking import ask_for_alternatives, ask_for_frontier, ask_to_explain, explain_request
from gpsopt.desk.files import digest_now
from gpsopt.errors import GpsoptError
from gpsopt.jobs import Job
from gpsopt.report import charts
from gpsopt.report.charts import aim_text, aim_title, frontier
from gpsopt.screens.asking import solve_now, told
from gpsopt.screens.empty import nothing_yet
from gpsopt.screens.modelnames import names_of
from gpsopt.screens.pages import go
from gpsopt.screens.shown import aim_cell, chart, grid, percent, spoken
from gpsopt.screens.study import study, waiting
from gpsopt.screens.visit import Visit, visit
from gpsopt.settings import AIMS

_NAMED = {"item": "items", "area": "areas", "purchaser": "purchasers", "undertaker": "undertakers"}


def tradeoffs() -> None:
    """The page."""
    here = visit()
    told()
    if not here.model:
        nothing_yet(here)
        return
    parts = {"frontier": frontiers, "alternatives": alternatives, "tornado": inputs}
    for tab, draw in zip(st.tabs([here.say(f"tradeoffs.tab_{name}") for name in parts]), parts.values(), strict=True):
        with tab:
            draw(here)


def frontiers(here: Visit) -> None:
    """The frontier between two aims."""
    st.caption(here.say("tradeoffs.says"))
    ask(here)
    known = {file.name for file in here.scenarios}
    jobs = [j for j in here.desk.board.jobs(here.desk.owner) if j.kind == "frontier" and j.subject in known]
    busy = [job for job in jobs if job.state in ("queued", "running")]
    if busy:
        waiting(here, [job.job for job in busy], lambda job: _title(here, job))
    done = [job for job in jobs if job.state == "finished" and job.result]
    if jobs and jobs[0].state == "failed":
        st.error(f"**{jobs[0].title(here.lang)}** — {jobs[0].message(here.lang)}")
    if done:
        names = {job.job: _title(here, job) for job in done}
        chosen = st.selectbox(here.say("tradeoffs.which"), list(names), format_func=lambda j: names[j], key="frontier")
        curve(here, next(job for job in done if job.job == chosen))


def ask(here: Visit) -> None:
    """A scenario, two aims, how many points."""
    titles = {file.name: file.title(here.lang) for file in here.scenarios if not file.fault}
    aims = list(AIMS)
    with st.container(border=True, horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(here.term("scenario"), list(titles), format_func=lambda n: titles[n], key="frontier_of",
                            index=list(titles).index(here.baseline) if here.baseline in titles else 0)  # fmt: skip
        one = st.selectbox(here.say("tradeoffs.one"), aims, index=aims.index("outlay"), key="frontier_one",
                           format_func=lambda a: here.term(a, "aims"), width=190)  # fmt: skip
        two = st.selectbox(here.say("tradeoffs.two"), aims, index=aims.index("worst_area"), key="frontier_two",
                           format_func=lambda a: here.term(a, "aims"), width=190)  # fmt: skip
        points = st.number_input(here.say("tradeoffs.points"), 3, 20, 7, key="frontier_points", width=120)
        if st.button(here.say("tradeoffs.find"), type="primary", key="find", disabled=name is None) and name:
            _ask(here, name, (one, two), int(points))


def _ask(here: Visit, name: str, aims: tuple[str, str], points: int) -> None:
    try:
        ask_for_frontier(here.desk, name, aims, points)
    except GpsoptError as error:
        here.refused(error)
        return
    st.session_state.pop("frontier", None)
    st.rerun()


def _title(here: Visit, job: Job) -> str:
    if job.kind == "alternatives":
        return f"{job.title(here.lang)} · {100 * job.given['within']:g} % · {job.given['count']}"
    one, two = job.given["aims"]
    count = here.say("tradeoffs.so_many", count=job.given["points"])
    return f"{job.title(here.lang)} · {here.term(one, 'aims')} / {here.term(two, 'aims')} · {count}"


def curve(here: Visit, job: Job) -> None:
    """The points; one can be picked on the chart or in the list, and becomes a scenario."""
    answer: dict[str, Any] = json.loads(job.result or "{}")
    one, two = answer["aims"]
    points = {p["point"]: p for p in answer["points"]}
    frame = pd.DataFrame([
        {"point": n, **{k: v for a in (one, two) for k, v in ((a, p["values"][a]), (f"{a}_bound", p["bounds"][a]))}}
        for n, p in points.items()
    ])  # fmt: skip
    if digest_now(here.desk, job.subject) is None:
        st.warning(f"⚠ {here.say('status.stale')}")
    st.markdown(here.say("tradeoffs.plans" if answer["plans"] else "tradeoffs.fractions"))
    look = here.look(560)
    left, right = st.columns([3, 2], gap="medium")
    with right:
        chosen = st.radio(
            f"{here.say('tradeoffs.pick')} · {aim_title(one, look)} / {aim_title(two, look)}", list(points),
            key=f"point_{job.job}",
            format_func=lambda n: f"{n} · {aim_text(one, points[n]['values'][one], look)} / "
                                  f"{aim_text(two, points[n]['values'][two], look)}",
        )  # fmt: skip
        if st.button(here.say("tradeoffs.save"), type="primary", key="save_point") and chosen is not None:
            _save(here, job, int(chosen), str(points[chosen]["text"]))
        if st.button(here.say("tradeoffs.to_runs"), key="to_runs"):
            go("runs", here.lang)
    with left:
        drawing, key = frontier(frame, (one, two), look, chosen=chosen), f"curve_{job.job}"
        st.altair_chart(drawing, theme=None, key=key, alt=spoken(here, drawing), selection_mode="point",
                        on_select=lambda: _picked(key, f"point_{job.job}"))  # fmt: skip
        table = frame.assign(**{a: [aim_cell(here, a, v) for v in frame[a]] for a in (one, two)})
        with st.expander(here.say("app.as_table")):
            grid(here, table, f"points_{job.job}", point=here.say("tradeoffs.point"),
                 **{one: aim_title(one, look), two: aim_title(two, look)})  # fmt: skip


def _picked(key: str, choice: str) -> None:
    """A point was clicked on the chart: it is the one chosen in the list."""
    points = st.session_state[key]["selection"]["point"]
    if points:
        st.session_state[choice] = int(points[0]["point"])


def _save(here: Visit, job: Job, number: int, text: str) -> None:
    """Make the point a scenario of the desk and solve it."""
    name = f"{job.subject}-point{number}"[:58]
    try:
        here.desk.write_scenario(name, text)
    except GpsoptError as error:
        here.refused(error)
        return
    st.session_state["scenario"] = name
    solve_now(visit(), name)


def alternatives(here: Visit) -> None:
    """Plans that differ most from the best one and are nearly as good."""
    st.caption(here.say("tradeoffs.alternatives_say"))
    titles = {file.name: file.title(here.lang) for file in here.scenarios if not file.fault}
    with st.container(border=True, horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(here.term("scenario"), list(titles), format_func=lambda n: titles[n], key="near_of",
                            index=list(titles).index(here.baseline) if here.baseline in titles else 0)  # fmt: skip
        within = st.number_input(here.say("tradeoffs.within"), 0.1, 20.0, 1.0, step=0.5, key="near_within", width=200)
        count = st.number_input(here.say("tradeoffs.count"), 1, 5, 2, key="near_count", width=140)
        if st.button(here.term("btn_alternatives"), type="primary", key="near", disabled=name is None) and name:
            try:
                ask_for_alternatives(here.desk, name, float(within) / 100, int(count))
            except GpsoptError as error:
                here.refused(error)
                return
            st.session_state.pop("near_shown", None)
            st.rerun()
    jobs = [j for j in here.desk.board.jobs(here.desk.owner) if j.kind == "alternatives" and j.subject in titles]
    busy = [job.job for job in jobs if job.state in ("queued", "running")]
    if busy:
        waiting(here, busy, lambda job: _title(here, job))
    if jobs and jobs[0].state == "failed":
        st.error(f"**{jobs[0].title(here.lang)}** — {jobs[0].message(here.lang)}")
    done = {job.job: job for job in jobs if job.state == "finished" and job.result}
    if done:
        chosen = st.selectbox(here.say("tradeoffs.which"), list(done), format_func=lambda j: _title(here, done[j]),
                              key="near_shown")  # fmt: skip
        near(here, done[chosen])


def near(here: Visit, job: Job) -> None:
    """The plans beside each other, and the awards that only some of them take."""
    answer: dict[str, Any] = json.loads(job.result or "{}")
    plans, look = answer["plans"], here.look()
    titles = [here.say("tradeoffs.best"), *(here.say("tradeoffs.other", number=n) for n in range(1, len(plans)))]
    rows = [
        [here.term("summary.status"),
         *(here.say("status.certified" if p["certified"] else "status.not_certified") for p in plans)],
        [here.say("tradeoffs.shared"), *("—" if p["shared"] is None else percent(p["shared"]) for p in plans)],
        *([aim_title(aim, look), *(aim_cell(here, aim, p["aims"][aim]) for p in plans)] for aim in plans[0]["aims"]),
    ]  # fmt: skip
    columns = {"what": here.term("plan"), **{f"plan{n}": title for n, title in enumerate(titles)}}
    grid(here, pd.DataFrame(rows, columns=list(columns)), f"near_{job.job}", **columns)
    st.markdown(here.say("tradeoffs.safe", safe=answer["safe"], count=answer["count"]))
    with st.expander(here.say("tradeoffs.in_words")):
        st.code(answer["pages"][here.lang], language=None)
    with st.expander(here.say("tradeoffs.open_awards")):
        open_awards(here, answer["open"], titles, f"open_{job.job}")


def open_awards(here: Visit, found: dict[str, list[Any]], titles: list[str], key: str) -> None:
    """The awards that only some plans take: the quantity in each of them."""
    shown = {"year": [str(year) for year in found["year"]]}
    known = names_of(here)
    for column, table in _NAMED.items():
        shown[column] = [known[table].get(code, code) for code in found[column]]
    for name, cells in found.items():
        if name.startswith(("best", "alt")):
            shown[name] = [f"{value:,.2f}".removesuffix(".00") for value in cells]
    heads = dict(zip((name for name in shown if name not in ("year", *_NAMED)), titles, strict=True))
    words = {"year": here.term("year"), "item": here.say("plan.service"),
             **{column: here.term(column) for column in _NAMED if column != "item"}}  # fmt: skip
    grid(here, pd.DataFrame(shown), key, **words, **heads)


def inputs(here: Visit) -> None:
    """Every input ten per cent down and up, one at a time: which of them moves an aim most."""
    st.caption(here.say("tradeoffs.tornado_says"))
    record = here.record
    if record is None:
        nothing_yet(here)
        return
    about = {"about": "inputs"}
    answer = study(here, "explain", explain_request(record, about), lambda: ask_to_explain(here.desk, record, about),
                   here.say("tradeoffs.find_inputs"), "find_inputs", primary=True)  # fmt: skip
    if answer is None:
        return
    found = answer[here.lang]
    aim = st.selectbox(here.term("aim"), list(found["base"]), format_func=lambda a: here.term(a, "aims"),
                       key="inputs_aim", width=260)  # fmt: skip
    rows, base, look = pd.DataFrame(found["rows"][aim]), float(found["base"][aim]), here.look(900)
    if rows.empty or not ((rows["low"] != base) | (rows["high"] != base)).any():
        st.caption(here.say("tradeoffs.nothing_moves"))
        return
    table = rows.assign(**{side: [aim_cell(here, aim, v) for v in rows[side]] for side in ("low", "high")})
    chart(here, charts.tornado(rows, aim, base, look), table, "inputs", name=here.say("tradeoffs.input"),
          low=rows["low_is"].iloc[0], high=rows["high_is"].iloc[0])  # fmt: skip
    st.caption(here.say("explain.how_relaxed"))


tradeoffs()
