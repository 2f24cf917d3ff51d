"""Fresh processes: as many as one likes give the same figures; what is done is not done again; a dead one is named."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gpsopt.errors import SolverError
from gpsopt.simulation import replan as module
from gpsopt.simulation.replan import replan, stability
from gpsopt.simulation.workers import Workers, place_of, work_through
from tests.simulation.town import TOWN, town_run

pytestmark = pytest.mark.slow


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The records stay when everything is done."""
    monkeypatch.setattr(module._Job, "forget", lambda _job: None)


@pytest.mark.usefixtures("kept")
def test_any_number_of_workers_gives_the_same(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    one = replan(TOWN, tmp_path / "one", draws=6)
    two = replan(TOWN, tmp_path / "two", draws=6, workers=2, progress=lambda done, all_: told.append((done, all_)))
    assert one.name == two.name and told[0] == (0, 12) and told[-1] == (12, 12)
    for name, frame in one.frames.items():
        assert frame.equals(two.frames[name]), name
    assert int(one.frames["replans"].groupby("year")["futures"].sum().min()) == 6
    for lang in ("zh", "en"):
        assert one.summary["run"] in one.page(lang)


@pytest.mark.usefixtures("kept")
def test_what_is_done_stays_done(tmp_path: Path) -> None:
    whole = stability(town_run_folder(tmp_path), tmp_path / "job", draws=3)
    (job,) = (tmp_path / "job").iterdir()
    times = {n: place_of(job, ("chosen", n)).stat().st_mtime_ns for n in range(3)}
    place_of(job, ("chosen", 1)).unlink()
    again = stability(town_run_folder(tmp_path), tmp_path / "job", draws=3)
    assert again.equals(whole)
    assert [place_of(job, ("chosen", n)).stat().st_mtime_ns == times[n] for n in range(3)] == [True, False, True]


def test_a_worker_that_dies_is_named(tmp_path: Path) -> None:
    (tmp_path / "job.json").write_text(json.dumps({"run": "none", "seed": 0, "draws": 1, "gap": 0}))
    with Workers(1) as ready, pytest.raises(SolverError, match="lived 0"):
        work_through(tmp_path, [("lived", 0)], ready)


def test_the_command_lives_through_a_scenario_and_says_what_fits_it(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "gpsopt", "simulate", str(TOWN), "--out", str(tmp_path), "--lang", "en", "--json"]
    found = subprocess.run([*words, "--draws", "2", "--workers", "1"], capture_output=True, check=True, text=True)
    answer = json.loads(found.stdout)
    folder = Path(answer["path"])
    assert answer["kind"] == "replanned" and answer["draws"] == 2 and sum(answer["awards"].values()) == 11
    assert {"fan.csv", "stability.csv", "replans.csv", "bought.csv", "tornado.csv", "summary.json"} <= {
        p.name for p in folder.iterdir()
    }
    assert list((tmp_path / "unfinished").iterdir()) == []
    refused = subprocess.run([*words, "--stability", "2"], capture_output=True, check=False, text=True)
    assert refused.returncode == 2 and "--stability" in json.loads(refused.stdout)["error"]


def town_run_folder(tmp_path: Path) -> Path:
    """The town's plan as a run folder."""
    from gpsopt.planning import solve
    from gpsopt.runfolder import write_run

    assert town_run().certified
    return write_run(solve(TOWN), tmp_path / "runs")
