"""Explain, papers and goal seek: asked for on a page, answered by a process of its own, kept for the next visit."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from gpsopt.desk import Desk
from gpsopt.jobs.papers import FORMS
from gpsopt.runread import read_run
from gpsopt.runs import Record
from gpsopt.screens.candidates import OUT, WON, candidates_of
from tests.screens.conftest import Open, solved, sound, words
from tests.screens.test_studies import waited


def test_candidates_are_those_the_plan_chose_from(desk: Desk) -> None:
    run = read_run(desk.store.path(solved(desk, "town")))
    won = {(n, y, o) for n, y, o in run.frame("allocation")[["need", "year", "offer"]].itertuples(index=False)}
    out = {(n, o) for n, o in run.frame("excluded")[["need", "offer"]].itertuples(index=False)}
    keys = {(n, int(y)) for n, y in run.frame("coverage")[["need", "year"]].itertuples(index=False)}
    found = {(n, y): candidates_of(run, n, y) for n, y in keys}
    assert {(n, y, c.offer) for (n, y), rows in found.items() for c in rows if c.state == WON} == won
    assert {(n, c.offer) for (n, _y), rows in found.items() for c in rows if c.state == OUT} <= out
    counted = run.frame("coverage").set_index(["need", "year"])["candidates"]
    known = {row["undertaker"]: row for _line, row in run.scenario.tables.rows("undertakers")}
    buyer = run.scenario.tables["needs"].set_index("need")["purchaser"].to_dict()
    for (need, year), rows in found.items():  # under common control they count as one, one's own not at all
        free = [known[c.undertaker] for c in rows if c.state != OUT]
        rivals = {u["group"] or u["undertaker"] for u in free if u["affiliated_to"] != buyer[need]}
        assert len(rivals) == counted[need, year], (need, year)


@pytest.mark.slow
def test_why_an_award_and_what_a_rule_and_money_are_worth(desk: Desk, show: Open) -> None:
    solved(desk, "town")
    at = sound(show("explain", lang="en"))
    why = next(button for button in at.button if str(button.key).startswith("why_offer_"))
    sound(why.click().run())
    waited(desk, at)
    text = words(at)
    assert "Price to win" in text and "Replacement cost" in text and "plans solved to proof" in text
    at.button_group(key="why_part").set_value("rule").run()
    sound(next(b for b in at.button if str(b.key).startswith("why_rule_")).click().run())
    waited(desk, at)
    assert "in force → struck" in words(at)
    at.button_group(key="why_part").set_value("money").run()
    sound(at.button(key="why_money").click().run())
    waited(desk, at)
    assert "have a price at the margin" in words(at)
    asked = len(desk.board.jobs(desk.owner))
    again = sound(show("explain", lang="zh", why_part="money"))
    assert "有边际价格的限额" in words(again) and len(desk.board.jobs(desk.owner)) == asked, "the answer is kept"


def papers(desk: Desk) -> Path:
    [job] = [job for job in desk.board.jobs(desk.owner) if job.kind == "report"]
    return desk.store.folder / str(job.given["out"])


@pytest.mark.slow
def test_the_papers_are_made_together_and_shown_before_they_leave(desk: Desk, show: Open) -> None:
    record: Record = solved(desk, "town")
    at = sound(show("reports", lang="zh"))
    sound(at.button(key="make_papers").click().run())
    waited(desk, at)
    assert "预览" in str(at.expander[0].label)
    made = {path.suffix: path for path in papers(desk).iterdir() if path.stem == f"{record.run}-zh"}
    assert set(made) == {*FORMS, ".zip"}
    assert made[".pdf"].read_bytes().startswith(b"%PDF")
    assert (papers(desk) / "page-1.png").read_bytes().startswith(b"\x89PNG")
    names = zipfile.ZipFile(io.BytesIO(made[".zip"].read_bytes())).namelist()
    assert {"public-2016.xlsx", "internal-2016.xlsx", "annual_plan-2016.csv"} <= set(names)
    for path in papers(desk).iterdir():
        path.unlink()
    papers(desk).rmdir()
    sound(at.run())
    assert "已从桌面上删除" in words(at)
    sound(at.button(key="papers_again").click().run())


@pytest.mark.slow
def test_the_least_budget_becomes_a_solved_scenario(desk: Desk, show: Open) -> None:
    solved(desk, "town")
    at = sound(show("goals", lang="en"))
    at.selectbox(key="seek_kind").set_value("reach").run()
    sound(at.button(key="seek").click().run())
    waited(desk, at)
    assert "Least money" in words(at)
    sound(at.button(key="save_sought").click().run())
    waited(desk, at)
    assert desk.store.runs(desk.owner)[0].certified
