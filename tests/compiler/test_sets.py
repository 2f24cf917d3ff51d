"""ArraySet and member sets behave as Pyomo sets and find positions as a dictionary would."""

from __future__ import annotations

import itertools

import numpy as np
import pyomo.environ as pyo
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpsopt.compiler import ArraySet, layout, member_set

KEYS = [("b", 2015), ("a", 2015), ("a", 2014)]


def model() -> pyo.ConcreteModel:
    m = pyo.ConcreteModel()
    m.NEEDS = ArraySet(["a", "b", "c"])
    m.YEARS = ArraySet([2014, 2015])
    m.NEED_YEARS = ArraySet(KEYS)
    return m


def test_it_is_a_pyomo_set_in_the_given_order() -> None:
    m = model()
    assert isinstance(m.NEED_YEARS, pyo.Set)
    assert list(m.NEED_YEARS) == list(m.NEED_YEARS.data()) == KEYS
    assert (len(m.NEED_YEARS), m.NEED_YEARS.dimen, m.NEEDS.dimen) == (3, 2, 1)
    assert ("a", 2015) in m.NEED_YEARS
    assert ("c", 2014) not in m.NEED_YEARS
    assert m.NEED_YEARS.at(1) == m.NEED_YEARS.first() == KEYS[0]
    assert m.NEED_YEARS.at(-1) == m.NEED_YEARS.last() == KEYS[2]
    assert m.NEED_YEARS.ord(("a", 2015)) == 2
    assert m.NEED_YEARS.next(KEYS[0]) == KEYS[1]
    assert list(reversed(m.NEEDS)) == ["c", "b", "a"]
    m.STOCK = pyo.Set(initialize=["a", "b", "c"])
    assert m.NEEDS == m.STOCK
    with pytest.raises(ValueError, match="not in NEEDS"):
        m.NEEDS.ord("z")


def test_stock_components_and_products_take_it_as_index() -> None:
    m = model()
    m.p = pyo.Param(m.NEED_YEARS, initialize=dict(zip(KEYS, (1, 2, 3), strict=True)))
    m.x = pyo.Var(m.NEEDS, m.YEARS)
    assert m.p["a", 2014] == 3
    assert len(m.x) == 6
    with pytest.raises(KeyError):
        m.p["c", 2014]


def test_columns_name_positions_in_other_sets() -> None:
    m = model()
    m.OFFERS = ArraySet(["o1", "o2"])
    m.PAIRS = ArraySet(columns=[(m.OFFERS, [0, 1, 1]), (m.NEED_YEARS, [2, 0, 1])])
    assert list(m.PAIRS) == [("o1", "a", 2014), ("o2", "b", 2015), ("o2", "a", 2015)]
    assert m.PAIRS.positions_in(m.NEED_YEARS, (1, 2)).tolist() == [2, 0, 1]
    assert m.PAIRS.positions_in(m.NEEDS, (1,)).tolist() == [0, 1, 0]
    assert m.NEEDS.positions_in(ArraySet(["c", "x", "a"]), (0,)).tolist() == [2, -1, 0]


