"""Where the money goes: the flow of fees from the direct lines, and the ramp over the years (3(5))."""

from __future__ import annotations

import math
from typing import Final

import altair as alt
import pandas as pd

from gpsopt.report.charts.look import Look, dressed, layered, lettering, names_of, percent, shown_title
from gpsopt.runread import Run, fen_of

_SOURCES: Final = ("direct_line", "purchase_line", "received")
_SINKS: Final = ("kept", "stranded", "purchased", "unspent", "given", "cut")
_POINTS: Final = 33  # of a ribbon's curve
_PAD: Final = 0.035  # space between two nodes, as a part of the whole
_SHARES: Final = ("direct", "stranded", "purchased", "unspent")


def flow_rows(run: Run, year: int | None = None, purchaser: str | None = None) -> pd.DataFrame:
    """Columns source, sink, fen: every flow above zero of one year (None: all) and purchaser (None: all).

    Sources: direct_line (today's direct expenditure), purchase_line (the rest of the budget), received.
    Sinks: kept, stranded, purchased, unspent, given, cut (lines above the budget: what a smaller budget takes).
    The sums tie to `budgets` to the fen: direct_line + purchase_line + received - cut = amount + received.
    """
    budgets, moves = run.frame("budgets"), run.frame("transfers")
    if year is not None:
        budgets, moves = budgets[budgets["year"] == year], moves[moves["year"] == year]
    if purchaser is not None:
        budgets = budgets[budgets["purchaser"] == purchaser]
        moves = moves[moves["from_purchaser"] == purchaser]
    total = {name: int(fen_of(budgets[name]).sum()) for name in
             ("amount", "direct", "stranded", "purchased", "unspent", "received", "given")}  # fmt: skip
    # `purchased` of the budgets holds new direct units too: they are paid from the purchase line
    moved = moves.assign(fen=fen_of(moves["amount"])).groupby(["from_line", "to_line"])["fen"].sum()

    def move(giver: str, taker: str) -> int:
        return int(moved.get((giver, taker), 0))

    followed, cut = move("direct", "purchase"), move("unspent", "purchase")
    set_free, left = move("direct", "unspent"), move("purchase", "unspent")
    flows = {
        ("direct_line", "kept"): total["direct"],
        ("direct_line", "stranded"): total["stranded"],
        ("direct_line", "purchased"): followed,
        ("direct_line", "unspent"): set_free - cut,
        ("direct_line", "cut"): cut,
        ("purchase_line", "purchased"): total["purchased"] - followed - total["received"],
        ("purchase_line", "unspent"): left,
        ("purchase_line", "given"): total["given"],
        ("received", "purchased"): total["received"],
    }
    rows = [(source, sink, fen) for (source, sink), fen in flows.items() if fen > 0]
    return pd.DataFrame(rows, columns=["source", "sink", "fen"])


def fees_flow(run: Run, look: Look | None = None, *, year: int | None = None,
              purchaser: str | None = None) -> alt.LayerChart:  # fmt: skip
    """Ribbons from today's lines to what the plan makes of them; widths are amounts."""
    look = look or Look()
    rows = flow_rows(run, year, purchaser)
    nodes, ribbons = _layout(rows)
    inks = look.inks
    colour = {"kept": inks.direct, "stranded": inks.stranded, "purchased": inks.purchased, "unspent": inks.unspent,
              "given": inks.line, "cut": inks.cut, "direct_line": inks.direct, "purchase_line": inks.line,
              "received": inks.line}  # fmt: skip
    nodes["colour"] = nodes["node"].map(colour)
    ribbons["colour"] = ribbons["sink"].map(colour)
    whole = int(rows["fen"].sum())
    nodes["label"] = [look.word(f"flow_{node}") for node in nodes["node"]]
    nodes["amount"] = [f"{look.amount(fen / 100)} · {percent(fen / whole)}" if whole else "" for fen in nodes["fen"]]
    y = alt.Y("low:Q", axis=None, scale=alt.Scale(reverse=True, nice=False, zero=False))
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.42, 1.42], nice=False))
    tint = alt.Color("colour:N", scale=None)
    bands = alt.Chart(ribbons).mark_area(opacity=0.5, interpolate="monotone", line=False).encode(
        x=x, y=y, y2="high:Q", color=tint, detail="flow:N",
        tooltip=[alt.Tooltip("flow:N", title=look.word("flow")), alt.Tooltip("amount:N", title=look.money_unit)],
    )  # fmt: skip
    ribbons["amount"] = [look.amount(fen / 100) for fen in ribbons["fen"]]
    ribbons["flow"] = [f"{look.word(f'flow_{a}')} → {look.word(f'flow_{b}')}" for a, b in
                       zip(ribbons["source"], ribbons["sink"], strict=True)]  # fmt: skip
    blocks = alt.Chart(nodes).mark_rect().encode(x=alt.X("x:Q", axis=None), x2="x2:Q", y=y, y2="high:Q", color=tint)
    layers: list[alt.Chart] = [bands, blocks]
    for side, align, dx in (("left", "right", -8), ("right", "left", 8)):
        one = alt.Chart(nodes[nodes["side"] == side]).encode(x=alt.X("edge:Q", axis=None), y=alt.Y("mid:Q", axis=None))
        for field, dy, weight in (("label", -7, "bold"), ("amount", 8, "normal")):
            layers.append(lettering(one, align=align, dx=dx, dy=dy, fontWeight=weight, color=inks.ink)
                          .encode(text=f"{field}:N"))  # fmt: skip
    span = str(year) if year is not None else look.word("all_years", years=_years(run))
    subtitle = look.word("flow_sub", run=_whose(run, look, purchaser), span=span, unit=look.money_unit)
    chart = layered(*layers, width=look.width, height=max(300, 46 * len(nodes)))
    return dressed(chart, look, look.word("flow_title"), subtitle)


