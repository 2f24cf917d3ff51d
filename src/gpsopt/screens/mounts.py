"""What was done to a table that is edited: kept from one drawing of its grid to the next, and a step back.

A browser forgets what was done to a grid that leaves the page, and a grid never takes back what is in it. Either way
the grid is mounted anew, under a new name: what had been done is put under it, what is done from there on is joined.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from gpsopt.desk.drafts import drafts, is_nothing, joined, keep_draft
from gpsopt.screens.visit import Visit

_STEPS = 100  # as many can be undone

Mount = dict[str, Any]


def mounted(here: Visit, key: str, rows: int) -> Mount:
    """How the grid of a draft stands on the page now."""
    mounts: dict[str, Mount] = st.session_state.setdefault("mounts", {})
    if key not in mounts:
        done = drafts(here.desk).get(key, {}).get("done", {})
        mounts[key] = {"before": done, "number": 0, "now": {}, "rows": rows, "done": done, "past": []}
    mount = mounts[key]
    if grid_name(here, key) not in st.session_state and not is_nothing(mount["now"]):
        _anew(key, joined(mount["before"], mount["now"], rows))
    return mounts[key]


def grid_name(here: Visit, key: str) -> str:
    """What a grid is called: in another language it is another grid."""
    return f"edit {st.session_state['mounts'][key]['number']} {here.lang} {key}"


def done_now(here: Visit, key: str) -> dict[str, Any]:
    """Everything that was done to the table; a step is kept where that differs from the last time."""
    mount = st.session_state["mounts"][key]
    mount["now"] = st.session_state.get(grid_name(here, key)) or mount["now"]
    done = joined(mount["before"], mount["now"], mount["rows"])
    if done != joined(mount["done"], {}, mount["rows"]):
        mount["past"] = [*mount["past"], mount["done"]][-_STEPS:]
        mount["done"] = done
    return done


def put(here: Visit, key: str, done: dict[str, Any]) -> None:
    """So much is done from now on, and the grid shows it; the way back stays open."""
    done_now(here, key)
    _anew(key, done)
    done_now(here, key)


def can_undo(key: str) -> bool:
    """Is there a step to be undone?"""
    return bool(st.session_state["mounts"][key]["past"])


def undo(here: Visit, key: str) -> None:
    """As it was before the last step."""
    done_now(here, key)
    past = st.session_state["mounts"][key]["past"]
    if past:
        done = past.pop()
        _anew(key, done)
        st.session_state["mounts"][key]["done"] = done


def forget(here: Visit, key: str) -> None:
    """What was done is saved elsewhere: nothing is left to be done or undone."""
    keep_draft(here.desk, key, {}, "")
    _anew(key, {})
    st.session_state["mounts"][key] |= {"done": {}, "past": []}


def _anew(key: str, done: dict[str, Any]) -> None:
    mount = st.session_state["mounts"][key]
    mount |= {"before": done, "number": mount["number"] + 1, "now": {}}
