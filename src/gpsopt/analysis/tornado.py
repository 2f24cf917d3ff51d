"""What moves an aim most: each input scaled down and up, one at a time, everything else as it is.

The relaxed model answers (awards may be parts of awards), warm from input to input. Rows feed `report.charts.tornado`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Final

import pandas as pd

from gpsopt.errors import UsageError
from gpsopt.figures import aim_figure
from gpsopt.runread import Run
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.text import say, term
from gpsopt.whatif import Session

#: the inputs that are moved: a table's column as a whole, and the decimals it is rounded to
INPUTS: Final = (
    ("budgets", "amount", 2), ("offers", "price", 6), ("needs", "demand", 2), ("undertakers", "capacity", 2),
    ("direct_lines", "expenditure", 2),
)  # fmt: skip
_SIDES: Final = ("low", "high")


@dataclass(frozen=True)
class Tornado:
    """`base`: aim -> value as things are; `frame`: columns aim, input (table.column), low, high: the aim's value with
    the input scaled by 1 - by and by 1 + by (yuan, or the aim's own unit); None where nothing fits then."""

    by: float
    base: dict[str, float]
    frame: pd.DataFrame
    seconds: float

    def rows(self, aim: str, lang: str) -> pd.DataFrame:
        """Columns name, low, high, low_is, high_is of one aim, as `report.charts.tornado` draws them."""
        here = self.frame[self.frame["aim"] == aim].dropna(subset=list(_SIDES))
        signs = {side: f"{sign}{100 * self.by:g}%" for side, sign in zip(_SIDES, "−+", strict=True)}
        data = [(input_name(i, lang), float(low), float(high), signs["low"], signs["high"])
                for i, low, high in zip(here["input"], here["low"], here["high"], strict=True)]  # fmt: skip
        return pd.DataFrame(data, columns=["name", "low", "high", "low_is", "high_is"])

    def page(self, lang: str = "zh") -> str:
        """The aims, and under each the inputs that move it, the widest first."""
        lines = [say("tornado.title", lang, by=f"{100 * self.by:g}")]
        for aim, value in self.base.items():
            here = self.frame[self.frame["aim"] == aim].to_dict("records")
            lines.append(say("tornado.aim", lang, aim=term(aim, lang, within="aims"), value=aim_figure(aim, value)))
            for row in sorted(here, key=lambda r: -_reach(r, value)):
                cells = {side: _shown(aim, row[side], value, lang) for side in _SIDES}
                lines.append(say("tornado.row", lang, name=input_name(str(row["input"]), lang), **cells))
        lines.append(say("tornado.how", lang, seconds=f"{self.seconds:.1f}"))
        return "\n".join(lines)

    def __repr__(self) -> str:
        return self.page()


def tornado(source: Scenario | Run | str | Path, by: float = 0.1) -> Tornado:
    """Every input of INPUTS scaled by 1 - by and 1 + by. Raises UsageError where `by` is not between 0 and 1, or where
    nothing fits as things are."""
    began = time.monotonic()
    if not 0 < by < 1:
        raise UsageError("tornado_by", by=by)
    scenario = source.scenario if isinstance(source, Run) else source
    scenario = scenario if isinstance(scenario, Scenario) else read_scenario(scenario)
    session = Session(scenario)
    base = {s.name: s.value for s in session.relaxed(scenario).stages}
    if not base:
        raise UsageError("explain_no_plan", run=scenario.name)
    rows = []
    for table, column, places in INPUTS:
        if all(cell is None for cell in scenario.tables[table][column]):
            continue
        found = [session.relaxed(scaled(scenario, table, column, factor, places), checked=True).stages
                 for factor in (1 - by, 1 + by)]  # fmt: skip
        sides = [{s.name: s.value for s in stages} for stages in found]
        rows += [(aim, f"{table}.{column}", *(side.get(aim) for side in sides)) for aim in base]
    frame = pd.DataFrame(rows, columns=["aim", "input", *_SIDES], dtype=object)
    return Tornado(by, base, frame, time.monotonic() - began)


def scaled(scenario: Scenario, table: str, column: str, factor: float, places: int) -> Scenario:
    """The scenario with a column scaled, rounded half up as a change of a scenario file is."""
    frame = scenario.tables[table].copy()
    exact, step = Decimal(str(factor)), Decimal(1).scaleb(-places)
    cells = [None if c is None else (Decimal(c) * exact).quantize(step, ROUND_HALF_UP) for c in frame[column]]
    frame[column] = pd.Series(cells, index=frame.index, dtype=object)
    return replace(scenario, tables=scenario.tables.with_frame(table, frame))


def input_name(key: str, lang: str) -> str:
    """`Budgets · Budget`."""
    table, column = key.split(".")
    return f"{term(table, lang)} · {term(column, lang, within=table)}"


def _reach(row: dict[Any, Any], base: float) -> float:
    return max((abs(row[side] - base) for side in _SIDES if row[side] is not None), default=0.0)


def _shown(aim: str, value: float | None, base: float, lang: str) -> str:
    if value is None or pd.isna(value):
        return say("explain.none", lang)
    return f"{aim_figure(aim, value)} ({aim_figure(aim, value - base, sign=True)})"


__all__ = ["INPUTS", "Tornado", "input_name", "scaled", "tornado"]
