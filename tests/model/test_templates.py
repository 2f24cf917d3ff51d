"""Every rule of the model is one that Pyomo itself can turn into a template: called once, whatever the size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pyomo.environ as pyo
import pytest
from pyomo.core.expr.relational_expr import RelationalExpression
from pyomo.core.expr.template_expr import templatize_constraint

from gpsopt.model.clauses import REGISTER
from tests.model.cases import CASES


def rules(model: pyo.ConcreteModel) -> Iterator[Any]:
    """Every constraint of the model, ArrayConstraint or ordinary, with or without an index."""
    yield from model.component_objects(pyo.Constraint, descend_into=True)


@pytest.mark.parametrize("name", CASES)
def test_pyomo_templatizes_every_rule(name: str, models: dict[str, pyo.ConcreteModel]) -> None:
    called = 0
    for rule in rules(models[name]):
        if rule.is_indexed() and not len(rule.index_set()):
            continue  # a rule over nobody is never called; the test below finds somebody for each
        template, indices = templatize_constraint(rule)
        assert isinstance(template, RelationalExpression), rule.name
        assert len(indices) == (rule.index_set().dimen if rule.is_indexed() else 0), rule.name
        called += 1
    assert called >= 8


def test_no_rule_is_over_nobody_in_all_of_these_models(models: dict[str, pyo.ConcreteModel]) -> None:
    members: Counter[str] = Counter()
    for model in models.values():
        members.update({rule.name: len(rule) for rule in rules(model)})
    assert {name.partition(".")[0] for name in members} >= {*REGISTER, "existing_budget", "regime", "units", "needs"}
    assert [name for name, count in members.items() if not count] == []
