"""The compiled matrix is, entry by entry, what Pyomo's own compiler makes of the same rules."""

from __future__ import annotations

import numpy as np
import pytest

from gpsopt.compiler import compile_model
from gpsopt.compiler.standard_form import aim_by_pyomo, standard_form, turned

from .world import RULES, build

SEEDS = (0, 1, 2)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("ordinary", [False, True], ids=["written out", "stock components"])
def test_every_rule_gives_pyomos_rows(seed: int, ordinary: bool) -> None:
    compiled = compile_model(build(seed))
    reference = turned(standard_form(build(seed, ordinary), compiled), compiled)
    assert set(compiled.rows) == {f"{'first' if i % 2 else 'second'}.{name}" for i, name in enumerate(RULES)}
    present = ~reference.left_out
    assert present.sum() > 150
    difference = (compiled.matrix - reference.matrix).tocoo()
    assert abs(difference.data).max(initial=0.0) < 1e-12
    assert ((compiled.matrix != 0) != (reference.matrix != 0)).nnz == 0
    for ours, theirs in ((compiled.row_lower, reference.row_lower), (compiled.row_upper, reference.row_upper)):
        np.testing.assert_allclose(ours[present], theirs[present], rtol=1e-12, atol=1e-12)
    # What Pyomo leaves out binds nothing: a row without decisions that holds, or without bounds.
    lower, upper = compiled.row_lower[reference.left_out], compiled.row_upper[reference.left_out]
    no_decision = np.diff(compiled.matrix.indptr)[reference.left_out] == 0
    assert (np.where(no_decision, (lower <= 0) & (upper >= 0), np.isinf(lower) & np.isinf(upper))).all()
    np.testing.assert_array_equal(compiled.column_lower, reference.column_lower)
    np.testing.assert_array_equal(compiled.column_upper, reference.column_upper)
    np.testing.assert_array_equal(compiled.integer, reference.integer)


@pytest.mark.parametrize("aim", ["outlay", "worst"])
def test_aims_by_part_are_pyomos(aim: str) -> None:
    model = build(3)
    compiled = compile_model(model)
    matrix, constants = aim_by_pyomo(model, aim, compiled)
    parts = compiled.aims[aim]
    assert abs(parts.matrix - matrix).max() < 1e-12
    np.testing.assert_allclose(parts.constant, constants, rtol=1e-12)
    point = np.random.default_rng(1).random(matrix.shape[1])
    costs, constant = parts.total()
    assert parts.values(point).sum() == pytest.approx(costs @ point + constant)
