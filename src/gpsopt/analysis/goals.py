"""The scoreboard of the 2017 goals: formula, source, target, value and path by year (2(3)).

The values are those of the run's table `goals` (worked out exactly by `gpsopt.plan.goals`). `fees_followed` is worked
out here once more from the ledger itself, as an auditor would: money moved for the same matter over what it could be.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pandas as pd
from rich import box
from rich.table import Table

from gpsopt.errors import UsageError
from gpsopt.figures import goal_figure
from gpsopt.money import fen
from gpsopt.plan.plan import Result
from gpsopt.runread import Run, as_run
from gpsopt.sheet import Sheet
from gpsopt.text import say

#: goal -> (in which direction it is better, section of the document)
GOALS: Final[dict[str, tuple[str, str]]] = {
    "coverage": ("more", "2(3), 3(1)"),
    "worst_area": ("more", "1(2), 2(3)"),
    "area_gap": ("less", "1(2)"),
    "quality_score": ("more", "3(6)"),
    "purchased_share": ("more", "2(2)2"),
    "purchased_share_basic": ("more", "2(2)2"),
    "purchased_share_non_basic": ("more", "2(2)2"),
    "unit_cost": ("less", "1(1)"),
    "contested_share": ("more", "2(2)3"),
    "concentration": ("less", "2(2)3"),
    "social_part": ("more", "1(3)"),
    "fees_followed": ("more", "3(5)"),
    "stranded": ("less", "3(5)"),
    "stranded_end": ("", "3(5)"),
    "posts": ("less", "2(2)4"),
    "posts_paid": ("", "2(2)4"),
}
_WIDTH: Final = 120


@dataclass(frozen=True)
class Scoreboard:
    """The goals of one run. `frame`: columns goal, unit, better, source, target, met, status, first, last, change and
    one column a year; `ledger`: year -> (fen moved for the same matter, fen it could be) of fees_followed."""

    run: Run
    frame: pd.DataFrame
    ledger: dict[int, tuple[int, int]]

    @property
    def met(self) -> int:
        """Goals with a target that is met in the last year."""
        return sum(1 for met in self.frame["met"] if met is True)

    @property
    def targets(self) -> int:
        return sum(1 for target in self.frame["target"] if target is not None)

    def page(self, lang: str = "zh") -> str:
        """The printed page."""
        return _page(self, lang)

    def document(self, lang: str = "en") -> dict[str, Any]:
        """The scoreboard as JSON-able data, with name and formula in one language."""
        from gpsopt.analysis.compare.document import records

        rows = records(self.frame)
        for row in rows:
            row["name"] = say(f"goal.{row['goal']}", lang)
            row["formula"] = say(f"goalformula.{row['goal']}", lang)
        ledger = {str(year): {"own": f"{own / 100:.2f}", "due": f"{due / 100:.2f}"}
                  for year, (own, due) in self.ledger.items()}  # fmt: skip
        return {"run": self.run.run, "met": self.met, "targets": self.targets, "goals": rows, "ledger": ledger}

    def __repr__(self) -> str:
        return self.page()


def scoreboard(source: Run | Result | str | Path) -> Scoreboard:
    """The goals of a run or plan. Raises UsageError where it has no plan."""
    run = as_run(source)
    if not run.has_plan:
        raise UsageError("no_plan", run=run.run, status=run.status)
    frame = run.frame("goals")
    years = sorted({int(y) for y in frame["year"]})
    rows = []
    for goal in dict.fromkeys(frame["goal"]):
        own = frame[frame["goal"] == goal].sort_values("year")
        path = dict(zip((int(y) for y in own["year"]), own["value"], strict=True))
        end = own.iloc[-1]
        better, section = GOALS.get(str(goal), ("", ""))
        met = None if end["met"] is None or pd.isna(end["met"]) else bool(end["met"])
        first, last = path.get(years[0]), path.get(years[-1])
        change = None if first is None or last is None else last - first
        rows.append((goal, end["unit"], better, section, end["target"], met, end["status"], first, last, change,
                     *(path.get(y) for y in years)))  # fmt: skip
    columns = ["goal", "unit", "better", "source", "target", "met", "status", "first", "last", "change",
               *(str(y) for y in years)]  # fmt: skip
    return Scoreboard(run, pd.DataFrame(rows, columns=columns, dtype=object), fees_in_ledger(run))


def fees_in_ledger(run: Run) -> dict[int, tuple[int, int]]:
    """Year -> (fen of direct lines that paid for the same matter, the most that could have), from the ledger.

    Of matters that are bought and have a line: sum of transfers of use `own`, over the sum of
    min(outlay, E - direct, E*x/D) with E today's expenditure in the year, x units bought, D today's quantity.
    """
    allocation, direct, transfers = run.frame("allocation"), run.frame("direct"), run.frame("transfers")
    outlay: dict[tuple[int, str], int] = defaultdict(int)
    units: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    columns = (allocation[c] for c in ("year", "need", "amount", "quantity"))
    for year, need, amount, quantity in zip(*columns, strict=True):
        outlay[int(year), need] += fen(amount)
        units[int(year), need] += quantity
    own: dict[tuple[int, str], int] = defaultdict(int)
    for year, need, use, amount in zip(*(transfers[c] for c in ("year", "need", "use", "amount")), strict=True):
        if use == "own":
            own[int(year), need] += fen(amount)
    found = {int(y): (0, 0) for y in run.frame("budgets")["year"]}
    today = _today(run)
    rows = (direct[c] for c in ("year", "need", "expenditure", "released", "stranded"))
    for year, need, kept, released, stranded in zip(*rows, strict=True):
        place = int(year), need
        if units[place] and today.get(need):
            freed = fen(released) + fen(stranded)
            fees = int((fen(kept) + freed) * Fraction(units[place]) / today[need])
            moved, due = found[place[0]]
            found[place[0]] = moved + own[place], due + min(outlay[place], freed, fees)
    return dict(sorted(found.items()))


def _today(run: Run) -> dict[str, Fraction]:
    """Need -> today's quantity on the grid, as the plan's first year shows it: kept and moved together."""
    direct = run.frame("direct")
    found: dict[str, Fraction] = {}
    for need, quantity, moved in zip(direct["need"], direct["quantity"], direct["moved"], strict=True):
        if need not in found:
            found[need] = Fraction(quantity + moved)
    return found


def _page(board: Scoreboard, lang: str) -> str:
    out = Sheet(_WIDTH)
    out.print(say("scoreboard.title", lang, title=board.run.title(lang), run=board.run.run), soft_wrap=True)
    years = [c for c in board.frame.columns if c.isdigit()]
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column(say("scoreboard.goal", lang))
    for year in years:
        table.add_column(year, justify="right", no_wrap=True)
    for name in ("target", "met", "source"):
        table.add_column(say(f"scoreboard.{name}", lang), no_wrap=True, justify="right" if name == "target" else "left")
    for row in board.frame.to_dict("records"):
        unit = str(row["unit"])
        name = say(f"goal.{row['goal']}", lang)
        name = say("compare.in_wan", lang, name=name) if unit == "yuan" else name
        sign = {"more": "≥ ", "less": "≤ "}.get(str(row["better"]), "")
        target = "–" if row["target"] is None else sign + goal_figure(row["target"], unit)
        state = "" if row["met"] is None else say("chart.met" if row["met"] else "chart.missed", lang)
        table.add_row(name, *(goal_figure(row[y], unit) for y in years), target, state, str(row["source"]))
    out.print(table, end="")
    out.print(say("scoreboard.counted", lang, met=board.met, targets=board.targets), soft_wrap=True)
    out.print(say("scoreboard.formulas", lang), soft_wrap=True)
    for row in board.frame.to_dict("records"):
        name, formula = say(f"goal.{row['goal']}", lang), say(f"goalformula.{row['goal']}", lang)
        out.print(say("scoreboard.formula", lang, name=name, formula=formula), soft_wrap=True)
    for when, (own, due) in board.ledger.items():
        share = f"{100 * own / due:.1f} %" if due else "–"
        said = {"year": when, "own": f"{own / 100:,.2f}", "due": f"{due / 100:,.2f}", "share": share}
        out.print(say("scoreboard.ledger", lang, **said), soft_wrap=True)
    return out.text()


__all__ = ["GOALS", "Scoreboard", "fees_in_ledger", "scoreboard"]
