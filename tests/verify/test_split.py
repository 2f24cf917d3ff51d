"""The rule of the split: by hand, and against every possible split of small sums."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpsopt.verify import Freed, split_by_rule

NEEDS = [Freed(released=80, outlay=405, own_cap=500, cap=500), Freed(released=300, outlay=271, own_cap=300, cap=301)]


@pytest.mark.parametrize(
    ("line", "deficit", "engagement", "given_away", "received", "may_share", "split"),
    [
        (325, 0, 0, 0, 0, True, [(80, 0), (271, 0)]),  # nothing short: drawn 325 = line
        (315, 0, 0, 0, 0, True, [(80, 0), (271, 10)]),  # short 10: from the second, which has 29
        (315, 0, 0, 0, 0, False, [(80, 0), (271, 0)]),  # savings returned
        (0, 0, 0, 0, 0, True, [(80, 0), (271, 29)]),  # never more than released
        (315, 0, 5, 3, 2, True, [(80, 0), (271, 16)]),  # engagement and gifts count
        (325, 40, 0, 0, 0, True, [(80, 0), (260, 0)]),  # a deficit is met first: 380 − 40 = 340
        (0, 340, 0, 0, 0, True, [(40, 0), (0, 0)]),
        (0, 500, 0, 0, 0, True, [(0, 0), (0, 0)]),
    ],
)
def test_by_hand(
    line: int, deficit: int, engagement: int, given_away: int, received: int, may_share: bool,
    split: list[tuple[int, int]],
) -> None:  # fmt: skip
    assert split == split_by_rule(
        NEEDS, line=line, deficit=deficit, engagement=engagement, given=given_away, received=received,
        may_share=may_share,
    )  # fmt: skip


def test_fees_bound_what_follows() -> None:
    """own up to the fees rounded down, shared up to the fees rounded up: 33.5 fen of fees are 33 and 34."""
    needs = [Freed(released=90, outlay=70, own_cap=33, cap=34)]
    kwargs = {"deficit": 0, "engagement": 0, "given": 0, "received": 0, "may_share": True}
    assert split_by_rule(needs, line=0, **kwargs) == [(33, 1)]
    assert split_by_rule(needs, line=37, **kwargs) == [(33, 0)]


freed = st.builds(
    lambda released, outlay, fees, up: Freed(released, outlay, fees, fees + up),
    st.integers(0, 4), st.integers(0, 4), st.integers(0, 4), st.integers(0, 1),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(freed, min_size=1, max_size=2), st.integers(0, 5), st.integers(0, 3), st.integers(0, 2), st.booleans())
def test_it_finds_a_legal_split_where_there_is_one(
    needs: list[Freed], line: int, deficit: int, engagement: int, may_share: bool
) -> None:
    """If any split with own ≤ own_cap keeps every bound, the line and the deficit, then so does the rule's."""

    def legal(split: list[tuple[int, int]]) -> bool:
        within = all(
            own <= min(n.released, n.outlay, n.own_cap) and own + shared <= min(n.released, n.cap)
            for n, (own, shared) in zip(needs, split, strict=True)
        )
        drawn = sum(n.outlay - own for n, (own, _shared) in zip(needs, split, strict=True))
        shared_all = sum(shared for _own, shared in split)
        unspent = sum(n.released - own - shared for n, (own, shared) in zip(needs, split, strict=True))
        return within and drawn + engagement <= line + shared_all and unspent >= deficit

    ruled = split_by_rule(
        needs, line=line, deficit=deficit, engagement=engagement, given=0, received=0, may_share=may_share
    )
    parts = [[(own, shared) for own in range(5) for shared in range(5 if may_share else 1)] for _need in needs]
    possible = any(legal(list(split)) for split in product(*parts))
    assert legal(ruled) == possible
    assert all(own >= 0 and shared >= 0 and own + shared <= n.released
               for n, (own, shared) in zip(needs, ruled, strict=True))  # fmt: skip
