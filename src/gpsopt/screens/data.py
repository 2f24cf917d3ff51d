"""Data: open or upload a model, every finding at its cell, small edits in a grid, versions."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from gpsopt.desk.incoming import receive
from gpsopt.errors import Finding, GpsoptError
from gpsopt.screens.asking import told
from gpsopt.screens.checked import findings_of
from gpsopt.screens.editor import editor
from gpsopt.screens.shown import shortened, tall
from gpsopt.screens.visit import Visit, visit
from gpsopt.tables import SCHEMA

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LINES = 66  # pixels of a row with room for three lines of text: from there on a grid breaks them
_WIDE = {"severity": 85, "place": 268, "found": 322, "cure": 290}
_SIGNS = {"error": 0, "warning": 1, "note": 2}


def data() -> None:
    """The page."""
    here = visit()
    told()
    left, right = st.columns([2, 3], gap="medium")
    with left:
        opened(here)
    with right:
        upload(here)
    refusal(here)
    if not here.model or not here.baseline:
        return
    names = [f.name for f in here.scenarios if not f.fault]
    titles = {f.name: f.title(here.lang) for f in here.scenarios}
    chosen = st.session_state.get("scenario")
    scenario = st.selectbox(
        here.say("data.scenario"), names, index=names.index(chosen) if chosen in names else names.index(here.baseline),
        format_func=lambda name: titles[name], key="data_scenario",
    )  # fmt: skip
    found = findings_of(here, scenario)
    findings(here, found)
    editor(here, scenario, found)
    versions(here)


def opened(here: Visit) -> None:
    """Models that can be put on the desk, and those that are on it."""
    with st.container(border=True):
        st.markdown(f"**{here.say('data.open')}**")
        offered = here.desk.offered()
        model = st.selectbox(
            here.say("data.open"), offered, format_func=lambda m: f"{m.title(here.lang)} ({m.name})",
            key="offered", label_visibility="collapsed",
        )  # fmt: skip
        if st.button(here.say("data.bring"), key="bring", disabled=not offered) and model is not None:
            st.session_state["model"] = here.desk.open_model(model)
            st.session_state.pop("run", None)
            st.rerun()
        with st.container(horizontal=True):
            st.download_button(here.term("btn_download_template"), lambda: workbook(here.lang, None), "template.xlsx",
                               XLSX, key="template_book")  # fmt: skip
            st.download_button(here.say("data.template"), empty_tables, "tables.zip", "application/zip", key="template")
            if here.model:
                folder = here.desk.model_folder(here.model)
                st.download_button(
                    here.say("data.book"), lambda: workbook(here.lang, folder), f"{here.model}.xlsx", XLSX,
                    key="model_book",
                )  # fmt: skip
                st.download_button(
                    here.say("data.tables_zip"), lambda: zipped(folder), f"{here.model}.zip", "application/zip",
                    key="tables_zip",
                )  # fmt: skip


def upload(here: Visit) -> None:
    """Tables or an archive, read in a process of its own."""
    with st.container(border=True):
        st.markdown(f"**{here.say('data.upload')}**")
        st.caption(here.say("data.upload_says"))
        files = st.file_uploader(
            here.say("data.files"), type=["xlsx", "csv", "zip", "toml"], accept_multiple_files=True,
            key=f"files_{st.session_state.get('uploads', 0)}",
        )  # fmt: skip
        targets = ["", *here.desk.models()]
        with st.container(horizontal=True, vertical_alignment="bottom"):
            onto = st.selectbox(
                here.say("data.target"), targets, key="onto",
                format_func=lambda m: here.say("data.target_onto", model=m) if m else here.say("data.target_new"),
            )  # fmt: skip
            name = onto or st.text_input(here.say("data.name"), key="model_name", max_chars=60)
            if st.button(here.say("data.read"), key="read_upload", type="primary"):
                _receive(here, files or [], name.strip(), onto)


def refusal(here: Visit) -> None:
    """What kept the last upload from being taken, each fault at its cell."""
    refused: tuple[Finding, ...] = st.session_state.get("refused", ())
    if not refused:
        return
    errors = sum(f.severity == "error" for f in refused)
    st.error(here.say("data.refused", count=errors))
    if st.session_state.get("marked"):
        st.download_button(
            here.say("data.marked"), st.session_state["marked"], "marked.xlsx", XLSX, key="marked_book", type="primary"
        )
    _table(here, refused, "refused")


def _receive(here: Visit, files: Sequence[Any], name: str, onto: str) -> None:
    st.session_state["refused"], st.session_state["marked"] = (), b""
    if not files:
        st.error(here.say("data.choose_files"))
        return
    content = {f"{file.name}": file.getvalue() for file in files}
    try:
        with st.spinner(here.say("data.reading")):
            answer = receive(here.desk, content, name, onto=onto, lang=here.lang)
    except GpsoptError as error:
        here.refused(error)
        return
    if not answer.model:
        st.session_state["refused"], st.session_state["marked"] = answer.findings, answer.marked
        return
    st.session_state["model"] = answer.model
    st.session_state["uploads"] = st.session_state.get("uploads", 0) + 1
    st.session_state["told"] = (
        "success", here.say("data.accepted", count=len(answer.tables), model=answer.model),
    )  # fmt: skip
    st.rerun()


def findings(here: Visit, found: tuple[Finding, ...]) -> None:
    """Everything that was found, errors first; one can be opened at its cell."""
    st.subheader(here.say("data.findings"), anchor=False)
    counts = Counter[str](f.severity for f in found)
    untied = sum(f.code.startswith("control") and f.severity == "error" for f in found)
    has_controls = (here.desk.model_folder(here.model) / "tables" / "controls.csv").is_file()
    ties = "data.no_controls" if not has_controls else "data.ties_not" if untied else "data.ties"
    said = here.say("data.found_counts", error=counts["error"], warning=counts["warning"], note=counts["note"])
    sign = "✗" if counts["error"] or untied else "✓"
    st.markdown(f"{sign} {said} · {here.say(ties, count=untied)}")
    if not found:
        st.caption(here.say("data.no_findings"))
        return
    places = _table(here, found, "found")
    if places:
        st.markdown(places[0].line(here.lang))
        table = places[0].file.removeprefix("tables/").removesuffix(".csv")
        if table in SCHEMA:
            st.session_state["table"] = table
            st.session_state["cell"] = (table, places[0].row, places[0].column)


def _table(here: Visit, found: tuple[Finding, ...], key: str) -> list[Finding]:
    """Findings as a table; returns the chosen one."""
    ordered = sorted(found, key=lambda f: _SIGNS[f.severity])
    rows = pd.DataFrame([
        {"severity": here.say(f"data.{f.severity}"), "place": f.where(here.lang), "found": f.text(here.lang),
         "cure": f.cure(here.lang)}
        for f in ordered
    ])  # fmt: skip
    for name in ("found", "cure"):  # three lines, the ends of which are not all used
        rows[name] = [shortened(text, round(2.6 * _WIDE[name])) for text in rows[name]]
    if any(text.endswith("…") for name in ("found", "cure") for text in rows[name]):
        st.caption(here.say("data.tick_says"))
    picked = st.dataframe(
        rows, hide_index=True, key=f"findings_{key}", on_select="rerun", selection_mode="single-row",
        height=tall(rows, 5, _LINES), row_height=_LINES,
        column_config={name: st.column_config.Column(here.say(f"data.{name}"), width=width)
                       for name, width in _WIDE.items()},
    )  # fmt: skip
    return [ordered[place] for place in picked["selection"]["rows"] if place < len(ordered)]


def versions(here: Visit) -> None:
    """Earlier states of the model's data; any of them can be put back."""
    kept = sorted((here.desk.folder / "versions" / "models" / here.model).glob("*"), reverse=True)
    with st.expander(f"{here.say('data.versions')} ({len(kept)})"):
        if not kept:
            st.caption(here.say("data.none_kept"))
        for path in kept:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(here.say("scenarios.version", number=int(path.name)), width="stretch")
                if st.button(here.say("scenarios.restore"), key=f"model_version_{path.name}", type="tertiary"):
                    _restore(here, int(path.name))


