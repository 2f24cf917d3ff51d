"""A sweep on a cluster gives what it gives here, file by file, also where a worker or the scheduler is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gpsopt.cluster.connection import connected
from gpsopt.errors import ClusterLostError
from gpsopt.plan.plan import Plan
from gpsopt.planning import plan_or_end
from gpsopt.runfolder import plan_hash
from gpsopt.starter import write_starter
from gpsopt.sweep.grid import Point, points_of, vary_of
from gpsopt.sweep.run import sweep
from tests.cluster.machines import Machines, machines

pytestmark = pytest.mark.slow


def grid(folder: Path, count: int) -> list[Point]:
    """So many budgets of the starter model, which stands beside the folder of the sweep."""
    write_starter(folder.parent / "first")
    values = ",".join(f"{1 + i / 200:.3f}" for i in range(count))
    return points_of(folder.parent / "first", [vary_of(f"budgets.amount=scale:{values}")], folder)


def as_alone(points: list[Point], folder: Path, answers: list[Mapping[str, Any]]) -> None:
    """Every point is what a solve of its own in this process gives, and every run stands in the folder once."""
    for point, answer in zip(points, answers, strict=True):
        alone = plan_or_end(folder / "scenarios" / f"{point.name}.toml")
        assert isinstance(alone, Plan)
        assert (answer["run"], answer["plan_hash"]) == (alone.run, plan_hash(alone.frames))
        assert answer["aims"] == json.loads(json.dumps(alone.summary["aims"]))
        assert Path(answer["path"]) == folder / "runs" / alone.run
        assert json.loads((folder / "runs" / alone.run / "manifest.json").read_text())["plan_hash"]
    assert len(list((folder / "runs").iterdir())) == len(list((folder / "done").iterdir())) == len(points)


def test_a_worker_killed_at_a_third(tmp_path: Path) -> None:
    folder = tmp_path / "sweep"
    points = grid(folder, 6)
    with machines(tmp_path / "made", 2) as made, connected(made.address, _never) as cluster:

        def told(done: int, everything: int) -> None:
            if done == everything // 3:
                made.workers[0].kill()

        answers = sweep(points, folder, (), 1, told, cluster)
    as_alone(points, folder, answers)


def test_the_scheduler_killed_midway_and_the_rest_done_here(tmp_path: Path) -> None:
    folder, lost = tmp_path / "sweep", list[ClusterLostError]()
    points = grid(folder, 3)
    with machines(tmp_path / "made", 1) as made, connected(made.address, lost.append) as cluster:

        def told(done: int, everything: int) -> None:
            if done == 1:
                made.scheduler.kill()

        answers = sweep(points, folder, (), 2, told, cluster)
    assert [error.code for error in lost] == ["cluster_lost"]
    as_alone(points, folder, answers)


def _never(error: ClusterLostError) -> None:
    raise error


def test_the_command_through_tls(tmp_path: Path) -> None:
    """With certificates from Dask's own configuration; without them nobody is let in, and that is said."""
    from distributed.security import Security

    made_up = Security.temporary()
    pem = {"ca": made_up.tls_ca_file, "cert": made_up.tls_client_cert, "key": made_up.tls_client_key}
    for name, text in pem.items():
        (tmp_path / f"{name}.pem").write_text(str(text))
    files = {name: str(tmp_path / f"{name}.pem") for name in pem}
    words = ("--protocol", "tls", "--tls-ca-file", files["ca"], "--tls-cert", files["cert"], "--tls-key", files["key"])
    tls = "DASK_DISTRIBUTED__COMM__TLS__"
    ours = {f"{tls}CA_FILE": files["ca"], f"{tls}CLIENT__CERT": files["cert"], f"{tls}CLIENT__KEY": files["key"]}
    grid(tmp_path / "sweep", 1)
    with machines(tmp_path / "made", 1, words) as made:
        assert made.address.startswith("tls://")
        refused, answered = command(tmp_path, made, {}), command(tmp_path, made, ours)
    document = json.loads(refused.stdout)
    assert (refused.returncode, document["code"]) == (2, "cluster_unreachable"), refused.stderr
    assert answered.returncode == 0, answered.stderr
    assert [row["certified"] for row in json.loads(answered.stdout)["table"]] == [True]


def command(place: Path, made: Machines, environ: Mapping[str, str]) -> subprocess.CompletedProcess[bytes]:
    words = ["sweep", str(place / "first"), "--vary", "budgets.amount=scale:0.9", "--cluster", made.address, "--json"]
    return subprocess.run(
        [sys.executable, "-m", "gpsopt", *words], cwd=place, env={**os.environ, **environ}, capture_output=True,
        check=False,
    )  # fmt: skip
