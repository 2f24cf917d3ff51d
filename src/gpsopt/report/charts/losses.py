"""What futures may cost: whose services are missing, what a failure loses, what a purchaser can pay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import altair as alt
import pandas as pd

from gpsopt.report.charts.look import Look, dressed, layered, lettering, percent

#: chance at which a figure of the grid is called out
_AT_RISK: Final = 0.9


def drill_rows(drill: pd.DataFrame, names: Mapping[str, str], look: Look, most: int) -> pd.DataFrame:
    """The undertakers whose failure loses most, amounts in the reader's unit."""
    alone = look.word("drill_alone")
    rows = drill[(drill["lost"] > 0) | (drill["recovered"] > 0)].head(most).copy()
    rows["name"] = [names.get(str(u), str(u)) for u in rows["undertaker"]]
    rows["steps_in"] = [names.get(str(u), str(u)) if u else "—" for u in rows["fallback"].fillna("")]
    rows["words"] = [
        look.amount(lost) + (f" ← {who}" if recovered > 0 else f" · {alone}")
        for lost, recovered, who in zip(rows["lost"], rows["recovered"], rows["steps_in"], strict=True)
    ]  # fmt: skip
    for column in ("lost", "recovered"):
        rows[column] = [look.money(v) for v in rows[column]]
    return rows.reset_index(drop=True)


def drill(frame: pd.DataFrame, names: Mapping[str, str], look: Look | None = None, *, most: int = 15, title: str = "",
          subtitle: str | list[str] = "") -> alt.LayerChart:  # fmt: skip
    """What is lost for good and what others recover where an undertaker fails, the worst first.

    `frame`: the table `drill` of a simulation; `names`: words for the keys of the undertakers.
    """
    look = look or Look()
    inks = look.inks
    rows = drill_rows(frame, names, look, most)
    sides = {side: look.word(f"drill_{side}") for side in ("lost", "recovered")}
    long = rows.melt(["name", "words", "steps_in"], ["lost", "recovered"], "side", "worth")
    long["side_name"] = long["side"].map(sides)
    long["order"] = long["side"].map({"lost": 0, "recovered": 1})
    rows["end"] = rows["lost"] + rows["recovered"]
    far = float(rows["end"].max()) if len(rows) else 1.0
    y = alt.Y("name:N", sort=list(rows["name"]), title=None, axis=alt.Axis(ticks=False, labelLimit=330))
    scale = alt.Scale(domain=[0, 1.75 * far], nice=False)  # room for who steps in
    x = alt.X("worth:Q", stack="zero", scale=scale, axis=alt.Axis(tickCount=5),
              title=f"{look.word('drill_axis')}{look.word('in_unit', unit=look.money_unit)}")  # fmt: skip
    bars = alt.Chart(long).mark_bar(height=15).encode(
        x=x, y=y, order="order:Q",
        color=alt.Color("side_name:N", title=None,
                        scale=alt.Scale(domain=list(sides.values()), range=[inks.worse, inks.line])),
        tooltip=[alt.Tooltip("name:N"), alt.Tooltip("side_name:N"),
                 alt.Tooltip("steps_in:N", title=look.word("drill_steps_in"))],
    )  # fmt: skip
    text = lettering(alt.Chart(rows), align="left", dx=6, color=inks.ink).encode(x=alt.X("end:Q"), y=y, text="words:N")
    chart = layered(bars, text, width=max(240, look.width - 230), height=alt.Step(24))
    return dressed(chart, look, title or look.word("drill_title"), subtitle or look.word("drill_sub"))


