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
    folder: Path, tasks: Sequence[Task], workers: Workers, told: Callable[[int, int], None] | None = None,
    cluster: Cluster | None = None,
) -> list[Record]:  # fmt: skip
    """The records of the tasks, in their order; those that stand in the folder already are read.

    `cluster`: its workers live through the futures; those here begin where it is lost. Raises SolverError where a
    worker ended before its time.
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
                worker.do(folder, waiting.get_nowait())
                with lock:
                    done += 1
                    if told is not None:
                        told(done, len(tasks))
        except queue.Empty:
            return
        except BaseException as error:  # raised again where everybody waits
            failed.append(str(error))

    threads = [threading.Thread(target=keep_busy, args=(worker,), daemon=True) for worker in workers.of(len(left))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
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


class Workers:
    """Processes that live through futures; used as a context, they end with it.

    `at_once`: they begin to load while the first plan is still sought, which takes each of them a second.
    """

    def __init__(self, count: int, at_once: bool = True) -> None:
        self._count = count
        self._running = [_Worker() for _ in range(count)] if at_once else []

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_error: object) -> None:
        for worker in self._running:
            worker.end()

    def of(self, tasks: int) -> list[_Worker]:
        """As many as have something to do."""
        needed = min(self._count, tasks)
        self._running += [_Worker() for _ in range(needed - len(self._running))]
        return self._running[:needed]


class _Worker:
    """A process that takes one task after another."""

    def __init__(self) -> None:
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - read where it dies
        self._process = subprocess.Popen(
            [sys.executable, "-m", "gpsopt.simulation.workers"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self._complaints, text=True, encoding="utf-8", env={**os.environ, **_ONE_THREAD},
        )  # fmt: skip
        self._told = False

    def do(self, folder: Path, task: Task) -> None:
        """Wait until a task's record stands in the folder, the same one for all tasks."""
        pipes = self._process
        assert pipes.stdin is not None and pipes.stdout is not None
        with contextlib.suppress(OSError):  # it is dead: what it said follows
            if not self._told:
                pipes.stdin.write(json.dumps(str(folder)) + "\n")
                self._told = True
            pipes.stdin.write(f"{task[0]} {task[1]}\n")
            pipes.stdin.flush()
        if pipes.stdout.readline().split() != [task[0], str(task[1])]:
            pipes.wait()
            self._complaints.seek(0)
            said = self._complaints.read().decode("utf-8", errors="replace").strip()
            why = said.splitlines()[-1] if said else ""
            raise RuntimeError(f"worker, {task[0]} {task[1]}: {why} ({pipes.returncode})")

    def end(self) -> None:
        """Ends the process, whatever it does."""
        self._process.kill()
        self._process.wait()
        self._complaints.close()
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


def main(tasks: IO[str], done: IO[str]) -> None:
    """A worker: the folder and then tasks on one stream, what is done on another."""
    folder = tasks.readline()
    if not folder:
        return  # nothing was to be done
    place = Path(json.loads(folder))
    job = _Job(place)
    for line in tasks:
        kind, number = line.split()
        _write(place_of(place, (kind, int(number))), job.record((kind, int(number))))
        done.write(f"{kind} {number}\n")
        done.flush()


if __name__ == "__main__":
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # nothing a library prints gets between two answers
    main(sys.stdin, out)
