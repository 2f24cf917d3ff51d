"""Goals 2017: every indicator against its target, and its path by year."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from gpsopt.desk.asking import ask_for_seek, seek_request
from gpsopt.errors import GpsoptError
from gpsopt.report.charts import bullets, goal_rows, goal_text
from gpsopt.runread import Run
from gpsopt.runs import Record
from gpsopt.screens.asking import solve_now, told
from gpsopt.screens.empty import nothing_yet
from gpsopt.screens.shown import chart, exact, grid, names
from gpsopt.screens.study import study
from gpsopt.screens.visit import Visit, visit
from gpsopt.settingkeys import SOUGHT_GOALS


def goals() -> None:
    """The page."""
    here = visit()
    told()
    if here.record is None:
        nothing_yet(here)
        return
    run = here.open(here.record)
    scoreboard(here, run)
    seeking(here, here.record)


def scoreboard(here: Visit, run: Run) -> None:
    """The goals and their path."""
    look = here.look(1300)
    rows = goal_rows(run)
    years = sorted({int(y) for y in rows["year"]})
    lines = []
    for goal, group in rows.groupby("goal", sort=False):
        unit = str(group["unit"].iloc[0])
        by_year = {int(y): v for y, v in zip(group["year"], group["value"], strict=True)}
        target = group["target"].dropna()
        last = group[group["year"] == years[-1]]
        met = None if last.empty or pd.isna(last["met"].iloc[0]) else bool(last["met"].iloc[0])
        lines.append({
            "goal": here.say(f"goal.{goal}"),
            **{str(y): goal_text(by_year[y], unit, look) if y in by_year else "—" for y in years},
            "target": goal_text(float(target.iloc[0]), unit, look) if len(target) else "—",
            "met": "—" if met is None else f"✓ {here.say('goals.met')}" if met else f"✗ {here.say('goals.missed')}",
        })  # fmt: skip
    table = pd.DataFrame(lines)
    chart(here, bullets(run, look), table, "bullets", goal=here.term("goal"), **{str(y): str(y) for y in years},
          target=here.term("goals.target"), met=here.term("met"))  # fmt: skip


def seeking(here: Visit, record: Record) -> None:
    """What it would take: the least budgets, or the first year in which a goal can be met."""
    if not any(file.name == record.scenario and not file.fault for file in here.scenarios):
        return
    st.subheader(here.say("sought.title"), anchor=False)
    st.caption(here.say("sought.says"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kinds = ("budget", "reach", "year")
        kind = st.selectbox(here.say("sought.what"), kinds, format_func=lambda k: here.say(f"sought.{k}"),
                            key="seek_kind", width=460)  # fmt: skip
        what = _goal(here) if kind == "year" else _whose(here, record, kind)
    request = seek_request(here.desk, record.scenario, what)
    answer = study(here, "seek", request, lambda: ask_for_seek(here.desk, record.scenario, what),
                   here.say("sought.find"), "seek", primary=True)  # fmt: skip
    if answer is not None:
        found(here, record, answer)


def _whose(here: Visit, record: Record, kind: str) -> str:
    buyers = names(here.open(record), here.lang, "purchasers")
    whose = st.selectbox(here.term("purchaser"), ["", *buyers], key="seek_whose", width=260,
                         format_func=lambda p: buyers.get(p, p) if p else here.say("sought.everybody"))  # fmt: skip
    return f"{kind}:{whose}" if whose else kind


def _goal(here: Visit) -> str:
    goal = st.selectbox(here.term("goal"), SOUGHT_GOALS, format_func=lambda g: here.say(f"goal.{g}"), key="seek_goal",
                        width=240)  # fmt: skip
    shares = goal not in ("stranded", "posts")
    target = st.number_input(here.say("sought.target_share" if shares else "sought.target"), 0.0,
                             100.0 if shares else 1e12, 80.0 if shares else 0.0, key=f"seek_target_{goal}",
                             width=160)  # fmt: skip
    return f"year:{goal}={Decimal(str(target)) / (100 if shares else 1):f}"


def found(here: Visit, record: Record, answer: dict[str, Any]) -> None:
    """What was found, as a table, and as a scenario to save and solve."""
    if "budgets" in answer:
        st.markdown(here.say("sought.least", amount=exact(here, Decimal(answer["value"])),
                             bound=exact(here, Decimal(f"{answer['bound']:.2f}")),
                             gap=f"{100 * answer['gap']:.3f}"))  # fmt: skip
        if answer["out_of_reach"]:
            st.markdown(f"▲ {here.say('sought.out_of_reach', count=len(answer['out_of_reach']))}")
        buyers = names(here.open(record), here.lang, "purchasers")
        years = sorted({row["year"] for row in answer["budgets"]})
        rows: dict[str, dict[str, str]] = {}
        for row in answer["budgets"]:
            amount = here.money(Decimal(row["amount"]))
            rows.setdefault(buyers.get(row["purchaser"], row["purchaser"]), {})[str(row["year"])] = amount
        table = pd.DataFrame([{"purchaser": buyer, **cells} for buyer, cells in rows.items()])
        grid(here, table, "sought", purchaser=f"{here.term('purchaser')} ({here.money_unit})",
             **{str(year): str(year) for year in years})  # fmt: skip
    else:
        st.markdown(f"**{answer['pages'][here.lang].splitlines()[0]}**")
        tried = "、" if here.lang == "zh" else ", "
        missed = tried.join(str(row["year"]) for row in answer["tried"] if not row["met"])
        if missed:
            st.caption(here.say("sought.not_in", years=missed))
    if st.button(here.say("tradeoffs.save"), key="save_sought"):
        save(here, record, answer)


def save(here: Visit, record: Record, answer: dict[str, Any]) -> None:
    """Make what was found a scenario of the desk and solve it."""
    name = f"{record.scenario}-{str(answer['sought']).replace(':', '-')}"[:58]
    try:
        here.desk.write_scenario(name, str(answer["text"]))
    except GpsoptError as error:
        here.refused(error)
        return
    st.session_state["scenario"] = name
    solve_now(visit(), name)


goals()
