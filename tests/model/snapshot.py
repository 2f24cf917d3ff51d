"""The rows of a clause as plain text. `python -m tests.model.snapshot [clause ...]` prints them; it writes no file."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pyomo.environ as pyo

from gpsopt.compiler import Compiled, compile_model
from tests.model.cases import CASES, made

ROWS = Path(__file__).parent / "rows"


def number(value: float) -> str:
    """Nine significant digits; no minus before a zero."""
    return f"{value + 0.0:.9g}"


def named(name: str, key: object) -> str:
    """`name[o1,n1,2015]`, as Pyomo writes it."""
    places = key if isinstance(key, tuple) else (key,)
    return f"{name}[{','.join(map(str, places))}]" if key is not None else name


def row_text(compiled: Compiled, row: int) -> str:
    """`name: lower <= sum coefficient column <= upper`; columns in the model's order."""
    matrix = compiled.matrix
    entries = sorted(
        zip(*(part[matrix.indptr[row] : matrix.indptr[row + 1]] for part in (matrix.indices, matrix.data)), strict=True)
    )
    body = " + ".join(f"{number(value)} {named(*compiled.column_key(int(column)))}" for column, value in entries)
    lower, upper = number(compiled.row_lower[row]), number(compiled.row_upper[row])
    return f"{named(*compiled.row_key(row))}: {lower} <= {body or '0'} <= {upper}"


def column_text(compiled: Compiled, column: int) -> str:
    """`lower <= name <= upper`, and whether it is whole."""
    lower, upper = number(compiled.column_lower[column]), number(compiled.column_upper[column])
    whole = ", whole" if compiled.integer[column] else ""
    return f"{lower} <= {named(*compiled.column_key(column))} <= {upper}{whole}"


def snapshot(name: str, model: pyo.ConcreteModel) -> str:
    """All rows of the case's blocks, then the bounds of the variables in which the rest of the clause stands."""
    return text_of(name, compile_model(model))


def text_of(name: str, compiled: Compiled) -> str:
    """The same of a model that is already compiled."""
    case = CASES[name]
    rows = [
        row_text(compiled, row)
        for rule, span in compiled.rows.items()
        if rule.partition(".")[0] in case.blocks
        for row in range(span.start, span.stop)
    ]
    columns = [
        column_text(compiled, column)
        for variable in case.columns
        for column in range(compiled.columns[variable].start, compiled.columns[variable].stop)
    ]
    return "\n".join([*rows, *columns]) + "\n"


def main(names: list[str]) -> None:
    """Print the rows of the clauses named, or of all."""
    for name in names or list(CASES):
        with tempfile.TemporaryDirectory() as folder:
            text = snapshot(name, made(name, Path(folder)))
        sys.stdout.write(text if len(names) == 1 else f"== {name}\n{text}")


if __name__ == "__main__":
    main(sys.argv[1:])
