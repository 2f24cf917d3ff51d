"""A finished plan as columns of a model: what a new search starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from gpsopt.model.world import World
from gpsopt.solving.engine import Array, Engine
from gpsopt.solving.instance import dot
from gpsopt.solving.target import Target

_CLOSE: Final = 1e-6  # by so much a row may be passed
_LINES: Final = ("direct", "new", "idle")


@dataclass(frozen=True, eq=False)
class Start:
    """Where a search begins. `points`: a plan as each stage left it, or as it ended.

    `near`: it is the plan of a model like this one, so that few decisions will differ; else a first plan, no more.
    """

    points: tuple[Array, ...] = ()
    near: bool = True

    def at(self, place: int) -> Array | None:
        """The plan as the stage at this place left it."""
        return self.points[min(place, len(self.points) - 1)] if self.points else None

    def kept(self, engine: Engine) -> Array | None:
        """The decisions of a first plan with quantities that keep the rows; None where there is no such plan."""
        given = self.at(0)
        return None if given is None else _around(engine, given)


NOWHERE: Final = Start()


def settled(engine: Engine, target: Target, plan: Array | None, other: Array | None) -> Array | None:
    """The best of the plan so far and of the decisions of it and of `other` with their quantities solved anew."""
    found = [plan] if plan is not None else []
    tried: list[bytes] = []
    for decisions in (plan, other):
        if decisions is None or (held := np.round(decisions[engine.integer]).tobytes()) in tried:
            continue
        tried.append(held)
        again = _around(engine, decisions)
        if again is not None:
            found.append(again)
    return min(found, key=lambda point: dot(target.costs, point), default=None)


def as_it_is(world: World, compiled: Any, given: Array) -> Array | None:
    """A finished plan with the money that follows from it: its decisions as they are, and its quantities too where the
    solver's fractions of a fen allow, else within a step; None where it breaks a rule."""
    whole = np.asarray(compiled.integer, dtype=bool)
    size = {"purchased": world.need_step[world.pairs.need],
            **dict.fromkeys(_LINES, np.repeat(world.need_step, len(world.facts.years)))}  # fmt: skip
    for steps in (0.0, 1.0):
        lower, upper = compiled.column_lower.copy(), compiled.column_upper.copy()
        for name, step in size.items():
            span = compiled.columns[name].slice
            wide = np.where(given[span] > 0.0, steps * step, 0.0)
            lower[span] = np.maximum(lower[span], given[span] - wide)
            upper[span] = np.minimum(upper[span], given[span] + wide)
        if (lower > upper + _CLOSE).any():
            continue
        near = replace(compiled, column_lower=lower, column_upper=np.maximum(lower, upper))
        found = _around(Engine(near), np.where(whole, np.clip(given, lower, upper), given))
        if found is not None:
            return found
    return None


def _around(engine: Engine, decisions: Array) -> Array | None:
    """These decisions with their quantities solved anew, where the rows can be kept so."""
    point = engine.with_integers_of(decisions)
    return point if point is not None and engine.violation(point) <= _CLOSE else None


def point_of(world: World, compiled: Any, frames: Mapping[str, pd.DataFrame]) -> Array:
    """The plan's quantities and yes/no decisions (money columns stay 0: the solver works them out again).

    `frames`: the tables of a plan; quantities in the item's units.
    """
    point = np.zeros(compiled.matrix.shape[1])
    bought = {
        (str(o), str(n), int(t)): float(q)
        for o, n, t, q in frames["allocation"][["offer", "need", "year", "quantity"]].itertuples(index=False)
    }
    for name in ("purchased", "award"):
        span = compiled.columns[name]
        for place, key in enumerate(span.keys):
            if key in bought:
                point[span.start + place] = bought[key] if name == "purchased" else 1.0
    units = {"direct": "quantity", "moved": "moved", "idle": "idle", "new": "new"}
    for row in frames["direct"].to_dict("records"):
        for name, column in units.items():
            point[compiled.columns[name].number((row["need"], int(row["year"])))] = float(row[column])
    _decide(world, compiled, frames, point, bought)
    return point


def _decide(
    world: World, compiled: Any, frames: Mapping[str, pd.DataFrame], point: Array, bought: Mapping[Any, float]
) -> None:
    """The decisions that follow from the awards: who is engaged or used, which package won, what is complete."""
    who = dict(zip(world.pairs.offers.key, world.pairs.offers.undertaker, strict=True))
    package = dict(zip(world.pairs.offers.key, world.pairs.offers.package, strict=True))
    buyer = dict(zip(world.facts.needs.key, world.facts.needs.purchaser, strict=True))
    full = {
        (str(r["need"]), int(r["year"])) for r in frames["coverage"].to_dict("records") if r["served"] >= r["demand"]
    }  # fmt: skip
    facts: dict[str, set[Any]] = {
        "engaged": {(who[o], buyer[n], t) for o, n, t in bought},
        "undertaker_count.used": {(who[o], t) for o, _n, t in bought},
        "award_size.won": {(package[o], t) for o, _n, t in bought if package[o] is not None},
        "coverage.complete": full,
    }
    for name, true in facts.items():
        span = compiled.columns.get(name)
        for place, key in enumerate(span.keys if span is not None and len(span) else ()):
            point[span.start + place] = float(key in true)


def moved_over(point: Array, old: Any, new: Any) -> Array:
    """A point of one model as a point of another: columns of the same name and index keep their value, others are 0."""
    moved = np.zeros(new.matrix.shape[1])
    for name, span in new.columns.items():
        before = old.columns.get(name)
        if before is None or not len(span):
            continue
        if before.layout is None or span.layout is None or before.keys == span.keys:
            moved[span.start : span.stop] = point[before.start : before.stop]
            continue
        place = {key: number for number, key in enumerate(before.keys)}
        for number, key in enumerate(span.keys):
            if key in place:
                moved[span.start + number] = point[before.start + place[key]]
    return moved
