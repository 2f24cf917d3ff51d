"""An offer in a model too large for proof: what a plan was found to do, and what no plan can.

Values are plans: the purchasers who could use the offer decide anew (their awards in its needs, all their quantities
and money), everything else stays as in the plan at hand; the best of them with the offer free to be used is what the
others are measured against. Bounds come from the relaxed model of the whole. What lies
between is open: the proof would take too long. Each aim is sought while those before it stay as good as in the plan at
hand, or as close to it as they can.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy import sparse

from gpsopt.analysis.explain.contest import AIMS_COLUMNS, Mode, Worse, pairs_in_question, restricted
from gpsopt.analysis.explain.winning import at_price, fen_price, standard_before_growth, standard_fen
from gpsopt.runread import Run
from gpsopt.solving.engine import Engine, Limits
from gpsopt.solving.instance import WITHOUT_PRESOLVE
from gpsopt.solving.relaxation import Relaxation
from gpsopt.solving.stages import Aim
from gpsopt.solving.startpoint import point_of
from gpsopt.whatif import Prepared, first_difference, prepared

_LIMITS: Final = Limits(1e-9, 1e-7, nodes=50, within=False)  # what it has then is the plan found
_BY_NEED: Final = ("direct", "moved", "idle", "new", "shortfall", "own", "shared", "unspent", "drawn")
_BY_PURCHASER: Final = {"engaged": 1, "given": 0, "received": 0}  # where the purchaser stands in the key
_HAIR: Final = 1e-9  # of an aim's size: how closely it is held
_LARGE: Final = 3_000  # columns of a model from which on presolve spares half of a search
_AS_GOOD: Final = 1e-8  # of an aim's size: as good
_TRIES: Final = 4  # prices at which it is asked whether the offer may still win what it may win today
_SHARE: Final = 3e-6  # of coverage: as good
_TIMES: Final = 8.0  # a price so many times today's is not looked into


@dataclass(frozen=True)
class Part:
    """What is decided anew, as a model of its own: `free` are its columns among those of the whole, and what the others
    give to each aim is `apart`."""

    compiled: Any
    aims: tuple[Aim, ...]
    apart: tuple[float, ...]
    free: Any


@dataclass(frozen=True)
class Values:
    """Of each aim (model units, without its constant): the value reached, None where nothing fits."""

    reached: tuple[float, ...]
    point: Any


class Around:
    """Answers for one offer around a finished plan."""

    def __init__(self, run: Run, offer: str, need: str | None, of: Prepared | None = None) -> None:
        """`of`: the run's scenario, prepared already."""
        scenario, today = run.scenario, fen_price(run.scenario, offer)
        standard = standard_fen(scenario, offer)
        self.first = today if standard is None else min(today, standard_before_growth(scenario, offer, standard))
        if self.first == today:
            self.base = of or prepared(scenario)
        else:
            self.base = prepared(at_price(scenario, offer, _yuan(self.first)), checked=of is not None)
        half = prepared(at_price(scenario, offer, _yuan(self.first // 2)), checked=True)
        self._half = half if first_difference(self.base, half) == "" else None  # None: not one line of prices
        self.places = pairs_in_question(self.base, offer, need)
        touched = pairs_in_question(self.base, offer, None)
        self.top, self.top_is = _top(self.base, run, offer, self.first, standard)
        self.plan = _plan_values(self.base, run)
        self._free = _free_columns(self.base, touched)
        self._integer = _free_integers(self.base, touched)
        self.plan = (
            self.best("free") or self.plan
        )  # the same, decided anew around the offer: nothing worse, some better

    def best(self, mode: Mode) -> Values | None:
        """Aim after aim, the best plan found with the offer or without it, as close to the plan at hand as can be."""
        held: list[tuple[int, float]] = []
        point: Any = None
        lost = False  # an aim had to give way: those after it are as good as they can be
        for place, aim in enumerate(self.base.aims):
            near = self.plan.point if point is None else point
            found = self.local(mode, float(self.first), held, place, near)
            if found is None and point is None:
                return None
            point = point if found is None else found[1]
            value, before = float(aim.weights @ point), self.plan.reached[place]
            lost = lost or aim.sign * (value - before) > _room(aim, before)
            held.append((place, value if lost else _worse_of(aim, value, before)))
        return Values(tuple(float(aim.weights @ point) for aim in self.base.aims), point)

    def least(self, mode: Mode, found: Values) -> tuple[float | None, ...]:
        """Of each aim that the plan found worsens, the value that no plan passes which keeps the aims before it."""
        pairs = list(zip(self.base.aims, found.reached, self.plan.reached, strict=True))
        worse = [aim.sign * (value - before) > _room(aim, before) for aim, value, before in pairs]
        if not any(worse):
            return (None,) * len(pairs)
        aims = self.base.aims[: len(worse) - worse[::-1].index(True)]
        model = Relaxation(self.restricted(self.base.compiled, mode), aims)
        stages = model.in_order(aims, (0.0,) * len(aims), tuple(_worse_of(*pair) for pair in pairs))
        bounds = [before for _aim, _value, before in pairs] if stages is None else [stage.bound for stage in stages]
        return tuple(bounds[place] if is_worse else None for place, is_worse in enumerate(worse))

    def aims_frame(self, mode: Mode, found: Values | None) -> pd.DataFrame:
        """aim, sense, before (the plan at hand), after (the plan found), difference, open, bound (the least difference
        that is proven), in yuan or the aim's own unit."""
        least = (None,) * len(self.base.aims) if found is None else self.least(mode, found)
        rows: list[tuple[Any, ...]] = []
        for place, aim in enumerate(self.base.aims):
            before = self._shown(place, self.plan.reached[place])
            if found is None:
                rows.append((aim.name, aim.sense, before, None, None, None, None))
                continue
            after = self._shown(place, found.reached[place])
            if self.compared(place, found.reached[place], self.plan) == 0:
                after = before
            bound, moved = least[place], after - before
            proven = moved if bound is None else aim.sign * max(0.0, aim.sign * (self._shown(place, bound) - before))
            rows.append((aim.name, aim.sense, before, after, moved, abs(moved - proven), proven))
        return pd.DataFrame(rows, columns=list(AIMS_COLUMNS))

    def _shown(self, place: int, value: float) -> float:
        aim = self.base.aims[place]
        return (value + float(aim.constants.sum())) * aim.unit

    def first_worse(self, found: Values | None) -> Worse | None:
        """The first aim in which the plan found is worse than the plan at hand."""
        if found is None:
            return Worse("", float("inf"))
        for place, aim in enumerate(self.base.aims):
            more = aim.sign * (found.reached[place] - self.plan.reached[place])
            if more > _room(aim, self.plan.reached[place]):
                return Worse(aim.name, more * aim.unit)
        return None

    def compared(self, place: int, value: float, rest: Values) -> int:
        """-1 better than `rest` in an aim, 0 the same, 1 worse."""
        aim, limit = self.base.aims[place], rest.reached[place]
        more, room = aim.sign * (value - limit), _room(aim, limit)
        return 1 if more > room else -1 if more < -room else 0

    @property
    def last(self) -> int:
        """The aim that is sought while all others are kept: spending, else the last."""
        names = [aim.name for aim in self.base.aims]
        return names.index("outlay") if "outlay" in names else len(names) - 1

    @property
    def has_prices(self) -> bool:
        """Can the offer win something, and is the model at any price this one with other numbers?"""
        return self._half is not None and len(self.places) > 0

    def at(self, price: float) -> tuple[Any, tuple[Aim, ...]]:
        """Matrix and aims at a price (fen): what a price is multiplied with lies on a line."""
        if price == self.first or self._half is None:
            return self.base.compiled, self.base.aims
        part = (price - self.first) / (self.first // 2 - self.first)
        one, other = self.base, self._half
        matrix = (one.compiled.matrix + part * (other.compiled.matrix - one.compiled.matrix)).tocsr()
        aims = tuple(
            replace(a, parts=a.parts + part * (b.parts - a.parts)) for a, b in zip(one.aims, other.aims, strict=True)
        )
        return replace(one.compiled, matrix=matrix), aims

    def restricted(self, compiled: Any, mode: Mode) -> Any:
        """The matrix with an award to the offer, without one, or as it is."""
        return restricted(replace(self.base, compiled=compiled), self.places, mode)

    def part(self, mode: Mode, price: float) -> Part:
        """The model of what is decided anew around the offer, everything else as in the plan at hand."""
        compiled, aims = self.at(price)
        whole = self.restricted(compiled, mode)
        free, point = self._free, self.plan.point
        rest = np.flatnonzero(~free)
        shift = whole.matrix[:, rest] @ point[rest]
        inner = whole.matrix[:, np.flatnonzero(free)].tocsr()
        rows = np.flatnonzero(np.diff(inner.indptr))
        integer = np.asarray(whole.integer, dtype=bool) & free
        lower, upper = whole.column_lower.copy(), whole.column_upper.copy()
        still = integer & ~self._integer
        lower[still] = upper[still] = np.round(point[still])
        lower[still], upper[still] = np.maximum(lower[still], whole.column_lower[still]), np.minimum(
            upper[still], whole.column_upper[still])  # fmt: skip
        small = replace(
            whole, matrix=inner[rows], row_lower=(whole.row_lower - shift)[rows],
            row_upper=(whole.row_upper - shift)[rows],
            column_lower=lower[free], column_upper=upper[free], integer=integer[free],
        )  # fmt: skip
        apart = tuple(float(aim.weights[rest] @ point[rest]) for aim in aims)
        return Part(small, tuple(replace(aim, parts=aim.parts.tocsc()[:, free]) for aim in aims), apart, free)

    def local(
        self, mode: Mode, price: float, held: list[tuple[int, float]], place: int, near: Any
    ) -> tuple[float, Any] | None:  # fmt: skip
        """One aim's best value and point among plans near the plan at hand, with others held; None where none fits.
        `near`: a point to begin from, where it fits."""
        if mode == "with" and not len(self.places):
            return None
        part = self.part(mode, price)
        engine = Engine(part.compiled, without_presolve=WITHOUT_PRESOLVE if len(near) <= _LARGE else 0)
        for other, limit in held:
            _hold(engine, part.aims[other], limit - part.apart[other])
        weights = part.aims[place].weights
        engine.set_cost(part.aims[place].sign * weights)
        found = engine.minimise(_LIMITS, near[part.free])
        if found.point is None:
            return None
        reached = self.plan.point.copy()
        reached[part.free] = found.point
        return float(weights @ found.point) + part.apart[place], reached


def held_rows(compiled: Any, aims: tuple[Aim, ...], held: list[tuple[int, float]]) -> Any:
    """The matrix with rows that keep aims as good as a value."""
    if not held:
        return compiled
    rows, lower, upper = [], [], []
    for place, limit in held:
        weights, low, high = _row(aims[place], aims[place].weights, limit)
        rows.append(sparse.csr_array(weights[None, :]))
        lower.append(low)
        upper.append(high)
    return replace(
        compiled, matrix=sparse.vstack([compiled.matrix, *rows], format="csr"),
        row_lower=np.append(compiled.row_lower, lower), row_upper=np.append(compiled.row_upper, upper),
    )  # fmt: skip


def _hold(engine: Engine, aim: Aim, limit: float) -> None:
    if aim.weights.any():
        engine.add_row(*_row(aim, aim.weights, limit))


def _row(aim: Aim, weights: Any, limit: float) -> tuple[Any, float, float]:
    """Weights of at most 1 and limits that keep an aim as good as `limit`, a hair's breadth apart."""
    norm = max(1e-12, float(np.abs(weights).max()))
    room = max(_HAIR * abs(limit), 2e-7 * norm)
    low, high = (-np.inf, limit + room) if aim.sense == "min" else (limit - room, np.inf)
    return weights / norm, low / norm, high / norm


def _top(base: Prepared, run: Run, offer: str, first: int, standard: int | None) -> tuple[float, str]:
    """The highest price looked into (fen): all awards that the offer may win today it may win there. And what it is:
    standard, times, or nothing that has a name."""
    if standard is None:
        return first * _TIMES, "times"
    mine = [base.world.pairs.offers.key[o] == offer for o in base.world.pairs.offer]
    grown = base.world.pairs.price[np.array(mine, dtype=bool)] / 1e4
    top = min(first * _TIMES, np.floor(standard * first / grown.max(initial=first)))
    what = "times" if top == first * _TIMES else "standard"
    for tried in range(_TRIES):
        other = prepared(at_price(run.scenario, offer, _yuan(int(top))), checked=True)
        if first_difference(base, other) == "":
            return float(top), what if tried == 0 else ""
        top = float(round((first + top) / 2))
    return float(first), ""


def _plan_values(of: Prepared, run: Run) -> Values:
    """The plan at hand as a whole point: its quantities and awards, with the money that follows from them."""
    point = point_of(of.world, of.compiled, run.frames)
    lower, upper = of.compiled.column_lower.copy(), of.compiled.column_upper.copy()
    for name in ("purchased", "award", "direct", "moved", "idle", "new"):
        span = of.compiled.columns[name].slice
        lower[span], upper[span] = np.minimum(point[span], upper[span]), np.maximum(point[span], lower[span])
    stages = Relaxation(replace(of.compiled, column_lower=lower, column_upper=upper), of.aims).in_order(
        of.aims, (0.0,) * len(of.aims)
    )
    assert stages is not None, "the plan at hand keeps the rows of its model"
    full = stages[-1].point
    return Values(tuple(float(aim.weights @ full) for aim in of.aims), full)


def _free_columns(of: Prepared, touched: Any) -> Any:
    """Columns that the purchasers of the touched pairs' needs decide, and those that belong to nobody."""
    facts = of.world.facts
    buyers = {facts.needs.purchaser[n] for n in of.world.pairs.need[touched]}
    needs = {key for key, buyer in zip(facts.needs.key, facts.needs.purchaser, strict=True) if buyer in buyers}
    free = np.ones(of.compiled.matrix.shape[1], dtype=bool)
    for name, span in of.compiled.columns.items():
        if name in ("purchased", "award"):
            free[span.slice] = [key[1] in needs for key in span.keys]
        elif name in _BY_NEED:
            free[span.slice] = [key[0] in needs for key in span.keys]
        elif name in _BY_PURCHASER:
            free[span.slice] = [key[_BY_PURCHASER[name]] in buyers for key in span.keys]
    return free


def _free_integers(of: Prepared, touched: Any) -> Any:
    """Whole-number columns that are decided anew: those of the touched pairs' needs, and those of no need."""
    facts = of.world.facts
    needs = {facts.needs.key[n] for n in of.world.pairs.need[touched]}
    free = np.ones(of.compiled.matrix.shape[1], dtype=bool)
    for name, span in of.compiled.columns.items():
        if name in ("purchased", "award"):
            free[span.slice] = [key[1] in needs for key in span.keys]
        elif name in _BY_NEED:
            free[span.slice] = [key[0] in needs for key in span.keys]
    return free


def _room(aim: Aim, limit: float) -> float:
    """How far two values may be apart and still be one: more than rows that hold an aim leave open."""
    norm = float(np.abs(aim.weights).max(initial=0.0))
    return max(_AS_GOOD * abs(limit), 5e-7 * norm, _SHARE if aim.name == "worst_area" else 0.0)


def _worse_of(aim: Aim, one: float, other: float) -> float:
    return max(one, other) if aim.sense == "min" else min(one, other)


def _yuan(fen: int) -> Decimal:
    return Decimal(int(fen)).scaleb(-2)
