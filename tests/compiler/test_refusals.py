"""What a rule may not hold is refused by name of clause, rule and node, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

from gpsopt.compiler import ArrayConstraint, ArrayParam, ArraySet, ArrayVar, CompileError, compile_model, member_set


def model(rule: Callable[..., Any], over: str = "NT") -> pyo.ConcreteModel:
    m = pyo.ConcreteModel()
    m.N, m.T = ArraySet(["n1", "n2"]), ArraySet([2014, 2015])
    m.NT = ArraySet([("n1", 2014), ("n1", 2015), ("n2", 2014)])
    m.OF = member_set(m.N, m.NT, by=(0,))
    m.SOME = member_set(m.T, m.NT, by=(1,))
    m.x, m.p, m.w = ArrayVar(m.NT), ArrayParam(m.NT, [1.0, 2.0, 0.0]), ArrayParam(m.N, [1.0, np.nan])
    m.NOBODY = member_set(m.N, members={})
    m.next = ArrayParam(m.T, [2015, 2016])
    m.clause = pyo.Block()
    m.clause.rule_in_question = ArrayConstraint(m.component(over), rule=lambda b, *k: rule(b.model(), *k))
    return m


REFUSED: list[tuple[str, Callable[..., Any], str, str]] = [
    ("rule_nonlinear", lambda m, n, t: m.x[n, t] * m.x[n, t] <= 1, "NT", "x[_1,_2]*x[_1,_2]"),
    ("rule_nonlinear", lambda m, n, t: 1 / m.x[n, t] <= 1, "NT", "x[_1,_2]"),
    ("rule_node", lambda m, n, t: m.x[n, t] ** 2 <= 1, "NT", "PowExpression"),
    ("rule_node", lambda m, n, t: pyo.exp(m.p[n, t]) * m.x[n, t] <= 1, "NT", "UnaryFunctionExpression"),
    ("rule_node", lambda m, n, t: abs(m.x[n, t]) <= 1, "NT", "AbsExpression"),
    ("rule_node", lambda m, n, t: n * m.x[n, t] <= 1, "NT", "a label that is no number"),
    ("rule_node", lambda m, n, t: m.x[n, t - 1] <= 1, "NT", "an index that is calculated"),
    ("rule_node", lambda m, n, t: m.x[n, m.next[t]] <= 1, "NT", "an index that is calculated"),
    (
        "rule_node",
        lambda m, n, t: sum(w * m.x[k] for k in m.NT for w in (1, 2)) <= 1,
        "NT",
        "an index that is calculated",
    ),
    ("rule_index", lambda m, t: m.x["n2", t] <= 1, "T", "('n2', 2015)"),
    ("rule_index", lambda m, n, t: sum(m.x[k] for k in m.OF[t]) <= 1, "NT", "OF[_2]"),
    ("rule_places", lambda m, n, t: m.x[n] <= 1, "NT", "1 place(s); 2 are needed"),
    ("rule_places", lambda m, n, t: sum(m.x[k] for k in m.OF[n, t]) <= 1, "NT", "2 place(s); 1 are needed"),
    ("rule_not_relation", lambda m, n, t: m.x[n, t], "NT", "GetItemExpression"),
    ("rule_not_relation", lambda m, n, t: m.x[n, t] < 1, "NT", "< or >"),
    ("rule_not_relation", lambda m, n, t: pyo.Constraint.Skip, "NT", "Skip"),
    ("rule_not_relation", lambda m, n, t: None, "NT", "NoneType"),
    ("rule_ranged_bound", lambda m, n, t: pyo.inequality(m.x[n, t], 2 * m.x[n, t], 3), "NT", "ranged"),
    ("rule_not_finite", lambda m, n, t: m.w[n] * m.x[n, t] <= 1, "NT", "('n2', 2014)"),
    ("rule_not_finite", lambda m, n, t: m.x[n, t] / m.p[n, t] <= 1, "NT", "('n2', 2014)"),
    ("rule_not_finite", lambda m, n, t: m.x[n, t] <= m.w[n], "NT", "('n2', 2014)"),
    ("rule_not_finite", lambda m, n, t: m.x[n, t] >= np.inf, "NT", "('n1', 2014)"),
    ("rule_failed", lambda m, n, t: m.x[n, t] <= (1 if m.p[n, t] > 0 else 2), "NT", "plain Pyomo"),
    ("rule_failed", lambda m, n, t: next(m.x[k] for k in m.NT) <= 1, "NT", "loops over sets"),
    ("rule_failed", lambda m, n, t: m.nothing[n] <= 1, "NT", "nothing"),
    ("rule_failed", lambda m, n, t: sum(m.x[a, b] for a, b in m.NOBODY[n]) <= 1, "NT", "give dimen to a set"),
]


@pytest.mark.parametrize(
    ("code", "rule", "over", "said"), REFUSED, ids=[f"{i}-{row[0]}" for i, row in enumerate(REFUSED)]
)
def test_a_rule_that_is_not_plain_is_refused(code: str, rule: Callable[..., Any], over: str, said: str) -> None:
    with pytest.raises(CompileError) as refusal:
        compile_model(model(rule, over))
    assert refusal.value.code == code
    assert said in refusal.value.text("en")
    for lang in ("zh", "en"):
        text = refusal.value.text(lang)
        assert "clause" in text
        assert "rule_in_question" in text


def test_a_model_taken_from_an_enclosing_function_is_found_out() -> None:
    m = model(lambda m, n, t: m.x[n, t] <= 1)
    m.clause.other = ArrayConstraint(m.NT, rule=lambda b, n, t: m.x[n, t] <= 1)
    with pytest.raises(CompileError, match="another model"):
        compile_model(m.clone())


def test_the_first_missing_index_is_named_also_inside_a_sum() -> None:
    def rule(m: Any, n: Any) -> Any:
        return sum(m.x[n, t] for t in m.T) <= 1

    with pytest.raises(CompileError) as refusal:
        compile_model(model(rule, "N"))
    assert refusal.value.details["index"] == ("n2", 2015)
