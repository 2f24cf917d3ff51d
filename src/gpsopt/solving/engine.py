"""The one place that speaks to HiGHS: every status is checked, every objective recomputed from its point.

Facts that shaped this file: one thread and a fixed seed make a run repeatable; `threads` may not change
within a process; the solver prints a banner on standard output whatever its options say; after a start
point it may call a point optimal that is worth less than it claims, so the objective is recomputed and a
differing run is repeated without the start.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import highspy
import numpy as np
import numpy.typing as npt

from gpsopt.errors import SolverError

Array = npt.NDArray[np.float64]
Report = Callable[[float, float], None]  # best value and bound so far, in the objective's own unit

_STATUS: Final = highspy.HighsModelStatus
_ENDS: Final = {
    _STATUS.kOptimal: "optimal",
    _STATUS.kTimeLimit: "limit",
    _STATUS.kSolutionLimit: "limit",
    _STATUS.kIterationLimit: "limit",
    _STATUS.kInterrupt: "limit",
    _STATUS.kInfeasible: "infeasible",
    _STATUS.kUnbounded: "unbounded",
    _STATUS.kUnboundedOrInfeasible: "unclear",
}
#: relative difference between a claimed and a recomputed objective that is still rounding
_CLAIM: Final = 1e-6
#: violation of a row that a returned point may show, in the row's unit
_SLACK: Final = 1e-5


@dataclass(frozen=True)
class Limits:
    """Where a run may stop. Gaps are absolute and relative to the objective's value."""

    absolute_gap: float = 1e-9
    relative_gap: float = 0.0
    seconds: float | None = None
    nodes: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What a run ended with; `point` is None where none was found."""

    status: str  # optimal, limit, infeasible, unbounded
    point: Array | None
    value: float
    bound: float
    nodes: int


class Engine:
    """A matrix inside HiGHS. Costs, bounds and appended rows may change; the rest is fixed."""

    def __init__(self, compiled: Any, seed: int = 0) -> None:
        self._matrix = compiled.matrix.tocsr()
        self._lower, self._upper = compiled.row_lower.copy(), compiled.row_upper.copy()
        self._integer = np.asarray(compiled.integer, dtype=bool)
        self._cost = np.zeros(self._matrix.shape[1])
        self._column_lower, self._column_upper = compiled.column_lower, compiled.column_upper
        self._claim = 0.0
        self._extra: list[tuple[Array, float, float]] = []
        with quiet_stdout():
            self._highs = highspy.Highs()
            for name, value in {
                "output_flag": True, "log_to_console": False, "threads": 1, "random_seed": seed,
                "mip_min_logging_interval": 1.0,
            }.items():  # fmt: skip
                _ok(self._highs.setOptionValue(name, value))
            _ok(self._highs.passModel(_lp(compiled)))

    @property
    def columns(self) -> int:
        return int(self._matrix.shape[1])

    @property
    def integer_count(self) -> int:
        """Integer columns that are not fixed."""
        return int((self._integer & (self._column_lower < self._column_upper)).sum())

    @property
    def has_integers(self) -> bool:
        return bool(self._integer.any())

    def set_cost(self, cost: Array) -> None:
        """Minimise this."""
        self._cost = cost
        places = np.arange(len(cost), dtype=np.int32)
        _ok(self._highs.changeColsCost(len(cost), places, cost))

    def set_bounds(self, lower: Array, upper: Array) -> None:
        """New bounds of all columns."""
        places = np.arange(len(lower), dtype=np.int32)
        _ok(self._highs.changeColsBounds(len(lower), places, lower, upper))

    def set_row_bounds(self, row: int, lower: float, upper: float) -> None:
        """New limits of one row."""
        self._lower[row], self._upper[row] = lower, upper
        _ok(self._highs.changeRowBounds(row, lower, upper))

    def add_row(self, weights: Array, lower: float, upper: float) -> None:
        """Hold lower <= weights . x <= upper from now on."""
        places = np.flatnonzero(weights).astype(np.int32)
        _ok(self._highs.addRow(lower, upper, len(places), places, weights[places]))
        self._extra.append((weights, lower, upper))

    def relax(self, relaxed: bool) -> None:
        """Treat integer columns as continuous, or as integers again."""
        places = np.flatnonzero(self._integer).astype(np.int32)
        kind = highspy.HighsVarType.kContinuous if relaxed else highspy.HighsVarType.kInteger
        if len(places):
            _ok(self._highs.changeColsIntegrality(len(places), places, np.array([kind] * len(places))))

    def duals(self) -> Array:
        """Row duals of the last linear run."""
        return np.array(self._highs.getSolution().row_dual)

    def minimise(self, limits: Limits, start: Array | None = None, report: Report | None = None) -> Outcome:
        """Run to the limits, from a start point if one is given; raises SolverError if the answer does not stand."""
        outcome = self._run(limits, start, report)
        if start is not None and (outcome.status == "unclear" or not self._stands(outcome)):
            outcome = self._run(limits, None, report)
        if outcome.status == "unclear":
            _ok(self._highs.setOptionValue("presolve", "off"))
            outcome = self._run(limits, None, report)
            _ok(self._highs.setOptionValue("presolve", "choose"))
        if not self._stands(outcome):
            raise SolverError("answer_does_not_stand", difference=f"{abs(self._claim - outcome.value):.6g}")
        return outcome

    def _run(self, limits: Limits, start: Array | None, report: Report | None) -> Outcome:
        h = self._highs
        options = {
            "mip_abs_gap": limits.absolute_gap, "mip_rel_gap": limits.relative_gap,
            "time_limit": float("inf") if limits.seconds is None else limits.seconds,
            "mip_max_nodes": 2**31 - 1 if limits.nodes is None else limits.nodes,
        }  # fmt: skip
        with quiet_stdout():
            _ok(h.clearSolver())
            for name, value in options.items():
                _ok(h.setOptionValue(name, value))
            if start is not None:
                solution = highspy.HighsSolution()
                solution.col_value = start.tolist()
                _ok(h.setSolution(solution))
            with _listening(h, report):
                status = h.run()
        if status == highspy.HighsStatus.kError:
            raise SolverError("solver_failed", status=h.modelStatusToString(h.getModelStatus()))
        end = _ENDS.get(h.getModelStatus())
        if end is None:
            raise SolverError("solver_failed", status=h.modelStatusToString(h.getModelStatus()))
        return self._outcome(end)

    def _outcome(self, end: str) -> Outcome:
        info = self._highs.getInfo()
        found = info.primal_solution_status == 2  # a feasible point
        if not found or end in ("infeasible", "unbounded", "unclear"):
            return Outcome(end, None, float("inf"), float("-inf"), int(info.mip_node_count))
        point = np.array(self._highs.getSolution().col_value)
        point[self._integer] = np.round(point[self._integer])
        self._claim = float(info.objective_function_value)
        value = float(self._cost @ point)
        bound = float(info.mip_dual_bound) if self.has_integers else value
        return Outcome(end, point, value, min(bound, value), max(0, int(info.mip_node_count)))

    def _stands(self, outcome: Outcome) -> bool:
        """Is the claimed objective that of the point, and does the point keep the rows?"""
        if outcome.point is None:
            return True
        if not np.isfinite(outcome.point).all():
            return False
        # Rounding integers moves the value by what the solver's integer tolerance allows.
        scale = max(1.0, abs(self._claim), float(np.abs(self._cost) @ np.abs(outcome.point)))
        if abs(self._claim - outcome.value) > _CLAIM * scale * 10:
            return False
        return self._violation(outcome.point) <= _SLACK

    def _violation(self, point: Array) -> float:
        """The largest relative violation of a row: its size measured against the terms it adds up."""
        activity = self._matrix @ point
        size = 1.0 + abs(self._matrix) @ np.abs(point)
        over = np.maximum(self._lower - activity, activity - self._upper) / size
        worst = float(over.max(initial=0.0))
        for weights, lower, upper in self._extra:
            value = float(weights @ point)
            size_ = 1.0 + float(np.abs(weights) @ np.abs(point))
            worst = max(worst, (lower - value) / size_, (value - upper) / size_)
        return worst


def _lp(compiled: Any) -> Any:
    lp = highspy.HighsLp()
    matrix = compiled.matrix.tocsr()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.col_cost_ = np.zeros(matrix.shape[1])
    lp.col_lower_, lp.col_upper_ = compiled.column_lower, compiled.column_upper
    lp.row_lower_, lp.row_upper_ = compiled.row_lower, compiled.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = matrix.indptr
    lp.a_matrix_.index_ = matrix.indices
    lp.a_matrix_.value_ = matrix.data
    kinds = highspy.HighsVarType
    if np.any(compiled.integer):
        lp.integrality_ = [kinds.kInteger if i else kinds.kContinuous for i in compiled.integer]
    return lp


@contextlib.contextmanager
def _listening(h: Any, report: Report | None) -> Iterator[None]:
    """Hand best value and bound to `report` while the run goes on."""
    if report is None:
        yield
        return

    def hear(event: Any) -> None:
        report(float(event.data_out.mip_primal_bound), float(event.data_out.mip_dual_bound))

    h.cbMipLogging.subscribe(hear)
    try:
        yield
    finally:
        h.cbMipLogging.unsubscribe(hear)


@contextlib.contextmanager
def quiet_stdout() -> Iterator[None]:
    """Send what the solver prints on standard output to nowhere: stdout belongs to the answer."""
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _ok(status: Any) -> None:
    if status == highspy.HighsStatus.kError:
        raise SolverError("solver_failed", status=str(status))
