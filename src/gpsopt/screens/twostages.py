"""Awards decided now for many futures: asked for on the page Risk, shown as values and decisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pandas as pd
import streamlit as st

from gpsopt.desk.asking import ask_for_two_stages
from gpsopt.errors import GpsoptError
from gpsopt.jobs import Job
from gpsopt.report.charts import unit_behind
from gpsopt.screens.lived import looked_up
from gpsopt.screens.shown import aim_cell, grid, percent
from gpsopt.screens.visit import Visit
from gpsopt.simulation.twostagepage import aim_name, written_as

_FUTURES: Final = (5, 10, 20, 50)
_AVERSE: Final = (0.0, 0.5, 1.0)


def two_stages(here: Visit, waiting: Callable[[Visit, list[str]], None]) -> None:
    """A scenario, how many futures; what is decided and what that is worth. `waiting` shows jobs under way."""
    st.caption(here.say("risk.now_says"))
    titles = {file.name: file.title(here.lang) for file in here.scenarios if not file.fault}
    with st.container(border=True, horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(here.term("scenario"), list(titles), format_func=lambda n: titles[n], key="now_of",
                            index=list(titles).index(here.baseline) if here.baseline in titles else 0)  # fmt: skip
        futures = st.selectbox(here.say("risk.futures"), _FUTURES, index=1, key="now_futures", width=150)
        averse = st.selectbox(here.say("risk.averse"), _AVERSE, key="now_averse", width=260,
                              format_func=lambda a: here.say(f"risk.averse_{round(100 * a)}"))  # fmt: skip
        if st.button(here.say("risk.decide"), type="primary", key="decide", disabled=name is None) and name:
            try:
                ask_for_two_stages(here.desk, name, int(futures), float(averse))
            except GpsoptError as error:
                here.refused(error)
                return
            st.session_state.pop("now_shown", None)
            st.rerun()
    jobs = [job for job in here.desk.board.jobs(here.desk.owner) if job.kind == "two_stage" and job.subject in titles]
    busy = [job.job for job in jobs if job.state in ("queued", "running")]
    if busy:
        waiting(here, busy)
    if jobs and jobs[0].state == "failed":
        st.error(f"**{jobs[0].title(here.lang)}** — {here.placed(jobs[0].message(here.lang))}")
    done = {job.job: job for job in jobs if job.state == "finished" and job.result}
    if done:
        chosen = st.selectbox(here.say("risk.which"), list(done), key="now_shown",
                              format_func=lambda j: _title(here, done[j]))  # fmt: skip
        answer(here, done[chosen])


def _title(here: Visit, job: Job) -> str:
    averse = here.say(f"risk.averse_{round(100 * job.given['averse'])}")
    return f"{job.title(here.lang)} · {here.say('risk.so_many', count=job.given['futures'])} · {averse}"


def answer(here: Visit, job: Job) -> None:
    """The values of the aims, whether the awards are a plan today, and the decisions."""
    found = looked_up(here, job, "futures")
    if found is None:
        st.warning(here.say("risk.gone"))
        return
    frames, summary = found
    st.markdown(f"{here.term('run')} `{summary['run']}` · "
                + here.say("twostage.on_base" if summary["plan_on_base"] else "twostage.not_on_base"))  # fmt: skip
    values = frames["values"]
    rows = pd.DataFrame({
        "aim": [_named(here, str(a)) for a in values["aim"]],
        **{c: [_said(here, a, v) for a, v in zip(values["aim"], values[c], strict=True)]
           for c in ("two_stage", "worst", "mean", "perfect")},
        **{side: [_between(here, a, low, high) for a, low, high in
                  zip(values["aim"], values[f"{side}_low"], values[f"{side}_high"], strict=True)]
           for side in ("vss", "evpi")},
    })  # fmt: skip
    st.caption(here.say("risk.values"))
    words = {
        key: here.say(f"twostage.{key}") for key in ("aim", "two_stage", "worst", "mean", "perfect", "vss", "evpi")
    }
    grid(here, rows, f"values_{job.job}", **words)
    st.caption(here.say("twostage.reading"))
    if summary["mean_without_plan"]:
        st.warning(here.say("twostage.mean_fails", futures=summary["mean_without_plan"], all=summary["futures"]))
    decided, unlike = frames["decided"], frames["unlike"]
    if len(unlike):
        st.markdown(here.say("twostage.unlike", count=len(unlike)))
        grid(here, unlike.assign(decided=_yes(here, unlike["decided"]), mean=_yes(here, unlike["mean"])),
             f"unlike_{job.job}", **_columns(here), decided=here.say("risk.decided"),
             mean=here.say("twostage.mean"))  # fmt: skip
    else:
        st.markdown(here.say("twostage.as_the_mean"))
    with st.expander(here.say("risk.decisions", count=len(decided))):
        grid(here, decided.assign(
            decided=_yes(here, decided["decided"]),
            perfect=[percent(None if v != v else float(v), 0) for v in decided["perfect"]],
        ), f"decided_{job.job}", **_columns(here), decided=here.say("risk.decided"),
            perfect=here.say("twostage.perfect"), least=here.say("risk.least"), average=here.say("risk.average"),
            most=here.say("risk.most"))  # fmt: skip


def _columns(here: Visit) -> dict[str, str]:
    return {key: here.term(key) for key in ("year", "need", "offer", "undertaker")}


def _yes(here: Visit, column: Any) -> list[str]:
    return [here.say(f"risk.is_{value}") if value in ("yes", "no", "open") else "—" for value in column]


def _named(here: Visit, aim: str) -> str:
    """An aim with its unit, so that its figures stand alone."""
    kind, look = written_as(aim), here.look()
    return aim_name(aim, here.lang) + unit_behind(kind, look)


def _said(here: Visit, aim: str, value: Any) -> str:
    """A value in the visitor's unit; less than a fen, or a part of a million, is nothing."""
    kind = written_as(aim)
    digits = 6 if kind == "worst_area" else 2
    return aim_cell(here, kind, None if value != value else round(float(value), digits) + 0.0)


def _between(here: Visit, aim: str, low: Any, high: Any) -> str:
    ends = _said(here, aim, low), _said(here, aim, high)
    return ends[0] if ends[0] == ends[1] else " … ".join(ends)
