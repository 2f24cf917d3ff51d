"""A table of a scenario in a grid. Edits are kept beside the grid as a difference over tables that do not change.

The frame that a grid is made from never takes an edit back while that grid is on the page (gpsopt.screens.mounts); what
was done is kept on the desk (gpsopt.desk.drafts), so that it is there when the grid is drawn again.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from gpsopt.desk.drafts import ORIGIN, applied, draft_key, keep_draft
from gpsopt.desk.editing import edits_of, grid_of
from gpsopt.desk.files import read_here
from gpsopt.errors import Finding, GpsoptError
from gpsopt.scenario import Scenario
from gpsopt.screens.edited import edited, others
from gpsopt.screens.mounts import done_now, grid_name, mounted
from gpsopt.screens.shown import tall
from gpsopt.screens.visit import Visit
from gpsopt.tables import SCHEMA, Table

_TRUTH = ["", "yes", "no"]
_LINE = "row of the file"


def editor(here: Visit, scenario: str, found: tuple[Finding, ...]) -> None:
    """Choose a table, edit it, save what was edited as a scenario."""
    try:
        read = read_here(here.desk, scenario)
    except GpsoptError as error:
        here.refused(error)
        return
    names = [name for name in SCHEMA if not read.tables[name].empty or not SCHEMA[name].optional]
    wanted = st.session_state.get("table")
    table = SCHEMA[st.selectbox(
        here.say("data.table"), names, index=names.index(wanted) if wanted in names else names.index("budgets"),
        format_func=lambda name: f"{here.term(name)} · {name} ({len(read.tables[name])})", key=f"table_{wanted}",
    )]  # fmt: skip
    st.session_state["table"] = table.name
    st.caption(here.say("data.edit_says"))
    grid = grid_of(read.tables[table.name], table)
    _marked(here, found, table)
    st.html(cell_editors(), unsafe_allow_javascript=True)
    key = draft_key(here.model, scenario, table.name, grid)
    others(here, key)
    lines = _lines(read, table)
    done = _drawn(here, table, key, grid, lines)
    edits = edits_of(grid, table, done, lines)
    keep_draft(here.desk, key, done, edits.toml())
    edited(here, scenario, table, grid, done, edits, key)


@cache
def cell_editors() -> str:
    """Have the browser fetch what opens when a cell is typed into, and hold keys that the grid is not ready for."""
    static = Path(st.__file__).parent / "static"
    files = sorted(path.relative_to(static).as_posix() for path in static.rglob("*-overlay-editor.*.js"))
    early = "".join(f"import({f'/{file}'!r});" for file in files)
    return f"<script>{early}{Path(__file__).with_name('grid.js').read_text(encoding='utf-8')}</script>"


def _drawn(here: Visit, table: Table, key: str, grid: pd.DataFrame, lines: list[int | None]) -> dict[str, Any]:
    """The grid; everything that was done to the table, also before it was drawn this time."""
    shown = applied(grid, mounted(here, key, len(grid))["before"])
    places = [lines[origin] if origin >= 0 else None for origin in shown.pop(ORIGIN)]
    shown.insert(0, _LINE, ["" if place is None else str(place) for place in places])
    with st.container(key="edited"):
        st.data_editor(
            shown, key=grid_name(here, key), num_rows="dynamic", hide_index=True, height=tall(shown, 11),
            disabled=[_LINE],
            column_config={
                _LINE: st.column_config.TextColumn(here.say("data.row"), pinned=True, width=70, default="",
                                                   help=here.say("data.row_of")),
                **{name: _column(here, table, name) for name in table.names()},
            },
        )  # fmt: skip
    return done_now(here, key)


def _lines(read: Scenario, table: Table) -> list[int | None]:
    """The row of the table's own file that each row stands in, as findings name it; None where a scenario added it."""
    own = read.tables.files.get(table.name, "")
    places = ((line, read.tables.place(table.name, line)) for line in map(int, read.tables[table.name].index))
    return [line if file == own else None for line, (file, _sheet, _row) in places]


def _column(here: Visit, table: Table, name: str) -> Any:
    """How a column is edited: text as it stands in the file, choices where there are some."""
    column = table.column(name)
    title = column.title(table.name, here.lang)
    help_text = f"{table.name}.{name}" + (f" · {column.unit}" if column.unit else "")
    if column.kind in ("choice", "yesno"):
        choices = _TRUTH if column.kind == "yesno" else ["", *column.choices]
        empty = None if column.required else ""
        return st.column_config.SelectboxColumn(
            title, options=choices, help=help_text, required=column.required, default=empty
        )
    return st.column_config.TextColumn(title, help=help_text, default="")


def _marked(here: Visit, found: tuple[Finding, ...], table: Table) -> None:
    """The findings of this table, those of the chosen cell first."""
    mine = [f for f in found if f.file == f"tables/{table.name}.csv" and f.severity != "note"]
    cell = st.session_state.get("cell")
    mine.sort(key=lambda f: (table.name, f.row, f.column) != cell)
    for finding in mine[:5]:
        sign = "✗" if finding.severity == "error" else "▲"
        st.markdown(f"{sign} {finding.line(here.lang)}")
