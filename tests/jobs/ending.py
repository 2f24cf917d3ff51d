"""No process of a test outlives it."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
from pathlib import Path

from gpsopt.jobs import open_board


def end_all(store: Path) -> None:
    """End every job process of a store, however its test went."""
    if not (store / "jobs.sqlite").exists():
        return
    with contextlib.suppress(sqlite3.Error):
        for job in open_board(store).select("state IN ('queued', 'running')"):
            open_board(store).end(job.job, "cancelled")
            if job.process:
                with contextlib.suppress(OSError):
                    os.kill(job.process, signal.SIGKILL)
