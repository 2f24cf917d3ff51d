"""What runs in a job's process: `python -m gpsopt.jobs.worker FOLDER JOB`.

A second thread asks the board whether somebody wants the job to stop: a search that has a plan then ends with it
and saves it; one that has none ends at once. A process whose job is no longer on the board ends too.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
import traceback
from typing import Any, Final

from gpsopt.errors import GpsoptError, UsageError
from gpsopt.jobs.board import Board, Job, open_board
from gpsopt.jobs.dispatch import GRACE, SAVING, advance

_EVERY: Final = 0.15  # seconds between two looks at the board


class Watch(threading.Thread):
    """Looks at the board while the work is done.

    `asked`: shall it stop? `has_plan`: is there something to save? `closing`: the work itself closes the job.
    """

    def __init__(self, board: Board, job: str) -> None:
        super().__init__(daemon=True)
        self.board, self.job = board, job
        self.asked = threading.Event()
        self.has_plan = threading.Event()
        self.closing = threading.Event()

    def run(self) -> None:
        since: float | None = None
        while True:
            time.sleep(_EVERY)
            with contextlib.suppress(GpsoptError):  # the board is busy: ask again
                found = self.board.select("job = ?", self.job)
                if self.closing.is_set():
                    return  # closed by this very process, which goes on to start the next
                if not found or found[0].state != "running":
                    os._exit(1)  # nobody waits for this any more
                if found[0].asked is not None:
                    self.asked.set()
            if self.asked.is_set():
                since = since or time.monotonic()
                if time.monotonic() - since > (SAVING if self.has_plan.is_set() else GRACE):
                    self.leave()

    def leave(self) -> None:
        """End without a plan."""
        self.board.end(self.job, "cancelled")
        advance(self.board)
        os._exit(0)


class _Own(Board):
    """The board as the work sees it: the watch is told before the job is closed."""

    watch: Watch | None = None

    def end(self, *args: Any, **said: Any) -> bool:
        if self.watch is not None:
            self.watch.closing.set()
        return super().end(*args, **said)


def main() -> None:
    """Do the job named on the command line, close it on the board, start the next."""
    if hasattr(os, "nice"):
        os.nice(5)  # the pages go first
    board = _Own(open_board(sys.argv[1]).folder)
    found = board.select("job = ? AND state = 'running'", sys.argv[2])
    if not found:
        return
    watch = Watch(board, found[0].job)
    board.watch = watch
    watch.start()
    try:
        _do(board, found[0], watch)
    except GpsoptError as error:
        board.end(found[0].job, "failed", message=(error.text("zh"), error.text("en")))
    except Exception as error:
        traceback.print_exc()  # into the job's own log
        what = f"{type(error).__name__}: {error}"[:300]
        failed = UsageError("unexpected", what=what)
        board.end(found[0].job, "failed", message=(failed.text("zh"), failed.text("en")))
    advance(board)
    sys.stdout.flush()
    os._exit(0)  # threads of libraries are not waited for


def _do(board: Board, job: Job, watch: Watch) -> None:
    from gpsopt.jobs.work import KINDS

    KINDS[job.kind](board, job, watch)


if __name__ == "__main__":
    main()
