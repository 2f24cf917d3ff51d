"""Jobs run in processes of their own, tell where they stand, stop when asked, and outlive whoever started them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gpsopt.desk import Desk, open_desk
from gpsopt.desk.asking import ask_to_solve
from gpsopt.errors import InputError
from gpsopt.jobs import ENDED, Job, advance, cancel
from gpsopt.jobs.worker import Watch
from gpsopt.runs import Record
from gpsopt.verify import verify_run
from tests.jobs.ending import end_all

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Path]:
    """A folder with the town."""
    shutil.copytree(ROOT / "models" / "town", tmp_path / "library" / "models" / "town")
    yield tmp_path / "library"
    end_all(tmp_path / "runs")


@pytest.fixture
def desk(tmp_path: Path, library: Path) -> Desk:
    desk = open_desk(tmp_path / "runs", library, "somebody")
    desk.open_model(desk.offered()[0])
    return desk


def ended(desk: Desk, job: Job, seconds: float = 90) -> Job:
    """The job once nothing more happens to it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        advance(desk.board)
        found = desk.board.get(desk.owner, job.job)
        assert found is not None
        if found.state in ENDED:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{found.state} after {seconds} s")


def test_a_solve_becomes_a_recorded_run_and_the_same_request_opens_it(desk: Desk) -> None:
    job = ask_to_solve(desk, "town")
    assert isinstance(job, Job) and job.state == "running"
    again = ask_to_solve(desk, "town")
    assert isinstance(again, Job) and again.job == job.job, "the same request while it runs is the same job"
    done = ended(desk, job)
    assert done.state == "finished" and done.record is not None
    record = desk.store.get(desk.owner, done.record)
    assert record is not None and record.certified and record.status == "optimal"
    assert verify_run(desk.store.path(record)).ok
    assert ask_to_solve(desk, "town") == record
    news = desk.board.news(job.job)
    assert {n.aim for n in news} >= {"livelihood_shortfall", "outlay"} and news[-1].gap == 0
    assert [n.stage for n in news] == sorted(n.stage for n in news)


@pytest.mark.slow
def test_the_queue_says_its_order_and_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPSOPT_JOBS", "1")
    text = (desk.folder / "scenarios" / "town.toml").read_text(encoding="utf-8")
    jobs = []
    for scale in ("0.9", "0.8", "0.7"):
        change = f'[[change]]\ntable = "budgets"\ncolumn = "amount"\nscale = {scale}\n'
        desk.write_scenario(f"cut {scale}", text + change)
        jobs.append(ask_to_solve(desk, f"cut {scale}"))
    assert all(isinstance(job, Job) for job in jobs)
    waiting = [desk.board.get(desk.owner, job.job) for job in jobs]
    assert [w.state for w in waiting] == ["running", "queued", "queued"]
    assert [desk.board.ahead(w) for w in waiting[1:]] == [1, 2]
    gone = cancel(desk.board, desk.owner, jobs[2].job)
    assert gone is not None and gone.state == "cancelled", "a queued job ends at once"
    assert ended(desk, jobs[0]).state == "finished"
    assert ended(desk, jobs[1]).state == "finished", "the worker that ended started the next"


@pytest.mark.slow
def test_a_job_solves_what_was_asked_not_what_was_edited_since(desk: Desk) -> None:
    job = ask_to_solve(desk, "town")
    table = desk.model_folder("town") / "tables" / "budgets.csv"
    before = desk_digest(desk)
    table.write_text(table.read_text(encoding="utf-8").replace("600000.00", "599999.00"), encoding="utf-8")
    done = ended(desk, job)
    record = desk.store.get(desk.owner, done.record or 0)
    assert record is not None and record.digest == before
    from gpsopt.desk.files import is_stale

    assert is_stale(desk, record) == (desk_digest(desk) != before)


def desk_digest(desk: Desk) -> str:
    from gpsopt.desk.files import read_here

    return read_here(desk, "town").digest()


def test_a_scenario_that_cannot_be_read_is_refused_before_the_queue(desk: Desk) -> None:
    desk.write_scenario("broken", 'base = "town"\n[[change]]\ntable = "budgts"\ncolumn = "amount"\nscale = 2\n')
    with pytest.raises(InputError) as refused:
        ask_to_solve(desk, "broken")
    assert "budgets" in refused.value.text("en")
    assert desk.board.jobs(desk.owner) == []


