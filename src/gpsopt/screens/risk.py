"""Risk: a plan lived through many futures: fans, chances, who is hurt, failures, what moves it, which awards hold."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import streamlit as st

from gpsopt.desk.asking import ask_for_risk
from gpsopt.errors import GpsoptError
from gpsopt.jobs import Job, cancel
from gpsopt.report import charts
from gpsopt.runread import Run
from gpsopt.runs import Record
from gpsopt.screens.asking import told
from gpsopt.screens.empty import nothing_yet
from gpsopt.screens.lived import Lived, lived
from gpsopt.screens.progress import state_words
from gpsopt.screens.shown import chart, grid, named, names, percent
from gpsopt.screens.twostages import two_stages
from gpsopt.screens.visit import Visit, visit
from gpsopt.simulation.page import indicator_name
from gpsopt.text import term

_WIDTH: Final = 860
_DRAWS: Final = (200, 1_000, 5_000, 10_000)
_ANEW: Final = (0, 20, 50, 100, 200)
_KINDS: Final = {"area": "areas", "purchaser": "purchasers", "item": "items"}


def risk() -> None:
    """The page."""
    here = visit()
    told()
    if not here.model:
        nothing_yet(here)
        return
    held, now = st.tabs([here.say("risk.tab_held"), here.say("risk.tab_now")])
    with held:
        futures(here)
    with now:
        two_stages(here, waiting)


def futures(here: Visit) -> None:
    """A plan, how many futures; what came of it."""
    st.caption(here.say("risk.says"))
    plans = {record.seq: record for record in here.records if record.planned}
    if not plans:
        nothing_yet(here)
        return
    ask(here, plans)
    known = {file.name for file in here.scenarios}
    jobs = [job for job in here.desk.board.jobs(here.desk.owner) if job.kind == "risk" and job.subject in known]
    busy = [job.job for job in jobs if job.state in ("queued", "running")]
    if busy:
        waiting(here, busy)
    if jobs and jobs[0].state in ("failed", "cancelled"):
        _ended_badly(here, jobs[0])
    done = {job.job: job for job in jobs if job.state == "finished" and job.result}
    if done:
        chosen = st.selectbox(here.say("risk.which"), list(done), format_func=lambda j: _title(here, done[j]),
                              key="risk_shown")  # fmt: skip
        shown = lived(here, done[chosen])
        if shown is None:
            st.warning(here.say("risk.gone"))
        else:
            tabs(here, shown)


def ask(here: Visit, plans: dict[int, Record]) -> None:
    """A plan, how many futures, of how many the awards are to be chosen anew."""
    chosen = here.record.seq if here.record is not None and here.record.seq in plans else next(iter(plans))
    with st.container(border=True, horizontal=True, vertical_alignment="bottom"):
        seq = st.selectbox(
            here.term("plan"), list(plans), index=list(plans).index(chosen), key="risk_of",
            format_func=lambda s: f"{plans[s].title(here.lang)} · {plans[s].run}",
        )  # fmt: skip
        draws = st.selectbox(here.say("risk.draws"), _DRAWS, index=1, key="risk_draws", width=150,
                             format_func=lambda n: f"{n:,}")  # fmt: skip
        anew = st.selectbox(
            here.say("risk.anew"), _ANEW, index=1, key="risk_anew", width=230, help=here.say("risk.anew_help"),
            format_func=lambda n: here.say("risk.anew_none") if not n else f"{n:,}",
        )  # fmt: skip
        if st.button(here.term("btn_simulate"), type="primary", key="simulate") and seq is not None:
            try:
                ask_for_risk(here.desk, plans[seq], int(draws), int(anew))
            except GpsoptError as error:
                here.refused(error)
                return
            st.session_state.pop("risk_shown", None)
            st.rerun()


@st.fragment(run_every="1s")
def waiting(here: Visit, busy: list[str]) -> None:
    """What is being lived through, how far it is, and a button to stop it."""
    for name in busy:
        job = here.desk.board.get(here.desk.owner, name)
        if job is None or job.state not in ("queued", "running"):
            st.rerun(scope="app")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(min(1.0, (job.stage or 0) / (job.stages or 1)),
                        text=f"{_title(here, job)} — {state_words(here, job)}")  # fmt: skip
            st.button(here.term("btn_stop"), key=f"stop_{job.job}", disabled=bool(job.asked), on_click=_stop,
                      args=(here, job.job))  # fmt: skip


def _stop(here: Visit, job: str) -> None:
    try:
        cancel(here.desk.board, here.desk.owner, job)
    except GpsoptError as error:
        st.session_state["told"] = ("error", here.words_of(error))


def _ended_badly(here: Visit, job: Job) -> None:
    if job.state == "failed":
        st.error(f"**{job.title(here.lang)}** — {here.placed(job.message(here.lang))}")
    else:
        st.info(f"**{job.title(here.lang)}** — {here.say('risk.stopped')}")


def _title(here: Visit, job: Job) -> str:
    given = job.given
    if job.kind == "two_stage":
        return f"{job.title(here.lang)} · {here.say('risk.so_many', count=given['futures'])}"
    anew = f" · {here.say('risk.so_many_anew', count=given['anew'])}" if given["anew"] else ""
    return f"{job.title(here.lang)} · {here.say('risk.so_many', count=format(given['draws'], ','))}{anew}"


def tabs(here: Visit, shown: Lived) -> None:
    """What the futures say, a tab a question."""
    parts: dict[str, Any] = {
        "fan": fan, "chances": chances, "hurt": hurt, "drill": drill, "tornado": tornado, "stability": stability,
    }  # fmt: skip
    st.markdown(here.say("risk.asked", run=shown.run.run, draws=f"{shown.summary['draws']:,}",
                         seed=shown.summary["seed"], rows=len(shown.summary["uncertainty"])))  # fmt: skip
    for tab, draw in zip(st.tabs([here.say(f"risk.tab_{name}") for name in parts]), parts.values(), strict=True):
        with tab:
            draw(here, shown)


def fan(here: Visit, shown: Lived) -> None:
    """A goal by year."""
    frame = shown.frames["fan"]
    goals = [g for g in dict.fromkeys(frame["goal"]) if frame.loc[frame["goal"] == g, "p50"].notna().any()]
    goal = st.selectbox(here.say("simulation.goal"), goals, format_func=lambda g: indicator_name(g, here.lang),
                        key="risk_goal", width=420)  # fmt: skip
    if goal is None:
        return
    look = here.look(_WIDTH)
    rows = charts.fan_rows(frame, goal, look)
    table = rows.assign(**{c: [_number(v) for v in rows[c]] for c in ("plan", "mean", "p05", "p95", "worst_decile")},
                        chance=[_share(v) for v in rows["chance"]])  # fmt: skip
    chart(here, charts.fan(frame, goal, look), table, "fan", year=here.term("year"),
          **{k: here.say(f"simulation.{k}") for k in ("plan", "mean")}, p05="5%", p95="95%",
          worst_decile=here.say("simulation.worst"), chance=here.say("simulation.chance"))  # fmt: skip


def chances(here: Visit, shown: Lived) -> None:
    """Which budgets, floors and targets hold."""
    summary, fans = shown.summary, shown.frames["fan"]
    floors_said = "simulation.floors" if summary["floors"] else "simulation.floors_none"
    st.markdown(here.say("simulation.budgets", at_risk=summary["budgets_at_risk"], all=summary["budgets"]) + " "
                + here.say(floors_said, at_risk=summary["floors_at_risk"], all=summary["floors"]))  # fmt: skip
    budgets = shown.frames["budgets"]
    table = budgets.assign(purchaser=named(shown.run, here.lang, "purchasers", budgets["purchaser"]),
                           chance=[_share(v) for v in budgets["chance"]],
                           unpaid=[look_money(here, v) for v in budgets["unpaid"]])  # fmt: skip
    chart(here, charts.chances(budgets, _words(shown.run, here, "purchasers"), here.look(_WIDTH)), table, "budgets",
          purchaser=here.term("purchaser"), year=here.term("year"), chance=here.say("simulation.chance"),
          unpaid=here.say("risk.unpaid", unit=here.money_unit))  # fmt: skip
    last = fans[(fans["year"] == fans["year"].max()) & fans["chance"].notna()]
    if len(last):
        st.markdown(f"**{here.say('risk.targets')}**")
        grid(here, pd.DataFrame({
            "goal": [indicator_name(g, here.lang) for g in last["goal"]], "chance": [_share(v) for v in last["chance"]],
        }), "targets", goal=here.say("simulation.goal"), chance=here.say("simulation.chance"))  # fmt: skip
    floors = shown.frames["floors"].sort_values(["chance", "need", "year"], kind="stable")
    floors = floors[floors["chance"] < 1].head(200)
    if len(floors):
        st.markdown(f"**{here.say('risk.floors')}**")
        grid(here, floors.assign(
            item=named(shown.run, here.lang, "items", floors["item"]),
            area=named(shown.run, here.lang, "areas", floors["area"]), chance=[_share(v) for v in floors["chance"]],
            shortfall=[_number(v) for v in floors["shortfall"]],
        ), "floors", need=here.term("need"), year=here.term("year"), item=here.term("item"), area=here.term("area"),
            chance=here.say("simulation.chance"), shortfall=here.say("risk.missing"))  # fmt: skip


def hurt(here: Visit, shown: Lived) -> None:
    """Whose services are missing."""
    kind = st.radio(
        here.say("simulation.who"),
        list(_KINDS),
        format_func=lambda k: here.say(f"risk.kind_{k}"),
        horizontal=True,
        key="risk_kind",
    )
    frame = shown.frames["hurt"]
    rows = frame[frame["kind"] == kind]
    if kind is None or not len(rows):
        return
    table = rows.assign(
        who=named(shown.run, here.lang, _KINDS[kind], rows["key"]),
        **{c: [look_money(here, v) for v in rows[c]] for c in ("plan", "mean", "worst_decile")},
    )  # fmt: skip
    chart(here, charts.hurt(frame, kind, _words(shown.run, here, _KINDS[kind]), here.look(_WIDTH)), table, "hurt",
          who=here.say(f"risk.kind_{kind}"), plan=here.say("simulation.plan"), mean=here.say("simulation.mean"),
          worst_decile=here.say("simulation.worst"))  # fmt: skip


def drill(here: Visit, shown: Lived) -> None:
    """What each failure costs."""
    frame = shown.frames["drill"]
    if not len(frame):
        st.caption(here.say("risk.no_awards"))
        return
    money = ("amount", "recovered", "lost", "extra_cost")
    table = frame.assign(
        undertaker=named(shown.run, here.lang, "undertakers", frame["undertaker"]),
        fallback=named(shown.run, here.lang, "undertakers", frame["fallback"].fillna("—")),
        coverage_lost=[percent(float(v), 2) for v in frame["coverage_lost"]],
        **{c: [look_money(here, v) for v in frame[c]] for c in money},
    )  # fmt: skip
    chart(here, charts.drill(frame, _words(shown.run, here, "undertakers"), here.look(_WIDTH)), table, "drill",
          undertaker=here.term("undertaker"), awards=here.term("awards"), amount=here.say("simulation.amount"),
          recovered=here.say("simulation.recovered"), lost=here.say("simulation.lost"),
          coverage_lost=here.say("risk.coverage_lost"), extra_cost=here.say("risk.extra_cost"),
          fallback=here.say("simulation.fallback"))  # fmt: skip
    st.caption(here.say("simulation.held"))


def tornado(here: Visit, shown: Lived) -> None:
    """Which uncertainty moves a goal most."""
    frame = shown.frames["tornado"]
    goals = [g for g in dict.fromkeys(frame["goal"]) if (frame.loc[frame["goal"] == g, "swing"] > 0).any()]
    if not goals:
        st.caption(here.say("risk.nothing_moves"))
        return
    goal = st.selectbox(here.say("simulation.goal"), goals, format_func=lambda g: indicator_name(g, here.lang),
                        key="risk_tornado", width=420)  # fmt: skip
    fans = shown.frames["fan"]
    unit = str(fans.loc[fans["goal"] == goal, "unit"].iloc[0])
    words = {str(r.uncertainty): f"{term(str(r.factor), here.lang)} ({r.uncertainty})" for r in frame.itertuples()}
    rows = frame[frame["goal"] == goal]
    table = rows.assign(uncertainty=[words[str(u)] for u in rows["uncertainty"]], **{
        c: [look_money(here, v) if unit == "yuan" else _share(v) if unit == "share" else _number(v) for v in rows[c]]
        for c in ("plan", "low", "high")
    })  # fmt: skip
    chart(here, charts.swings(frame, str(goal), words, here.look(_WIDTH), unit=unit), table, "tornado",
          uncertainty=here.say("simulation.uncertainty"), plan=here.say("simulation.plan"),
          low=here.say("simulation.low"), high=here.say("simulation.high"))  # fmt: skip


def stability(here: Visit, shown: Lived) -> None:
    """Which awards the futures choose again."""
    frame = shown.frames.get("stability")
    if frame is None:
        st.info(here.say("risk.no_stability"))
        return
    counted = shown.summary["awards"]
    st.markdown(here.say("simulation.stability", draws=shown.summary["planned_anew"],
                         gap=f"{100 * shown.summary['gap']:g}%", **counted))  # fmt: skip
    table = frame.assign(
        undertaker=named(shown.run, here.lang, "undertakers", frame["undertaker"]),
        chance=[_share(v) for v in frame["chance"]], instead=frame["instead"].fillna(""),
        holds=[here.say(f"simulation.holds_{h}") for h in frame["holds"]],
    ).sort_values("chance", key=lambda _c: frame["chance"], kind="stable")  # fmt: skip
    words = {"year": here.term("year"), "need": here.term("need"), "offer": here.term("offer"),
             "undertaker": here.term("undertaker"), "chance": here.say("simulation.again"),
             "holds": here.say("simulation.holds"), "instead": here.say("simulation.instead")}  # fmt: skip
    if frame["planned"].any():
        chart(here, charts.stability(frame, _words(shown.run, here, "undertakers"), here.look(_WIDTH)), table,
              "stability", **words)  # fmt: skip
    else:
        grid(here, table, "stability", **words)


def _words(run: Run, here: Visit, table: str) -> dict[str, str]:
    """Key -> name, with the key where two have the same name."""
    known = dict(names(run, here.lang, table))
    return charts.labelled(list(known), known)


def look_money(here: Visit, yuan: Any) -> str:
    """Yuan in the visitor's unit."""
    return "—" if yuan is None or yuan != yuan else here.look().amount(float(yuan))


def _number(value: Any) -> str:
    return "—" if value is None or value != value else charts.number(float(value))


def _share(value: Any) -> str:
    return percent(None if value is None or value != value else float(value), 0)


risk()
