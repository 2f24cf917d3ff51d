"""Award stability: in what part of the futures each award would be chosen again.

A future is planned anew as if it were known (demand, prices, cost of direct delivery, failures). Thresholds are
assumed: an award is safe where nine futures of ten choose it again, fragile where less than half do, open between.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from gpsopt.simulation.held import Held

SAFE: Final = 0.9
FRAGILE: Final = 0.5
#: offers that the plan leaves out are named where so many futures choose them
_RESERVE: Final = 0.1


def stability_frame(first: Held, chosen: Sequence[Sequence[Sequence[Any]]]) -> pd.DataFrame:
    """One row an award of the plan, or an offer in reserve; `chosen`: (year, need, offer, steps) of every future.

    Columns: year, need, offer, undertaker, planned, chance, quantity (of the plan), mean_quantity (where chosen),
    holds (safe, open, fragile, reserve), instead (the offer that most often does what this one no longer does).
    """
    world, count = first.world, max(1, len(chosen))
    step = dict(zip(world.facts.needs.key, world.need_step, strict=True))
    keys = world.pair_keys
    plan = {
        (t, n, o): int(first.quantities.purchased[i]) for i in np.flatnonzero(first.quantities.purchased)
        for o, n, t in (keys[i],)
    }  # fmt: skip
    undertaker = dict(zip(world.pairs.offers.key, world.pairs.offers.undertaker, strict=True))
    found: dict[tuple[int, str, str], list[int]] = defaultdict(list)
    markets: list[dict[tuple[int, str], set[str]]] = []
    for future in chosen:
        market: dict[tuple[int, str], set[str]] = defaultdict(set)
        for year, need, offer, steps in future:
            found[year, need, offer].append(steps)
            market[year, need].add(offer)
        markets.append(market)
    rows = []
    for key in sorted({*plan, *(k for k, v in found.items() if len(v) / count >= _RESERVE)}):
        year, need, offer = key
        chance = len(found[key]) / count
        mean = float(np.mean(found[key])) * step[need] if found[key] else 0.0
        rows.append((
            year, need, offer, undertaker[offer], key in plan, chance, plan.get(key, 0) * step[need], mean,
            _holds(chance) if key in plan else "reserve",
            _instead(plan, markets, year, need, offer) if key in plan else "",
        ))  # fmt: skip
    columns = ["year", "need", "offer", "undertaker", "planned", "chance", "quantity", "mean_quantity", "holds",
               "instead"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _holds(chance: float) -> str:
    return "safe" if chance >= SAFE else "fragile" if chance < FRAGILE else "open"


def _instead(
    plan: Any, markets: Sequence[dict[tuple[int, str], set[str]]], year: int, need: str, offer: str
) -> str:  # fmt: skip
    """Of the futures without the award: the offer of the same need and year that they choose most, new ones first."""
    others: Counter[str] = Counter()
    for market in markets:
        there = market.get((year, need), set())
        if offer not in there:
            others.update(o for o in there if (year, need, o) not in plan)
    return min(others, key=lambda o: (-others[o], o)) if others else ""


def counts(frame: pd.DataFrame) -> dict[str, int]:
    """How many awards of the plan are safe, open and fragile."""
    return {name: int((frame["holds"] == name).sum()) for name in ("safe", "open", "fragile")}
