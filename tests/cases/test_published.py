"""Published cases are reached: value and plan value within the published tolerance, and the plan verifies.

The cases are kept beside the repository and are for measuring only; where they are missing the test says so.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import gpsopt

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases"
FOLDERS = sorted(path.parent for path in CASES.glob("*/expected.json"))


def test_the_cases_are_there() -> None:
    if not FOLDERS:
        pytest.skip(f"no published cases beside the repository ({CASES.name})")
    assert all((folder / "model.toml").is_file() for folder in FOLDERS)


@pytest.mark.slow
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_published_value_is_reached(folder: Path, tmp_path: Path) -> None:
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    plan = gpsopt.solve(folder)
    first = plan.summary["aims"][0]
    assert (first["name"], first["sense"]) == (expected["aim"], expected["sense"])
    assert first["value"] == pytest.approx(expected["value"], rel=expected["rel_tol"], abs=0)
    assert first["plan_value"] == pytest.approx(expected["value"], rel=expected["rel_tol"], abs=0)
    verdict = gpsopt.verify_run(gpsopt.write_run(plan, tmp_path))
    assert plan.certified
    assert verdict.ok, [fault.line("en") for fault in verdict.faults]
