"""The kinds of work that jobs do; each one ends by closing its job on the board.

`solve` (arguments: name, options, out): the scenario that stands resolved in the job's folder -> a run folder under
`out`, recorded in the run store. A search that was stopped by hand writes its run apart from the finished ones.
Studies and questions, which answer with figures, are in studies.py and questions.py; what lives through futures is in
risks.py; papers are in papers.py.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from gpsopt.jobs.board import Board, Job, News
from gpsopt.jobs.papers import report
from gpsopt.jobs.questions import explain, seek
from gpsopt.jobs.risks import risk, two_stage
from gpsopt.jobs.snapshot import snapshot
from gpsopt.jobs.studies import alternatives, frontier, waterfall
from gpsopt.runs import open_store
from gpsopt.scenario import Scenario

_QUIET: Final = 0.4  # seconds between two news of one aim


class Stopper(Protocol):
    """What tells the work to stop, and hears that there is something to save."""

    asked: Any
    has_plan: Any


class Teller:
    """Hands the search's progress to the board, not more often than a page can show it."""

    def __init__(self, board: Board, job: str, watch: Stopper) -> None:
        self._board, self._job, self._watch = board, job, watch
        self._told, self._stage = 0.0, 0
        self._start = time.monotonic()

    def hear(self, progress: Any) -> None:
        """The solver's news (gpsopt.solving.stages.Progress)."""
        if math.isfinite(progress.value):
            self._watch.has_plan.set()
        moment = time.monotonic()
        if progress.stage == self._stage and moment - self._told < _QUIET and progress.gap != 0:
            return
        self._told, self._stage = moment, progress.stage
        self._board.hear(self._job, News(
            progress.stage, progress.stages, progress.aim, _finite(progress.value), _finite(progress.bound),
            _finite(progress.gap), round(moment - self._start, 2),
        ))  # fmt: skip


def solve(board: Board, job: Job, watch: Stopper) -> None:
    """The best plan of the job's scenario, as a recorded run."""
    from gpsopt.planning import plan_or_end
    from gpsopt.runfolder import write_run

    given = job.given
    scenario = snapshot(board, job)
    teller = Teller(board, job.job, watch)
    result = plan_or_end(scenario, **given["options"], progress=teller.hear, stop=watch.asked.is_set)
    stopped = result.manifest.get("why_not") == "stopped by hand"
    if watch.asked.is_set() and "allocation" not in result.frames and result.status != "infeasible":
        board.end(job.job, "cancelled")
        return
    further = _why_not(board, job, scenario) if result.status == "infeasible" else {}
    out = board.folder / given["out"] / (f"stopped-{job.job[:8]}" if stopped else "")
    record = open_store(board.folder).record(job.owner, write_run(result, out, further), job.request)
    board.end(job.job, "cancelled" if stopped else "finished", record=record.seq)


def _why_not(board: Board, job: Job, scenario: Scenario) -> Mapping[str, bytes]:
    """The conflict and its repairs, to stand in the run folder."""
    from gpsopt.nofit import explain_nofit

    board.note(job.job, "explaining")
    return explain_nofit(scenario).files()


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


#: kind of a job -> what does it
KINDS: Final[dict[str, Callable[[Board, Job, Any], None]]] = {
    "solve": solve, "frontier": frontier, "alternatives": alternatives, "waterfall": waterfall,
    "risk": risk, "two_stage": two_stage, "explain": explain, "seek": seek, "report": report,
}  # fmt: skip
