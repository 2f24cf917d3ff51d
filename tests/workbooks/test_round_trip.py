"""Model -> workbook, zip or data package -> model: equal; and the marked copy of a workbook with findings."""

from __future__ import annotations

import json
import time
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from gpsopt.datapackage import write_package
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.tables import SCHEMA
from gpsopt.workbooks.importing import checked_name, examine, import_book
from gpsopt.workbooks.marking import MOST_COMMENTS
from gpsopt.workbooks.template import write_template
from tests.cli.running import process
from tests.pace import limit

MODELS = Path(__file__).parents[2] / "models"


def filled(model: str, path: Path, lang: str = "zh") -> Scenario:
    scenario = read_scenario(MODELS / model)
    write_template(path, lang, scenario, (MODELS / model / "model.toml").read_text(encoding="utf-8"))
    return scenario


@pytest.mark.parametrize(
    ("model", "lang"), [("town", "zh"), ("town", "en"), pytest.param("beijing", "zh", marks=pytest.mark.slow)]
)
def test_workbook_and_back(model: str, lang: str, tmp_path: Path) -> None:
    before = filled(model, tmp_path / "book.xlsx", lang)
    imported = import_book(tmp_path / "book.xlsx", tmp_path / "model")
    assert imported.ok, [f.line("en") for f in imported.findings if f.severity == "error"]
    assert read_scenario(tmp_path / "model").digest() == before.digest()


@pytest.mark.parametrize("packed", [False, True])
def test_data_package_and_back(packed: bool, tmp_path: Path) -> None:
    before = read_scenario(MODELS / "town")
    source = tmp_path / "package"
    files = write_package(before, source, (MODELS / "town" / "model.toml").read_text(encoding="utf-8"))
    package = json.loads((source / "datapackage.json").read_text(encoding="utf-8"))
    assert {f"{r['name']}.csv" for r in package["resources"]} | {"datapackage.json", "model.toml"} == set(files)
    fields = {f["name"]: f for r in package["resources"] if r["name"] == "needs" for f in r["schema"]["fields"]}
    assert set(fields) == set(SCHEMA["needs"].names())
    assert fields["floor"]["constraints"] == {"minimum": 0, "maximum": 1}
    assert fields["demand"]["titles"]["zh"] and fields["demand"]["titles"]["en"]
    if packed:
        source = tmp_path / "package.zip"
        with zipfile.ZipFile(source, "w") as out:
            for name in files:
                out.write(tmp_path / "package" / name, name)
    assert import_book(source, tmp_path / "model").ok
    assert read_scenario(tmp_path / "model").digest() == before.digest()


def test_the_commands_take_a_data_package_with_its_settings(tmp_path: Path) -> None:
    """Out by one command and in by the others, years, aims and clauses with it."""
    assert process("export", MODELS / "town", "--to", tmp_path / "package").code == 0
    assert process("check", tmp_path / "package").code == 0
    assert process("import", tmp_path / "package", "--to", tmp_path / "model").code == 0
    assert read_scenario(tmp_path / "model").digest() == read_scenario(MODELS / "town").digest()


@pytest.mark.slow
def test_beijing_by_csv_in_gb18030_and_back(tmp_path: Path) -> None:
    before, folder = read_scenario(MODELS / "beijing"), tmp_path / "csv"
    for name in write_package(before, folder, (MODELS / "beijing/model.toml").read_text(encoding="utf-8")):
        path = folder / name
        path.unlink() if name == "datapackage.json" else None
        if path.suffix == ".csv":
            path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    imported = import_book(folder, tmp_path / "model")
    assert imported.ok and sum(f.code == "gb18030" for f in imported.findings) > 3
    assert read_scenario(tmp_path / "model").digest() == before.digest()


def test_an_empty_template_says_what_is_missing_and_nothing_is_executed(tmp_path: Path) -> None:
    write_template(tmp_path / "empty.xlsx", "zh")
    seen = examine(tmp_path / "empty.xlsx")
    assert not seen.ok and {"header_only", "no_needs"} & {f.code for f in seen.findings}
    with zipfile.ZipFile(tmp_path / "empty.xlsx") as book:
        assert not any(b"<f>" in book.read(n) for n in book.namelist() if "worksheets/" in n)


def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    scenario = filled("town", tmp_path / "first.xlsx")
    frame = scenario.tables["areas"].copy()
    frame["note"] = "=1+1"
    tables = scenario.tables.with_frame("areas", frame)
    from dataclasses import replace

    write_template(tmp_path / "b.xlsx", "en", replace(scenario, tables=tables), "")
    cell = next(c for row in load_workbook(tmp_path / "b.xlsx")["areas"].iter_rows() for c in row if c.value == "=1+1")
    assert cell.data_type != "f" or cell.value == "=1+1"
    with zipfile.ZipFile(tmp_path / "b.xlsx") as book:
        assert not any(b"<f>" in book.read(n) for n in book.namelist() if "worksheets/" in n)


