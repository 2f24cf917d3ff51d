"""Who is served where: districts by items as a heat map, districts as tiles."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import pandas as pd

from gpsopt.report.charts.look import (
    Look,
    dressed,
    labelled,
    layered,
    lettering,
    names_of,
    number,
    percent,
    readable,
    shown_title,
)
from gpsopt.runread import Run, floats


def coverage_rows(run: Run, year: int | None = None) -> pd.DataFrame:
    """Columns area, item, demand, served, target, covered, aimed (shares), missing (units to the target).

    One year, or the mean of all where `year` is None. Units of one item add up over needs and purchasers; units
    of different items never do. served counts at most the demand of each need.
    """
    rows = floats(run.frame("coverage"))
    if year is not None:
        rows = rows[rows["year"] == year]
    rows = rows.assign(served=rows[["served", "demand"]].min(axis=1), missing=rows["shortfall"])
    out = rows.groupby(["area", "item"], as_index=False)[["demand", "served", "target", "missing"]].sum()
    out = out[out["demand"] > 0].reset_index(drop=True)
    return out.assign(covered=out["served"] / out["demand"], aimed=out["target"] / out["demand"])


def area_coverage(run: Run, year: int | None = None) -> pd.DataFrame:
    """Columns area, value: coverage of each area, 1 - sum weight*value*missing / sum weight*value*target.

    As the aim worst_area has it, in floats: weights of the needs, unit values of the items; one year or all.
    """
    rows = floats(run.frame("coverage"))
    if year is not None:
        rows = rows[rows["year"] == year]
    weight = {(r["need"], r["year"]): float(1 if r["weight"] is None else r["weight"])
              for _line, r in run.scenario.tables.rows("needs")}  # fmt: skip
    worth = [weight.get((n, y), 1.0) * float(run.scenario.unit_values.get(i, 1)) for n, y, i in
             zip(rows["need"], rows["year"], rows["item"], strict=True)]  # fmt: skip
    rows = rows.assign(lost=rows["shortfall"] * worth, wanted=rows["target"] * worth)
    out = rows.groupby("area", as_index=False)[["lost", "wanted"]].sum()
    out = out[out["wanted"] > 0]
    return pd.DataFrame({"area": out["area"], "value": 1 - out["lost"] / out["wanted"]}).reset_index(drop=True)


def coverage_map(run: Run, look: Look | None = None, *, year: int | None = None, most: int = 30) -> alt.LayerChart:
    """Districts across, items down, the share of demand served in each cell; ↓ where the target is missed.

    At most `most` items, those with the lowest cells first; how many more there are is said.
    """
    look = look or Look()
    year = _last_year(run) if year is None else year
    rows = coverage_rows(run, year)
    items = list(rows.groupby("item")["covered"].agg(["min", "mean"]).sort_values(["min", "mean"]).index)
    shown, hidden = items[:most], len(items) - most
    rows = rows[rows["item"].isin(shown)]
    areas = sorted(set(rows["area"]))
    item_label = labelled(shown, names_of(run, "items", look.lang))
    area_label = labelled(areas, names_of(run, "areas", look.lang))
    by_area = sorted(areas, key=lambda a: (rows.loc[rows["area"] == a, "covered"].mean(), a))
    rows = rows.assign(
        item_name=rows["item"].map(item_label), area_name=rows["area"].map(area_label),
        label=[f"{100 * c:.0f}{'↓' if m > 0 else ''}" for c, m in zip(rows["covered"], rows["missing"], strict=True)],
        aim=[percent(a) for a in rows["aimed"]], got=[percent(c) for c in rows["covered"]],
    )  # fmt: skip
    step = max(30, min(64, (look.width - 40) // max(1, len(areas))))
    x = alt.X("area_name:N", sort=[area_label[a] for a in by_area], title=None,
              axis=alt.Axis(orient="top", labelAngle=-40 if step < 60 else 0, labelOverlap=False, ticks=False,
                            domain=False, labelAlign="left" if step < 60 else "center"))  # fmt: skip
    y = alt.Y("item_name:N", sort=[item_label[i] for i in shown], title=None,
              axis=alt.Axis(labelOverlap=False, ticks=False, domain=False))  # fmt: skip
    least = min(0.5, float(rows["covered"].min()) if len(rows) else 0.0)
    cells = alt.Chart(rows).mark_rect(stroke=look.inks.paper, strokeWidth=1.5).encode(
        x=x, y=y,
        color=alt.Color("covered:Q", scale=_scale(look, least, 1.0),
                        title=look.word("covered"), legend=alt.Legend(format="%", gradientLength=180)),
        tooltip=[alt.Tooltip("item_name:N", title=look.word("item")),
                 alt.Tooltip("area_name:N", title=look.word("area")),
                 alt.Tooltip("got:N", title=look.word("covered")), alt.Tooltip("aim:N", title=look.word("aimed")),
                 alt.Tooltip("missing:Q", title=look.word("missing"), format=",.2f")],
    )  # fmt: skip
    rows["ink"] = [look.on((covered - least) / (1 - least)) for covered in rows["covered"]]
    text = alt.Chart(rows).mark_text(fontSize=10.5).encode(
        x=x, y=y, text="label:N", color=alt.Color("ink:N", scale=None)
    )  # fmt: skip
    subtitle = [look.word("map_sub", run=shown_title(run, look), year=year), look.word("map_mark")]
    if hidden > 0:
        subtitle.append(look.word("map_more", count=hidden))
    chart = layered(cells, text, own_colours=True, width=alt.Step(step), height=alt.Step(22))
    return dressed(chart, look, look.word("map_title"), subtitle)


def _scale(look: Look, low: float, high: float) -> alt.Scale:
    """The look's scale from `low` to `high`, its colours evenly apart."""
    colours = look.inks.scale
    steps = [low + (high - low) * k / (len(colours) - 1) for k in range(len(colours))]
    return alt.Scale(domain=steps, range=list(colours), interpolate="rgb")


