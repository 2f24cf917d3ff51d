"""The goals of 2017 as bullets: each indicator on its own scale, with its target, its path and a word (2(3))."""

from __future__ import annotations

import altair as alt
import pandas as pd

from gpsopt.report.charts.look import Look, dressed, layered, lettering, number, percent, shown_title
from gpsopt.runread import Run, floats
from gpsopt.text import say

#: indicators in which less is better; of the others more is, or neither
LESS: frozenset[str] = frozenset(("area_gap", "unit_cost", "concentration", "stranded", "posts"))


def goal_rows(run: Run) -> pd.DataFrame:
    """Columns goal, year, value, target, met, unit in floats: the run's goals, without those that have no value."""
    rows = floats(run.frame("goals"))
    return rows[rows["value"].notna()].reset_index(drop=True)


def goal_text(value: float, unit: str, look: Look) -> str:
    """An indicator's value as people read it."""
    if unit == "share":
        return percent(value)
    if unit == "yuan":
        return f"{look.amount(value)} {look.word(f'after_{look.unit}')}"
    return f"{value:.0f}" if unit == "year" else number(value)


def bullets(run: Run, look: Look | None = None, *, only_targets: bool = False) -> alt.LayerChart:
    """A bar for the last year, dots for the years before, a bar across for the target; ✓ and × say what is met.

    Each indicator has a scale of its own: shares from nothing to all, the others to a little above the largest value.
    """
    look = look or Look()
    rows = goal_rows(run)
    rows = rows[~rows["goal"].isin(("stranded_end", "posts_paid"))]
    if only_targets:
        rows = rows[rows["target"].notna()]
    goals = list(dict.fromkeys(rows["goal"]))
    last = int(rows["year"].max()) if goals else 0
    points, ends = _bullet_rows(rows, goals, look)
    inks = look.inks
    y = alt.Y("name:N", title=None, sort=list(ends["name"]),
              axis=alt.Axis(labelOverlap=False, ticks=False, domain=False))  # fmt: skip
    x = alt.X("at:Q", axis=None, scale=alt.Scale(domain=[0, 1], nice=False))
    tip = [alt.Tooltip("name:N", title=look.word("value")), alt.Tooltip("year:N", title=look.word("year")),
           alt.Tooltip("shown:N", title=look.word("value"))]  # fmt: skip
    one, path = alt.Chart(ends), alt.Chart(points)
    chart = layered(
        one.mark_bar(height=18, color=inks.grid).encode(x=alt.X("whole:Q", axis=None), y=y),
        path.transform_filter(f"datum.year == {last}").mark_bar(height=9)
        .encode(x=x, y=y, color=alt.Color("colour:N", scale=None), tooltip=tip),
        path.transform_filter(f"datum.year != {last}")
        .mark_point(shape="diamond", filled=True, size=34, color=inks.ink, opacity=0.75, stroke=inks.paper,
                    strokeWidth=0.8)
        .encode(x=x, y=y, tooltip=tip),
        one.transform_filter("isValid(datum.target)").mark_tick(thickness=3, height=20, color=inks.ink)
        .encode(x=alt.X("target:Q", axis=None), y=y),
        lettering(one, align="left", dx=10, color=inks.ink).encode(x=alt.X("whole:Q", axis=None), y=y, text="words:N"),
        width=max(160, look.width - 380), height=alt.Step(32),
    )  # fmt: skip
    if not goals:
        return dressed(chart, look, look.word("goals_title"), look.word("no_goals"))
    subtitle = [look.word("goals_sub", run=shown_title(run, look), year=last), look.word("goals_assumed")]
    return dressed(chart, look, look.word("goals_title"), subtitle)


def _bullet_rows(rows: pd.DataFrame, goals: list[str], look: Look) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Points (name, year, at, shown, colour), one a goal and year, and ends (name, whole, target, words), one a goal.

    at and target are parts of the goal's own scale.
    """
    points, ends = [], []
    for goal in goals:
        own = rows[rows["goal"] == goal].sort_values("year")
        end = own.iloc[-1]
        unit, met = str(end["unit"]), end["met"]
        target = None if pd.isna(end["target"]) else float(end["target"])
        top = 1.0 if unit == "share" else max([*own["value"], target or 0.0]) * 1.15 or 1.0
        name = say(f"goal.{goal}", look.lang)
        words = [goal_text(float(end["value"]), unit, look)]
        colour = look.inks.direct
        if target is not None:
            sign = "≤" if goal in LESS else "≥"
            words += [look.word("target_is", sign=sign, value=goal_text(target, unit, look)),
                      look.word("met" if bool(met) else "missed")]  # fmt: skip
            colour = look.inks.better if bool(met) else look.inks.worse
        for year, value in zip(own["year"], own["value"], strict=True):
            points.append((name, int(year), float(value) / top, goal_text(float(value), unit, look), colour))
        ends.append((name, 1.0, None if target is None else target / top, " · ".join(words)))
    frame = pd.DataFrame(ends, columns=["name", "whole", "target", "words"]).astype({"target": "float64"})
    return pd.DataFrame(points, columns=["name", "year", "at", "shown", "colour"]), frame


__all__ = ["LESS", "bullets", "goal_rows", "goal_text"]
