"""Sums and shares of whole numbers, exact: products that pass 64 bits are made right by their remainder."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpsopt.model.facts import Ints


def sums_by(values: Any, owner: Ints, count: int) -> Any:
    """Sums of (draws, things) by the owner of each thing: (draws, count)."""
    values = np.atleast_2d(values)
    found = np.zeros((len(values), count), dtype=values.dtype)
    if not len(owner):
        return found
    if (owner[1:] < owner[:-1]).any():
        order = np.argsort(owner, kind="stable")
        owner, values = owner[order], np.take(values, order, axis=1)
    first = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
    found[:, owner[first]] = np.add.reduceat(values, first, axis=1)
    return found


def part_of(values: Ints, part: Ints, whole: Ints) -> Ints:
    """values x part / whole, taken down to whole numbers; arrays of at least one dimension, whole > 0, part >= 0.

    The float quotient is off by one at most; the remainder, which fits whatever the product does, says by how much.
    """
    near = np.floor(values * (part / whole)).astype(np.int64)
    return np.asarray(near + (values * part - near * whole) // whole)


def cut(values: Ints, where: Any, part: Ints, whole: Ints) -> Ints:
    """`part_of` in some places, the values as they are in the others; all of one shape."""
    found = np.array(values)
    found[where] = part_of(values[where], part[where], whole[where])
    return found


def product(values: Ints, factor: Ints, per: Ints) -> Ints:
    """values x factor / per, rounded half up; arrays of at least one dimension, per > 0."""
    near = np.floor(values * (factor / per) + 0.5).astype(np.int64)
    return np.asarray(near + (2 * values * factor + per - 2 * per * near) // (2 * per))
