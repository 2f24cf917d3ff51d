"""How sets, parameters, variables and rules are declared: one constructor a kind, in index order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pyomo.environ as pyo

Key = Any  # a scalar or a tuple, as Pyomo indexes


def index_set(keys: Iterable[Key]) -> pyo.Set:
    keys = list(keys)
    dimen = len(keys[0]) if keys and isinstance(keys[0], tuple) else (None if not keys else 1)
    return pyo.Set(initialize=keys, dimen=dimen) if keys else pyo.Set(initialize=[], dimen=None)


def member_set(outer: pyo.Set, members: dict[Key, list[Key]]) -> pyo.Set:
    return pyo.Set(outer, initialize=lambda _m, *k: members.get(k if len(k) > 1 else k[0], []))


def param(over: pyo.Set, values: Sequence[float] | np.ndarray[Any, Any]) -> pyo.Param:
    return pyo.Param(over, initialize=dict(zip(over.data(), map(float, values), strict=True)), domain=pyo.Any)


def variable(over: pyo.Set, upper: Any, lower: Any = 0.0, integer: Any = False) -> pyo.Var:
    keys = list(over.data())
    ups, los, ints = (
        dict(zip(keys, np.broadcast_to(v, len(keys)).tolist(), strict=True)) for v in (upper, lower, integer)
    )

    def single(k: Any) -> Any:
        return k if len(k) > 1 else k[0]

    return pyo.Var(
        over,
        bounds=lambda _m, *k: (los[single(k)], ups[single(k)]),
        domain=lambda _m, *k: pyo.Integers if ints[single(k)] else pyo.Reals,
    )


def rows(over: pyo.Set, rule: Callable[..., Any]) -> pyo.Constraint:
    return pyo.Constraint(over, rule=rule)


def expressions(over: pyo.Set, rule: Callable[..., Any]) -> pyo.Expression:
    return pyo.Expression(over, rule=rule)
