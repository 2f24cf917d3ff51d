"""Relax and fix of a large model: what the later years want is asked first, then the year alone is decided within it.

Years are tied by little: what is moved of a direct line stays moved, and what a move releases is used in the years
after it. So the relaxation of all years that are left, for all aims at once, says which lines stay and which go; the
year's own model keeps to that where the answer is whole, and has its choice where it is a fraction. A model of one year
is solved many times faster than one that carries three more years of fractions through every step of its search.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from scipy import sparse

from gpsopt.cluster.connection import Cluster
from gpsopt.errors import LimitError
from gpsopt.model.facts import Bools, Ints
from gpsopt.model.world import FEN_PER_WAN, World
from gpsopt.solving.blended import prime
from gpsopt.solving.clock import Clock, Progress
from gpsopt.solving.engine import Array, Engine, Left, Stop
from gpsopt.solving.neighbourhoods import Groups, groups_of
from gpsopt.solving.stages import Aim, Answer, Options, aims_of, seek_aims

_WHOLE: Final = 1e-6  # of a line: less than this is nothing
_KEPT: Final = 1e-6  # relative: by how much a point of all years may pass a row


@dataclass(frozen=True)
class Cut:
    """Some columns of a model with the rows that they stand in, as the search reads them."""

    matrix: Any
    row_lower: Array
    row_upper: Array
    column_lower: Array
    column_upper: Array
    integer: Bools
    rows: Mapping[str, slice]


@dataclass(frozen=True)
class _Years:
    """All years: the model, the position of each column's year (-1: of none), and who belongs together."""

    world: World
    compiled: Any
    year_of: Ints
    aims: tuple[Aim, ...]
    groups: Groups

    def cut(self, columns: Bools, point: Array, fixed: Bools) -> Cut:
        """`columns` with those of `fixed` held as `point` has them; rows with any other column are left out."""
        c = self.compiled
        matrix, mine = sparse.csr_array(c.matrix), np.flatnonzero(columns)
        part = matrix[:, mine]
        others = abs(matrix) @ (~columns & ~fixed).astype(float)
        rows = np.flatnonzero((np.diff(part.indptr) > 0) & (others == 0))
        taken = (matrix @ np.where(fixed, point, 0.0))[rows]
        return Cut(
            part[rows], c.row_lower[rows] - taken, c.row_upper[rows] - taken, c.column_lower[mine].copy(),
            c.column_upper[mine].copy(), np.asarray(c.integer, dtype=bool)[mine],
            {name: slice(*np.searchsorted(rows, (span.start, span.stop))) for name, span in c.rows.items()},
        )  # fmt: skip

    def aims_of(self, columns: Bools, years: int) -> tuple[Aim, ...]:
        """The aims over these columns, with the part of the scales that `years` years have."""
        mine, part = np.flatnonzero(columns), years / len(self.world.facts.years)
        return tuple(
            replace(
                aim, parts=sparse.csr_array(aim.parts)[:, mine], constants=aim.constants * part,
                part_scale=aim.part_scale * (1.0 if aim.name == "worst_area" else part),
            )
            for aim in self.aims
        )  # fmt: skip

    def groups_of(self, columns: Bools) -> Groups:
        """Who of these columns belongs together."""
        return replace(self.groups, need=self.groups.need[columns], purchaser=self.groups.purchaser[columns])


