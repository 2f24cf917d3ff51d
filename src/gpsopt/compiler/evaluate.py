"""The walk over one template: every node becomes a linear form on a whole frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.sparse as sp

from gpsopt.compiler.components import ArrayExpression, ArrayParam
from gpsopt.compiler.failure import CompileError
from gpsopt.compiler.forms import FloatArray, Form, Number, Term, added, scaled, spread, summed
from gpsopt.compiler.frames import Frame, MissingMember, Place, Spec
from gpsopt.compiler.layout import IntArray, Labels, Layout, ranges
from gpsopt.compiler.pyomo_adapter import (
    DivisionExpression,
    GetItemExpression,
    IndexTemplate,
    MembersTemplate,
    NegationExpression,
    ProductExpression,
    SumExpression,
    TemplateSumExpression,
    children,
    native_numeric_types,
    sum_body,
    sum_groups,
)
from gpsopt.compiler.sets import layout_of


@dataclass(frozen=True)
class Rows:
    """A compiled named expression: row i is member i of its index; coefficients and constants."""

    matrix: sp.csr_array
    constants: FloatArray


@dataclass(eq=False)
class Workspace:
    """What the rules of one model share: column numbers, frames, arrays of ordinary components, named expressions."""

    starts: dict[int, int]  # id(variable) -> its first column
    layouts: dict[int, Layout]  # id(indexed component or set) -> its index
    named: Callable[[Any], Rows]  # a named expression, compiled
    unit: Frame = field(default_factory=lambda: Frame(1))
    values: dict[int, FloatArray] = field(default_factory=dict)
    literals: dict[Any, Labels] = field(default_factory=dict)

    def layout(self, component: Any) -> Layout:
        """The index of a set, parameter, variable or expression."""
        known = self.layouts.get(id(component))
        if known is None:
            own = getattr(component, "layout", None)
            known = own if own is not None else layout_of(_index_of(component))
            self.layouts[id(component)] = known
        return known

    def numbers(self, param: Any) -> FloatArray:
        """A parameter's values by position."""
        if isinstance(param, ArrayParam):
            return param.array
        known = self.values.get(id(param))
        if known is None:
            members = self.layout(param).members()
            known = self.values[id(param)] = np.array([_number(param[key]) for key in members], dtype=np.float64)
        return known


def _index_of(component: Any) -> Any:
    return component if component.ctype.__name__ in ("Set", "RangeSet") else component.index_set()


def _number(value: Any) -> float:
    return float(value if value.__class__ in native_numeric_types else value())


