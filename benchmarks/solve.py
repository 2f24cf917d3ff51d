"""Times the search on a drawn place: by purchaser on all cores, one search over everything, and other solvers.

    python benchmarks/solve.py [--size town|district|city] [--needs N] [--years 1] [--seconds 30] [--gap 0.005]
                               [--ways by_purchaser,plain,scip] [--aim quality] [--by-year]

`by_purchaser` and `plain` (HiGHS on the same rows) seek all aims in order, with the same clock, and print each step:
wall seconds, CPU seconds with those of the workers, aim, gap as a share of the aim's scale. `scip` (and `sat`,
OR-tools' CP-SAT, which refuses columns without an upper bound) reads the same rows from an MPS file; it seeks the last
aim of the order alone, so give `--aim`, which makes it the only one for every way. Nothing here is faster than the
machine lets it be: compare CPU seconds, and ways of one run with each other.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from cities import sized, write_city
from gpsopt.compiler import Compiled, compile_model
from gpsopt.errors import LimitError
from gpsopt.model.build import build_world
from gpsopt.model.world import World, world_of
from gpsopt.scenario import read_scenario
from gpsopt.settings import AIMS
from gpsopt.solving import stages
from gpsopt.solving.byyear import seek_years
from gpsopt.solving.clock import Progress
from gpsopt.solving.export import write_model

NEVER = 10**9


def cpu() -> float:
    """CPU seconds of this process and of the workers that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def ours(world: World, compiled: Compiled, way: str, asked: argparse.Namespace) -> None:
    """All aims in order, one of our two ways."""
    stages.BY_PURCHASER = 0 if way == "by_purchaser" else NEVER  # type: ignore[misc]
    stages.PLAIN = 0 if way == "by_purchaser" else NEVER  # type: ignore[misc]
    start, before, last = time.monotonic(), cpu(), [0.0, ""]

    def hear(p: Progress) -> None:
        if p.gap != last[0] or p.aim != last[1]:
            last[:] = [p.gap, p.aim]
            wall = time.monotonic() - start
            print(f"  {wall:7.1f} s  {cpu() - before:7.1f} CPU s  {p.aim:22} {100 * p.gap:9.3f} %", flush=True)

    options = stages.Options(asked.gap, asked.seconds, years="relax_and_fix" if asked.by_year else "joint")
    try:
        answer, _engine, _aims = seek_years(world, compiled, options, hear)
    except LimitError:
        print(f"{way:14} no plan    {time.monotonic() - start:7.1f} s {cpu() - before:7.1f} CPU s", flush=True)
        return
    ends = ", ".join(f"{s.name} {100 * s.gap:.3f} %" for s in answer.stages)
    wall = time.monotonic() - start
    print(f"{way:14} {answer.status:10} {wall:7.1f} s {cpu() - before:7.1f} CPU s: {ends}", flush=True)


def others(compiled: Compiled, way: str, asked: argparse.Namespace) -> None:
    """One aim by another solver, from the same rows in an MPS file."""
    from ortools.linear_solver.python import model_builder

    with tempfile.TemporaryDirectory() as folder:
        path, aim = Path(folder) / "model.mps", list(compiled.aims)[-1]
        write_model(compiled, aim, AIMS[aim], path)  # type: ignore[index]
        model = model_builder.Model()
        assert model.import_from_mps_file(str(path)), "the file could not be read"
        solver: Any = model_builder.Solver({"sat": "sat", "scip": "scip", "highs": "highs"}[way])
        assert solver.solver_is_supported(), way
        solver.set_time_limit_in_seconds(asked.seconds)
        before, start = cpu(), time.monotonic()
        status = solver.solve(model)
        wall = time.monotonic() - start
    found = status in (model_builder.SolveStatus.OPTIMAL, model_builder.SolveStatus.FEASIBLE)
    said = (
        f"{solver.objective_value:,.4f} bound {solver.best_objective_bound:,.4f} (10,000 yuan)" if found else "no plan"
    )
    print(f"{way:14} {status.name:10} {wall:7.1f} s {cpu() - before:7.1f} CPU s: {aim} {said}", flush=True)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--size", default="town")
    words.add_argument("--needs", type=int)
    words.add_argument("--years", type=int, default=1)
    words.add_argument("--seconds", type=float, default=30.0)
    words.add_argument("--gap", type=float, default=0.005)
    words.add_argument("--ways", default="by_purchaser,plain")
    words.add_argument("--aim", choices=list(AIMS))
    words.add_argument("--by-year", action="store_true")
    asked = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_city(Path(folder), sized(asked.size, needs=asked.needs, years=asked.years))
        if asked.aim is not None:
            with (Path(folder) / "model.toml").open("a", encoding="utf-8") as stream:
                stream.write(f'[aims]\norder = ["{asked.aim}"]\n')
        world = world_of(read_scenario(folder))
    compiled = compile_model(build_world(world))
    rows, columns = compiled.matrix.shape
    print(f"{asked.size}: {rows} rows, {columns} columns, {int(world.binary.sum())} award decisions")
    for way in asked.ways.split(","):
        if way in ("by_purchaser", "plain"):
            ours(world, compiled, way, asked)
        else:
            others(compiled, way, asked)


if __name__ == "__main__":
    main()
