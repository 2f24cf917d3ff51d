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
from scipy import sparse

from gpsopt.errors import SolverError

Array = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Report = Callable[[float, float], None]  # best value and bound so far, in the objective's own unit
Stop = Callable[[], bool]  # asked again and again while the solver runs: shall it end with what it has?

_STATUS: Final = highspy.HighsModelStatus
_ENDS: Final = {
    _STATUS.kOptimal: "optimal",
    _STATUS.kObjectiveTarget: "limit",
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
    target: float | None = None  # stop at a point this good


class NoRelaxation(SolverError):
    """Not even fractions keep the rows: there is no plan."""


@dataclass(frozen=True)
class Outcome:
    """What a run ended with; `point` is None where none was found."""

    status: str  # optimal, limit, infeasible, unbounded
    point: Array | None
    value: float
    bound: float
    nodes: int


class Engine:
    """A matrix inside HiGHS, twice: with integers, and relaxed (warm from run to run).

    Continuous columns are counted inside in units of about a thousandth of their upper bound, so that an
    integer tolerance times a large bound is not worth whole units. Costs, bounds and appended rows may
    change; the rest is fixed.
    """

    def __init__(self, compiled: Any, seed: int = 0, stop: Stop | None = None) -> None:
        self._stop = stop
        self._integer = np.asarray(compiled.integer, dtype=bool)
        self._scale = scale_of(compiled)
        self._matrix = (compiled.matrix @ sparse.diags_array(self._scale)).tocsr()
        self._lower, self._upper = compiled.row_lower.copy(), compiled.row_upper.copy()
        self._column_lower = compiled.column_lower / self._scale
        self._column_upper = compiled.column_upper / self._scale
        self._cost = np.zeros(self._matrix.shape[1])
        self._claim = 0.0
        self._extra: list[tuple[Array, float, float]] = []
        self._highs = self._load(seed, relaxed=False)
        self._relaxed: Any = None
        self._held_duals: Array = np.zeros(0)
        self._seed = seed

    @property
    def integer_count(self) -> int:
        """Integer columns that are not fixed."""
        return int((self._integer & (self._column_lower < self._column_upper)).sum())

    @property
    def has_integers(self) -> bool:
        return bool(self._integer.any())

    def set_cost(self, cost: Array) -> None:
        """Minimise this."""
        self._cost = cost * self._scale
        places = np.arange(len(cost), dtype=np.int32)
        for h in self._both():
            _ok(h.changeColsCost(len(cost), places, self._cost))

    def set_row_bounds(self, row: int, lower: float, upper: float) -> None:
        """New limits of one row."""
        self._lower[row], self._upper[row] = lower, upper
        for h in self._both():
            _ok(h.changeRowBounds(row, lower, upper))

    def add_row(self, weights: Array, lower: float, upper: float) -> None:
        """Hold lower <= weights . x <= upper from now on."""
        scaled = weights * self._scale
        self._extra.append((scaled, lower, upper))
        for h in self._both():
            _append(h, scaled, lower, upper)

    def rows(self) -> tuple[Any, Array, Array]:
        """The matrix with its appended rows and their limits, over the columns as the model counts them."""
        lower = np.append(self._lower, [low for _w, low, _u in self._extra])
        upper = np.append(self._upper, [up for _w, _l, up in self._extra])
        unscaled = self._matrix @ sparse.diags_array(1.0 / self._scale)
        extra = [sparse.csr_array((w / self._scale)[None, :]) for w, _l, _u in self._extra]
        return sparse.vstack([unscaled, *extra], format="csr"), lower, upper

    def relaxation(self) -> tuple[float, Array, Array]:
        """Value, point and row duals with every integer free to be a fraction: the value is a bound."""
        self._load_relaxed()
        status = self._run_relaxed()
        if status == _STATUS.kInfeasible:
            raise NoRelaxation("solver_failed", status="Infeasible")
        if status != _STATUS.kOptimal:
            raise SolverError("solver_failed", status=self._relaxed.modelStatusToString(status))
        solution = self._relaxed.getSolution()
        inside = np.array(solution.col_value)
        return float(self._cost @ inside), inside * self._scale, np.array(solution.row_dual)

    def with_integers_of(self, point: Array) -> Array | None:
        """The best point whose integers are those of `point`, or None where rounding them leaves no room."""
        self._load_relaxed()
        lower, upper = self._column_lower.copy(), self._column_upper.copy()
        lower[self._integer] = upper[self._integer] = np.round(point[self._integer])
        self._set_relaxed_bounds(lower, upper)
        status = self._run_relaxed()
        found = None
        if status == _STATUS.kOptimal:
            solution = self._relaxed.getSolution()
            self._held_duals = np.array(solution.row_dual)
            found = np.array(solution.col_value) * self._scale
            found[self._integer] = np.round(found[self._integer])
        self._set_relaxed_bounds(self._column_lower, self._column_upper)
        return found

    def duals_around(self, point: Array) -> Array | None:
        """Row duals (without appended rows) with the integers of `point` held; None where that has no answer."""
        if self.with_integers_of(point) is None:
            return None
        return self._held_duals[: len(self._lower)]

    def minimise(
        self, limits: Limits, start: Array | None = None, report: Report | None = None, free: Bools | None = None
    ) -> Outcome:
        """Run to the limits, from a start point if one is given; raises SolverError if the answer does not stand.

        `free`: only these columns may differ from the start point (the others are fixed at it).
        """
        if free is not None and start is not None:
            fixed = np.where(free, np.nan, start / self._scale)
            self._set_bounds(
                np.where(free, self._column_lower, fixed), np.where(free, self._column_upper, fixed)
            )  # fmt: skip
        outcome = self._run(limits, start, report)
        if start is not None and (outcome.status == "unclear" or not self._stands(outcome)):
            outcome = self._run(limits, None, report)
        if outcome.status == "unclear":
            _ok(self._highs.setOptionValue("presolve", "off"))
            outcome = self._run(limits, None, report)
            _ok(self._highs.setOptionValue("presolve", "choose"))
        if free is not None:
            self._set_bounds(self._column_lower, self._column_upper)
        if not self._stands(outcome):
            raise SolverError("answer_does_not_stand", difference=f"{abs(self._claim - outcome.value):.6g}")
        return outcome

    def violation(self, point: Array) -> float:
        """The largest relative violation of a row: its size measured against the terms it adds up."""
        inside = point / self._scale
        size = 1.0 + abs(self._matrix) @ np.abs(inside)
        activity = self._matrix @ inside
        over = np.maximum(self._lower - activity, activity - self._upper) / size
        worst = float(over.max(initial=0.0))
        for weights, lower, upper in self._extra:
            value = float(weights @ inside)
            size_ = 1.0 + float(np.abs(weights) @ np.abs(inside))
            worst = max(worst, (lower - value) / size_, (value - upper) / size_)
        return worst

    def _load(self, seed: int, relaxed: bool) -> Any:
        limits = (self._lower, self._upper, self._column_lower, self._column_upper)
        return loaded(self._matrix, *limits, None if relaxed else self._integer, seed)

    def _load_relaxed(self) -> None:
        """Put the relaxation beside the model with integers, at its first use."""
        if self._relaxed is not None:
            return
        self._relaxed = self._load(self._seed, relaxed=True)
        places = np.arange(len(self._cost), dtype=np.int32)
        _ok(self._relaxed.changeColsCost(len(self._cost), places, self._cost))
        for weights, lower, upper in self._extra:
            _append(self._relaxed, weights, lower, upper)

    def _both(self) -> list[Any]:
        return [self._highs] if self._relaxed is None else [self._highs, self._relaxed]

    def _run_relaxed(self) -> Any:
        with quiet_stdout():
            _ok(self._relaxed.clearSolver())  # a fresh run may presolve: far quicker here than an old basis
            _ok(self._relaxed.run())
        return self._relaxed.getModelStatus()

    def _set_bounds(self, lower: Array, upper: Array) -> None:
        _ok(self._highs.changeColsBounds(len(lower), np.arange(len(lower), dtype=np.int32), lower, upper))

    def _set_relaxed_bounds(self, lower: Array, upper: Array) -> None:
        _ok(self._relaxed.changeColsBounds(len(lower), np.arange(len(lower), dtype=np.int32), lower, upper))

    def _run(self, limits: Limits, start: Array | None, report: Report | None) -> Outcome:
        h = self._highs
        options = {
            "mip_abs_gap": limits.absolute_gap, "mip_rel_gap": limits.relative_gap,
            "time_limit": float("inf") if limits.seconds is None else h.getRunTime() + limits.seconds,
            "mip_max_nodes": 2**31 - 1 if limits.nodes is None else limits.nodes,
            "objective_target": -float("inf") if limits.target is None else limits.target,
        }  # fmt: skip
        with quiet_stdout():
            _ok(h.clearSolver())
            for name, value in options.items():
                _ok(h.setOptionValue(name, value))
            if start is not None:
                solution = highspy.HighsSolution()
                solution.col_value = (start / self._scale).tolist()
                _ok(h.setSolution(solution))
            with _listening(h, report, self._stop):
                status = h.run()
        end = _ENDS.get(h.getModelStatus())
        if status == highspy.HighsStatus.kError or end is None:
            raise SolverError("solver_failed", status=h.modelStatusToString(h.getModelStatus()))
        return self._outcome(end)

    def _outcome(self, end: str) -> Outcome:
        info = self._highs.getInfo()
        found = info.primal_solution_status == 2  # a feasible point
        if not found or end in ("infeasible", "unbounded", "unclear"):
            return Outcome(end, None, float("inf"), float("-inf"), int(info.mip_node_count))
        inside = np.array(self._highs.getSolution().col_value)
        rounded = np.where(self._integer, np.round(inside), inside)
        point = rounded * self._scale
        self._claim = float(info.objective_function_value)
        if self.has_integers and np.abs(rounded - inside).max(initial=0.0) > 1e-9:
            # Rounding a decision moves what hangs on it: solve the quantities again around the rounded ones.
            clean = self.with_integers_of(point)
            point = point if clean is None else clean
        value = float(self._cost @ (point / self._scale))
        bound = float(info.mip_dual_bound) if self.has_integers else value
        return Outcome(end, point, value, min(bound, value), max(0, int(info.mip_node_count)))

    def _stands(self, outcome: Outcome) -> bool:
        """Is the claimed objective that of the point (or worse), and does the point keep the rows?"""
        if outcome.point is None:
            return True
        if not np.isfinite(outcome.point).all():
            return False
        scale = max(1.0, abs(self._claim), float(np.abs(self._cost) @ np.abs(outcome.point / self._scale)))
        return outcome.value - self._claim <= _CLAIM * scale and self.violation(outcome.point) <= _SLACK


def loaded(
    matrix: Any, row_lower: Array, row_upper: Array, column_lower: Array, column_upper: Array, integer: Bools | None,
    seed: int,
) -> Any:  # fmt: skip
    """A HiGHS instance that holds the rows and columns, one thread, costs 0."""
    with quiet_stdout():
        h = highspy.Highs()  # type: ignore[no-untyped-call]
        for name, value in {
            "output_flag": True, "log_to_console": False, "threads": 1, "random_seed": seed,
            "mip_min_logging_interval": 1.0, "mip_feasibility_tolerance": 1e-7,
        }.items():  # fmt: skip
            _ok(h.setOptionValue(name, value))
        _ok(h.passModel(_lp(matrix, row_lower, row_upper, column_lower, column_upper, integer)))
    return h


def scale_of(compiled: Any) -> Array:
    """What a unit inside the solver is worth: powers of two that bring large continuous columns to about a thousand."""
    upper = np.where(np.isfinite(compiled.column_upper), np.abs(compiled.column_upper), 1.0)
    wanted = np.maximum(1.0, upper / 1000.0)
    return np.where(np.asarray(compiled.integer, dtype=bool), 1.0, 2.0 ** np.round(np.log2(wanted)))


def _append(h: Any, weights: Array, lower: float, upper: float) -> None:
    places = np.flatnonzero(weights).astype(np.int32)
    _ok(h.addRow(lower, upper, len(places), places, weights[places]))


def _lp(
    matrix: Any, row_lower: Array, row_upper: Array, column_lower: Array, column_upper: Array, integer: Bools | None
) -> Any:
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.col_cost_ = np.zeros(matrix.shape[1])
    lp.col_lower_, lp.col_upper_ = column_lower, column_upper
    lp.row_lower_, lp.row_upper_ = row_lower, row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    kinds = highspy.HighsVarType
    if integer is not None and integer.any():
        lp.integrality_ = [kinds.kInteger if i else kinds.kContinuous for i in integer]
    return lp


@contextlib.contextmanager
def _listening(h: Any, report: Report | None, stop: Stop | None) -> Iterator[None]:
    """Hand best value and bound to `report` while the run goes on; end it when `stop` says so."""

    def hear(event: Any) -> None:
        if report is not None:
            report(float(event.data_out.mip_primal_bound), float(event.data_out.mip_dual_bound))

    def ask(event: Any) -> None:
        if stop is not None and stop():
            event.interrupt()

    used = [(h.cbMipLogging, hear)] if report is not None else []
    used += [(h.cbMipInterrupt, ask)] if stop is not None else []
    for callback, listener in used:
        callback.subscribe(listener)
    try:
        yield
    finally:
        for callback, listener in used:
            callback.unsubscribe(listener)


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
