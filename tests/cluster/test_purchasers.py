"""A model solved by purchaser on a cluster has the plan that it has here, also where the cluster is lost midway."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.cities import sized, write_city

from gpsopt.cluster.connection import connected
from gpsopt.errors import ClusterLostError
from gpsopt.planning import plan_or_end
from gpsopt.runfolder import plan_hash
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.solving import stages
from gpsopt.solving.clock import Progress
from tests.cluster.machines import machines

pytestmark = pytest.mark.slow


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scenario]:
    write_city(tmp_path / "town", sized("town", needs=30, purchasers=5, undertakers=14, years=1, seed=2))
    monkeypatch.setattr(stages, "BY_PURCHASER", 20)
    monkeypatch.setattr(stages, "PLAIN", 10)
    yield read_scenario(tmp_path / "town")


def test_the_plan_is_the_same(town: Scenario, tmp_path: Path) -> None:
    lost = list[ClusterLostError]()
    with machines(tmp_path / "made", 2) as made, connected(made.address, lost.append) as cluster:
        there = plan_or_end(town, gap=0.0005, cluster=cluster)
    here = plan_or_end(town, gap=0.0005)
    assert lost == [] and there.summary["aims"] == here.summary["aims"]
    assert there.summary["certified"] and plan_hash(there.frames) == plan_hash(here.frames)


def test_a_scheduler_killed_midway_loses_nothing(town: Scenario, tmp_path: Path) -> None:
    lost = list[ClusterLostError]()
    with machines(tmp_path / "made", 1) as made, connected(made.address, lost.append) as cluster:

        def heard(_progress: Progress) -> None:
            made.scheduler.kill()  # at the first news: most of the purchasers' problems are still to come

        there = plan_or_end(town, gap=0.0005, progress=heard, cluster=cluster)
    assert [error.code for error in lost] == ["cluster_lost"]
    assert plan_hash(there.frames) == plan_hash(plan_or_end(town, gap=0.0005).frames)
