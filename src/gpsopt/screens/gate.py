"""The one gate: every page passes `enter()`, which says who is visiting and gives the visitor's own desk.

Without sign-in a visitor is a browser: it keeps a key that nobody can guess in a cookie. Sign-in is added here, by
answering with the key of the person signed in; nothing else in the front end asks who somebody is.
"""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import Final

import streamlit as st

from gpsopt.desk import Desk, open_desk

_COOKIE: Final = "gpsopt_desk"
_KEY: Final = re.compile(r"[0-9a-f]{48}")
_YEAR: Final = 365 * 86_400


def enter() -> Desk:
    """The visitor's desk. Raises UsageError where the store cannot be written."""
    if "visitor" not in st.session_state:
        kept = st.context.cookies.get(_COOKIE, "")
        is_key = isinstance(kept, str) and _KEY.fullmatch(kept)
        st.session_state["visitor"] = kept if is_key else secrets.token_hex(24)
        st.session_state["new_visitor"] = st.session_state["visitor"] != kept
    visitor = str(st.session_state["visitor"])
    if st.session_state.pop("new_visitor", False):
        _remember(visitor)
    return _desk(places(), visitor)


def places() -> tuple[Path, Path]:
    """(store, library): where runs stand, and the folder whose models and scenarios are offered."""
    library = Path(os.environ.get("GPSOPT_LIBRARY") or Path.cwd())
    return Path(os.environ.get("GPSOPT_STORE") or Path.cwd() / "runs"), library


def _desk(where: tuple[Path, Path], visitor: str) -> Desk:
    known: tuple[object, Desk] | None = st.session_state.get("desk")
    if known is None or known[0] != where:
        known = (where, open_desk(*where, visitor))
        st.session_state["desk"] = known
    return known[1]


def _remember(visitor: str) -> None:
    """Ask the browser to keep the key, for this site only."""
    cookie = f"{_COOKIE}={visitor}; path=/; max-age={_YEAR}; SameSite=Strict"
    st.html(f"<script>document.cookie = {cookie!r};</script>", unsafe_allow_javascript=True)
