"""Futures planned by a cluster are those planned here; a worker that is killed meanwhile changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from gpsopt.cluster.connection import connected
from gpsopt.errors import ClusterLostError
from gpsopt.simulation.replan import replan
from tests.cluster.machines import machines

TOWN = Path(__file__).resolve().parents[2] / "models" / "town"


@pytest.mark.slow
def test_replanned_futures_with_a_worker_killed(tmp_path: Path) -> None:
    here = replan(TOWN, tmp_path / "here", draws=3)
    lost: list[ClusterLostError] = []
    with machines(tmp_path / "made", 2) as made, connected(made.address, lost.append) as cluster:

        def told(done: int, everything: int) -> None:
            if done == everything // 3:
                made.workers[0].kill()

        away = replan(TOWN, tmp_path / "away", draws=3, progress=told, cluster=cluster)
    assert lost == [] and away.name == here.name
    for name, frame in here.frames.items():
        assert frame.equals(away.frames[name]), name
