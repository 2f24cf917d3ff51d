"""The points of a sweep in fresh processes, one thread each, here or on a cluster; what is done stays done.

Every finished point leaves one JSON file, written whole or not at all, named by the hash of its scenario: a sweep
that was stopped, or whose machine went down, goes on where it was. Results do not hang on the number of workers,
nor on where they stand: a cluster's workers get the files and run the same command. Where the cluster is lost, what
is left is solved here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pandas as pd

from gpsopt.checks import check
from gpsopt.cluster.connection import Cluster
from gpsopt.planning import refuse_errors
from gpsopt.runfolder import write_folder
from gpsopt.runread import read_run
from gpsopt.scenario import read_scenario
from gpsopt.sweep.grid import Point, Vary, corners_of
from gpsopt.sweep.parcel import parcel_of
from gpsopt.sweep.point import Call, Solved, solved_away, solved_here

Told = Callable[[int, int], None]


def sweep(
    points: Sequence[Point], folder: Path, options: Sequence[str], workers: int, told: Told | None = None,
    cluster: Cluster | None = None, lang: str = "zh",
) -> list[Mapping[str, Any]]:  # fmt: skip
    """Solve every point that is not done yet; returns the answers in the order of the points.

    `options`: further words of `gpsopt solve`; `lang`: of what is said of a point that cannot be solved. `told`: points
    done and all points, at every news. `cluster`: its workers solve instead of `workers` processes here, which begin
    where it is lost.
    Raises InputError where the inputs of a corner of the grid are wrong, before anything is solved; UsageError where
    a point could not be solved at all.
    """
    for name in ("scenarios", "done", "runs"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for point in points:
        path = folder / "scenarios" / f"{point.name}.toml"
        if not path.exists():
            path.write_text(point.text, encoding="utf-8")

    for point in corners_of(points):
        refuse_errors(check(read_scenario(folder / "scenarios" / f"{point.name}.toml")))

    def left() -> list[Point]:
        return [p for p in points if not _done(folder, p, options).exists()]

    def news(still: int) -> None:
        if told is not None:
            told(len(points) - still, len(points))

    news(len(left()))
    if cluster is not None and left():
        _away(left(), folder, options, cluster, news, lang)
    _here(left(), folder, options, workers, news, lang)
    return [json.loads(_done(folder, p, options).read_text(encoding="utf-8")) for p in points]


def _here(
    left: Sequence[Point], folder: Path, options: Sequence[str], workers: int, news: Callable[[int], None], lang: str
) -> None:
    """Every point in a process of its own, so many at once."""

    def solve(point: Point) -> None:
        scenario = folder / "scenarios" / f"{point.name}.toml"
        _keep(folder, point, options, solved_here(point.name, scenario, folder / "runs", options, lang))

    with ThreadPoolExecutor(max_workers=workers) as pool:
        open_: set[Future[None]] = {pool.submit(solve, point) for point in left}
        try:
            while open_:
                ended, open_ = wait(open_, return_when=FIRST_COMPLETED)
                for future in ended:
                    future.result()
                news(len(open_))
        except BaseException:
            for future in open_:
                future.cancel()
            raise


def _away(
    left: Sequence[Point], folder: Path, options: Sequence[str], cluster: Cluster, news: Callable[[int], None],
    lang: str,
) -> None:  # fmt: skip
    """Every point at a worker of the cluster; its run folder is written here as it comes."""
    scenarios = (folder / "scenarios").absolute()
    first = read_scenario(scenarios / f"{left[0].name}.toml")
    shared, root = parcel_of([Path(file) for file in first.chain[:-1]], scenarios)
    calls = []
    for point in left:
        path = (scenarios / f"{point.name}.toml").relative_to(root).as_posix()
        calls.append(Call(point.name, path, {path: point.text.encode("utf-8")}, tuple(options), lang))
    still = len(left)

    def keep(number: int, solved: Solved) -> None:
        nonlocal still
        answer = dict(solved.answer)
        if solved.files:
            answer["path"] = str(write_folder(folder / "runs", Path(answer["path"]).name, solved.files))
        _keep(folder, left[number], options, answer)
        still -= 1
        news(still)

    cluster.give(solved_away, shared, calls, keep)


def _keep(folder: Path, point: Point, options: Sequence[str], answer: Mapping[str, Any]) -> None:
    target = _done(folder, point, options)
    waiting = target.with_suffix(".writing")
    waiting.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    waiting.replace(target)


def _done(folder: Path, point: Point, options: Sequence[str]) -> Path:
    asked = "".join(f"_{word.lstrip('-')}" for word in options).replace("/", "_")
    return folder / "done" / f"{point.name}{asked}.json"


def table_of(points: Sequence[Point], varied: Sequence[Vary], answers: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """One row a point: what was varied, status, the aims of the plan, the goals of the last year, the run."""
    rows = []
    for point, answer in zip(points, answers, strict=True):
        row: dict[str, Any] = {"point": point.number}
        row |= {v.label: v.value_of(value) for v, value in zip(varied, point.values, strict=True)}
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
