"""Charts: what they show ties to the run, every one is a whole picture in both languages and themes, and no
network is asked for anything."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import gpsopt
from gpsopt.errors import UsageError
from gpsopt.report import charts
from gpsopt.report.charts import Look, pictures
from gpsopt.runread import Run, as_run, fen_of
from gpsopt.simulation.simulate import simulate
from tests.cli.worlds import hamlet

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def town() -> Run:
    return as_run(gpsopt.solve(ROOT / "models" / "town"))


@pytest.fixture(scope="module")
def pooled(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The town with money given from one purchaser to the other."""
    folder = tmp_path_factory.mktemp("scenario")
    path = folder / "pooled.toml"
    model = (ROOT / "models" / "town").as_posix()
    path.write_text(f'title = "Pooled"\nmodel = "{model}"\nregime = "pooled"\nshare = 0.5\n', encoding="utf-8")
    return as_run(gpsopt.solve(path))


POINTS = pd.DataFrame({
    "point": [1, 2, 3], "outlay": [2.2e6, 2.3e6, 2.5e6], "outlay_bound": [2.19e6, None, 2.49e6],
    "worst_area": [0.7, 0.8, 0.9], "worst_area_bound": [0.71, 0.8, 0.9],
})  # fmt: skip
PARTS = pd.DataFrame({"name": ["One", "Two", "Three"], "part": [3e4, -1e4, 0.0], "gap_amount": [2e3, 0.0, 0.0]})
REACH = pd.DataFrame({
    "name": ["Budgets", "Prices"], "low": [3e4, 1e4], "high": [1e4, 2.5e4], "low_is": ["−10%", "−5%"],
    "high_is": ["+10%", "+5%"],
})  # fmt: skip
MOVES = pd.DataFrame({"name": ["East", "West", "North"], "change": [2e4, -3e4, 0]})
EVENTS = pd.DataFrame({
    "seconds": [0.1, 0.4, 1.0, 2.0], "aim": ["outlay", "outlay", "quality", "quality"], "gap": [0.2, 0.0, 0.3, 0.01],
})  # fmt: skip
AGAIN = pd.DataFrame({
    "year": [2015, 2015, 2016, 2016], "need": ["n1", "n1", "n2", "n5"], "offer": ["o01", "o02", "o01", "o08"],
    "undertaker": ["u1", "u1", "u1", "u7"], "planned": [True, True, True, False], "chance": [1.0, 0.6, 0.2, 0.4],
    "holds": ["safe", "open", "fragile", "reserve"], "instead": ["", "", "o04", ""],
})  # fmt: skip
DRAWN: dict[str, Callable[[Run, Look], Any]] = {
    "fees_flow": charts.fees_flow,
    "ramp": charts.ramp,
    "coverage_map": charts.coverage_map,
    "tile_map": charts.tile_map,
    "tile_difference": lambda run, look: charts.tile_map(
        run, look, values={"east": -0.02}, difference=True, title="Δ", subtitle="Δ"
    ),
    "bullets": charts.bullets,
    "frontier": lambda _run, look: charts.frontier(POINTS, ("outlay", "worst_area"), look, chosen=2),
    "waterfall": lambda _run, look: charts.waterfall(PARTS, "shortfall", 5e4, look),
    "tornado": lambda _run, look: charts.tornado(REACH, "shortfall", 2e4, look),
    "movers": lambda _run, look: charts.movers(MOVES, look),
    "fan": lambda run, look: charts.fan(simulate(run, draws=40).frames["fan"], "coverage", look),
    "fan_of_money": lambda run, look: charts.fan(
        simulate(run, draws=40).frames["fan"].assign(target=1e5), "outlay", look
    ),
    "drill": lambda run, look: charts.drill(simulate(run, draws=1).frames["drill"], {}, look),
    "hurt": lambda run, look: charts.hurt(simulate(run, draws=40).frames["hurt"], "area", {}, look),
    "chances": lambda run, look: charts.chances(simulate(run, draws=40).frames["budgets"], {}, look),
    "swings": lambda run, look: charts.swings(simulate(run, draws=1).frames["tornado"], "outlay", {}, look),
    "stability": lambda run, look: charts.stability(AGAIN, charts.names_of(run, "undertakers", look.lang), look),
    "gap_over_time": lambda _run, look: charts.gap_over_time(EVENTS, look, asked=0.005),
}


def words_of(svg: bytes) -> str:
    root = ElementTree.fromstring(svg)
    return " ".join(root.itertext())


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_every_chart_is_drawn_in_both_languages(town: Run, name: str) -> None:
    for look, title in ((Look("en", "dark"), None), (Look("zh", "light"), None)):
        chart = DRAWN[name](town, look)
        spec = json.dumps(chart.to_dict(), ensure_ascii=False)
        assert '"url"' not in spec and look.inks.paper in spec
        words = words_of(charts.picture(chart, "svg"))
        expected = title or chart.to_dict()["title"]["text"]
        assert expected in words
        assert "NaN" not in words and "undefined" not in words and "null" not in words.split()


