"""The one place that names Pyomo's private parts. Seen in Pyomo 6.10.1 (tests/compiler/test_adapter.py).

Stock Pyomo cannot templatize a sum over an indexed set whose index is itself iterated ("needs of a purchaser, offers
of each need"): to learn the inner set's dimension it evaluates it at an index that has no value yet. `MembersTemplate`
knows its dimension, so the question never arises.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyomo.common import dependencies
from pyomo.core.base.component import ActiveComponent
from pyomo.core.base.constraint import ConstraintData, IndexedConstraint, ScalarConstraint
from pyomo.core.base.expression import ExpressionData, IndexedExpression, ScalarExpression
from pyomo.core.base.global_set import UnindexedComponent_index
from pyomo.core.base.param import IndexedParam, ParamData
from pyomo.core.base.set import (
    IndexedSet,
    SetData,
    _FiniteSetMixin,
    _OrderedSetMixin,
    _ScalarSetMixin,
)
from pyomo.core.base.var import IndexedVar, VarData
from pyomo.core.expr.numeric_expr import (
    DivisionExpression,
    NegationExpression,
    ProductExpression,
    SumExpression,
)
from pyomo.core.expr.numvalue import native_logical_types, native_numeric_types
from pyomo.core.expr.relational_expr import (
    EqualityExpression,
    InequalityExpression,
    RangedExpression,
    tuple_to_relational_expr,
)
from pyomo.core.expr.template_expr import (
    GetItemExpression,
    IndexTemplate,
    NPV_Structural_GetItemExpression,
    TemplateSumExpression,
    templatize_constraint,
    templatize_rule,
)

SEEN_IN = "6.10.1"

# Pyomo loads all of scipy.stats (a second) as soon as anybody loads scipy, for the sake of modules that we do not use.
# Without this entry it still loads them, when such a module first asks.
dependencies._DeferredImportCallbackFinder._callbacks.pop("scipy", None)

__all__ = [
    "SEEN_IN",
    "ActiveComponent",
    "ConstraintData",
    "DivisionExpression",
    "EqualityExpression",
    "ExpressionData",
    "GetItemExpression",
    "IndexTemplate",
    "IndexedConstraint",
    "IndexedExpression",
    "IndexedParam",
    "IndexedSet",
    "IndexedVar",
    "InequalityExpression",
    "MembersTemplate",
    "NegationExpression",
    "ParamData",
    "ProductExpression",
    "RangedExpression",
    "ScalarConstraint",
    "ScalarExpression",
    "SetData",
    "SumExpression",
    "TemplateSumExpression",
    "UnindexedComponent_index",
    "VarData",
    "_FiniteSetMixin",
    "_OrderedSetMixin",
    "_ScalarSetMixin",
    "children",
    "made_data",
    "native_logical_types",
    "native_numeric_types",
    "sum_body",
    "sum_groups",
    "template_of",
]


class MembersTemplate(NPV_Structural_GetItemExpression):  # type: ignore[misc]
    """`m.OFFERS_OF[n, t]` with templates for n and t: something to iterate over whose dimension is known.

    It says that it is no expression because Pyomo's template iterator then asks it for `dimen`
    instead of evaluating it (`_set_iterator_template_generator.__next__`).
    """

    __slots__ = ()

    def is_expression_type(self, expression_system: Any = None) -> bool:
        return False

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)  # stock Pyomo would make an expression of any attribute

    def to_string(self, *args: Any, **kwds: Any) -> str:
        owner, *index = self._args_
        return f"{owner.name}[{','.join(map(str, index))}]"

    def __str__(self) -> str:
        return self.to_string()

    @property
    def dimen(self) -> int:
        dimen: int = self._args_[0].inner.dimen
        return dimen


def template_of(component: Any) -> tuple[Any, tuple[Any, ...]]:
    """Call a constraint's or expression's rule once: (template, its index templates in order)."""
    if isinstance(component, IndexedConstraint):
        template, indices = templatize_constraint(component)
        return template, tuple(indices)
    over = component.index_set() if component.is_indexed() else None
    template, indices = templatize_rule(component.parent_block(), component._rule, over)
    if template.__class__ is tuple:
        template = tuple_to_relational_expr(template)
    return template, tuple(indices)


def sum_body(node: Any) -> Any:
    """What a TemplateSumExpression sums."""
    return node.template_args()[0]


def sum_groups(node: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """What a TemplateSumExpression iterates over, outermost first: (its index templates, the set)."""
    for group in node.template_iters():
        yield tuple(group), group[0]._set


def children(node: Any) -> tuple[Any, ...]:
    """Operands of a template node; a sum's are its body and its sets."""
    if isinstance(node, TemplateSumExpression):
        return tuple(node.template_args())
    return tuple(getattr(node, "_args_", ()) or ())


def made_data(component: Any) -> dict[Any, Any]:
    """The data objects that somebody has asked for so far, by index."""
    data: dict[Any, Any] = component._data
    return data
