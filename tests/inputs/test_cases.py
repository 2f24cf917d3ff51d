"""Every bad input of the catalogue: one clear message, at the right cell, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from .cases_cells import CASES as CELLS
from .cases_contracts import CASES as CONTRACTS
from .cases_departures import CASES as DEPARTURES
from .cases_files import CASES as FILES
from .cases_locks import CASES as LOCKS
from .cases_names import CASES as NAMES
from .cases_rows import CASES as ROWS
from .cases_settings import CASES as SETTINGS
from .cases_uncertainty import CASES as UNCERTAINTIES
from .small import GOOD, Case, Small, try_case

CASES = (*CELLS, *NAMES, *ROWS, *FILES, *SETTINGS, *DEPARTURES, *LOCKS, *CONTRACTS, *UNCERTAINTIES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input_is_named(case: Case, tmp_path: Path) -> None:
    try_case(case, tmp_path)


def test_good_model_has_nothing_to_say(tmp_path: Path) -> None:
    (finding,) = Small(tmp_path).findings()
    assert {finding.code} == GOOD
    for lang in ("zh", "en"):
        assert "quality_floor" in finding.line(lang) and "undertaker_count" in finding.line(lang)


def test_case_names_stand_once() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))