@pytest.mark.parametrize(
    ("keys", "dimen", "said"),
    [
        (["a", "b", "a"], None, "'a' stands twice"),
        ([("a", 1), ("b", 1), ("a", 1)], None, r"\('a', 1\) stands twice"),
        ([("a", 1), ("b", 1, 2)], None, "does not have 2 place"),
        ([("a", 1)], 3, "does not have 3 place"),
    ],
)
def test_wrong_members_are_refused(keys: list[object], dimen: int | None, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ArraySet(keys, dimen=dimen)


def test_unequal_columns_are_refused() -> None:
    m = model()
    with pytest.raises(ValueError, match="different lengths"):
        ArraySet(columns=[(m.NEEDS, [0, 1]), (m.YEARS, [0])])


def test_an_empty_set_has_a_dimension() -> None:
    empty = ArraySet([], dimen=3)
    assert (len(empty), empty.dimen, list(empty)) == (0, 3, [])
    assert ("a", "b", 1) not in empty


labels = st.integers(0, 6)


@given(
    st.lists(st.tuples(labels, labels, labels), unique=True, max_size=40),
    st.lists(st.tuples(labels, labels, labels), max_size=20),
    st.sampled_from(["dense", "sorted", "folded"]),
)
def test_positions_are_a_dictionarys(
    members: list[tuple[int, int, int]], asked: list[tuple[int, int, int]], way: str
) -> None:
    patch = pytest.MonkeyPatch()
    if way != "dense":
        patch.setattr(layout, "DENSE", 0)
        patch.setattr(layout, "DENSE_FREE", 0)
    if way == "folded":
        patch.setattr(layout, "REACH", 20)
    try:
        mine, theirs = layout.Layout.of_keys(members, 3), layout.Layout.of_keys(dict.fromkeys(asked), 3)
        found = mine.find(theirs.labels, theirs.codes)
    finally:
        patch.undo()
    numbers = {member: i for i, member in enumerate(members)}
    assert found.tolist() == [numbers.get(key, -1) for key in theirs.members()]
    assert [mine.position(key) for key in asked] == [numbers.get(key, -1) for key in asked]
    assert mine.members() == tuple(members) == tuple(mine.member(i) for i in range(len(mine)))


def test_four_ways_to_say_who_belongs_to_whom() -> None:
    m = model()
    m.PAIRS = ArraySet([("o1", "a", 2015), ("o2", "b", 2015), ("o1", "b", 2015), ("o9", "c", 2015)])
    owner = m.PAIRS.positions_in(m.NEED_YEARS, (1, 2))
    m.A = member_set(m.NEED_YEARS, m.PAIRS, by=(1, 2))
    m.B = member_set(m.NEED_YEARS, m.PAIRS, owner=owner)
    m.C = member_set(m.NEED_YEARS, m.PAIRS, pairs=([1, 0, 0], [0, 2, 1]))
    m.D = member_set(
        m.NEED_YEARS, m.PAIRS, {("b", 2015): [("o1", "b", 2015), ("o2", "b", 2015)], ("a", 2015): [("o1", "a", 2015)]}
    )
    for made in (m.A, m.B, m.C, m.D):
        assert {key: list(made[key]) for key in made} == {
            ("b", 2015): [("o2", "b", 2015), ("o1", "b", 2015)],  # in the order of PAIRS
            ("a", 2015): [("o1", "a", 2015)],
            ("a", 2014): [],
        }
    held = m.A["b", 2015]
    assert (len(held), held.dimen, held.at(2), held.ord(("o1", "b", 2015))) == (2, 3, ("o1", "b", 2015), 2)
    assert ("o1", "b", 2015) in held
    assert ("o1", "a", 2015) not in held
    with pytest.raises(KeyError):
        m.A["c", 2014]


def test_members_that_are_no_set_of_their_own() -> None:
    m = model()
    m.HELD = member_set(m.YEARS, members={2015: [("x", 1), ("y", 2)]})
    assert [list(m.HELD[t]) for t in m.YEARS] == [[], [("x", 1), ("y", 2)]]
    m.NOBODY = member_set(m.YEARS, members={}, dimen=2)
    assert (list(m.NOBODY[2014]), m.NOBODY[2014].dimen) == ([], 2)
    with pytest.raises(ValueError, match="Without an inner set"):
        member_set(m.YEARS, owner=[0])


def test_many_to_many_and_wrong_pairs() -> None:
    m = model()
    m.BOTH = member_set(m.YEARS, m.NEEDS, pairs=([0, 0, 1, 1], [2, 0, 0, 1]))
    assert [list(m.BOTH[t]) for t in m.YEARS] == [["a", "c"], ["a", "b"]]
    for wrong, said in (
        ({"pairs": ([0, 0], [1, 1])}, "twice"),
        ({"pairs": ([0, 5], [1, 1])}, "neither"),
        ({"members": {2014: ["zz"]}}, "neither"),
        ({"owner": [0]}, "owner has 1 entries"),
        ({}, "exactly one"),
        ({"by": (0,), "owner": [0, 0, 0]}, "exactly one"),
    ):
        with pytest.raises(ValueError, match=said):
            member_set(m.YEARS, m.NEEDS, **wrong)


def test_member_sets_work_in_ordinary_rules() -> None:
    m = model()
    m.OF = member_set(m.YEARS, m.NEEDS, pairs=([0, 0, 1], [0, 1, 2]))
    m.x = pyo.Var(m.NEEDS)
    m.rows = pyo.Constraint(m.YEARS, rule=lambda m, t: sum(m.x[n] for n in m.OF[t]) >= 1)
    assert str(m.rows[2014].expr) == "1  <=  x[a] + x[b]"


def test_every_combination_is_found_in_a_whole_product() -> None:
    m = model()
    need, year = (np.array(part) for part in zip(*itertools.product(range(3), range(2)), strict=True))
    whole = ArraySet(columns=[(m.NEEDS, need), (m.YEARS, year)])
    assert whole.positions_in(whole, (0, 1)).tolist() == list(range(6))
    assert m.NEED_YEARS.positions_in(whole, (0, 1)).tolist() == [3, 1, 0]
