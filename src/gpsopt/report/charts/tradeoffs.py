"""What is given for what: frontier, waterfall, tornado, movers, and the gap as it closes."""

from __future__ import annotations

from typing import Any, Final

import altair as alt
import pandas as pd

from gpsopt.report.charts.look import Look, dressed, layered, lettering, number, percent
from gpsopt.settings import AIMS
from gpsopt.text import term

_SHOWN: Final = 1e-9  # relative: a gap that is no more than rounding is not drawn


def aim_text(aim: str, value: float, look: Look, *, sign: bool = False) -> str:
    """An aim's value with its unit: shares as per cent, money in the reader's unit."""
    if aim == "worst_area":
        return f"{100 * value:+.2f}".replace("-", "−") if sign else percent(value, 2)
    return number(value if aim == "benefit" else look.money(value), sign=sign)


def aim_title(aim: str, look: Look) -> str:
    """An aim's name with its unit."""
    return f"{term(aim, look.lang, within='aims')}{unit_behind(aim, look)}"


def unit_behind(aim: str, look: Look) -> str:
    """An aim's unit, to stand behind its name."""
    unit = {"worst_area": "%", "benefit": ""}.get(aim, look.money_unit)
    return look.word("in_unit", unit=unit) if unit else ""


def _scaled(aim: str, value: float, look: Look) -> float:
    return 100 * value if aim == "worst_area" else value if aim == "benefit" else look.money(value)


def frontier(points: pd.DataFrame, aims: tuple[str, str], look: Look | None = None, *, title: str = "",
             subtitle: str | list[str] = "", chosen: int | None = None, third: str = "") -> alt.LayerChart:  # fmt: skip
    """Non-dominated points of two aims, numbered; a bar shows how far the best may still be (the gap).

    Of a frontier between three aims, `third` names the one whose value is written under each point; no line joins
    points that are no curve.

    `points`: columns point (number), one column an aim (value of the plan) and `<aim>_bound` (the proven bound,
    or None) beside it; in the aims' own units (yuan, share). Selecting a mark gives the parameter `point`.
    """
    look = look or Look()
    across, up = aims
    inks = look.inks
    rows = pd.DataFrame({"point": points["point"].astype(int)})
    for field, aim in (("x", across), ("y", up)):
        rows[field] = [_scaled(aim, float(v), look) for v in points[aim]]
        bound = points[f"{aim}_bound"] if f"{aim}_bound" in points else points[aim]
        rows[f"{field}2"] = [
            rows[field].iloc[k] if b is None or pd.isna(b) else _scaled(aim, float(b), look)
            for k, b in enumerate(bound)
        ]  # fmt: skip
        rows[f"{field}_text"] = [aim_text(aim, float(v), look) for v in points[aim]]
    rows["is_chosen"] = rows["point"] == chosen
    rows["third"] = [aim_text(third, float(v), look) for v in points[third]] if third else ""
    ticks = alt.Axis(tickCount=6, format=",~f")
    x = alt.X("x:Q", title=_axis(across, look), scale=_around([*rows["x"], *rows["x2"]]), axis=ticks)
    y = alt.Y("y:Q", title=_axis(up, look), scale=_around([*rows["y"], *rows["y2"]]), axis=ticks)
    tip = [alt.Tooltip("point:O", title=look.word("point")), alt.Tooltip("x_text:N", title=aim_title(across, look)),
           alt.Tooltip("y_text:N", title=aim_title(up, look))]  # fmt: skip
    base = alt.Chart(rows)
    pick = alt.selection_point(name="point", fields=["point"], on="click", empty=False)
    marks = base.mark_point(filled=True, size=150, stroke=inks.paper, strokeWidth=1.2, opacity=1).encode(
        x=x, y=y, tooltip=tip, shape=alt.condition("datum.is_chosen", alt.value("diamond"), alt.value("circle")),
        color=alt.condition("datum.is_chosen", alt.value(inks.worse), alt.value(inks.better)),
        size=alt.condition(pick, alt.value(330), alt.value(150)),
    )  # fmt: skip
    line = base.mark_line(color=inks.line, strokeDash=[5, 4]).encode(x=x, y=y, order="x:Q")
    layers: list[Any] = [
        lettering(base, dy=19, color=inks.faint).encode(x=x, y=y, text="third:N") if third else line,
        base.mark_rule(color=inks.faint, strokeWidth=2).encode(x=x, x2="x2:Q", y=y),
        base.mark_rule(color=inks.faint, strokeWidth=2).encode(x=x, y=y, y2="y2:Q"),
        marks.add_params(pick),
        lettering(base, dy=-17, fontWeight="bold", stroke=inks.paper, strokeWidth=4).encode(x=x, y=y, text="point:O"),
        lettering(base, dy=-17, fontWeight="bold", color=inks.ink).encode(x=x, y=y, text="point:O"),
    ]  # fmt: skip
    chart = layered(*layers, width=look.width, height=360)
    said = look.word("frontier_third", aim=aim_title(third, look)) if third else look.word("frontier_sub")
    return dressed(chart, look, title or look.word("frontier_title"), subtitle or said)


