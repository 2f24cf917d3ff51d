"""Where nothing fits: the clauses in conflict with their words, and repairs, each of which becomes a scenario."""

from __future__ import annotations

import re
from typing import Any, Final

import streamlit as st
import tomlkit

from gpsopt.errors import GpsoptError
from gpsopt.runs import Record
from gpsopt.screens.asking import solve_now
from gpsopt.screens.checked import findings_of
from gpsopt.screens.visit import Visit
from gpsopt.text import say

_SHOWN: Final = 4  # of what a clause says, before the rest is folded


def no_fit(here: Visit, record: Record) -> None:
    """Why a run has no plan, and what would mend it."""
    st.subheader(here.say("unfit.title", title=record.title(here.lang)), anchor=False)
    if record.status != "infeasible":
        st.warning(here.say("unfit.limit"))
        return
    conflict = here.open(record).conflict
    conflicts: dict[object, dict[str, list[dict[str, Any]]]] = {}
    for entry in conflict.get("conflict", ()):
        rules = conflicts.setdefault(entry.get("conflict"), {})
        rules.setdefault(str(entry.get("clause", "")), []).append(entry)
    if conflicts:
        st.markdown(here.say("unfit.conflict" if len(conflicts) == 1 else "unfit.conflicts", count=len(conflicts)))
    quoted: set[str] = set()  # a source is quoted where it is first named
    for rules in conflicts.values():
        with st.container(border=True):
            for place, (clause, entries) in enumerate(rules.items()):
                _clause(here, place, clause, entries, quote=clause not in quoted)
                quoted.add(clause)
    repairs = list(conflict.get("repairs", ()))
    if repairs:
        st.markdown(f"**{here.say('unfit.repairs')}**")
    for place, repair in enumerate(repairs):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            proven = here.say("unfit.proven" if repair.get("proven") else "unfit.not_proven")
            st.markdown(f"{place + 1}. {_text(here, repair, 'text')}  \n:gray[{proven}]", width="stretch")
            if st.button(here.term("btn_repair"), key=f"repair_{record.seq}_{place}", type="primary"):
                use(here, record, repair, place + 1)
    if not conflict:
        st.info(here.say("unfit.unknown"))
    said = [finding for finding in findings_of(here, record.scenario) if finding.severity != "note"]
    if said:
        with st.expander(here.say("unfit.findings", count=len(said)), expanded=not conflict):
            for finding in said:
                st.markdown(f"▲ {finding.line(here.lang)}")


def _clause(here: Visit, place: int, clause: str, entries: list[dict[str, Any]], *, quote: bool) -> None:
    """A rule that cannot hold with the others: what it asks for, and the words that it comes from."""
    head = f"**{place + 1}. {here.term(clause, 'clauses')}** · {_text(here, entries[0], 'source')}"
    st.markdown(f"{head}\n\n{_list(here, entries[:_SHOWN])}")
    rest = entries[_SHOWN:]
    if rest:
        with st.expander(here.say("unfit.more", count=len(rest))):
            st.markdown(_list(here, rest))
    words = _text(here, entries[0], "quote")
    if words and quote:
        st.caption(f"“{words}”" if here.lang == "zh" else f'"{words}"')


def _list(here: Visit, entries: list[dict[str, Any]]) -> str:
    return "\n".join(f"- {_text(here, entry, 'text')}" for entry in entries)


def _text(here: Visit, entry: dict[str, Any], key: str) -> str:
    return str(entry.get(f"{key}_{here.lang}") or entry.get(f"{key}_zh") or "")


def use(here: Visit, record: Record, repair: dict[str, Any], number: int) -> None:
    """Make the repaired scenario and solve it."""
    folder = here.desk.store.path(record)
    source = (folder / str(repair["file"])).resolve()
    if not source.is_relative_to(folder.resolve()) or not source.is_file():
        st.error(here.say("unfit.file_gone"))
        return
    text = source.read_text(encoding="utf-8")
    # the repair stands beside its run; on the desk it stands beside the scenario that it mends
    text = re.sub(r"(?m)^(base|model)\s*=.*$", f'base = "{record.scenario}"', text, count=1)
    said = tomlkit.parse(text)  # what is changed stands in its question
    for key, lang in (("title", "en"), ("title_zh", "zh")):
        said[key] = say("unfit.repaired", lang, title=record.title(lang), number=number)
    name, again = f"{record.scenario}-{source.stem}"[:56], 1
    taken = {file.name for file in here.scenarios}
    while name in taken:
        again += 1
        name = f"{record.scenario}-{source.stem}"[:56] + f"-{again}"
    if "solver" in said:  # the plan that it begins from stands beside it here too
        said["solver"] |= {"start": f"{name}.csv"}
    text = tomlkit.dumps(said)
    try:
        here.desk.write_scenario(name, text, source.with_suffix(".csv"))
    except GpsoptError as error:
        here.refused(error)
        return
    st.session_state["scenario"] = name
    solve_now(here, name)
