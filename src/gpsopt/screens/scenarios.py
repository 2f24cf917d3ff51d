"""Scenarios: the list, each as sentences against its parent and as its file, duplicated and changed by forms."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from gpsopt.desk import ScenarioFile
from gpsopt.desk.editing import parsed
from gpsopt.desk.files import read_here
from gpsopt.desk.sentences import SENTENCES, Gap, say_it, without
from gpsopt.desk.sentences import told as told_of
from gpsopt.errors import GpsoptError, InputError
from gpsopt.screens.asking import solve_button, told
from gpsopt.screens.empty import nothing_yet
from gpsopt.screens.modelnames import names_of
from gpsopt.screens.shown import BROKEN, tall
from gpsopt.screens.visit import Visit, visit
from gpsopt.tomlfile import read_toml

_LONG = 62  # letters that one line has room for; a Chinese one counts twice


def scenarios() -> None:
    """The page."""
    here = visit()
    told()
    if not here.model:
        nothing_yet(here)
        return
    chosen = listed(here)
    if chosen is None:
        return
    left, right = st.columns([3, 2], gap="medium")
    with left:
        head(here, chosen)
        if not chosen.fault:
            differences(here, chosen)
            form(here, chosen)
    with right:
        file(here, chosen)
        duplicate(here, chosen)
        versions(here, chosen)


def listed(here: Visit) -> ScenarioFile | None:
    """The list, and the scenario that is looked at below it."""
    files = here.scenarios
    if not files:
        st.caption(here.say("scenarios.none"))
        return None
    titles = {f.name: f.title(here.lang) for f in files}
    rows = []
    for f in files:
        record = here.newest(f.name)
        state = here.say(f"scenarios.fault_{f.fault}") if f.fault else ""
        state = state or (here.status(record) if record is not None else here.say("status.not_solved"))
        pin = "★ " if f.name == here.baseline else ""
        rows.append({"title": f"{pin}{f.title(here.lang)}", "parent": titles.get(f.base, f.base) or "—",
                     "question": f.question(here.lang), "state": state})  # fmt: skip
    names = [f.name for f in files]
    looked_at = st.session_state.get("scenario")
    looked_at = looked_at if looked_at in names else names[0]
    if st.session_state.get("listed") != looked_at:  # chosen elsewhere: the list is drawn anew with that row marked
        st.session_state["listed"] = looked_at
        st.session_state["list_drawn"] = st.session_state.get("list_drawn", 0) + 1
    table, key = pd.DataFrame(rows), f"scenario_list_{st.session_state['list_drawn']}"
    lines = _lines([row["question"] for row in rows])
    st.dataframe(
        table, hide_index=True, key=key, selection_mode="single-row", row_height=lines,
        height=tall(table, 9) if lines is None else tall(table, 5, lines),
        selection_default={"selection": {"rows": [names.index(looked_at)], "columns": [], "cells": []}},
        on_select=lambda: _look_at(names, key),
        column_config={
            "title": st.column_config.Column(here.say("scenarios.title"), width=240),
            "parent": st.column_config.Column(here.say("scenarios.parent"), width=120),
            "question": st.column_config.Column(here.say("scenarios.question"), width=430),
            "state": st.column_config.Column(here.say("scenarios.state"), width=150),
        },
    )  # fmt: skip
    name = st.selectbox(
        here.say("scenarios.choose"), names, index=names.index(looked_at),
        format_func=lambda n: titles[n], key=f"scenario_choice_{looked_at}_{len(names)}",
    )  # fmt: skip
    st.session_state["scenario"] = name
    return next(f for f in files if f.name == name)


def _lines(questions: list[str]) -> int | None:
    """The height of rows that break lines, where many questions need it; None: rows of one line."""
    long = [sum(1 if letter.isascii() else 2 for letter in text) > _LONG for text in questions]
    return BROKEN if 4 * sum(long) > len(long) else None


def _look_at(names: list[str], key: str) -> None:
    """A row of the list was chosen."""
    rows = st.session_state[key]["selection"]["rows"]
    if rows and rows[0] < len(names):
        st.session_state["scenario"] = st.session_state["listed"] = names[rows[0]]


def head(here: Visit, chosen: ScenarioFile) -> None:
    """Its title and question, solve, pin."""
    st.subheader(chosen.title(here.lang), anchor=False)
    if chosen.question(here.lang):
        st.markdown(chosen.question(here.lang))
    if chosen.fault:
        st.error(here.say(f"scenarios.fault_{chosen.fault}"))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        solve_button(here, chosen.name, "scenarios")
        if chosen.name != here.baseline:
            st.button(here.say("scenarios.pin"), key="pin", on_click=_pin, args=(here, chosen.name))
        else:
            st.markdown(here.say("scenarios.pinned"))


def _pin(here: Visit, name: str) -> None:
    kept = dict(here.desk.remembered().get("baselines", {}))
    here.desk.remember(baselines={**kept, here.model: name})


def differences(here: Visit, chosen: ScenarioFile) -> None:
    """What it says that its parent does not, one sentence each."""
    st.markdown(f"**{here.say('scenarios.differs')}**")
    said = told_of(_text(chosen), here.lang, names_of(here))
    if not said:
        words = "scenarios.same" if chosen.base else "scenarios.on_model"
        st.caption(here.say(words, model=chosen.model))
    for place, entry in enumerate(said):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"{place + 1}. {entry.words}", width="stretch")
            st.button(
                here.say("scenarios.remove"), key=f"remove_{chosen.name}_{place}", type="tertiary",
                on_click=_write, args=(here, chosen, without(_text(chosen), entry.group, entry.place)),
            )  # fmt: skip


def form(here: Visit, chosen: ScenarioFile) -> None:
    """Sentences with gaps; the filled one is written into the scenario."""
    with st.container(border=True):
        st.markdown(f"**{here.say('scenarios.form')}**")
        if chosen.name == here.baseline:
            st.caption(here.say("scenarios.protected"))
            return
        name = st.selectbox(
            here.say("scenarios.which_form"), list(SENTENCES), format_func=lambda s: here.say(f"form.{s}"),
            key="sentence",
        )  # fmt: skip
        sentence = SENTENCES[name]
        values = {gap.name: _gap(here, chosen, name, gap) for gap in sentence.gaps}
        if st.button(here.say("scenarios.add"), key="add_sentence", type="primary"):
            needed = name in ("without", "order")
            if any(v is None for v in values.values()) or (needed and not all(values.values())):
                st.error(here.say("scenarios.gap_needed"))
                return
            _write(here, chosen, say_it(_text(chosen), name, values))
            st.rerun()


def _gap(here: Visit, chosen: ScenarioFile, sentence: str, gap: Gap) -> Any:
    """The widget of one gap."""
    key = f"gap_{sentence}_{gap.name}"
    if gap.kind == "rows":
        known = names_of(here)[gap.table]
        label = here.say("form.which_needed" if sentence == "without" else "form.which")
        return st.multiselect(
            label, list(known), format_func=lambda code: known[code], key=key, placeholder=here.say("app.choose")
        )
    if gap.kind == "percent":
        return st.number_input(here.say("form.percent"), value=float(gap.first or 0), step=1.0, key=key)
    words = {c: here.say(f"goal.{c}") if gap.within == "goals" else _word(here, c, gap.within) for c in gap.choices}
    if gap.kind == "order":
        return st.multiselect(
            here.say("form.order_gap"),
            list(words),
            format_func=lambda c: words[c],
            key=key,
            placeholder=here.say("app.choose"),
        )
    return st.selectbox(here.say("form.value"), list(words), format_func=lambda c: words[c], key=key)


def _word(here: Visit, key: str, within: str) -> str:
    return here.term(key, within)


def _text(chosen: ScenarioFile) -> str:
    return chosen.path.read_text(encoding="utf-8-sig")


def _write(here: Visit, chosen: ScenarioFile, text: str) -> None:
    """Save the file if it can be followed afterwards; else say why and leave it as it was."""
    before = _text(chosen)
    try:
        parsed(text)
        here.desk.write_scenario(chosen.name, text)
        scenario = read_here(here.desk, chosen.name)
        errors = tuple(f for f in scenario.findings if f.severity == "error")
        if errors:
            raise InputError(errors)
    except GpsoptError as error:
        here.desk.write_scenario(chosen.name, before)
        st.session_state["told"] = ("error", f"{here.say('scenarios.file_bad')}\n\n{here.words_of(error)}")
        return
    st.session_state["told"] = ("success", here.say("scenarios.saved"))


def file(here: Visit, chosen: ScenarioFile) -> None:
    """The scenario's file, to read and to change."""
    st.markdown(f"**{here.say('scenarios.file')}** · `scenarios/{chosen.name}.toml`")
    text = _text(chosen)
    st.code(text, language="toml", line_numbers=True, wrap_lines=True)
    if chosen.name == here.baseline and not chosen.fault:
        return
    with st.expander(here.say("scenarios.file_edit")):
        key = f"file_{chosen.name}_{hash(text)}"
        new = st.text_area(here.say("scenarios.file"), text, height=260, key=key, label_visibility="collapsed")
        if st.button(here.say("scenarios.save_file"), key="save_file"):
            _write(here, chosen, new)
            st.rerun()


