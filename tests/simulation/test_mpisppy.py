"""The extensive form against mpi-sppy's own, where that package is installed (it is not needed for anything else)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

from gpsopt.compiler import compile_model
from gpsopt.model.build import build_world
from gpsopt.model.world import world_of
from gpsopt.simulation.futures import drawn, future_of
from gpsopt.simulation.twostage import two_stage
from gpsopt.solving.extensive import Future, decided_now
from tests.simulation.twostagemodels import draw

FUTURES = 4


def written_out(future: Future) -> pyo.ConcreteModel:
    """A future's rows and first aim as an ordinary Pyomo model; `now`: the columns that are decided now."""
    compiled, aim = future.compiled, future.aims[0]
    m = pyo.ConcreteModel()

    def bounds(_m: Any, j: int) -> tuple[float | None, float | None]:
        low, high = compiled.column_lower[j], compiled.column_upper[j]
        return (low if np.isfinite(low) else None, high if np.isfinite(high) else None)

    m.x = pyo.Var(range(compiled.matrix.shape[1]), bounds=bounds,
                  domain=lambda _m, j: pyo.Integers if compiled.integer[j] else pyo.Reals)  # fmt: skip
    m.rows = pyo.ConstraintList()
    rows = compiled.matrix.tocsr()
    for i in range(rows.shape[0]):
        places = range(rows.indptr[i], rows.indptr[i + 1])
        low, high = compiled.row_lower[i], compiled.row_upper[i]
        if places:
            body = sum(float(rows.data[p]) * m.x[int(rows.indices[p])] for p in places)
            m.rows.add((low if np.isfinite(low) else None, body, high if np.isfinite(high) else None))
    costs = aim.weights
    m.cost = pyo.Objective(
        expr=sum(float(costs[j]) * m.x[int(j)] for j in np.flatnonzero(costs)) + float(aim.constants.sum())
    )
    m.now = [m.x[int(j)] for j in decided_now(compiled)]
    return m


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 4, 6])
def test_the_extensive_form_is_worth_what_mpi_sppy_finds(seed: int) -> None:
    sputils = pytest.importorskip("mpisppy.utils.sputils")
    ef = pytest.importorskip("mpisppy.opt.ef")
    scenario = draw(seed, ("shortfall",))
    found = two_stage(scenario, FUTURES, seed=seed).frames["values"].iloc[0]
    world = world_of(scenario)
    compiled, every = compile_model(build_world(world)), drawn(world, FUTURES, seed)
    places = decided_now(compiled)
    bounds = compiled.column_lower[places], compiled.column_upper[places]

    def future(name: str) -> pyo.ConcreteModel:
        model = written_out(future_of(world, every.only(int(name)), bounds))
        sputils.attach_root_node(model, 0.0, model.now)
        model._mpisppy_probability = 1 / FUTURES
        return model

    reference = ef.ExtensiveForm({"solver": "appsi_highs"}, [str(k) for k in range(FUTURES)], future)
    reference.solve_extensive_form({"threads": 1})  # HiGHS keeps one number of threads a process
    assert found["two_stage"] == pytest.approx(1e4 * reference.get_objective_value(), abs=0.02)
