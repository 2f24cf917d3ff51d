"""A simulation on one printed page, in Chinese or English."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table

from gpsopt.money import format_money
from gpsopt.simulation.indicators import SUMS
from gpsopt.text import say

if TYPE_CHECKING:
    from gpsopt.simulation.simulate import Simulation

_WIDTH = 100
_SHOWN = 5


def page_of(simulation: Simulation, lang: str) -> str:
    """The page as text, at most 100 columns wide."""
    out = Console(file=io.StringIO(), force_jupyter=False, width=_WIDTH, highlight=False, markup=False, emoji=False)
    summary = simulation.summary
    title = str(summary["title_zh"] if lang == "zh" else summary["title"])
    out.print(_words("title", lang, title=title, run=summary["run"]))
    out.print(
        _words("asked", lang, draws=f"{summary['draws']:,}", seed=summary["seed"], rows=len(summary["uncertainty"]))
    )
    out.print(_fan(simulation, lang))
    out.print(_words("budgets", lang, at_risk=summary["budgets_at_risk"], all=summary["budgets"]))
    out.print(_words("floors", lang, at_risk=summary["floors_at_risk"], all=summary["floors"]))
    out.print(_hurt(simulation, lang))
    out.print(_drill(simulation, lang))
    out.print(_words("held", lang))
    text: str = out.file.getvalue()  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in text.splitlines())


def _words(key: str, lang: str, **values: object) -> str:
    return say(f"simulation.{key}", lang, **values)


def indicator_name(goal: str, lang: str) -> str:
    """What people call a goal, or a sum that stands beside the goals."""
    return _words(f"sum_{goal}", lang) if goal in SUMS else say(f"goal.{goal}", lang)


def _table(title: str, lang: str, first: str, *others: str) -> Table:
    table = Table(title=_words(title, lang), box=box.SIMPLE, title_justify="left", pad_edge=False)
    table.add_column(_words(first, lang))
    for name in others:
        table.add_column(_words(name, lang), justify="right", no_wrap=True)
    return table


def _fan(simulation: Simulation, lang: str) -> Table:
    """The goals of the last year: plan, mean, the middle nine tenths, the worst tenth, the chance of the target."""
    fan = simulation.frames["fan"]
    table = _table("fan", lang, "goal", "plan", "mean", "range", "worst", "target", "chance")
    for row in fan[fan["year"] == fan["year"].max()].itertuples():
        unit = str(row.unit)
        worth = (row.plan, row.mean, row.p05, row.p95, row.worst_decile, row.target)
        plan, mean, low, high, worst, target = (_figure(v, unit, lang) for v in worth)
        table.add_row(
            indicator_name(str(row.goal), lang), plan, mean, f"{low} … {high}", worst, target,
            "" if _none(row.chance) else f"{row.chance:.0%}",
        )  # fmt: skip
    return table


def _hurt(simulation: Simulation, lang: str) -> Table:
    frame = simulation.frames["hurt"]
    table = _table("hurt", lang, "who", "plan", "mean", "worst")
    tables = simulation.run.scenario.tables
    for kind in ("area", "purchaser"):
        for row in frame[frame["kind"] == kind].head(_SHOWN).itertuples():
            name = _named(tables, f"{kind}s", kind, str(row.key), lang)
            table.add_row(name, *(_figure(v, "yuan", lang) for v in (row.plan, row.mean, row.worst_decile)))
    return table


def _drill(simulation: Simulation, lang: str) -> Table:
    frame = simulation.frames["drill"]
    table = _table("drill", lang, "who", "amount", "recovered", "lost", "fallback")
    tables = simulation.run.scenario.tables
    for row in frame.head(_SHOWN).itertuples():
        fallback = _named(tables, "undertakers", "undertaker", str(row.fallback), lang) if row.fallback else "—"
        table.add_row(
            _named(tables, "undertakers", "undertaker", str(row.undertaker), lang),
            *(_figure(v, "yuan", lang) for v in (row.amount, row.recovered, row.lost)), fallback,
        )  # fmt: skip
    return table


def _named(tables: Any, table: str, column: str, key: str, lang: str) -> str:
    frame = tables[table]
    rows = frame[frame[column] == key]
    if len(rows):
        both = (rows.iloc[0]["name_zh"], rows.iloc[0]["name_en"])
        return str((both[0] or both[1] if lang == "zh" else both[1] or both[0]) or key)
    return key


def _none(value: Any) -> bool:
    return value is None or value != value


def _figure(value: Any, unit: str, lang: str) -> str:
    if _none(value):
        return "—"
    if unit == "share":
        return f"{value:.1%}"
    if unit == "yuan":
        return f"{format_money(round(value * 100), 'wan')} {say('simulation.wan', lang)}"
    return f"{value:,.2f}"
