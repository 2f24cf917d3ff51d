"""Fresh processes of this machine, one thread each, that answer calls of a function until they are dismissed.

They are started anew, never forked: a process that was forked after a solve hangs in HiGHS. An answer hangs on its
call alone, so how many processes there are changes nothing but the time. They end with whoever started them.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any, Final, Protocol

from gpsopt.errors import SolverError

_SIZE: Final = struct.Struct(">Q")
_ONE_THREAD: Final = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
#: seconds between two questions whether to stop
_ASKED: Final = 0.2

Function = Callable[[Any, Any], Any]
Stopped = Callable[[], bool]


class Hands(Protocol):
    """Who answers calls: processes of this machine (`Crew`), or the workers of a cluster (`connection.Cluster`)."""

    def answers(
        self, function: Function, shared: Any, calls: Sequence[Any], stopped: Stopped = lambda: False
    ) -> Iterator[tuple[int, Any]]:
        """(place of the call, function(shared, call)) as they come, each call once, until `stopped` says so."""
        ...


class Crew:
    """So many processes; used as a context, they end with it."""

    def __init__(self, count: int) -> None:
        self._hands = [_Hand() for _ in range(count)]

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_error: object) -> None:
        self.dismiss()

    def dismiss(self) -> None:
        """End every process, whatever it does."""
        for hand in self._hands:
            hand.end()

    def answers(
        self, function: Function, shared: Any, calls: Sequence[Any], stopped: Stopped = lambda: False
    ) -> Iterator[tuple[int, Any]]:
        """(place of the call, function(shared, call)) as they come, each call once.

        `function` stands in a module. What it raises is raised here; SolverError where a process died. Once
        `stopped` says so nothing more comes, and what is still at work has to be dismissed.
        """
        waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
        for place in range(len(calls)):
            waiting.put(place)
        news: queue.SimpleQueue[tuple[int, Any, BaseException | None]] = queue.SimpleQueue()
        over = threading.Event()

        def keep_busy(hand: _Hand) -> None:
            with contextlib.suppress(queue.Empty):
                while not over.is_set():
                    place = waiting.get_nowait()
                    try:
                        news.put((place, hand.ask(function, shared, calls[place]), None))
                    except BaseException as error:  # raised again where the answers are taken
                        news.put((place, None, error))
                        return

        for hand in self._hands[: len(calls)]:
            threading.Thread(target=keep_busy, args=(hand,), daemon=True).start()
        try:
            left = len(calls)
            while left and not stopped():
                try:
                    place, answer, error = news.get(timeout=_ASKED)
                except queue.Empty:
                    continue
                if error is not None:
                    raise error
                left -= 1
                yield place, answer
        finally:
            over.set()


class _Hand:
    """One process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "gpsopt.cluster.crew"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**os.environ, **_ONE_THREAD},
        )  # fmt: skip
        self._told: tuple[Function, Any] | None = None

    def ask(self, function: Function, shared: Any, call: Any) -> Any:
        """function(shared, call), worked out there; the shared part travels once."""
        assert self._process.stdin is not None and self._process.stdout is not None
        known = self._told is not None and self._told[0] is function and self._told[1] is shared
        try:
            _send(self._process.stdin, (call, None if known else (function, shared)))
            answer, error = _received(self._process.stdout)
        except (OSError, EOFError):
            status = f"worker ended with {self._process.wait()}"
            raise SolverError("solver_failed", status=status) from None
        self._told = (function, shared)
        if error is not None:
            raise error
        return answer

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what it has not read goes with it
                    pipe.close()


_own = threading.local()


def apart(function: Function, shared: Any, call: Any) -> Any:
    """function(shared, call) in a process that belongs to this thread and stays for its next call.

    For workers of a cluster: what solves there shares no process with what listens to the scheduler.
    """
    crew: Crew | None = getattr(_own, "crew", None)
    if crew is None:
        _own.crew = crew = Crew(1)
    try:
        return next(iter(crew.answers(function, shared, [call])))[1]
    except SolverError:
        crew.dismiss()  # it may be dead: the next call has a new one
        del _own.crew
        raise


def _send(pipe: IO[bytes], content: Any) -> None:
    packed = pickle.dumps(content, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.write(_SIZE.pack(len(packed)) + packed)
    pipe.flush()


def _received(pipe: IO[bytes]) -> Any:
    """The next thing that comes through the pipe. Raises EOFError where it has ended."""
    head = pipe.read(_SIZE.size)
    if len(head) < _SIZE.size:
        raise EOFError
    return pickle.loads(pipe.read(_SIZE.unpack(head)[0]))


def main() -> None:
    """One of the crew: calls on standard input, answers on standard output."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing a library prints gets between two answers
    calls: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def listen() -> None:
        with os.fdopen(os.dup(0), "rb") as pipe, contextlib.suppress(EOFError):
            while True:
                calls.put(_received(pipe))
        os._exit(0)  # whoever wanted an answer is gone

    threading.Thread(target=listen, daemon=True).start()
    told: tuple[Function, Any] | None = None
    while True:
        call, fresh = calls.get()
        told = fresh or told
        assert told is not None
        answer, wrong = None, None
        try:
            answer = told[0](told[1], call)
        except Exception as error:
            wrong = error
        _send(out, (answer, wrong))


if __name__ == "__main__":
    main()