@pytest.mark.slow
def test_nobody_sees_or_stops_the_jobs_of_another(desk: Desk) -> None:
    job = ask_to_solve(desk, "town")
    assert isinstance(job, Job)
    assert desk.board.jobs("another") == [] and desk.board.get("another", job.job) is None
    assert cancel(desk.board, "another", job.job) is None
    assert ended(desk, job).state == "finished"


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_a_process_that_dies_is_said_to_be_lost(desk: Desk) -> None:
    job = ask_to_solve(desk, "town")
    assert isinstance(job, Job) and job.process
    os.kill(job.process, signal.SIGKILL)
    lost = ended(desk, job)
    assert lost.state == "failed" and "unexpectedly" in lost.message("en") and "意外" in lost.message("zh")


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="needs sessions of processes")
def test_a_job_survives_the_server_that_started_it(tmp_path: Path, library: Path) -> None:
    code = """if True:
        import os, pathlib, signal, sys
        from gpsopt.desk import open_desk
        from gpsopt.desk.asking import ask_to_solve
        desk = open_desk(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), "x")
        desk.open_model(desk.offered()[0])
        print(ask_to_solve(desk, "town").job, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    server = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "runs"), str(library)], capture_output=True, text=True
    )
    assert server.returncode == -signal.SIGKILL
    later = open_desk(tmp_path / "runs", library, "x")
    job = later.board.get("x", server.stdout.strip())
    assert job is not None
    assert ended(later, job).state == "finished"


def test_cancelling_before_a_plan_ends_at_once_and_leaves_no_process(desk: Desk) -> None:
    job = ask_to_solve(desk, "town")
    assert isinstance(job, Job) and job.process
    asked = time.monotonic()
    cancel(desk.board, desk.owner, job.job)
    done = ended(desk, job)
    # a town may be solved before it hears of it; either way nothing runs two seconds later
    assert done.state in ("cancelled", "finished")
    wait_for_end(job.process, asked + 8)
    if done.state == "cancelled":
        assert isinstance(ask_to_solve(desk, "town"), Job | Record)


def wait_for_end(process: int, until: float) -> None:
    """Until no process of this number is left."""
    while time.monotonic() < until:
        try:
            if os.waitpid(process, os.WNOHANG)[0]:
                return
        except ChildProcessError:
            return
        time.sleep(0.05)
    raise AssertionError(f"process {process} is still there")


@pytest.mark.slow
def test_cancelling_a_city_keeps_its_best_plan(tmp_path: Path, library: Path) -> None:
    """Beijing is stopped once it has a plan: the plan is saved, verified, and never mistaken for the finished one."""
    desk = open_desk(tmp_path / "runs", ROOT, "somebody")
    desk.open_model(next(m for m in desk.offered() if m.name == "beijing"))
    job = ask_to_solve(desk, "baseline")
    assert isinstance(job, Job)
    until = time.monotonic() + 120
    while (now := desk.board.get(desk.owner, job.job)) and (now.value is None or (now.stage or 0) < 2):
        assert time.monotonic() < until and now.state == "running"
        time.sleep(0.2)
    asked = time.monotonic()
    cancel(desk.board, desk.owner, job.job)
    done = ended(desk, job, 60)
    assert done.state == "cancelled" and done.record is not None
    assert time.monotonic() - asked < 30
    record = desk.store.get(desk.owner, done.record)
    assert record is not None and record.stopped and record.status == "limit" and record.certified
    assert verify_run(desk.store.path(record)).ok
    again = ask_to_solve(desk, "baseline")
    assert isinstance(again, Job), "a stopped run is no answer to the request"
    cancel(desk.board, desk.owner, again.job)
    ended(desk, again)


def test_a_process_that_closed_its_job_itself_is_not_ended_by_its_watch(desk: Desk) -> None:
    """It still has to start the next one, however slowly; `os._exit` here would end these tests."""
    titles = ("", "")
    job = desk.board.post(desk.board.new_name(), desk.owner, "solve", "town", titles, "request", {})
    watch = Watch(desk.board, job.job)
    watch.closing.set()
    desk.board.end(job.job, "finished")
    watch.start()
    watch.join(20)
    assert not watch.is_alive()


def test_a_paper_does_not_wait_behind_a_search(desk: Desk) -> None:
    titles, kinds = ("", ""), ("solve", "solve", "report", "report")
    names = [desk.board.new_name() for _kind in kinds]
    jobs = [
        desk.board.post(name, desk.owner, kind, "town", titles, name, {})
        for name, kind in zip(names, kinds, strict=True)
    ]  # fmt: skip
    assert [desk.board.ahead(job) for job in jobs] == [0, 1, 0, 1]