def hurt(frame: pd.DataFrame, kind: str, names: Mapping[str, str], look: Look | None = None, *, most: int = 16,
         title: str = "", subtitle: str | list[str] = "") -> alt.LayerChart:  # fmt: skip
    """Value of what is missing to the targets: as planned (◇), on average (●), in the worst tenth (▏).

    `frame`: the table `hurt` of a simulation; `kind`: area, purchaser or item; `names`: words for its keys.
    """
    look = look or Look()
    inks = look.inks
    rows = frame[frame["kind"] == kind].head(most).copy()
    rows["name"] = [names.get(str(key), str(key)) for key in rows["key"]]
    rows["words"] = [look.amount(v) for v in rows["worst_decile"]]
    for column in ("plan", "mean", "worst_decile"):
        rows[column] = [look.money(v) for v in rows[column]]
    shapes = {"plan": "diamond", "mean": "circle", "worst_decile": "stroke"}
    said = {key: look.word(f"hurt_{key}") for key in shapes}
    long = rows.melt(["name", "words"], list(shapes), "which", "value")
    long["which_name"] = long["which"].map(said)
    far = float(long["value"].max()) if len(long) else 1.0
    y = alt.Y("name:N", sort=list(rows["name"]), title=None,
              axis=alt.Axis(ticks=False, labelLimit=330, labelPadding=9))  # fmt: skip
    x = alt.X("value:Q", axis=alt.Axis(tickCount=5), scale=alt.Scale(domain=[0, 1.2 * (far or 1.0)], nice=False),
              title=f"{look.word('hurt_axis')}{look.word('in_unit', unit=look.money_unit)}")  # fmt: skip
    base = alt.Chart(rows)
    reach = base.mark_rule(color=inks.line, strokeWidth=5).encode(x=alt.X("plan:Q"), x2="worst_decile:Q", y=y)
    domain, size = list(said.values()), 130
    marks = alt.Chart(long).mark_point(filled=False, size=size, strokeWidth=2.2).encode(
        x=x, y=y, tooltip=[alt.Tooltip("name:N"), alt.Tooltip("which_name:N"), alt.Tooltip("value:Q", format=",.2f")],
        shape=alt.Shape("which_name:N", title=None, scale=alt.Scale(domain=domain, range=list(shapes.values()))),
        color=alt.Color("which_name:N", title=None,
                        scale=alt.Scale(domain=domain, range=[inks.ink, inks.direct, inks.worse])),
    )  # fmt: skip
    text = lettering(base, align="left", dx=10, color=inks.ink).encode(x=alt.X("worst_decile:Q"), y=y, text="words:N")
    chart = layered(reach, marks, text, width=max(240, look.width - 230), height=alt.Step(26))
    return dressed(chart, look, title or look.word("hurt_title"), subtitle or look.word("hurt_sub"))


def chances(frame: pd.DataFrame, names: Mapping[str, str], look: Look | None = None, *, most: int = 20,
            title: str = "", subtitle: str | list[str] = "") -> alt.LayerChart:  # fmt: skip
    """In what part of the futures each purchaser's budget of a year pays for all that is delivered; ! below 90 %.

    `frame`: the table `budgets` of a simulation; `names`: words for the keys of the purchasers.
    """
    look = look or Look()
    inks = look.inks
    worst = frame.groupby("purchaser")["chance"].min().sort_values(kind="stable").head(most)
    rows = frame[frame["purchaser"].isin(worst.index)].copy()
    rows["name"] = [names.get(str(key), str(key)) for key in rows["purchaser"]]
    rows["words"] = [f"! {percent(c, 0 if round(c, 2) < _AT_RISK else 1)}" if c < _AT_RISK else percent(c, 0)
                     for c in rows["chance"]]  # fmt: skip
    least = min(0.5, float(rows["chance"].min()) if len(rows) else 0.0)
    rows["ink"] = [look.on((float(c) - least) / (1 - least)) for c in rows["chance"]]
    order = [names.get(str(key), str(key)) for key in worst.index]
    y = alt.Y("name:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False, labelLimit=330))
    x = alt.X("year:O", title=None, axis=alt.Axis(orient="top", labelAngle=0, ticks=False, domain=False))
    steps = [least + (1 - least) * k / (len(inks.scale) - 1) for k in range(len(inks.scale))]
    scale = alt.Scale(domain=steps, range=list(inks.scale), interpolate="rgb")
    base: Any = alt.Chart(rows)
    cells = base.mark_rect(stroke=inks.paper, strokeWidth=2).encode(
        x=x, y=y, color=alt.Color("chance:Q", scale=scale, legend=None),
        tooltip=[alt.Tooltip("name:N"), alt.Tooltip("year:O"), alt.Tooltip("words:N")],
    )  # fmt: skip
    text = lettering(base).encode(x=x, y=y, text="words:N", color=alt.Color("ink:N", scale=None))
    chart = layered(cells, text, own_colours=True, width=alt.Step(84), height=alt.Step(26))
    return dressed(chart, look, title or look.word("chances_title"), subtitle or look.word("chances_sub"))


__all__ = ["chances", "drill", "drill_rows", "hurt"]
