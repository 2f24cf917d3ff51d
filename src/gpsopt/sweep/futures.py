"""The plans of a sweep lived through the same futures: scenarios x draws in one tidy table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from gpsopt.errors import UsageError
from gpsopt.runread import read_run
from gpsopt.scenario import read_scenario
from gpsopt.simulation.draws import uncertainties
from gpsopt.simulation.held import held_of
from gpsopt.simulation.indicators import SUMS
from gpsopt.simulation.outcomes import by_future, lived, worst
from gpsopt.sweep.grid import Point, Vary


def refuse_certain(source: Path) -> None:
    """Raises UsageError where nothing of the scenario is uncertain."""
    if not uncertainties(read_scenario(source)):
        raise UsageError("nothing_uncertain", path=str(source))


def futures_of(
    points: Sequence[Point], varied: Sequence[Vary], answers: Sequence[Mapping[str, Any]], folder: Path, draws: int,
    seed: int, told: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """One row a point and draw: what was varied, then the sums of all years and the goals of the last year.

    A point's certified plan is held, and draw k is the same future at every point; points without a plan have no
    rows. What is lived through stands in `folder`/lived, so that a sweep that was stopped goes on.
    """
    frames = []
    (folder / "lived").mkdir(exist_ok=True)
    for done, (point, answer) in enumerate(zip(points, answers, strict=True), start=1):
        if answer.get("certified") and answer.get("path"):
            frame = _lived(Path(answer["path"]), folder / "lived", draws, seed)
            named = {"point": point.number} | {v.label: value for v, value in zip(varied, point.values, strict=True)}
            for place, (name, value) in enumerate(named.items()):
                frame.insert(place, name, value)
            frames.append(frame)
        if told is not None:
            told(done, len(points))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["point", "draw"])


def _lived(run: Path, folder: Path, draws: int, seed: int) -> pd.DataFrame:
    """draw (from 1), and a column a sum or goal."""
    target = folder / f"{run.name}-{draws}-{seed}.parquet"
    if not target.exists():
        held = held_of(read_run(run))
        values = by_future(lived(held, draws, seed)[0]) if uncertainties(held.world.facts.scenario) else {}
        columns = {name if name in SUMS else f"goal_{name}": worth for name, worth in values.items()}
        waiting = target.with_suffix(".writing")
        pd.DataFrame({"draw": range(1, draws + 1), **columns}).to_parquet(waiting, index=False)
        waiting.replace(target)
    return pd.read_parquet(target)


def over_futures(futures: pd.DataFrame) -> pd.DataFrame:
    """One row a point: mean and worst decile (CVaR) of every sum over its futures, yuan."""
    rows = []
    for point, mine in futures.groupby("point"):
        row: dict[str, Any] = {"point": point}
        for name in SUMS:
            if name in mine and mine[name].notna().any():
                values = mine[name].to_numpy()
                row |= {f"{name}_mean": float(values.mean()), f"{name}_worst_decile": worst(values, "less")}
        rows.append(row)
    return pd.DataFrame(rows, columns=None if rows else ["point"])
