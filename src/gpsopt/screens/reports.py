"""Reports: the run's tables as CSV in one archive, and the papers that leave the house."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import streamlit as st

from gpsopt.screens.asking import told
from gpsopt.screens.visit import visit


def reports() -> None:
    """The page."""
    here = visit()
    told()
    if here.record is None:
        st.info(here.say("app.no_plan"))
        return
    record = here.record
    folder = here.desk.store.path(record)
    st.caption(here.say("reports.says"))
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{here.say('reports.csv')}**  \n{here.say('reports.csv_says')}", width="stretch")
        st.download_button(here.say("reports.download"), lambda: archive(folder), file_name=f"{record.run}.zip",
                           mime="application/zip", key="csv")  # fmt: skip
    with st.container(border=True):
        st.markdown(f"**{here.say('reports.page')}**")
        st.code(here.open(record).page(here.lang), language=None)


def archive(folder: Path) -> bytes:
    """Every file of a run folder in one zip."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            out.write(path, f"{folder.name}/{path.relative_to(folder).as_posix()}")
    return stream.getvalue()


reports()
