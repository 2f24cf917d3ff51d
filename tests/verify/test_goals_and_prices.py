"""What a run derives from its plan is worked out again: goals, reasons, totals; none of them may be left out."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

import gpsopt
from gpsopt.verify import verify_frames, verify_run

TOWN = Path(__file__).parents[2] / "models/town"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town with targets and money that binds, so that there are prices."""
    folder = tmp_path_factory.mktemp("town")
    text = f'model = "{TOWN}"\n[goals.coverage]\ntarget = 0.95\n[goals.posts]\ntarget = 20\n'
    scenario = folder / "s.toml"
    scenario.write_text(text, encoding="utf-8")
    plan = gpsopt.solve(scenario)
    assert plan.certified
    return gpsopt.write_run(plan, folder / "runs")


def rows_of(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def put(path: Path, rows: list[list[str]]) -> None:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    path.write_text(stream.getvalue(), encoding="utf-8-sig")


def others(text: str) -> list[str]:
    try:
        number = float(text)
    except ValueError:
        return [{"yes": "no", "no": "yes"}.get(text, f"{text}x"), "" if text else "1"]
    return [format(number + 0.01, ".6f"), ""]


@pytest.mark.parametrize("table", ["goals", "excluded"])
def test_every_cell_and_row_of_what_is_derived_is_guarded(table: str, run: Path) -> None:
    scenario = gpsopt.read_scenario(run / "inputs")
    summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    read = {path.stem: rows_of(path) for path in run.glob("*.csv")}
    frames = {name: [dict(zip(head, row, strict=True)) for row in rows] for name, (head, *rows) in read.items()}
    assert verify_frames(scenario, frames, summary).ok
    rows = frames[table]
    for at in range(0, len(rows), 3):  # every third row
        for column, text in list(rows[at].items()):
            for other in others(text):
                rows[at][column] = other
                faults = verify_frames(scenario, frames, summary).faults
                assert any(f.file == f"{table}.csv" for f in faults), (table, at, column, other)
            rows[at][column] = text
        row = rows.pop(at)
        assert not verify_frames(scenario, frames, summary).ok, (table, at)
        rows.insert(at, row)


def test_why_a_matter_stays_is_worked_out_again(run: Path) -> None:
    path = run / "direct.csv"
    kept, rows = path.read_bytes(), rows_of(path)
    column = rows[0].index("kept_because")
    at = next(i for i, row in enumerate(rows) if row[column] == "stranded")
    rows[at][column] = "price"
    put(path, rows)
    faults = [(f.file, f.row, f.column) for f in verify_run(run).faults]
    path.write_bytes(kept)
    assert faults == [("direct.csv", at + 1, "kept_because")]


@pytest.mark.parametrize("name", ["goals", "prices", "excluded"])
def test_a_table_left_out_is_missed(name: str, run: Path) -> None:
    path = run / f"{name}.csv"
    kept = path.read_bytes()
    path.unlink()
    faults = [(f.code, f.file) for f in verify_run(run).faults]
    path.write_bytes(kept)
    assert faults == [("file_missing", f"{name}.csv")]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("existing_budget,purchases_within_line civil,2015,-0.5,outlay/yuan", ""),
        ("existing_budget,purchases_within_line civil,2015,0.5,outlay/yuan", "price"),
        ("existing_budget,purchases_within_line civil,2015,0,outlay/yuan", "price"),
        ("own_capacity,work_within_own_capacity u1,2015,-0.5,quality/unit", "price"),
        ("existing_budget,purchases_within_line civil,2015,-0.5,benefit/yuan", "unit"),
        ("existing_budget,purchases_within_line civil,2015,-0.5,outlay/fen", "unit"),
        ("project_limit,few_projects u1,2015,-0.5,outlay/unit", "clause"),
        ("no_clause,few_projects u1,2015,-0.5,outlay/unit", "clause"),
        ("existing_budget,purchases_within_line civil,2019,-0.5,outlay/yuan", "year"),
        ("existing_budget,purchases_within_line civil,2015,cheap,outlay/yuan", "price"),
    ],
)
def test_what_cannot_be_a_price_is_refused(row: str, column: str, run: Path) -> None:
    path = run / "prices.csv"
    kept = path.read_bytes()
    path.write_text(f"clause,index,year,price,unit\n{row}\n", encoding="utf-8-sig")
    faults = [(f.file, f.row, f.column) for f in verify_run(run).faults]
    path.write_bytes(kept)
    assert faults == ([("prices.csv", 2, column)] if column else [])


def test_the_summary_is_whole_and_its_totals_are_those_of_the_plan(run: Path) -> None:
    path = run / "summary.json"
    kept = path.read_bytes()

    def refused(change: Any) -> set[tuple[str, str]]:
        said = json.loads(kept)
        change(said)
        path.write_text(json.dumps(said), encoding="utf-8")
        return {(f.column, f.key) for f in verify_run(run).faults}

    try:
        for name in json.loads(kept)["totals"]:
            assert refused(lambda s, n=name: s["totals"].update({n: "1.00"})) == {("totals", name)}
        for name in ("totals", "unit_values", "certified"):
            assert (name, "") in refused(lambda s, n=name: s.pop(n))
        for name in ("value", "bound", "gap", "gap_amount", "scale", "given_up", "tolerance"):
            assert (name, "outlay") in refused(lambda s, n=name: s["aims"][3].pop(n))
            assert (name, "outlay") in refused(lambda s, n=name: s["aims"][3].update({n: None}))
        assert refused(lambda s: s["aims"][3].update({"tolerance": -0.1})) == {("tolerance", "outlay")}
        assert refused(lambda s: s.pop("run")) == set()  # a name made of a hash: nothing is held against it
    finally:
        path.write_bytes(kept)
    assert verify_run(run).ok


def test_a_year_in_which_nobody_asks_is_no_want_of_capacity(tmp_path: Path) -> None:
    """Units kept for a later year stay by the rule that what nobody asks for is not bought."""
    scenario = tmp_path / "s.toml"
    scenario.write_text(
        f'model = "{TOWN}"\n[[change]]\ntable = "needs"\nwhere = {{ need = "n3", year = 2015 }}\n'
        'column = "demand"\nset = 0\n',
        encoding="utf-8",
    )
    plan = gpsopt.solve(scenario)
    direct = plan.frames["direct"]
    (row,) = direct[(direct["need"] == "n3") & (direct["year"] == 2015)].to_dict("records")
    assert plan.certified and row["quantity"] > 0 and row["kept_because"] == "rule"


@pytest.mark.parametrize("key, other", [("title", "Another town"), ("title_zh", ""), ("scale", None), ("gap", None)])
def test_titles_scales_and_proof_are_those_of_the_inputs_and_gaps(key: str, other: str | None, run: Path) -> None:
    """A run may not go by another name, nor call itself proven while it says that a gap is left."""
    path = run / "summary.json"
    kept = path.read_text(encoding="utf-8")
    summary = json.loads(kept)
    aim = summary["aims"][0]
    if key == "scale":
        aim["scale"] += 1.0
    elif key == "gap":
        aim["bound"], aim["gap_amount"] = aim["value"] - 100.0, 100.0
        aim["gap"] = 100.0 / aim["scale"]
        assert summary["status"] == "optimal"
    else:
        summary[key] = other
    path.write_text(json.dumps(summary), encoding="utf-8")
    faults = verify_run(run).faults
    path.write_text(kept, encoding="utf-8")
    assert {fault.column for fault in faults} == {"status" if key == "gap" else key}
    assert verify_run(run).ok