def _whose(run: Run, look: Look, purchaser: str | None) -> str:
    """The run, and the purchaser whose money alone is shown."""
    names = names_of(run, "purchasers", look.lang)
    return shown_title(run, look) + (f" · {names.get(purchaser, purchaser)}" if purchaser else "")


def _years(run: Run) -> str:
    years = sorted({int(y) for y in run.frame("budgets")["year"]})
    return f"{years[0]}–{years[-1]}" if years else ""


def _layout(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Nodes (node, side, fen, x, x2, edge, low, high, mid) and the points of the ribbons, in parts of the whole."""
    whole = max(1, int(rows["fen"].sum()))
    nodes, places = [], {}
    for side, column, order in (("left", "source", _SOURCES), ("right", "sink", _SINKS)):
        here = [n for n in order if n in set(rows[column])]
        spare = _PAD * max(0, max(rows["source"].nunique(), rows["sink"].nunique()) - len(here)) / 2
        top = spare
        label = -math.inf
        for node in here:
            fen = int(rows.loc[rows[column] == node, "fen"].sum())
            x = 0.0 if side == "left" else 0.97
            high = top + fen / whole
            label = max((top + high) / 2, label + 0.165)  # two lines of text each: never one over the other
            nodes.append((node, side, fen, x, x + 0.03, x if side == "left" else x + 0.03, top, high, label))
            places[side, node] = top
            top = high + _PAD
    points = []
    for source, sink, fen in zip(rows["source"], rows["sink"], rows["fen"], strict=True):
        part = fen / whole
        start, end = places["left", source], places["right", sink]
        places["left", source], places["right", sink] = start + part, end + part
        for k in range(_POINTS):
            at = k / (_POINTS - 1)
            bend = at * at * (3 - 2 * at)
            low = start + (end - start) * bend
            points.append((source, sink, fen, 0.03 + 0.94 * at, low, low + part))
    columns = ["node", "side", "fen", "x", "x2", "edge", "low", "high", "mid"]
    return (pd.DataFrame(nodes, columns=columns),
            pd.DataFrame(points, columns=["source", "sink", "fen", "x", "low", "high"]))  # fmt: skip


def ramp_rows(run: Run, purchaser: str | None = None) -> pd.DataFrame:
    """Columns year, part (direct, stranded, purchased, unspent), fen: the identity of every year."""
    budgets = run.frame("budgets")
    if purchaser is not None:
        budgets = budgets[budgets["purchaser"] == purchaser]
    rows = [
        (year, part, int(fen_of(budgets.loc[budgets["year"] == year, part]).sum()))
        for year in sorted({int(y) for y in budgets["year"]}) for part in _SHARES
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["year", "part", "fen"])


def ramp(run: Run, look: Look | None = None, *, purchaser: str | None = None) -> alt.LayerChart:
    """The years beside each other: what stays direct, what is stranded, what is bought, what is not spent."""
    look = look or Look()
    rows = ramp_rows(run, purchaser)
    inks = look.inks
    whole = rows.groupby("year")["fen"].transform("sum")
    rows["amount"] = [look.money(fen / 100) for fen in rows["fen"]]
    rows["name"] = rows["part"].map({part: look.word(f"part_{part}") for part in _SHARES})
    rows["order"] = rows["part"].map({part: k for k, part in enumerate(_SHARES)})
    rows["share"] = [fen / all_ if all_ else 0.0 for fen, all_ in zip(rows["fen"], whole, strict=True)]
    rows["shown"] = [f"{look.amount(fen / 100)} · {percent(part, 0)}" for fen, part in
                     zip(rows["fen"], rows["share"], strict=True)]  # fmt: skip
    rows["top"] = rows.groupby("year")["amount"].cumsum()
    rows["mid"] = rows["top"] - rows["amount"] / 2
    colours = alt.Scale(domain=[look.word(f"part_{p}") for p in _SHARES],
                        range=[inks.direct, inks.stranded, inks.purchased, inks.unspent])  # fmt: skip
    step = look.width / max(1, rows["year"].nunique())
    x = alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelFontSize=13), scale=alt.Scale(paddingInner=0.28))
    bars = alt.Chart(rows).mark_bar(stroke=inks.paper, strokeWidth=1).encode(
        x=x, y=alt.Y("amount:Q", title=look.money_unit, axis=alt.Axis(format=",.0f")),
        color=alt.Color("name:N", scale=colours, title=None), order=alt.Order("order:Q"),
        tooltip=[alt.Tooltip("year:O", title=look.word("year")), alt.Tooltip("name:N", title=look.word("part")),
                 alt.Tooltip("shown:N", title=look.money_unit)],
    )  # fmt: skip
    rows["ink"] = ["#0e1116" if part == "unspent" else inks.on_colour for part in rows["part"]]
    big = rows[rows["share"] >= 0.045]
    text = alt.Chart(big).mark_text(fontSize=11.5 if step > 110 else 9.5).encode(
        x=x, y=alt.Y("mid:Q"), text="shown:N", color=alt.Color("ink:N", scale=None)
    )  # fmt: skip
    chart = layered(bars, text, own_colours=True, width=look.width, height=320)
    return dressed(chart, look, look.word("ramp_title"), look.word("ramp_sub", run=_whose(run, look, purchaser)))


__all__ = ["fees_flow", "flow_rows", "ramp", "ramp_rows"]
