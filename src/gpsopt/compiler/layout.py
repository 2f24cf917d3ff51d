"""Index sets as arrays: distinct labels are numbered once, a member is a row of numbers, a look-up arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.intp]
Key = Any  # a scalar or a tuple of scalars, as Pyomo indexes

REACH = 2**62  # combined keys stay below this, so that they fit int64
DENSE = 4  # a table of all combinations is used where it has at most this many cells a member ...
DENSE_FREE = 1 << 18  # ... or this many cells at all


def _frozen(values: npt.ArrayLike) -> IntArray:
    array = np.array(values, dtype=np.intp, ndmin=1)
    array.flags.writeable = False
    return array


class Labels:
    """The distinct scalars that may stand at one place of an index, numbered in order."""

    __slots__ = ("__weakref__", "_numbers", "_translations", "values")

    def __init__(self, values: Iterable[Any]) -> None:
        self.values = tuple(values)
        self._numbers: dict[Any, int] | None = None
        self._translations: WeakKeyDictionary[Labels, IntArray] = WeakKeyDictionary()

    def __len__(self) -> int:
        return len(self.values)

    def __deepcopy__(self, memo: dict[int, Any]) -> Labels:
        # Labels never change: a cloned model may go on using them, and translations stay known.
        return self

    def __reduce__(self) -> tuple[type[Labels], tuple[Any, ...]]:
        return (Labels, (self.values,))

    def number(self, value: Any) -> int:
        """The number of `value`, -1 where it is not a label."""
        if self._numbers is None:
            self._numbers = {label: i for i, label in enumerate(self.values)}
        return self._numbers.get(value, -1)

    def numbers_in(self, other: Labels) -> IntArray:
        """For each of these labels its number in `other`, -1 where `other` lacks it."""
        known = self._translations.get(other)
        if known is None:
            known = np.fromiter((other.number(value) for value in self.values), np.intp, len(self.values))
            self._translations[other] = known
        return known


class Layout:
    """An ordered set of distinct members, each a scalar (dimen 1) or a tuple.

    `labels[d]` and `codes[d]` (length size, numbers into `labels[d]`) hold place d of every member.
    """

    def __init__(self, labels: Sequence[Labels], codes: Sequence[npt.ArrayLike]) -> None:
        """Raises ValueError where a member stands twice."""
        if not labels:
            raise ValueError("A set needs at least one place; give dimen.")
        self.labels = tuple(labels)
        self.codes = tuple(_frozen(code) for code in codes)
        self.size = len(self.codes[0])
        self.dimen = len(self.labels)
        self.is_plain = False  # one place, and member i is label i
        self._folds: dict[int, npt.NDArray[np.int64]] = {}
        self._members: tuple[Key, ...] | None = None
        self._positions: dict[Key, int] | None = None
        self._prepare()

    @classmethod
    def of_keys(cls, keys: Iterable[Key], dimen: int | None = None) -> Layout:
        """From members as Pyomo writes them; `dimen` is needed only where there are none."""
        members = list(keys)
        if dimen is None:
            dimen = 1 if not members or not isinstance(members[0], tuple) else len(members[0])
        rows = [key if isinstance(key, tuple) else (key,) for key in members]
        wrong = next((row for row in rows if len(row) != dimen), None)
        if wrong is not None:
            raise ValueError(f"{wrong!r} does not have {dimen} place(s) as the set's other members.")
        labels, codes = [], []
        for place in range(dimen):
            numbers: dict[Any, int] = {}
            codes.append([numbers.setdefault(row[place], len(numbers)) for row in rows])
            labels.append(Labels(numbers))
        return cls(labels, codes)

    @classmethod
    def of_columns(cls, columns: Sequence[tuple[Layout, npt.ArrayLike]]) -> Layout:
        """Members put together from members of other sets: `(set, positions)` for each part, positions equally long."""
        labels: list[Labels] = []
        codes: list[IntArray] = []
        lengths = set()
        for part, positions in columns:
            where = np.asarray(positions, dtype=np.intp)
            lengths.add(len(where))
            labels.extend(part.labels)
            codes.extend(code[where] for code in part.codes)
        if len(lengths) > 1:
            raise ValueError(f"The columns of a set have different lengths: {sorted(lengths)}.")
        return cls(labels, codes)

    def __len__(self) -> int:
        return self.size

    def __deepcopy__(self, memo: dict[int, Any]) -> Layout:
        return self  # nothing here ever changes but what is made lazily

    def _prepare(self) -> None:
        """Build the table that finds positions; refuse members that stand twice."""
        self.is_plain = (
            self.dimen == 1 and self.size == len(self.labels[0]) and bool((self.codes[0] == np.arange(self.size)).all())
        )
        keys, reach = self._combine_own()
        self._reach = reach
        self._dense: npt.NDArray[np.intp] | None = None
        self._sorted: npt.NDArray[np.int64] | None = None
        self._order: IntArray | None = None
        if reach <= max(DENSE * self.size, DENSE_FREE):
            self._dense = np.full(max(reach, 1), -1, dtype=np.intp)
            self._dense[keys] = np.arange(self.size)
            twice = self._dense[keys] != np.arange(self.size)
        else:
            if (keys[1:] <= keys[:-1]).any():
                self._order = np.argsort(keys, kind="stable")
                keys = keys[self._order]
            self._sorted = keys
            twice = np.r_[False, keys[1:] == keys[:-1]]
        if twice.any():
            first = int(np.flatnonzero(twice)[0])
            place = first if self._order is None else int(self._order[first])
            raise ValueError(f"{self.member(place)!r} stands twice in the set.")

    def _combine_own(self) -> tuple[npt.NDArray[np.int64], int]:
        """One integer for each member, and the number that all of them stay below."""
        key = self.codes[0].astype(np.int64)
        reach = len(self.labels[0])
        for place in range(1, self.dimen):
            width = len(self.labels[place])
            if reach * width > REACH:  # number the prefixes that exist anew: there are at most `size` of them
                self._folds[place] = np.unique(key)
                key = np.searchsorted(self._folds[place], key)
                reach = len(self._folds[place])
            key = key * width + self.codes[place]
            reach *= width
        return key, reach

    def _combine(self, codes: Sequence[IntArray]) -> npt.NDArray[np.int64]:
        """The same integers for any label numbers; below 0 where a number is -1 or a prefix unknown."""
        key = codes[0].astype(np.int64)
        bad = key < 0
        for place in range(1, self.dimen):
            table = self._folds.get(place)
            if table is not None:
                slot = np.minimum(np.searchsorted(table, key), len(table) - 1)
                bad |= table[slot] != key
                key = slot
            bad |= codes[place] < 0
            key = key * len(self.labels[place]) + codes[place]
        key[bad] = -1
        return key

    def find(self, labels: Sequence[Labels], codes: Sequence[IntArray]) -> IntArray:
        """Positions of the members whose place d is label number `codes[d]` of `labels[d]`; -1 where there is none."""
        if self.size == 0:
            return np.full(len(codes[0]), -1, dtype=np.intp)
        own = [
            code if theirs is mine else np.append(theirs.numbers_in(mine), -1)[code]  # -1 stays -1
            for mine, theirs, code in zip(self.labels, labels, codes, strict=True)
        ]
        if self.is_plain:
            return own[0]
        keys = self._combine(own)
        if self._dense is not None:
            return np.where(keys < 0, -1, self._dense[keys])
        assert self._sorted is not None
        slot = np.minimum(np.searchsorted(self._sorted, keys), self.size - 1)
        found = self._sorted[slot] == keys
        where = slot if self._order is None else self._order[slot]
        return np.where(found, where, -1)

    def member(self, position: int) -> Key:
        """The member at one position."""
        row = tuple(labels.values[code[position]] for labels, code in zip(self.labels, self.codes, strict=True))
        return row if self.dimen > 1 else row[0]

    def members(self) -> tuple[Key, ...]:
        """All members in order, made when first asked for."""
        if self._members is None:
            places = [
                [labels.values[c] for c in code.tolist()] for labels, code in zip(self.labels, self.codes, strict=True)
            ]
            self._members = tuple(places[0]) if self.dimen == 1 else tuple(zip(*places, strict=True))
        return self._members

    def position(self, key: Key) -> int:
        """The position of one member, -1 where the set lacks it."""
        if self._positions is None:
            self._positions = {member: i for i, member in enumerate(self.members())}
        return self._positions.get(key, -1)

    def project(self, places: Sequence[int], other: Layout) -> IntArray:
        """For each member the position in `other` of its places `places`; -1 where `other` lacks it."""
        return other.find([self.labels[p] for p in places], [self.codes[p] for p in places])


def ranges(starts: IntArray, counts: IntArray) -> tuple[IntArray, IntArray]:
    """Concatenated ranges: (owner, position), both of length counts.sum(): i repeats counts[i] times with
    starts[i], starts[i] + 1, ..."""
    owner = np.repeat(np.arange(len(counts)), counts)
    total = int(counts.sum())
    first = np.cumsum(counts) - counts
    return owner, np.arange(total) + (starts - first)[owner]