def test_the_flow_of_fees_ties_to_the_books(town: Run, pooled: Run) -> None:
    for run in (town, pooled):
        for year in (None, 2015, 2016):
            for purchaser in (None, "civil", "culture"):
                budgets = run.frame("budgets")
                if year is not None:
                    budgets = budgets[budgets["year"] == year]
                if purchaser is not None:
                    budgets = budgets[budgets["purchaser"] == purchaser]
                rows = charts.flow_rows(run, year, purchaser)
                assert (rows["fen"] > 0).all()
                sinks = rows.groupby("sink")["fen"].sum()
                for sink, column in (("kept", "direct"), ("stranded", "stranded"), ("purchased", "purchased"),
                                     ("unspent", "unspent")):  # fmt: skip
                    assert sinks.get(sink, 0) == fen_of(budgets[column]).sum(), (run.run, year, purchaser, sink)
                have = fen_of(budgets["amount"]).sum() + fen_of(budgets["received"]).sum()
                assert rows["fen"].sum() - sinks.get("cut", 0) == have


def test_the_flow_shows_what_a_cut_budget_takes(town: Run) -> None:
    """culture, 2016: lines of 160 against a budget of 158 (thousand yuan)."""
    rows = charts.flow_rows(town, 2016, "culture").set_index(["source", "sink"])["fen"]
    assert rows["direct_line", "cut"] == 2_000_00
    assert rows["direct_line", "purchased"] == 38_000_00


def test_the_ramp_is_the_identity_of_every_year(town: Run) -> None:
    totals = charts.ramp_rows(town).groupby("year")["fen"].sum()
    assert dict(totals) == {2015: (960 + 230) * 100_000, 2016: (1_010 + 158) * 100_000}


def test_the_least_covered_area_is_the_aim_s(town: Run) -> None:
    least = min(charts.area_coverage(town, year)["value"].min() for year in (2015, 2016))
    aim = town.aim("worst_area")
    assert aim is not None and least == pytest.approx(aim["plan_value"], abs=1e-12)
    cells = charts.coverage_rows(town, 2016).set_index(["area", "item"])
    assert cells.loc[("east", "T2"), "covered"] == pytest.approx(0.8)
    assert cells.loc[("east", "T2"), "missing"] == 1


def test_tiles_without_a_place_stand_below(tmp_path: Path) -> None:
    areas = 'area,name_zh,name_en,tile\na,甲片,Part A,\nb,乙片,Part B,"1,2"\n'
    run = as_run(gpsopt.solve(hamlet(tmp_path / "world", areas=areas)))
    assert charts.tiles_of(run) == {"b": (1, 2), "a": (0, 3)}


