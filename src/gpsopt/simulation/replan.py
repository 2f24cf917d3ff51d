"""`replan(scenario) -> Simulation`: lived through many futures with a new plan each year; award stability.

Frames beside those of `outcomes`:

| frame | one row is | columns beside the key |
|---|---|---|
| bought | award that some future made | chance (part of the futures), quantity and accepted share (means where made) |
| replans | year, end | futures: how many plans came about in this way (see `lives`) |
| stability | award of the first plan, or offer in reserve | see `stability` |
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from gpsopt.cluster.connection import Cluster
from gpsopt.errors import UsageError
from gpsopt.plan.plan import Result
from gpsopt.planning import solve
from gpsopt.runfolder import write_run
from gpsopt.runread import Run, as_run, read_run
from gpsopt.scenario import Scenario
from gpsopt.simulation.draws import uncertainties
from gpsopt.simulation.drill import drill_frame
from gpsopt.simulation.held import Held, held_of
from gpsopt.simulation.importance import tornado_frame
from gpsopt.simulation.lives import Record, tally_from
from gpsopt.simulation.outcomes import frames_of, headline, planned, tally_of
from gpsopt.simulation.simulate import Simulation, said_of
from gpsopt.simulation.stability import counts, stability_frame
from gpsopt.simulation.workers import Workers, work_through

#: share of each aim's scale at which a plan of a simulated year is good enough
LOOSE_GAP: Final = 0.01
Told = Callable[[int, int], None]


def replan(
    source: Run | Result | Scenario | str | Path,
    folder: Path,
    *,
    draws: int = 200,
    seed: int = 0,
    gap: float = LOOSE_GAP,
    workers: int = 1,
    progress: Told | None = None,
    cluster: Cluster | None = None,
) -> Simulation:
    """Live through `draws` futures, replanning each year on what happened; and plan each of them as if known.

    `source`: a scenario (or its file or model folder), or a run of it, whose plan is then the first. `folder` keeps
    what is done until all is, so that a simulation that was stopped goes on. Plans of simulated years stop at `gap`
    of an aim's scale. The same request gives the same figures, whatever the number of workers,
    here or of a cluster. Raises as `solve` and
    `simulate` do.
    """
    tasks = [("lived", i) for i in range(draws)] + [("chosen", i) for i in range(draws)]
    with Workers(min(workers, len(tasks)), at_once=cluster is None) as ready:
        job = _Job(source if isinstance(source, Run | Result) else solve(source), folder, draws, seed, gap)
        records = work_through(job.folder, tasks, ready, progress, cluster)
    many = tally_of(job.held)
    for record in records[:draws]:
        many.join(tally_from(job.held, record))
    frames = {
        **frames_of(many, planned(job.held)), "drill": drill_frame(job.held),
        "tornado": tornado_frame(job.held), "bought": _bought(job.held, records[:draws]),
        "replans": _replans(job.held, records[:draws]), "stability": _stability(job.held, records[draws:]),
    }  # fmt: skip
    summary = {
        "simulation": f"{job.name}-{draws}", **said_of(job.run, draws, seed), "kind": "replanned",
        "planned_anew": draws, "gap": gap, **headline(frames), "awards": counts(frames["stability"]),
    }  # fmt: skip
    job.forget()
    return Simulation(job.run, frames, summary)


def stability(
    source: Run | Result | str | Path, folder: Path, *, draws: int = 100, seed: int = 0, gap: float = LOOSE_GAP,
    workers: int = 1, progress: Told | None = None, cluster: Cluster | None = None,
) -> pd.DataFrame:  # fmt: skip
    """The table `stability` of a run: its futures planned anew as if they were known. Raises as `replan`."""
    job = _Job(source if isinstance(source, Run | Result) else read_run(source), folder, draws, seed, gap)
    with Workers(workers, at_once=False) as ready:
        records = work_through(job.folder, [("chosen", i) for i in range(draws)], ready, progress, cluster)
    job.forget()
    return _stability(job.held, records)


class _Job:
    """A first plan and its folder, ready for workers."""

    def __init__(self, first: Run | Result, folder: Path, draws: int, seed: int, gap: float) -> None:
        self.run = as_run(first)
        self.held = held_of(self.run)
        if not uncertainties(self.run.scenario):
            raise UsageError("nothing_uncertain", path=str(self.run.folder or self.run.name))
        request = json.dumps([self.run.run, self.run.scenario.digest(), seed, gap, version("gpsopt")])
        self.name = f"{self.run.run}-live-{hashlib.sha256(request.encode()).hexdigest()[:8]}"
        self.folder = folder / self.name
        try:
            (self.folder / "plan").mkdir(parents=True, exist_ok=True)
            if isinstance(first, Result):
                write_run(first, self.folder / "plan")
            elif first.folder is not None and not (self.folder / "plan" / self.run.run).exists():
                (self.folder / "plan" / self.run.run).symlink_to(first.folder.resolve(), target_is_directory=True)
            job = {"run": self.run.run, "seed": seed, "draws": draws, "gap": gap}
            (self.folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        except OSError as error:
            raise UsageError("folder_not_writable", path=str(folder), why=error.strerror or str(error)) from None

    def forget(self) -> None:
        """Everything is done: the records are not needed any more."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _stability(held: Held, records: Sequence[Record]) -> pd.DataFrame:
    return stability_frame(held, [r["chosen"] for r in records if r["chosen"] is not None])


def _replans(held: Held, records: Sequence[Record]) -> pd.DataFrame:
    ends = Counter((year, end) for r in records for year, end in zip(held.years, r["ends"], strict=True))
    return pd.DataFrame([(y, e, n) for (y, e), n in sorted(ends.items())], columns=["year", "end", "futures"])


def _bought(held: Held, records: Sequence[Record]) -> pd.DataFrame:
    step: Mapping[str, float] = dict(zip(held.world.facts.needs.key, held.world.need_step, strict=True))
    found: dict[tuple[int, str, str, str], list[tuple[int, float]]] = defaultdict(list)
    for record in records:
        for year, need, offer, undertaker, steps, accepted, _paid in record["awards"]:
            found[year, need, offer, undertaker].append((steps, accepted / max(1, steps)))
    rows = [
        (*key, len(worth) / len(records), float(np.mean([s for s, _a in worth])) * step[key[1]],
         float(np.mean([a for _s, a in worth])))
        for key, worth in sorted(found.items())
    ]  # fmt: skip
    columns = ["year", "need", "offer", "undertaker", "chance", "quantity", "accepted"]
    return pd.DataFrame(rows, columns=columns)
