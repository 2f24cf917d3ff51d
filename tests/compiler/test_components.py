"""The components are lazy, can be changed as Pyomo's can, and other Pyomo solvers and writers take them as they are."""

from __future__ import annotations

from pathlib import Path

import highspy
import numpy as np
import pyomo.environ as pyo
import pytest

from gpsopt.compiler import ArrayConstraint, ArrayParam, ArraySet, ArrayVar, Compiled, compile_model, member_set

from .world import build


def made(model: pyo.ConcreteModel, kind: object) -> int:
    return sum(len(part._data) for part in model.component_objects(kind, descend_into=True) if part.is_indexed())


def optimum(compiled: Compiled, costs: np.ndarray) -> float:
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    matrix, lp = compiled.matrix, highspy.HighsLp()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = costs, compiled.column_lower, compiled.column_upper
    lp.row_lower_, lp.row_upper_ = compiled.row_lower, compiled.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    whole = {True: highspy.HighsVarType.kInteger, False: highspy.HighsVarType.kContinuous}
    lp.integrality_ = [whole[bool(flag)] for flag in compiled.integer]
    solver.setOptionValue("mip_rel_gap", 0.0)
    assert solver.passModel(lp) == highspy.HighsStatus.kOk
    solver.run()
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return float(solver.getInfo().objective_function_value)


def test_building_and_compiling_makes_no_data_objects() -> None:
    model = build(0)
    compile_model(model)
    assert made(model, pyo.Constraint) == 0
    assert made(model, pyo.Expression) == 0
    assert made(model, pyo.Var) == 3  # the two of the stock variable, and the one a rule names by a constant key


def test_a_row_can_be_read_as_pyomo() -> None:
    model = build(0)
    n, t = model.NEED_YEARS.first()
    row = model.second.at_least[n, t]
    offers = " + ".join(f"purchased[{o},{n},{t}]" for o in model.OFFERS_OF[n, t])
    assert str(row.expr) == f"{model.floor[n, t]}  <=  {offers + ' + ' if offers else ''}direct[{n},{t}]"
    assert len(model.second.at_least) == len(list(model.second.at_least)) == len(model.NEED_YEARS)
    assert str(model.second.whole_city.expr).startswith("4  <=  purchased[")
    assert model.second.whole_city.lower() == 4


@pytest.mark.parametrize("solver", ["appsi_highs", "highs"])
def test_another_pyomo_solver_finds_the_same_optimum(solver: str) -> None:
    model = build(1)
    compiled = compile_model(model)
    costs = np.random.default_rng(0).uniform(0.1, 2, compiled.matrix.shape[1])
    best = optimum(compiled, costs)
    columns = [model.component(name)[key] for name, span in compiled.columns.items() for key in span.keys]
    model.objective = pyo.Objective(expr=pyo.quicksum(c * x for c, x in zip(costs.tolist(), columns, strict=True)))
    results = pyo.SolverFactory(solver).solve(model)
    assert pyo.check_optimal_termination(results)
    assert pyo.value(model.objective) == pytest.approx(best, rel=1e-6)
    point = np.array([column.value or 0.0 for column in columns])
    activity = compiled.matrix @ point
    assert (activity >= compiled.row_lower - 1e-6).all()
    assert (activity <= compiled.row_upper + 1e-6).all()


def test_lp_file_reads_back_to_the_same_optimum(tmp_path: Path) -> None:
    model = build(2)
    compiled = compile_model(model)
    model.objective = pyo.Objective(expr=model.aims.worst + sum(model.aims.outlay[k] for k in model.PURCHASER_YEARS))
    model.write(str(tmp_path / "model.lp"), io_options={"symbolic_solver_labels": True})
    assert "direct(n" in (tmp_path / "model.lp").read_text()
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    assert solver.readModel(str(tmp_path / "model.lp")) == highspy.HighsStatus.kOk
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.run()
    (outlay, outlay_constant), (worst, worst_constant) = (compiled.aims[name].total() for name in ("outlay", "worst"))
    best = optimum(compiled, outlay + worst) + outlay_constant + worst_constant
    assert solver.getInfo().objective_function_value == pytest.approx(best, rel=1e-6)


def test_what_is_set_on_data_objects_counts() -> None:
    model = build(0)
    first, second, third, fourth = list(model.PAIRS)[:4]
    model.purchased[first].fix(2.5)
    model.purchased[second].setub(None)
    model.award[third].domain = pyo.Reals
    model.purchased[fourth].setlb(1)
    compiled = compile_model(model)
    before = compile_model(build(0))
    changed = [compiled.column("purchased", key) for key in (first, second, fourth)]
    assert compiled.column_lower[changed].tolist() == [2.5, 0.0, 1.0]
    assert compiled.column_upper[changed].tolist()[:2] == [2.5, np.inf]
    assert not compiled.integer[compiled.column("award", third)]
    others = np.setdiff1d(np.arange(len(before.column_lower)), changed)
    np.testing.assert_array_equal(compiled.column_lower[others], before.column_lower[others])
    np.testing.assert_array_equal(compiled.column_upper[others], before.column_upper[others])
    assert (compiled.integer != before.integer).sum() == 1


