"""Other solvers on one file: what each finds in a time, and how its gap closed on the way.

Every solver reads the same MPS file (columns x0, x1, ... in the model's order; minimise) with one thread, the same
absolute gap and the same seconds. What comes back is its point, its bound, and steps (wall seconds, value, bound) as
far as it tells of them.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import highspy
import numpy as np
import numpy.typing as npt

from gpsopt.solving.engine import Engine
from gpsopt.solving.instance import loaded

Array = npt.NDArray[np.float64]


#: CP-SAT counts everything in whole steps: hundredths are the grid of quantities (money then goes in 100 yuan)
_STEPS_A_UNIT: Final = 100


@dataclass
class Ended:
    """What a solver ended with; `point` None where it found none."""

    point: Array | None = None
    bound: float = -math.inf
    steps: list[tuple[float, float, float]] = field(default_factory=list)


def write_file(engine: Engine, compiled: Any, costs: Array, path: Path) -> None:
    """The rows of the engine, those that hold earlier aims too, with these costs."""
    matrix, lower, upper = engine.rows()
    kept = np.isfinite(lower) | np.isfinite(upper)
    integer = np.asarray(compiled.integer, dtype=bool)
    h = loaded(
        matrix.tocsr()[kept], lower[kept], upper[kept], compiled.column_lower, compiled.column_upper, integer, 0
    )  # fmt: skip
    columns = len(costs)
    h.changeColsCost(columns, np.arange(columns, dtype=np.int32), costs)
    for place in range(columns):
        h.passColName(place, f"x{place}")
    for place in range(int(kept.sum())):
        h.passRowName(place, f"r{place}")
    assert h.writeModel(str(path)) != highspy.HighsStatus.kError, path


def highs(path: Path, columns: int, gap: float, seconds: float) -> Ended:
    """HiGHS as it comes, one thread."""
    ended, start = Ended(), time.monotonic()
    h = highspy.Highs()
    for name, value in {
        "log_to_console": False, "threads": 1, "mip_abs_gap": gap, "mip_rel_gap": 0.0, "time_limit": seconds,
        "mip_min_logging_interval": 1.0,
    }.items():  # fmt: skip
        h.setOptionValue(name, value)
    h.readModel(str(path))

    def hear(event: Any) -> None:
        out = event.data_out
        ended.steps.append((time.monotonic() - start, out.mip_primal_bound, out.mip_dual_bound))

    h.cbMipLogging.subscribe(hear)
    h.run()
    info = h.getInfo()
    ended.bound = info.mip_dual_bound
    if info.primal_solution_status == 2:
        ended.point = np.array(h.getSolution().col_value)
    return ended


def scip(path: Path, columns: int, gap: float, seconds: float) -> Ended:
    """SCIP as it comes."""
    from pyscipopt import SCIP_EVENTTYPE, Eventhdlr, Model

    ended, start = Ended(), time.monotonic()

    class Heard(Eventhdlr):  # type: ignore[misc]
        def eventinit(self) -> None:
            self.model.catchEvent(SCIP_EVENTTYPE.BESTSOLFOUND, self)

        def eventexec(self, event: Any) -> None:
            ended.steps.append((time.monotonic() - start, self.model.getPrimalbound(), self.model.getDualbound()))

    model = Model()
    model.hideOutput()
    model.readProblem(str(path))
    model.setParams({"limits/absgap": gap, "limits/gap": 0.0, "limits/time": seconds, "parallel/maxnthreads": 1})
    model.includeEventhdlr(Heard(), "heard", "better plans")
    model.optimize()
    ended.bound = model.getDualbound()
    if model.getNSols():
        best, point = model.getBestSol(), np.zeros(columns)
        for variable in model.getVars():
            point[int(variable.name[1:])] = best[variable]
        ended.point = point
    return ended


def sat(path: Path, columns: int, gap: float, seconds: float) -> Ended:
    """CP-SAT, which counts in whole numbers: it scales the rows itself and needs limits on every column."""
    from ortools.linear_solver.python import model_builder

    model = model_builder.Model()
    if not model.import_from_mps_file(str(path)):
        return Ended()
    solver: Any = model_builder.Solver("sat")
    solver.set_time_limit_in_seconds(seconds)
    solver.set_solver_specific_parameters(f"num_workers:1 absolute_gap_limit:{gap} mip_var_scaling:{_STEPS_A_UNIT}")
    status = solver.solve(model)
    ended = Ended()
    if status in (model_builder.SolveStatus.OPTIMAL, model_builder.SolveStatus.FEASIBLE):
        point = np.zeros(columns)
        for variable in model.get_variables():
            point[int(variable.name[1:])] = solver.value(variable)
        ended.point, ended.bound = point, solver.best_objective_bound
    return ended


SOLVERS: Final[dict[str, Callable[[Path, int, float, float], Ended]]] = {"highs": highs, "scip": scip, "sat": sat}