def _around(values: list[float]) -> alt.Scale:
    """A scale around values; around a single one it is a twentieth of it to both sides, so that ticks are round."""
    low, high = min(values), max(values)
    if high - low > _SHOWN * max(abs(low), abs(high)):
        return alt.Scale(zero=False, padding=24)
    room = 0.05 * abs(low) or 1.0
    return alt.Scale(zero=False, domain=[low - room, high + room])


def _axis(aim: str, look: Look) -> str:
    better = look.word("less_better" if AIMS.get(aim) == "min" else "more_better")
    return f"{aim_title(aim, look)} · {better}"


def waterfall(parts: pd.DataFrame, aim: str, start: float, look: Look | None = None, *, title: str = "",
              subtitle: str | list[str] = "") -> alt.LayerChart:  # fmt: skip
    """From the baseline's value to the scenario's, one bar a change; a whisker shows what the gap leaves open.

    `parts`: columns name, part (signed, in the aim's unit), gap_amount (same unit, not below 0); `start`: the
    baseline's value.
    """
    look = look or Look()
    inks = look.inks
    rows, level = [(look.word("baseline"), 0.0, start, start, 0.0, "total", aim_text(aim, start, look))], start
    for name, part, gap in zip(parts["name"], parts["part"], parts["gap_amount"], strict=True):
        part, gap = float(part), float(gap)
        better = (part < 0) == (AIMS.get(aim) == "min")
        kind = "none" if part == 0 else "better" if better else "worse"
        mark = {"none": "=", "better": "▲", "worse": "▼"}[kind]
        words = f"{mark} {aim_text(aim, part, look, sign=True)}"
        unsure = aim_text(aim, gap, look).removesuffix("%")
        if gap > _SHOWN * max(abs(part), abs(start)) and unsure.strip("0."):
            words += f" ±{unsure}"
        rows.append((str(name), level, level + part, level + part, gap, kind, words))
        level += part
    rows.append((look.word("scenario"), 0.0, level, level, 0.0, "total", aim_text(aim, level, look)))
    data = pd.DataFrame(rows, columns=["name", "from", "to", "end", "gap", "kind", "words"])
    for column in ("from", "to", "end", "gap"):
        data[column] = [_scaled(aim, v, look) for v in data[column]]
    data["order"] = range(len(data))
    data["low"], data["high"] = data["end"] - data["gap"], data["end"] + data["gap"]
    data["next"] = data["order"] + 1
    floor = _floor(data)
    data.loc[data["kind"] == "total", "from"] = floor
    order = list(data["name"]) if data["name"].is_unique else [f"{n} ({k})" for k, n in enumerate(data["name"])]
    data["label"] = order
    data["edge"] = data[["from", "to", "high"]].max(axis=1)
    y = alt.Y("label:N", sort=order, title=None, axis=alt.Axis(labelOverlap=False, ticks=False, labelLimit=330))
    edge = data["edge"].max()
    room = (edge - floor) * 0.34 or 1.0
    x = alt.X("from:Q", title=aim_title(aim, look), scale=alt.Scale(domain=[floor, edge + room], nice=False),
              axis=alt.Axis(format=",~f", tickCount=5, values=_ticks(aim, floor, edge + room)))  # fmt: skip
    colours = alt.Scale(domain=["total", "better", "worse", "none"],
                        range=[inks.faint, inks.better, inks.worse, inks.grid])  # fmt: skip
    base = alt.Chart(data)
    bars = base.mark_bar(height=18).encode(
        y=y, x=x, x2="to:Q", color=alt.Color("kind:N", scale=colours, legend=None),
        tooltip=[alt.Tooltip("label:N", title=look.word("change")), alt.Tooltip("words:N", title=aim_title(aim, look))],
    )  # fmt: skip
    open_ = base.transform_filter("datum.gap > 0")
    whisker = open_.mark_rule(color=inks.ink, strokeWidth=1.5).encode(y=y, x=alt.X("low:Q"), x2="high:Q")
    text = base.mark_text(align="left", dx=8, color=inks.ink).encode(y=y, x=alt.X("edge:Q"), text="words:N")
    chart = layered(bars, whisker, text, width=max(240, look.width - 230), height=alt.Step(30))
    heading = title or look.word("waterfall_title", aim=term(aim, look.lang, within="aims"))
    return dressed(chart, look, heading, subtitle or look.word("waterfall_sub"))


