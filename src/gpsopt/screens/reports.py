"""Reports: the brief as PDF, slides, memo and page, the workbook, the papers to publish and to book, the run itself."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from gpsopt.desk.asking import ask_for_papers, papers_request
from gpsopt.jobs.papers import FORMS
from gpsopt.report.paper import WAN
from gpsopt.report.papers import papers_of
from gpsopt.runs import Record
from gpsopt.screens.asking import told
from gpsopt.screens.empty import nothing_yet
from gpsopt.screens.shown import bare, percent, tall
from gpsopt.screens.study import study
from gpsopt.screens.visit import Visit, visit
from gpsopt.text import LANGUAGES

_MOST = 4  # options side by side
_MIME = {
    ".pdf": "application/pdf", ".html": "text/html", ".zip": "application/zip",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip
_SHOWN = 500  # rows of a paper on the screen


def reports() -> None:
    """The page."""
    here = visit()
    told()
    if here.record is None:
        nothing_yet(here)
        return
    st.caption(here.say("reports.says"))
    with st.container(border=True):
        brief(here, here.record)
    with st.container(border=True):
        papers(here, here.record)
    folder = here.desk.store.path(here.record)
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{here.say('reports.csv')}**  \n{here.say('reports.csv_says')}", width="stretch")
        st.download_button(here.say("reports.download"), lambda: archive(folder), file_name=f"{here.record.run}.zip",
                           mime="application/zip", key="csv")  # fmt: skip
    with st.expander(here.say("reports.page")):
        st.code(here.open(here.record).page(here.lang), language=None)


def brief(here: Visit, record: Record) -> None:
    """Everything that leaves the house, made in one go; its pages to look at first."""
    st.markdown(f"**{here.say('papers.brief')}**  \n{here.say('papers.brief_says')}")
    others = {r.seq: r.title(here.lang) for r in here.options if r.seq != record.seq and not here.stale(r)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        beside = st.multiselect(
            here.say("papers.beside", title=record.title(here.lang)),
            list(others),
            format_func=lambda seq: others[seq],
            max_selections=_MOST - 1,
            key="papers_beside",
            placeholder=here.say("app.choose"),
        )
        lang = st.selectbox(
            here.say("papers.lang"),
            LANGUAGES,
            index=LANGUAGES.index(here.lang),
            width=160,
            format_func=lambda tongue: {"zh": "中文", "en": "English"}[tongue],
            key="papers_lang",
        )
    records = [*(r for r in here.options if r.seq in beside), record]
    if here.stale(record):
        st.warning(f"⚠ {here.say('papers.stale')}")
    answer = study(here, "report", papers_request(records, lang), lambda: ask_for_papers(here.desk, records, lang),
                   here.term("btn_brief"), "make_papers", primary=True)  # fmt: skip
    if answer is None:
        return
    place = here.desk.store.folder / str(answer["folder"])
    if not place.is_dir():
        st.warning(here.say("papers.gone"))
        if st.button(here.term("btn_brief"), key="papers_again", type="primary"):
            ask_for_papers(here.desk, records, lang)
            st.rerun()
        return
    with st.container(horizontal=True):
        for form, file in zip((*FORMS, ".zip"), answer["files"], strict=True):
            st.download_button(here.say(f"papers.form_{form.removeprefix('.')}"), (place / file).read_bytes, file,
                               _MIME[form], key=f"paper_{form}")  # fmt: skip
    preview(here, place, answer)


def preview(here: Visit, place: Path, answer: dict[str, Any]) -> None:
    """The pages as they are printed."""
    with st.expander(here.say("papers.preview"), expanded=True):
        columns = st.columns(max(2, int(answer["pages"])))
        for number, column in zip(range(1, int(answer["pages"]) + 1), columns, strict=False):
            column.image((place / f"page-{number}.png").read_bytes(),
                         caption=here.say("papers.page_of", number=number, of=answer["pages"]))  # fmt: skip


def papers(here: Visit, record: Record) -> None:
    """The papers a plan turns into, each to be read here."""
    st.markdown(f"**{here.say('papers.papers')}**  \n{here.say('papers.papers_say')}")
    year, base = int(st.session_state["year"]), here.baseline_record
    known = {paper.key: paper for paper in here.once(
        record, f"papers {year} {base and base.content}",
        lambda run: papers_of(run, here.lang, year, here.open(base) if base is not None else None),
    )}  # fmt: skip
    key = st.selectbox(
        here.say("papers.which"), list(known), key="paper", width=420,
        format_func=lambda k: f"{known[k].title(here.lang)} · "
                              f"{here.say('papers.public' if known[k].public else 'papers.inside')}",
    )  # fmt: skip
    paper = known[key]
    head = [f"{title}{' ' * place}" for place, title in enumerate(paper.head(here.lang))]  # no two heads are equal
    kinds = [column.kind for column in paper.columns]
    rows = [[_cell(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in paper.rows[:_SHOWN]]
    table = pd.DataFrame(rows, columns=head)
    if bare(here, table):
        return
    st.dataframe(table, hide_index=True, key=f"paper_{key}", height=tall(table, 9), placeholder="—")
    colon = "：" if here.lang == "zh" else ": "
    sums = " · ".join(
        f"{title}{colon}{_cell(paper.total(column.name), column.kind)}"
        for column, title in zip(paper.columns, paper.head(here.lang), strict=True) if column.summed
    )  # fmt: skip
    said = here.say("papers.rows", count=len(paper.rows))
    if len(paper.rows) > _SHOWN:
        said += f" · {here.say('papers.first', count=_SHOWN)}"
    st.caption(f"{said} · {here.say('papers.sums', sums=sums)}" if sums else said)


def _cell(value: object, kind: str) -> str:
    """A cell as it stands on paper: money in full, shares as per cent, quantities without idle zeros."""
    if not isinstance(value, Decimal):
        return "" if value is None else str(value)
    if kind == "share":
        return percent(value)
    if kind == "number":
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{value / WAN if kind == 'wan' else value:,.2f}"


def archive(folder: Path) -> bytes:
    """Every file of a run folder in one zip."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            out.write(path, f"{folder.name}/{path.relative_to(folder).as_posix()}")
    return stream.getvalue()


reports()