def test_pictures_are_files_of_their_kind(town: Run, tmp_path: Path) -> None:
    chart = charts.movers(MOVES, Look("en"))
    assert charts.save(chart, tmp_path / "deep" / "a.svg").read_bytes().startswith(b"<svg")
    assert charts.save(chart, tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert charts.save(chart, tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    assert "vega" in charts.html(chart)
    for name, code in (("a.gif", "picture_format"), ("a.png/x.svg", "file_not_writable")):
        with pytest.raises(UsageError) as refused:
            charts.save(chart, tmp_path / name)
        assert refused.value.code == code


def test_chinese_is_drawn_with_its_characters_or_refused() -> None:
    """Two different characters give two different pictures: no empty boxes."""
    chart = [charts.movers(MOVES.assign(name=[sign, "b", "c"]), Look("zh")) for sign in "事随"]
    if not charts.can_draw_han():
        with pytest.raises(UsageError):
            charts.picture(chart[0], "png")
        return
    assert charts.picture(chart[0], "png", scale=1) != charts.picture(chart[1], "png", scale=1)


def test_without_a_chinese_font_an_svg_is_still_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pictures, "_FOLDERS", (str(tmp_path),))
    monkeypatch.setattr("shutil.which", lambda _name: None)
    pictures._han_in_system.cache_clear()
    try:
        chart = charts.movers(MOVES, Look("zh"))
        with pytest.raises(UsageError) as refused:
            charts.picture(chart, "png")
        assert refused.value.code == "no_han_font" and "GPSOPT_FONTS" in refused.value.text("zh")
        assert "变动最大者" in words_of(charts.picture(chart, "svg"))
        assert charts.picture(charts.movers(MOVES, Look("en")), "png").startswith(b"\x89PNG")
        (tmp_path / "NotoSansSC-Regular.otf").write_bytes(b"")
        monkeypatch.setenv("GPSOPT_FONTS", str(tmp_path))
        assert charts.can_draw_han()
    finally:
        pictures._han_in_system.cache_clear()


def test_the_waterfall_ends_where_the_parts_lead(town: Run) -> None:
    data = charts.waterfall(PARTS, "shortfall", 5e4, Look("en")).to_dict()["datasets"]
    rows = next(iter(data.values()))
    assert rows[-1]["to"] == pytest.approx(7.0) and [r["kind"] for r in rows] == [
        "total", "worse", "better", "none", "total",
    ]  # fmt: skip


def test_a_frontier_of_one_point_has_axes_that_people_can_read() -> None:
    words = words_of(charts.picture(charts.frontier(POINTS.head(1).assign(outlay_bound=None, worst_area_bound=None),
                                                    ("outlay", "worst_area"), Look("en")), "svg"))  # fmt: skip
    assert "0000" not in words.replace("10,000 yuan", "") and " 70 " in words and " 220 " in words


def test_a_heading_wider_than_its_chart_is_broken_and_leaves_the_marks_their_room() -> None:
    long = "Budgets cut by seventy per cent · repair 1"
    narrow, wide = (charts.movers(MOVES, Look("en", width=width), title=long, subtitle=f"{long} · 2017 · 10,000 yuan")
                    .to_dict()["title"] for width in (260, 900))  # fmt: skip
    assert wide["text"] == long and wide["subtitle"] == [f"{long} · 2017 · 10,000 yuan"]
    assert narrow["text"] == ["Budgets cut by seventy per cent", "repair 1"]
    assert narrow["subtitle"] == [long, "2017 · 10,000 yuan"]
    chinese = charts.movers(MOVES, Look("zh", width=120), title="变动最大的五项服务与基准相比").to_dict()["title"]
    assert chinese["text"] == ["变动最大的五项服", "务与基准相比"]


def test_a_change_that_rounds_to_nothing_has_no_sign_on_its_tile(town: Run) -> None:
    drawn = charts.tile_map(town, Look("en"), values={"east": -0.0004, "west": -0.0006}, difference=True)
    words = words_of(charts.picture(drawn, "svg")).split()
    assert "0" in words and "−0.1" in words and "−0.0" not in words


def test_the_gaps_of_the_aims_have_a_legend_that_a_page_shows_as_well() -> None:
    """A legend that is switched off for one of a field's channels is switched off for all of them in a browser."""
    spec = json.dumps(charts.gap_over_time(EVENTS, Look("en")).to_dict())
    assert '"legend": null' not in spec and '"shape"' in spec, "shapes beside colours"


def test_numbers_are_short_and_signed() -> None:
    assert charts.number(1234567.8) == "1,234,568" and charts.number(-3.14159) == "−3.14"
    assert charts.number(0.0004) == "0.0004" and charts.number(5, sign=True) == "+5"
    assert charts.percent(0.12345) == "12.3%"


def test_the_drill_names_who_steps_in_and_who_is_alone(town: Run) -> None:
    frame = simulate(town, draws=1).frames["drill"]
    rows = charts.drill_rows(frame, {"u1": "First"}, Look("en"), 20)
    assert (rows["lost"] + rows["recovered"]).sum() * 1e4 == pytest.approx(frame["value"].sum())
    alone = rows["recovered"] == 0
    assert rows.loc[alone, "words"].str.endswith("nobody steps in").all() and alone.any() and not alone.all()
    assert [w.rpartition(" ← ")[2] for w in rows.loc[~alone, "words"]] == rows.loc[~alone, "steps_in"].tolist()


def test_the_fan_shows_what_the_simulation_found(town: Run) -> None:
    frame = simulate(town, draws=40).frames["fan"]
    money = frame[(frame["goal"] == "outlay") & (frame["year"] == 2016)].iloc[0]
    shown = charts.fan_rows(frame, "outlay", Look("en")).set_index("year").loc[2016]
    assert (shown["p05"], shown["p95"], shown["plan"]) == (money["p05"] / 1e4, money["p95"] / 1e4, money["plan"] / 1e4)
    share = charts.fan_rows(frame, "coverage", Look("en")).set_index("year").loc[2015]
    assert share["plan"] == 100.0 and share["words"].endswith("%")


def test_fragile_awards_stand_first_and_twins_can_be_told_apart(town: Run) -> None:
    spec = json.dumps(charts.stability(AGAIN, {"u1": "A"}, Look("en")).to_dict())
    assert '"2015 n1 \\u00b7 A (o01)"' in spec and '"2015 n1 \\u00b7 A (o02)"' in spec and "o08" not in spec
    assert spec.index("2016 n2") < spec.index("(o02)") < spec.index("(o01)")
