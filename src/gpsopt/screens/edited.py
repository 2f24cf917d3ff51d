"""What was edited and is not saved yet: every edit by itself, with ways to take it back, and ways to keep them all."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from gpsopt.desk.drafts import drafts, keep_draft
from gpsopt.desk.editing import Edits, with_edits
from gpsopt.desk.files import read_here
from gpsopt.desk.pieces import Piece, pieces, without
from gpsopt.errors import GpsoptError, InputError
from gpsopt.scenario import Scenario
from gpsopt.screens.mounts import can_undo, forget, put, undo
from gpsopt.screens.visit import Visit
from gpsopt.tables import Table

_MOST = 40  # edits with a button each: a page of more would be slow
_FULL = 8  # from here on the list scrolls in itself


def edited(here: Visit, scenario: str, table: Table, grid: pd.DataFrame, done: dict[str, Any], edits: Edits,
           key: str) -> None:  # fmt: skip
    """The list of edits, or that there are none; undo either way."""
    if not edits:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(here.say("data.no_edits"))
            _undo(here, key)
        return
    listed = pieces(grid, table, done)
    with st.container(border=True):
        st.markdown(f"**{here.say('data.edits', count=len(listed))}**")
        st.caption(here.say("data.edits_say"))
        if edits.findings:
            st.error(here.say("data.cell_wrong", count=len(edits.findings)))
            for finding in edits.findings[:10]:
                st.markdown(f"✗ {finding.line(here.lang)}")
        with st.container(height=330 if len(listed) > _FULL else "content", border=False, gap="xxsmall"):
            for piece in listed[:_MOST]:
                _line(here, table, done, piece, key)
        if len(listed) > _MOST:
            st.caption(here.say("data.more_edits", count=len(listed) - _MOST))
        with st.container(horizontal=True):
            _undo(here, key)
            st.button(
                here.say("data.discard_all", count=len(listed)), key="discard", on_click=put, args=(here, key, {})
            )
        with st.expander(here.say("data.as_lines")):
            st.code(edits.toml(), language="toml")
        _keep(here, scenario, edits, key)


def _undo(here: Visit, key: str) -> None:
    if can_undo(key):
        st.button(f"↶ {here.say('data.undo')}", key="undo", on_click=undo, args=(here, key))


def _line(here: Visit, table: Table, done: dict[str, Any], piece: Piece, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "✕", key=f"take_back {piece.part} {piece.place} {piece.column}", help=here.say("data.take_back"),
            on_click=put, args=(here, key, without(done, piece)), type="tertiary",
        )  # fmt: skip
        st.text(words(here, table, piece))


def words(here: Visit, table: Table, piece: Piece) -> str:
    """An edit in words, with the codes that stand in the grid."""
    row = " · ".join(
        value if piece.part != "added_rows" else f"{table.column(name).title(table.name, here.lang)} {value}"
        for name, value in piece.row.items()
    )
    if piece.part == "edited_rows":
        column = table.column(piece.column).title(table.name, here.lang)
        return here.say("data.piece", row=row, column=column, before=piece.before or "—", after=piece.after or "—")
    return here.say("data.piece_deleted" if piece.part == "deleted_rows" else "data.piece_added", row=row)


def _keep(here: Visit, scenario: str, edits: Edits, key: str) -> None:
    """The ways to save what was edited."""
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
