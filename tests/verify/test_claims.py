"""What a run says of its search must fit the plan: a solver that lies of its objective or bound is stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gpsopt.scenario import Scenario, read_scenario
from gpsopt.verify import Verdict, verify_frames

from .citymodel import city_plan, write_city
from .handmade import Frames
from .variants import BASE


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> tuple[Scenario, Frames, float]:
    """30 needs with four offers each: outlay 36001.50 or so, on a grid of 0.01 units."""
    scenario = read_scenario(write_city(tmp_path_factory.mktemp("city"), 30, 4))
    frames, summary = city_plan(30, 4)
    aims: Any = summary["aims"]
    return scenario, frames, float(aims[0]["plan_value"])


def judged(city: tuple[Scenario, Frames, float], **claims: float | None) -> Verdict:
    scenario, frames, outlay = city
    honest: dict[str, Any] = {
        "name": "outlay", "sense": "min", "plan_value": outlay, "value": outlay, "bound": outlay, "gap": 0.0,
        "gap_amount": 0.0, "scale": outlay, "given_up": 0.0, "tolerance": 0.001,
    }  # fmt: skip
    return verify_frames(scenario, frames, {"status": "within_gap", "aims": [honest | claims]})


def test_honest_claims_are_passed(city: tuple[Scenario, Frames, float]) -> None:
    outlay = city[2]
    assert judged(city).lines("en")[1:] == []
    assert judged(city, bound=0.99 * outlay, gap_amount=0.01 * outlay, gap=0.01).ok
    # a thousandth was given up to later aims
    value = outlay / 1.001
    assert judged(city, value=value, scale=value, bound=value, given_up=outlay - value).ok
    assert judged(city, bound=None, gap=None, gap_amount=None).ok


@pytest.mark.parametrize(
    ("claims", "column", "code"),
    [
        # the objective is claimed a fiftieth better than the plan is
        ({"value": 0.98, "bound": 0.98, "scale": 0.98, "given_up": 0.02}, "value", "worse_than_claimed"),
        ({"value": 0.98, "bound": 0.98, "scale": 0.98}, "given_up", "differs"),
        ({"value": 0.0, "bound": 0.0, "scale": 0.0, "given_up": 1.0}, "value", "worse_than_claimed"),
        # a bound above the plan
        ({"bound": 1.02, "gap_amount": 0.02}, "bound", "better_than_bound"),
        ({"value": 1.02, "bound": 1.02, "scale": 1.02}, "bound", "better_than_bound"),
        # gaps that are not what value and bound make them
        ({"bound": 0.9}, "gap_amount", "differs"),
        ({"bound": 0.9, "gap_amount": 0.1}, "gap", "differs"),
        ({"scale": 100.0}, "scale", "differs"),
    ],
)
def test_lies_are_stopped(
    claims: dict[str, float], column: str, code: str, city: tuple[Scenario, Frames, float]
) -> None:
    """Figures of `claims` in parts of the outlay."""
    outlay = city[2]
    faults = judged(city, **{key: part * outlay for key, part in claims.items()}).faults
    assert ("aims", code, column) in {(f.rule, f.code, f.column) for f in faults}
    assert all("outlay" in f.line(lang) and "summary.json" in f.line(lang) for f in faults for lang in ("zh", "en"))


def test_scales_of_the_hand_plan(tmp_path: Path) -> None:
    """livelihood: 2·120·100 + 120·30, two years: 55200; no other items: 0; worst_area: 1."""
    case = BASE
    summary = case.summary()
    for aim, scale in zip(summary["aims"], (55200, 0, 1), strict=False):
        aim |= {"value": float(aim["plan_value"]), "scale": scale}
    scenario, frames = case.scenario(tmp_path), case.frames()
    assert verify_frames(scenario, frames, summary).lines("en")[1:] == []
    for aim in summary["aims"][:3]:
        aim["scale"] += 1
    faults = verify_frames(scenario, frames, summary).faults
    assert [(f.column, f.key) for f in faults] == [
        ("scale", "livelihood_shortfall"), ("scale", "shortfall"), ("scale", "worst_area"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "lie"),
    [
        ("livelihood_shortfall", 30000),
        ("worst_area", 0.1),
        ("quality", 30000),
        ("benefit", 5000),
        ("transition", 90000),
    ],
)
def test_every_aim_has_a_reach(name: str, lie: float, tmp_path: Path) -> None:
    """On a model so small the grid of 0.5 reaches far; beyond it a claimed value or bound is refused."""
    case = BASE.but(model="")
    summary = case.summary()
    aim = next(aim for aim in summary["aims"] if aim["name"] == name)
    better = 1 if aim["sense"] == "max" else -1
    scenario = case.scenario(tmp_path)
    exact = float(aim["plan_value"])
    aim["value"] = exact + better * lie * 1000
    aim["scale"] = {"livelihood_shortfall": 55200, "worst_area": 1}.get(name, abs(aim["value"]))
    aim["given_up"] = lie * 1000
    faults = verify_frames(scenario, case.frames(), summary).faults
    assert ("worse_than_claimed", name) in {(f.code, f.key) for f in faults}
    aim |= {"value": exact, "bound": exact, "given_up": 0.0, "gap": 0.0, "gap_amount": 0.0}
    aim["scale"] = {"livelihood_shortfall": 55200, "worst_area": 1}.get(name, abs(exact))
    assert verify_frames(scenario, case.frames(), summary).ok
