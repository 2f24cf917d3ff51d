"""The one place that draws: every chart a function of a run or a tidy frame, and `save` for SVG, PNG and PDF.

A chart takes a `Look` (language, light or dark theme, unit of money, width) and returns an Altair chart. The frame
behind it has a function of its own (`*_rows`), so that a table can stand under every chart.

| chart | shows |
|---|---|
| fees_flow(run) | from the direct and purchase lines to kept, purchased, stranded, unspent (3(5)) |
| ramp(run) | the same parts, year by year to 2017 |
| coverage_map(run) | districts by items, the share of demand served |
| tile_map(run) | districts as tiles: coverage, or any value or difference by area |
| bullets(run) | the goals against their targets (2(3)) |
| frontier(points, aims) | non-dominated points of two aims, with what their gaps leave open |
| waterfall(parts, aim, start) | which change caused which part of a difference |
| tornado(rows, aim, base) | which input moves an aim most |
| movers(rows) | who gains, who loses |
| fan(frame, goal) | a goal by year over many futures |
| swings(frame, goal, names) | which uncertainty moves a goal most, one at a time |
| stability(frame, names) | which awards the futures choose again |
| drill(frame, names) | what the failure of each undertaker loses, and who steps in |
| hurt(frame, kind, names) | whose services are missing, as planned and in the worst futures |
| chances(frame, names) | in what part of the futures each budget pays for all that is delivered |
| gap_over_time(events) | how the gaps close while a run is solved |
"""

from gpsopt.report.charts.futures import fan, fan_rows, stability, swings
from gpsopt.report.charts.goals import bullets, goal_rows, goal_text
from gpsopt.report.charts.look import Look, dressed, labelled, names_of, number, percent
from gpsopt.report.charts.losses import chances, drill, drill_rows, hurt
from gpsopt.report.charts.money import fees_flow, flow_rows, ramp, ramp_rows
from gpsopt.report.charts.pictures import FORMATS, can_draw_han, html, picture, save
from gpsopt.report.charts.places import area_coverage, coverage_map, coverage_rows, tile_map, tiles_of
from gpsopt.report.charts.tradeoffs import (
    aim_text,
    aim_title,
    frontier,
    gap_over_time,
    movers,
    tornado,
    unit_behind,
    waterfall,
)

__all__ = [
    "FORMATS",
    "Look",
    "aim_text",
    "aim_title",
    "area_coverage",
    "bullets",
    "can_draw_han",
    "chances",
    "coverage_map",
    "coverage_rows",
    "dressed",
    "drill",
    "drill_rows",
    "fan",
    "fan_rows",
    "fees_flow",
    "flow_rows",
    "frontier",
    "gap_over_time",
    "goal_rows",
    "goal_text",
    "html",
    "hurt",
    "labelled",
    "movers",
    "names_of",
    "number",
    "percent",
    "picture",
    "ramp",
    "ramp_rows",
    "save",
    "stability",
    "swings",
    "tile_map",
    "tiles_of",
    "tornado",
    "unit_behind",
    "waterfall",
]
