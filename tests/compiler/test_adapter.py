"""What the compiler relies on inside Pyomo. When a new Pyomo fails here, look at compiler/pyomo_adapter.py."""

from __future__ import annotations

import logging

import pyomo.environ as pyo
import pyomo.version
import pytest
from pyomo.common.errors import TemplateExpressionError
from pyomo.core.base.initializer import Initializer
from pyomo.core.expr.template_expr import templatize_rule

from gpsopt.compiler import ArrayParam, ArraySet, ArrayVar, member_set
from gpsopt.compiler.pyomo_adapter import (
    SEEN_IN,
    GetItemExpression,
    IndexTemplate,
    MembersTemplate,
    TemplateSumExpression,
    children,
    sum_body,
    sum_groups,
)


def test_private_names_were_seen_in_this_pyomo() -> None:
    said = (
        f"Private names were seen in Pyomo {SEEN_IN}; this is {pyomo.version.version}: check the adapter, then SEEN_IN."
    )
    assert pyomo.version.version == SEEN_IN, said


def test_stock_pyomo_still_cannot_sum_over_members_of_members(caplog: pytest.LogCaptureFixture) -> None:
    """The reason for MembersTemplate; when this fails, the workaround can go."""
    m = pyo.ConcreteModel()
    m.P, m.N = pyo.Set(initialize=["p"]), pyo.Set(initialize=["n"])
    m.NEEDS_OF = pyo.Set(m.P, initialize={"p": ["n"]})
    m.OFFERS_OF = pyo.Set(m.N, initialize={"n": ["o"]})
    m.x = pyo.Var(["o"], ["n"])
    rule = Initializer(lambda b, p: sum(m.x[o, n] for n in m.NEEDS_OF[p] for o in m.OFFERS_OF[n]))
    with caplog.at_level(logging.CRITICAL), pytest.raises(TemplateExpressionError):
        templatize_rule(m, rule, m.P)


def test_templates_have_the_parts_that_the_walk_reads() -> None:
    m = pyo.ConcreteModel()
    m.P, m.NT = ArraySet(["p"]), ArraySet([("n", 1)])
    m.MINE = member_set(m.P, m.NT, {"p": [("n", 1)]})
    m.w, m.x = ArrayParam(m.NT, [2.0]), ArrayVar(m.NT)
    rule = Initializer(lambda b, p: sum(m.w[k] * m.x[k] for k in m.MINE[p]))
    template, (p,) = templatize_rule(m, rule, m.P)
    assert isinstance(template, TemplateSumExpression)
    assert isinstance(p, IndexTemplate)
    [(templates, source)] = sum_groups(template)
    assert len(templates) == 2
    assert isinstance(source, MembersTemplate)
    assert source.arg(0) is m.MINE
    assert source.arg(1) is p
    product = sum_body(template)
    assert all(isinstance(factor, GetItemExpression) for factor in product.args)
    for part, wanted in zip(product.arg(1).args, (m.x, *templates), strict=True):
        assert part is wanted
    assert any(part is source for part in children(template))
    assert str(source) == "MINE[_1]"
