"""The rule by which a plan's released money is split, so that a plan has one ledger (34号文 3(5)).

It holds for one purchaser and one year, in whole fen, except under `savings = "lagged"`, where the
plan's own split is kept. Given are, for every need of the purchaser in key order,

    released   what its direct line sets free
    outlay     awards with setup, and the cost of new direct units
    own_cap    E·Σx/D rounded down to the fen (0 without a line)
    cap        E·Σx/D rounded half up to the fen (0 without a line)

and of the purchaser: line = max(0, B − ΣE), deficit = max(0, ΣE − B), engagement, given and received.

1. left = max(0, Σ released − deficit).
2. Need by need in key order: own = min(released, outlay, own_cap, left); left = left − own.
3. short = max(0, Σ (outlay − own) + engagement + given − line − received).
4. Under savings "kept", in every regime, need by need in key order:
   shared = min(released − own, cap − own, left, short); left = left − shared; short = short − shared.
   Under savings "returned" shared = 0.
5. Need by need: unspent = released − own − shared.

Nothing else is free: what then is left on the purchase line goes back to unspent in one row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Freed:
    """One need's figures in fen, as the rule takes them."""

    released: int
    outlay: int
    own_cap: int
    cap: int


def split_by_rule(
    needs: Sequence[Freed], *, line: int, deficit: int, engagement: int, given: int, received: int, may_share: bool
) -> list[tuple[int, int]]:
    """(own, shared) of each need in fen, in the order of `needs` (key order), by the rule above."""
    left = max(0, sum(need.released for need in needs) - deficit)
    own = []
    for need in needs:
        part = max(0, min(need.released, need.outlay, need.own_cap, left))
        own.append(part)
        left -= part
    drawn = sum(need.outlay for need in needs) - sum(own)
    short = max(0, drawn + engagement + given - line - received) if may_share else 0
    split = []
    for need, part in zip(needs, own, strict=True):
        shared = max(0, min(need.released - part, need.cap - part, left, short))
        split.append((part, shared))
        left -= shared
        short -= shared
    return split
