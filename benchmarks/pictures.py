"""Draws the figures kept in benchmarks/figures: how building grows with the model, and how gaps close over time.

    python benchmarks/pictures.py

`read-SIZE.json` are of `read.py --json`, `solve-NAME.json` of `solve.py --json`. Written: growth.svg and gaps.svg.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd

from gpsopt.report.charts.pictures import picture

FIGURES = Path(__file__).parent / "figures"
BUILD = ("facts and pairs", "components and rules", "compile", "into HiGHS")
WAYS = {"gpsopt": "gpsopt", "highs": "plain HiGHS", "scip": "SCIP", "sat": "CP-SAT"}


def kept(kind: str) -> list[dict[str, Any]]:
    """The figures of one kind, by file name."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(FIGURES.glob(f"{kind}-*.json"))]


def growth() -> alt.LayerChart:
    """Build alone, and all from CSV, in CPU seconds over the pairs of offer, need and year; both axes logarithmic."""
    rows = []
    for one in kept("read"):
        seconds = one["seconds"]
        build = sum(seconds[part] for part in BUILD)
        all_of_it = build + seconds["read"] + seconds["check"]
        for what, value in (("build alone", build), ("read, check and build", all_of_it)):
            rows.append({"size": one["size"], "pairs": one["pairs"], "what": what, "seconds": value})
    base = alt.Chart(pd.DataFrame(rows), width=520, height=300)
    x = alt.X("pairs:Q", scale=alt.Scale(type="log"), title="pairs of offer, need and year", axis=alt.Axis(grid=False))
    y = alt.Y("seconds:Q", scale=alt.Scale(type="log"), title="CPU seconds, four years", axis=alt.Axis(grid=False))
    lines = base.mark_line(point=True).encode(x, y, alt.Color("what:N", title=None))
    names = base.transform_filter(alt.datum.what == "build alone").mark_text(dy=16).encode(x, y, text="size:N")
    return alt.layer(lines, names)


def gaps() -> alt.VConcatChart:
    """Every aim's gap over the seconds since the first aim began, way by way, a row for each file."""
    charts = []
    for one in kept("solve"):
        rows = [
            {"way": WAYS[way["way"]], "second": second, "aim": aim, "gap": max(gap, 1e-6), "asked": one["gap"]}
            for way in one["ways"]
            for second, aim, gap in way["steps"]
        ]
        aims = list(dict.fromkeys(row["aim"] for row in rows))
        base = alt.Chart(width=340, height=200)  # its data come with the panels
        lines = base.mark_line(interpolate="step-after", point=alt.OverlayMarkDef(size=12)).encode(
            alt.X("second:Q", title="seconds", axis=alt.Axis(grid=False)),
            alt.Y(
                "gap:Q",
                scale=alt.Scale(type="log"),
                title="gap, share of the scale",
                axis=alt.Axis(format="~p", grid=False),
            ),
            alt.Color("aim:N", sort=aims, title=None),
        )
        asked = base.mark_rule(strokeDash=[4, 4]).encode(alt.Y("asked:Q"))
        by_way = alt.layer(lines, asked, data=pd.DataFrame(rows)).facet(alt.Column("way:N", title=None))
        charts.append(by_way.properties(title=f"{one['name']}: {one['decisions']} award decisions"))
    return alt.vconcat(*charts)


def main() -> None:
    for name, chart in (("growth", growth()), ("gaps", gaps())):
        (FIGURES / f"{name}.svg").write_bytes(picture(chart, "svg"))


if __name__ == "__main__":
    main()
