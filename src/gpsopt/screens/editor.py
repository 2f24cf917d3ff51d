"""A table of a scenario in a grid. Edits are kept beside the grid as a difference over tables that do not change.

The frame that a grid is made from never takes an edit back while that grid is on the page; what was done is kept on the
desk (gpsopt.desk.drafts), so that it is there when the grid is drawn again.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from gpsopt.desk.drafts import ORIGIN, applied, draft_key, drafts, is_nothing, joined, keep_draft
from gpsopt.desk.editing import Edits, edits_of, grid_of, with_edits
from gpsopt.desk.files import read_here
from gpsopt.errors import Finding, GpsoptError, InputError
from gpsopt.scenario import Scenario
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
    if edits:
        review(here, scenario, edits, key)
    else:
        st.caption(here.say("data.no_edits"))


@cache
def cell_editors() -> str:
    """Have the browser fetch what opens when a cell is typed into: it comes late, and the first keys would be lost."""
    static = Path(st.__file__).parent / "static"
    files = sorted(path.relative_to(static).as_posix() for path in static.rglob("*-overlay-editor.*.js"))
    return "<script>" + "".join(f"import({f'/{file}'!r});" for file in files) + "</script>"


def _drawn(here: Visit, table: Table, key: str, grid: pd.DataFrame, lines: list[int | None]) -> dict[str, Any]:
    """The grid; everything that was done to the table, also before it was drawn this time.

    A browser forgets what was done to a grid that leaves the page. What had been done is then put under the grid,
    which gets a new name, and what is done from there on is joined to it.
    """
    mounts: dict[str, dict[str, Any]] = st.session_state.setdefault("mounts", {})
    mount = mounts.get(key) or {"before": drafts(here.desk).get(key, {}).get("done", {}), "number": 0, "now": {}}
    if _name(here, mount, key) not in st.session_state and not is_nothing(mount["now"]):
        before = joined(mount["before"], mount["now"], len(grid))
        mount = {"before": before, "number": mount["number"] + 1, "now": {}}
    shown = applied(grid, mount["before"])
    places = [lines[origin] if origin >= 0 else None for origin in shown.pop(ORIGIN)]
    shown.insert(0, _LINE, pd.Series(places, index=shown.index, dtype="Int64"))
    name = _name(here, mount, key)
    st.data_editor(
        shown, key=name, num_rows="dynamic", hide_index=True, height=tall(shown, 11), disabled=[_LINE],
        column_config={
            _LINE: st.column_config.NumberColumn(here.say("data.row"), pinned=True, width=70,
                                                 help=here.say("data.row_of")),
            **{name: _column(here, table, name) for name in table.names()},
        },
    )  # fmt: skip
    mounts[key] = {**mount, "now": st.session_state.get(name) or {}}
    return joined(mount["before"], mounts[key]["now"], len(grid))


def _name(here: Visit, mount: dict[str, Any], key: str) -> str:
    """What a grid is called: in another language it is another grid."""
    return f"edit {mount['number']} {here.lang} {key}"


def others(here: Visit, key: str) -> None:
    """Edits that wait in other tables; those of this one that were made over data which have changed since."""
    scope, this, _ = key.rsplit("/", 2)
    known = drafts(here.desk)
    tables = sorted({name.split("/")[-2] for name in known if name.startswith(f"{scope}/")} - {this})
    if tables:
        names = ("、" if here.lang == "zh" else ", ").join(here.term(table) for table in tables)
        st.caption(f"✎ {here.say('data.waiting', tables=names)}")
    for old in [name for name in known if name.startswith(f"{scope}/{this}/") and name != key]:
        with st.container(border=True):
            st.markdown(f"⚠ {here.say('data.older_edits')}")
            st.code(known[old]["toml"], language="toml")
            st.button(here.say("data.discard"), key=f"forget_{old}", on_click=keep_draft, args=(here.desk, old, {}, ""))


def forget(here: Visit, key: str) -> None:
    """Nothing was done to the table any more: the grid is drawn anew."""
    keep_draft(here.desk, key, {}, "")
    mounts = st.session_state["mounts"]
    mounts[key] = {"before": {}, "number": mounts[key]["number"] + 1, "now": {}}


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
        return st.column_config.SelectboxColumn(title, options=choices, help=help_text, required=column.required)
    return st.column_config.TextColumn(title, help=help_text)


def _marked(here: Visit, found: tuple[Finding, ...], table: Table) -> None:
    """The findings of this table, those of the chosen cell first."""
    mine = [f for f in found if f.file == f"tables/{table.name}.csv" and f.severity != "note"]
    cell = st.session_state.get("cell")
    mine.sort(key=lambda f: (table.name, f.row, f.column) != cell)
    for finding in mine[:5]:
        sign = "✗" if finding.severity == "error" else "▲"
        st.markdown(f"{sign} {finding.line(here.lang)}")


def review(here: Visit, scenario: str, edits: Edits, key: str) -> None:
    """What was edited, as the lines that a scenario file would say; the ways to keep or discard it."""
    count = len(edits.change) + len(edits.drop) + len(edits.add)
    with st.container(border=True):
        st.markdown(f"**{here.say('data.edits', count=count + len(edits.findings))}**")
        if edits.findings:
            st.error(here.say("data.cell_wrong", count=len(edits.findings)))
            for finding in edits.findings[:10]:
                st.markdown(f"✗ {finding.line(here.lang)}")
        if count:
            st.code(edits.toml(), language="toml")
        title = next(f.title(here.lang) for f in here.scenarios if f.name == scenario)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.text_input(here.say("scenarios.new_name"), key="edit_name", max_chars=60)
            if st.button(here.say("data.save_new"), key="save_new", type="primary", disabled=bool(edits.findings)):
                head = f'title = ""\ntitle_zh = ""\nbase = "{scenario}"\n'
                _save(here, name.strip(), head, edits, key, new=True)
            if scenario != here.baseline and st.button(
                here.say("data.save_here", title=title), key="save_here", disabled=bool(edits.findings)
            ):
                path = here.desk.folder / "scenarios" / f"{scenario}.toml"
                _save(here, scenario, path.read_text(encoding="utf-8-sig"), edits, key, new=False)
            if st.button(here.say("data.discard"), key="discard"):
                forget(here, key)
                st.rerun()


def _save(here: Visit, name: str, text: str, edits: Edits, key: str, *, new: bool) -> None:
    """Write the scenario, if it can be followed with the edits in it."""
    if new and any(f.name.lower() == name.lower() for f in here.scenarios):
        st.error(here.say("scenarios.name_taken", name=name))
        return
    if new:
        text = text.replace('title = ""\ntitle_zh = ""\n', f'title = "{name}"\ntitle_zh = "{name}"\n')
    path = here.desk.folder / "scenarios" / f"{name}.toml"
    before = path.read_text(encoding="utf-8-sig") if path.exists() else None
    try:
        here.desk.write_scenario(name, with_edits(text, edits))
        _refuse_errors(read_here(here.desk, name))
    except GpsoptError as error:
        if before is not None:
            here.desk.write_scenario(name, before)
        else:
            path.unlink(missing_ok=True)
        here.refused(error)
        return
    forget(here, key)
    count = len(edits.change) + len(edits.drop) + len(edits.add)
    st.session_state["scenario"] = name
    st.session_state["told"] = ("success", here.say("data.saved_as", name=name, count=count))
    st.rerun()


def _refuse_errors(scenario: Scenario) -> None:
    errors = tuple(f for f in scenario.findings if f.severity == "error")
    if errors:
        raise InputError(errors)
