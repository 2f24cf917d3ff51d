"""Frontiers: every point is a plan that its saved scenario gives again, none beats another, none is beaten."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

import gpsopt
from gpsopt.analysis.frontier import Frontier, frontier
from gpsopt.analysis.values import proven, relaxed
from gpsopt.errors import InfeasibleError, UsageError
from gpsopt.settings import AIMS
from tests.cli.running import Command, in_process
from tests.cli.worlds import crowd, hamlet, without_plan
from tests.compare.worlds import TOWN


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str]) -> Command:
    return in_process(capfd)


@pytest.fixture(scope="module")
def town() -> Frontier:
    return frontier(TOWN, ("livelihood_shortfall", "outlay"), 6)


def beats(found: Frontier, one: int, other: int) -> bool:
    """Is one point as good as the other in every aim, and better in one?"""
    a, b = found.points[one].values, found.points[other].values
    worse = [(a[n] - b[n]) * (1 if AIMS[n] == "min" else -1) for n in found.aims]
    return all(w <= 0 for w in worse) and any(w < 0 for w in worse)


def test_no_point_beats_another_and_the_ends_are_the_best(town: Frontier) -> None:
    assert town.are_plans and len(town.points) == 6
    for one, other in itertools.permutations(range(6), 2):
        assert not beats(town, one, other)
    assert town.points[0].values["livelihood_shortfall"] == 80_000
    (tmp,) = [p for p in town.points if p.number == 6]
    least = proven(gpsopt.read_scenario(TOWN))
    assert least is not None and tmp.values["outlay"] < least.values["outlay"]


def test_no_plan_lies_below_the_frontier(town: Frontier) -> None:
    """Between two points: the best outlay at a shortfall just under a point's is never less than the point before's."""
    for before, after in itertools.pairwise(town.points):
        assert after.values["outlay"] < before.values["outlay"]
        for point in (before, after):
            assert point.values == pytest.approx(point.bounds), "proven: the gap is nothing"


def test_a_saved_point_gives_its_plan_again(town: Frontier, tmp_path: Path) -> None:
    files = town.save(tmp_path / "points")
    assert len(files) == 6
    for point, file in ((town.points[k], files[k]) for k in (0, 3)):
        plan = gpsopt.solve(file)
        assert plan.certified
        values = {a["name"]: a["plan_value"] for a in plan.summary["aims"]}
        assert {n: values[n] for n in town.aims} == pytest.approx(point.values)
        assert [a["name"] for a in plan.summary["aims"]] == list(point.order)


def test_fractions_bound_the_plans() -> None:
    loose = frontier(TOWN, ("livelihood_shortfall", "outlay"), 5, plans=False)
    tight = frontier(TOWN, ("livelihood_shortfall", "outlay"), 5, plans=True)
    assert not loose.are_plans and tight.are_plans
    assert loose.points[0].values["livelihood_shortfall"] <= tight.points[0].values["livelihood_shortfall"]
    assert loose.points[-1].values["outlay"] <= tight.points[-1].values["outlay"]
    assert "fractions" in loose.page("en") and "分数" in loose.page("zh")


def test_three_aims_and_the_earlier_ones(tmp_path: Path) -> None:
    found = frontier(hamlet(tmp_path / "w"), ("livelihood_shortfall", "shortfall", "outlay"), 8)
    assert len(found.points) >= 4
    for one, other in itertools.permutations(range(len(found.points)), 2):
        assert not beats(found, one, other)
    kept = frontier(TOWN, ("worst_area", "outlay"), 4, keep_earlier=True)
    assert all(p.order[:2] == ("livelihood_shortfall", "shortfall") for p in kept.points)
    free = frontier(TOWN, ("worst_area", "outlay"), 4)
    assert free.points[0].values["worst_area"] >= kept.points[0].values["worst_area"]


def test_a_larger_model_is_relaxed_unless_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = crowd(tmp_path / "crowd", 6)
    monkeypatch.setattr("gpsopt.analysis.frontier.FEW", 3)
    assert not frontier(world, ("livelihood_shortfall", "outlay"), 3).are_plans
    values = relaxed(gpsopt.read_scenario(world))
    assert values is not None and values.plan is None


@pytest.mark.parametrize(
    ("aims", "points", "code"),
    [(("outlay",), 5, "frontier_aims"), (("outlay", "outlay"), 5, "frontier_aims"), (("outlay", "x"), 5, "aim_unknown"),
     (("outlay", "shortfall"), 1, "frontier_points")],
)  # fmt: skip
def test_what_is_no_frontier_is_refused(aims: tuple[str, ...], points: int, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        frontier(TOWN, aims, points)
    assert refused.value.code == code and refused.value.text("zh") and refused.value.text("en")


def test_without_a_plan_there_is_no_frontier(tmp_path: Path) -> None:
    with pytest.raises(InfeasibleError):
        frontier(without_plan(tmp_path / "w"), ("livelihood_shortfall", "outlay"), 3, plans=True)


def test_the_command_prints_saves_and_draws(command: Command, tmp_path: Path) -> None:
    words = ("frontier", TOWN, "--aims", "worst_area,outlay", "--points", 3)
    done = command(*words, "--lang", "en", "--save", tmp_path / "s", "--chart", tmp_path / "f.svg")
    assert done.code == 0 and "no other beats" in done.out and (tmp_path / "f.svg").read_bytes().startswith(b"<svg")
    document = command(*words, "--json").json
    assert document["plans"] is True and document["points"][0]["values"]["worst_area"] > 0.8
    refused = command("frontier", TOWN, "--aims", "worst_area,outlya", "--lang", "zh")
    assert refused.code == 2 and "outlay" in refused.err
