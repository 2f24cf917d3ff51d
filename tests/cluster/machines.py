"""Starts schedulers and workers for the tests, and ends them by their numbers."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0  # seconds for a process to appear on a busy machine


class Machines:
    """A scheduler and its workers."""

    def __init__(self, folder: Path, words: Sequence[str] = (), environ: Mapping[str, str] | None = None) -> None:
        self.folder, self._words = folder, tuple(words)
        self._environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default", **(environ or {})}
        folder.mkdir(parents=True, exist_ok=True)
        place = folder / "scheduler.json"
        self.scheduler = self._started("scheduler", "--port", "0", "--scheduler-file", str(place))
        self.workers: list[subprocess.Popen[bytes]] = []
        self.address = ""
        until(lambda: bool(self._read(place)), "the scheduler")

    def _read(self, place: Path) -> str:
        with contextlib.suppress(OSError, ValueError):
            self.address = str(json.loads(place.read_text())["address"])
        return self.address

    def hire(self, count: int, environ: Mapping[str, str] | None = None) -> None:
        """Start so many workers, each a process with one thread."""
        for _ in range(count):
            place = str(self.folder / f"worker{len(self.workers)}")
            words = ("--nthreads", "1", "--no-nanny", "--local-directory", place, "--death-timeout", "120")
            self.workers.append(self._started("worker", self.address, *words, environ=environ))

    def _started(self, what: str, *words: str, environ: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", what, *words, "--no-dashboard", "--host", "127.0.0.1", *self._words]
        log = (self.folder / f"{what}.log").open("ab")
        with log:
            return subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                env={**self._environ, **(environ or {})},
            )  # fmt: skip

    def end(self) -> None:
        """End every process of ours."""
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


def until(true: object, what: str) -> None:
    """Wait until `true()` is; fails by name after a long time."""
    end = time.monotonic() + PATIENCE
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end, f"{what} did not come"
        time.sleep(0.05)


@contextlib.contextmanager
def machines(
    folder: Path, workers: int, words: Sequence[str] = (), environ: Mapping[str, str] | None = None
) -> Iterator[Machines]:
    """A scheduler with so many workers, ended at the end."""
    made = Machines(folder, words, environ)
    try:
        made.hire(workers)
        yield made
    finally:
        made.end()
