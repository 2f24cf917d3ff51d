"""Many futures in one picture: fans by year, what moves a sum, which awards hold, who would be missed."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from gpsopt.report.charts.look import Look, dressed, layered, lettering, number, percent
from gpsopt.simulation.page import indicator_name

#: how an award holds -> its mark: told by shape and word, not by colour alone
_MARKS = {"safe": "●", "open": "◐", "fragile": "○"}


def _shown(unit: str, look: Look) -> tuple[float, str]:
    """(what a value is divided by, the unit of the axis)."""
    if unit == "share":
        return 0.01, "%"
    return (1 / look.money(1.0), look.money_unit) if unit == "yuan" else (1.0, "")


def _said(value: Any, unit: str, look: Look) -> str:
    if unit == "share":
        return percent(float(value))
    return look.amount(float(value)) if unit == "yuan" else number(float(value))


def _titled(goal: str, unit: str, look: Look) -> str:
    name, shown = indicator_name(goal, look.lang), _shown(unit, look)[1]
    return f"{name}{look.word('in_unit', unit=shown) if shown else ''}"


def fan_rows(fan: pd.DataFrame, goal: str, look: Look) -> pd.DataFrame:
    """A goal's years as the chart shows them: values in the reader's unit, and what the tooltip says."""
    rows = fan[fan["goal"] == goal].dropna(subset=["p50"]).copy()
    unit = str(rows["unit"].iloc[0]) if len(rows) else ""
    by = _shown(unit, look)[0]
    rows["words"] = [
        f"{_said(r.p05, unit, look)} … {_said(r.p50, unit, look)} … {_said(r.p95, unit, look)}"
        for r in rows.itertuples()
    ]  # fmt: skip
    for column in ("plan", "mean", "p05", "p25", "p50", "p75", "p95", "worst_decile", "target"):
        rows[column] = pd.to_numeric(rows[column], errors="coerce") / by
    return rows.reset_index(drop=True)


def fan(frame: pd.DataFrame, goal: str, look: Look | None = None, *, title: str = "",
        subtitle: str | list[str] = "") -> alt.LayerChart:  # fmt: skip
    """A goal by year: nine tenths and half of the futures as bands, their median, the plan (dashed), the target.

    `frame`: the table `fan` of a simulation.
    """
    look = look or Look()
    inks = look.inks
    rows = fan_rows(frame, goal, look)
    unit = str(frame.loc[frame["goal"] == goal, "unit"].iloc[0])
    base = alt.Chart(rows)
    x = alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0))
    y = alt.Y("p05:Q", title=_titled(goal, unit, look), scale=alt.Scale(zero=False, padding=16))
    tip = [alt.Tooltip("year:O", title=look.word("year")), alt.Tooltip("words:N", title=look.word("fan_lie"))]
    layers: list[Any] = [
        base.mark_area(color=inks.line, opacity=0.25).encode(x=x, y=y, y2="p95:Q", tooltip=tip),
        base.mark_area(color=inks.line, opacity=0.45).encode(x=x, y="p25:Q", y2="p75:Q", tooltip=tip),
        base.mark_rule(color=inks.line, strokeWidth=3).encode(x=x, y="p05:Q", y2="p95:Q", tooltip=tip),
        base.mark_line(color=inks.direct, strokeWidth=2.5).encode(x=x, y="p50:Q"),
        base.mark_point(color=inks.direct, filled=True, size=60).encode(x=x, y="p50:Q", tooltip=tip),
        base.mark_line(color=inks.ink, strokeDash=[6, 4]).encode(x=x, y="plan:Q"),
        base.mark_point(color=inks.ink, shape="diamond", size=60).encode(x=x, y="plan:Q"),
    ]  # fmt: skip
    if rows["target"].notna().any():
        last = rows.tail(1).assign(said=[look.word("target_is", sign="", value=_said(
            float(rows["target"].iloc[-1]) * _shown(unit, look)[0], unit, look))])  # fmt: skip
        layers += [
            alt.Chart(last).mark_rule(color=inks.worse, strokeWidth=1.5).encode(y="target:Q"),
            lettering(alt.Chart(last), align="left", dy=-7, color=inks.worse, x=4).encode(y="target:Q", text="said:N"),
        ]
    chart = layered(*layers, width=look.width, height=260)
    return dressed(chart, look, title or indicator_name(goal, look.lang), subtitle or look.word("fan_sub"))


def swings(frame: pd.DataFrame, goal: str, names: dict[str, str], look: Look | None = None, *,
           unit: str = "yuan", title: str = "", subtitle: str | list[str] = "") -> alt.LayerChart:  # fmt: skip
    """What moves a goal most: a bar from its value with one uncertainty at its 10 % level to that at 90 %.

    `frame`: the table `tornado` of a simulation; `names`: words for the keys of the uncertainties.
    """
    look = look or Look()
    inks, by = look.inks, _shown(unit, look)[0]
    rows = frame[(frame["goal"] == goal) & (frame["swing"] > 0)].copy()
    rows["name"] = [names.get(str(key), str(key)) for key in rows["uncertainty"]]
    rows["words"] = [f"{_said(r.low, unit, look)} … {_said(r.high, unit, look)}" for r in rows.itertuples()]
    for column in ("plan", "low", "high"):
        rows[column] = rows[column] / by
    ends = pd.concat([rows["plan"], rows["low"], rows["high"]])
    rows["edge"] = rows[["plan", "low", "high"]].max(axis=1)
    reach = float(ends.max() - ends.min()) if len(rows) else 1.0
    domain = [float(ends.min()) - 0.1 * reach, float(ends.max()) + 0.5 * reach] if len(rows) else [0.0, 1.0]
    y = alt.Y("name:N", sort=list(rows["name"]), title=None, axis=alt.Axis(ticks=False, labelLimit=330))
    x = alt.X("plan:Q", title=_titled(goal, unit, look), scale=alt.Scale(domain=domain, nice=False, zero=False))
    base = alt.Chart(rows)
    sides = [look.word("level_low"), look.word("level_high")]
    layers: list[Any] = [
        base.transform_calculate(side=f"'{word}'").mark_bar(height=14, yOffset=shift).encode(
            x=x, x2=f"{column}:Q", y=y,
            color=alt.Color("side:N", title=None, scale=alt.Scale(domain=sides, range=[inks.line, inks.direct])),
        )
        for column, word, shift in (("low", sides[0], -4), ("high", sides[1], 4))
    ]  # fmt: skip
    layers += [
        base.mark_rule(color=inks.ink).encode(x="mean(plan):Q"),
        lettering(base, align="left", dx=6, color=inks.ink).encode(x=alt.X("edge:Q"), y=y, text="words:N"),
    ]
    chart = layered(*layers, width=max(240, look.width - 230), height=alt.Step(34))
    heading = title or look.word("swings_title", goal=indicator_name(goal, look.lang))
    return dressed(chart, look, heading, subtitle or look.word("swings_sub"))


def stability(frame: pd.DataFrame, names: dict[str, str], look: Look | None = None, *, most: int = 20,
              title: str = "", subtitle: str | list[str] = "") -> alt.LayerChart:  # fmt: skip
    """The awards that the fewest futures choose again: ● safe, ◐ open, ○ fragile.

    `frame`: the table `stability` of a simulation; `names`: words for the keys of the undertakers.
    """
    look = look or Look()
    inks = look.inks
    rows = frame[frame["planned"]].sort_values(["chance", "year", "need", "offer"], kind="stable").head(most).copy()
    rows["name"] = [
        f"{r.year} {r.need} · {names.get(str(r.undertaker), str(r.undertaker))}" for r in rows.itertuples()
    ]  # fmt: skip
    rows["name"] = [f"{n} ({o})" if twice else n for n, o, twice in
                    zip(rows["name"], rows["offer"], rows["name"].duplicated(keep=False), strict=True)]  # fmt: skip
    rows["holds_name"] = [f"{_MARKS[h]} {look.word(f'holds_{h}')}" for h in rows["holds"]]
    rows["words"] = [f"{_MARKS[h]} {percent(c, 0)}" for h, c in zip(rows["holds"], rows["chance"], strict=True)]
    names_of = [f"{mark} {look.word(f'holds_{key}')}" for key, mark in _MARKS.items()]
    y = alt.Y("name:N", sort=list(rows["name"]), title=None, axis=alt.Axis(ticks=False, labelLimit=330))
    x = alt.X("chance:Q", title=look.word("again"), scale=alt.Scale(domain=[0, 1.12], nice=False),
              axis=alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1]))  # fmt: skip
    base = alt.Chart(rows)
    bars = base.mark_bar(height=14).encode(
        x=x, y=y,
        color=alt.Color("holds_name:N", title=None,
                        scale=alt.Scale(domain=names_of, range=[inks.better, inks.line, inks.worse])),
        tooltip=[alt.Tooltip("name:N"), alt.Tooltip("words:N", title=look.word("again")),
                 alt.Tooltip("instead:N", title=look.word("instead"))],
    )  # fmt: skip
    text = lettering(base, align="left", dx=5, color=inks.ink).encode(x=x, y=y, text="words:N")
    chart = layered(bars, text, width=max(240, look.width - 230), height=alt.Step(24))
    return dressed(chart, look, title or look.word("stability_title"), subtitle or look.word("stability_sub"))


__all__ = ["fan", "fan_rows", "stability", "swings"]
