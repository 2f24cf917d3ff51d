"""Which change caused what: the difference of two runs, shared out among the named changes.

In the scenario's order: what each change adds to those before it. As Shapley values (up to six changes): the mean of
that over all orders, from every mixture of the changes, so that no change gains by standing first. Mixtures are
solved with awards as fractions, or as proven plans. What the parts leave of the difference between the two plans is
shown as a part of its own: whole awards, and what the gaps leave open.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from rich import box
from rich.table import Table

from gpsopt.analysis.compare.causes import Cause, mixture
from gpsopt.analysis.compare.comparison import Contrast
from gpsopt.analysis.compare.wording import cause_name
from gpsopt.analysis.values import Reached, proven, relaxed
from gpsopt.errors import InputError, UsageError
from gpsopt.figures import aim_figure
from gpsopt.text import say, term
from gpsopt.whatif import Session

#: up to so many changes every mixture is solved
MOST: Final = 6
_SIDE_BY_SIDE: Final = 3  # aims in one printed table: 100 cells
_COLUMNS: Final = ("aim", "cause", "in_order", "gap_in_order", "shapley", "gap_shapley")
Mixture = frozenset[int]


@dataclass(frozen=True)
class Waterfall:
    """The parts by aim and change, in the aim's unit (yuan, share).

    `frame`: columns aim, cause (its place among `causes`; None: what is left), in_order, shapley, and the amount
    that gaps leave open of each (gap_in_order, gap_shapley); None where a mixture has no plan or is not solved.
    """

    contrast: Contrast
    causes: tuple[Cause, ...]
    aims: tuple[str, ...]
    frame: pd.DataFrame
    are_plans: bool
    solved: int
    seconds: float

    @property
    def has_shapley(self) -> bool:
        """Were all mixtures solved?"""
        return bool(self.frame["shapley"].notna().any())

    def parts(self, aim: str, lang: str, *, shapley: bool | None = None) -> pd.DataFrame:
        """Columns name, part, gap_amount of one aim, as `report.charts.waterfall` draws them."""
        way = "shapley" if (self.has_shapley if shapley is None else shapley) else "in_order"
        rows = self.frame[self.frame["aim"] == aim]
        data = [
            (self._name(cause, lang), part, gap)
            for cause, part, gap in zip(rows["cause"], rows[way], rows[f"gap_{way}"], strict=True)
            if part is not None and not pd.isna(part)
        ]  # fmt: skip
        return pd.DataFrame(data, columns=["name", "part", "gap_amount"])

    def start(self, aim: str) -> float:
        """The baseline's value of an aim."""
        rows = self.contrast.aims
        return float(rows.loc[rows["aim"] == aim, "before"].iloc[0])

    def printed(self, lang: str) -> Iterator[str | Table]:
        """Lines and tables for the page."""
        yield ""
        yield say("waterfall.title", lang, name=self.contrast.name)
        yield say("waterfall.plans" if self.are_plans else "waterfall.fractions", lang)
        for way in ("in_order", "shapley"):
            if way == "shapley" and not self.has_shapley:
                yield say("waterfall.no_shapley", lang, most=MOST)
                continue
            yield say(f"waterfall.{way}", lang)
            for first in range(0, len(self.aims), _SIDE_BY_SIDE):
                yield self._table(way, self.aims[first : first + _SIDE_BY_SIDE], lang)
        yield say("waterfall.solved", lang, count=self.solved, seconds=f"{self.seconds:.1f}")

    def document(self, lang: str) -> dict[str, Any]:
        """The parts as JSON-able data."""
        rows = [
            {**{str(k): None if pd.isna(v) else v for k, v in row.items() if k != "cause"},
             "cause": self._name(row["cause"], lang),
             "number": None if pd.isna(row["cause"]) else int(row["cause"]) + 1}
            for row in self.frame.to_dict("records")
        ]  # fmt: skip
        return {"plans": self.are_plans, "solved": self.solved, "seconds": round(self.seconds, 3), "parts": rows}

    def _name(self, cause: Any, lang: str) -> str:
        if cause is None or pd.isna(cause):
            return say("waterfall.rest", lang)
        return cause_name(self.causes[int(cause)], lang)

    def _table(self, way: str, aims: tuple[str, ...], lang: str) -> Table:
        table = Table(box=box.SIMPLE, pad_edge=False)
        table.add_column(say("waterfall.change", lang), width=40, overflow="fold")
        for aim in aims:
            table.add_column(term(aim, lang, within="aims"), justify="right", overflow="fold", max_width=16)
        rows: dict[str, Any] = {r["aim"]: r for r in self.contrast.aims.to_dict("records")}
        table.add_row(say("compare.baseline", lang), *(aim_figure(a, rows[a]["before"]) for a in aims))
        for place in (*range(len(self.causes)), None):
            cells = [self._cell(aim, place, way) for aim in aims]
            table.add_row(self._name(place, lang), *cells)
        table.add_row(self.contrast.name, *(aim_figure(a, rows[a]["after"]) for a in aims))
        return table

    def _cell(self, aim: str, place: int | None, way: str) -> str:
        here = self.frame[self.frame["aim"] == aim]
        row = here[here["cause"].isna()] if place is None else here[here["cause"] == place]
        part, gap = row[way].iloc[0], row[f"gap_{way}"].iloc[0]
        if part is None or pd.isna(part):
            return "–"
        open_ = aim_figure(aim, abs(float(gap or 0)), sign=True).lstrip("+")
        return aim_figure(aim, float(part), sign=True) + (f" ±{open_}" if open_.strip("0.,") else "")