def test_findings_come_back_red_in_a_copy(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    filled("town", path)
    book = load_workbook(path)
    sheet = next(s for s in book if s.title.startswith("budgets"))
    sheet["C5"] = -5
    sheet["A6"] = "nobody"
    book.save(path)
    original = path.read_bytes()
    done = process("check", path, "--lang", "en", "--json")
    assert done.code == 2
    places = {(f["sheet"], f["row"], f["column"], f["value"]) for f in done.json["findings"]}
    assert (sheet.title, 5, "amount", "-5") in places and (sheet.title, 6, "purchaser", "nobody") in places
    assert path.read_bytes() == original
    marked = load_workbook(checked_name(path))[sheet.title]
    assert marked["C5"].fill.fgColor.rgb == "FFF4B6B6" and "-5" in marked["C5"].comment.text
    assert "nobody" in marked["A6"].comment.text and marked["A5"].comment is None


def test_what_was_corrected_in_a_marked_copy_is_no_longer_red(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    filled("town", path)
    book = load_workbook(path)
    sheet = next(s for s in book if s.title.startswith("budgets"))
    right, sheet["C5"], sheet["A6"] = sheet["C5"].value, -5, "nobody"
    book.save(path)
    first = examine(path).marked
    assert first is not None
    book = load_workbook(first)
    book[sheet.title]["C5"] = right
    book.save(first)
    second = examine(first).marked
    assert second is not None
    again = load_workbook(second)[sheet.title]
    assert again["C5"].comment is None and again["C5"].fill.fgColor.rgb != "FFF4B6B6"
    assert again["A6"].comment is not None and again["A6"].fill.fgColor.rgb == "FFF4B6B6"


def test_control_totals_tie_to_the_fen(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    scenario = filled("town", path)
    total = sum(scenario.tables["budgets"]["amount"])
    book = load_workbook(path)
    sheet = next(s for s in book if s.title.startswith("controls"))
    sheet["A5"], sheet["B5"], sheet["E5"] = "budgets", "amount", float(total) + 0.01
    book.save(path)
    findings = [f for f in examine(path, mark=False).findings if f.code == "control_differs"]
    assert [(f.sheet, f.row, f.column, f.details["difference"]) for f in findings] == [
        (sheet.title, 5, "amount", "-0.01")
    ]


def large(path: Path, rows: int, bad: int) -> None:
    """The town's workbook with `rows` offers, of which the first `bad` name an undertaker that is not there."""
    from dataclasses import replace

    import pandas as pd

    scenario = read_scenario(MODELS / "town")
    offers = scenario.tables["offers"]
    many = pd.concat([offers] * (rows // len(offers) + 1), ignore_index=True).iloc[:rows]
    many = many.assign(offer=[f"x{i:05d}" for i in range(rows)])
    many.loc[: bad - 1, "undertaker"] = "nobody"
    tables = scenario.tables.with_frame("offers", many)
    write_template(path, "zh", replace(scenario, tables=tables), (MODELS / "town/model.toml").read_text("utf-8"))


def test_every_fault_is_red_and_the_first_of_a_column_are_commented(tmp_path: Path) -> None:
    path, bad = tmp_path / "book.xlsx", MOST_COMMENTS + 20
    large(path, bad + 5, bad)
    seen = examine(path)
    assert seen.marked is not None and sum(f.code == "reference_unknown" for f in seen.findings) == bad
    (said,) = [f for f in seen.findings if f.code == "marked_without_comment"]
    assert said.details == {"count": "20", "most": MOST_COMMENTS} and "20" in said.line("zh")
    sheet = next(s for s in load_workbook(seen.marked) if s.title.startswith("offers"))
    cells = [sheet.cell(row, 2) for row in range(5, 5 + bad + 5)]
    red = [cell.fill.fgColor.rgb == "FFF4B6B6" for cell in cells]
    assert red == [True] * bad + [False] * 5
    assert [cell.comment is not None for cell in cells] == [True] * MOST_COMMENTS + [False] * 25


@pytest.mark.slow
def test_twenty_thousand_rows_with_findings_within_ten_seconds(tmp_path: Path) -> None:
    """Every row has a fault. Children's and own processor seconds: the machine may be busy with other work."""
    import resource

    def used() -> float:
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.process_time() + children.ru_utime + children.ru_stime

    path = tmp_path / "large.xlsx"
    large(path, 20_000, 20_000)
    started = used()
    seen = examine(path)
    assert used() - started < limit(10)
    assert seen.marked is not None and sum(f.severity == "error" for f in seen.findings) == 20_000