def _ticks(aim: str, low: float, high: float) -> Any:
    """Ticks of an axis that ends beyond its last value to leave room for words: no share is above 100 %."""
    if aim != "worst_area":
        return alt.Undefined
    step = next(size for size in (1, 2, 5, 10, 20, 50) if (high - low) / size <= 7 or size == 50)
    return [tick for tick in range(-100, 101, step) if low <= tick <= high]


def _floor(data: pd.DataFrame) -> float:
    """Where the axis begins: at zero, or just below all bars where the changes would else be slivers."""
    ends = [*data.loc[data["kind"] != "total", ["from", "to", "low", "high"]].to_numpy().ravel(), *data["to"]]
    low, high = float(min(ends)), float(max(ends))
    if low <= 0 or high - low > 0.25 * high:
        return min(0.0, low)
    return float(low - 0.35 * (high - low or abs(low) * 0.01))


def tornado(rows: pd.DataFrame, aim: str, base: float, look: Look | None = None, *, title: str = "",
            subtitle: str | list[str] = "", most: int = 15) -> alt.LayerChart:  # fmt: skip
    """What moves an aim most: a bar from the value at an input's low end to that at its high end, widest first.

    `rows`: columns name, low, high (the aim's value with the input low, high), low_is, high_is (the inputs'
    settings, as text). `base`: the value with every input as it stands.
    """
    look = look or Look()
    inks = look.inks
    data = pd.DataFrame(
        [(str(n), _scaled(aim, float(v), look), side, f"{s} → {aim_text(aim, float(v), look)}", abs(h - lo))
         for n, lo, h, ls, hs in zip(rows["name"], rows["low"], rows["high"], rows["low_is"], rows["high_is"],
                                     strict=True)
         for side, v, s in (("low", lo, ls), ("high", h, hs))],
        columns=["name", "value", "side", "words", "reach"],
    )  # fmt: skip
    order = list(data.groupby("name")["reach"].max().sort_values(ascending=False, kind="stable").index)[:most]
    data = data[data["name"].isin(order)].copy()
    middle = _scaled(aim, base, look)
    data["from"] = middle
    data["side_name"] = data["side"].map({s: look.word(f"input_{s}") for s in ("low", "high")})
    data["align"] = ["right" if v < middle else "left" for v in data["value"]]
    ends = [*data["value"], middle]
    room = (max(ends) - min(ends) or 1.0) * 0.45
    y = alt.Y("name:N", sort=order, title=None, axis=alt.Axis(labelOverlap=False, ticks=False, labelLimit=330))
    x = alt.X("from:Q", title=aim_title(aim, look), axis=alt.Axis(tickCount=5, format=",~f"),
              scale=alt.Scale(domain=[min(ends) - room, max(ends) + room], nice=False, zero=False))  # fmt: skip
    names = [look.word("input_low"), look.word("input_high")]
    chart_of = alt.Chart(data)
    bars = chart_of.mark_bar(height=16).encode(
        y=y, x=x, x2="value:Q",
        color=alt.Color("side_name:N", scale=alt.Scale(domain=names, range=[inks.line, inks.direct]), title=None),
        tooltip=[alt.Tooltip("name:N"), alt.Tooltip("side_name:N"), alt.Tooltip("words:N")],
    )  # fmt: skip
    texts = [
        lettering(chart_of, align=side, dx=dx, color=inks.ink, fontSize=10.5)
        .transform_filter(f"datum.align == '{side}'")
        .encode(y=y, x=alt.X("value:Q"), text="words:N")
        for side, dx in (("left", 6), ("right", -6))
    ]  # fmt: skip
    rule = alt.Chart(pd.DataFrame({"at": [middle]})).mark_rule(color=inks.ink, strokeWidth=1.5).encode(x="at:Q")
    chart = layered(bars, *texts, rule, width=max(240, look.width - 230), height=alt.Step(30))
    heading = title or look.word("tornado_title", aim=term(aim, look.lang, within="aims"))
    unit = "" if aim == "worst_area" else unit_behind(aim, look)  # a share has its sign already
    today = look.word("tornado_sub", value=aim_text(aim, base, look)) + unit
    return dressed(chart, look, heading, subtitle or today)


