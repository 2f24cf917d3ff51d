"""Two answers of the same model, with a set of pairs and without: which is better, and in which aim first.

Small models are answered by plans proven to the end; large ones by the relaxed model (awards may be parts of awards),
which every answer says. An aim counts as worse only beyond what later aims may take from it.
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
from gpsopt.solving.relaxation import Relaxation
from gpsopt.solving.stages import Stage, seek
from gpsopt.whatif import Prepared, first_difference, prepared, stages_of

Mode = Literal["free", "with", "without"]
#: up to so many award decisions a question is answered by proven plans
MOST_PROVEN: Final = 300
AIMS_COLUMNS: Final = ("aim", "sense", "before", "after", "difference", "open", "bound")
_SEEDS: Final = 3
_NODES: Final = 20_000
_SAME: Final = 1e-6  # of an aim's scale


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


class Contest:
    """Answers for one question: scenarios that differ in numbers, with the pairs, without them, or free."""

    def __init__(self, scenario: Scenario, offer: str | None, need: str | None, base: Prepared | None = None) -> None:
        self.base = base or prepared(scenario)
        self._offer, self._need = offer, need
        self.is_proven = int(self.base.world.binary.sum()) <= MOST_PROVEN
        self._warm: dict[Mode, tuple[Prepared, Relaxation]] = {}

    def answer(self, mode: Mode, scenario: Scenario | None = None) -> tuple[Stage, ...] | None:
        """The aims reached; None where nothing fits (or, for `with`, where no such pair is left)."""
        of = self.base if scenario is None else prepared(scenario, checked=True)
        places = pairs_in_question(of, self._offer, self._need)
        if mode == "with" and not len(places):
            return None
        compiled = restricted(of, places, mode)
        return self._proven(of, compiled) if self.is_proven else self._relaxed(of, compiled, mode)

    def _proven(self, of: Prepared, compiled: Any) -> tuple[Stage, ...] | None:
        options = replace(options_of(of.world.facts.scenario), gap=0.0, time_limit=None, node_limit=_NODES)
        for seed in range(_SEEDS):
            try:
                found = seek(of.world, compiled, replace(options, seed=seed))[0]
                break
            except SolverError:  # numerical trouble of one path through the search: take another
                if seed == _SEEDS - 1:
                    raise
        if found.point is None:
            return None
        tolerances = of.tolerances()
        return tuple(replace(s, tolerance=t) for s, t in zip(found.stages, tolerances, strict=True))

    def _relaxed(self, of: Prepared, compiled: Any, mode: Mode) -> tuple[Stage, ...] | None:
        warm = self._warm.get(mode)
        if warm is None or first_difference(warm[0], of):
            warm = (of, Relaxation(compiled, of.aims))
            self._warm[mode] = warm
        else:
            warm[1].change(compiled, of.aims)
        return stages_of(of, warm[1].in_order(of.aims, of.tolerances()))


def first_worse(one: tuple[Stage, ...] | None, other: tuple[Stage, ...]) -> Worse | None:
    """The first aim in which `one` is worse than `other`; None where it is as good or better in an aim before that."""
    if one is None:
        return Worse("", float("inf"))
    for place, (a, b) in enumerate(zip(one, other, strict=True)):
        worse = a.value - b.value if a.sense == "min" else b.value - a.value
        last = place == len(other) - 1
        slack = _SAME * max(b.scale, 1e-9) + (0.0 if last else b.tolerance * b.scale)
        if b.name != "worst_area":
            slack = min(slack, 0.002) if b.tolerance == 0 or last else slack  # a fifth of a fen
        if worse > slack:
            return Worse(a.name, worse)
        if worse < -slack:
            return None
    return None


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
