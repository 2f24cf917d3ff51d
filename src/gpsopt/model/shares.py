"""Rules on shares of a year's outlay: who may have how much of the money that awards cost.

plural_supply, social_organisations and affiliated_share have one form: the awards of a part of the pairs cost at
most (or at least) a share of what the awards of a whole cost. Only awards count: neither engagement nor new direct
units (the model's section on plural_supply). Amounts are rounded to the fen, so a finished plan is checked again in
whole fen, by the same lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pyomo.environ as pyo

from gpsopt.model.facts import Ints
from gpsopt.model.parts import index_set, member_set, rows
from gpsopt.model.world import World

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Share:
    """amount(part) <= share * amount(whole), or >= where `least`; part and whole are positions of pairs."""

    key: Key
    part: tuple[int, ...]
    whole: tuple[int, ...]
    share: Fraction
    least: bool = False

    def short(self, amount: Ints) -> int:
        """Fen by which the amounts of a plan (one a pair) break the rule, rounded up; 0 where they keep it."""
        over = int(amount[list(self.part)].sum()) - self.share * int(amount[list(self.whole)].sum())
        over = -over if self.least else over
        return max(0, -((-over.numerator) // over.denominator))


def declare_shares(b: pyo.Block, world: World, shares: Iterable[Share], name: str, dimen: int) -> None:
    """One row a share, called `name`: cost(part) - share * cost(whole) <= 0 (>= 0 where `least`), in 万元."""
    found = sorted(shares, key=lambda s: s.key)
    least = bool(found) and found[0].least
    share = float(found[0].share) if found else 0.0
    binary = np.asarray(world.binary)

    def members(pick: Callable[[Share], tuple[int, ...]], decided: bool) -> dict[Key, list[Any]]:
        return {_index(s.key): [world.pair_keys[i] for i in pick(s) if binary[i] or not decided] for s in found}

    b.SHARED = index_set([_index(s.key) for s in found], dimen=dimen)
    b.PART = member_set(b.SHARED, members(lambda s: s.part, False), dimen=3)
    b.PART_AWARDS = member_set(b.SHARED, members(lambda s: s.part, True), dimen=3)
    b.WHOLE = member_set(b.SHARED, members(lambda s: s.whole, False), dimen=3)
    b.WHOLE_AWARDS = member_set(b.SHARED, members(lambda s: s.whole, True), dimen=3)
    b.share = pyo.Param(initialize=share)

    def kept(b: Any, *key: Any) -> Any:
        m = b.model()
        part = sum(m.price[o, n, t] * m.purchased[o, n, t] for o, n, t in b.PART[_index(key)]) + sum(
            m.setup[o, n, t] * m.award[o, n, t] for o, n, t in b.PART_AWARDS[_index(key)]
        )
        whole = sum(m.price[o, n, t] * m.purchased[o, n, t] for o, n, t in b.WHOLE[_index(key)]) + sum(
            m.setup[o, n, t] * m.award[o, n, t] for o, n, t in b.WHOLE_AWARDS[_index(key)]
        )
        return part - b.share * whole >= 0 if least else part - b.share * whole <= 0

    setattr(b, name, rows(b.SHARED, kept))


def _index(key: Key) -> Any:
    """An index of one place stands without its brackets."""
    return key if len(key) > 1 else key[0]
