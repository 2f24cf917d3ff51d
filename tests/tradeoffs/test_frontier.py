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
from tests.cli.worlds import crowd, hamlet, without_plan, write
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


#: two needs of whole units: demand, unit value, then (price, setup, least, most) of each of two offers
WHOLE = {"n1": (5, 100, (60, 15, 1, 3), (70, 0, 2, 9)), "n2": (4, 80, (45, 40, 0, 9), (52, 0, 1, 2))}


def whole(folder: Path, budget: int) -> Path:
    tables = {
        "areas": "area\na\n", "purchasers": "purchaser,level,kind\np,municipal,administrative_organ\n",
        "items": "item,kind,livelihood,basic,scope,unit,cost_standard,divisible\n",
        "budgets": f"purchaser,year,amount\np,2015,{budget}\n",
        "needs": "need,purchaser,item,area,year,demand,target\n", "undertakers": "undertaker,kind\nu,enterprise\n",
        "offers": "offer,undertaker,item,price,setup,min_quantity,max_quantity\n",
    }  # fmt: skip
    for need, (demand, value, *offers) in WHOLE.items():
        tables["items"] += f"i{need},public,yes,yes,purchasable,unit,{value},no\n"
        tables["needs"] += f"{need},p,i{need},a,2015,{demand},1\n"
        for place, (price, setup, least, most) in enumerate(offers):
            tables["offers"] += f"o{need}{place},u,i{need},{price},{setup},{least},{most}\n"
    settings = 'title = "w"\nyears = [2015]\nbase_year = 2014\n[clauses.fee_standard]\nenabled = false\n'
    return write(folder, tables, settings)


def enumerated(budget: int) -> list[tuple[float, float]]:
    """(shortfall, outlay) of every plan that no other beats."""
    per_need = []
    for demand, value, *offers in WHOLE.values():
        ways = itertools.product(*([q for q in range(min(most, demand) + 1) if q == 0 or q >= least]
                                   for _price, _setup, least, most in offers))  # fmt: skip
        per_need.append([
            ((demand - sum(way)) * value, sum(q * price + (setup if q else 0)
                                              for q, (price, setup, *_size) in zip(way, offers, strict=True)))
            for way in ways if sum(way) <= demand
        ])  # fmt: skip
    reached = {(a + b, x + y) for (a, x), (b, y) in itertools.product(*per_need) if x + y <= budget}
    return sorted(p for p in reached if not any(q != p and q[0] <= p[0] and q[1] <= p[1] for q in reached))


def test_the_whole_frontier_is_the_enumerated_one(tmp_path: Path) -> None:
    """Asked for enough points all are found, and said to be all; asked for fewer, each found is one of them."""
    expected, model = enumerated(260), whole(tmp_path / "w", 260)
    found = frontier(model, ("livelihood_shortfall", "outlay"), 40)
    points = [(p.values["livelihood_shortfall"], p.values["outlay"]) for p in found.points]
    assert found.complete and len(expected) > 5
    assert [x for point in points for x in point] == pytest.approx([x for point in expected for x in point])
    few = frontier(model, ("livelihood_shortfall", "outlay"), 4)
    assert not few.complete and len(few.points) == 4
    assert {(round(p.values["livelihood_shortfall"]), round(p.values["outlay"])) for p in few.points} <= set(expected)


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
