"""Futures lived through by fresh processes, one thread each; what is done stays done.

A job folder holds the run of the first plan (`plan/`), how futures are lived (`job.json`) and one file a finished
future, written whole or not at all: a simulation that was stopped goes on where it was. A future's record hangs on
its number alone, so how many workers there are, and in which order they work, changes nothing but the time.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final

from gpsopt.cluster.connection import Cluster
from gpsopt.cluster.crew import apart
from gpsopt.errors import SolverError
from gpsopt.runread import read_run
from gpsopt.simulation.draws import uncertainties
from gpsopt.simulation.held import held_of
from gpsopt.simulation.lives import Record, chosen_record, lived_record
from gpsopt.simulation.outlook import Paths
from gpsopt.simulation.replanner import Replanner

_ONE_THREAD: Final = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
#: kinds of work on a future: live through it with a new plan each year; plan it as if it were known
WORK: Final = {"lived": lived_record, "chosen": chosen_record}
Task = tuple[str, int]  # kind of work, number of the future


def work_through(
    folder: Path, tasks: Sequence[Task], workers: int, told: Callable[[int, int], None] | None = None,
    cluster: Cluster | None = None,
) -> list[Record]:  # fmt: skip
    """The records of the tasks, in their order; those that stand in the folder already are read.

    `cluster`: its workers live through the futures; so many processes here begin where it is lost. Raises
    SolverError where a worker ended before its time.
    """
    for kind in WORK:
        (folder / kind).mkdir(parents=True, exist_ok=True)
    if cluster is not None:
        _away(folder, tasks, cluster, told)
    waiting: queue.SimpleQueue[Task] = queue.SimpleQueue()
    left = _left(folder, tasks)
    for task in left:
        waiting.put(task)
    done, lock = len(tasks) - len(left), threading.Lock()
    failed: list[str] = []
    if told is not None:
        told(done, len(tasks))

    def keep_busy(worker: _Worker) -> None:
        nonlocal done
        try:
            while not failed:
                worker.do(waiting.get_nowait())
                with lock:
                    done += 1
                    if told is not None:
                        told(done, len(tasks))
        except queue.Empty:
            return
        except BaseException as error:  # raised again where everybody waits
            failed.append(str(error))

    running = [_Worker(folder) for _ in range(min(workers, len(left)))]
    try:
        threads = [threading.Thread(target=keep_busy, args=(worker,), daemon=True) for worker in running]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        for worker in running:
            worker.end()
    if failed:
        raise SolverError("solver_failed", status=failed[0])
    return [json.loads(place_of(folder, task).read_text(encoding="utf-8")) for task in tasks]


def _left(folder: Path, tasks: Sequence[Task]) -> list[Task]:
    return [task for task in tasks if not place_of(folder, task).exists()]


def _away(folder: Path, tasks: Sequence[Task], cluster: Cluster, told: Callable[[int, int], None] | None) -> None:
    """What is left, by the workers of a cluster: the job's files travel, a record comes home as it is done."""
    left = _left(folder, tasks)
    run = folder / "plan" / str(json.loads((folder / "job.json").read_text(encoding="utf-8"))["run"])
    files = [folder / "job.json", *(path for path in sorted(run.rglob("*")) if path.is_file())]
    shared = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
    done = len(tasks) - len(left)

    def keep(number: int, record: Record) -> None:
        nonlocal done
        _write(place_of(folder, left[number]), record)
        done += 1
        if told is not None:
            told(done, len(tasks))

    if left:
        cluster.give(_lived_away, shared, left, keep)


def _lived_away(shared: Mapping[str, bytes], task: Task) -> Record:
    """At a distant worker: in a process that is its own and stays for the next future."""
    record: Record = apart(_lived, shared, task)
    return record


_opened: list[tuple[Any, _Job]] = []  # of such a process: what it was sent, and the job that it made of it


def _lived(shared: Mapping[str, bytes], task: Task) -> Record:
    if not _opened or _opened[0][0] is not shared:
        with tempfile.TemporaryDirectory(prefix="gpsopt-") as made:
            for name, content in shared.items():
                path = Path(made) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            _opened[:] = [(shared, _Job(Path(made)))]
    return _opened[0][1].record(task)


def place_of(folder: Path, task: Task) -> Path:
    """Where the record of a task stands."""
    kind, number = task
    return folder / kind / f"{number:06d}.json"


class _Worker:
    """A process that takes one task after another."""

    def __init__(self, folder: Path) -> None:
        self._complaints = folder / "workers.txt"  # read where one of them dies
        with self._complaints.open("ab") as complaints:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gpsopt.simulation.workers", str(folder)], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=complaints, text=True, env={**os.environ, **_ONE_THREAD},
            )  # fmt: skip

    def do(self, task: Task) -> None:
        """Wait until a task's record stands."""
        pipes = self._process
        assert pipes.stdin is not None and pipes.stdout is not None
        with contextlib.suppress(OSError):  # it is dead: what it said follows
            pipes.stdin.write(f"{task[0]} {task[1]}\n")
            pipes.stdin.flush()
        if pipes.stdout.readline().split() != [task[0], str(task[1])]:
            pipes.wait()
            said = self._complaints.read_text(encoding="utf-8", errors="replace").strip()
            why = said.splitlines()[-1] if said else ""
            raise RuntimeError(f"worker, {task[0]} {task[1]}: {why} ({pipes.returncode})")

    def end(self) -> None:
        """Ends the process, whatever it does."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what it has not read goes with it
                    pipe.close()


class _Job:
    """What a job folder asks, read and ready for one future after another."""

    def __init__(self, folder: Path) -> None:
        job: dict[str, Any] = json.loads((folder / "job.json").read_text(encoding="utf-8"))
        run = read_run(folder / "plan" / job["run"])
        first = held_of(run)
        self._paths = Paths(uncertainties(run.scenario), job["seed"], len(first.years), job["draws"])
        self._replanner = Replanner(first, job["gap"])

    def record(self, task: Task) -> Record:
        """The record of a task."""
        kind, number = task
        return WORK[kind](self._replanner, self._paths.future(int(number)))


def _write(target: Path, record: Record) -> None:
    unfinished = target.with_suffix(f".{os.getpid()}")
    unfinished.write_text(json.dumps(record), encoding="utf-8")
    unfinished.replace(target)


def main(folder: Path, tasks: IO[str], done: IO[str]) -> None:
    """A worker: tasks on one stream, what is done on another."""
    job = _Job(folder)
    for line in tasks:
        kind, number = line.split()
        _write(place_of(folder, (kind, int(number))), job.record((kind, int(number))))
        done.write(f"{kind} {number}\n")
        done.flush()


if __name__ == "__main__":
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # nothing a library prints gets between two answers
    main(Path(sys.argv[1]), sys.stdin, out)
