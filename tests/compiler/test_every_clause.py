"""The real model, clause by clause: its matrix is Pyomo's own, entry by entry; no data object is made on the way."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyomo.environ as pyo
import pytest

from brute.generate import draw
from gpsopt.compiler import Compiled, compile_model
from gpsopt.compiler.standard_form import aim_by_pyomo, standard_form, turned
from gpsopt.model.build import build
from gpsopt.model.clauses import REGISTER

SEEDS = (*range(80), 107, 128, 279, 316)  # the last four reach rules that the others do not
#: a rule that these tiny models do not reach; it must at least have been compiled over nobody
RARE = {"contract_term.award_lasts_its_term"}


def same(model: pyo.ConcreteModel, compiled: Compiled) -> None:
    """Every row, bound, column and aim by Pyomo's own compiler."""
    reference = turned(standard_form(model, compiled), compiled)
    present = ~reference.left_out
    assert abs(compiled.matrix - reference.matrix).max() < 1e-12
    for ours, theirs in ((compiled.row_lower, reference.row_lower), (compiled.row_upper, reference.row_upper)):
        np.testing.assert_allclose(ours[present], theirs[present], rtol=1e-12, atol=1e-12)
    for ours, theirs in (
        (compiled.column_lower, reference.column_lower),
        (compiled.column_upper, reference.column_upper),
        (compiled.integer, reference.integer),
    ):
        np.testing.assert_array_equal(ours, theirs)
    for name, parts in compiled.aims.items():
        matrix, constant = aim_by_pyomo(model, name, compiled)
        assert abs(parts.matrix - matrix).sum() < 1e-9
        np.testing.assert_allclose(parts.constant, constant, rtol=1e-12, atol=1e-12)


def test_every_clause_gives_pyomos_rows() -> None:
    rows: Counter[str] = Counter()
    for seed in SEEDS:
        model = build(draw(seed))
        compiled = compile_model(model)
        made = [c.name for c in model.component_objects((pyo.Var, pyo.Constraint), descend_into=True) if c._data]
        assert not [name for name in made if name != "worst_area.least"]  # named by a constant key
        same(model, compiled)
        rows.update({name: len(span) for name, span in compiled.rows.items()})
    assert {name.partition(".")[0] for name in rows} >= set(REGISTER)
    assert {name for name, count in rows.items() if not count} <= RARE


@pytest.mark.parametrize("aim", ["livelihood_shortfall", "shortfall", "worst_area", "outlay", "quality"])
def test_each_default_aim_has_a_part_for_each_purchaser(aim: str) -> None:
    compiled = compile_model(build(draw(3)))
    parts = compiled.aims[aim]
    assert parts.matrix.shape == (len(parts.keys), compiled.matrix.shape[1])
