"""One solved town for every test of the reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from gpsopt import solve, write_run
from gpsopt.runread import Run, read_run

TOWN = Path(__file__).parents[2] / "models" / "town"


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return read_run(write_run(solve(TOWN), tmp_path_factory.mktemp("runs")))
