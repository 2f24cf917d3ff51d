"""Linear forms on a frame: at every point a constant plus coefficients times columns, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

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
    """Entries of a matrix: equally long arrays of rows, columns, values; and one constant for each row."""

    rows: IntArray
    columns: IntArray
    values: FloatArray
    constants: FloatArray


def entries(form: Form, size: int) -> Entries:
    """The form written out, a row for each point."""
    rows, columns, values = [], [], []
    for term in form.terms:
        points = np.arange(size) if term.points is None else term.points
        rows.append(points)
        columns.append(np.broadcast_to(np.asarray(term.columns, dtype=np.intp), points.shape))
        values.append(np.broadcast_to(np.asarray(term.values, dtype=np.float64), points.shape))
    constants = np.array(np.broadcast_to(np.asarray(form.constant, dtype=np.float64), (size,)))
    if not rows:
        empty = np.empty(0, dtype=np.intp)
        return Entries(empty, empty, np.empty(0), constants)
    return Entries(np.concatenate(rows), np.concatenate(columns), np.concatenate(values), constants)
