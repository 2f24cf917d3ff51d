"""Starting, cancelling and sweeping job processes.

A process holds a lock on a file of its own from its first moment to its last: whether a job is alive is asked of
that lock, not of a number that another process may have been given since. `advance` is called whenever somebody
looks at the queue, and by every worker that ends; it starts what may start and closes what died.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Final

from gpsopt.errors import UsageError
from gpsopt.jobs.board import LANE, Board, Job, now
from gpsopt.text import say

try:
    import fcntl
except ImportError:  # Windows: the process number has to do
    fcntl = None  # type: ignore[assignment]

#: a process that was asked to stop and has no plan ends after so many seconds; one that has a plan may save it
GRACE: Final = 1.0
SAVING: Final = 60.0
#: a process without a lock, on systems that know none, is given so long to appear
_APPEARS: Final = 20.0


def slots() -> int:
    """How many jobs may run at once: GPSOPT_JOBS, else half the processors."""
    said = os.environ.get("GPSOPT_JOBS", "")
    return max(1, int(said)) if said.isdigit() else max(1, (os.cpu_count() or 2) // 2)


def advance(board: Board) -> None:
    """Close jobs whose process died, then start the next ones of the queue while there is room."""
    sweep(board)
    while (job := _take(board)) is not None:
        try:
            process = _start(board, job)
        except OSError as error:
            board.end(job.job, "failed", message=_told("job_not_started", why=str(error)))
            continue
        with board.database() as database:
            database.execute("UPDATE jobs SET process = ? WHERE job = ?", (process, job.job))


def cancel(board: Board, owner: str, job: str) -> Job | None:
    """Ask a job of the owner to stop: a queued one is closed at once, a running one ends within moments.

    One that has found a plan saves it. Returns the job as it then stands; None where the owner has no such job.
    """
    found = board.get(owner, job)
    if found is None:
        return None
    if not board_ask(board, job):
        board.end(job, "cancelled")
    return board.get(owner, job)


def board_ask(board: Board, job: str) -> bool:
    """Mark a running job as asked to stop; False where it does not run."""
    with board.database() as database:
        done = database.execute(
            "UPDATE jobs SET asked = coalesce(asked, ?) WHERE job = ? AND state = 'running'", (now(), job)
        )
        return bool(done.rowcount)


def sweep(board: Board) -> None:
    """Close running jobs whose process is gone; end processes that outlived their grace; remove what is left over."""
    for job in board.select("state = 'running'"):
        if not alive(board, job):
            asked = job.asked is not None
            board.end(job.job, "cancelled" if asked else "failed", message=("", "") if asked else _told("job_lost"))
        elif job.asked is not None and job.process and _age(job.asked) > (SAVING if job.value is not None else 5.0):
            with contextlib.suppress(OSError):
                os.kill(job.process, signal.SIGTERM)
    kept = {job.job for job in board.select("state IN ('queued', 'running')")}
    for path in (board.folder / "jobs").iterdir():
        if path.name.partition(".")[0] not in kept and _age_of(path) > _APPEARS:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def alive(board: Board, job: Job) -> bool:
    """Does the job's process still run?"""
    if fcntl is None:
        return _alive_by_number(job)
    try:
        with _lock_file(board, job.job).open("rb") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return _age(job.started) < _APPEARS  # it is being started
    except OSError:
        return True
    return _age(job.started) < 1.0 and job.process is None


def _take(board: Board) -> Job | None:
    """The next job of the queue, marked as running; None where nothing waits or no place is free."""
    row = None
    with board.database() as database:
        database.execute("BEGIN IMMEDIATE")
        for lane, room in ((1, 1), (0, slots())):
            in_lane = f"FROM jobs WHERE {LANE} = {lane} AND state"
            running = database.execute(f"SELECT count(*) {in_lane} = 'running'").fetchone()[0]
            if running < room and row is None:
                row = database.execute(f"SELECT job {in_lane} = 'queued' ORDER BY place LIMIT 1").fetchone()
        if row is not None:
            database.execute("UPDATE jobs SET state = 'running', started = ? WHERE job = ?", (now(), row[0]))
        database.execute("COMMIT")
    return None if row is None else board.select("job = ?", row[0])[0]


def _start(board: Board, job: Job) -> int:
    """Start the job's process, apart from this one, holding its lock; returns its number."""
    handle: IO[bytes] = _lock_file(board, job.job).open("wb")
    log = (board.folder / "jobs" / f"{job.job}.log").open("wb")
    with handle, log:
        passed: tuple[int, ...] = ()
        if fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            passed = (handle.fileno(),)
        process = subprocess.Popen(
            [sys.executable, "-m", "gpsopt.jobs.worker", str(board.folder), job.job], stdin=subprocess.DEVNULL,
            stdout=log, stderr=log, pass_fds=passed, start_new_session=True, env={**os.environ, "PYTHONUTF8": "1"},
        )  # fmt: skip
    _children.append(process)
    for child in [c for c in _children if c.poll() is not None]:  # so that none stays as a zombie
        _children.remove(child)
    return process.pid


_children: list[subprocess.Popen[bytes]] = []


def _lock_file(board: Board, job: str) -> Path:
    return board.folder / "jobs" / f"{job}.lock"


def _alive_by_number(job: Job) -> bool:
    if job.process is None:
        return _age(job.started) < _APPEARS
    try:
        os.kill(job.process, 0)
    except OSError:
        return False
    return True


def _age(moment: str | None) -> float:
    """Seconds since a moment that the board keeps."""
    from datetime import UTC, datetime

    return 0.0 if moment is None else (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()


def _age_of(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0


def _told(code: str, **values: object) -> tuple[str, str]:
    """A refusal of ours in both languages."""
    error = UsageError(code, **values)
    return error.text("zh"), error.text("en")


__all__ = ["GRACE", "SAVING", "advance", "alive", "board_ask", "cancel", "say", "slots", "sweep"]
