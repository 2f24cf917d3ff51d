"""What moves an aim most: every end of a bar is what the model with that input scaled gives."""

from __future__ import annotations

from pathlib import Path

import pytest

import gpsopt
from gpsopt.analysis.tornado import INPUTS, tornado
from gpsopt.errors import UsageError
from gpsopt.scenario import read_scenario
from gpsopt.whatif import lp_values
from tests.cli.running import Command, in_process
from tests.compare.worlds import scenario

TOWN = Path(__file__).parents[2] / "models" / "town"


def test_ends_are_those_of_scenario_files(tmp_path: Path) -> None:
    """Budgets and prices a tenth down and up, against the scenario that a planner would write."""
    found = tornado(TOWN)
    for table, column in (("budgets", "amount"), ("offers", "price")):
        for side, factor in (("low", 0.9), ("high", 1.1)):
            text = f'[[change]]\ntable = "{table}"\ncolumn = "{column}"\nscale = {factor}\n'
            stages = lp_values(read_scenario(scenario(tmp_path, f"{table}_{side}", text)))
            rows = found.frame[found.frame["input"] == f"{table}.{column}"].set_index("aim")
            if not stages:
                assert rows[side].isna().all()
            for stage in stages:
                assert rows.loc[stage.name, side] == pytest.approx(stage.value, rel=1e-9, abs=1e-6)
    assert set(found.frame["input"]) <= {f"{table}.{column}" for table, column, _places in INPUTS}
    with pytest.raises(UsageError):
        tornado(TOWN, by=1.5)


def test_the_command_says_and_draws_it(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = gpsopt.write_run(gpsopt.solve(TOWN), tmp_path)
    command: Command = in_process(capfd)
    done = command("explain", folder, "--inputs", "--chart", tmp_path / "t.svg", "--lang", "zh")
    assert done.code == 0 and "±10%" in done.out and (tmp_path / "t.svg").read_text().count("→") >= 4
    assert command("explain", folder, "--inputs", "--json").json["rows"]
    assert command("explain", folder, "--clause", "coverage", "--inputs").code == 2
