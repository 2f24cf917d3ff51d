"""The model written out in stock Pyomo, one object a row and column: for any solver that Pyomo knows.

`build` gives array components, which are quick and can be read row by row; `expanded` gives an ordinary
model for who wants to hand it to another solver or to tools that walk over it:

    from gpsopt.model.expanded import expanded
    model = expanded(read_scenario("models/town"), "shortfall")
    pyomo.environ.SolverFactory("appsi_highs").solve(model)
    model.purchased["o1", "n1", 2015].value
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo
from pyomo.core.expr.numeric_expr import LinearExpression

from gpsopt.compiler import Compiled, compile_model
from gpsopt.model.build import build
from gpsopt.scenario import Scenario
from gpsopt.settings import AIMS


def expanded(scenario: Scenario, aim: str | None = None) -> pyo.ConcreteModel:
    """The checked scenario as stock Pyomo, with one aim (empty: the first of the order) as its objective.

    Variables and constraints keep their names with `.` written `_`; money is in 万元.
    """
    compiled = compile_model(build(scenario))
    name = aim or scenario.settings.aims.order[0]
    m = pyo.ConcreteModel()
    columns = _columns(m, compiled)
    _rows(m, compiled, columns)
    costs, constant = compiled.aims[name].total()
    used = np.flatnonzero(costs)
    value = LinearExpression(
        constant=float(constant), linear_coefs=[float(costs[j]) for j in used], linear_vars=[columns[j] for j in used]
    )
    m.aim = pyo.Objective(expr=value, sense=pyo.minimize if AIMS[name] == "min" else pyo.maximize)
    return m


def _columns(m: pyo.ConcreteModel, compiled: Compiled) -> list[Any]:
    """A Var for each kind of decision; the data objects in the order of the columns."""
    found: list[Any] = []
    for name, span in compiled.columns.items():
        var = pyo.Var(list(span.keys), dense=True)
        m.add_component(name.replace(".", "_"), var)
        for place, key in enumerate(span.keys, start=span.start):
            data = var[key]
            low, high = float(compiled.column_lower[place]), float(compiled.column_upper[place])
            data.setlb(None if low == -np.inf else low)
            data.setub(None if high == np.inf else high)
            if compiled.integer[place]:
                data.domain = pyo.Integers
            found.append(data)
    return found


def _rows(m: pyo.ConcreteModel, compiled: Compiled, columns: list[Any]) -> None:
    matrix = compiled.matrix.tocsr()
    for name, span in compiled.rows.items():
        rows = pyo.Constraint(list(span.keys))
        m.add_component(name.replace(".", "_"), rows)
        for place, key in enumerate(span.keys, start=span.start):
            at = slice(matrix.indptr[place], matrix.indptr[place + 1])
            low, high = float(compiled.row_lower[place]), float(compiled.row_upper[place])
            empty = at.start == at.stop
            if (empty and low <= 0 <= high) or (low == -np.inf and high == np.inf):
                continue  # it says nothing
            coefficients, places = ([0.0], [0]) if empty else (matrix.data[at].tolist(), matrix.indices[at].tolist())
            body = LinearExpression(
                constant=0.0, linear_coefs=coefficients, linear_vars=[columns[j] for j in places]
            )  # fmt: skip
            rows[key] = (None if low == -np.inf else low, body, None if high == np.inf else high)
