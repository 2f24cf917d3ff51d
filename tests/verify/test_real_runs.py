"""Runs that the planner made: passed as they are, stopped when a cell, a row or the inputs are changed."""

from __future__ import annotations

import csv
import random
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from gpsopt.planning import plan_or_end
from gpsopt.runfolder import write_run
from gpsopt.scenario import read_scenario
from gpsopt.verify import verify_run

ROOT = Path(__file__).resolve().parents[2]
TOWN = ROOT / "models" / "town"
TABLES = ("allocation", "direct", "transfers", "coverage", "budgets", "undertakers")

DEPARTURES = {
    "as it stands": "",
    "returned": 'savings = "returned"\n',
    "lagged": 'savings = "lagged"\n',
    # paying twice takes more money than the town has
    "fees stay": 'regime = "fees_stay"\n[[change]]\ntable = "budgets"\ncolumn = "amount"\nscale = 2\n',
    "pooled": 'regime = "pooled"\nshare = 0.1\n',
    "execution of whole units": "quantity_step = 1\n",
    "new posts": "[clauses.no_new_posts]\nenabled = false\n",
}


def run_of(folder: Path, departure: str) -> Path:
    """The town solved under a departure, as a run folder."""
    (folder / "case.toml").write_text(f'model = "{TOWN}"\n{departure}', encoding="utf-8")
    return write_run(plan_or_end(read_scenario(folder / "case.toml")), folder / "runs")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_of(tmp_path_factory.mktemp("town"), "")


@pytest.mark.parametrize("name", DEPARTURES)
def test_the_planner_and_the_check_agree(name: str, tmp_path: Path) -> None:
    run = run_of(tmp_path, DEPARTURES[name])
    verdict = verify_run(run)
    assert verdict.lines("en")[1:] == []
    assert verdict.checked["candidates"] > 0


def read(path: Path) -> tuple[list[str], list[list[str]]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        header, *rows = list(csv.reader(stream))
    return header, rows


def write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *rows])


def other(text: str) -> str:
    """A fen or a unit more; another word."""
    try:
        return str(Decimal(text) + Decimal("0.01" if "." in text else "1"))
    except ArithmeticError:
        return {"yes": "no", "no": "yes"}.get(text, f"{text}x")


@pytest.mark.parametrize("table", TABLES)
def test_no_cell_can_be_changed(table: str, town: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(town, run)
    path = run / f"{table}.csv"
    header, rows = read(path)
    cells = [(at, column) for at in range(len(rows)) for column in range(len(header))]
    for at, column in random.Random(34).sample(cells, min(25, len(cells))):
        text = rows[at][column]
        rows[at][column] = other(text)
        write(path, header, rows)
        verdict = verify_run(run)
        assert not verdict.ok, f"{table} row {at + 2} {header[column]}: {text} -> {other(text)}"
        assert all(fault.line(lang) for fault in verdict.faults for lang in ("zh", "en"))
        rows[at][column] = text
    write(path, header, rows)
    assert verify_run(run).ok


def test_no_row_can_be_taken_out(town: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(town, run)
    for table in TABLES:
        path = run / f"{table}.csv"
        header, rows = read(path)
        for at in random.Random(34).sample(range(len(rows)), min(4, len(rows))):
            write(path, header, rows[:at] + rows[at + 1 :])
            assert not verify_run(run).ok, f"{table} row {at + 2}"
        write(path, header, rows)
    assert verify_run(run).ok


def test_a_plan_held_against_other_inputs(town: Path, tmp_path: Path) -> None:
    """A fen of any budget or expenditure, a unit of any direct line: the plan is another input's plan."""
    run = tmp_path / "run"
    shutil.copytree(town, run)
    for table, column, more in (
        ("budgets", "amount", "0.01"), ("direct_lines", "expenditure", "0.01"), ("direct_lines", "quantity", "1"),
    ):  # fmt: skip
        path = run / "inputs" / "tables" / f"{table}.csv"
        header, rows = read(path)
        place = header.index(column)
        for row in rows:
            text, row[place] = row[place], str(Decimal(row[place]) + Decimal(more))
            write(path, header, rows)
            assert not verify_run(run).ok, f"{table} {row}"
            row[place] = text
        write(path, header, rows)
    assert verify_run(run).ok
