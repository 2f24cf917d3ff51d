"""A city's plan is checked in seconds of processor time (measured: 0.5 s and 1.4 s)."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from gpsopt.scenario import read_scenario
from gpsopt.verify import verify_frames
from tests.pace import limit

from .citymodel import city_plan, write_city


@pytest.mark.parametrize(
    ("needs", "offers", "awards", "pairs", "seconds"),
    [(500, 20, 6_000, 30_000, 2.0), (1_250, 40, 15_000, 150_000, 30.0)],
)
def test_a_city_in_seconds(needs: int, offers: int, awards: int, pairs: int, seconds: float, tmp_path: Path) -> None:
    scenario = read_scenario(write_city(tmp_path, needs, offers))
    frames, summary = city_plan(needs, offers)
    assert len(frames["allocation"]) == awards
    assert needs * offers * 3 == pairs
    start = time.process_time()
    verdict = verify_frames(scenario, frames, summary)
    spent = time.process_time() - start
    assert verdict.lines("en")[1:] == []
    assert spent <= limit(seconds)
