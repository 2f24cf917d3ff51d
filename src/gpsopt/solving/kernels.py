"""Better plans by a search over few decisions while all others stay as they are.

Two choices of those few have paid: the decisions about which the plan and the relaxation disagree, and, for an aim
that is the least of many rows (the worst area), the decisions of all needs in the rows that stand below what is sought.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from scipy import sparse

from gpsopt.errors import SolverError
from gpsopt.model.facts import Bools, Ints
from gpsopt.solving.engine import Array, Engine, Limits
from gpsopt.solving.instance import dot
from gpsopt.solving.target import Target

_NODES: Final = 50
_CLOSE: Final = 0.5  # of the gap asked for, left open between a kernel's plan and its own bound
_REACH: Final = 0.8  # of the gap asked for: a plan this close to the bound ends the search
_NEAR: Final = 3.0  # times the gap asked for
_FEW: Final = 300  # decisions: no smaller models are needed within theirs
_TIGHT: Final = 1e-7


def kernel(
    engine: Engine, target: Target, point: Array, open_: Bools, bound: float, seconds: float | None = None
) -> Array | None:  # fmt: skip
    """The best plan found that differs from `point` in `open_` decisions and in quantities, None where none is better.

    `bound`: of the whole model; the search ends at a plan within the gap asked for.
    """
    value = dot(target.costs, point)
    allowed = target.allowed(value)
    # Far from the bound the solver's quick roundings, which it leaves aside where it has a plan, find better ones.
    near = value - bound <= _NEAR * allowed
    few = int((open_ & engine.integer).sum()) <= _FEW
    limits = Limits(
        max(1e-9, _CLOSE * allowed), seconds=seconds, nodes=_NODES, target=bound + _REACH * allowed, within=not few
    )  # fmt: skip
    try:
        found = engine.minimise(limits, point if near else None, None, (point, open_))
    except SolverError:
        return None  # its plan did not keep the rows: the one before does
    return found.point if found.point is not None and found.value < value else None


def below(
    matrix: Any, upper: Array, target: Target, nobody: Ints, need: Ints, point: Array, bound: float
) -> Bools | None:  # fmt: skip
    """Columns of the needs in rows that keep an aim's own column, of no need, below what is sought; None without such.

    `nobody`: columns of no need and no purchaser; `need`: per column its need, -1 where it has none.
    """
    own = nobody[target.costs[nobody] != 0]
    if len(own) == 0:
        return None
    value = dot(target.costs, point)
    sought = point.copy()
    sought[own] += (bound + _REACH * target.allowed(value) - value) / target.costs[own].sum()
    short = matrix @ sought - upper > _TIGHT
    touched = np.flatnonzero(np.diff(sparse.csc_array(matrix[short]).indptr))
    needs = np.unique(need[touched])
    return np.isin(need, needs[needs >= 0])