def waterfall(
    contrast: Contrast,
    *,
    plans: bool = False,
    gap: float | None = None,
    time_limit: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Waterfall:
    """Share the difference of two runs out among the named changes; `plans`: solve every mixture to a proven plan.

    Raises UsageError where one of the runs has no plan.
    """
    for run in (contrast.base, contrast.other):
        if not run.has_plan:
            raise UsageError("no_plan", run=run.run, status=run.status)
    began, causes = time.monotonic(), contrast.causes
    count = len(causes)
    full = count <= MOST
    wanted = _mixtures(count, full)
    reached: dict[Mixture, Reached | None] = {}
    session = None if plans else Session(contrast.base.scenario)
    for done, members in enumerate(wanted, 1):
        reached[members] = _solved(contrast, causes, members, session, gap, time_limit)
        if progress is not None:
            progress(done, len(wanted))
    rows = contrast.aims
    both = [str(a) for a, x, y in zip(rows["aim"], rows["before"], rows["after"], strict=True)
            if not (pd.isna(x) or pd.isna(y))]  # fmt: skip
    aims = tuple(a for a in both if all(r is None or a in r.values for r in reached.values()))
    found = [row for aim in aims for row in _parts(contrast, reached, aim, count, full)]
    frame = pd.DataFrame(found, columns=list(_COLUMNS), dtype=object)
    return Waterfall(contrast, causes, aims, frame, plans, len(wanted), time.monotonic() - began)


def _mixtures(count: int, full: bool) -> list[Mixture]:
    """The mixtures to solve: all of them, or those met when the changes come one after the other."""
    if full:
        return [frozenset(s) for k in range(count + 1) for s in itertools.combinations(range(count), k)]
    return [frozenset(range(k)) for k in range(count + 1)]


def _solved(
    contrast: Contrast, causes: tuple[Cause, ...], members: Mixture, session: Session | None, gap: float | None,
    time_limit: float | None,
) -> Reached | None:  # fmt: skip
    base, other = contrast.base.scenario, contrast.other.scenario
    scenario = mixture(base, other, [causes[k] for k in sorted(members)])
    try:
        return proven(scenario, gap, time_limit) if session is None else relaxed(scenario, session)
    except InputError:  # changes that do not stand without each other
        return None


def _parts(
    contrast: Contrast, reached: dict[Mixture, Reached | None], aim: str, count: int, full: bool
) -> Iterator[tuple[Any, ...]]:
    """Rows of one aim: a part for each change, then what is left of the difference between the two plans."""

    def step(members: Mixture, cause: int) -> tuple[float, float] | None:
        before, after = reached.get(members), reached.get(members | {cause})
        if before is None or after is None:
            return None
        return after.values[aim] - before.values[aim], before.gaps[aim] + after.gaps[aim]

    ordered, shared = [], []
    for cause in range(count):
        ordered.append(step(frozenset(range(cause)), cause))
        shared.append(_shapley(step, cause, count) if full else None)
        row = [x for part in (ordered[-1], shared[-1]) for x in (part or (None, None))]
        yield (aim, cause, *row)
    entry: dict[str, Any] = next(r for r in contrast.aims.to_dict("records") if r["aim"] == aim)  # type: ignore[misc]
    whole = float(entry["change"])
    gaps = sum(float(g) for g in (entry["gap_before"], entry["gap_after"]) if g is not None and not pd.isna(g))
    rest: list[float | None] = []
    for parts in (ordered, shared):
        known = [part[0] for part in parts if part is not None]
        rest += [whole - sum(known), gaps] if len(known) == count else [None, None]
    yield (aim, None, *rest)


def _shapley(
    step: Callable[[Mixture, int], tuple[float, float] | None], cause: int, count: int
) -> tuple[float, float] | None:
    """The change's mean step over all orders, with the mean of what the gaps leave open."""
    others = [k for k in range(count) if k != cause]
    part = open_ = 0.0
    for size in range(count):
        weight = math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count)
        for members in itertools.combinations(others, size):
            found = step(frozenset(members), cause)
            if found is None:
                return None
            part += weight * found[0]
            open_ += weight * found[1]
    return part, open_


__all__ = ["MOST", "Waterfall", "waterfall"]
