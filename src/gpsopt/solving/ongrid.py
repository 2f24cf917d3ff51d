"""A plan that its grid can hold: where the point found leaves no room for whole steps and fen, one that does.

The aims may lead to a point at which every line is spent to the last fen in fractions of a unit; no plan in whole steps
stands beside it then. First the decisions are held and as much room as they leave is made on every line of purchases;
where an aim loses more by that than it may, the search is made again, from that point, with a little room everywhere.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from gpsopt.cluster.connection import Cluster
from gpsopt.errors import LimitError, SolverError
from gpsopt.model.ledger import Money, Quantities
from gpsopt.model.world import World
from gpsopt.solving.byyear import seek_years
from gpsopt.solving.clock import Progress
from gpsopt.solving.engine import Array, Engine, Left, Stop
from gpsopt.solving.grid import Passed, to_grid
from gpsopt.solving.room import settled_with_room, with_room
from gpsopt.solving.stages import Aim, Answer, Options, Stage, describe
from gpsopt.solving.startpoint import NOWHERE, Start

_ROOM: Final = (1e-3, 1e-2)  # 万元 on every purchaser's line of a year
_AGAIN: Final = 0.1  # of the time limit, for a search with room where the limit is over
_GRID: Final = 0.25  # of the time limit, for all that the grid asks for after it; so many seconds at the least
_LEAST: Final = 20.0

OnGrid = tuple[Quantities, Money, bool]


def seek_on_grid(
    world: World, compiled: Any, options: Options, passed: Passed | None,
    progress: Callable[[Progress], None] | None = None, stop: Stop | None = None, start: Start = NOWHERE,
    cluster: Cluster | None = None,
) -> tuple[Answer, Engine, tuple[Aim, ...], OnGrid | None]:  # fmt: skip
    """As `seek_years`, and what stands on the grid beside its point (None without a point); raises as it does."""
    began = time.monotonic()
    answer, engine, aims = seek_years(world, compiled, options, progress, stop, start, cluster)
    if answer.point is None:
        return answer, engine, aims, None
    left = _for_grid(options, began, stop)
    found, near = beside(world, compiled, answer, aims, passed, left)
    for room in () if near else _ROOM:
        if (stop is not None and stop()) or left() == 0.0:
            break
        roomy = with_room(compiled, compiled.rows, room)
        try:
            again, engine_, _aims = seek_years(
                world, roomy, _rest(options, began, left()), progress, stop, Start(answer.points), cluster
            )
        except (LimitError, SolverError):
            break
        if again.point is None or len(again.stages) < len(answer.stages):
            break
        other = to_grid(world, compiled, again.point, aims, passed, left=left)
        if other[2]:
            stages = _bounded(world, aims, again.stages, answer.stages, options)
            worst = next((s for s in ("limit", "within_gap") if s in {stage.status for stage in stages}), "optimal")
            return replace(again, stages=stages, status=worst), engine_.over(compiled), aims, other
    return answer, engine, aims, found


def beside(
    world: World, compiled: Any, answer: Answer, aims: tuple[Aim, ...], passed: Passed | None, left: Left | None = None
) -> tuple[OnGrid, bool]:  # fmt: skip
    """What stands on the grid with the decisions of a point, and whether each aim is as good but for its tolerance.

    What takes the solver a moment is tried before what may take it long. `left`: seconds for all of it.
    """
    assert answer.point is not None
    plain = to_grid(world, compiled, answer.point, aims, passed, (), left)
    if plain[2]:
        return plain, True
    point = settled_with_room(world, compiled, answer, aims, keep=True, left=left)
    if point is not None:
        found = to_grid(world, compiled, point, aims, passed, (), left)
        if found[2]:
            return found, _near(aims, answer, point)
    wider = to_grid(world, compiled, answer.point, aims, passed, left=left)
    if wider[2]:
        return wider, True
    point = settled_with_room(world, compiled, answer, aims, keep=False, left=left)
    if point is None:
        return wider, False
    found = to_grid(world, compiled, point, aims, passed, left=left)
    return (found, _near(aims, answer, point)) if found[2] else (wider, False)


def _near(aims: tuple[Aim, ...], answer: Answer, point: Array) -> bool:
    """Has no aim lost more than later aims may take of it?"""
    return all(
        aim.sign * (aim.value(point) * aim.unit - stage.value) <= stage.tolerance * stage.scale
        for aim, stage in zip(aims, answer.stages, strict=False)
    )


def _for_grid(options: Options, began: float, stop: Stop | None) -> Left:
    """Seconds left for all that the grid asks for: beyond the limit, or once a stop is seen."""
    ended, limit = time.monotonic(), options.time_limit
    end = None if limit is None else max(began + limit, ended) + max(_LEAST, _GRID * limit)

    def left() -> float | None:
        nonlocal end
        if stop is not None and stop():
            end = min(float("inf") if end is None else end, time.monotonic() + _LEAST)
        return None if end is None else max(0.0, end - time.monotonic())

    return left


def _rest(options: Options, began: float, left: float | None) -> Options:
    """For a search with room: what is left of the limit, or a tenth of it again while the grid has so much."""
    if options.time_limit is None or left is None:
        return options
    remains = options.time_limit - (time.monotonic() - began)
    return replace(options, time_limit=max(remains, min(left, _AGAIN * options.time_limit)))


def _bounded(
    world: World, aims: tuple[Aim, ...], ours: tuple[Stage, ...], first: tuple[Stage, ...], options: Options
) -> tuple[Stage, ...]:  # fmt: skip
    """What was reached with room, against what was proven without: the weaker bound of the two."""
    stages = []
    for aim, mine, before in zip(aims, ours, first, strict=True):
        sign, constant = aim.sign, float(aim.constants.sum())
        value, bound, other = (
            sign * (amount / aim.unit - constant) for amount in (mine.value, mine.bound, before.bound)
        )
        stages.append(describe(world, aim, value, min(bound, other), options))
    return tuple(stages)
