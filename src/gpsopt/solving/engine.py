"""The one place that speaks to HiGHS: every status is checked, every objective recomputed from its point.

Facts that shaped this file: one thread and a fixed seed make a run repeatable; `threads` may not change within a
process; the solver prints a banner on standard output whatever its options say; after a start point it may call a point
optimal that is worth less than it claims, so the objective is recomputed and a differing run is repeated without the
start; its clock begins anew with a search, not with a linear model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import highspy
import numpy as np
from scipy import sparse

from gpsopt.errors import SolverError
from gpsopt.model.facts import Ints
from gpsopt.solving.instance import (
    WITHOUT_PRESOLVE,
    Array,
    Bools,
    Left,
    Report,
    Stop,
    append,
    columns_within,
    dot,
    listening,
    loaded,
    ok,
    over,
    quiet_stdout,
    scale_of,
)  # fmt: skip
from gpsopt.solving.sums import Sums

__all__ = ["Array", "Bools", "Engine", "Left", "Limits", "NoRelaxation", "NoTime", "Outcome", "Stop"]

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
_DUAL, _PRIMAL = 1, 4  # HiGHS: simplex_strategy
#: relative difference between a claimed and a recomputed objective that is still rounding
_CLAIM: Final = 1e-6
#: violation of a row that a returned point may show, in the row's unit
_SLACK: Final = 1e-5
#: models with at most so many decisions are solved again, closely, where a row is passed by more than this (a fifth of
#: a fen in rows of money)
_EXACT: Final = 600
_NEARLY: Final = 2e-7
_CLOSELY: Final = 1e-9


@dataclass(frozen=True)
class Limits:
    """Where a run may stop. Gaps are absolute and relative to the objective's value."""

    absolute_gap: float = 1e-9
    relative_gap: float = 0.0
    seconds: float | None = None
    nodes: int | None = None
    target: float | None = None  # stop at a point this good
    within: bool = True  # heuristics that search smaller models within it: to proof, whatever gap is asked for


class NoRelaxation(SolverError):
    """Not even fractions keep the rows: there is no plan."""


