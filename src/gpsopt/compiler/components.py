"""Pyomo components over arrays. They are real components: any Pyomo solver or writer can use them, and data objects
(`VarData`, `ConstraintData`, ...) are made when somebody asks for one, never before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyomo.environ as pyo

from gpsopt.compiler.failure import CompileError
from gpsopt.compiler.layout import Key, Layout
from gpsopt.compiler.pyomo_adapter import (
    ActiveComponent,
    ConstraintData,
    ExpressionData,
    IndexedConstraint,
    IndexedExpression,
    IndexedParam,
    IndexedVar,
    ScalarConstraint,
    ScalarExpression,
    VarData,
    native_logical_types,
    template_of,
)
from gpsopt.compiler.sets import layout_of

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Template = tuple[Any, tuple[Any, ...]]

__all__ = ["ArrayConstraint", "ArrayExpression", "ArrayParam", "ArrayVar", "CompileError"]


def _over(index_set: Layout, values: npt.ArrayLike, kind: Any, what: str) -> npt.NDArray[Any]:
    """One value for each member, read-only; a single value stands for all. Raises ValueError on another length."""
    array = np.asarray(values, dtype=kind)
    if array.ndim and array.shape != (index_set.size,):
        raise ValueError(f"{what}: {array.shape} values for {index_set.size} members.")
    full = np.array(np.broadcast_to(array, (index_set.size,)))
    full.flags.writeable = False
    return full


class _Dense:
    """Every index exists, whether or not its data object has been made."""

    layout: Layout

    def __len__(self) -> int:
        return self.layout.size

    def __contains__(self, index: Key) -> bool:
        return self.layout.position(index) >= 0


class ArrayParam(_Dense, IndexedParam):  # type: ignore[misc]
    """Numbers by position: `ArrayParam(m.NEED_YEARS, array)`, immutable. `array` has one value for each member.

    A single number is an ordinary `pyo.Param(initialize=3.0)`.
    """

    def __init__(
        self, index_set: pyo.Set, values: npt.ArrayLike, *, name: str | None = None, doc: str | None = None
    ) -> None:
        super().__init__(index_set, mutable=False, name=name, doc=doc)
        self.layout = layout_of(index_set)
        self.array: FloatArray = _over(self.layout, values, np.float64, "ArrayParam")

    def construct(self, data: object = None) -> None:
        self._constructed = True

    def _getitem_when_not_present(self, index: Key) -> float:
        return float(self.array[self.layout.position(index)])


class ArrayVar(_Dense, IndexedVar):  # type: ignore[misc]
    """Decisions by position: `ArrayVar(m.PAIRS, lower=0, upper=array, integer=flags)`.

    Each bound is one number or one for each member, infinite (the default) for none; `integer` one flag or one each.
    No VarData is made until somebody asks for `m.x[key]`; what is then changed on it (bounds, domain, fix) counts in
    the compiled model. A single decision is an ordinary `pyo.Var(bounds=...)`.
    """

    def __init__(
        self,
        index_set: pyo.Set,
        *,
        lower: npt.ArrayLike = -np.inf,
        upper: npt.ArrayLike = np.inf,
        integer: npt.ArrayLike = False,
        name: str | None = None,
        doc: str | None = None,
    ) -> None:
        super().__init__(index_set, name=name, doc=doc)
        self.layout = layout_of(index_set)
        self.lowers: FloatArray = _over(self.layout, lower, np.float64, "lower")
        self.uppers: FloatArray = _over(self.layout, upper, np.float64, "upper")
        self.integers: BoolArray = _over(self.layout, integer, np.bool_, "integer")

    def construct(self, data: object = None) -> None:
        self._constructed = True

    def _getitem_when_not_present(self, index: Key) -> VarData:
        place = self.layout.position(index)
        lower, upper = float(self.lowers[place]), float(self.uppers[place])
        made = VarData(self)
        made._index = index
        made._lb = None if lower == -np.inf else lower
        made._ub = None if upper == np.inf else upper
        whole = pyo.Binary if (lower, upper) == (0.0, 1.0) else pyo.Integers
        made._domain = whole if self.integers[place] else pyo.Reals
        self._data[index] = made
        return made


class _Called:
    """A component's template. A copy of the component holds none: its rule is called anew, on the copied model."""

    __slots__ = ("template",)

    def __init__(self, template: Template | None = None) -> None:
        self.template = template

    def __deepcopy__(self, memo: dict[int, Any]) -> _Called:
        return _Called()

    def __reduce__(self) -> tuple[type[_Called], tuple[()]]:
        return (_Called, ())


