"""A model as a file: what another solver reads is the same problem, whichever way it travels."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import highspy
import pytest

from gpsopt.compiler import compile_model
from gpsopt.model.build import build
from gpsopt.scenario import read_scenario
from gpsopt.solving.export import safe_name

TOWN = Path(__file__).parents[2] / "models" / "town"

_BY_FILE = """
import sys, highspy
h = highspy.Highs(); h.setOptionValue("output_flag", False)
assert h.readModel(sys.argv[1]) != highspy.HighsStatus.kError
h.setOptionValue("mip_rel_gap", 0.0)
h.run()
print(h.getInfo().objective_function_value)
"""
_BY_PYOMO = """
import sys, pyomo.environ as pyo
from gpsopt.model.expanded import expanded
from gpsopt.scenario import read_scenario
m = expanded(read_scenario(sys.argv[1]), sys.argv[2])
solver = pyo.SolverFactory("appsi_highs")
solver.highs_options = {"mip_rel_gap": 0.0, "threads": 1}
solver.solve(m)
print(pyo.value(m.aim), len(list(m.component_data_objects(pyo.Constraint))))
"""


def ran(*words: object) -> list[str]:
    ended = subprocess.run(
        [sys.executable, *map(str, words)], capture_output=True, text=True, check=False, timeout=120
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.split()


def exported(to: Path, *words: str) -> dict[str, object]:
    out = subprocess.run(
        [sys.executable, "-m", "gpsopt", "export", str(TOWN), "--to", str(to), "--json", *words],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    found: dict[str, object] = json.loads(out.stdout)
    return found | {"end": out.returncode}


@pytest.mark.parametrize("aim", ["outlay", "quality"])
def test_every_way_out_has_the_same_best_value(aim: str, tmp_path: Path) -> None:
    values = []
    for ending in (".mps", ".lp"):
        said = exported(tmp_path / f"town{ending}", "--aim", aim)
        assert said["end"] == 0 and said["aim"] == aim
        values.append(float(ran("-c", _BY_FILE, tmp_path / f"town{ending}")[-1]))
    value, rows = ran("-c", _BY_PYOMO, TOWN, aim)
    assert int(rows) > 50
    values.append(float(value))
    assert max(values) - min(values) <= 1e-5 * max(1.0, abs(values[0])), values


def test_names_in_the_file_are_the_models_own(tmp_path: Path) -> None:
    exported(tmp_path / "town.mps")
    compiled = compile_model(build(read_scenario(TOWN)))
    h = highspy.Highs()
    h.setOptionValue("output_flag", False)
    h.readModel(str(tmp_path / "town.mps"))
    lp = h.getLp()
    wanted = [safe_name(*compiled.column_key(j)) for j in range(compiled.matrix.shape[1])]
    assert list(lp.col_names_) == wanted and len(set(wanted)) == len(wanted)
    assert (lp.num_row_, lp.num_col_) == compiled.matrix.shape


def test_names_that_a_format_cannot_hold_stay_apart() -> None:
    keys = ["n 1", "n_1", "n,1", "n~1", "养老", "养_"]
    names = [safe_name("direct", (key, 2015)) for key in keys]
    assert len(set(names)) == len(keys)
    assert all(name.isascii() and " " not in name and name.count(",") == 1 for name in names)


@pytest.mark.parametrize(
    ("to", "words", "code"),
    [("town.csv2", (), "export_format"), ("town.mps", ("--aim", "beauty"), "export_aim"),
     ("no/such/town.lp", (), "folder_not_writable")],
)  # fmt: skip
def test_what_cannot_be_written_is_refused(to: str, words: tuple[str, ...], code: str, tmp_path: Path) -> None:
    said = exported(tmp_path / to, *words)
    assert said["end"] == 2 and said["code"] == code