def movers(rows: pd.DataFrame, look: Look | None = None, *, title: str = "", subtitle: str | list[str] = "",
           money: bool = True, most: int = 12, signed: bool = True) -> alt.LayerChart:  # fmt: skip
    """Who gains and who loses, biggest first: `rows` has columns name and change (yuan, or units).

    `signed` False: amounts, not changes: one colour, no signs, no legend.
    """
    look = look or Look()
    inks = look.inks
    data = pd.DataFrame({"name": rows["name"].astype(str), "change": [float(v) for v in rows["change"]]})
    data = data[data["change"] != 0]
    data = data.iloc[data["change"].abs().argsort(kind="stable")[::-1]].head(most)
    data["shown"] = [look.amount(v, sign=signed) if money else number(v, sign=signed) for v in data["change"]]
    data["value"] = [look.money(v) if money else v for v in data["change"]]
    data["kind"] = [look.word("gains" if v > 0 else "loses") for v in data["change"]]
    low, high = min([0.0, *data["value"]]), max([0.0, *data["value"]])
    room = 70 / max(240, look.width - 230) * ((high - low) or 1.0)  # for the figure at a bar's end
    ends = [low - (room if low < 0 else 0.0), high + (room if high > 0 or low == 0 else 0.0)]
    order = list(data["name"])
    y = alt.Y("name:N", sort=order, title=None, axis=alt.Axis(labelOverlap=False, ticks=False, labelLimit=330,
                                                             domain=False))  # fmt: skip
    x = alt.X("value:Q", title=look.money_unit if money else None, axis=alt.Axis(tickCount=5, format=",~f"),
              scale=alt.Scale(domain=ends, nice=False))  # fmt: skip
    names = [look.word("gains"), look.word("loses")]
    base = alt.Chart(data)
    bars = base.mark_bar(height=16).encode(
        y=y, x=x, color=alt.Color("kind:N", scale=alt.Scale(domain=names, range=[inks.better, inks.worse]), title=None,
                                  legend=alt.Legend() if signed else None),
        tooltip=[alt.Tooltip("name:N"), alt.Tooltip("shown:N", title=look.word("change" if signed else "value"))],
    )  # fmt: skip
    texts = [
        lettering(base.transform_filter(f"datum.value {sign} 0"), align=side, dx=dx, color=inks.ink)
        .encode(y=y, x=x, text="shown:N")
        for side, dx, sign in (("left", 5, ">"), ("right", -5, "<"))
    ]  # fmt: skip
    rule = alt.Chart(pd.DataFrame({"at": [0]})).mark_rule(color=inks.faint).encode(x="at:Q")
    chart = layered(bars, *texts, rule, width=max(240, look.width - 230), height=alt.Step(26))
    # long names stand beside the bars: a page must not fit both into the width of the bars alone
    return dressed(chart, look, title or look.word("movers_title"), subtitle).properties(autosize="pad")


def gap_over_time(events: pd.DataFrame, look: Look | None = None, *, title: str = "",
                  asked: float | None = None) -> alt.LayerChart:  # fmt: skip
    """How the gap of each aim closes: `events` has columns seconds, aim, gap (share of the aim's scale)."""
    look = look or Look()
    inks = look.inks
    data = pd.DataFrame({"seconds": events["seconds"].astype(float), "aim": events["aim"].astype(str),
                         "gap": 100 * events["gap"].astype(float)}).dropna()  # fmt: skip
    data["gap"] = data["gap"].clip(lower=0.001)
    aims = list(dict.fromkeys(data["aim"]))
    data["name"] = data["aim"].map({aim: term(aim, look.lang, within="aims") for aim in aims})
    names = [term(aim, look.lang, within="aims") for aim in aims]
    colour = alt.Color("name:N", title=None, scale=alt.Scale(domain=names, range=list(inks.series[: len(names)])))
    x = alt.X("seconds:Q", title=look.word("seconds"), scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=8))
    y = alt.Y("gap:Q", title=look.word("gap_percent"), scale=alt.Scale(type="log"),
              axis=alt.Axis(format="~g", values=[0.001, 0.01, 0.1, 1, 10, 100]))  # fmt: skip
    base = alt.Chart(data)
    shapes = alt.Shape("name:N", title=None, scale=alt.Scale(domain=names))
    layers: list[Any] = [
        base.mark_line(interpolate="step-after", strokeWidth=2).encode(x=x, y=y, color=colour),
        base.mark_point(filled=True, size=46).encode(
            x=x, y=y, color=colour, shape=shapes,
            tooltip=["name:N", alt.Tooltip("seconds:Q", format=".1f"), alt.Tooltip("gap:Q", format=".4~f")],
        ),
    ]  # fmt: skip
    if asked:
        line = pd.DataFrame({"gap": [100 * asked], "words": [look.word("asked", gap=percent(asked, 2))]})
        layers += [
            alt.Chart(line).mark_rule(color=inks.faint, strokeDash=[4, 4]).encode(y=alt.Y("gap:Q")),
            lettering(alt.Chart(line), align="right", x="width", dy=-7, color=inks.faint)
            .encode(y="gap:Q", text="words:N"),
        ]  # fmt: skip
    chart = layered(*layers, width=look.width, height=280)
    return dressed(chart, look, title or look.word("gap_title"), look.word("gap_sub"))


__all__ = ["aim_text", "aim_title", "frontier", "gap_over_time", "movers", "tornado", "waterfall"]
