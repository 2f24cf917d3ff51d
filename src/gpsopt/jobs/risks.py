"""Jobs that live through futures; what they find stands in a folder of its own beside the owner's runs.

`risk` (arguments: run: its folder within the store, draws, anew, seed, out): a plan lived through; with `anew` the
futures of award stability too. What is done of those is kept, so that a stopped job goes on where it was.
`two_stage` (arguments: name, futures, averse, out): awards decided now for many futures of the job's scenario.
The answer on the board names the folder.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, Final

from gpsopt.jobs.board import Board, Job
from gpsopt.jobs.dispatch import slots
from gpsopt.jobs.snapshot import snapshot
from gpsopt.jobs.studies import teller

_QUIET: Final = 0.2  # seconds between two news
#: share of each aim's scale at which the plan of a future is good enough
_GAP: Final = 0.01


def risk(board: Board, job: Job, watch: Any) -> None:
    """A finished plan lived through; the futures planned anew are as many pieces, living through it is the first."""
    from gpsopt.runfolder import write_folder
    from gpsopt.runread import read_run
    from gpsopt.simulation.replan import stability
    from gpsopt.simulation.simulate import simulate, simulation_files, with_stability

    given = job.given
    draws, anew, out = int(given["draws"]), int(given["anew"]), board.folder / given["out"]
    run = read_run(board.folder / given["run"])
    tell = _seldom(teller(board, job))
    simulation = simulate(run, draws=draws, seed=given["seed"], progress=lambda done, _all: tell(0, anew + 1))
    tell(1, anew + 1)
    if anew:
        frame = stability(
            run, out / "unfinished", draws=anew, seed=given["seed"], gap=_GAP, workers=slots(),
            progress=lambda done, _all: tell(done + 1, anew + 1),
        )  # fmt: skip
        simulation = with_stability(simulation, frame, anew, _GAP)
    folder = write_folder(out, simulation.name, simulation_files(simulation))
    _closed(board, job, folder)


def two_stage(board: Board, job: Job, watch: Any) -> None:
    """Awards decided now for many futures, as a run folder that is no run of the scenario's own."""
    from gpsopt.runfolder import write_run
    from gpsopt.simulation.twostage import two_stage as two_stage_of

    given = job.given
    found = two_stage_of(
        snapshot(board, job), int(given["futures"]), averse=float(given["averse"]),
        progress=_seldom(teller(board, job)),
    )  # fmt: skip
    _closed(board, job, write_run(found.plan, board.folder / given["out"], found.files()))


def _closed(board: Board, job: Job, folder: Any) -> None:
    place = folder.relative_to(board.folder).as_posix()
    board.end(job.job, "finished", result=json.dumps({"folder": place}))


def _seldom(tell: Callable[[int, int], None]) -> Callable[[int, int], None]:
    """Not more news than a page can show; the last of them always."""
    last = 0.0

    def told(done: int, planned: int) -> None:
        nonlocal last
        if done == planned or time.monotonic() - last > _QUIET:
            last = time.monotonic()
            tell(done, planned)

    return told