def test_switched_off_rows_and_clauses() -> None:
    model = build(0)
    key = model.NEED_YEARS.last()
    model.second.at_least[key].deactivate()
    model.second.both_sides.deactivate()
    assert made(model, pyo.Constraint) == 1
    model.first.deactivate()
    compiled = compile_model(model)
    assert not any(name.startswith("first.") for name in compiled.rows)
    assert "second.both_sides" not in compiled.rows
    row = compiled.row("second.at_least", key)
    assert np.isneginf(compiled.row_lower[row])
    assert not model.second.both_sides[key].active
    model.first.activate()
    model.second.both_sides.activate()
    assert model.second.both_sides[key].active
    assert set(compile_model(model).rows) == set(compile_model(build(0)).rows)


def test_a_clone_is_its_own_model() -> None:
    model = build(0)
    twin = model.clone()
    pair = twin.PAIRS.first()
    twin.purchased[pair].fix(1.0)
    ours, theirs = compile_model(model), compile_model(twin)
    assert abs(ours.matrix - theirs.matrix).max() == 0
    assert theirs.column_lower[theirs.column("purchased", pair)] == 1.0
    assert ours.column_lower[ours.column("purchased", pair)] == 0.0
    row = twin.second.at_least[twin.NEED_YEARS.first()]
    assert all(part.model() is twin for part in pyo.ComponentMap((v, 0) for v in _variables(row.expr)))


def _variables(expression: object) -> list[pyo.Var]:
    from pyomo.core.expr.visitor import identify_variables

    return list(identify_variables(expression))


def test_rows_and_columns_are_found_by_key_and_back() -> None:
    compiled = compile_model(build(0))
    for number in range(compiled.matrix.shape[0]):
        assert compiled.row(*compiled.row_key(number)) == number
    for number in range(compiled.matrix.shape[1]):
        assert compiled.column(*compiled.column_key(number)) == number
    assert compiled.row_key(compiled.row("second.whole_city")) == ("second.whole_city", None)
    with pytest.raises(KeyError):
        compiled.row("second.at_least", ("no such need", 2014))
    for outside in (-1, compiled.matrix.shape[0]):
        with pytest.raises(IndexError):
            compiled.row_key(outside)
    order = [span.start for span in compiled.columns.values()]
    assert order == sorted(order)
    assert list(compiled.columns) == ["purchased", "award", "direct", "worst", "count"]


def test_the_matrix_is_clean_and_repeatable() -> None:
    first, second = compile_model(build(4)), compile_model(build(4))
    assert first.matrix.has_canonical_format
    assert first.matrix.data.all()
    for ours, theirs in ((first.matrix.indptr, second.matrix.indptr), (first.matrix.data, second.matrix.data)):
        assert ours.tobytes() == theirs.tobytes()


def test_values_have_the_length_of_their_set() -> None:
    m = pyo.ConcreteModel()
    m.S = ArraySet([1, 2, 3])
    with pytest.raises(ValueError, match=r"ArrayParam: \(2,\) values for 3 members"):
        ArrayParam(m.S, [1, 2])
    with pytest.raises(ValueError, match="upper"):
        ArrayVar(m.S, upper=[1, 2, 3, 4])
    m.p = ArrayParam(m.S, 4)
    assert [m.p[k] for k in m.S] == [4.0, 4.0, 4.0] == list(m.p.values())
    m.x = ArrayVar(m.S, lower=0, upper=[1, 2, np.inf], integer=[True, True, False])
    assert (m.x[1].domain.name, m.x[2].domain.name, m.x[3].domain.name) == ("Binary", "Integers", "Reals")
    assert m.x[3].bounds == (0, None)


def test_an_empty_set_without_its_dimension_may_stand_in_a_rule() -> None:
    """A clause that concerns nobody: its sets were made of empty lists."""
    m = pyo.ConcreteModel()
    m.S, m.NONE = ArraySet([1, 2]), ArraySet([])
    m.OF = member_set(m.S, members={})
    m.x, m.y = ArrayVar(m.S), ArrayVar(m.NONE)
    m.cost = ArrayParam(m.NONE, [])
    m.rows = ArrayConstraint(m.S, rule=lambda b, k: b.x[k] + sum(b.cost[o, k] * b.y[o, k] for o in b.OF[k]) <= 1)
    compiled = compile_model(m)
    assert compiled.matrix.toarray().tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_comparisons_of_mere_numbers_become_rows_without_decisions() -> None:
    m = pyo.ConcreteModel()
    m.S = ArraySet([1, 2])
    m.NONE = ArraySet([])
    m.x = ArrayVar(m.NONE)
    m.p = ArrayParam(m.S, [-1.0, 1.0])
    m.rows = ArrayConstraint(m.S, rule=lambda b, k: sum(b.x[j] for j in b.NONE) <= b.p[k])
    compiled = compile_model(m)
    assert compiled.matrix.nnz == 0
    assert compiled.row_upper.tolist() == [-1.0, 1.0]
    assert m.rows[1].expr is pyo.Constraint.Infeasible
    assert m.rows[2].expr is pyo.Constraint.Feasible
