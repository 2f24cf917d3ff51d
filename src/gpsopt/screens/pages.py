"""The pages in their order, and the way from one to another."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import streamlit as st

from gpsopt.text import term

#: each is the file of its name beside this one
PAGES = (
    "home", "data", "scenarios", "runs", "plan", "compare", "tradeoffs", "risk", "goals", "explain", "reports",
)  # fmt: skip


def page(name: str, lang: str, mark: str = "") -> st.Page:
    """A page as the navigation knows it; `mark` follows its title."""
    title = term(f"page_{name}", lang) + mark
    return st.Page(Path(__file__).with_name(f"{name}.py"), title=title, url_path=name, default=name == PAGES[0])


def go(name: str, lang: str) -> NoReturn:
    """Leave for another page."""
    st.switch_page(page(name, lang))


def link(name: str, lang: str, label: str) -> None:
    """A link to another page."""
    st.page_link(page(name, lang), label=label)
