"""Every bad workbook gives its one message at its cell, stores nothing, and takes little time and memory."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import pytest

from gpsopt.errors import Finding, InputError
from gpsopt.scenario import read_scenario
from gpsopt.workbooks.importing import import_book
from gpsopt.workbooks.template import write_template
from tests.workbooks.hostile import CASES, Case

TOWN = Path(__file__).parents[2] / "models" / "town"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("good") / "town.xlsx"
    write_template(path, "zh", read_scenario(TOWN), (TOWN / "model.toml").read_text(encoding="utf-8"))
    return path.read_bytes()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_file(case: Case, good: bytes, tmp_path: Path) -> None:
    path, model = tmp_path / "upload.xlsx", tmp_path / "model"
    path.write_bytes(good)
    case.change(path)
    before, started = path.read_bytes(), time.monotonic()
    findings = outcome(path, model)
    assert time.monotonic() - started < 60  # of a busy machine; the processor seconds are held by the child itself
    assert path.read_bytes() == before
    hits = [f for f in findings if f.code == case.code]
    assert hits, [(f.code, f.where("en")) for f in findings]
    hit = hits[0]
    assert (hit.severity, hit.sheet, hit.column, hit.value) == (case.severity, case.sheet, case.column, case.value)
    assert case.row is None or hit.row == case.row
    assert (model / "tables").exists() == all(f.severity != "error" for f in findings)
    for lang in ("zh", "en"):
        assert "{" not in hit.line(lang) and len(hit.line(lang)) > 10


def outcome(path: Path, model: Path) -> tuple[Finding, ...]:
    try:
        return import_book(path, model).findings
    except InputError as error:
        return error.findings


@pytest.mark.slow
def test_hostile_files_stay_within_memory_and_time(good: bytes, tmp_path: Path) -> None:
    """The most costly of them in one process after another: under 10 processor seconds and 1 GB each."""
    for name in ("73_zip_bomb", "74_far_cell", "75_a_million_rows", "76_20000_columns", "77_entities"):
        case = next(c for c in CASES if c.name == name)
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(good)
        case.change(path)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        outcome(path, tmp_path / "model")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime < 10, name
        assert after.ru_maxrss < 1_000_000, name  # kilobytes
