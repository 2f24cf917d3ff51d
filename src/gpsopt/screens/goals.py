"""Goals 2017: every indicator against its target, and its path by year."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gpsopt.report.charts import bullets, goal_rows, goal_text
from gpsopt.screens.asking import told
from gpsopt.screens.shown import chart
from gpsopt.screens.visit import visit


def goals() -> None:
    """The page."""
    here = visit()
    told()
    if here.record is None:
        st.info(here.say("app.no_plan"))
        return
    run = here.open(here.record)
    st.caption(here.say("goals.assumed"))
    look = here.look(980)
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
            "goal": here.say(f"goals.{goal}"),
            **{str(y): goal_text(by_year[y], unit, look) if y in by_year else "—" for y in years},
            "target": goal_text(float(target.iloc[0]), unit, look) if len(target) else "—",
            "met": "—" if met is None else f"✓ {here.say('goals.met')}" if met else f"✗ {here.say('goals.missed')}",
        })  # fmt: skip
    table = pd.DataFrame(lines)
    chart(here, bullets(run, look), table, "bullets", goal=here.term("goal"), **{str(y): str(y) for y in years},
          target=here.term("goals.target"), met=here.term("met"))  # fmt: skip


goals()
