"""The points of a sweep in fresh processes, one thread each; what is done stays done.

Every finished point leaves one JSON file, written whole or not at all, named by the hash of its scenario: a sweep
that was stopped, or whose machine went down, goes on where it was. Results do not hang on the number of workers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, Final

import pandas as pd

from gpsopt.errors import UsageError
from gpsopt.runread import read_run
from gpsopt.sweep.grid import Point, Vary

_ONE_THREAD: Final = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_ENDS: Final = (0, 3, 4)  # a plan, no plan fits, stopped by a limit: all of them are answers

Told = Callable[[int, int], None]


def sweep(
    points: Sequence[Point], folder: Path, options: Sequence[str], workers: int, told: Told | None = None
) -> list[Mapping[str, Any]]:
    """Solve every point that is not done yet; returns the answers in the order of the points.

    `options`: further words of `gpsopt solve`. Raises UsageError where a point could not be solved at all.
    """
    for name in ("scenarios", "done", "runs"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for point in points:
        path = folder / "scenarios" / f"{point.name}.toml"
        if not path.exists():
            path.write_text(point.text, encoding="utf-8")
    left = [p for p in points if not _done(folder, p, options).exists()]
    if told is not None:
        told(len(points) - len(left), len(points))
    with ThreadPoolExecutor(max_workers=workers) as pool:
        open_: set[Future[None]] = {pool.submit(_solve, folder, point, options) for point in left}
        try:
            while open_:
                ended, open_ = wait(open_, return_when=FIRST_COMPLETED)
                for future in ended:
                    future.result()
                if told is not None:
                    told(len(points) - len(open_), len(points))
        except BaseException:
            for future in open_:
                future.cancel()
            raise
    return [json.loads(_done(folder, p, options).read_text(encoding="utf-8")) for p in points]


def _done(folder: Path, point: Point, options: Sequence[str]) -> Path:
    asked = "".join(f"_{word.lstrip('-')}" for word in options).replace("/", "_")
    return folder / "done" / f"{point.name}{asked}.json"


def _solve(folder: Path, point: Point, options: Sequence[str]) -> None:
    command = [sys.executable, "-m", "gpsopt", "solve", str(folder / "scenarios" / f"{point.name}.toml"),
               "--out", str(folder / "runs"), "--json", *options]  # fmt: skip
    ended = subprocess.run(command, env={**os.environ, **_ONE_THREAD}, capture_output=True, check=False)
    try:
        answer = json.loads(ended.stdout)
    except ValueError:
        answer = {}
    if ended.returncode not in _ENDS or not answer:
        why = answer.get("error") or ended.stderr.decode("utf-8", "replace")[-300:]
        raise UsageError("sweep_point_failed", point=point.name, why=" ".join(str(why).split()))
    target = _done(folder, point, options)
    waiting = target.with_suffix(".writing")
    waiting.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    waiting.replace(target)


def table_of(points: Sequence[Point], varied: Sequence[Vary], answers: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """One row a point: what was varied, status, the aims of the plan, the goals of the last year, the run."""
    rows = []
    for point, answer in zip(points, answers, strict=True):
        row: dict[str, Any] = {"point": point.number}
        row |= {v.text.partition("=")[0]: value for v, value in zip(varied, point.values, strict=True)}
        row |= {"status": answer.get("status", "infeasible"), "certified": bool(answer.get("certified"))}
        for aim in answer.get("aims", ()):
            if "plan_value" in aim:
                row[aim["name"]] = aim["plan_value"]
                row[f"{aim['name']}_gap"] = aim["gap"]
        row |= _goals(answer)
        row["run"] = answer.get("run", "")
        rows.append(row)
    return pd.DataFrame(rows)


def _goals(answer: Mapping[str, Any]) -> dict[str, float]:
    if not answer.get("certified") or not answer.get("path"):
        return {}
    goals = read_run(answer["path"]).frame("goals")
    last = goals[goals["year"] == goals["year"].max()]
    known = ((str(r.goal), r.value) for r in last.itertuples())
    return {f"goal_{goal}": float(str(value)) for goal, value in known if value is not None}
