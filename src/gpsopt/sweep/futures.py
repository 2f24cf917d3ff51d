"""The plans of a sweep lived through the same futures: scenarios x draws in one tidy table.

`python -m gpsopt.sweep.futures FOLDER DRAWS SEED RUN...` lives through some of them and says each one's name when done.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import pandas as pd

from gpsopt.errors import UsageError
from gpsopt.runread import read_run
from gpsopt.scenario import read_scenario
from gpsopt.simulation.draws import uncertainties
from gpsopt.simulation.held import held_of
from gpsopt.simulation.indicators import SUMS
from gpsopt.simulation.outcomes import by_future, lived, worst
from gpsopt.sweep.grid import Point, Vary
from gpsopt.sweep.point import ONE_THREAD, end_with_parent

_WORTH_A_PROCESS: Final = 5_000  # futures in all; fewer are sooner lived through than a process has started


def refuse_certain(source: Path) -> None:
    """Raises UsageError where nothing of the scenario is uncertain."""
    if not uncertainties(read_scenario(source)):
        raise UsageError("nothing_uncertain", path=str(source))


def futures_of(
    points: Sequence[Point], varied: Sequence[Vary], answers: Sequence[Mapping[str, Any]], folder: Path, draws: int,
    seed: int, told: Callable[[int, int], None] | None = None, workers: int = 1,
) -> pd.DataFrame:  # fmt: skip
    """One row a point and draw: what was varied, then the sums of all years and the goals of the last year.

    A point's certified plan is held, and draw k is the same future at every point; points without a plan have no
    rows. What is lived through stands in `folder`/lived, so that a sweep that was stopped goes on.
    """
    place = folder / "lived"
    place.mkdir(exist_ok=True)
    runs = {p.number: Path(a["path"]) for p, a in zip(points, answers, strict=True) if a.get("certified") and a["path"]}
    left = [run for run in dict.fromkeys(runs.values()) if not _place(run, place, draws, seed).exists()]
    if workers > 1 and len(left) > 1 and draws * len(left) >= _WORTH_A_PROCESS:
        _together(left, place, draws, seed, min(workers, len(left)), told)
    frames = []
    for point in points:
        if point.number in runs:
            frame = _lived(runs[point.number], place, draws, seed)
            varied_to = {v.label: v.value_of(value) for v, value in zip(varied, point.values, strict=True)}
            for at, (name, value) in enumerate({"point": point.number, **varied_to}.items()):
                frame.insert(at, name, value)
            frames.append(frame)
        if told is not None:
            told(point.number, len(points))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["point", "draw"])


def _together(
    runs: Sequence[Path], folder: Path, draws: int, seed: int, workers: int, told: Callable[[int, int], None] | None
) -> None:
    """Every run lived through, by so many processes with a share each; raises UsageError where one of them fails."""
    done, lock = 0, threading.Lock()

    def share(mine: Sequence[Path]) -> None:
        nonlocal done
        with subprocess.Popen(
            [sys.executable, "-m", "gpsopt.sweep.futures", str(folder), str(draws), str(seed), *map(str, mine)],
            env={**os.environ, **ONE_THREAD}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            for _line in process.stdout:  # its standard input stays open until then
                with lock:
                    done += 1
                    if told is not None:
                        told(done, len(runs))
        if process.returncode:
            raise UsageError("sweep_point_failed", point=mine[0].name, why=f"exit {process.returncode}")

    with ThreadPoolExecutor(max_workers=workers) as pool:
        list(pool.map(share, [runs[place::workers] for place in range(workers)]))


def _place(run: Path, folder: Path, draws: int, seed: int) -> Path:
    return folder / f"{run.name}-{draws}-{seed}.parquet"


def _lived(run: Path, folder: Path, draws: int, seed: int) -> pd.DataFrame:
    """draw (from 1), and a column a sum or goal."""
    target = _place(run, folder, draws, seed)
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


def main(folder: str, draws: str, seed: str, *runs: str) -> None:
    """Live through the runs, one after another."""
    end_with_parent()
    for run in runs:
        _lived(Path(run), Path(folder), int(draws), int(seed))
        print(run, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
