"""Where nothing fits: the clauses in conflict with their words, and repairs, each of which becomes a scenario."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final

import streamlit as st

from gpsopt.errors import GpsoptError
from gpsopt.runs import Record
from gpsopt.screens.asking import solve_now
from gpsopt.screens.checked import findings_of
from gpsopt.screens.visit import Visit

_SHOWN: Final = 3  # of what a clause says, before the rest is folded


def no_fit(here: Visit, record: Record) -> None:
    """Why a run has no plan, and what would mend it."""
    st.subheader(here.say("unfit.title", title=record.title(here.lang)), anchor=False)
    if record.status != "infeasible":
        st.warning(here.say("unfit.limit"))
        return
    conflict = here.open(record).conflict
    for finding in findings_of(here, record.scenario):
        if finding.severity != "note":
            st.markdown(f"▲ {finding.line(here.lang)}")
    for place, entries in enumerate(_alike(conflict.get("conflict", ()))):
        _clause(here, place, entries)
    repairs = list(conflict.get("repairs", ()))
    if repairs:
        st.markdown(f"**{here.say('unfit.repairs')}**")
    for place, repair in enumerate(repairs):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            proven = here.say("unfit.proven" if repair.get("proven") else "unfit.not_proven")
            st.markdown(f"{place + 1}. {_text(here, repair, 'text')}  \n:gray[{proven}]", width="stretch")
            if st.button(here.term("btn_repair"), key=f"repair_{record.seq}_{place}", type="primary"):
                use(here, record, repair)
    if not conflict:
        st.info(here.say("unfit.unknown"))


def _alike(entries: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """What one clause says in one conflict, together."""
    return [list(group) for _key, group in groupby(entries, key=lambda e: (e.get("conflict"), e.get("clause")))]


def _clause(here: Visit, place: int, entries: list[dict[str, Any]]) -> None:
    with st.container(border=True):
        name = here.term(str(entries[0].get("clause", "")), "clauses")
        st.markdown(f"**{place + 1}. {name}** · {_text(here, entries[0], 'source')}")
        for entry in entries[:_SHOWN]:
            st.markdown(_text(here, entry, "text"))
        rest = entries[_SHOWN:]
        if rest:
            with st.expander(here.say("unfit.more", count=len(rest))):
                for entry in rest:
                    st.markdown(_text(here, entry, "text"))
        quote = _text(here, entries[0], "quote")
        if quote:
            st.caption(f"“{quote}”" if here.lang == "zh" else f'"{quote}"')


def _text(here: Visit, entry: dict[str, Any], key: str) -> str:
    return str(entry.get(f"{key}_{here.lang}") or entry.get(f"{key}_zh") or "")


def use(here: Visit, record: Record, repair: dict[str, Any]) -> None:
    """Make the repaired scenario and solve it."""
    folder = here.desk.store.path(record)
    source = (folder / str(repair["file"])).resolve()
    if not source.is_relative_to(folder.resolve()) or not source.is_file():
        st.error(here.say("unfit.file_gone"))
        return
    text = source.read_text(encoding="utf-8")
    # the repair stands beside its run; on the desk it stands beside the scenario that it mends
    text = re.sub(r"(?m)^(base|model)\s*=.*$", f'base = "{record.scenario}"', text, count=1)
    name, number = f"{record.scenario}-{source.stem}"[:56], 1
    taken = {file.name for file in here.scenarios}
    while name in taken:
        number += 1
        name = f"{record.scenario}-{source.stem}"[:56] + f"-{number}"
    try:
        here.desk.write_scenario(name, text)
    except GpsoptError as error:
        here.refused(error)
        return
    solve_now(here, name)
