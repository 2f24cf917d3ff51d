"""Regret: what each plan gives away against the best of them, future by future; the same futures for all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from gpsopt.errors import UsageError
from gpsopt.plan.plan import Result
from gpsopt.runread import Run, as_run
from gpsopt.simulation.held import held_of
from gpsopt.simulation.indicators import GOALS, SUMS
from gpsopt.simulation.outcomes import better_of, by_future, lived, worst


def regret_frame(runs: Sequence[Run | Result | str | Path], draws: int = 1000, seed: int = 0) -> pd.DataFrame:
    """run, goal, mean, regret, worst_decile, worst, best: each plan held fixed through the same futures.

    Goals of the last year, sums of all years. `regret`: mean of what the best plan of a future does better,
    `worst_decile` of its worst tenth, `worst` the greatest; `best`: part of the futures in which no other plan is
    better. Goals without a direction, or without a value, have no rows. Raises UsageError where plans do not have
    the same years.
    """
    held = [held_of(as_run(run)) for run in runs]
    names = [as_run(run).run for run in runs]
    if any(h.years != held[0].years for h in held):
        raise UsageError("regret_years", runs=", ".join(names))
    found = [by_future(lived(h, draws, seed)[0]) for h in held]
    rows = []
    for goal in (*GOALS, *SUMS):
        better = better_of(goal)
        values = np.array([f[goal] for f in found])
        if not better or np.isnan(values).any():
            continue
        best = values.max(axis=0) if better == "more" else values.min(axis=0)
        lost = np.abs(values - best)
        for name, worth, regret in zip(names, values, lost, strict=True):
            size = max(1.0, float(np.abs(worth).max()))
            rows.append((name, goal, float(worth.mean()), float(regret.mean()), worst(regret, "less"),
                         float(regret.max()), float((regret <= 1e-9 * size).mean())))  # fmt: skip
    return pd.DataFrame(rows, columns=["run", "goal", "mean", "regret", "worst_decile", "worst", "best"])
