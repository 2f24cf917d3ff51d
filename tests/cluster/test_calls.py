"""Calls given to a cluster come back once each, whoever is killed meanwhile; what cannot be is said."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from gpsopt.cluster.connection import connected, different, versions_here
from gpsopt.errors import ClusterLostError, UsageError
from tests.cluster.machines import Machines, machines, until
from tests.cluster.work import deadly, noted, refused, squared


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    with machines(tmp_path_factory.mktemp("cluster"), 2) as made:
        yield made


def test_each_call_is_answered_once_and_refusals_come_home(pair: Machines) -> None:
    with connected(pair.address) as cluster:
        answers = list(cluster.answers(squared, 7, range(30)))
        assert sorted(answers) == [(i, 7 + i * i) for i in range(30)]
        with pytest.raises(UsageError) as refusal:
            list(cluster.answers(refused, None, range(6)))
        assert refusal.value.code == "path_missing" and "nowhere" in refusal.value.text("zh")
        assert sorted(cluster.answers(squared, 0, range(3))) == [(0, 0), (1, 1), (2, 4)]  # and it goes on


def test_an_address_is_checked() -> None:
    for wrong in ("localhost", "http://somewhere:80", "tcp://somewhere"):
        with pytest.raises(UsageError) as refusal, connected(wrong):
            pass
        assert refusal.value.code == "cluster_address" and wrong in refusal.value.text("en")


@pytest.mark.slow
def test_nobody_there_is_said() -> None:
    with pytest.raises(UsageError) as refusal, connected("tcp://127.0.0.1:9"):  # the port of discard: nobody listens
        pass
    assert refusal.value.code == "cluster_unreachable"


def test_versions_are_told_apart() -> None:
    here = dict(versions_here())
    assert set(here) == {"python", "gpsopt", "pyomo", "highspy"} and "-" not in here.values()
    same = {"packages": {**here, "python": f"{here['python']}.9.final.0", "numpy": "1"}}
    assert different(same) == ""
    other = {"packages": {**same["packages"], "pyomo": "5.0", "gpsopt": None}}
    assert different(other) == f"gpsopt - ≠ {here['gpsopt']}, pyomo 5.0 ≠ {here['pyomo']}"


@pytest.mark.slow
def test_a_worker_with_another_solver_is_refused(tmp_path: Path) -> None:
    """At the connection, and where it comes later."""
    odd = tmp_path / "odd" / "highspy-0.9.9.dist-info"
    odd.mkdir(parents=True)
    (odd / "METADATA").write_text("Metadata-Version: 2.1\nName: highspy\nVersion: 0.9.9\n")
    path = f"{odd.parent}:{Path(__file__).resolve().parents[2]}"
    with machines(tmp_path / "made", 1) as made:
        with connected(made.address) as cluster:
            made.hire(1, {"PYTHONPATH": path})
            until(lambda: cluster.workers() == 2, "the odd worker")
            with pytest.raises(UsageError) as late:
                list(cluster.answers(squared, 0, range(20)))
        with pytest.raises(UsageError) as refusal, connected(made.address):
            pass
    for error in (late.value, refusal.value):
        assert error.code == "cluster_versions"
        assert f"highspy 0.9.9 ≠ {versions_here()['highspy']}" in error.text("en")


@pytest.mark.slow
def test_a_worker_killed_at_a_third_loses_nothing(tmp_path: Path) -> None:
    with machines(tmp_path, 2) as made, connected(made.address) as cluster:
        (tmp_path / "marks").mkdir()
        answers = []
        for answer in cluster.answers(noted, str(tmp_path / "marks"), range(60)):
            answers.append(answer)
            if len(answers) == 20:
                made.workers[0].kill()
        assert sorted(answers) == [(i, i) for i in range(60)]
        marks = [len(p.read_text()) for p in (tmp_path / "marks").iterdir()]
        assert len(marks) == 60 and sum(marks) <= 60 + 20  # only what the killed one held was done again


@pytest.mark.slow
def test_a_scheduler_killed_midway_is_said_and_what_came_is_kept(tmp_path: Path) -> None:
    with machines(tmp_path, 2) as made, connected(made.address) as cluster:
        calls = cluster.answers(squared, 0, range(200))
        some = list(itertools.islice(calls, 20))
        made.scheduler.kill()
        with pytest.raises(ClusterLostError) as lost:
            some += list(calls)
        assert lost.value.code == "cluster_lost" and made.address in lost.value.text("en")
        assert len({place for place, _ in some}) == len(some) >= 20
        assert lost.value.details["left"] == 200 - len(some)


@pytest.mark.slow
def test_a_call_that_kills_its_workers_is_given_back(tmp_path: Path) -> None:
    with machines(tmp_path, 1, environ={"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}) as made:
        with connected(made.address) as cluster:
            made.hire(1)
            until(lambda: cluster.workers() == 2, "the second worker")
            answers = []
            with pytest.raises(ClusterLostError) as lost:
                for answer in cluster.answers(deadly, None, range(8)):
                    answers.append(answer)
        assert lost.value.code == "cluster_kills_workers"
        assert (1, 1) not in answers