class Walk:
    """Evaluates the template of one component; all failures name its clause and rule."""

    def __init__(self, space: Workspace, component: Any) -> None:
        self.space = space
        self.component = component
        self.places: dict[int, Place] = {}  # id(index template) -> where its value comes from

    def frame(self, indices: tuple[Any, ...]) -> Frame:
        """The frame of the whole rule; its index templates are bound."""
        if not self.component.is_indexed():
            return self.space.unit
        frame = self.space.unit.over(self.space.layout(self.component))
        self._bind(indices, frame)
        return frame

    def _bind(self, templates: tuple[Any, ...], frame: Frame) -> None:
        for place, template in enumerate(templates):
            self.places[id(template)] = Place(frame.depth, place)

    def form(self, node: Any, frame: Frame) -> Form:
        """The node as a linear form. Raises CompileError where it is none."""
        kind = node.__class__
        if kind in native_numeric_types:
            return Form(float(node))
        if isinstance(node, TemplateSumExpression):
            return self._sum(node, frame)
        if isinstance(node, GetItemExpression):
            return self._item(node, frame)
        if isinstance(node, SumExpression):
            return self._plus(node, frame)
        if isinstance(node, ProductExpression):
            return self._times(node, frame)
        if isinstance(node, NegationExpression):
            return scaled(self.form(node.arg(0), frame), -1.0)
        if isinstance(node, DivisionExpression):
            return self._divided(node, frame)
        if isinstance(node, IndexTemplate):
            return self._label(node, frame)
        return self._leaf(node, frame)

    def _plus(self, node: Any, frame: Frame) -> Form:
        total = Form(0.0)
        for part in node.args:
            total = added(total, self.form(part, frame))
        return total

    def _times(self, node: Any, frame: Frame) -> Form:
        left, right = (self.form(part, frame) for part in node.args)
        if left.is_constant:
            return scaled(right, left.constant)
        if right.is_constant:
            return scaled(left, right.constant)
        raise CompileError("rule_nonlinear", self.component, node=str(node))

    def _divided(self, node: Any, frame: Frame) -> Form:
        above, below = (self.form(part, frame) for part in node.args)
        if not below.is_constant:
            raise CompileError("rule_nonlinear", self.component, node=str(node))
        inverse = np.divide(1.0, below.constant) if above.terms else 1.0
        constant = np.divide(above.constant, below.constant)
        return Form(_plain(constant), scaled(Form(0.0, above.terms), _plain(inverse)).terms)

    def _label(self, node: Any, frame: Frame) -> Form:
        """An index used as a number, as in `t - 2014`."""
        labels, codes = frame.codes(self.places[id(node)])
        if not all(label.__class__ in native_numeric_types for label in labels.values):
            raise CompileError("rule_node", self.component, node=str(node), kind="a label that is no number")
        return Form(np.array(labels.values, dtype=np.float64)[codes])

    def _leaf(self, node: Any, frame: Frame) -> Form:
        """A single component, or one data object that was named by constants."""
        if getattr(node, "is_variable_type", bool)():
            owner = node.parent_component()
            place = self.space.layout(owner).position(node.index()) if owner.is_indexed() else 0
            return self._of_column(self._start(owner) + place)
        if getattr(node, "is_parameter_type", bool)():
            return Form(_number(node))
        if getattr(node, "is_named_expression_type", bool)():
            owner = node.parent_component()
            if not isinstance(owner, ArrayExpression):
                return self.form(node.expr, frame)
            place = self.space.layout(owner).position(node.index()) if owner.is_indexed() else 0
            return self._gathered(owner, np.full(frame.size, place, dtype=np.intp))
        raise CompileError("rule_node", self.component, node=str(node), kind=type(node).__name__)

    def _start(self, variable: Any) -> int:
        start = self.space.starts.get(id(variable))
        if start is None:
            raise CompileError("rule_node", self.component, node=variable.name, kind="a variable of another model")
        return start

    def _of_column(self, columns: IntArray | int) -> Form:
        return Form(0.0, (Term(None, columns, 1.0),))

    def _item(self, node: Any, frame: Frame) -> Form:
        """A parameter, variable or named expression at an index of templates."""
        owner = node.arg(0)
        kind = getattr(getattr(owner, "ctype", None), "__name__", type(owner).__name__)
        if kind not in ("Var", "Param", "Expression"):
            raise CompileError("rule_node", self.component, node=str(node), kind=kind)
        positions = self._find(self.space.layout(owner), node, frame)
        if kind == "Param":
            return Form(self.space.numbers(owner)[positions])
        if kind == "Var":
            return self._of_column(positions + self._start(owner))
        return self._gathered(owner, positions)

    def _find(self, layout: Layout, node: Any, frame: Frame) -> IntArray:
        specs = tuple(self._spec(part) for part in node.args[1:])
        if not (layout.size or frame.size):  # nothing is asked of nothing, whatever its dimension
            return np.empty(0, dtype=np.intp)
        if len(specs) != layout.dimen:
            raise CompileError("rule_places", self.component, node=str(node), given=len(specs), wanted=layout.dimen)
        try:
            return frame.find(layout, specs)
        except MissingMember as missing:
            raise CompileError("rule_index", self.component, node=str(node), index=missing.key) from None

    def _spec(self, part: Any) -> Spec:
        place = self.places.get(id(part))
        if place is not None:
            return place
        if hasattr(part, "is_expression_type"):
            raise CompileError("rule_node", self.component, node=str(part), kind="an index that is calculated")
        return self.space.literals.setdefault(part, Labels((part,)))

    def _gathered(self, owner: Any, positions: IntArray) -> Form:
        """Rows of a named expression, one for each point."""
        rows = self.space.named(owner)
        starts = rows.matrix.indptr[:-1][positions].astype(np.intp)
        points, slots = ranges(starts, rows.matrix.indptr[1:][positions] - starts)
        term = Term(points, rows.matrix.indices[slots].astype(np.intp), rows.matrix.data[slots])
        return Form(rows.constants[positions], (term,))

    def _sum(self, node: Any, frame: Frame) -> Form:
        if frame is not self.space.unit and not self._depends(node):
            return spread(self._sum(node, self.space.unit), frame.size)
        inner = frame
        for templates, source in sum_groups(node):
            if isinstance(source, MembersTemplate):
                held = source.arg(0)
                inner = self._members(inner, held, source)
            else:
                inner = inner.over(self.space.layout(source))
            self._bind(templates, inner)
        return summed(self.form(sum_body(node), inner), inner.up_to(frame), frame.size)

    def _members(self, frame: Frame, held: Any, source: Any) -> Frame:
        specs = tuple(self._spec(part) for part in source.args[1:])
        if len(specs) != held.outer.dimen:
            raise CompileError(
                "rule_places", self.component, node=str(source), given=len(specs), wanted=held.outer.dimen
            )
        try:
            return frame.members_of(held, specs)
        except MissingMember as missing:
            raise CompileError("rule_index", self.component, node=str(source), index=missing.key) from None

    def _depends(self, node: Any) -> bool:
        """Whether anything inside refers to an index bound so far; if not, one evaluation serves all points."""
        open_nodes = [node]
        while open_nodes:
            part = open_nodes.pop()
            if id(part) in self.places:
                return True
            open_nodes.extend(children(part))
        return False


def _plain(number: Any) -> Number:
    return float(number) if np.ndim(number) == 0 else np.asarray(number, dtype=np.float64)
