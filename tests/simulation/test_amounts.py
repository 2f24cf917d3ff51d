"""Shares and products of fen against exact fractions, also where the product does not fit into 64 bits."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from gpsopt.money import half_up
from gpsopt.simulation.amounts import cut, part_of, product, sums_by


@pytest.mark.parametrize("top", [10, 10**6, 10**13])
def test_shares_and_products_are_exact(top: int) -> None:
    rng = np.random.default_rng(top)
    values, part, whole = (rng.integers(1, top, 500) for _ in range(3))
    part = np.minimum(part, whole)
    exact = [int(v) * int(p) // int(w) for v, p, w in zip(values, part, whole, strict=True)]
    assert part_of(values, part, whole).tolist() == exact
    factor, per = rng.integers(1, 10**6, 500), rng.integers(1, 10**6, 500)
    rounded = [half_up(Fraction(int(v) * int(f), int(p))) for v, f, p in zip(values, factor, per, strict=True)]
    assert product(values, factor, per).tolist() == rounded


def test_halves_go_up() -> None:
    assert product(np.array([1, 3, 100]), np.array([1, 1, 1005]), np.array([2, 2, 1000])).tolist() == [1, 2, 101]


def test_only_what_is_named_is_cut() -> None:
    values = np.array([10, 10])
    assert cut(values, np.array([True, False]), np.array([1, 0]), np.array([3, 1])).tolist() == [3, 10]
    assert values.tolist() == [10, 10]


def test_sums_by_owner() -> None:
    values = np.array([[1, 2, 3, 4]])
    assert sums_by(values, np.array([2, 0, 2, 0]), 4).tolist() == [[6, 0, 4, 0]]
    assert sums_by(values[:, :0], np.array([], dtype=np.int64), 2).tolist() == [[0, 0]]
