"""Frames: the points at which a rule, or the inside of a sum, is evaluated, all at once.

The unit frame has one point. A rule over a set is evaluated in the frame that has a point for each member; the inside
of a sum in the frame that has, for each outer point, one point for each member summed over. A place of an index is
named by a `Place`: (depth of the frame that brought it in, place within its members).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from gpsopt.compiler.layout import IntArray, Labels, Layout, ranges
from gpsopt.compiler.sets import MemberSet


class Place(NamedTuple):
    """Where the value of one index template comes from."""

    depth: int
    place: int


Spec = Place | Labels  # a place of a frame, or one fixed label (a Labels of length 1)


class MissingMember(Exception):
    """An index asks for a member that its set lacks; `key` is the first such index."""

    def __init__(self, key: tuple[object, ...]) -> None:
        super().__init__(key)
        self.key = key


@dataclass(eq=False)
class Frame:
    """`size` points; `up[i]` is the outer frame's point of point i, `positions[i]` its member of `layout`."""

    size: int
    outer: Frame | None = None
    layout: Layout | None = None
    up: IntArray | None = None
    positions: IntArray | None = None  # None: point i is member i
    depth: int = 0
    _inner: dict[object, Frame] = field(default_factory=dict, repr=False)
    _codes: dict[Place, IntArray] = field(default_factory=dict, repr=False)
    _found: dict[object, IntArray] = field(default_factory=dict, repr=False)

    def forget(self) -> None:
        """Let go of all inner frames. Frames refer to each other, so their arrays would else wait for the collector."""
        for inner in self._inner.values():
            inner.forget()
            inner._codes.clear()
            inner._found.clear()
        self._inner.clear()

    def over(self, layout: Layout) -> Frame:
        """The frame with one point for each of these points and each member of `layout`."""
        known = self._inner.get(layout)
        if known is None:
            count = layout.size
            if self.size == 1:
                up, positions = np.zeros(count, dtype=np.intp), None
            else:
                up = np.repeat(np.arange(self.size), count)
                positions = np.tile(np.arange(count), self.size)
            known = self._inner[layout] = Frame(up.size, self, layout, up, positions, self.depth + 1)
        return known

    def members_of(self, held: MemberSet, specs: tuple[Spec, ...]) -> Frame:
        """The frame with one point for each of these points and each of its members in `held`."""
        key = (id(held), specs)
        known = self._inner.get(key)
        if known is None:
            owner = self.find(held.outer, specs)
            starts = held.pointer[:-1][owner]
            counts = held.pointer[1:][owner] - starts
            up, slots = ranges(starts, counts)
            known = self._inner[key] = Frame(up.size, self, held.inner, up, held.index[slots], self.depth + 1)
        return known

    def codes(self, place: Place) -> tuple[Labels, IntArray]:
        """The label number of a place at every point."""
        frame = self._at(place.depth)
        assert frame.layout is not None
        known = self._codes.get(place)
        if known is None:
            if frame is self:
                own = self.layout.codes[place.place] if self.layout is not None else np.empty(0, dtype=np.intp)
                known = own if self.positions is None else own[self.positions]
            else:
                assert self.outer is not None and self.up is not None
                known = self.outer.codes(place)[1][self.up]
            self._codes[place] = known
        return frame.layout.labels[place.place], known

    def find(self, layout: Layout, specs: tuple[Spec, ...]) -> IntArray:
        """The position in `layout` of the member that `specs` name, at every point. Raises MissingMember."""
        known = self._found.get((layout, specs))
        if known is None:
            known = self._whole_member(layout, specs)
            if known is None:
                labels, codes = zip(*(self._labels_and_codes(spec) for spec in specs), strict=True)
                known = layout.find(labels, codes)
                missing = np.flatnonzero(known < 0)
                if missing.size:
                    first = missing[0]
                    key = tuple(names.values[code[first]] for names, code in zip(labels, codes, strict=True))
                    raise MissingMember(key)
            self._found[(layout, specs)] = known
        return known

    def _whole_member(self, layout: Layout, specs: tuple[Spec, ...]) -> IntArray | None:
        """Where the specs are just a member of `layout` that a frame brought in: its position, without a look-up."""
        first = specs[0]
        if not isinstance(first, Place) or specs != tuple(Place(first.depth, i) for i in range(layout.dimen)):
            return None
        frame = self._at(first.depth)
        return self._positions_at(first.depth) if frame.layout is layout else None

    def _positions_at(self, depth: int) -> IntArray:
        if depth == self.depth:
            return np.arange(self.size) if self.positions is None else self.positions
        known = self._found.get(depth)
        if known is None:
            assert self.outer is not None and self.up is not None
            known = self._found[depth] = self.outer._positions_at(depth)[self.up]
        return known

    def _labels_and_codes(self, spec: Spec) -> tuple[Labels, IntArray]:
        if isinstance(spec, Place):
            return self.codes(spec)
        return spec, np.zeros(self.size, dtype=np.intp)

    def _at(self, depth: int) -> Frame:
        frame = self
        while frame.depth > depth:
            assert frame.outer is not None
            frame = frame.outer
        return frame

    def up_to(self, outer: Frame) -> IntArray:
        """For each point its point in `outer`, an enclosing frame."""
        if self is outer:
            return np.arange(self.size)
        assert self.outer is not None and self.up is not None
        return self.up if self.outer is outer else self.outer.up_to(outer)[self.up]