class _Templated:
    """What calls its rule once with index templates, when it is constructed."""

    _called: _Called
    _constructed: bool

    def template(self) -> Template | None:
        """(expression, index templates); None where the index is empty. Raises CompileError."""
        component: Any = self
        if component.is_indexed() and not len(component.layout):
            return None
        if self._called.template is None:
            try:
                self._called.template = template_of(component)
            except Exception as error:  # a rule may fail in any way; the clause's name must not be lost
                first = error.__context__ or error  # Pyomo reports a fault inside a sum as a loop outside one
                reason = f"{type(first).__name__}: {first}".removesuffix(".")
                raise CompileError("rule_failed", component, reason=reason) from error
        return self._called.template

    def _call(self) -> None:
        component: Any = self
        if component.is_indexed():
            component.layout = layout_of(component.index_set())
        self._called = _Called()
        self.template()


def _ordinary(relation: Any) -> Any:
    """What a rule returned for one index, as Pyomo wants it: a comparison of mere numbers is a bool there."""
    if relation.__class__ in native_logical_types:
        return pyo.Constraint.Feasible if relation else pyo.Constraint.Infeasible
    return relation


class ArrayConstraint(_Templated, pyo.Constraint):  # type: ignore[misc]
    """Rows by rule: `ArrayConstraint(m.NEED_YEARS, rule=f)`, or `ArrayConstraint(rule=f)` for a single row.

    The rule is called once, with index templates. `m.clause.rule[index].expr` calls it for that index and gives the
    ordinary Pyomo expression. Raises CompileError where the rule is not plain.
    """

    def __new__(cls, *args: Any, **kwds: Any) -> Any:
        if cls is not ArrayConstraint:
            return super().__new__(cls)
        return super().__new__(IndexedArrayConstraint if args else ScalarArrayConstraint)

    def __init__(self, *args: Any, rule: Callable[..., Any], name: str | None = None, doc: str | None = None) -> None:
        super().__init__(*args, rule=rule, name=name, doc=doc)


class IndexedArrayConstraint(_Dense, ArrayConstraint, IndexedConstraint):  # type: ignore[misc]
    """ArrayConstraint over a set."""

    def construct(self, data: object = None) -> None:
        if not self._constructed:
            self._constructed = True
            self._call()

    def _getitem_when_not_present(self, index: Key) -> ConstraintData:
        relation = _ordinary(self._rule(self.parent_block(), index))
        made = self._setitem_when_not_present(index, relation)
        made._active = self._active
        return made

    def activate(self) -> None:
        """Switch all rows on; none is made for it."""
        ActiveComponent.activate(self)
        for made in self._data.values():
            made.activate()

    def deactivate(self) -> None:
        """Switch all rows off; none is made for it."""
        ActiveComponent.deactivate(self)
        for made in self._data.values():
            made.deactivate()


class ScalarArrayConstraint(ArrayConstraint, ScalarConstraint):  # type: ignore[misc]
    """ArrayConstraint without an index: its expression is written out when somebody asks for it."""

    _written: Any = None

    def construct(self, data: object = None) -> None:
        if not self._constructed:
            self._constructed = True
            self._data[None] = self
            self._call()

    @property
    def _expr(self) -> Any:
        if self._written is None and self._constructed:
            self._written = _ordinary(self._rule(self.parent_block(), None))
        return self._written

    @_expr.setter
    def _expr(self, expression: Any) -> None:
        self._written = expression


class ArrayExpression(_Templated, pyo.Expression):  # type: ignore[misc]
    """Named linear expressions by rule: `ArrayExpression(m.PURCHASERS, rule=f)`, or `ArrayExpression(rule=f)`.

    Rules may use them (`m.served[n, t]`): they are compiled once. Those in the block of aims come out as `Parts`.
    """

    def __new__(cls, *args: Any, **kwds: Any) -> Any:
        if cls is not ArrayExpression:
            return super().__new__(cls)
        return super().__new__(IndexedArrayExpression if args else ScalarArrayExpression)

    def __init__(self, *args: Any, rule: Callable[..., Any], name: str | None = None, doc: str | None = None) -> None:
        super().__init__(*args, rule=rule, name=name, doc=doc)


class IndexedArrayExpression(_Dense, ArrayExpression, IndexedExpression):  # type: ignore[misc]
    """ArrayExpression over a set."""

    def construct(self, data: object = None) -> None:
        if not self._constructed:
            self._constructed = True
            self._call()

    def _getitem_when_not_present(self, index: Key) -> ExpressionData:
        return self._setitem_when_not_present(index, self._rule(self.parent_block(), index))


class ScalarArrayExpression(ArrayExpression, ScalarExpression):  # type: ignore[misc]
    """ArrayExpression without an index, written out when somebody asks for it."""

    _written: Any = (None,)

    def construct(self, data: object = None) -> None:
        if not self._constructed:
            self._constructed = True
            self._data[None] = self
            self._call()

    @property
    def _args_(self) -> tuple[Any, ...]:
        if self._written[0] is None and self._constructed:
            self._written = (self._rule(self.parent_block(), None),)
        written: tuple[Any, ...] = self._written
        return written

    @_args_.setter
    def _args_(self, arguments: tuple[Any, ...]) -> None:
        self._written = arguments
