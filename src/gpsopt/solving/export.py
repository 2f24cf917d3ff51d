"""The compiled model as a file that other solvers read: MPS or LP, with the model's own names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import highspy
import numpy as np

from gpsopt.compiler import Compiled
from gpsopt.errors import UsageError
from gpsopt.solving.instance import loaded, quiet_stdout

#: what both formats take in a name; everything else is written as ~ and its number in hexadecimal
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_.,()]")
FORMATS: Final = (".mps", ".lp")


def write_model(compiled: Compiled, aim: str, sense: str, path: Path) -> None:
    """Write the rows and columns with `aim` as the objective (万元 for aims in money; minimised or maximised).

    Names are the model's own, `purchased(o1,n1,2014)`. Raises UsageError where the file cannot be written.
    """
    costs, constant = compiled.aims[aim].total()
    integer = np.asarray(compiled.integer, dtype=bool)
    h = loaded(
        compiled.matrix.tocsr(), compiled.row_lower, compiled.row_upper, compiled.column_lower,
        compiled.column_upper, integer, 0,
    )  # fmt: skip
    rows, columns = compiled.matrix.shape
    with quiet_stdout():
        h.changeColsCost(columns, np.arange(columns, dtype=np.int32), np.asarray(costs, dtype=np.float64))
        h.changeObjectiveOffset(float(constant))
        h.changeObjectiveSense(highspy.ObjSense.kMinimize if sense == "min" else highspy.ObjSense.kMaximize)
        for place in range(columns):
            h.passColName(place, safe_name(*compiled.column_key(place)))
        for place in range(rows):
            h.passRowName(place, safe_name(*compiled.row_key(place)))
        h.setOptionValue("output_flag", False)
        try:
            with path.open("w", encoding="ascii"):  # so that the refusal is ours
                pass
        except OSError as error:
            raise UsageError("folder_not_writable", path=str(path), why=error.strerror or str(error)) from None
        status = h.writeModel(str(path))
    if status == highspy.HighsStatus.kError:
        raise UsageError("folder_not_writable", path=str(path), why=str(status))


def safe_name(name: str, key: Any) -> str:
    """`purchased`, ("o1", "n1", 2014) -> `purchased(o1,n1,2014)`: one name for one key, fit for both formats."""
    places = () if key is None else key if isinstance(key, tuple) else (key,)
    inside = ",".join(_UNSAFE.sub(lambda c: f"~{ord(c[0]):x}", str(p)).replace(",", "~2c") for p in places)
    return f"{name}({inside})" if places else name
