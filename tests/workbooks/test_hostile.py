"""Every bad workbook gives its one message at its cell, stores nothing, and takes little time and memory."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gpsopt.errors import Finding, InputError
from gpsopt.scenario import read_scenario
from gpsopt.workbooks.importing import import_book
from gpsopt.workbooks.limits import CPU_SECONDS, MEMORY_BYTES
from gpsopt.workbooks.template import write_template
from tests.workbooks.hostile import CASES, Case, into
from tests.workbooks.measured import measured

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
    before, started = path.read_bytes(), children_seconds()
    findings = outcome(path, model)
    assert children_seconds() - started < 10
    assert path.read_bytes() == before
    hits = [f for f in findings if f.code == case.code]
    assert hits, [(f.code, f.where("en")) for f in findings]
    hit = hits[0]
    assert (hit.severity, hit.sheet, hit.column, hit.value) == (case.severity, case.sheet, case.column, case.value)
    assert case.row is None or hit.row == case.row
    assert (model / "tables").exists() == all(f.severity != "error" for f in findings)
    for lang in ("zh", "en"):
        assert "{" not in hit.line(lang) and len(hit.line(lang)) > 10


def children_seconds() -> float:
    """Processor seconds of the processes that this one has started and seen end."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def outcome(path: Path, model: Path) -> tuple[Finding, ...]:
    try:
        return import_book(path, model).findings
    except InputError as error:
        return error.findings


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "73_zip_bomb",
        "73_one_enormous_cell",
        "73_one_text_in_many_cells",
        "73_many_shared_texts",
        "74_far_cell",
        "75_a_million_rows",
        "76_20000_columns",
        "77_entities",
    ],
)
def test_hostile_files_stay_within_memory_and_time(name: str, good: bytes, tmp_path: Path) -> None:
    """The most costly of them, each imported by a process of its own: within the memory and time it may take."""
    case = next(c for c in CASES if c.name == name)
    path = tmp_path / f"{name}.xlsx"
    path.write_bytes(good)
    case.change(path)
    used = measured(path, tmp_path / "model")
    assert case.code in used.codes
    assert used.memory < MEMORY_BYTES
    assert used.cpu < 10  # told in its own words, not by the end of its time


def test_the_process_that_opens_files_binds_itself_before_it_reads() -> None:
    """Memory, processor seconds, no core file: seen from outside while it waits for its first word."""
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "gpsopt.workbooks.apart"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        limits = (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_CORE)
        wanted = [(MEMORY_BYTES, MEMORY_BYTES), (CPU_SECONDS, CPU_SECONDS), (0, 0)]
        for _ in range(1200):  # it has not been told anything: whatever it does, it does before
            if [resource.prlimit(child.pid, what) for what in limits] == wanted:
                break
            time.sleep(0.05)
        held = [resource.prlimit(child.pid, what) for what in limits]
        out, _ = child.communicate(b'{"do": "read", "path": "/nowhere.xlsx", "folder": "", "aliases": {}}')
    assert held == wanted
    assert "refused" in json.loads(out)


def test_a_process_at_its_limit_of_memory_has_no_more() -> None:
    program = "from gpsopt.workbooks.limits import hold_to_limits as h; h(); print(len(bytearray(1_000_000_000)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and done.stdout == "" and "MemoryError" in done.stderr


@pytest.mark.slow
def test_a_file_that_takes_all_its_time_is_refused_and_nothing_is_stored(good: bytes, tmp_path: Path) -> None:
    """A workbook at the limits of size, opened where a process may have few seconds: it ends, the importer does not."""
    path = tmp_path / "large.xlsx"
    path.write_bytes(good)
    row = "<c><v>1</v></c>" * 8
    rows = "".join(f'<row r="{r}">{row}</row>' for r in range(100, 70_000))
    into("budgets", "</sheetData>", f"{rows}</sheetData>")(path)
    used = measured(path, tmp_path / "model", cpu=1)
    assert used.codes == ("file_too_costly",)
    assert not (tmp_path / "model").exists()


def test_a_cell_that_has_its_own_fault_is_not_called_empty_too(good: bytes, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(good)
    next(c for c in CASES if c.name == "58_formula_without_value").change(path)
    assert [f.code for f in outcome(path, tmp_path / "model") if f.row == 5 and f.severity == "error"] == [
        "formula_without_value"
    ]
