"""Any number of runs against a pinned baseline: inputs first, then what they reach, then what they decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from gpsopt.analysis.compare.causes import Cause, causes_between
from gpsopt.analysis.compare.inputs import Difference, difference_frame, differences, option_differences
from gpsopt.analysis.compare.outcomes import (
    aims_beside,
    awards_beside,
    goals_beside,
    missing_beside,
    money_beside,
    movers_between,
)
from gpsopt.errors import UsageError
from gpsopt.plan.plan import Result
from gpsopt.runread import Run, as_run

if TYPE_CHECKING:
    from gpsopt.analysis.compare.attribution import Waterfall

FRAMES: Final = ("inputs", "aims", "goals", "money", "missing", "awards", "movers")


@dataclass(frozen=True)
class Contrast:
    """One run against the baseline. Frames are worked out when first asked for; see `outcomes` for columns."""

    name: str
    base: Run
    other: Run

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """What differs in the inputs, settings, clauses and locks included."""
        return differences(self.base.scenario, self.other.scenario)

    @cached_property
    def causes(self) -> tuple[Cause, ...]:
        """The named changes that lead from the baseline to this run, in the scenario's order."""
        return causes_between(self.base.scenario, self.other.scenario, self.differences)

    @cached_property
    def inputs(self) -> pd.DataFrame:
        """Columns table, key, column, before, after, kind (texts); options of the search last."""
        return difference_frame((*self.differences, *option_differences(self.base, self.other)))

    @property
    def two_plans(self) -> bool:
        """Have both runs a plan? Money, awards and movers are compared only then, and are else empty frames."""
        return self.base.has_plan and self.other.has_plan

    @property
    def same_years(self) -> bool:
        """Do both runs plan the same years? Else their sums are not of the same years, and no aim is marked better."""
        return self.base.scenario.settings.years == self.other.scenario.settings.years

    @cached_property
    def aims(self) -> pd.DataFrame:
        return aims_beside(self.base, self.other)

    @cached_property
    def goals(self) -> pd.DataFrame:
        return goals_beside(self.base, self.other)

    @cached_property
    def money(self) -> pd.DataFrame:
        return _if(money_beside(self.base, self.other), self.two_plans)

    @cached_property
    def missing(self) -> pd.DataFrame:
        return _if(missing_beside(self.base, self.other), self.two_plans)

    @cached_property
    def awards(self) -> pd.DataFrame:
        return _if(awards_beside(self.base, self.other), self.two_plans)

    @cached_property
    def movers(self) -> pd.DataFrame:
        return movers_between(self.money, self.missing)


def _if(frame: pd.DataFrame, wanted: bool) -> pd.DataFrame:
    return frame if wanted else frame.iloc[:0]


@dataclass(frozen=True)
class Comparison:
    """Runs beside the baseline, in the order given. Printing it gives the page."""

    names: tuple[str, ...]
    runs: tuple[Run, ...]
    contrasts: tuple[Contrast, ...]
    waterfalls: Mapping[str, Waterfall] = field(default_factory=dict)  # by the run's name, where asked for
    has_asked: bool = False  # for waterfalls: a run without a plan has none

    @property
    def baseline(self) -> Run:
        return self.runs[0]

    def __getitem__(self, name: str) -> Contrast:
        """The contrast of the run that was given this name."""
        return next(c for c in self.contrasts if c.name == name)

    def frame(self, name: str) -> pd.DataFrame:
        """One of FRAMES over all runs: a column `run` (the given name), then the columns of the contrasts."""
        parts = [getattr(c, name).assign(run=c.name) for c in self.contrasts]
        whole = pd.concat(parts, ignore_index=True)
        return pd.DataFrame(whole[["run", *(c for c in whole.columns if c != "run")]])

    @property
    def inputs(self) -> pd.DataFrame:
        return self.frame("inputs")

    @property
    def aims(self) -> pd.DataFrame:
        return self.frame("aims")

    @property
    def goals(self) -> pd.DataFrame:
        return self.frame("goals")

    @property
    def money(self) -> pd.DataFrame:
        return self.frame("money")

    @property
    def awards(self) -> pd.DataFrame:
        return self.frame("awards")

    @property
    def movers(self) -> pd.DataFrame:
        return self.frame("movers")

    def with_waterfalls(
        self, *, plans: bool = False, gap: float | None = None, time_limit: float | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Comparison:  # fmt: skip
        """The same with what each named change caused, of every run that has a plan as the baseline has.

        Mixtures are solved with awards as fractions, or as proven plans (`plans`), which takes its time.
        """
        from gpsopt.analysis.compare.attribution import waterfall

        asked = {"plans": plans, "gap": gap, "time_limit": time_limit, "progress": progress}
        found = {c.name: waterfall(c, **asked) for c in self.contrasts if c.two_plans}  # type: ignore[arg-type]
        return replace(self, waterfalls=found, has_asked=True)

    def page(self, lang: str = "zh") -> str:
        """The comparison as printed pages."""
        from gpsopt.analysis.compare.page import page_of

        return page_of(self, lang)

    def document(self, lang: str = "en") -> dict[str, Any]:
        """The comparison as JSON-able data: every frame's rows, and the waterfalls where they were asked for."""
        from gpsopt.analysis.compare.document import document_of

        return document_of(self, lang)

    def __repr__(self) -> str:
        return self.page()


def compare(*sources: Run | Result | str | Path, **named: Run | Result | str | Path) -> Comparison:
    """Compare runs or plans with the first one given, the pinned baseline: `compare(baseline=plan, cut=other)`.

    Each is a run folder's path, a Run or a plan. Raises UsageError with fewer than two.
    """
    runs = [as_run(source) for source in (*sources, *named.values())]
    if len(runs) < 2:
        raise UsageError("compare_needs_two")
    names: list[str] = []
    for run, given in zip(runs, (*(None for _ in sources), *named), strict=True):
        name = given or run.name
        if name in names:
            name = run.run
        names.append(name if name not in names else f"{name} ({len(names) + 1})")
    contrasts = tuple(Contrast(name, runs[0], run) for name, run in zip(names[1:], runs[1:], strict=True))
    return Comparison(tuple(names), tuple(runs), contrasts)


__all__ = ["FRAMES", "Comparison", "Contrast", "compare"]
