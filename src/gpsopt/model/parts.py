"""How sets, parameters, variables and rules are declared: one constructor a kind, in index order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyomo.environ as pyo

from gpsopt import compiler
from gpsopt.compiler import ArrayConstraint, ArrayExpression, ArrayParam, ArraySet, ArrayVar

Key = Any  # a scalar or a tuple, as Pyomo indexes


def index_set(keys: Iterable[Key], dimen: int | None = None) -> ArraySet:
    return ArraySet(keys, dimen=dimen)


def index_set_of(*columns: tuple[pyo.Set, Any]) -> ArraySet:
    """Members put together from positions in other sets: no key is made, however many there are."""
    return ArraySet(columns=columns)


def owned(outer: pyo.Set, inner: pyo.Set, owner: Any) -> Any:
    """For each inner member the position of the outer member it belongs to, -1 for none."""
    return compiler.member_set(outer, inner, owner=owner)


def related(outer: pyo.Set, inner: pyo.Set, outers: Any, inners: Any) -> Any:
    """Which inner members belong to which outer ones, as positions: any relation."""
    return compiler.member_set(outer, inner, pairs=(outers, inners))


def member_set(outer: pyo.Set, members: Mapping[Key, Iterable[Key]], dimen: int | None = None) -> Any:
    return compiler.member_set(outer, members=members, dimen=dimen)


def param(over: pyo.Set, values: Sequence[float] | np.ndarray[Any, Any]) -> ArrayParam:
    return ArrayParam(over, values)


def variable(over: pyo.Set, upper: Any, lower: Any = 0.0, integer: Any = False) -> ArrayVar:
    return ArrayVar(over, lower=lower, upper=upper, integer=integer)


def rows(over: pyo.Set, rule: Callable[..., Any]) -> Any:
    made = ArrayConstraint(over, rule=rule)
    made.plain = rule  # as written: what softens a clause needs it
    return made


def expressions(over: pyo.Set, rule: Callable[..., Any]) -> Any:
    return ArrayExpression(over, rule=rule)
