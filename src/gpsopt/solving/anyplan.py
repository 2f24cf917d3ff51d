"""Is there a plan at all? Asked before the aims, where their search would look for a good one for very long.

Without an aim in the way the solver mostly knows within seconds, also that there is none: the search for a good
plan never proves that while it looks for one purchaser by purchaser.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from scipy import sparse

from gpsopt.errors import SolverError
from gpsopt.solving.engine import Engine, Limits, Outcome
from gpsopt.solving.neighbourhoods import Groups

#: a model with more decisions is not asked: city size takes the solver too long
MOST: Final = 15_000
#: nodes after which the search of the aims is left to find a plan
_NODES: Final = 2_000
_ANY: Final = 1e9  # a gap that every plan reaches


def any_plan(engine: Engine, seconds: float | None) -> Outcome:
    """The first plan that the solver finds, or the proof that there is none; `limit` where it found neither."""
    unknown = Outcome("limit", None, float("inf"), float("-inf"), 0)
    if engine.integer_count > MOST:
        return unknown
    engine.set_cost(np.zeros(len(engine.integer)))
    try:
        return engine.minimise(Limits(_ANY, _ANY, seconds, _NODES))
    except SolverError:
        return unknown


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