def _last_year(run: Run) -> int:
    return max((int(y) for y in run.frame("coverage")["year"]), default=0)


def tiles_of(run: Run) -> dict[str, tuple[int, int]]:
    """Area -> (column, row) on the tile map: as the table `areas` says, the others in rows of six below."""
    rows = list(run.scenario.tables.rows("areas"))
    placed: dict[str, tuple[int, int]] = {}
    for _line, row in rows:
        parts = str(row["tile"] or "").split(",")
        if len(parts) == 2 and all(p.strip().lstrip("-").isdigit() for p in parts):
            placed[row["area"]] = int(parts[0]), int(parts[1])
    below = max((r for _c, r in placed.values()), default=-1) + 1
    rest = [row["area"] for _line, row in rows if row["area"] not in placed]
    return {**placed, **{area: (k % 6, below + k // 6) for k, area in enumerate(rest)}}


def tile_map(run: Run, look: Look | None = None, *, year: int | None = None,
             values: Mapping[str, float] | None = None, title: str = "", subtitle: str = "",
             difference: bool = False, less_is_better: bool = False,
             shares: bool = True, tall: int = 72) -> alt.LayerChart:  # fmt: skip
    """Districts as tiles, a value in each: coverage of the year (default the last), or `values` by area.

    `difference`: values around zero, better and worse in two colours and with their sign. `shares`: shown as
    per cent, differences of shares as percentage points. `tall`: the most that a tile is high.
    """
    look = look or Look()
    year = _last_year(run) if year is None else year
    if values is None:
        found = area_coverage(run, year)
        values = dict(zip(found["area"], found["value"], strict=True))
        title, subtitle = look.word("tile_title"), look.word("map_sub", run=shown_title(run, look), year=year)
    tiles, names = tiles_of(run), names_of(run, "areas", look.lang)
    rows = pd.DataFrame(
        [(names[a], c, r, values.get(a), _tile_text(values.get(a), difference, shares)) for a, (c, r) in tiles.items()],
        columns=["name", "column", "row", "value", "shown"],
    ).astype({"value": "float64"})
    if look.lang == "zh" and len(rows) > 1 and rows["name"].str.endswith("区").all():
        rows["name"] = rows["name"].str.removesuffix("区")
    size = max(66, min(92, look.width // (int(rows["column"].max()) + 1)))
    x = alt.X("column:O", axis=None, scale=alt.Scale(padding=0.04))
    y = alt.Y("row:O", axis=None, scale=alt.Scale(padding=0.04))
    known = rows["value"].dropna()
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    if difference:
        far = max(abs(low), abs(high), 1e-9)
        ends = (look.inks.worse, look.inks.better)[:: -1 if less_is_better else 1]
        scale = alt.Scale(domain=[-far, 0, far], range=[ends[0], look.inks.grid, ends[1]], interpolate="rgb")
        ink = [
            look.inks.ink if v != v else readable(look.inks.grid, ends[0] if v < 0 else ends[1], abs(v) / far)
            for v in rows["value"]
        ]
    else:
        least = min(low, 0.6) if shares else low
        top = max(1.0, high) if shares else high
        scale = _scale(look, least, top)
        ink = [look.on((v - least) / (top - least or 1.0)) for v in rows["value"].fillna(top)]
    rows["ink"] = [look.inks.ink if unknown else one for one, unknown in zip(ink, rows["value"].isna(), strict=True)]
    base = alt.Chart(rows)
    boxes = base.mark_rect(cornerRadius=6, invalid="show", stroke=look.inks.paper, strokeWidth=2).encode(
        x=x, y=y,
        color=alt.condition("isValid(datum.value)", alt.Color("value:Q", scale=scale, legend=None),
                            alt.value(look.inks.grid)),
        tooltip=[alt.Tooltip("name:N", title=look.word("area")), alt.Tooltip("shown:N", title=look.word("value"))],
    )  # fmt: skip
    texts = [
        lettering(base, dy=dy, fontSize=fs, fontWeight=weight)
        .encode(x=x, y=y, text=f"{field}:N", color=alt.Color("ink:N", scale=None))
        for field, dy, fs, weight in (("name", -10, 11.5 if look.lang == "zh" else 10.5, "normal"),
                                      ("shown", 9, 14, "bold"))
    ]  # fmt: skip
    chart = layered(boxes, *texts, own_colours=True, width=alt.Step(size), height=alt.Step(min(size, tall)))
    return dressed(chart, look, title, subtitle)


def _tile_text(value: float | None, difference: bool, shares: bool) -> str:
    if value is None:
        return "–"
    if not shares:
        return number(value, sign=difference)
    if difference:
        text = f"{100 * value:+.1f}".replace("-", "−")
        return text if text.strip("+−0.") else "0"  # what rounds to nothing has no sign
    return percent(value)


__all__ = ["area_coverage", "coverage_map", "coverage_rows", "tile_map", "tiles_of"]
