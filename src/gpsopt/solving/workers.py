"""Small problems on all cores: fresh processes, one thread each, that take one problem after another.

A process forked after a solve hangs in HiGHS, so workers are started anew and talk over pipes. An answer
depends on its problem alone and answers come back in the order of the problems: how many workers there are
changes nothing but the time.
"""

from __future__ import annotations

import os
import pickle
import queue
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any, Final

from gpsopt.errors import SolverError
from gpsopt.solving.small import Small, small_problem

_SIZE: Final = struct.Struct(">Q")
Task = tuple[Any, ...]  # the arguments of small_problem


class Workers:
    """A few worker processes; used as a context, they end with it."""

    def __init__(self, count: int | None = None) -> None:
        self.count = max(1, count or min(8, cores()))
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_error: object) -> None:
        for process in self._running:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
        self._running = []

    def solve(self, tasks: Sequence[Task], stopped: Callable[[], bool]) -> list[Small | None]:
        """The answers in order; None for those that were not begun when `stopped` said so."""
        while len(self._running) < min(self.count, len(tasks)):
            self._running.append(_started())
        answers: list[Small | None] = [None] * len(tasks)
        # The hardest problems first, so that no core waits long at the end.
        waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
        for place in sorted(range(len(tasks)), key=lambda i: (-len(tasks[i][3]), i)):
            waiting.put(place)
        failed: list[BaseException] = []

        def work(process: subprocess.Popen[bytes]) -> None:
            try:
                while not stopped() and not failed:
                    place = waiting.get_nowait()
                    answers[place] = _asked(process, tasks[place])
            except queue.Empty:
                return
            except BaseException as error:  # raised again where everybody waits
                failed.append(error)

        threads = [threading.Thread(target=work, args=(process,), daemon=True) for process in self._running]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failed:
            raise SolverError("solver_failed", status=f"worker: {failed[0]}")
        return answers


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _started() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "gpsopt.solving.workers"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip


def _asked(process: subprocess.Popen[bytes], task: Task) -> Small:
    assert process.stdin is not None and process.stdout is not None
    _send(process.stdin, task)
    answer = next(_received(process.stdout), None)
    if answer is None:
        raise EOFError(f"ended with {process.wait()}")
    found: Small = answer
    return found


def _send(pipe: IO[bytes], content: Any) -> None:
    packed = pickle.dumps(content, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.write(_SIZE.pack(len(packed)))
    pipe.write(packed)
    pipe.flush()


def _received(pipe: IO[bytes]) -> Iterator[Any]:
    """What comes through the pipe, until it ends."""
    while len(head := pipe.read(_SIZE.size)) == _SIZE.size:
        yield pickle.loads(pipe.read(_SIZE.unpack(head)[0]))


def main() -> None:
    """A worker: problems on standard input, answers on standard output."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing a library prints gets between two answers
    for task in _received(sys.stdin.buffer):
        _send(out, small_problem(*task))


if __name__ == "__main__":
    main()
