"""A plan made by hand: what it breaks, by how much, what it reaches, and the nearest plan that breaks nothing."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

import gpsopt
from gpsopt.handplan import read_handplan, score
from tests.cli.running import in_process

TOWN = Path(__file__).parents[2] / "models/town"


@pytest.fixture(scope="module")
def best(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return gpsopt.write_run(gpsopt.solve(TOWN), tmp_path_factory.mktemp("runs"))


def rows_of(run: Path) -> list[list[str]]:
    """The plan of a run as a planner would write it."""
    rows = []
    for name in ("allocation", "direct"):
        with (run / f"{name}.csv").open(encoding="utf-8-sig", newline="") as stream:
            rows += [
                [r["year"], r["need"], r.get("offer", ""), str(Decimal(r["quantity"]) + Decimal(r.get("new", "0")))]
                for r in csv.DictReader(stream)
            ]
    return rows


def written(path: Path, rows: Iterable[list[str]], header: str = "year,need,offer,quantity") -> Path:
    path.write_text("\n".join([header, *(",".join(row) for row in rows)]) + "\n", encoding="utf-8")
    return path


def test_the_best_plan_written_by_hand_breaks_nothing_and_is_its_own_nearest(best: Path, tmp_path: Path) -> None:
    found = score(written(tmp_path / "p.csv", rows_of(best)), TOWN, best=best)
    assert found.ok and found.nearest is not None and found.nearest.distance == 0
    assert all(abs(aim.worse or 0.0) < 1e-6 for aim in found.aims)


def test_one_unit_too_many_is_named_with_its_row_and_by_how_much(best: Path, tmp_path: Path) -> None:
    rows = rows_of(best)
    place = next(i for i, r in enumerate(rows) if r[1] == "n1" and r[2])
    rows[place][3] = str(int(rows[place][3]) + 2)
    found = score(written(tmp_path / "p.csv", rows), TOWN, best=best)
    assert {"served", "own_capacity", "existing_budget"} & {f.rule for f in found.faults}
    over = [f for f in found.faults if f.rule == "existing_budget" and f.code == "overspent"]
    assert over and found.nearest is not None and found.nearest.plan.certified
    assert 0 < found.nearest.distance <= 2 * 100_000  # taking the two units back is a way


def test_an_award_that_no_clause_allows_is_named_at_its_row(best: Path, tmp_path: Path) -> None:
    rows = [*rows_of(best), ["2015", "n1", "o03", "1"]]
    found = score(written(tmp_path / "p.csv", rows), TOWN, best=best)
    fault = next(f for f in found.faults if f.rule == "fee_standard")
    assert (fault.file, fault.row, fault.column) == (str(tmp_path / "p.csv"), len(rows) + 1, "offer")
    assert found.nearest is not None and found.nearest.distance >= 100_000  # that unit can stand in no plan
    assert found.nearest.bound <= float(found.nearest.distance) + 1e-3


def test_direct_units_that_nobody_said_stay_as_they_were(best: Path, tmp_path: Path) -> None:
    found = score(written(tmp_path / "p.csv", [["2015", "n4", "", "4"]]), TOWN, best=best)
    assert (2016, "n4") in found.hand.assumed and (2015, "n4") not in found.hand.assumed
    kept = {(r.need, r.year): r.direct for r in _coverage(found)}
    assert kept["n4", 2016] == Decimal(4)


def _coverage(found) -> list:  # type: ignore[no-untyped-def,type-arg]
    from gpsopt.plan.frames import frames_of

    return list(frames_of(found.hand.draft)["coverage"].itertuples())


def test_units_that_come_back_are_new_posts(best: Path, tmp_path: Path) -> None:
    rows = [["2015", "n1", "", "2"], ["2016", "n1", "", "3"]]
    found = score(written(tmp_path / "p.csv", rows), TOWN, best=best, nearest=False)
    assert "no_new_posts" in {f.rule for f in found.faults}


def test_an_edited_run_folder_is_read(best: Path, tmp_path: Path) -> None:
    folder = tmp_path / "edited"
    shutil.copytree(best, folder)
    assert score(folder, TOWN, best=best).ok
    path = folder / "direct.csv"
    path.write_text(path.read_text("utf-8-sig").replace("2015,n6,culture,2", "2015,n6,culture,1"), encoding="utf-8")
    assert not score(folder, TOWN, best=best, nearest=False).ok


@pytest.mark.parametrize(
    ("header", "row", "code", "column"),
    [
        ("year,need,offer,quantity", "2015,n9,o01,1", "reference_unknown", "need"),
        ("year,need,offer,quantity", "2015,n1,o99,1", "reference_unknown", "offer"),
        ("year,need,offer,quantity", "2020,n1,o01,1", "handplan_year", "year"),
        ("year,need,offer,quantity", "2015,n1,o01,-1", "below_bound", "quantity"),
        ("year,need,offer,quantity", '2015,n1,o01,"1,000"', "thousands_separator", "quantity"),
        ("year,need,offer,quantity", "2015,n1,o01,", "cell_missing", "quantity"),
        ("year,need,offer,quantity", "2015,n1,o01,1\n2015,n1,o01,2", "duplicate_key", "need"),
        ("year,need,offer,quantity", "2015,n1,o01", "wrong_cell_count", ""),
        ("year,need,offer", "2015,n1,o01", "column_missing", "quantity"),
        ("year,need,offer,quantity,quantity", "2015,n1,o01,1,1", "column_twice", "quantity"),
    ],
)
def test_bad_files_are_refused_at_their_cell(header: str, row: str, code: str, column: str, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text(f"{header}\n{row}\n", encoding="utf-8")
    with pytest.raises(gpsopt.InputError) as caught:
        read_handplan(path, gpsopt.read_scenario(TOWN))
    finding = caught.value.findings[0]
    assert (finding.code, finding.column, finding.file) == (code, column, str(path)) and finding.row
    assert finding.line("en") and finding.line("zh")


def test_the_command_scores_and_writes_the_nearest_plan(
    best: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    command = in_process(capfd)
    plan = written(tmp_path / "p.csv", [*rows_of(best), ["2015", "n1", "o03", "1"]])
    words = ("score", str(plan), "--scenario", str(TOWN), "--best", str(best), "--nearest", str(tmp_path / "near"))
    done = command(*words, "--json")
    assert done.code == 0 and not done.json["ok"] and done.json["nearest"]["certified"]
    assert command("verify", done.json["nearest"]["path"]).code == 0
    assert Path(done.json["nearest"]["path"]).name != best.name
    assert "fee_standard" in command(*words, "--lang", "en").out
    assert command("score", str(tmp_path / "none.csv"), "--scenario", str(TOWN)).code == 2


def workbook(path: Path, rows: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    for row in [["year", "need", "offer", "quantity"], *rows]:
        book.active.append(row)
    book.save(path)
    return path


def test_a_workbook_says_the_same_as_a_csv_file(best: Path, tmp_path: Path) -> None:
    rows = rows_of(best)
    cells: list[list[object]] = [[int(t), n, o or None, float(q)] for t, n, o, q in rows]
    scenario = gpsopt.read_scenario(TOWN)
    book = read_handplan(workbook(tmp_path / "p.xlsx", cells), scenario)
    text = read_handplan(written(tmp_path / "p.csv", rows), scenario)
    assert (book.bought, book.direct) == (text.bought, text.direct)


@pytest.mark.parametrize(
    ("rows", "code", "row"),
    [([[2015, "n9", "o01", 1]], "reference_unknown", 2), ([[2015, "n1", "=A1", 1]], "formula_text", 2)],
)
def test_a_workbook_is_refused_at_its_cell(rows: list[list[object]], code: str, row: int, tmp_path: Path) -> None:
    with pytest.raises(gpsopt.InputError) as caught:
        read_handplan(workbook(tmp_path / "p.xlsx", rows), gpsopt.read_scenario(TOWN))
    assert (caught.value.findings[0].code, caught.value.findings[0].row) == (code, row)


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p.xlsx").write_bytes(b"PK no")
    with pytest.raises(gpsopt.InputError):
        read_handplan(tmp_path / "p.xlsx", gpsopt.read_scenario(TOWN))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_workbook_of_a_plan_comes_back_as_that_plan_and_with_its_edit(
    lang: str, best: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    paper = tmp_path / "paper.xlsx"
    assert in_process(capfd)("report", str(best), "--to", str(paper), "--lang", lang).code == 0
    scenario = gpsopt.read_scenario(TOWN)
    read, folder = read_handplan(paper, scenario), read_handplan(best, scenario)
    assert (read.bought, read.direct, read.new, read.idle) == (
        folder.bought, folder.direct, folder.new, folder.idle
    )  # fmt: skip
    book = openpyxl.load_workbook(paper)
    sheet = book["购买安排" if lang == "zh" else "Purchases"]
    assert sheet["G2"].value == "o01"
    sheet["H2"].value += 3
    book.save(paper)
    found = score(paper, TOWN, best=best)
    (over,) = [f for f in found.faults if f.rule == "own_capacity"]
    assert "8" in over.line(lang) and found.nearest is not None and found.nearest.distance > 0


def test_headings_in_chinese_are_read(tmp_path: Path) -> None:
    rows = [["2015", "n1", "o01", "2"], ["2015", "n3", "", "4"]]
    scenario = gpsopt.read_scenario(TOWN)
    zh = read_handplan(written(tmp_path / "zh.csv", rows, "年度,需求,报价编号,数量"), scenario)
    en = read_handplan(written(tmp_path / "en.csv", rows), scenario)
    assert (zh.bought, zh.direct) == (en.bought, en.direct) and zh.bought[2015, "n1", "o01"] == 2
