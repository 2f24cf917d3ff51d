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
from gpsopt.analysis.explain.winning import Win, at_price, fen_price, standard_fen
from gpsopt.runread import Run
from gpsopt.solving.engine import Engine, Limits
from gpsopt.solving.relaxation import Relaxation
from gpsopt.solving.stages import Aim
from gpsopt.solving.startpoint import point_of
from gpsopt.whatif import Prepared, first_difference, prepared

_LIMITS: Final = Limits(1e-9, 1e-7, nodes=50, within=False)  # what it has then is the plan found
_BY_NEED: Final = ("direct", "moved", "idle", "new", "shortfall", "own", "shared", "unspent", "drawn")
_BY_PURCHASER: Final = {"engaged": 1, "given": 0, "received": 0}  # where the purchaser stands in the key
_HAIR: Final = 1e-9  # of an aim's size: how closely it is held
_AS_GOOD: Final = 1e-8  # of an aim's size: as good
_TRIES: Final = 4  # prices at which it is asked whether the offer may still win what it may win today
_SHARE: Final = 3e-6  # of coverage: as good
_STEPS: Final = 5  # prices tried on either side
_CLOSE: Final = 1e-3  # of the price: close enough
_TIMES: Final = 8.0  # a price so many times today's is not looked into


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
        self.first = today if standard is None else min(today, standard)
        if self.first == today:
            self.base = of or prepared(scenario)
        else:
            self.base = prepared(at_price(scenario, offer, _yuan(self.first)), checked=of is not None)
        half = prepared(at_price(scenario, offer, _yuan(self.first // 2)), checked=True)
        self._half = half if first_difference(self.base, half) == "" else None
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
            found = self._local(mode, float(self.first), held, place, near)
            if found is None and point is None:
                return None
            point = point if found is None else found[1]
            value, before = float(aim.weights @ point), self.plan.reached[place]
            lost = lost or _sign(aim) * (value - before) > _room(aim, before)
            held.append((place, value if lost else _worse_of(aim, value, before)))
        return Values(tuple(float(aim.weights @ point) for aim in self.base.aims), point)

    def least(self, mode: Mode, found: Values) -> tuple[float | None, ...]:
        """Of each aim that the plan found worsens, the value that no plan passes which keeps the aims before it."""
        bounds: list[float | None] = []
        held: list[tuple[int, float]] = []
        for place, aim in enumerate(self.base.aims):
            value, before = found.reached[place], self.plan.reached[place]
            worse = _sign(aim) * (value - before) > _room(aim, before)
            bounds.append(self._relaxed(mode, held, place) if worse else None)
            held.append((place, _worse_of(aim, value, before)))
        return tuple(bounds)

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
            if self._compared(place, found.reached[place], self.plan) == 0:
                after = before
            bound, moved = least[place], after - before
            proven = (
                moved if bound is None else _sign(aim) * max(0.0, _sign(aim) * (self._shown(place, bound) - before))
            )
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
            more = _sign(aim) * (found.reached[place] - self.plan.reached[place])
            if more > _room(aim, self.plan.reached[place]):
                return Worse(aim.name, more * aim.unit)
        return None

    def price(self, rest: Values, with_it: Values) -> Win:
        """The highest price at which a plan with the offer was found that is as good as `rest`, the aims in order, and
        the lowest at which none can be as good in every aim. `with_it`: the plan with the offer at its own price."""
        if self._half is None or not len(self.places):
            return Win(None, None, "interval", False, 0)
        first = self._first_different(rest, with_it)
        bounds = _Bounds(self, rest)
        tried = [0]

        def found(price: float) -> bool:
            tried[0] += 1
            return self._found(price, rest, first)

        def possible(price: float) -> bool:
            tried[0] += 1
            value = bounds.at(price)
            return value is not None and self._compared(self._last, value, rest) <= 0

        low = _between(found, 0.0, float(self.first), self.top)
        high = None if possible(self.top) else _upwards(possible, low or 0.0, self.top)
        return Win(None if low is None else _yuan(int(low)), None if high is None else _yuan(int(np.ceil(high))),
                   "interval", False, tried[0], _yuan(int(self.top)), self.top_is)  # fmt: skip

    def _first_different(self, rest: Values, with_it: Values) -> int:
        places = range(len(self.base.aims))
        return next((p for p in places if self._compared(p, with_it.reached[p], rest)), places[-1])

    def _found(self, price: float, rest: Values, first: int) -> bool:
        """Is a plan with the offer at this price as good as `rest`? The aims before `first` are kept, the others are
        sought in order until one differs."""
        held, near = list(enumerate(rest.reached[:first])), self.plan.point
        for place in range(first, len(self.base.aims)):
            found = self._local("with", price, held, place, near)
            if found is None:
                return False
            near = found[1]
            against = self._compared(place, found[0], rest)
            if against:
                return against < 0
            held.append((place, rest.reached[place]))
        return True

    def _compared(self, place: int, value: float, rest: Values) -> int:
        """-1 better than `rest` in an aim, 0 the same, 1 worse."""
        aim, limit = self.base.aims[place], rest.reached[place]
        more, room = _sign(aim) * (value - limit), _room(aim, limit)
        return 1 if more > room else -1 if more < -room else 0

    @property
    def _last(self) -> int:
        """The aim that is sought while all others are kept: spending, else the last."""
        names = [aim.name for aim in self.base.aims]
        return names.index("outlay") if "outlay" in names else len(names) - 1

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

    def _local(
        self, mode: Mode, price: float, held: list[tuple[int, float]], place: int, near: Any
    ) -> tuple[float, Any] | None:  # fmt: skip
        """One aim's best value and point among plans near the plan at hand, with others held; None where none fits.
        `near`: a point to begin from, where it fits."""
        if mode == "with" and not len(self.places):
            return None
        compiled, aims = self.at(price)
        whole = restricted(replace(self.base, compiled=compiled), self.places, mode)
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
        engine = Engine(small)
        for other, limit in held:
            weights = aims[other].weights
            _hold(engine, aims[other], weights[free], limit - float(weights[rest] @ point[rest]))
        weights = aims[place].weights
        engine.set_cost(_sign(aims[place]) * weights[free])
        found = engine.minimise(_LIMITS, near[free])
        if found.point is None:
            return None
        reached = point.copy()
        reached[free] = found.point
        return float(weights @ reached), reached

    def _relaxed(self, mode: Mode, held: list[tuple[int, float]], place: int) -> float | None:
        """What no plan passes in an aim while the others are held; None where nothing fits even in parts."""
        compiled = held_rows(restricted(self.base, self.places, mode), self.base.aims, held)
        found = Relaxation(compiled, (self.base.aims[place],)).in_order((self.base.aims[place],), (0.0,))
        return None if found is None else found[0].bound


class _Bounds:
    """The relaxed model with the offer, the other aims kept as good as in `rest`, at one price after another."""

    def __init__(self, around: Around, rest: Values) -> None:
        self._around, self._held = (
            around,
            [(place, value) for place, value in enumerate(rest.reached) if place != around._last],
        )
        self._model: Relaxation | None = None

    def at(self, price: float) -> float | None:
        compiled, aims = self._around.at(price)
        of = replace(self._around.base, compiled=compiled)
        whole = held_rows(restricted(of, self._around.places, "with"), aims, self._held)
        sought = (aims[self._around._last],)
        if self._model is None:
            self._model = Relaxation(whole, sought)
        else:
            self._model.change(whole, sought)
        found = self._model.in_order(sought, (0.0,))
        return None if found is None else found[0].bound


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


def _hold(engine: Engine, aim: Aim, weights: Any, limit: float) -> None:
    if weights.any():
        engine.add_row(*_row(aim, weights, limit))


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


def _sign(aim: Aim) -> float:
    return 1.0 if aim.sense == "min" else -1.0


def _between(holds: Any, low: float, first: float, top: float) -> float | None:
    """The highest price at which `holds` was seen to be true, close to one at which it was not; None: not even at 0."""
    good, bad = (first, top) if holds(first) else (None, first)
    if good is not None and holds(top):
        return top
    if good is None:
        if not holds(low):
            return None
        good = low
    return _halved(holds, good, bad)[0]


def _upwards(holds: Any, low: float, top: float) -> float:
    """The lowest price tried at which `holds` is not true."""
    return _halved(holds, low, top)[1]


def _halved(holds: Any, good: float, bad: float) -> tuple[float, float]:
    for _step in range(_STEPS):
        if bad - good <= max(1.0, _CLOSE * bad):
            break
        middle = float(round((good + bad) / 2))
        good, bad = (middle, bad) if holds(middle) else (good, middle)
    return good, bad


def _yuan(fen: int) -> Decimal:
    return Decimal(int(fen)).scaleb(-2)
