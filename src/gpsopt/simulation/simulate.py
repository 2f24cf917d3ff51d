"""`simulate(run) -> Simulation`: a finished plan lived through many futures, and the folder that keeps it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from gpsopt.errors import UsageError
from gpsopt.plan.plan import Result
from gpsopt.runread import Run, as_run
from gpsopt.simulation.draws import described, uncertainties
from gpsopt.simulation.drill import drill_frame
from gpsopt.simulation.held import held_of
from gpsopt.simulation.outcomes import frames_of, headline, lived
from gpsopt.simulation.page import page_of

#: a table of a simulation is written with as many digits as a reader can use; money stays in yuan
_DIGITS = 6


@dataclass(frozen=True)
class Simulation:
    """Frames (see `outcomes`), what was asked, and the figures that lead the page."""

    run: Run
    frames: Mapping[str, pd.DataFrame]
    summary: Mapping[str, Any]

    @property
    def name(self) -> str:
        """run + eight letters of the hash of what was asked."""
        return str(self.summary["simulation"])

    def page(self, lang: str = "zh") -> str:
        """The simulation on one page."""
        return page_of(self, lang)

    def __repr__(self) -> str:
        return self.page()


def simulate(
    source: Run | Result | str | Path,
    *,
    draws: int = 1000,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Simulation:
    """Live through a run's plan `draws` times. The same seed gives the same figures.

    The plan is held fixed: what is awarded stays awarded, and the years show what comes of it. Raises UsageError
    where the run holds no plan or its model says nothing of what is uncertain.
    """
    run = as_run(source)
    held = held_of(run)
    rows = uncertainties(run.scenario)
    if not rows:
        raise UsageError("nothing_uncertain", path=str(run.folder or run.name))
    many, plan = lived(held, draws, seed, progress)
    frames = {**frames_of(many, plan), "drill": drill_frame(held)}
    request = json.dumps([run.run, run.scenario.digest(), draws, seed])
    summary = {
        "simulation": f"{run.run}-sim-{hashlib.sha256(request.encode()).hexdigest()[:8]}",
        "run": run.run, "certified": run.certified, "title": run.title("en"), "title_zh": run.title("zh"),
        "draws": draws, "seed": seed, "uncertainty": described(rows), **headline(frames),
        "gpsopt": version("gpsopt"),
    }  # fmt: skip
    return Simulation(run, frames, summary)


def simulation_files(simulation: Simulation) -> dict[str, bytes]:
    """Name -> content of every file of a simulation's folder."""
    files = {
        f"{name}.csv": b"\xef\xbb\xbf" + frame.round(_DIGITS).to_csv(index=False, lineterminator="\n").encode("utf-8")
        for name, frame in simulation.frames.items()
    }
    files["summary.json"] = json.dumps(simulation.summary, ensure_ascii=False, indent=1).encode("utf-8")
    return files
