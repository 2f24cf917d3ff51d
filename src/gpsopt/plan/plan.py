"""Plan: a scenario's answer. Tidy frames, a summary, the verdict of its own check, one printed page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from gpsopt.plan.page import page_of
from gpsopt.scenario import Scenario


@dataclass(frozen=True)
class Result:
    """How a run ended, with a plan or without: what a run folder is written from.

    `frames`: name -> table; `summary` and `manifest` as in the files of a run folder.
    """

    scenario: Scenario
    frames: Mapping[str, pd.DataFrame]
    summary: Mapping[str, Any]
    manifest: Mapping[str, Any]

    @property
    def run(self) -> str:
        """The name of its run folder: scenario and eight letters of the request's hash."""
        return str(self.summary["run"])

    @property
    def status(self) -> str:
        """optimal, within_gap, limit or infeasible."""
        return str(self.summary["status"])

    def page(self, lang: str = "zh") -> str:
        """One printed page."""
        return page_of(self.scenario, self.frames, self.summary, lang)

    def __repr__(self) -> str:
        return self.page()


@dataclass(frozen=True, repr=False)
class Plan(Result):
    """A result that has a plan. Money and quantities in the frames are exact decimals."""

    @property
    def certified(self) -> bool:
        """Did the plan pass its own check, rule by rule, in exact fen?"""
        return bool(self.summary["certified"])

    @property
    def allocation(self) -> pd.DataFrame:
        """Assumed awards: what is bought from whom, at what price."""
        return self.frames["allocation"]

    @property
    def direct(self) -> pd.DataFrame:
        """What stays with the government, what it sets free and what stays stranded."""
        return self.frames["direct"]

    @property
    def transfers(self) -> pd.DataFrame:
        """The ledger: every movement between lines, by rule."""
        return self.frames["transfers"]

    @property
    def coverage(self) -> pd.DataFrame:
        """Demand, target, served and shortfall of every need and year."""
        return self.frames["coverage"]

    @property
    def budgets(self) -> pd.DataFrame:
        """The identity of every purchaser and year."""
        return self.frames["budgets"]

    @property
    def undertakers(self) -> pd.DataFrame:
        """Awards, money and capacity used of every undertaker and year."""
        return self.frames["undertakers"]

    @property
    def goals(self) -> pd.DataFrame:
        """The 2017 indicators by year."""
        return self.frames["goals"]

    @property
    def excluded(self) -> pd.DataFrame:
        """Pairs that may not be used, with clause and reason."""
        return self.frames["excluded"]

    @property
    def violations(self) -> pd.DataFrame:
        """Broken limits of soft clauses, each by how much in its own unit; no row where no clause is soft."""
        found = self.frames.get("violations")
        return pd.DataFrame(columns=["clause", "index", "year", "amount", "unit"]) if found is None else found

    @property
    def prices(self) -> pd.DataFrame:
        """What a clause costs at the margin, with the awards held."""
        return self.frames["prices"]

    def __repr__(self) -> str:
        return self.page()
