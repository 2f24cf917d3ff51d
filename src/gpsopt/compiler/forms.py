"""Linear forms on a frame: at every point a constant plus coefficients times columns, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from gpsopt.compiler.layout import IntArray

FloatArray = npt.NDArray[np.float64]
Number = float | FloatArray  # one number for all points, or one for each


class Term(NamedTuple):
    """Entries (point, column, value); `points` None: one for each point, in order."""

    points: IntArray | None
    columns: IntArray | int
    values: Number


@dataclass(frozen=True)
class Form:
    """constant + terms; without terms a mere number at every point."""

    constant: Number
    terms: tuple[Term, ...] = ()

    @property
    def is_constant(self) -> bool:
        return not self.terms


def added(left: Form, right: Form) -> Form:
    """left + right."""
    return Form(left.constant + right.constant, left.terms + right.terms)


def scaled(form: Form, factor: Number) -> Form:
    """form times a number, the same for all points or one for each."""
    if isinstance(factor, float) and factor == 1.0:
        return form
    terms = tuple(
        Term(
            term.points,
            term.columns,
            term.values * (factor if isinstance(factor, float) or term.points is None else factor[term.points]),
        )
        for term in form.terms
    )
    return Form(form.constant * factor, terms)


def summed(form: Form, up: IntArray, size: int) -> Form:
    """The form of an inner frame summed to its outer frame of `size` points; `up` leads from point to outer point."""
    constant: Number = 0.0
    if isinstance(form.constant, float):
        if form.constant != 0.0:
            constant = form.constant * np.bincount(up, minlength=size).astype(np.float64)
    else:
        constant = np.bincount(up, weights=form.constant, minlength=size).astype(np.float64, copy=False)
    terms = tuple(
        Term(up if term.points is None else up[term.points], term.columns, term.values) for term in form.terms
    )
    return Form(constant, terms)


def spread(form: Form, size: int) -> Form:
    """A form of the unit frame, the same at each of `size` points."""
    constant = form.constant if isinstance(form.constant, float) else float(form.constant[0])
    terms = []
    for term in form.terms:
        count = 1 if term.points is None else len(term.points)
        columns = np.broadcast_to(term.columns, (count,))
        values = np.broadcast_to(term.values, (count,))
        points = np.repeat(np.arange(size), count)
        terms.append(Term(points, np.tile(columns, size), np.tile(values, size)))
    return Form(constant, tuple(terms))


class Entries(NamedTuple):
    """A form written out, a row for each point: its entries term by term, and one constant for each row."""

    terms: tuple[Term, ...]
    constants: FloatArray

    @property
    def size(self) -> int:
        """How many entries there are, duplicates and zeros included."""
        return sum(_count(term, len(self.constants)) for term in self.terms)


def entries(form: Form, size: int) -> Entries:
    """The form written out, a row for each of `size` points."""
    return Entries(form.terms, np.array(np.broadcast_to(np.asarray(form.constant, dtype=np.float64), (size,))))


def matrix_of(blocks: list[Entries], width: int) -> sp.csr_array:
    """All rows in one matrix of `width` columns, duplicates summed, zeros taken out, columns ascending in each row.

    The three arrays are filled in place: at city size most of the time goes into touching memory.
    """
    total = sum(block.size for block in blocks)
    height = sum(len(block.constants) for block in blocks)
    if max(total, height, width) >= 2**31:
        raise OverflowError(f"{height} rows, {width} columns and {total} entries are more than HiGHS can number.")
    rows, columns = np.empty(total, dtype=np.int32), np.empty(total, dtype=np.int32)
    values = np.empty(total)
    start, offset = 0, 0
    for block in blocks:
        size = len(block.constants)
        for term in block.terms:
            stop = start + _count(term, size)
            points = np.arange(size) if term.points is None else term.points
            np.add(points, offset, out=rows[start:stop], casting="same_kind")
            columns[start:stop] = term.columns
            values[start:stop] = term.values
            start = stop
        offset += size
    matrix = sp.coo_array((values, (rows, columns)), shape=(height, width)).tocsr()
    if not matrix.data.all():
        matrix.eliminate_zeros()
    return matrix


def _count(term: Term, size: int) -> int:
    return size if term.points is None else len(term.points)
