"""Times the way from tables in memory to a model inside HiGHS: by hand, by this compiler, by ordinary Pyomo.

    python benchmarks/compile.py [--size city|district|nation] [--repeat 9] [--pyomo] [--linopy] [--profile]

Everything is timed in CPU seconds of one process; each way is run `repeat` times in turn; medians and ratios are
printed. `--pyomo` adds stock components with LinearStandardFormCompiler (half a minute each at city size), `--linopy`
linopy where it is installed. No model is solved.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import pstats
import statistics
import time
from collections.abc import Callable
from typing import Any

import highspy
import numpy as np
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from raw import Raw, raw
from synthetic import CITY, DISTRICT, NATION, Drawn, array_model, draw, ordinary_model

from gpsopt.compiler import Compiled, compile_model


def pass_model(compiled: Raw | Compiled) -> highspy.Highs:
    """Hand a matrix by rows to a fresh HiGHS."""
    matrix = compiled.matrix
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.col_cost_ = np.zeros(matrix.shape[1])
    lp.col_lower_, lp.col_upper_ = compiled.column_lower, compiled.column_upper
    lp.row_lower_, lp.row_upper_ = compiled.row_lower, compiled.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    kinds = np.array([highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger])
    lp.integrality_ = kinds[np.asarray(compiled.integer, dtype=np.intp)]
    assert solver.passModel(lp) != highspy.HighsStatus.kError
    return solver


def ways(data: Drawn, pyomo: bool, linopy: bool) -> dict[str, Callable[[], Any]]:
    """What is timed, by name."""
    found: dict[str, Callable[[], Any]] = {
        "numpy by hand -> passModel": lambda: pass_model(raw(data)),
        "array components, compile_model -> passModel": lambda: pass_model(compile_model(array_model(data))),
        "  of which components and rules called": lambda: array_model(data),
        "the same, offers summed one by one": lambda: pass_model(compile_model(array_model(data, by_offer=True))),
    }
    if pyomo:
        found["ordinary Pyomo, LinearStandardFormCompiler"] = lambda: LinearStandardFormCompiler().write(
            ordinary_model(data), mixed_form=True
        )
    if linopy:
        from linopy_way import linopy_highs

        found["linopy -> HiGHS"] = lambda: linopy_highs(data)
    return found


def measured(todo: Callable[[], Any]) -> float:
    gc.collect()
    start = time.process_time()
    todo()
    return time.process_time() - start


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--size", choices=["district", "city", "nation"], default="city")
    words.add_argument("--repeat", type=int, default=9)
    words.add_argument("--pyomo", action="store_true")
    words.add_argument("--linopy", action="store_true")
    words.add_argument("--profile", action="store_true")
    asked = words.parse_args()
    data = draw({"district": DISTRICT, "city": CITY, "nation": NATION}[asked.size])
    ours, theirs = compile_model(array_model(data)), raw(data)
    by_offer = compile_model(array_model(data, by_offer=True))
    assert abs(ours.matrix - theirs.matrix).max() < 1e-12, "the two ways differ"
    assert abs(by_offer.matrix - theirs.matrix).max() < 1e-12, "the two ways differ"
    rows, columns = ours.matrix.shape
    print(f"{asked.size}: {len(data.offer_of)} offer-years, {rows} rows, {columns} columns, {ours.matrix.nnz} nonzeros")
    if asked.profile:
        with cProfile.Profile() as profile:
            compile_model(array_model(data))
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)
        return
    found = ways(data, asked.pyomo, asked.linopy)
    times: dict[str, list[float]] = {name: [] for name in found}
    for _ in range(asked.repeat):
        for name, todo in found.items():
            times[name].append(measured(todo))
    limit = statistics.median(times["numpy by hand -> passModel"])
    for name, seconds in times.items():
        middle = statistics.median(seconds)
        print(f"{name:48} {middle:8.3f} s  {middle / limit:6.2f} x by hand")


if __name__ == "__main__":
    main()
