"""Times the search on a drawn place or a scenario, all aims in order: gpsopt, and other solvers on the same file.

    python benchmarks/solve.py [--size town|district|city | --scenario PATH] [--seed 0] [--years 1] [--hold purchaser]
                               [--seconds 60] [--gap 0.005] [--ways gpsopt,highs,scip,sat] [--json FILE]

`gpsopt` is the shipped search. `highs`, `scip` and `sat` (OR-tools' CP-SAT) read each aim's rows, tightened as those
of gpsopt and with the aims before it held within their tolerance, from one MPS file. Every way has `seconds` for all
aims together, each aim an equal part of what is left, one thread (gpsopt's rounds by purchaser use all cores). Printed
are wall seconds, CPU seconds with those of workers, and every aim's gap as a share of its scale; `--json` keeps the
steps too. Every point found is held against the rows as they were written. Nothing here is faster than the machine
lets it be: compare CPU seconds, and ways of one run with each other.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from solvers import SOLVERS, write_file

from cities import sized, write_city
from gpsopt.compiler import Compiled, compile_model
from gpsopt.errors import LimitError
from gpsopt.model.build import build_world
from gpsopt.model.world import World, world_of
from gpsopt.scenario import read_scenario
from gpsopt.solving.byyear import seek_years
from gpsopt.solving.clock import Progress
from gpsopt.solving.engine import Engine
from gpsopt.solving.stages import Options, Stage, aims_of, describe, hold_aim
from gpsopt.solving.tightening import tighten

Step = tuple[float, str, float]  # wall seconds since the first aim began, aim, gap


def cpu() -> float:
    """CPU seconds of this process and of the workers that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def gpsopt_way(world: World, compiled: Compiled, options: Options) -> tuple[list[Stage], list[Step], float]:
    """All aims in order by the shipped search; last what its point passes the rows as written by."""
    start = time.monotonic()
    steps: list[Step] = []

    def hear(p: Progress) -> None:
        if np.isfinite(p.gap) and (not steps or steps[-1][1:] != (p.aim, p.gap)):
            steps.append((time.monotonic() - start, p.aim, p.gap))

    try:
        answer, engine, _aims = seek_years(world, compiled, options, hear)
    except LimitError:
        return [], steps, 0.0
    return list(answer.stages), steps, 0.0 if answer.point is None else engine.violation(answer.point)


def other_way(world: World, compiled: Compiled, options: Options, way: str) -> tuple[list[Stage], list[Step], float]:
    """All aims in order by another solver, each from a file of its own."""
    tight, _done = tighten(compiled)
    engine, written = Engine(tight), Engine(compiled)
    stages: list[Stage] = []
    steps: list[Step] = []
    start, aims, point = time.monotonic(), aims_of(world, compiled), None
    with tempfile.TemporaryDirectory() as folder:
        for place, aim in enumerate(aims):
            sign, unit = aim.sign, aim.cost_unit
            costs, constant = aim.costs, float(aim.constants.sum())
            engine.set_cost(costs)
            relaxed = sign * engine.relaxation()[0] * unit + constant
            path = Path(folder) / f"{aim.name}.mps"
            write_file(engine, tight, costs, path)
            assert options.time_limit is not None and options.gap is not None
            left = options.time_limit - (time.monotonic() - start)
            if left <= 0:
                break
            began = time.monotonic() - start
            allowed = options.gap * (aim.scale(relaxed) or 1.0) / unit
            ended = SOLVERS[way](path, len(costs), max(1e-9, allowed), left / (len(aims) - place))
            for second, value, bound in ended.steps:
                scale = aim.scale(sign * value * unit + constant)
                if np.isfinite(value) and np.isfinite(bound) and scale:
                    steps.append((began + second, aim.name, abs(value - bound) * unit / scale))
            if ended.point is None:
                break
            point = ended.point
            value = float(costs @ point)
            stages.append(describe(world, aim, value * unit, min(ended.bound, value) * unit, options))
            steps.append((time.monotonic() - start, aim.name, stages[-1].gap))
            hold_aim(engine, world, aim, stages[-1], point)
    return stages, steps, 0.0 if point is None else written.violation(point)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--size", default="town")
    words.add_argument("--scenario", type=Path)
    words.add_argument("--needs", type=int)
    words.add_argument("--seed", type=int, default=0)
    words.add_argument("--years", type=int, default=1)
    words.add_argument("--hold", choices=["total", "purchaser"], default="purchaser")
    words.add_argument("--seconds", type=float, default=60.0)
    words.add_argument("--gap", type=float, default=0.005)
    words.add_argument("--ways", default="gpsopt,highs")
    words.add_argument("--by-year", action="store_true")
    words.add_argument("--json", type=Path)
    asked = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if asked.scenario is None:
            write_city(Path(folder), sized(asked.size, needs=asked.needs, years=asked.years, seed=asked.seed))
            with (Path(folder) / "model.toml").open("a", encoding="utf-8") as stream:
                stream.write(f'[aims]\nhold = "{asked.hold}"\n')
        world = world_of(read_scenario(asked.scenario or folder))
    compiled = compile_model(build_world(world))
    rows, columns = compiled.matrix.shape
    name = asked.scenario.stem if asked.scenario else f"{asked.size}, seed {asked.seed}"
    print(f"{name}: {rows} rows, {columns} columns, {int(world.binary.sum())} award decisions")
    print("before the search:", tighten(compiled)[1], flush=True)
    options = Options(asked.gap, asked.seconds, years="relax_and_fix" if asked.by_year else "joint")
    found: list[dict[str, Any]] = []
    for way in asked.ways.split(","):
        start, before = time.monotonic(), cpu()
        ran = gpsopt_way(world, compiled, options) if way == "gpsopt" else other_way(world, compiled, options, way)
        stages, steps, passed = ran
        wall, spent = time.monotonic() - start, cpu() - before
        ends = ", ".join(f"{s.name} {100 * s.gap:.3f} %" for s in stages) or "no plan"
        print(f"{way:8} {wall:7.1f} s {spent:7.1f} CPU s: {ends}; rows passed by {passed:.1e}", flush=True)
        found.append({
            "way": way, "seconds": wall, "cpu_seconds": spent, "gaps": {s.name: s.gap for s in stages},
            "values": {s.name: s.value for s in stages}, "rows_passed_by": passed, "steps": steps,
        })  # fmt: skip
    if asked.json is not None:
        kept = {"name": name, "rows": rows, "columns": columns, "decisions": int(world.binary.sum()),
                "gap": asked.gap, "limit_seconds": asked.seconds, "ways": found}  # fmt: skip
        asked.json.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
