"""The same model with awards to a set of pairs and without, by plans proven to the end.

A search seeks the aims in order and lets later ones give up a tolerance of earlier ones. So a set of pairs is in a
best plan where such a plan passes every stage of the search: as good in the last aim, and in those before it within
what the search itself leaves open. The first stage that no plan with the set passes is where it is beaten.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from scipy import sparse

from gpsopt.errors import SolverError
from gpsopt.model.facts import Ints
from gpsopt.planning import options_of
from gpsopt.scenario import Scenario
from gpsopt.solving.engine import Array, Engine, Limits
from gpsopt.solving.stages import Aim, Stage, seek
from gpsopt.whatif import Prepared, prepared

Mode = Literal["free", "with", "without"]
#: up to so many award decisions a question is answered by proven plans
MOST_PROVEN: Final = 300
AIMS_COLUMNS: Final = ("aim", "sense", "before", "after", "difference", "open", "bound")
_SEEDS: Final = 3
_NODES: Final = 20_000
_SAME: Final = 1e-6  # of an aim's scale
_BOUGHT: Final = 1e-6  # grid steps
_UNSEEN: Final = 5e-3  # yuan, or units: half a fen


@dataclass(frozen=True)
class Worse:
    """The first aim in which an answer is worse than another, and by how much (yuan, or the aim's own unit)."""

    aim: str
    amount: float


def pairs_in_question(of: Prepared, offer: str | None, need: str | None) -> Ints:
    """Positions of the pairs of this offer, of this need, or of both."""
    pairs, facts = of.world.pairs, of.world.facts
    chosen = np.ones(len(pairs.offer), dtype=bool)
    if offer is not None:
        chosen &= np.array([key == offer for key in pairs.offers.key], dtype=bool)[pairs.offer]
    if need is not None:
        chosen &= np.array([key == need for key in facts.needs.key], dtype=bool)[pairs.need]
    return np.flatnonzero(chosen)


def restricted(of: Prepared, places: Ints, mode: Mode) -> Any:
    """The matrix with none of the pairs (without), or with at least one award among them (with)."""
    compiled = of.compiled
    if mode == "free":
        return compiled
    bought = compiled.columns["purchased"].start + places
    decided = np.flatnonzero(of.world.binary)
    which = np.searchsorted(decided, places[of.world.binary[places]])
    award = compiled.columns["award"].start + which
    if mode == "without":
        upper = compiled.column_upper.copy()
        upper[bought] = upper[award] = 0.0
        return replace(compiled, column_upper=upper)
    row = np.zeros(compiled.matrix.shape[1])
    row[award] = 1.0
    plain = places[~of.world.binary[places]]  # where an award is no decision of its own, it is its least quantity
    step = of.world.need_step[of.world.pairs.need[plain]]
    row[compiled.columns["purchased"].start + plain] = 1.0 / (of.world.pairs.least[plain] * step)
    return replace(
        compiled, matrix=sparse.vstack([compiled.matrix, sparse.csr_array(row[None, :])], format="csr"),
        row_lower=np.append(compiled.row_lower, 1.0), row_upper=np.append(compiled.row_upper, np.inf),
    )  # fmt: skip


@dataclass(frozen=True)
class Best:
    """A search for the best plan: its aims, its last point, and the rows that held each aim (the model's come first;
    `held`: how many rows stand when an aim is sought)."""

    of: Prepared
    stages: tuple[Stage, ...]
    point: Array
    rows: Any
    held: tuple[int, ...]

    @property
    def is_proven(self) -> bool:
        """Did every aim end without a gap that could be seen?"""
        return all(stage.gap <= _SAME or stage.gap_amount <= _UNSEEN for stage in self.stages)


class Contest:
    """Answers for one question: scenarios that differ in numbers, with the pairs, without them, or free."""

    def __init__(self, scenario: Scenario, offer: str | None, need: str | None, base: Prepared | None = None) -> None:
        self.base = base or prepared(scenario)
        self._offer, self._need = offer, need

    def answer(self, mode: Mode, scenario: Scenario | None = None) -> tuple[Stage, ...] | None:
        """The aims of the best plan in this mode; None where nothing fits (or, for `with`, no such pair is left)."""
        of, places = self._asked(scenario)
        found = None if mode == "with" and not len(places) else _search(of, restricted(of, places, mode))
        return None if found is None else found.stages

    def best(self, scenario: Scenario | None = None) -> Best | None:
        """The best plan of all; None where nothing fits."""
        of, _places = self._asked(scenario)
        return _search(of, of.compiled)

    def beaten(self, best: Best | None, mode: Mode) -> Worse | None:
        """The first aim in which no plan of this mode keeps up with the best of all, and by how much; None where one
        of the best plans is of this mode."""
        if best is None:
            return Worse("", float("inf"))
        places = pairs_in_question(best.of, self._offer, self._need)
        if has_pairs(best, places) == (mode == "with"):
            return None
        if mode == "with" and not len(places):
            return Worse("", float("inf"))
        if _falls_behind(best, places, mode, len(best.stages) - 1) is None:
            return None
        return next(w for k in range(len(best.stages)) if (w := _falls_behind(best, places, mode, k)) is not None)

    def _asked(self, scenario: Scenario | None) -> tuple[Prepared, Ints]:
        of = self.base if scenario is None else prepared(scenario, checked=True)
        return of, pairs_in_question(of, self._offer, self._need)


def has_pairs(best: Best, places: Ints) -> bool:
    """Does the best plan buy through any of the pairs?"""
    bought = best.point[best.of.compiled.columns["purchased"].slice][places]
    return bool((bought > _BOUGHT).any())


def _search(of: Prepared, compiled: Any) -> Best | None:
    """The aims in order, each to proof."""
    options = replace(options_of(of.world.facts.scenario), gap=0.0, time_limit=None, node_limit=_NODES)
    for seed in range(_SEEDS):
        try:
            found, engine, aims = seek(of.world, compiled, replace(options, seed=seed))
            break
        except SolverError:  # numerical trouble of one path through the search: take another
            if seed == _SEEDS - 1:
                raise
    if found.point is None:
        return None
    stages = tuple(replace(s, tolerance=t) for s, t in zip(found.stages, of.tolerances(), strict=True))
    held = [compiled.matrix.shape[0]]
    for aim in aims:
        held.append(held[-1] + _rows_that_hold(of, aim))
    return Best(of, stages, found.point, engine.rows(), tuple(held))


def _rows_that_hold(of: Prepared, aim: Aim) -> int:
    """How many rows keep an aim while later ones are sought: one, or one a purchaser."""
    by_part = of.world.facts.settings.aims.hold == "purchaser" and aim.parts.shape[0] > 1
    return int((abs(aim.parts).sum(axis=1) > 0).sum()) if by_part else int(aim.weights.any())


def _falls_behind(best: Best, places: Ints, mode: Mode, place: int) -> Worse | None:
    """By how much every plan of the mode, which keeps the aims before as the search does, misses an aim; None: one
    does not."""
    aim, stage = best.of.aims[place], best.stages[place]
    matrix, lower, upper = best.rows
    count = best.held[place]
    kept = replace(best.of.compiled, matrix=matrix[:count], row_lower=lower[:count], row_upper=upper[:count])
    engine = Engine(restricted(replace(best.of, compiled=kept), places, mode))
    engine.set_cost(aim.costs)
    found = engine.minimise(Limits(nodes=_NODES))
    if found.point is None:
        return Worse("", float("inf"))
    value = (float(aim.weights @ found.point) + float(aim.constants.sum())) * aim.unit
    behind = aim.sign * (value - stage.value)
    last = place == len(best.stages) - 1
    return Worse(stage.name, behind) if behind > _room(stage, last) else None


def _room(stage: Stage, last: bool) -> float:
    """How far an aim may be behind and still pass: what later aims may take; of the last one, what is rounding."""
    rounding = _SAME * max(stage.scale, 1e-9)
    if stage.name != "worst_area" and (last or stage.tolerance == 0):
        return min(rounding, 0.002)  # a fifth of a fen
    return rounding + (0.0 if last else stage.tolerance * stage.scale)


def aims_frame(before: tuple[Stage, ...], after: tuple[Stage, ...] | None) -> pd.DataFrame:
    """aim, before, after, difference (after - before), the amount that gaps leave open, and the difference again as its
    own bound; after empty: no plan."""
    rows = []
    for place, b in enumerate(before):
        a = None if after is None else after[place]
        difference = None if a is None else a.value - b.value
        rows.append((b.name, b.sense, b.value, None if a is None else a.value, difference,
                     None if a is None else a.gap_amount + b.gap_amount, difference))  # fmt: skip
    return pd.DataFrame(rows, columns=list(AIMS_COLUMNS))
