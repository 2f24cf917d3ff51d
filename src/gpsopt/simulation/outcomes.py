"""What many futures of a plan say: fans, chances, who is hurt, which awards hold.

Frames (quantiles are linear; the worst decile is the mean of the worst tenth of the futures, CVaR at 0.9):

| frame | one row is | columns beside the key |
|---|---|---|
| fan | goal or sum, year | plan, mean, p05, p25, p50, p75, p95, worst_decile, target, chance, unit |
| budgets | purchaser, year | chance (nothing wanted stays unpaid), unpaid, worst_decile (yuan) |
| floors | need, year | floor (units; 0: none set), chance (floor reached), shortfall (mean, units), plan_shortfall |
| hurt | area, purchaser or item | plan, mean, worst_decile: value of what is missing to the targets, yuan, all years |
| awards | award | delivered, accepted (mean shares), full (chance), engaged (chance) |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from gpsopt.model.facts import Floats, Ints
from gpsopt.simulation.amounts import sums_by
from gpsopt.simulation.draws import Block, Futures, uncertainties
from gpsopt.simulation.held import Held
from gpsopt.simulation.indicators import BETTER, GOALS, SUMS, UNIT, Masks, indicators
from gpsopt.simulation.living import Year, drawn, live

_LEVELS: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
_BLOCK: Final = 250
_WORST: Final = 0.1
_LESS: Final = ("livelihood_shortfall", "shortfall", "outlay", "unpaid", "unspent")


@dataclass
class Tally:
    """Sums over the futures lived through so far."""

    held: Held
    masks: tuple[Masks, ...]
    values: dict[str, list[Floats]] = field(default_factory=dict)  # goal -> blocks of (draws, years)
    unpaid: list[Ints] = field(default_factory=list)  # blocks of (draws, purchasers, years)
    missing: dict[str, list[Floats]] = field(default_factory=dict)  # kind -> blocks of (draws, keys), yuan
    floor_held: Any = None  # (needs, years) counts
    shortfall: Any = None
    draws: int = 0

    def add(self, years: list[Year]) -> None:
        """Count a block of futures in."""
        found = [indicators(m, y) for m, y in zip(self.masks, years, strict=True)]
        for name in (*GOALS, *SUMS):
            self.values.setdefault(name, []).append(np.column_stack([f[name] for f in found]))
        self.unpaid.append(np.stack([y.unpaid for y in years], axis=2))
        self._missing(years)
        self._floors(years)
        self.draws += len(years[0].demand)

    def _missing(self, years: list[Year]) -> None:
        lost = sum(np.maximum(0, y.target - y.served) * self.held.worth[:, c] for c, y in enumerate(years))
        for kind in ("area", "purchaser", "item"):
            names, owner = keys_of(self.held, kind)
            self.missing.setdefault(kind, []).append(sums_by(lost, owner, len(names)).astype(np.float32))

    def _floors(self, years: list[Year]) -> None:
        needs = self.held.world.facts.needs
        if self.floor_held is None:
            self.floor_held, self.shortfall = (np.zeros(needs.demand.shape) for _ in range(2))
        for c, y in enumerate(years):
            share = np.divide(
                needs.floor[:, c], needs.demand[:, c], out=np.zeros(len(needs.key)), where=needs.demand[:, c] > 0
            )
            floor = np.where(y.demand == needs.demand[:, c], needs.floor[:, c], np.floor(share * y.demand + 1e-9))
            self.floor_held[:, c] += (y.served >= floor).sum(axis=0)
            self.shortfall[:, c] += np.maximum(0, y.target - y.served).sum(axis=0)

    def join(self, other: Tally) -> None:
        """Count other futures of the same needs and budgets in, whatever their plans."""
        for mine, theirs in ((self.values, other.values), (self.missing, other.missing)):
            for name, blocks in theirs.items():
                mine.setdefault(name, []).extend(blocks)
        self.unpaid += other.unpaid
        first = self.floor_held is None
        self.floor_held = other.floor_held if first else self.floor_held + other.floor_held
        self.shortfall = other.shortfall if first else self.shortfall + other.shortfall
        self.draws += other.draws


@dataclass
class AwardTally:
    """What becomes of the awards of one plan: sums of (accepted shares, full, engaged) a year."""

    held: Held
    sums: list[Any] = field(default_factory=list)
    draws: int = 0

    def add(self, years: list[Year]) -> None:
        """Count a block of futures in."""
        self.sums = self.sums or [np.zeros((3, len(a.pair))) for a in self.held.awards]
        for sums, y, a in zip(self.sums, years, self.held.awards, strict=True):
            sums[0] += (y.accepted / np.maximum(1, a.steps)).sum(axis=0)
            sums[1] += (y.accepted >= a.steps).sum(axis=0)
            sums[2] += y.engaged[:, a.undertaker].sum(axis=0)
        self.draws += len(years[0].demand)

    def frame(self) -> pd.DataFrame:
        """The table `awards`."""
        rows = []
        for year, awards, sums in zip(self.held.years, self.held.awards, self.sums, strict=True):
            t = awards.things
            rows += [
                (year, t["need"][i], t["offer"][i], t["undertaker"][i], *(sums[:, i] / self.draws))
                for i in range(len(awards.pair))
            ]
        return pd.DataFrame(rows, columns=["year", "need", "offer", "undertaker", "accepted", "full", "engaged"])


def keys_of(held: Held, kind: str) -> tuple[tuple[str, ...], Ints]:
    """The keys of a kind, and which of them each need has."""
    names = tuple(sorted(set(held.things[kind])))
    at = {key: i for i, key in enumerate(names)}
    return names, np.array([at[key] for key in held.things[kind]], dtype=np.int64)


def tally_of(held: Held) -> Tally:
    """An empty tally of one plan."""
    return Tally(held, tuple(Masks(held, c) for c in range(len(held.years))))


def planned(held: Held) -> Tally:
    """The one future in which everything is as planned."""
    plan = tally_of(held)
    block = Block(Futures((), 0, len(held.years)), 1)
    plan.add(live(held, drawn(held, block), held.world.facts.settings.simulation))
    return plan


def lived(
    held: Held, draws: int, seed: int, progress: Callable[[int, int], None] | None = None
) -> tuple[Tally, AwardTally]:
    """Many futures of a plan that is held fixed; the next ones are drawn while one block is lived through."""
    rules = held.world.facts.settings.simulation
    many, awards = tally_of(held), AwardTally(held)
    futures = Futures(uncertainties(held.world.facts.scenario), seed, len(held.years))
    sizes = [min(_BLOCK, draws - first) for first in range(0, draws, _BLOCK)]
    with ThreadPoolExecutor(1) as apart:
        coming = apart.submit(lambda: drawn(held, futures.block(sizes[0])))
        for size in (*sizes[1:], 0):
            block = coming.result()
            if size:
                coming = apart.submit(lambda count: drawn(held, futures.block(count)), size)
            years = live(held, block, rules)
            many.add(years)
            awards.add(years)
            if progress is not None:
                progress(many.draws, draws)
    return many, awards


def by_future(many: Tally) -> dict[str, Floats]:
    """(draws,) values of every sum over all years and of every goal in the last year."""
    joined = {name: np.concatenate(parts) for name, parts in many.values.items()}
    return {name: worth.sum(axis=1) if name in SUMS else worth[:, -1] for name, worth in joined.items()}


def frames_of(many: Tally, plan: Tally) -> dict[str, pd.DataFrame]:
    """What is said of goals, budgets, floors and people."""
    return {
        "fan": _fan(many, plan), "budgets": _budgets(many), "floors": _floors(many, plan), "hurt": _hurt(many, plan),
    }  # fmt: skip


def worst(values: Floats, better: str) -> float:
    """Mean of the worst tenth of the futures; nan where there is none."""
    known = np.sort(values[~np.isnan(values)])
    if not len(known):
        return float("nan")
    count = max(1, round(_WORST * len(known)))
    return float((known[:count] if better == "more" else known[-count:]).mean())


def better_of(name: str) -> str:
    """more, less, or nothing where a goal has no better side."""
    return "less" if name in _LESS else BETTER[name]


def _fan(many: Tally, plan: Tally) -> pd.DataFrame:
    goals = many.held.world.facts.settings.goals
    rows = []
    for name in (*GOALS, *SUMS):
        better = better_of(name)
        target = goals[name].target if name in goals else None
        values = np.concatenate(many.values[name])
        for c, year in enumerate(many.held.years):
            column = values[:, c]
            known = column[~np.isnan(column)]
            levels = np.quantile(known, _LEVELS) if len(known) else [float("nan")] * len(_LEVELS)
            chance = None
            if target is not None and len(known):
                reached = known >= float(target) - 1e-9 if better == "more" else known <= float(target) + 1e-9
                chance = float(reached.mean())
            rows.append((
                name, year, float(plan.values[name][0][0, c]), float(known.mean()) if len(known) else float("nan"),
                *(float(v) for v in levels), worst(column, better or "less"),
                None if target is None else float(target), chance, UNIT.get(name, "yuan"),
            ))  # fmt: skip
    quantiles = [f"p{round(100 * level):02d}" for level in _LEVELS]
    columns = ["goal", "year", "plan", "mean", *quantiles, "worst_decile", "target", "chance", "unit"]
    return pd.DataFrame(rows, columns=columns)


def _budgets(many: Tally) -> pd.DataFrame:
    unpaid = np.concatenate(many.unpaid) / 100.0
    rows = [
        (p, year, float((unpaid[:, i, c] == 0).mean()), float(unpaid[:, i, c].mean()), worst(unpaid[:, i, c], "less"))
        for i, p in enumerate(many.held.purchasers) for c, year in enumerate(many.held.years)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["purchaser", "year", "chance", "unpaid", "worst_decile"])


def _floors(many: Tally, plan: Tally) -> pd.DataFrame:
    needs, things = many.held.world.facts.needs, many.held.things
    rows = []
    for n, key in enumerate(needs.key):
        for c, year in enumerate(many.held.years):
            if needs.demand[n, c]:
                step = float(needs.step[n])
                rows.append((
                    key, year, things["purchaser"][n], things["item"][n], things["area"][n],
                    float(needs.floor[n, c]) * step, many.floor_held[n, c] / many.draws,
                    many.shortfall[n, c] / many.draws * step, plan.shortfall[n, c] * step,
                ))  # fmt: skip
    columns = ["need", "year", "purchaser", "item", "area", "floor", "chance", "shortfall", "plan_shortfall"]
    return pd.DataFrame(rows, columns=columns)


def _hurt(many: Tally, plan: Tally) -> pd.DataFrame:
    rows = []
    for kind, blocks in many.missing.items():
        names, _owner = keys_of(many.held, kind)
        values = np.concatenate(blocks).astype(float)
        rows += [
            (kind, key, float(plan.missing[kind][0][0, i]), float(values[:, i].mean()), worst(values[:, i], "less"))
            for i, key in enumerate(names)
        ]
    frame = pd.DataFrame(rows, columns=["kind", "key", "plan", "mean", "worst_decile"])
    order = (frame["plan"] - frame["worst_decile"]).to_numpy()
    return frame.iloc[np.lexsort((frame["key"].to_numpy().astype(str), order))].reset_index(drop=True)


def headline(frames: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """The few figures that a page and a brief lead with."""
    budgets, floors = frames["budgets"], frames["floors"]
    floors = floors[floors["floor"] > 0]
    fan = frames["fan"]
    targets = fan[fan["chance"].notna() & (fan["year"] == fan["year"].max())]
    return {
        "targets": {row.goal: row.chance for row in targets.itertuples()},
        "budgets_at_risk": int((budgets["chance"] < 0.9).sum()),
        "budgets": len(budgets),
        "floors_at_risk": int((floors["chance"] < 0.9).sum()),
        "floors": len(floors),
    }
