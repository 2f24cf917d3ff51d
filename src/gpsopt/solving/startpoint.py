"""A finished plan as columns of a model: what a new search starts from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from gpsopt.model.world import World
from gpsopt.solving.engine import Array


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
