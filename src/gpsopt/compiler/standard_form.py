"""The slow reference: the same model written out rule by rule and compiled by Pyomo's LinearStandardFormCompiler.

Nothing of the array compiler takes part but the order of rows and columns. Minutes where `compile_model` takes moments:
for tests, at sizes that a person could read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.environ as pyo
import scipy.sparse as sp
from pyomo.repn import generate_standard_repn
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

from gpsopt.compiler.compile import Compiled
from gpsopt.compiler.components import BoolArray, FloatArray


@dataclass(frozen=True, eq=False)
class StandardForm:
    """row_lower <= matrix @ x <= row_upper in the order of a Compiled; `left_out` marks rows that Pyomo drops because
    they hold no decision (and hold true) or have no bound."""

    matrix: sp.csr_array
    row_lower: FloatArray
    row_upper: FloatArray
    column_lower: FloatArray
    column_upper: FloatArray
    integer: BoolArray
    left_out: BoolArray


def standard_form(model: pyo.ConcreteModel, order: Compiled) -> StandardForm:
    """The model by ordinary Pyomo, rows and columns numbered as in `order`."""
    numbers, variables = _columns(model, order)
    info = LinearStandardFormCompiler().write(model, mixed_form=True)
    own = info.A.tocoo()
    column_of = np.array([numbers[id(column)] for column in info.columns], dtype=np.intp)
    row_of = np.array([_row(order, entry.constraint) for entry in info.rows], dtype=np.intp)
    height, width = order.matrix.shape
    lower, upper = np.full(height, -np.inf), np.full(height, np.inf)
    chosen: dict[int, int] = {}  # a ranged row comes twice with the same coefficients: keep one
    for place, (entry, bound) in enumerate(zip(info.rows, info.rhs, strict=True)):
        row = int(row_of[place])
        chosen.setdefault(row, place)
        if entry.bound_type <= 0:
            lower[row] = bound
        if entry.bound_type >= 0:
            upper[row] = bound
    kept = np.isin(own.row, list(chosen.values()))
    where = (row_of[own.row[kept]], column_of[own.col[kept]])
    matrix = sp.coo_array((own.data[kept], where), shape=(height, width)).tocsr()
    left_out = np.ones(height, dtype=np.bool_)
    left_out[row_of] = False
    column_bounds = [variable.bounds for variable in variables]
    return StandardForm(
        matrix,
        lower,
        upper,
        np.array([-np.inf if low is None else low for low, _ in column_bounds]),
        np.array([np.inf if high is None else high for _, high in column_bounds]),
        np.array([not variable.is_continuous() for variable in variables], dtype=np.bool_),
        left_out,
    )


def turned(reference: StandardForm, like: Compiled) -> StandardForm:
    """The reference with rows multiplied by -1 where their first entry has the other sign in `like`.

    `sum(...) <= d` is written -d <= 0 as one of many rows and 0 <= d where its sum is empty: the same row.
    """
    ours, theirs = like.matrix, reference.matrix
    sign = np.ones(theirs.shape[0])
    both = np.flatnonzero((np.diff(ours.indptr) > 0) & (np.diff(theirs.indptr) > 0))
    opposite = both[np.sign(ours.data[ours.indptr[both]]) != np.sign(theirs.data[theirs.indptr[both]])]
    sign[opposite] = -1.0
    flip = sign < 0
    return StandardForm(
        sp.csr_array(sp.diags_array(sign) @ theirs),
        np.where(flip, -reference.row_upper, reference.row_lower),
        np.where(flip, -reference.row_lower, reference.row_upper),
        reference.column_lower,
        reference.column_upper,
        reference.integer,
        reference.left_out,
    )


def aim_by_pyomo(
    model: pyo.ConcreteModel, name: str, order: Compiled, block: str = "aims"
) -> tuple[sp.csr_array, FloatArray]:
    """An aim's parts (parts x columns) and constants by Pyomo's own walker."""
    numbers, _ = _columns(model, order)
    aim = model.component(block).component(name)
    parts = [aim[key] for key in order.aims[name].keys] if aim.is_indexed() else [aim]
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    constants: list[float] = []
    for row, part in enumerate(parts):
        linear = generate_standard_repn(part.expr, compute_values=True)
        if not linear.is_linear():
            raise ValueError(f"Aim {name} is not linear.")
        rows.extend([row] * len(linear.linear_vars))
        columns.extend(numbers[id(variable)] for variable in linear.linear_vars)
        values.extend(linear.linear_coefs)
        constants.append(float(linear.constant))
    shape = (len(parts), order.matrix.shape[1])
    return sp.coo_array(
        (np.array(values), (np.array(rows, np.intp), np.array(columns, np.intp))), shape=shape
    ).tocsr(), np.array(constants)


def _columns(model: pyo.ConcreteModel, order: Compiled) -> tuple[dict[int, int], list[Any]]:
    """Column number of each VarData by identity, and all VarData in order. Makes every one of them."""
    components = {component.name: component for component in model.component_objects(pyo.Var, descend_into=True)}
    variables = [components[name][key] for name, span in order.columns.items() for key in span.keys]
    return {id(variable): number for number, variable in enumerate(variables)}, variables


def _row(order: Compiled, constraint: Any) -> int:
    owner = constraint.parent_component()
    return order.row(owner.name, constraint.index() if owner.is_indexed() else None)
