"""Can these rows be kept together? Yes or no, what contradicts what, and the rows that cannot be spared.

`Problem` has the columns of a compiled model and any rows; `possible` answers for it with or without whole
decisions, `contradiction` gives a set of rows that no fractions can keep (the support of the duals of the least
total breach), `irreducible` narrows such a set with the solver's own search (strategy 6: from the LP, irreducible).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import highspy
import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from gpsopt.errors import SolverError
from gpsopt.model.facts import Ints
from gpsopt.solving.instance import WITHOUT_PRESOLVE, Array, Bools, quiet_stdout

_STATUS: Final = highspy.HighsModelStatus
_NO: Final = (_STATUS.kInfeasible, _STATUS.kUnboundedOrInfeasible)  # nothing is minimised: it cannot be unbounded
_YES: Final = (_STATUS.kOptimal, _STATUS.kObjectiveTarget)
_LIMITS: Final = (_STATUS.kTimeLimit, _STATUS.kSolutionLimit)
_FROM_LP_IRREDUCIBLE: Final = 6
_NOTHING: Final = 1e-7
#: nodes for one question with whole decisions: so many entries' worth, so that the answer hangs on no machine's speed
_ENTRY_NODES: Final = 20_000_000
_LEAST_NODES: Final = 100
_AT_LAST: Final = 300.0  # seconds: what only a solver that hangs takes
_IIS_SECONDS: Final = 30.0  # of the clock, which a busy machine stretches: a city of four years takes two


@dataclass(frozen=True, eq=False)
class Problem:
    """row_lower <= matrix @ x <= row_upper, column_lower <= x <= column_upper, x whole where `integer`."""

    matrix: Any  # sparse CSR (rows, columns)
    row_lower: Array
    row_upper: Array
    column_lower: Array
    column_upper: Array
    integer: Bools

    def of_rows(self, rows: Ints) -> Problem:
        """Only these rows, and only the columns that stand in them."""
        matrix = self.matrix[rows]
        used = np.unique(matrix.indices)
        return Problem(
            matrix[:, used].tocsr(), self.row_lower[rows], self.row_upper[rows], self.column_lower[used],
            self.column_upper[used], self.integer[used],
        )  # fmt: skip

    def with_rows(self, matrix: Any, lower: Array, upper: Array) -> Problem:
        """Further rows at the end."""
        return replace(
            self, matrix=sparse.vstack([self.matrix, matrix], format="csr"),
            row_lower=np.append(self.row_lower, lower), row_upper=np.append(self.row_upper, upper),
        )  # fmt: skip

    def with_columns(self, matrix: Any, upper: Array, integer: Bools) -> Problem:
        """Further columns at the end, from 0 to `upper`."""
        return replace(
            self, matrix=sparse.hstack([self.matrix, matrix], format="csr"),
            column_lower=np.append(self.column_lower, np.zeros(len(upper))),
            column_upper=np.append(self.column_upper, upper), integer=np.append(self.integer, integer),
        )  # fmt: skip


def problem_of(compiled: Any) -> Problem:
    """The rows and columns of a compiled model."""
    return Problem(
        compiled.matrix.tocsr(), compiled.row_lower.copy(), compiled.row_upper.copy(), compiled.column_lower.copy(),
        compiled.column_upper.copy(), np.asarray(compiled.integer, dtype=bool),
    )  # fmt: skip


def nodes_for(matrix: Any) -> int:
    """Nodes that one question with whole decisions may take: many where the rows are few."""
    return int(max(_LEAST_NODES, _ENTRY_NODES // max(1, matrix.nnz)))


def possible(problem: Problem, *, whole: bool) -> bool | None:
    """Is there a point that keeps every row? `whole`: with whole decisions. None where its nodes did not suffice."""
    if (problem.column_lower > problem.column_upper + 1e-9).any():
        return False
    h = _loaded(problem, np.zeros(problem.matrix.shape[1]), whole)
    status = _run(h, nodes_for(problem.matrix) if whole else None)
    if status in _YES:
        return True
    if status in _NO:
        return False
    if whole and h.getInfo().primal_solution_status == 2:
        return True
    if status in _LIMITS:
        return None
    raise SolverError("solver_failed", status=h.modelStatusToString(status))


def contradiction(problem: Problem, elastic: Ints) -> tuple[Ints, ...]:
    """Sets of rows that fractions cannot keep, apart from each other; none where all rows can be kept.

    `elastic`: the rows that may give way; all others can always be kept together. The least total breach of the
    elastic rows is sought; rows with a dual prove it, and what hangs together of them is one set.
    """
    rows, columns = problem.matrix.shape
    wide = _with_breaches(problem, elastic)
    cost = np.zeros(wide.matrix.shape[1])
    cost[columns:] = np.tile(1.0 / _sizes(problem, elastic), 2)
    h = _loaded(wide, cost, whole=False)
    status = _run(h, None)
    if status != _STATUS.kOptimal:
        raise SolverError("solver_failed", status=h.modelStatusToString(status))
    if h.getInfo().objective_function_value <= _NOTHING:
        return ()
    duals = np.abs(np.array(h.getSolution().row_dual))[:rows] * np.maximum(
        1e-12, abs(problem.matrix).max(axis=1).toarray().ravel()
    )
    support = np.flatnonzero(duals > 1e-9 * max(1.0, duals.max(initial=0.0)))
    return tuple(_apart(problem, support))


def breaches(problem: Problem, elastic: Ints, *, whole: bool) -> Array | None:
    """By how much each elastic row gives way at the least total breach; None where none was found."""
    columns = problem.matrix.shape[1]
    wide = _with_breaches(problem, elastic)
    cost = np.zeros(wide.matrix.shape[1])
    cost[columns:] = np.tile(1.0 / _sizes(problem, elastic), 2)
    h = _loaded(wide, cost, whole)
    with quiet_stdout():
        h.setOptionValue("mip_rel_gap", 1e-4)
    status = _run(h, nodes_for(problem.matrix) if whole else None)
    if status != _STATUS.kOptimal and h.getInfo().primal_solution_status != 2:
        return None
    found = np.array(h.getSolution().col_value)[columns:]
    return np.asarray(found[: len(elastic)] + found[len(elastic) :])


def irreducible(problem: Problem) -> Ints | None:
    """Rows none of which can be spared, by the solver's own search; None where it gives none that holds."""
    h = _loaded(problem, np.zeros(problem.matrix.shape[1]), whole=False)
    with quiet_stdout():
        h.setOptionValue("iis_strategy", _FROM_LP_IRREDUCIBLE)
        h.setOptionValue("iis_time_limit", _IIS_SECONDS)
        status, found = h.getIis()
    if status == highspy.HighsStatus.kError or not found.valid_ or not len(found.row_index_):
        return None
    rows = np.array(sorted(found.row_index_), dtype=np.int64)
    return rows if possible(problem.of_rows(rows), whole=False) is False else None