class NoTime(SolverError):
    """The relaxation was not solved in the time it had, or before a stop."""


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

    def __init__(
        self, compiled: Any, seed: int = 0, stop: Stop | None = None, without_presolve: int = WITHOUT_PRESOLVE,
        part: Ints | None = None,
    ) -> None:  # fmt: skip
        """`without_presolve`: with at most so many decisions presolve is left out; `part`: whose each column is."""
        self._stop = stop
        self._integer = np.asarray(compiled.integer, dtype=bool)
        self._scale = scale_of(compiled)
        self._matrix = (compiled.matrix @ sparse.diags_array(self._scale)).tocsr()
        self._lower, self._upper = compiled.row_lower.copy(), compiled.row_upper.copy()
        # Rows without any limit (tightening leaves such) stay out of the solver; nobody outside sees the difference.
        self._kept = np.flatnonzero(np.isfinite(self._lower) | np.isfinite(self._upper))
        self._column_lower = compiled.column_lower / self._scale
        self._column_upper = compiled.column_upper / self._scale
        self._cost = np.zeros(self._matrix.shape[1])
        self._claim = 0.0
        self._extra: list[tuple[Array, float, float]] = []
        self._highs = self._load(seed, relaxed=False)
        self._sums, self._part = Sums(part, self._matrix.shape[1]), part
        self._ends = {int(r): self._by_sums(r) for r in self._sums.long_rows(self._matrix, self._lower, self._upper)}
        self._presolve = "choose" if self.integer_count > without_presolve else "off"
        ok(self._highs.setOptionValue("presolve", self._presolve))
        self._relaxed: Any = None
        self._basis: Any = None  # with which the last relaxation ended
        self._held: tuple[bytes, Any] = (b"", None)  # decisions last held, and the basis of their quantities
        self._held_duals: Array = np.zeros(0)
        self._seed = seed

    def over(self, compiled: Any) -> Engine:
        """The same appended rows over another model of the same columns (the one that was not tightened)."""
        other = Engine(compiled, self._seed, self._stop, part=self._part)
        for weights, lower, upper in self._extra:
            other.add_row(weights / self._scale, lower, upper)
        return other

    @property
    def integer_count(self) -> int:
        """Integer columns that are not fixed."""
        return int((self._integer & (self._column_lower < self._column_upper)).sum())

    @property
    def integer(self) -> Bools:
        """Which columns are decisions."""
        return self._integer

    @property
    def awards(self) -> Bools:
        """Which of them are yes or no: a whole quantity may be more than one."""
        return np.asarray(self._integer & (self._column_upper <= 1.0))

    def set_cost(self, cost: Array) -> None:
        """Minimise this."""
        self._cost = cost * self._scale
        places = np.arange(len(cost), dtype=np.int32)
        for h in [self._highs] if self._relaxed is None else [self._highs, self._relaxed]:
            ok(h.changeColsCost(len(cost), places, self._cost))

    def set_row_bounds(self, row: int, lower: float, upper: float) -> None:
        """New limits of one row that has limits."""
        self._lower[row], self._upper[row] = lower, upper
        place = int(np.searchsorted(self._kept, row))
        assert self._kept[place] == row, "a row without limits is not in the solver"
        ok(self._highs.changeRowBounds(self._ends.get(row, place), lower, upper))
        if self._relaxed is not None:
            ok(self._relaxed.changeRowBounds(place, lower, upper))

    def add_row(self, weights: Array, lower: float, upper: float) -> None:
        """Hold lower <= weights . x <= upper from now on."""
        scaled = weights * self._scale
        self._extra.append((scaled, lower, upper))
        row = sparse.csr_array(scaled[None, :])
        if len(self._sums.long_rows(row, np.array([lower]), np.array([upper]))):
            self._sums.hold(self._highs, scaled, (lower, upper), self._column_lower, self._column_upper)
        else:
            append(self._highs, scaled, lower, upper)
        if self._relaxed is not None:
            append(self._relaxed, scaled, lower, upper)

    def rows(self) -> tuple[Any, Array, Array]:
        """The matrix with its appended rows and their limits, over the columns as the model counts them."""
        lower = np.append(self._lower, [low for _w, low, _u in self._extra])
        upper = np.append(self._upper, [up for _w, _l, up in self._extra])
        unscaled = self._matrix @ sparse.diags_array(1.0 / self._scale)
        extra = [sparse.csr_array((w / self._scale)[None, :]) for w, _l, _u in self._extra]
        return sparse.vstack([unscaled, *extra], format="csr"), lower, upper

    def relaxation(self, left: Left | None = None) -> tuple[float, Array, Array]:
        """Value, point and row duals with every integer free to be a fraction: the value is a bound.

        Raises NoRelaxation where there is none, NoTime where it takes longer than `left` says there is.
        From the basis of the one before: what it held is kept by the point it ended with, so only costs differ. The
        worst area of a city takes 10 CPU seconds so, 320 from nothing.
        """
        self._load_relaxed()
        status = self._run_relaxed(self._basis, left)
        if status == _STATUS.kInfeasible:
            raise NoRelaxation("solver_failed", status="Infeasible")
        if status == _STATUS.kInterrupt:
            raise NoTime("solver_failed", status=self._relaxed.modelStatusToString(status))
        if status != _STATUS.kOptimal:
            raise SolverError("solver_failed", status=self._relaxed.modelStatusToString(status))
        solution = self._relaxed.getSolution()
        inside = np.array(solution.col_value)
        self._basis = self._relaxed.getBasis()
        return dot(self._cost, inside), inside * self._scale, self._all_rows(solution)

    def with_integers_of(self, point: Array, left: Left | None = None) -> Array | None:
        """The best point whose integers are those of `point`; None where rounding them leaves no room, or no time.

        The same integers as the last time start from the basis of then: of Beijing 0.03 s instead of 0.8.
        """
        self._load_relaxed()
        held = np.round(point[self._integer])
        lower, upper = self._column_lower.copy(), self._column_upper.copy()
        lower[self._integer] = upper[self._integer] = held
        columns_within(self._relaxed, lower, upper)
        known, basis = self._held
        status = self._run_relaxed(basis if known == held.tobytes() else None, left)
        found = None
        if status == _STATUS.kOptimal:
            solution = self._relaxed.getSolution()
            self._held = held.tobytes(), self._relaxed.getBasis()
            self._held_duals = self._all_rows(solution)
            found = np.array(solution.col_value) * self._scale
            found[self._integer] = np.round(found[self._integer])
        columns_within(self._relaxed, self._column_lower, self._column_upper)
        return found

    def duals_around(self, point: Array, left: Left | None = None) -> Array | None:
        """Row duals (without appended rows) with the integers of `point` held; None without an answer, or time."""
        if self.with_integers_of(point, left) is None:
            return None
        return self._held_duals[: len(self._lower)]

    def minimise(
        self, limits: Limits, start: Array | None = None, report: Report | None = None,
        around: tuple[Array, Bools] | None = None,
    ) -> Outcome:  # fmt: skip
        """Run to the limits, from a start point if one is given; raises SolverError if the answer does not stand.

        `around`: a point, and the decisions that may differ from it; quantities may.
        """
        point, open_ = around or (np.zeros(len(self._cost)), np.ones(len(self._cost), dtype=bool))
        free, held = open_ | ~self._integer, point / self._scale
        columns_within(self._highs, np.where(free, self._column_lower, held), np.where(free, self._column_upper, held))
        outcome = self._run(limits, start, report)
        if start is not None and (outcome.status == "unclear" or not self._stands(outcome)):
            outcome = self._run(limits, None, report)
        if outcome.status == "unclear" or (outcome.status == "infeasible" and start is not None):
            ok(self._highs.setOptionValue("presolve", "off"))
            outcome = self._run(limits, None, report)
            ok(self._highs.setOptionValue("presolve", self._presolve))
        if outcome.point is not None and self.integer_count <= _EXACT and self._over(outcome.point) > _NEARLY:
            outcome = self._run_closely(limits, report)  # on the knife's edge half a fen decides
        if not self._stands(outcome):
            raise SolverError("answer_does_not_stand", difference=f"{abs(self._claim - outcome.value):.6g}")
        return outcome

    def violation(self, point: Array) -> float:
        """The largest relative violation of a row: its size measured against the terms it adds up."""
        return self._over(point, by_terms=1.0)

    def _over(self, point: Array, by_terms: float = 0.0) -> float:
        """By how much a row is passed at the most: in its own unit, or for each of its terms' units."""
        inside, worst = point / self._scale, 0.0
        for rows, lower, upper in [(self._matrix, self._lower, self._upper), *self._extra]:
            activity = rows @ inside
            size = 1.0 + by_terms * (abs(rows) @ np.abs(inside))
            worst = max(worst, float((np.maximum(lower - activity, activity - upper) / size).max(initial=0.0)))
        return worst

    def _run_closely(self, limits: Limits, report: Report | None) -> Outcome:
        """The same search with the least tolerances."""
        names = ("mip_feasibility_tolerance", "primal_feasibility_tolerance")
        usual = [self._highs.getOptionValue(name)[1] for name in names]
        for name in names:
            ok(self._highs.setOptionValue(name, _CLOSELY))
        outcome = self._run(limits, None, report)
        for name, value in zip(names, usual, strict=True):
            ok(self._highs.setOptionValue(name, value))
        return outcome

    def _all_rows(self, solution: Any) -> Array:
        """Duals of all rows, those without limits too, and of the appended ones."""
        found, kept = np.array(solution.row_dual), len(self._kept)
        duals = np.zeros(len(self._lower) + len(self._extra))
        duals[self._kept], duals[len(self._lower) :] = found[:kept], found[kept:]
        return duals

    def _load(self, seed: int, relaxed: bool) -> Any:
        rows = self._kept
        limits = (self._lower[rows], self._upper[rows], self._column_lower, self._column_upper)
        return loaded(self._matrix[rows], *limits, None if relaxed else self._integer, seed)

    def _by_sums(self, row: int) -> int:
        """Hold a row of the search by sums; where its last row stands there."""
        ok(self._highs.changeRowBounds(int(np.searchsorted(self._kept, row)), -np.inf, np.inf))
        weights, limits = self._matrix[[row]].toarray().ravel(), (self._lower[row], self._upper[row])
        return self._sums.hold(self._highs, weights, limits, self._column_lower, self._column_upper)

    def _load_relaxed(self) -> None:
        """Put the relaxation beside the model with integers, at its first use."""
        if self._relaxed is not None:
            return
        self._relaxed = self._load(self._seed, relaxed=True)
        ok(self._relaxed.changeColsCost(len(self._cost), np.arange(len(self._cost), dtype=np.int32), self._cost))
        for weights, lower, upper in self._extra:
            append(self._relaxed, weights, lower, upper)

    def least(self) -> float:
        """What the costs come to at the least, whatever the rows say: a bound that is always there."""
        side = np.where(self._cost > 0, self._column_lower, self._column_upper)
        return float((self._cost * np.where(self._cost != 0, side, 0.0)).sum())

    def unsought(self, point: Array | None) -> Outcome:
        """The outcome where there was no time for the relaxation: the plan before, if there is one."""
        value = float("inf") if point is None else dot(self._cost, point / self._scale)
        return Outcome("limit", point, value, self.least(), 0)

    def _run_relaxed(self, basis: Any = None, left: Left | None = None) -> Any:
        """A fresh run may presolve, which is quicker than an old basis where bounds have changed."""
        h = self._relaxed
        with quiet_stdout(), listening(h, None, over(left)):
            ok(h.clearSolver())
            if basis is not None:
                fresh = h.getNumRow() - len(basis.row_status)
                basis.row_status = [*basis.row_status, *[highspy.HighsBasisStatus.kBasic] * fresh]
                ok(h.setBasis(basis))
                ok(h.setOptionValue("simplex_strategy", _PRIMAL))
            status = h.run()
            ok(h.setOptionValue("simplex_strategy", _DUAL))
            ended = h.getModelStatus() in (_STATUS.kOptimal, _STATUS.kInterrupt)
            if basis is not None and (status == highspy.HighsStatus.kError or not ended):
                ok(h.clearSolver())
                status = h.run()
            if status == highspy.HighsStatus.kError:  # the simplex gave up after presolve: the rows as they are
                ok(h.setOptionValue("presolve", "off"))
                ok(h.clearSolver())
                status = h.run()
                ok(h.setOptionValue("presolve", "choose"))
            ok(status)
        return h.getModelStatus()

    def _run(self, limits: Limits, start: Array | None, report: Report | None) -> Outcome:
        h = self._highs
        past = 0.0 if self._integer.any() else h.getRunTime()
        options = {
            "mip_abs_gap": limits.absolute_gap, "mip_rel_gap": limits.relative_gap,
            "time_limit": float("inf") if limits.seconds is None else limits.seconds + past,
            "mip_max_nodes": 2**31 - 1 if limits.nodes is None else limits.nodes,
            "objective_target": -float("inf") if limits.target is None else limits.target,
            "mip_heuristic_run_rins": limits.within, "mip_heuristic_run_rens": limits.within,
            "mip_heuristic_run_root_reduced_cost": limits.within,
        }  # fmt: skip
        with quiet_stdout():
            ok(h.clearSolver())
            for name, value in options.items():
                ok(h.setOptionValue(name, value))
            if start is not None:
                solution = highspy.HighsSolution()
                solution.col_value = self._sums.extended(start / self._scale).tolist()
                ok(h.setSolution(solution))
            with listening(h, report, self._stop):
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
        inside = np.array(self._highs.getSolution().col_value)[: len(self._cost)]
        rounded = np.where(self._integer, np.round(inside), inside)
        point = rounded * self._scale
        self._claim = float(info.objective_function_value)
        if self._integer.any() and np.abs(rounded - inside).max(initial=0.0) > 1e-9:
            # Rounding a decision moves what hangs on it: solve the quantities again around the rounded ones.
            clean = self.with_integers_of(point)
            point = point if clean is None else clean
        value = dot(self._cost, point / self._scale)
        bound = float(info.mip_dual_bound) if self._integer.any() else value
        return Outcome(end, point, value, min(bound, value), max(0, int(info.mip_node_count)))

    def _stands(self, outcome: Outcome) -> bool:
        """Is the claimed objective that of the point (or worse), and does the point keep the rows?"""
        if outcome.point is None:
            return True
        if not np.isfinite(outcome.point).all():
            return False
        scale = max(1.0, abs(self._claim), dot(np.abs(self._cost), np.abs(outcome.point / self._scale)))
        return outcome.value - self._claim <= _CLAIM * scale and self.violation(outcome.point) <= _SLACK
