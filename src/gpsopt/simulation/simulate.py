"""`simulate(run) -> Simulation`: a finished plan lived through many futures, and the folder that keeps it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
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
from gpsopt.simulation.importance import importance_frame, tornado_frame
from gpsopt.simulation.outcomes import frames_of, headline, lived, planned
from gpsopt.simulation.page import page_of
from gpsopt.simulation.regret import regret_frame
from gpsopt.simulation.stability import counts

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
    importance: int = 0,
    against: Sequence[Run | Result | str | Path] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Simulation:
    """Live through a run's plan `draws` times. The same seed gives the same figures.

    The plan is held fixed: what is awarded stays awarded, and the years show what comes of it. `importance`: base
    points of Sobol indices (0: none, no SALib needed); `against`: other runs, whose regret is shown beside. Raises
    UsageError where the run holds no plan or its model says nothing of what is uncertain.
    """
    run = as_run(source)
    held = held_of(run)
    if not uncertainties(run.scenario):
        raise UsageError("nothing_uncertain", path=str(run.folder or run.name))
    many, awards = lived(held, draws, seed, progress)
    frames = {
        **frames_of(many, planned(held)), "awards": awards.frame(), "drill": drill_frame(held),
        "tornado": tornado_frame(held),
    }  # fmt: skip
    if importance:
        frames["importance"] = importance_frame(held, importance, seed)
    others = [as_run(other) for other in against]
    if others:
        frames["regret"] = regret_frame([run, *others], draws, seed)
    request = json.dumps([run.run, run.scenario.digest(), draws, seed, importance, [o.run for o in others]])
    summary = {
        "simulation": f"{run.run}-sim-{hashlib.sha256(request.encode()).hexdigest()[:8]}", **said_of(run, draws, seed),
        "kind": "held", **headline(frames),
    }  # fmt: skip
    return Simulation(run, frames, summary)


def with_stability(simulation: Simulation, frame: pd.DataFrame, draws: int, gap: float) -> Simulation:
    """The simulation with the table `stability` of so many futures, whose plans stopped at the gap."""
    summary = {
        **simulation.summary, "simulation": f"{simulation.name}-{draws}", "planned_anew": draws, "gap": gap,
        "awards": counts(frame),
    }  # fmt: skip
    return Simulation(simulation.run, {**simulation.frames, "stability": frame}, summary)


def said_of(run: Run, draws: int, seed: int) -> dict[str, Any]:
    """What was asked, as every summary says it."""
    return {
        "run": run.run, "certified": run.certified, "title": run.title("en"), "title_zh": run.title("zh"),
        "draws": draws, "seed": seed, "uncertainty": described(uncertainties(run.scenario)),
        "gpsopt": version("gpsopt"),
    }  # fmt: skip


def simulation_files(simulation: Simulation) -> dict[str, bytes]:
    """Name -> content of every file of a simulation's folder."""
    files = {
        f"{name}.csv": b"\xef\xbb\xbf" + frame.round(_DIGITS).to_csv(index=False, lineterminator="\n").encode("utf-8")
        for name, frame in simulation.frames.items()
    }
    files["summary.json"] = json.dumps(simulation.summary, ensure_ascii=False, indent=1).encode("utf-8")
    return files
