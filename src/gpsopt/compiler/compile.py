"""`compile_model`: every rule of a Pyomo model, called once, becomes rows of one sparse matrix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyomo.environ as pyo
import scipy.sparse as sp

from gpsopt.compiler.components import ArrayConstraint, ArrayExpression, ArrayVar, BoolArray, FloatArray
from gpsopt.compiler.evaluate import Rows, Walk, Workspace
from gpsopt.compiler.failure import CompileError
from gpsopt.compiler.forms import Entries, Form, added, entries, matrix_of, scaled
from gpsopt.compiler.layout import Key, Layout
from gpsopt.compiler.pyomo_adapter import (
    EqualityExpression,
    InequalityExpression,
    RangedExpression,
    made_data,
    template_of,
)
from gpsopt.compiler.sets import layout_of

AIMS = "aims"


@dataclass(frozen=True)
class Span:
    """Where a rule's rows or a variable's columns stand: `start` to `stop`, in the order of its index."""

    start: int
    stop: int
    layout: Layout | None  # None: a single row or column, whose key is None

    def __len__(self) -> int:
        return self.stop - self.start

    @property
    def slice(self) -> slice:
        return slice(self.start, self.stop)

    def key(self, number: int) -> Key:
        """The index of row or column `number` of the whole matrix."""
        return None if self.layout is None else self.layout.member(number - self.start)

    def number(self, key: Key = None) -> int:
        """The row or column of the whole matrix that stands for `key`. Raises KeyError."""
        place = (0 if key is None else -1) if self.layout is None else self.layout.position(key)
        if place < 0:
            raise KeyError(key)
        return self.start + place

    @property
    def keys(self) -> tuple[Key, ...]:
        """All indices in order."""
        return (None,) if self.layout is None else self.layout.members()


@dataclass(frozen=True)
class Parts:
    """An aim split by its index: row i of `matrix` (parts x columns) and `constant[i]` are member i's."""

    matrix: sp.csr_array
    constant: FloatArray
    layout: Layout | None

    @property
    def keys(self) -> tuple[Key, ...]:
        """Indices of the parts in order; (None,) for an aim of one part."""
        return (None,) if self.layout is None else self.layout.members()

    def total(self) -> tuple[FloatArray, float]:
        """The whole aim: a cost for each column, and the constant."""
        costs = np.zeros(self.matrix.shape[1])
        np.add.at(costs, self.matrix.indices, self.matrix.data)
        return costs, float(self.constant.sum())

    def values(self, point: npt.ArrayLike) -> FloatArray:
        """The value of each part at a point (one number for each column)."""
        found: FloatArray = self.matrix @ np.asarray(point, dtype=np.float64) + self.constant
        return found


@dataclass(frozen=True, eq=False)
class Compiled:
    """row_lower <= matrix @ x <= row_upper, column_lower <= x <= column_upper, x whole where `integer`.

    Rows follow blocks, rules and indices in order of declaration; columns likewise. Infinite means no bound. The matrix
    has no duplicate and no zero entry.
    """

    matrix: sp.csr_array
    row_lower: FloatArray
    row_upper: FloatArray
    column_lower: FloatArray
    column_upper: FloatArray
    integer: BoolArray
    rows: Mapping[str, Span]
    columns: Mapping[str, Span]
    aims: Mapping[str, Parts]
    _row_starts: tuple[int, ...] = field(repr=False)
    _column_starts: tuple[int, ...] = field(repr=False)

    def row(self, name: str, key: Key = None) -> int:
        """The row of "clause.rule" at an index."""
        return self.rows[name].number(key)

    def column(self, name: str, key: Key = None) -> int:
        """The column of a variable at an index."""
        return self.columns[name].number(key)

    def row_key(self, number: int) -> tuple[str, Key]:
        """("clause.rule", index) of a row."""
        return _named(self.rows, self._row_starts, number)

    def column_key(self, number: int) -> tuple[str, Key]:
        """(variable, index) of a column."""
        return _named(self.columns, self._column_starts, number)


