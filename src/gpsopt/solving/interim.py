"""Ordinary Pyomo model -> matrix, through LinearStandardFormCompiler."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.environ as pyo
from pyomo.repn import generate_standard_repn
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from scipy import sparse


@dataclass(frozen=True)
class Span:
    start: int
    stop: int
    keys: list[Any]


@dataclass(frozen=True)
class Parts:
    matrix: Any
    constant: Any
    keys: list[Any]


@dataclass(frozen=True)
class Compiled:
    matrix: Any
    row_lower: Any
    row_upper: Any
    column_lower: Any
    column_upper: Any
    integer: Any
    rows: dict[str, Span]
    columns: dict[str, Span]
    aims: dict[str, Parts]


def name_of(component: Any) -> str:
    return component.name


def compile_model(m: pyo.ConcreteModel) -> Compiled:
    columns: dict[str, Span] = {}
    place: dict[int, int] = {}
    lo, up, integer = [], [], []
    for var in m.component_objects(pyo.Var, descend_into=True):
        start = len(lo)
        keys = []
        for k in var:
            v = var[k]
            place[id(v)] = len(lo)
            keys.append(k)
            lo.append(-np.inf if v.lb is None else v.lb)
            up.append(np.inf if v.ub is None else v.ub)
            integer.append(v.is_integer() or v.is_binary())
        columns[name_of(var)] = Span(start, len(lo), keys)
    m._obj = pyo.Objective(expr=0)
    form = LinearStandardFormCompiler().write(m, mixed_form=True)
    m.del_component("_obj")
    rows_at: dict[int, int] = {}
    spans: dict[str, Span] = {}
    n = 0
    for con in m.component_objects(pyo.Constraint, descend_into=True):
        keys = list(con)
        spans[name_of(con)] = Span(n, n + len(keys), keys)
        for k in keys:
            rows_at[id(con[k])] = n
            n += 1
    low, high = np.full(n, -np.inf), np.full(n, np.inf)
    target = np.empty(len(form.rows), dtype=int)
    for i, (row, rhs) in enumerate(zip(form.rows, form.rhs)):
        r = rows_at[id(row.constraint)]
        target[i] = r
        if row.bound_type in (0, -1):
            low[r] = rhs
        if row.bound_type in (0, 1):
            high[r] = rhs
    a = form.A.tocoo()
    cols = np.array([place[id(v)] for v in form.columns], dtype=int)
    matrix = sparse.csr_array((a.data, (target[a.row], cols[a.col])), shape=(n, len(lo)))
    aims = {}
    for e in m.aims.component_objects(pyo.Expression):
        keys = list(e)
        r, c, d, const = [], [], [], []
        for i, k in enumerate(keys):
            repn = generate_standard_repn(e[k].expr)
            const.append(float(repn.constant))
            for v, w in zip(repn.linear_vars, repn.linear_coefs):
                r.append(i), c.append(place[id(v)]), d.append(w)
        aims[e.local_name] = Parts(sparse.csr_array((d, (r, c)), shape=(len(keys), len(lo))), np.array(const), keys)
    return Compiled(
        matrix, low, high, np.array(lo, float), np.array(up, float), np.array(integer), spans, columns, aims
    )
