"""Is there a plan at all? Asked before the aims, where their search would look for a good one for very long.

Without an aim in the way the solver mostly knows within seconds, also that there is none: the search for a good
plan never proves that while it looks for one purchaser by purchaser. Before it is asked about everything, the awards
that the relaxation of a plain aim does without are left out: where there is a plan, few awards mostly make one, and to
find it among them takes a tenth of the time.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any, Final

import numpy as np
from scipy import sparse

from gpsopt.errors import SolverError
from gpsopt.solving.engine import Array, Bools, Engine, Limits, NoRelaxation, Outcome
from gpsopt.solving.neighbourhoods import Groups

#: a model with more decisions is not asked before its aims: city size takes the solver too long
MOST: Final = 15_000
#: nodes after which the search of the aims is left to find a plan
_NODES: Final = 2_000
#: nodes among the awards of a relaxation, and the part of the time that is left for it
_FEW_NODES: Final = 100
_PART: Final = 0.5
_NONE: Final = 1e-6  # so much of an award is none
_ANY: Final = 1e9  # a gap that every plan reaches

_UNKNOWN: Final = Outcome("limit", None, float("inf"), float("-inf"), 0)
UNASKED: Final = replace(_UNKNOWN, status="unasked")


def any_plan(engine: Engine, aim: Array, seconds: float | None, nodes: int = _NODES) -> Outcome:
    """The first plan that the solver finds, or the proof that there is none; `limit` where it found neither.

    `aim`: costs whose relaxation says which awards are of use; `seconds`: of the clock; `nodes`: of the last search.
    """
    end = None if seconds is None else time.monotonic() + seconds
    used = ~engine.awards
    for costs in (engine.integer.astype(float), aim):  # as few awards as can be, then those that the aim asks for too
        found = _among_few(engine, costs, used, None if end is None else end - time.monotonic())
        if found is not None:
            return found
    engine.set_cost(np.zeros(len(engine.integer)))
    try:
        left = None if end is None else max(0.01, end - time.monotonic())
        return engine.minimise(Limits(_ANY, _ANY, left, nodes))
    except SolverError:
        return _UNKNOWN


def _among_few(engine: Engine, costs: Array, used: Bools, left: float | None) -> Outcome | None:
    """A plan with no award but those of the relaxation at these costs and those `used` before, to which they are added;
    or the proof that not even fractions keep the rows. None where it is neither.

    `left`: seconds of the clock for this and what comes after.
    """
    engine.set_cost(costs)
    begun = time.monotonic()

    def part() -> float | None:
        return None if left is None else _PART * left - (time.monotonic() - begun)

    try:
        relaxed = engine.relaxation(part)[1]
        engine.set_cost(np.zeros(len(costs)))
        used |= relaxed > _NONE
        seconds = None if left is None else max(0.01, part() or 0.0)
        limits = Limits(_ANY, _ANY, seconds, _FEW_NODES)
        found = engine.minimise(limits, None, None, (np.where(used, relaxed, 0.0), used))
    except NoRelaxation:
        return replace(_UNKNOWN, status="infeasible")
    except SolverError:
        return None
    return found if found.point is not None else None


def tied(compiled: Any, groups: Groups) -> bool:
    """Are decisions of several purchasers counted together (undertakers in a year, awards of an undertaker)?

    Then a plan that is decided purchaser by purchaser seldom keeps the count: the search begins from any plan.
    Elsewhere it finds better ones by itself.
    """
    integer = np.asarray(compiled.integer, dtype=bool) & (compiled.column_upper <= 1.0)  # quantities are no decisions
    buyers = np.where(groups.need >= 0, groups.owner[groups.need], groups.purchaser)
    owned, nobody = np.flatnonzero(integer & (buyers >= 0)), np.flatnonzero(integer & (buyers < 0))
    stands = sparse.csr_array(compiled.matrix != 0, dtype=float)
    amounts = np.flatnonzero(~integer & (compiled.column_lower < compiled.column_upper))
    counts = stands[stands[:, amounts].sum(axis=1) == 0]
    of = (np.ones(len(owned)), (owned, buyers[owned]))
    buyer_of = sparse.csr_array(of, shape=(len(integer), int(buyers.max(initial=0)) + 1))
    several = np.diff(sparse.csr_array(counts @ buyer_of).indptr) > 1
    return bool(several.any() or (counts[:, nobody].sum(axis=1) > 1).any())
