"""Every scenario reads and checks without a fault, asks a question, and stands in the list of scenarios."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from gpsopt import Scenario, read_scenario
from gpsopt.checks import check
from gpsopt.compiler import compile_model
from gpsopt.model.build import build
from gpsopt.solving.feasibility import possible, problem_of

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"
FILES = sorted(FOLDER.glob("*.toml"))
UNTITLED = {"title": "", "title_zh": "", "question": "", "question_zh": ""}


@cache
def read(path: Path) -> Scenario:
    return read_scenario(path)


def test_there_are_a_baseline_and_eight_departures() -> None:
    assert FOLDER / "baseline.toml" in FILES
    assert len(FILES) >= 9


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_reads_and_nothing_stands_in_the_way(path: Path) -> None:
    scenario = read(path)
    model = read(Path(scenario.chain[0]).parent)
    said = {(f.code, f.value) for f in check(model)}  # what a scenario adds is at most a note
    assert [f for f in check(scenario) if f.severity != "note" and (f.code, f.value) not in said] == []
    assert {f.severity for f in check(model)} <= {"note", "warning"}
    assert scenario.settings.title
    assert re.search(r"[\u4e00-\u9fff]", scenario.settings.title_zh)
    assert scenario.question("en").endswith("?") and scenario.question("zh").endswith("？")


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_its_rules_can_all_be_kept(path: Path) -> None:
    assert possible(problem_of(compile_model(build(read(path)))), whole=True) is True


def test_titles_and_inputs_all_differ() -> None:
    scenarios = [read(path) for path in FILES]
    for said in ("title", "title_zh", "question", "question_zh"):
        assert len({getattr(s.settings, said) for s in scenarios}) == len(FILES)
    bare = [replace(s, settings=s.settings.model_copy(update=UNTITLED)) for s in scenarios]
    assert len({s.digest() for s in bare}) == len(FILES)  # each departs from every other in more than its words


def test_the_list_names_every_file_with_its_question() -> None:
    lines = (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()
    listed = {found[1]: line for line in lines if (found := re.match(r"\| \[([^\]]+)\.toml\]", line))}
    assert set(listed) == {path.stem for path in FILES}
    for path in FILES:
        settings = read(path).settings
        assert settings.question in listed[path.stem]
        assert settings.title_zh in listed[path.stem]
