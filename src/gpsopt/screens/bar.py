"""The bar above every page: what is looked at, in which year and unit; and beside it the language and the model."""

from __future__ import annotations

import re
from collections import Counter

import streamlit as st

from gpsopt.desk import LibraryModel
from gpsopt.errors import GpsoptError
from gpsopt.screens.asking import solve_button
from gpsopt.screens.builtin import speak
from gpsopt.screens.figures import under_way, years_of
from gpsopt.screens.visit import UNITS, Visit
from gpsopt.text import LANGUAGES

_MORE = re.compile(r"[:：（(]")
_LANGUAGE_NAMES = {"zh": "中文", "en": "English"}


def sidebar(here: Visit) -> None:
    """The model that is open, and the language."""
    with st.sidebar:
        models = here.desk.models()
        if models:
            titles = {name: _short(_title(here, name)) for name in models}
            alike = Counter(titles.values())  # two models of one title are told apart by their names
            titles = {name: f"{title} ({name})" if alike[title] > 1 else title for name, title in titles.items()}
            st.selectbox(
                here.say("bar.model"), models, index=models.index(here.model), format_func=lambda name: titles[name],
                key="model_choice", on_change=_open_model, args=(here,),
            )  # fmt: skip
        st.segmented_control(
            here.say("bar.language"), LANGUAGES, format_func=lambda lang: _LANGUAGE_NAMES[lang], default=here.lang,
            key="language_choice", on_change=_speak, args=(here,), required=True,
        )  # fmt: skip
        st.caption(here.say("bar.assumed"))
        speak(here.lang)


def bar(here: Visit, title: str) -> None:
    """The page's title, the run that is looked at, year and unit; a stale result says so on every page."""
    record = here.record
    st.session_state["shown_run"] = record and record.seq
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.title(title, anchor=False)
        if record is not None:
            _choices(here)
    if record is not None:
        _where_from(here)


def _choices(here: Visit) -> None:
    record = here.record
    assert record is not None
    shown = list(here.options)
    if record.seq not in [option.seq for option in shown]:
        shown.append(record)
    names = {r.seq: _name(here, r) for r in shown}
    st.selectbox(
        here.say("bar.run"), list(names), index=list(names).index(record.seq), format_func=lambda seq: names[seq],
        key=f"run_choice_{record.seq}", on_change=_look_at, args=(f"run_choice_{record.seq}",), width=360,
    )  # fmt: skip
    years = years_of(here.open(record))
    if years:
        if st.session_state.get("year") not in years:
            st.session_state["year"] = years[-1]
        st.selectbox(here.say("bar.year"), years, key="year_choice", index=years.index(st.session_state["year"]),
                     on_change=_in_year, width=110)  # fmt: skip
    st.selectbox(
        here.say("bar.unit"), UNITS, index=UNITS.index(here.unit), format_func=lambda u: here.say(f"bar.unit_{u}"),
        key="unit_choice", on_change=_count_in, args=(here,), width=130,
    )  # fmt: skip


def _where_from(here: Visit) -> None:
    """Every number leads to its run: which one, how it ended, and whether it is still true."""
    record = here.record
    assert record is not None
    pinned = here.baseline_record
    parts = [f"{here.say('bar.from_run')} `{record.run}`", here.status(record)]
    if here.once(record, "under_way", under_way):
        parts.append(f"**{here.say('bar.under_way')}**")
    parts.append(here.say("bar.money_in", unit=here.money_unit))
    if pinned is not None:
        is_it = record.seq == pinned.seq
        parts.append(here.say("bar.is_baseline") if is_it else here.say("bar.against", run=pinned.run))
    st.caption(" · ".join(parts))
    if here.stale(record):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"⚠ **{here.say('status.stale')}** — {here.say('bar.stale_says')}")
            if any(file.name == record.scenario and not file.fault for file in here.scenarios):
                solve_button(here, record.scenario, "bar", again=True)


def _name(here: Visit, record: object) -> str:
    from gpsopt.runs import Record

    assert isinstance(record, Record)
    pin = "★ " if record.scenario == here.baseline else ""
    old = f" ⚠{here.say('status.stale')}" if here.stale(record) else ""
    stopped = f" · {here.say('status.stopped')}" if record.stopped else ""
    return f"{pin}{record.title(here.lang)}{stopped}{old}"


def _title(here: Visit, model: str) -> str:
    from gpsopt.errors import ScenarioError
    from gpsopt.tomlfile import read_toml

    try:
        said = read_toml(here.desk.model_folder(model) / "model.toml").data
    except (GpsoptError, ScenarioError):
        return model
    order = ("title_zh", "title") if here.lang == "zh" else ("title", "title_zh")
    return str(next((said[key] for key in order if said.get(key)), model))


def _short(title: str) -> str:
    """A title without what stands behind a colon or in brackets: as much as the narrow list has room for."""
    return _MORE.split(title)[0].strip() or title


def _speak(here: Visit) -> None:
    st.session_state["lang"] = st.session_state["language_choice"] or here.lang
    here.desk.remember(lang=st.session_state["lang"])
    if "lang" in st.query_params:  # a reload is not to go back
        st.query_params["lang"] = st.session_state["asked_language"] = st.session_state["lang"]
    _say_anew()


def _say_anew() -> None:
    """Choices that are open stay open, in the new words: a browser goes on showing the old ones unless it is told."""
    for key, value in dict(st.session_state).items():
        one = isinstance(value, str | int | float | LibraryModel) and not isinstance(value, bool)
        some = isinstance(value, list) and bool(value) and all(isinstance(v, str | int) for v in value)
        if one or some:
            st.session_state[key] = value


def _count_in(here: Visit) -> None:
    st.session_state["unit"] = st.session_state["unit_choice"]
    here.desk.remember(unit=st.session_state["unit"])


def _open_model(here: Visit) -> None:
    st.session_state["model"] = st.session_state["model_choice"]
    st.session_state.pop("run", None)
    here.desk.remember(model=st.session_state["model"])


def _look_at(key: str) -> None:
    st.session_state["run"] = st.session_state[key]


def _in_year() -> None:
    st.session_state["year"] = st.session_state["year_choice"]
