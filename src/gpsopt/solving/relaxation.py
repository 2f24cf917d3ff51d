"""The model with every integer free to be a fraction, kept warm inside HiGHS from answer to answer.

The aims are sought in order, each held within its tolerance for those after it, as in the search for a plan. One
instance serves every what-if whose rows and columns are the same: bounds, costs and coefficients that differ are
changed in place, and every aim starts from the basis with which it ended in the first answer. So an answer hangs on
its scenario alone, not on what was asked before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

from gpsopt.errors import SolverError
from gpsopt.solving.held import held_row
from gpsopt.solving.instance import Array, loaded, quiet_stdout, scale_of
from gpsopt.solving.stages import Aim

_STATUS: Final = highspy.HighsModelStatus
#: up to so many numbers are changed one by one; beyond, the whole model is handed over again (the bases stay)
_FEW: Final = 2_000
#: a warm start that has not ended after so many simplex iterations a row begins again from nothing
_ITERATIONS_A_ROW: Final = 1.0
_PRIMAL, _DUAL = 4, 1  # HiGHS: simplex_strategy
#: HiGHS: simplex_dual_edge_weight_strategy. Exact weights of an old basis take longer than the few steps of a small
#: change; a cold start and a large change have many steps and are worth them.
_DEVEX: Final = 1


Codes = npt.NDArray[np.int8]
#: per aim: the status of each column and of each row, as HiGHS counts them
Bases = tuple[tuple[Codes, Codes], ...]


@dataclass(frozen=True)
class LpStage:
    """One aim of the relaxed model, in the model's units without the aim's constant: value, proven bound, point, duals.

    `duals` are those of the model's rows and then of the rows that hold the earlier aims.
    """

    value: float
    bound: float
    point: Array
    duals: Array
    iterations: int


class Relaxation:
    """One relaxed model in HiGHS: rows of the model, then a row for each aim that later ones hold."""

    def __init__(self, compiled: Any, aims: tuple[Aim, ...], bases: Bases = ()) -> None:
        """`bases`: with which each aim ended in the first answer, where that is known already."""
        self._scale = scale_of(compiled)
        self._model = self._first = self._scaled(compiled, aims)
        self._rows = compiled.matrix.shape[0]
        self._bases = tuple(_basis(*of) for of in bases)
        self._load(near=bool(bases))

    @property
    def is_warm(self) -> bool:
        """Has it an answer to start from?"""
        return bool(self._bases)

    def bases(self) -> Bases:
        """With which each aim ended in the first answer; empty before it."""
        return tuple((_codes(b.col_status), _codes(b.row_status)) for b in self._bases)

    def change(self, compiled: Any, aims: tuple[Aim, ...]) -> int:
        """Become another model with the same rows and columns; says how many bounds and coefficients differed."""
        new, h = self._scaled(compiled, aims), self._highs
        differ = _Differences.between(self._model, new)
        near = self.is_warm and _Differences.between(self._first, new).count <= _FEW
        self._model = new
        if near != self._near or differ.count > _FEW:
            self._load(near)
            return differ.count
        for row, column, value in zip(*differ.entries, strict=True):
            _checked(h.changeCoeff(int(row), int(column), float(value)))
        if len(rows := differ.rows):
            _checked(h.changeRowsBounds(len(rows), rows, new.row_lower[rows], new.row_upper[rows]))
        if len(columns := differ.columns):
            lower, upper = new.column_lower[columns], new.column_upper[columns]
            _checked(h.changeColsBounds(len(columns), columns, lower, upper))
        return differ.count

    def _load(self, near: bool) -> None:
        """Hand the whole model over; `near`: it is the first one but for a few numbers."""
        m = self._model
        self._highs = loaded(m.matrix, m.row_lower, m.row_upper, m.column_lower, m.column_upper, None, 0)
        if near:
            _checked(self._highs.setOptionValue("simplex_dual_edge_weight_strategy", _DEVEX))
        self._near = near
        self._cost: Array = np.zeros(m.matrix.shape[1])

    def in_order(
        self, aims: tuple[Aim, ...], tolerances: tuple[float, ...], held: tuple[float, ...] = ()
    ) -> tuple[LpStage, ...] | None:  # fmt: skip
        """Every aim in turn; None where nothing fits the rows. Raises SolverError where the solver fails.

        The first answer starts each aim from the point of the one before it, later ones from the first's bases.
        `held`: the values (without the aims' constants) at which aims are held; else those that they reach.
        """
        for place in range(len(aims) - 1):
            self._hold(place, -np.inf, np.inf)
        stages: list[LpStage] = []
        bases: list[Any] = []
        for place, aim in enumerate(aims):
            stage = self._stage(aim, place)
            if stage is None:
                return None
            stages.append(stage)
            bases.append(self._highs.getBasis())
            if place + 1 < len(aims):
                scale = float(aim.part_scale.sum())
                value = held[place] if held else stage.value
                row = held_row(aim, aim.weights, float(aim.constants.sum()), scale, value, tolerances[place])
                self._hold(place, row.lower, row.upper)
        if not self._bases:
            self._bases = tuple(bases)
        return tuple(stages)

    def _stage(self, aim: Aim, place: int) -> LpStage | None:
        sign = aim.sign
        cost = aim.costs * self._scale
        h = self._highs
        others = np.flatnonzero(cost != self._cost).astype(np.int32)
        _checked(h.changeColsCost(len(others), others, cost[others]))
        self._cost = cost
        if self._bases:
            _checked(h.setBasis(self._bases[place]))
            status = self._run(_DUAL, limit=int(_ITERATIONS_A_ROW * self._rows) + 1_000)
            if status == _STATUS.kOptimal:
                return self._answer(cost, sign, aim)
            _checked(h.clearSolver())
            place = 0
        status = self._run(_DUAL if place == 0 else _PRIMAL)
        if status in (_STATUS.kInfeasible, _STATUS.kUnboundedOrInfeasible):
            _checked(h.clearSolver())
            _checked(h.setOptionValue("presolve", "off"))
            status = self._run(_DUAL)
            _checked(h.setOptionValue("presolve", "choose"))
            if status == _STATUS.kInfeasible:
                return None
        if status != _STATUS.kOptimal:
            raise SolverError("solver_failed", status=h.modelStatusToString(status))
        return self._answer(cost, sign, aim)

    def _run(self, strategy: int, limit: int = 2**31 - 1) -> Any:
        with quiet_stdout():
            _checked(self._highs.setOptionValue("simplex_strategy", strategy))
            _checked(self._highs.setOptionValue("simplex_iteration_limit", limit))
            self._highs.run()
        return self._highs.getModelStatus()

    def _answer(self, cost: Array, sign: float, aim: Aim) -> LpStage:
        solution = self._highs.getSolution()
        inside, duals = np.array(solution.col_value), np.array(solution.row_dual)
        value = sign * _product(cost, inside) * aim.cost_unit
        bound = sign * self._bound(cost, duals) * aim.cost_unit
        return LpStage(
            value, bound, inside * self._scale, sign * aim.cost_unit * duals,
            int(self._highs.getInfo().simplex_iteration_count),
        )  # fmt: skip

    def _bound(self, cost: Array, duals: Array) -> float:
        """What the duals prove by themselves: no point of the rows is worth less."""
        model = self._model
        reduced = cost - model.transposed @ duals
        return _least(duals, model.row_lower, model.row_upper) + _least(reduced, model.column_lower, model.column_upper)

    def _hold(self, place: int, lower: float, upper: float) -> None:
        """Limits of the row that holds an aim."""
        row = self._rows + place
        self._model.row_lower[row], self._model.row_upper[row] = lower, upper
        _checked(self._highs.changeRowBounds(row, lower, upper))

    def _scaled(self, compiled: Any, aims: tuple[Aim, ...]) -> _Model:
        held = [sparse.csr_array(held_row(aim, aim.weights, 0.0, 0.0, 0.0, 0.0).weights[None, :]) for aim in aims[:-1]]
        matrix = sparse.vstack([compiled.matrix, *held], format="csr") if held else compiled.matrix
        none = np.full(len(held), np.inf)
        matrix = (matrix @ sparse.diags_array(self._scale)).tocsr()
        matrix.sort_indices()
        return _Model(
            matrix, np.append(compiled.row_lower, -none), np.append(compiled.row_upper, none),
            compiled.column_lower / self._scale, compiled.column_upper / self._scale,
        )  # fmt: skip


@dataclass(frozen=True)
class _Model:
    matrix: Any
    row_lower: Array
    row_upper: Array
    column_lower: Array
    column_upper: Array

    @cached_property
    def transposed(self) -> Any:
        """The matrix by columns, as rows: what the duals are multiplied with again and again."""
        return self.matrix.T.tocsr()


def _least(weights: Array, lower: Array, upper: Array) -> float:
    """min of weights . v over lower <= v <= upper; a weight that is only rounding counts as none."""
    side = np.where(weights > 0, lower, upper)
    return _product(weights, np.where(np.isfinite(side), side, 0.0))


def _product(one: Array, other: Array) -> float:
    """one . other, not by BLAS: its threads wait for each other longer than such a sum takes."""
    return float((one * other).sum())


@dataclass(frozen=True)
class _Differences:
    """Where two models of the same shape differ: rows and columns by their bounds, entries (row, column, new value)."""

    rows: Any
    columns: Any
    entries: tuple[Any, Any, Array]

    @property
    def count(self) -> int:
        return len(self.rows) + len(self.columns) + len(self.entries[0])

    @staticmethod
    def between(old: _Model, new: _Model) -> _Differences:
        rows = np.flatnonzero((new.row_lower != old.row_lower) | (new.row_upper != old.row_upper))
        columns = np.flatnonzero((new.column_lower != old.column_lower) | (new.column_upper != old.column_upper))
        entries = _different(old.matrix, new.matrix)
        return _Differences(rows.astype(np.int32), columns.astype(np.int32), entries)


def _basis(columns: Codes, rows: Codes) -> Any:
    kinds = {int(kind): kind for kind in highspy.HighsBasisStatus.__members__.values()}
    basis = highspy.HighsBasis()
    basis.col_status, basis.row_status = [kinds[int(c)] for c in columns], [kinds[int(r)] for r in rows]
    basis.valid = True
    return basis


def _codes(statuses: Any) -> Codes:
    return np.array([int(status) for status in statuses], dtype=np.int8)


def _different(old: Any, new: Any) -> tuple[Any, Any, Array]:
    """(rows, columns, new values) of the entries in which two matrices differ."""
    if np.array_equal(old.indptr, new.indptr) and np.array_equal(old.indices, new.indices):
        at = np.flatnonzero(old.data != new.data)
        rows = np.searchsorted(new.indptr, at, side="right") - 1
        return rows, new.indices[at], new.data[at]
    changed = (new - old).tocoo()
    at = np.flatnonzero(changed.data != 0)
    rows, columns = changed.row[at], changed.col[at]
    return rows, columns, np.asarray(new[rows, columns]).ravel()


def _checked(status: Any) -> None:
    if status == highspy.HighsStatus.kError:
        raise SolverError("solver_failed", status=str(status))
