"""Clauses that bound or leave out while they are hard, as rows of their own where they are soft.

A hard one costs no row: what it forbids is no column. Softened, what it forbids may be had, and a row says how much of
it is (`gpsopt.model.soft` gives the row its violation).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pyomo.environ as pyo

from gpsopt.model.parts import index_set_of, rows
from gpsopt.model.world import World


def no_new_posts(m: pyo.ConcreteModel, world: World) -> None:
    """g[n,t] <= 0 + what is staffed anew, for every need that may be purchased in the year."""
    needs = world.facts.needs
    need, year = np.nonzero((needs.scope != "government_only") & (needs.demand > 0))
    b = m.no_new_posts = pyo.Block()
    b.PURCHASABLE = index_set_of((m.NEEDS, need), (m.YEARS, year))

    def nothing_new(b: Any, n: Any, t: Any) -> Any:
        return b.model().new[n, t] <= 0

    b.nothing_new = rows(b.PURCHASABLE, nothing_new)


#: clause -> what adds its rows where it is soft
SOFT_ONLY: Final[dict[str, Callable[[pyo.ConcreteModel, World], None]]] = {"no_new_posts": no_new_posts}