def duplicate(here: Visit, chosen: ScenarioFile) -> None:
    """A child of the chosen scenario, under a name of its own."""
    with st.container(border=True):
        st.markdown(f"**{here.say('scenarios.new')}**")
        st.caption(here.say("scenarios.child_says"))
        name = st.text_input(here.say("scenarios.new_name"), key="new_name", max_chars=60)
        title = st.text_input(here.say("scenarios.new_title"), key="new_title", max_chars=120)
        if st.button(here.term("btn_duplicate"), key="duplicate", type="primary", disabled=bool(chosen.fault)):
            _make(here, chosen, name.strip(), title.strip())


def _make(here: Visit, chosen: ScenarioFile, name: str, title: str) -> None:
    from tomlkit import document, dumps

    if any(f.name.lower() == name.lower() for f in here.scenarios):
        st.error(here.say("scenarios.name_taken", name=name))
        return
    said = document()
    said["title"] = title or name
    said["title_zh"] = title or name
    said["base"] = chosen.name
    try:
        here.desk.write_scenario(name, dumps(said))
    except GpsoptError as error:
        here.refused(error)
        return
    st.session_state["scenario"] = name
    st.session_state["told"] = ("success", here.say("scenarios.made", name=name))
    st.rerun()


def versions(here: Visit, chosen: ScenarioFile) -> None:
    """What the file said before, each to be restored."""
    kept = sorted((here.desk.folder / "versions" / "scenarios" / chosen.name).glob("*.toml"), reverse=True)
    with st.expander(here.say("scenarios.versions") + f" ({len(kept)})"):
        if not kept:
            st.caption(here.say("scenarios.no_versions"))
        for path in kept[:10]:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(here.say("scenarios.version", number=int(path.stem)), width="stretch")
                st.button(here.say("scenarios.restore"), key=f"restore_{path.stem}", type="tertiary",
                          on_click=_write, args=(here, chosen, path.read_text(encoding="utf-8")))  # fmt: skip
            if not read_toml(path).text.strip():
                continue
            st.code(path.read_text(encoding="utf-8"), language="toml")


scenarios()
