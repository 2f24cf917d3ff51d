"""One small problem, solved in a moment: light enough to be loaded by a worker process of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import highspy
import numpy as np
from scipy import sparse

from gpsopt.solving.instance import Array, quiet_stdout

NODES: Final = 200


def _scale(upper: Array, integer: Any) -> Array:
    size = np.maximum(1.0, np.where(np.isfinite(upper), upper, 1.0) / 1000.0)
    return np.where(integer, 1.0, 2.0 ** np.round(np.log2(size)))


@dataclass(frozen=True)
class Small:
    """A small problem's answer; `point` is None where none was found."""

    point: Array | None
    bound: float


def small_problem(
    rows: Any, lower: Array, upper: Array, column_lower: Array, column_upper: Array, integer: Any, cost: Array,
    start: Array | None, enough: float, nodes: int = NODES,
) -> Small:  # fmt: skip
    """Minimise within rows and limits, from a start point if there is one, to the absolute gap `enough`."""
    scale = _scale(column_upper, integer)
    rows = (rows @ sparse.diags_array(scale)).tocsr()
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = rows.shape
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost * scale, column_lower / scale, column_upper / scale
    lp.row_lower_, lp.row_upper_ = lower, upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = rows.indptr, rows.indices, rows.data
    kinds = highspy.HighsVarType
    lp.integrality_ = [kinds.kInteger if i else kinds.kContinuous for i in integer]
    with quiet_stdout():
        h = highspy.Highs()  # type: ignore[no-untyped-call]
        for name, value in {
            "output_flag": False, "threads": 1, "mip_abs_gap": enough, "mip_rel_gap": 0.0, "mip_max_nodes": nodes,
            "mip_heuristic_run_rins": False, "mip_heuristic_run_rens": False,
            "mip_heuristic_run_root_reduced_cost": False,
        }.items():  # fmt: skip
            h.setOptionValue(name, value)
        h.passModel(lp)
        if start is not None:
            solution = highspy.HighsSolution()
            solution.col_value = (start / scale).tolist()
            h.setSolution(solution)
        h.run()
    info = h.getInfo()
    bound = float(info.mip_dual_bound) if np.any(integer) else float(info.objective_function_value)
    if info.primal_solution_status != 2:
        return Small(None, bound)
    found = np.array(h.getSolution().col_value)
    return Small(np.where(integer, np.round(found), found) * scale, bound)
