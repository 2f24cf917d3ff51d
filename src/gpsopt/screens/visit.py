"""What every page is given: whose desk it is, in which language and unit, which run and which baseline.

`visit()` is the first line of every page. Choices live in the session while it lasts and are kept on the desk.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal, TypeVar

import streamlit as st

from gpsopt.desk import Desk, ScenarioFile
from gpsopt.desk.files import is_stale, scenario_files
from gpsopt.errors import GpsoptError
from gpsopt.money import fen, format_money
from gpsopt.report.charts import Look
from gpsopt.report.charts.look import Unit
from gpsopt.runread import Run
from gpsopt.runs import Record
from gpsopt.screens.gate import enter
from gpsopt.screens.opened import opened, shelf
from gpsopt.text import LANGUAGES, say, term

Made = TypeVar("Made")
UNITS: tuple[Unit, ...] = ("yuan", "wan", "yi")


@dataclass(frozen=True)
class Visit:
    """One drawing of a page."""

    desk: Desk
    lang: str
    unit: Unit
    theme: Literal["light", "dark"]

    def say(self, key: str, **values: object) -> str:
        """A message in the visitor's language."""
        return say(key, self.lang, **values)

    def term(self, key: str, within: str = "") -> str:
        """A word for a key."""
        return term(key, self.lang, within)

    def look(self, width: int = 640) -> Look:
        """How charts look to this visitor."""
        return Look(self.lang, self.theme, self.unit, width)

    def money(self, yuan: Decimal, *, sign: bool = False) -> str:
        """An amount in the visitor's unit, without its name."""
        text = format_money(fen(yuan), self.unit).replace("-", "−")
        return f"+{text}" if sign and yuan > 0 else text

    @property
    def money_unit(self) -> str:
        """The name of the visitor's unit."""
        return self.say(f"bar.unit_{self.unit}")

    def amount(self, yuan: Decimal) -> str:
        """An amount in the visitor's unit, with its name behind it."""
        return f"{self.money(yuan)} {self.say(f'bar.after_{self.unit}')}"

    @cached_property
    def scenarios(self) -> list[ScenarioFile]:
        """The scenarios on the model that is open; those that cannot be read as well."""
        return [file for file in scenario_files(self.desk) if file.model == self.model or file.fault]

    @cached_property
    def model(self) -> str:
        """The model that is open; empty where the desk has none."""
        models = self.desk.models()
        chosen = st.session_state.get("model") or self.desk.remembered().get("model")
        return chosen if chosen in models else next(iter(models), "")

    @cached_property
    def records(self) -> list[Record]:
        """Runs of the open model's scenarios, the newest first."""
        names = {file.name for file in self.scenarios}
        return [record for record in self.desk.store.runs(self.desk.owner) if record.scenario in names]

    @cached_property
    def baseline(self) -> str:
        """The scenario that everything is held against: the pinned one, else `baseline`, else the first."""
        names = [file.name for file in self.scenarios if not file.fault]
        pinned = self.desk.remembered().get("baselines", {}).get(self.model)
        return next((name for name in (pinned, "baseline", *names) if name in names), "")

    @cached_property
    def baseline_record(self) -> Record | None:
        """The baseline's newest run that has a plan."""
        return next((r for r in self.records if r.scenario == self.baseline and has_plan(r) and not r.stopped), None)

    @cached_property
    def options(self) -> list[Record]:
        """The newest run with a plan of each scenario, the baseline first."""
        newest: dict[str, Record] = {}
        for record in self.records:
            if has_plan(record):
                newest.setdefault(record.scenario, record)
        return sorted(newest.values(), key=lambda record: record.scenario != self.baseline)

    @cached_property
    def record(self) -> Record | None:
        """The run that is looked at: the chosen one, else the newest with a plan."""
        chosen = st.session_state.get("run")
        by_number: dict[object, Record] = {record.seq: record for record in self.records if has_plan(record)}
        return by_number.get(chosen) or next(iter(by_number.values()), None)

    def newest(self, scenario: str) -> Record | None:
        """The newest run of a scenario, with a plan or without."""
        return next((record for record in self.records if record.scenario == scenario), None)

    def open(self, record: Record) -> Run:
        """A run of this visitor's, read."""
        return opened(self.desk.store.path(record), record.content)

    def once(self, record: Record, what: str, make: Callable[[Run], Made]) -> Made:
        """What `make` works out from a run, in this language, unit and theme: once, then taken from the shelf."""
        kept = shelf(self.desk.store.path(record), record.content)
        key = f"{what} {self.lang} {self.unit} {self.theme}"
        if key not in kept:
            kept[key] = make(self.open(record))
        found: Made = kept[key]
        return found

    def stale(self, record: Record) -> bool:
        """Do today's inputs differ from those of the run?"""
        known: dict[int, bool] = st.session_state.setdefault("stale", {})
        if record.seq not in known:
            known[record.seq] = is_stale(self.desk, record)
        return known[record.seq]

    def status(self, record: Record) -> str:
        """How a run ended, in plain words with a sign, stale results marked."""
        if record.status == "infeasible":
            words = self.say("status.infeasible")
        elif not has_plan(record):
            words = self.say("status.limit_without_plan")
        else:
            words = self.say("status.certified" if record.certified else "status.not_certified")
            if record.stopped:
                words = f"{words} · {self.say('status.stopped')}"
            elif record.status == "limit":
                words = f"{words} · {self.say('status.limit')}"
        return f"{self.say('status.stale')} · {words}" if self.stale(record) else words

    def refused(self, error: GpsoptError) -> None:
        """Show a refusal of ours."""
        st.error(self.words_of(error))

    def words_of(self, error: GpsoptError) -> str:
        """A refusal in the visitor's language, without where on the server the desk stands; a line each."""
        return self.placed(error.text(self.lang)).replace("\n", "\n\n")

    def placed(self, text: str) -> str:
        """A text in which files are named from the desk, not from the server's root."""
        return text.replace(f"{self.desk.folder}{os.sep}", "")


def has_plan(record: Record) -> bool:
    """Does the run hold a plan?"""
    return record.planned


def visit() -> Visit:
    """The visit of this drawing."""
    desk = enter()
    st.session_state["stale"] = {}
    _asked_language(desk)
    kept = desk.remembered()
    for key, known, first in (("lang", LANGUAGES, LANGUAGES[0]), ("unit", UNITS, "wan")):
        if st.session_state.get(key) not in known:
            st.session_state[key] = kept.get(key) if kept.get(key) in known else first
    theme: Any = st.context.theme.type
    return Visit(desk, st.session_state["lang"], st.session_state["unit"], "dark" if theme == "dark" else "light")


def _asked_language(desk: Desk) -> None:
    """A language in the address (`?lang=en`) goes before the one that the desk remembers, and is remembered."""
    asked = st.query_params.get("lang", "")
    if asked in LANGUAGES and st.session_state.get("asked_language") != asked:
        st.session_state["asked_language"] = st.session_state["lang"] = st.session_state["language_choice"] = asked
        desk.remember(lang=asked)


def choose(**values: Any) -> None:
    """Make choices, to be called before the widgets that show them are drawn (from a button's callback)."""
    for key, value in values.items():
        st.session_state[key] = value