def _named(spans: Mapping[str, Span], starts: tuple[int, ...], number: int) -> tuple[str, Key]:
    slot = int(np.searchsorted(starts, number, side="right")) - 1
    names = list(spans)
    if number < 0 or slot < 0 or number >= spans[names[slot]].stop:  # an empty span ends where the next begins
        raise IndexError(number)
    return names[slot], spans[names[slot]].key(number)


def compile_model(model: pyo.ConcreteModel, aims: str = AIMS) -> Compiled:
    """The model as arrays; `aims` names the Block whose ArrayExpressions are the aims, by their own names.

    Rows of deactivated blocks and constraints are left out; a single deactivated row keeps its number and loses its
    bounds. Bounds, domains and fixed values that somebody set on a VarData count. Raises CompileError.
    """
    variables = list(model.component_objects(pyo.Var, descend_into=True))
    columns = _spans(variables)
    named: dict[int, Rows] = {}
    width = _stop(columns)

    def compiled_expression(component: Any) -> Rows:
        if id(component) not in named:
            named[id(component)] = _named_rows(space, component, width)
        return named[id(component)]

    starts = {id(variable): columns[variable.name].start for variable in variables}
    space = Workspace(starts, {}, compiled_expression)
    rules = list(model.component_objects(pyo.Constraint, active=True, descend_into=True))
    blocks = [_rows(space, rule) for rule in rules]
    rows = _spans(rules)
    lower, upper = (_joined([block[side] for block in blocks]) for side in (1, 2))
    bounds = [_bounds(variable) for variable in variables]
    sought = model.component(aims)
    found = list(sought.component_objects(pyo.Expression, descend_into=False)) if sought is not None else []
    parts = {aim.local_name: _parts(space, aim) for aim in found}
    space.unit.forget()
    return Compiled(
        matrix=matrix_of([block[0] for block in blocks], width),
        row_lower=lower,
        row_upper=upper,
        column_lower=_joined([bound[0] for bound in bounds]),
        column_upper=_joined([bound[1] for bound in bounds]),
        integer=_joined([bound[2] for bound in bounds]).astype(np.bool_),
        rows=rows,
        columns=columns,
        aims=parts,
        _row_starts=tuple(span.start for span in rows.values()),
        _column_starts=tuple(span.start for span in columns.values()),
    )


def _spans(components: list[Any]) -> dict[str, Span]:
    spans: dict[str, Span] = {}
    start = 0
    for component in components:
        layout = _layout(component) if component.is_indexed() else None
        stop = start + (1 if layout is None else layout.size)
        spans[component.name] = Span(start, stop, layout)
        start = stop
    return spans


def _layout(component: Any) -> Layout:
    own = getattr(component, "layout", None)
    return own if isinstance(own, Layout) else layout_of(component.index_set())


def _stop(spans: Mapping[str, Span]) -> int:
    return max((span.stop for span in spans.values()), default=0)


def _joined(arrays: list[Any]) -> npt.NDArray[Any]:
    return np.concatenate(arrays) if arrays else np.empty(0)


def _bounds(variable: Any) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Bounds and integrality of a variable's columns; what was set on a data object goes first."""
    if isinstance(variable, ArrayVar):
        lower, upper, integer = variable.lowers.copy(), variable.uppers.copy(), variable.integers.copy()
        changed = [(variable.layout.position(key), data) for key, data in made_data(variable).items()]
    else:
        layout = _layout(variable) if variable.is_indexed() else None
        keys = (None,) if layout is None else layout.members()
        lower, upper = np.full(len(keys), -np.inf), np.full(len(keys), np.inf)
        integer = np.zeros(len(keys), dtype=np.bool_)
        changed = [(place, variable[key]) for place, key in enumerate(keys)]
    for place, data in changed:
        low, high = (data.value, data.value) if data.fixed else data.bounds
        lower[place] = -np.inf if low is None else low
        upper[place] = np.inf if high is None else high
        integer[place] = not data.is_continuous()
    return lower, upper, integer


