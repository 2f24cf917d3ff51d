"""Pyomo sets that keep members as arrays: `ArraySet`, and `MemberSet`, a set of sets as (pointer, index) arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyomo.environ as pyo

from gpsopt.compiler.layout import IntArray, Key, Layout
from gpsopt.compiler.pyomo_adapter import (
    GetItemExpression,
    IndexedSet,
    MembersTemplate,
    SetData,
    UnindexedComponent_index,
    _FiniteSetMixin,
    _OrderedSetMixin,
    _ScalarSetMixin,
)


class ArraySet(_OrderedSetMixin, _FiniteSetMixin, _ScalarSetMixin, SetData, pyo.Set):  # type: ignore[misc]
    """An ordered Pyomo set of distinct scalars or tuples, kept as arrays.

    `ArraySet(keys)` from members; `ArraySet(columns=[(m.OFFERS, positions), (m.NEED_YEARS, positions)])` from
    positions in other sets, which makes no tuples and shares their labels, so that look-ups need no translation.
    `dimen` is needed where there may be no members. Raises ValueError where a member stands twice.
    """

    def __init__(
        self,
        initialize: Iterable[Key] | None = None,
        *,
        columns: Sequence[tuple[pyo.Set, npt.ArrayLike]] | None = None,
        dimen: int | None = None,
        name: str | None = None,
        doc: str | None = None,
    ) -> None:
        if columns is not None:
            self.layout = Layout.of_columns([(layout_of(part), where) for part, where in columns])
        else:
            self.layout = Layout.of_keys(initialize or (), dimen)
        if dimen is not None and dimen != self.layout.dimen:
            raise ValueError(f"dimen = {dimen}, but the members have {self.layout.dimen} place(s).")
        SetData.__init__(self, component=self)
        pyo.Set.__init__(self, name=name, doc=doc)
        self._index = UnindexedComponent_index
        self.construct()

    def construct(self, data: object = None) -> None:
        """Nothing is left to do: the members are known from the start."""
        self._constructed = True
        self._data[None] = self

    @property
    def dimen(self) -> int:
        return self.layout.dimen

    @property
    def domain(self) -> Any:
        return pyo.Any

    def get(self, value: Key, default: Any = None) -> Any:
        """The member itself, or `default`; TypeError for what cannot be a member."""
        if value.__class__ is tuple and len(value) == 1:
            value = value[0]
        return value if self.layout.position(value) >= 0 else default

    def __len__(self) -> int:
        return self.layout.size

    def _iter_impl(self) -> Iterator[Key]:
        return iter(self.layout.members())

    def __reversed__(self) -> Iterator[Key]:
        return reversed(self.layout.members())

    def data(self) -> tuple[Key, ...]:
        return self.layout.members()

    def at(self, index: int) -> Key:
        """The member at a position; Pyomo counts from 1."""
        return self.layout.member(range(len(self))[self._to_0_based_index(index)])

    def ord(self, item: Key) -> int:
        """The position of a member; Pyomo counts from 1."""
        position = self.layout.position(item)
        if position < 0:
            raise ValueError(f"{self.name}.ord(x): x not in {self.name}")
        return position + 1

    def clear(self) -> None:
        raise TypeError("The members of an ArraySet are fixed; make a new one.")

    def __str__(self) -> str:
        return str(self.name) if self._name is not None else type(self).__name__

    def positions_in(self, other: pyo.Set, places: Sequence[int]) -> IntArray:
        """For each member the position in `other` of its places `places` (from 0); -1 where `other` lacks it."""
        return self.layout.project(places, layout_of(other))


class MembersData(_OrderedSetMixin, _FiniteSetMixin, SetData):  # type: ignore[misc]
    """One of the sets of a MemberSet: a slice of its index array."""

    __slots__ = ("_domain", "_positions")

    def __init__(self, component: MemberSet) -> None:
        SetData.__init__(self, component=component)
        self._domain = pyo.Any
        self._positions: IntArray = np.empty(0, dtype=np.intp)

    @property
    def _inner(self) -> Layout:
        inner: Layout = self.parent_component().inner
        return inner

    @property
    def dimen(self) -> int:
        return self._inner.dimen

    @property
    def domain(self) -> Any:
        return self._domain

    def get(self, value: Key, default: Any = None) -> Any:
        position = self._inner.position(value)
        slot = int(np.searchsorted(self._positions, position))
        found = position >= 0 and slot < len(self._positions) and self._positions[slot] == position
        return value if found else default

    def __len__(self) -> int:
        return len(self._positions)

    def _iter_impl(self) -> Iterator[Key]:
        members = self._inner.members()
        return (members[i] for i in self._positions.tolist())

    def at(self, index: int) -> Key:
        """The member at a position; Pyomo counts from 1."""
        return self._inner.member(int(self._positions[self._to_0_based_index(index)]))

    def ord(self, item: Key) -> int:
        """The position of a member; Pyomo counts from 1."""
        if item not in self:
            raise ValueError(f"{self.name}.ord(x): x not in {self.name}")
        return int(np.searchsorted(self._positions, self._inner.position(item))) + 1

    def __str__(self) -> str:
        return str(self.name)


class MemberSet(IndexedSet):  # type: ignore[misc]
    """For every member of an outer set its members, taken from an inner set: `for o in m.OFFERS_OF[n, t]`.

    `pointer` (outer size + 1) and `index` (positions in `inner`, ascending within each outer member) are all that is
    kept. Every member of the outer set has an entry, if need be an empty one. Made by `member_set`.
    """

    _ComponentDataClass = MembersData

    def __init__(
        self, outer: pyo.Set, inner: pyo.Set, pointer: IntArray, index: IntArray, *, name: str | None = None
    ) -> None:
        super().__init__(outer, name=name)
        self.outer = layout_of(outer)
        self.inner = layout_of(inner)
        self.pointer = pointer
        self.index = index

    def construct(self, data: object = None) -> None:
        self._constructed = True
        for anonymous in self._anonymous_sets or ():
            anonymous.construct()

    def _processUnhashableIndex(self, idx: Any) -> Any:
        found = super()._processUnhashableIndex(idx)
        return MembersTemplate(found.args) if isinstance(found, GetItemExpression) else found

    def __getitem__(self, index: Any) -> Any:
        if index.__class__ is tuple and any(hasattr(part, "is_expression_type") for part in index):
            return self._processUnhashableIndex(index)
        if hasattr(index, "is_expression_type"):
            return self._processUnhashableIndex(index)
        return super().__getitem__(index)

    def _getitem_when_not_present(self, index: Key) -> MembersData:
        position = self.outer.position(index)
        made = MembersData(self)
        made._index = index
        made._positions = self.index[self.pointer[position] : self.pointer[position + 1]]
        self._data[index] = made
        return made

    def _pprint(self) -> Any:
        headers, *rest = super()._pprint()
        return [("Size", len(self)), *headers[1:]], *rest

    def __len__(self) -> int:
        return self.outer.size

    def __contains__(self, index: Key) -> bool:
        return self.outer.position(index) >= 0


def layout_of(index_set: Any) -> Layout:
    """The arrays of any finite, ordered Pyomo set; at hand for an ArraySet, else made from the members."""
    if isinstance(index_set, ArraySet):
        return index_set.layout
    known = getattr(index_set, "dimen", None)
    return Layout.of_keys(tuple(index_set), known if isinstance(known, int) and known > 0 else None)


def member_set(
    outer: pyo.Set,
    inner: pyo.Set | None = None,
    members: Mapping[Key, Iterable[Key]] | None = None,
    *,
    dimen: int | None = None,
    by: Sequence[int] | None = None,
    owner: npt.ArrayLike | None = None,
    pairs: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
) -> MemberSet:
    """A set of sets; say in one of four ways who belongs to whom.

    `by=(1, 2)`: an inner member belongs to the outer member that its places 1 and 2 name (places count from 0).
    `owner=array`: for each inner member the position of its outer member, -1 for none.
    `pairs=(outer positions, inner positions)`: any relation, also many to many; a pair may not stand twice.
    `members={outer key: [inner keys]}`: as Pyomo writes it; outer members that are left out have none.
    With `members` the inner set may be left out: it is then all of them in order of appearance, tuples of `dimen`
    places (needed where there may be none). Raises ValueError where not exactly one way is given, or a position or
    key is unknown.
    """
    if sum(way is not None for way in (members, by, owner, pairs)) != 1:
        raise ValueError("Give exactly one of members, by, owner and pairs.")
    if inner is None:
        if members is None:
            raise ValueError("Without an inner set its members must be given as keys.")
        members = {key: list(held) for key, held in members.items()}
        inner = ArraySet(dict.fromkeys(member for held in members.values() for member in held), dimen=dimen)
    out, inn = layout_of(outer), layout_of(inner)
    if pairs is not None:
        owners, held = (np.asarray(part, dtype=np.intp) for part in pairs)
    elif members is not None:
        flat = [(out.position(key), inn.position(member)) for key, held_by in members.items() for member in held_by]
        owners, held = (np.array([pair[side] for pair in flat], dtype=np.intp) for side in (0, 1))
    else:
        every = inn.project(by, out) if by is not None else np.asarray(owner, dtype=np.intp)
        if len(every) != inn.size:
            raise ValueError(f"owner has {len(every)} entries for {inn.size} inner members.")
        held = np.flatnonzero(every >= 0)
        owners = every[held]
    return MemberSet(outer, inner, *_grouped(owners, held, out.size, inn.size))


def _grouped(owners: IntArray, held: IntArray, outer_size: int, inner_size: int) -> tuple[IntArray, IntArray]:
    """(pointer, index) of pairs, each owner's in ascending order."""
    for part, size in ((owners, outer_size), (held, inner_size)):
        if len(part) and (part.min() < 0 or part.max() >= size):
            raise ValueError("A member set names a member that is in neither of its sets.")
    if len(owners) != len(held):
        raise ValueError("The two arrays of pairs have different lengths.")
    code = owners.astype(np.int64) * inner_size + held
    if (code[1:] <= code[:-1]).any():
        code = np.sort(code)
        if (code[1:] == code[:-1]).any():
            raise ValueError("A pair stands twice in a member set.")
        owners, held = np.divmod(code, max(inner_size, 1))
    pointer = np.zeros(outer_size + 1, dtype=np.intp)
    np.cumsum(np.bincount(owners, minlength=outer_size), out=pointer[1:])
    return pointer, np.ascontiguousarray(held, dtype=np.intp)
