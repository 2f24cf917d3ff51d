"""`gpsopt solve` where nothing fits: exit 3, the conflict and the repairs printed, in JSON and in the run folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import gpsopt
from gpsopt.handplan import score
from tests.cli.running import in_process
from tests.cli.worlds import hamlet, without_plan


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    return in_process(capfd)


def test_conflict_and_repairs_stand_in_the_answer_and_in_the_run_folder(tmp_path: Path, command) -> None:  # type: ignore[no-untyped-def]
    done = command("solve", str(without_plan(tmp_path / "m")), "--out", str(tmp_path / "runs"), "--json")
    assert done.code == 3
    folder = Path(done.json["path"])
    stored = json.loads((folder / "conflict.json").read_text(encoding="utf-8"))
    assert stored == {key: done.json[key] for key in ("conflict", "repairs")}
    assert {"coverage", "award_size"} <= {entry["clause"] for entry in stored["conflict"]}
    assert all(entry["text_zh"] and entry["text_en"] and entry["keys"] for entry in stored["conflict"])
    assert len({repair["kind"] for repair in stored["repairs"]}) == len(stored["repairs"]) >= 3
    for repair in stored["repairs"]:
        assert repair["proven"] and (folder / repair["file"]).is_file()
    first = folder / stored["repairs"][0]["file"]
    assert command("solve", str(first), "--out", str(tmp_path / "runs")).code == 0


def test_each_repair_stands_beside_the_plan_that_proves_it(tmp_path: Path, command) -> None:  # type: ignore[no-untyped-def]
    done = command("solve", str(without_plan(tmp_path / "m")), "--out", str(tmp_path / "runs"), "--json")
    folder = Path(done.json["path"])
    for repair in done.json["repairs"]:
        file = folder / repair["file"]
        assert f'start = "{file.stem}.csv"' in file.read_text(encoding="utf-8")
        judged = score(file.with_suffix(".csv"), file, solve=False, nearest=False)
        assert judged.ok and judged.hand.assumed == (), [fault.line("en") for fault in judged.faults]
        assert bool(judged.soft) == (repair["kind"] == "clause"), "a clause made soft is passed, and that is said"
    assert repair["kind"] == "clause"
    said = command("score", str(file.with_suffix(".csv")), "--scenario", str(file), "--lang", "en")
    assert "breaks no rule" in said.out and "Limits of soft clauses that it passes, as it may: 2" in said.out


@pytest.mark.parametrize(("lang", "word"), [("en", "Ways to a plan"), ("zh", "通向方案的办法")])
def test_the_page_says_it_in_words(tmp_path: Path, lang: str, word: str, command) -> None:  # type: ignore[no-untyped-def]
    done = command("solve", str(without_plan(tmp_path / "m")), "--out", str(tmp_path / "runs"), "--lang", lang)
    assert done.code == 3 and word in done.out and "repairs/1-" in done.out


def test_the_same_run_again_is_kept(tmp_path: Path, command) -> None:  # type: ignore[no-untyped-def]
    words = ("solve", str(without_plan(tmp_path / "m")), "--out", str(tmp_path / "runs"), "--json")
    first, second = command(*words), command(*words)
    assert first.json["path"] == second.json["path"] and len(list((tmp_path / "runs").iterdir())) == 1


def test_a_scenario_with_a_plan_has_no_conflict(tmp_path: Path) -> None:
    assert gpsopt.explain_nofit(str(hamlet(tmp_path / "m"))).conflict == ()


def test_solve_raises_with_the_clauses_named(tmp_path: Path) -> None:
    with pytest.raises(gpsopt.InfeasibleError) as caught:
        gpsopt.solve(without_plan(tmp_path / "m"))
    assert "award_size" in str(caught.value) and "n1" in str(caught.value)
