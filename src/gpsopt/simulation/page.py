"""A simulation on one printed page, in Chinese or English."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich import box
from rich.table import Table

from gpsopt.money import format_money
from gpsopt.sheet import Sheet
from gpsopt.simulation.indicators import SUMS
from gpsopt.text import say, term

if TYPE_CHECKING:
    from gpsopt.simulation.simulate import Simulation

_WIDTH = 100
_SHOWN = 5
_LARGE = 10_000_000  # yuan
#: goals whose chance of being moved is shown on the page: what is missing, and what it costs
_LED = ("livelihood_shortfall", "shortfall", "outlay")


def page_of(simulation: Simulation, lang: str) -> str:
    """The page as text, at most 100 columns wide."""
    out = Sheet(_WIDTH)
    summary, frames = simulation.summary, simulation.frames
    title = str(summary["title_zh"] if lang == "zh" else summary["title"])
    out.print(_words("title", lang, title=title, run=summary["run"]))
    asked = "asked" if summary["kind"] == "held" else "asked_replanned"
    out.print(
        _words(asked, lang, draws=f"{summary['draws']:,}", seed=summary["seed"], rows=len(summary["uncertainty"]))
    )
    if "replans" in frames:
        out.print(_replans(simulation, lang))
    out.print(_fan(simulation, lang))
    out.print(_words("budgets", lang, at_risk=summary["budgets_at_risk"], all=summary["budgets"]))
    floors = "floors" if summary["floors"] else "floors_none"
    out.print(_words(floors, lang, at_risk=summary["floors_at_risk"], all=summary["floors"]))
    out.print(_hurt(simulation, lang))
    if "stability" in frames:
        out.print(_words("stability", lang, **summary["awards"], draws=f"{summary['planned_anew']:,}",
                         gap=f"{summary['gap']:.2%}"))  # fmt: skip
        out.print(_stability(simulation, lang))
    out.print(_tornado(simulation, lang))
    if "importance" in frames:
        out.print(_importance(simulation, lang))
    if "regret" in frames:
        out.print(_regret(simulation, lang))
    out.print(_drill(simulation, lang))
    out.print(_words("held", lang))
    return out.text()


def _words(key: str, lang: str, **values: object) -> str:
    return say(f"simulation.{key}", lang, **values)


def indicator_name(goal: str, lang: str) -> str:
    """What people call a goal, or a sum that stands beside the goals."""
    return _words(f"sum_{goal}", lang) if goal in SUMS else say(f"goal.{goal}", lang)


def _table(title: str, lang: str, first: str, *others: str) -> Table:
    table = Table(title=_words(title, lang), box=box.SIMPLE, title_justify="left", pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(_words(first, lang), min_width=16)
    for name in others:
        table.add_column(_words(name, lang), justify="right", overflow="fold")
    return table


def _fan(simulation: Simulation, lang: str) -> Table:
    """The goals of the last year: plan, mean, the middle nine tenths, the worst tenth, the chance of the target."""
    fan = simulation.frames["fan"]
    table = _table("fan", lang, "goal", "plan", "mean", "range", "worst", "target", "chance")
    for column in table.columns[1:]:
        column.no_wrap = True  # a name may take two lines, a range never
    for row in fan[fan["year"] == fan["year"].max()].itertuples():
        unit = str(row.unit)
        worth = (row.plan, row.mean, row.p05, row.p95, row.worst_decile, row.target)
        plan, mean, low, high, worst, target = _alike(worth, unit)
        table.add_row(
            indicator_name(str(row.goal), lang), plan, mean, f"{low} … {high}", worst, target,
            "" if _none(row.chance) else f"{row.chance:.0%}",
        )  # fmt: skip
    return table


def _alike(worth: Sequence[Any], unit: str) -> list[str]:
    """The figures of a row: money in 万元 with two decimals, with one where it runs to thousands of them."""
    said = [v for v in worth if not _none(v)]
    if unit != "yuan" or max(map(abs, said), default=0) < _LARGE:
        return [_figure(v, unit) for v in worth]
    return ["—" if _none(v) else f"{v / 10_000:,.1f}" for v in worth]


def _replans(simulation: Simulation, lang: str) -> str:
    """How the plans of the later years came about."""
    frame = simulation.frames["replans"]
    found = frame[frame["end"] != "first"].groupby("end")["futures"].sum()
    ends = {end: int(found.get(end, 0)) for end in ("planned", "softened", "unmoved", "none")}
    return _words("replans", lang, all=int(found.sum()), **ends)


def _hurt(simulation: Simulation, lang: str) -> Table:
    frame = simulation.frames["hurt"]
    table = _table("hurt", lang, "who", "plan", "mean", "worst")
    for kind in ("area", "purchaser"):
        for row in frame[frame["kind"] == kind].head(_SHOWN).itertuples():
            name = _named(simulation, f"{kind}s", kind, row.key, lang)
            table.add_row(name, *(_figure(v, "yuan") for v in (row.plan, row.mean, row.worst_decile)))
    return table


def _stability(simulation: Simulation, lang: str) -> Table:
    """The awards of the plan that the fewest futures choose again."""
    frame = simulation.frames["stability"]
    table = _table("stability_table", lang, "award", "who", "again", "holds", "instead")
    shaky = frame[frame["planned"]].sort_values(["chance", "year", "need", "offer"], kind="stable")
    for row in shaky.head(_SHOWN).itertuples():
        who = _named(simulation, "undertakers", "undertaker", row.undertaker, lang)
        table.add_row(f"{row.year} {row.need} · {row.offer}", who, f"{row.chance:.0%}",
                      _words(f"holds_{row.holds}", lang), str(row.instead) or "—")  # fmt: skip
    return table


def _tornado(simulation: Simulation, lang: str) -> Table:
    """For each of the leading sums, the uncertainties that move it most, one at a time."""
    frame = simulation.frames["tornado"]
    table = _table("tornado", lang, "sum", "uncertainty", "plan", "low", "high")
    for goal in _LED:
        rows = frame[(frame["goal"] == goal) & (frame["swing"] > 0)]
        for row in rows.head(3).itertuples():
            table.add_row(indicator_name(goal, lang), _factor(row.uncertainty, row.factor, lang),
                          *(_figure(v, "yuan") for v in (row.plan, row.low, row.high)))  # fmt: skip
    return table


def _importance(simulation: Simulation, lang: str) -> Table:
    frame: pd.DataFrame = simulation.frames["importance"]
    table = _table("importance", lang, "sum", "uncertainty", "first", "total")
    for goal in _LED:
        for row in frame[frame["goal"] == goal].head(3).itertuples():
            parts = (f"{row.first:.2f} ±{row.first_conf:.2f}", f"{row.total:.2f} ±{row.total_conf:.2f}")
            table.add_row(indicator_name(goal, lang), str(row.uncertainty), *parts)
    return table


def _regret(simulation: Simulation, lang: str) -> Table:
    frame = simulation.frames["regret"]
    table = _table("regret", lang, "run", "sum", "mean", "given_away", "worst", "best")
    for goal in _LED:
        for row in frame[frame["goal"] == goal].itertuples():
            table.add_row(str(row.run), indicator_name(goal, lang),
                          *(_figure(v, "yuan") for v in (row.mean, row.regret, row.worst_decile)),
                          f"{row.best:.0%}")  # fmt: skip
    return table


def _factor(key: Any, factor: Any, lang: str) -> str:
    return f"{term(str(factor), lang)} ({key})"


def _drill(simulation: Simulation, lang: str) -> Table:
    frame = simulation.frames["drill"]
    table = _table("drill", lang, "who", "amount", "recovered", "lost", "fallback")
    for row in frame.head(_SHOWN).itertuples():
        fallback = _named(simulation, "undertakers", "undertaker", row.fallback, lang) if row.fallback else "—"
        table.add_row(
            _named(simulation, "undertakers", "undertaker", row.undertaker, lang),
            *(_figure(v, "yuan") for v in (row.amount, row.recovered, row.lost)), fallback,
        )  # fmt: skip
    return table


def _named(simulation: Simulation, table: str, column: str, key: Any, lang: str) -> str:
    frame = simulation.run.scenario.tables[table]
    rows = frame[frame[column] == key]
    if len(rows):
        both = (rows.iloc[0]["name_zh"], rows.iloc[0]["name_en"])
        return str((both[0] or both[1] if lang == "zh" else both[1] or both[0]) or key)
    return str(key)


def _none(value: Any) -> bool:
    return value is None or value != value


def _figure(value: Any, unit: str) -> str:
    """Shares as per cent, money in 万元, the rest as it is."""
    if _none(value):
        return "—"
    if unit == "share":
        return f"{value:.1%}"
    return format_money(round(value * 100), "wan") if unit == "yuan" else f"{value:,.2f}"