def _restore(here: Visit, number: int) -> None:
    from gpsopt.desk.place import copy_model

    folder = here.desk.folder / "versions" / "models" / here.model / f"{number:04d}"
    here.desk.keep_version(here.model)
    copy_model(folder, here.desk.model_folder(here.model))
    st.session_state["told"] = ("success", here.say("data.restored"))
    st.rerun()


def workbook(lang: str, model: Path | None) -> bytes:
    """The workbook to fill in, empty or with the model's tables."""
    from gpsopt.scenario import read_scenario
    from gpsopt.workbooks.template import write_template

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        scenario = None if model is None else read_scenario(model)
        settings = "" if model is None else (model / "model.toml").read_text(encoding="utf-8-sig")
        write_template(path, lang, scenario, settings)
        return path.read_bytes()


def empty_tables() -> bytes:
    """Every table with its header alone."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out:
        for table in SCHEMA.values():
            out.writestr(f"tables/{table.name}.csv", "\ufeff" + ",".join(table.names()) + "\n")
    return stream.getvalue()


def zipped(place: Path) -> bytes:
    """A model folder as one archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out:
        for path in sorted(p for p in place.rglob("*") if p.is_file()):
            out.write(path, path.relative_to(place).as_posix())
    return stream.getvalue()


data()
