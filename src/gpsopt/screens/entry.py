"""What runs first in every session: the page's settings, the gate, the navigation, the bar; then the page itself."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable

import streamlit as st

from gpsopt.errors import GpsoptError
from gpsopt.jobs import advance
from gpsopt.screens.bar import bar, sidebar
from gpsopt.screens.pages import PAGES, page
from gpsopt.screens.style import dress, favicon
from gpsopt.screens.visit import Visit, visit
from gpsopt.text import LANGUAGES, say


def show() -> None:
    """Draw the application once."""
    st.set_page_config(
        page_title="gpsopt", page_icon=favicon(), layout="wide", menu_items={}, initial_sidebar_state=230
    )
    try:
        here = visit()
        dress(here.theme)
        advance(here.desk.board)
    except GpsoptError as error:
        st.error("\n\n".join(error.text(lang) for lang in LANGUAGES))
        st.stop()
    opened = st.navigation([page(name, here.lang, _busy(here, name)) for name in PAGES])
    sidebar(here)
    title = here.term(f"page_{opened.url_path or PAGES[0]}")
    parts: tuple[Callable[[], None], ...] = (lambda: bar(here, title), opened.run)
    for part in parts:
        try:
            part()
        except GpsoptError as error:
            here.refused(error)
        except Exception as error:  # a fault of ours: one clear line, the rest in the server's log
            traceback.print_exc(file=sys.stderr)
            what = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            st.error(say("app.fault", here.lang, what=what))


def _busy(here: Visit, name: str) -> str:
    """How many of the visitor's jobs wait or run, behind the title of their page."""
    count = len(here.desk.board.busy(here.desk.owner)) if name == "runs" else 0
    return f" ({count})" if count else ""


if __name__ == "__main__":
    show()