def _template(component: Any) -> tuple[Any, tuple[Any, ...]] | None:
    """The component's template; None where there is no index. Ordinary components are called here, once."""
    if isinstance(component, ArrayConstraint | ArrayExpression):
        return component.template()
    if not component.is_indexed():
        return component.expr, ()
    return template_of(component) if len(component.index_set()) else None


def _rows(space: Workspace, rule: Any) -> tuple[Entries, FloatArray, FloatArray]:
    """Entries and bounds of one rule's rows, in the order of its index."""
    template = _template(rule)
    if template is None:
        empty = np.empty(0)
        return entries(Form(0.0), 0), empty, empty
    walk = Walk(space, rule)
    frame = walk.frame(template[1])
    relation = template[0]
    if not isinstance(relation, EqualityExpression | InequalityExpression | RangedExpression):
        kind = relation.__name__ if isinstance(relation, type) else type(relation).__name__
        raise CompileError("rule_not_relation", rule, kind=kind)
    if np.any(getattr(relation, "strict", False)):
        raise CompileError("rule_not_relation", rule, kind="< or >")
    with np.errstate(all="ignore"):  # numbers that are not finite are found below
        sides = [walk.form(side, frame) for side in relation.args]
    low, body, high = _bounded(relation, sides, rule)
    written = entries(body, frame.size)
    with np.errstate(invalid="ignore"):  # infinity less infinity: found below
        lower = np.broadcast_to(low, frame.size) - written.constants
        upper = np.broadcast_to(high, frame.size) - written.constants
    _check_finite(rule, written, np.isnan(lower) | np.isnan(upper) | (lower == np.inf) | (upper == -np.inf))
    for key, data in made_data(rule).items() if rule.is_indexed() else ():
        if not data.active:
            place = _layout(rule).position(key)
            lower[place], upper[place] = -np.inf, np.inf
    return written, lower, upper


def _bounded(relation: Any, sides: list[Form], rule: Any) -> tuple[Any, Form, Any]:
    """(lower, body, upper) as Pyomo reads a comparison: the side without decisions is the bound."""
    if isinstance(relation, RangedExpression):
        if not (sides[0].is_constant and sides[2].is_constant):
            raise CompileError("rule_ranged_bound", rule)
        return sides[0].constant, sides[1], sides[2].constant
    equal = isinstance(relation, EqualityExpression)
    left, right = sides
    if right.is_constant:
        return right.constant if equal else -np.inf, left, right.constant
    if left.is_constant:
        return left.constant, right, left.constant if equal else np.inf
    return 0.0 if equal else -np.inf, added(left, scaled(right, -1.0)), 0.0


def _check_finite(component: Any, written: Entries, bad: BoolArray) -> None:
    """Refuse rows with a coefficient, constant or bound that is no number; name the first one's index."""
    bad = bad | ~np.isfinite(written.constants)
    rows = [np.flatnonzero(bad)]
    for term in written.terms:
        wrong = ~np.isfinite(term.values)
        if wrong.any():
            wrong = np.broadcast_to(wrong, bad.shape if term.points is None else term.points.shape)
            rows.append(np.flatnonzero(wrong) if term.points is None else term.points[wrong])
    first = min((int(found.min()) for found in rows if found.size), default=None)
    if first is not None:
        key = _layout(component).member(first) if component.is_indexed() else None
        raise CompileError("rule_not_finite", component, index=key)


def _named_rows(space: Workspace, component: Any, width: int) -> Rows:
    """A named expression compiled: a row for each member of its index."""
    template = _template(component)
    if template is None:
        return Rows(sp.csr_array((0, width)), np.empty(0))
    walk = Walk(space, component)
    frame = walk.frame(template[1])
    with np.errstate(all="ignore"):
        written = entries(walk.form(template[0], frame), frame.size)
    _check_finite(component, written, np.zeros(frame.size, dtype=np.bool_))
    return Rows(matrix_of([written], width), written.constants)


def _parts(space: Workspace, aim: Any) -> Parts:
    rows = space.named(aim)
    return Parts(rows.matrix, rows.constants, _layout(aim) if aim.is_indexed() else None)