def within_outlook(
    world: World, compiled: Any, year_of: Ints, options: Options,
    progress: Callable[[Progress], None] | None = None, stop: Stop | None = None, cluster: Cluster | None = None,
) -> Answer | None:  # fmt: skip
    """A plan of all years, each decided within the outlook of those after it; without stages, their bounds are joint.

    `year_of`: the position of each column's year, -1 where it has none. None where this way finds no plan: years that
    are tied by more than lines and money may need to be sought with the later ones in the same model.
    Raises LimitError where a limit or a stop came before a plan.
    """
    years = _Years(world, compiled, year_of, aims_of(world, compiled), groups_of(world, compiled))
    of_none = year_of < 0
    others = of_none & (compiled.column_lower < compiled.column_upper)
    if (least := compiled.columns.get("worst_area.least")) is not None:
        others[least.start : least.stop] = False
    if others.any():
        return None
    clock, count = Clock(options.time_limit, 1, None, stop), len(world.facts.years)
    left = clock.left_for_stage()
    point, nodes, worst, stopped = np.zeros(len(year_of)), 0, np.inf, False
    for place in range(count):
        outlook = _outlook(years, place, point, left)
        if outlook is None and clock.over():
            raise LimitError("limit_without_plan")
        if outlook is None:
            return None
        seconds = clock.left(1.0 / (count - place))
        mine = replace(options, years="joint", time_limit=None if seconds is None else max(0.1, seconds))
        columns = (year_of == place) | of_none
        answer = _year(years, place, point, outlook, mine, progress, stop, cluster)
        if answer is None or answer.point is None:
            return None
        point[columns], nodes = answer.point, nodes + answer.nodes
        worst = min([worst, *point[of_none]])
        stopped = stopped or answer.stopped
        if stopped and place < count - 1:
            raise LimitError("limit_without_plan")  # later years are not decided: that is no plan
    point[of_none] = worst if np.isfinite(worst) else 0.0
    if Engine(compiled).violation(point) > _KEPT:
        return None
    return Answer("within_gap", (), point, nodes, (point,), stopped)


def _outlook(years: _Years, place: int, point: Array, left: Left) -> Array | None:
    """What the years from `place` on want where decisions may be fractions, all aims at once.

    None where nothing fits, or where no time is left.
    """
    columns = (years.year_of >= place) | (years.year_of < 0)
    engine = Engine(years.cut(columns, point, ~columns))
    budget = sum(years.world.facts.budget.values()) / FEN_PER_WAN
    found = prime(engine, years.aims_of(columns, len(years.world.facts.years)), budget, left)
    if found is None:
        return None
    outlook = point.copy()
    outlook[columns] = found
    return outlook


def _year(
    years: _Years, place: int, point: Array, outlook: Array, options: Options,
    progress: Callable[[Progress], None] | None, stop: Stop | None, cluster: Cluster | None,
) -> Answer | None:  # fmt: skip
    """One year's plan: its lines as the outlook has them where that is whole, else free down to what is kept later."""
    columns = (years.year_of == place) | (years.year_of < 0)
    part = years.cut(columns, point, (years.year_of >= 0) & (years.year_of < place))
    lower, upper = (np.zeros(len(columns)) for _ in range(2))
    lower[columns], upper[columns] = part.column_lower, part.column_upper
    now, later, moved = (
        _columns(years, "direct", place), _columns(years, "direct", place + 1), _columns(years, "moved", place)
    )  # fmt: skip
    line = np.maximum(years.compiled.column_upper[now], 1e-12)
    if len(later):
        lower[now] = np.clip(outlook[later], lower[now], upper[now])
        gone, stays = outlook[now] <= _WHOLE * line, outlook[moved] <= _WHOLE * line
        upper[now[gone]] = np.maximum(lower[now[gone]], 0.0)
        upper[moved[stays & ~gone]] = np.maximum(lower[moved[stays & ~gone]], 0.0)
    cap = np.flatnonzero(years.year_of < 0)
    upper[cap] = np.minimum(upper[cap], np.maximum(lower[cap], outlook[cap] + _WHOLE))
    within = replace(part, column_lower=lower[columns], column_upper=upper[columns])
    aims, groups = years.aims_of(columns, 1), years.groups_of(columns)
    for tried in (within, part):
        answer, _engine = seek_aims(years.world, tried, aims, groups, options, progress, stop, cluster=cluster)
        if answer.status != "infeasible":
            return answer
    return None


def _columns(years: _Years, name: str, place: int) -> Ints:
    """A variable's columns of one year, need by need; none after the last year."""
    span = years.compiled.columns[name]
    found: Ints = np.flatnonzero(years.year_of[span.start : span.stop] == place) + span.start
    return found