def _with_breaches(problem: Problem, elastic: Ints) -> Problem:
    """A column up and a column down for every elastic row."""
    count = len(elastic)
    ones = sparse.csr_array((np.ones(count), (elastic, np.arange(count))), shape=(problem.matrix.shape[0], count))
    free = np.full(2 * count, np.inf)
    return problem.with_columns(sparse.hstack([ones, -ones]), free, np.zeros(2 * count, dtype=bool))


def _sizes(problem: Problem, rows: Ints) -> Array:
    """What a breach of each row is measured by: its largest limit, else its largest coefficient."""
    limits = np.where(np.isfinite(problem.row_lower[rows]), np.abs(problem.row_lower[rows]), 0.0)
    limits = np.maximum(limits, np.where(np.isfinite(problem.row_upper[rows]), np.abs(problem.row_upper[rows]), 0.0))
    largest = np.asarray(abs(problem.matrix[rows]).max(axis=1).toarray()).ravel()
    return np.asarray(np.maximum(1e-3, np.where(limits > 0, limits, largest)))


def _apart(problem: Problem, support: Ints) -> list[Ints]:
    """The parts of a set of rows that share no column, each of which is a contradiction of its own."""
    if not len(support):
        return []
    matrix = problem.matrix[support]
    shape = (len(support), matrix.shape[1])
    touches = sparse.csr_array((np.ones(len(matrix.data)), matrix.indices, matrix.indptr), shape=shape)
    _count, label = connected_components(touches @ touches.T, directed=False)
    parts = [support[label == k] for k in range(label.max() + 1)]
    return [part for part in parts if possible(problem.of_rows(part), whole=False) is False] or [support]


def _loaded(problem: Problem, cost: Array, whole: bool) -> Any:
    """A solver that holds the problem, its columns counted in sizes that it can trust."""
    upper = np.where(np.isfinite(problem.column_upper), np.abs(problem.column_upper), 1.0)
    scale = np.where(problem.integer, 1.0, 2.0 ** np.round(np.log2(np.maximum(1.0, upper / 1000.0))))
    matrix = (problem.matrix @ sparse.diags_array(scale)).tocsr()
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.col_cost_ = cost * scale
    lp.col_lower_, lp.col_upper_ = problem.column_lower / scale, problem.column_upper / scale
    lp.row_lower_, lp.row_upper_ = problem.row_lower, problem.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    kinds = highspy.HighsVarType
    if whole and problem.integer.any():
        lp.integrality_ = [kinds.kInteger if i else kinds.kContinuous for i in problem.integer]
    with quiet_stdout():
        h = highspy.Highs()  # type: ignore[no-untyped-call]
        options: dict[str, Any] = {
            "output_flag": False, "threads": 1, "random_seed": 0, "mip_feasibility_tolerance": 1e-7,
        }  # fmt: skip
        if whole and problem.integer.sum() <= WITHOUT_PRESOLVE:
            options["presolve"] = "off"
        for name, value in options.items():
            h.setOptionValue(name, value)
        if h.passModel(lp) == highspy.HighsStatus.kError:
            raise SolverError("solver_failed", status="kError")
    return h


def _run(h: Any, nodes: int | None) -> Any:
    with quiet_stdout():
        if nodes is not None:
            h.setOptionValue("mip_max_nodes", nodes)
            h.setOptionValue("time_limit", _AT_LAST)
        h.run()
        if h.getModelStatus() == _STATUS.kUnknown:  # the simplex gave up after presolve: the rows as they are
            h.clearSolver()
            h.setOptionValue("presolve", "off")
            h.run()
    return h.getModelStatus()
