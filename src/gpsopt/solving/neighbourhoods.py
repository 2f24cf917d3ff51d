"""Better plans by small problems: a few needs are decided anew while the rest of the plan stays.

A need's decisions touch others only through money, capacity and areas, so the problem of one purchaser,
one district or one item is small and solved in a moment. Sweeping over them improves a plan far faster
than one search over everything; the bound comes from the whole model's relaxation and stays valid.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy import sparse

from gpsopt.model.facts import Ints
from gpsopt.model.world import World
from gpsopt.solving.engine import Array
from gpsopt.solving.instance import dot
from gpsopt.solving.small import small_problem

#: how each variable names its need (place in the key), or its purchaser
_NEED_AT: Final = {
    "purchased": 1, "award": 1, "direct": 0, "moved": 0, "idle": 0, "new": 0, "shortfall": 0, "own": 0, "shared": 0,
    "unspent": 0, "drawn": 0, "coverage.complete": 0,
}  # fmt: skip
_PURCHASER_AT: Final = {"engaged": 1, "given": 0, "received": 0}
#: needs in one small problem; larger groups are cut
_MOST: Final = 48


@dataclass(frozen=True)
class Groups:
    """Which columns belong to which need, and the groups of needs that are decided together."""

    need: Ints  # per column: position of its need, -1 where it has none
    purchaser: Ints  # per column: position of its purchaser, -1 where it has none
    owner: Ints  # per need: position of its purchaser
    groups: tuple[Ints, ...]  # positions of needs: by purchaser, by district, by item
    by_purchaser: tuple[Ints, ...]
    area: Ints  # per need: position of its district

    @property
    def buyer(self) -> Ints:
        """Per column the position of its purchaser, or of its need's; -1 where it belongs to nobody."""
        of_need = self.owner[np.maximum(self.need, 0)] if len(self.owner) else self.need
        return np.where(self.purchaser >= 0, self.purchaser, np.where(self.need >= 0, of_need, -1))

    def columns(self, group: Ints) -> Ints:
        """Columns that may change when the group is decided anew; columns of nobody always may."""
        mine = np.zeros(int(self.owner.size) + 1, dtype=bool)
        mine[group] = True
        buyers = np.zeros(int(self.purchaser.max(initial=0)) + 2, dtype=bool)
        buyers[self.owner[group]] = True
        nobody = (self.need < 0) & (self.purchaser < 0)
        return np.flatnonzero(
            nobody | ((self.need >= 0) & mine[self.need]) | ((self.purchaser >= 0) & buyers[self.purchaser])
        )


def groups_of(world: World, compiled: Any) -> Groups:
    """Groups by purchaser, by district and by item, in key order."""
    facts = world.facts
    columns = compiled.matrix.shape[1]
    need, purchaser = np.full(columns, -1, dtype=np.int64), np.full(columns, -1, dtype=np.int64)
    place = {key: i for i, key in enumerate(facts.needs.key)}
    buyer = {key: i for i, key in enumerate(facts.purchasers)}
    years = len(facts.years)
    for name, span in compiled.columns.items():
        if name == "purchased":
            need[span.start : span.stop] = world.pairs.need
        elif name == "award":
            need[span.start : span.stop] = world.pairs.need[world.binary]
        elif name in _NEED_AT and span.stop - span.start == len(place) * years:
            need[span.start : span.stop] = np.repeat(np.arange(len(place)), years)
        elif name in _NEED_AT:
            need[span.start : span.stop] = [place[key[_NEED_AT[name]]] for key in span.keys]
        elif name in _PURCHASER_AT:
            purchaser[span.start : span.stop] = [buyer[key[_PURCHASER_AT[name]]] for key in span.keys]
    owner = np.array([buyer[p] for p in facts.needs.purchaser], dtype=np.int64)
    found: list[Ints] = []
    first = 0
    for labels in (facts.needs.purchaser, facts.needs.area, facts.needs.item):
        members: dict[str, list[int]] = defaultdict(list)
        for i, label in enumerate(labels):
            members[label].append(i)
        for _label, group in sorted(members.items()):
            parts = -(-len(group) // _MOST)
            found += [np.array(group[i::parts], dtype=np.int64) for i in range(parts)]
        first = first or len(found)
    areas = {key: i for i, key in enumerate(sorted(set(facts.needs.area)))}
    area = np.array([areas[a] for a in facts.needs.area], dtype=np.int64)
    return Groups(need, purchaser, owner, tuple(found), tuple(found[:first]), area)


class Neighbourhoods:
    """Small problems cut out of the whole matrix (with its appended rows)."""

    def __init__(self, matrix: Any, lower: Array, upper: Array, compiled: Any) -> None:
        self._by_column = sparse.csc_array(matrix)
        self._lower, self._upper = lower, upper
        self._column_lower, self._column_upper = compiled.column_lower, compiled.column_upper
        self._integer = np.asarray(compiled.integer, dtype=bool)

    def decide(self, point: Array, cost: Array, columns: Ints, enough: float) -> Array | None:
        """A point that differs only in `columns`, whole there and better (or whole for the first time), or None.

        `enough`: absolute gap at which the small problem may stop.
        """
        part = self._by_column[:, columns]
        touched = np.flatnonzero(np.diff(part.tocsr().indptr))
        rows = part.tocsr()[touched]
        mine, integer = point[columns], self._integer[columns]
        activity = rows @ mine
        rest = (self._by_column @ point)[touched] - activity
        # What the point itself takes is always allowed: it is feasible within the solver's tolerance.
        lower = np.minimum(self._lower[touched] - rest, activity)
        upper = np.maximum(self._upper[touched] - rest, activity)
        found = small_problem(
            rows, lower, upper, self._column_lower[columns], self._column_upper[columns], integer, cost[columns],
            mine, enough,
        ).point  # fmt: skip
        whole = np.abs(mine - np.round(mine))[integer].max(initial=0.0) < 1e-6
        if found is None or (whole and dot(cost[columns], found) >= dot(cost[columns], mine) - 1e-9):
            return None
        better = point.copy()
        better[columns] = found
        return better
