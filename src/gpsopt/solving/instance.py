"""A model inside HiGHS: one thread, quiet, every status checked. What the engine and the what-ifs both stand on."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any, Final

import highspy
import numpy as np
import numpy.typing as npt

from gpsopt.errors import SolverError

Array = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Report = Callable[[float, float], None]  # best value and bound so far, in the objective's own unit
#: With at most so many decisions presolve is left out: it saves no time there, and where rows or held aims leave hardly
#: any room it has lost plans ("no plan", or "optimal" at the start point while better ones stood within the rows).
WITHOUT_PRESOLVE: Final = 300
Stop = Callable[[], bool]  # asked again and again while the solver runs: shall it end with what it has?
Left = Callable[[], float | None]  # seconds that are left; None: no end
_OVER: Final = 0.02  # seconds: with less, time is over


def loaded(
    matrix: Any, row_lower: Array, row_upper: Array, column_lower: Array, column_upper: Array, integer: Bools | None,
    seed: int,
) -> Any:  # fmt: skip
    """A HiGHS instance that holds the rows and columns, one thread, costs 0."""
    with quiet_stdout():
        h = highspy.Highs()  # type: ignore[no-untyped-call]
        for name, value in {
            "output_flag": True, "log_to_console": False, "threads": 1, "random_seed": seed,
            "mip_min_logging_interval": 1.0, "mip_feasibility_tolerance": 1e-7,
        }.items():  # fmt: skip
            ok(h.setOptionValue(name, value))
        ok(h.passModel(_lp(matrix, row_lower, row_upper, column_lower, column_upper, integer)))
    return h


def scale_of(compiled: Any) -> Array:
    """What a unit inside the solver is worth: powers of two that bring large continuous columns to about a thousand."""
    upper = np.where(np.isfinite(compiled.column_upper), np.abs(compiled.column_upper), 1.0)
    wanted = np.maximum(1.0, upper / 1000.0)
    return np.where(np.asarray(compiled.integer, dtype=bool), 1.0, 2.0 ** np.round(np.log2(wanted)))


def dot(one: Array, other: Array) -> float:
    """The sum of products, the same on every processor.

    The library behind `@` adds in an order that hangs on how wide the processor's registers are; a last digit that
    differs in a held aim or a cost leads the solver another way, to another plan within the gap.
    """
    return float((one * other).sum())


def append(h: Any, weights: Array, lower: float, upper: float) -> None:
    """A row more at the end."""
    places = np.flatnonzero(weights).astype(np.int32)
    ok(h.addRow(lower, upper, len(places), places, weights[places]))


def columns_within(h: Any, lower: Array, upper: Array) -> None:
    """New limits of the first columns."""
    ok(h.changeColsBounds(len(lower), np.arange(len(lower), dtype=np.int32), lower, upper))


def _lp(
    matrix: Any, row_lower: Array, row_upper: Array, column_lower: Array, column_upper: Array, integer: Bools | None
) -> Any:
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.col_cost_ = np.zeros(matrix.shape[1])
    lp.col_lower_, lp.col_upper_ = column_lower, column_upper
    lp.row_lower_, lp.row_upper_ = row_lower, row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    kinds = highspy.HighsVarType
    if integer is not None and integer.any():
        lp.integrality_ = [kinds.kInteger if i else kinds.kContinuous for i in integer]
    return lp


@contextlib.contextmanager
def listening(h: Any, report: Report | None, stop: Stop | None) -> Iterator[None]:
    """Hand best value and bound to `report` while the run goes on; end it when `stop` says so."""

    def hear(event: Any) -> None:
        if report is not None:
            report(float(event.data_out.mip_primal_bound), float(event.data_out.mip_dual_bound))

    def ask(event: Any) -> None:
        if stop is not None:
            event.data_in.user_interrupt = stop()  # what an earlier run was told stays there otherwise

    used = [(h.cbMipLogging, hear)] if report is not None else []
    used += [(h.cbMipInterrupt, ask), (h.cbSimplexInterrupt, ask)] if stop is not None else []
    for callback, listener in used:
        callback.subscribe(listener)
    try:
        yield
    finally:
        for callback, listener in used:
            callback.unsubscribe(listener)


@contextlib.contextmanager
def quiet_stdout() -> Iterator[None]:
    """Send what the solver prints on standard output to nowhere: stdout belongs to the answer."""
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def over(left: Left | None) -> Stop | None:
    """Asks whether the time is over that is left."""
    return None if left is None else lambda: (seconds := left()) is not None and seconds <= _OVER


def ok(status: Any) -> None:
    """Raise SolverError where HiGHS says that a call failed."""
    if status == highspy.HighsStatus.kError:
        raise SolverError("solver_failed", status=str(status))
