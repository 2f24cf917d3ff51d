"""What a page says while it has nothing to show, and the way to what it needs."""

from __future__ import annotations

import streamlit as st

from gpsopt.screens.asking import solve_button
from gpsopt.screens.pages import go
from gpsopt.screens.visit import Visit


def nothing_yet(here: Visit) -> None:
    """No model: the demo or one's own data. A model without a plan: solve its baseline, or look at the queue."""
    with st.container(border=True):
        if not here.model:
            st.markdown(f"**{here.say('app.no_model')}**")
            st.caption(here.say("app.no_model_says"))
            with st.container(horizontal=True):
                if st.button(here.say("app.to_home"), key="empty_home", type="primary"):
                    go("home", here.lang)
                if st.button(here.say("home.own_button"), key="empty_data"):
                    go("data", here.lang)
        elif here.desk.board.busy(here.desk.owner):
            st.markdown(f"**{here.say('app.at_work')}**")
            st.caption(here.say("app.at_work_says"))
            if st.button(here.say("tradeoffs.to_runs"), key="empty_runs", type="primary"):
                go("runs", here.lang)
        else:
            st.markdown(f"**{here.say('app.no_plan')}**")
            st.caption(here.say("home.not_solved_says"))
            with st.container(horizontal=True):
                if here.baseline:
                    solve_button(here, here.baseline, "empty", kind="primary")
                if st.button(here.say("app.to_runs"), key="empty_runs"):
                    go("runs", here.lang)
