"""What is accepted: encodings, separators, line ends, odd but harmless text; and that nothing is lost on the way."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from gpsopt.cells import CellFault, format_cell, parse_cell
from gpsopt.checks import check
from gpsopt.errors import Finding, ScenarioError, UsageError
from gpsopt.read import read_tables, write_tables
from gpsopt.scenario import read_scenario
from gpsopt.tables import SCHEMA, Column, Tables

from .small import MODEL, TABLES, Small

AREAS = TABLES["areas"]


def _same(one: Tables, other: Tables) -> None:
    for name in SCHEMA:
        left, right = one[name].reset_index(drop=True), other[name].reset_index(drop=True)
        pd.testing.assert_frame_equal(left, right)


@pytest.mark.parametrize(
    "raw",
    [
        AREAS.encode("utf-8-sig"), AREAS.encode("gb18030"), AREAS.encode("utf-16"), AREAS.encode("utf-16-le"),
        AREAS.replace("\n", "\r\n").encode(), AREAS.replace("\n", "\r").encode(), AREAS.replace(",", ";").encode(),
        AREAS.replace(",", "\t").encode(), ("\n" + AREAS + "\n\n").encode(), AREAS.replace("\n", ",,\n").encode(),
        AREAS.replace("a1", ' "a1"'.strip()).encode(), AREAS.replace("a1", "  a1 ").encode(),
    ],
    ids=["bom", "gb18030", "utf16_bom", "utf16_le", "crlf", "cr", "semicolon", "tab", "blank_lines", "empty_columns",
         "quoted", "spaces"],
)  # fmt: skip
def test_same_table_however_it_is_saved(raw: bytes, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    small = Small(tmp_path)
    good = small.read().tables
    if request.node.callspec.id == "utf16_le":
        raw = b"\xff\xfe" + raw
    small.write("areas", raw)
    tables, findings = read_tables(small.model)
    assert not [finding for finding in findings if finding.severity == "error"]
    _same(tables, good)


def test_written_tables_read_back_equal(tmp_path: Path) -> None:
    small = Small(tmp_path)
    small.cell("undertakers", 2, "name_zh", 'a "quoted", name;\nof two lines\r')
    small.cell("undertakers", 3, "name_zh", "Robert'); DROP TABLE offers;--")
    small.cell("undertakers", 2, "note", "=1+1")
    small.cell("needs", 2, "weight", "1e-7")
    small.cell("offers", 2, "price", "080.500000")
    tables = small.read().tables
    write_tables(tables, tmp_path / "again/tables")
    again, findings = read_tables(tmp_path / "again")
    assert not [finding for finding in findings if finding.severity == "error"]
    _same(again, tables)
    write_tables(again, tmp_path / "third/tables", encoding="utf-8-sig")
    for path in sorted((tmp_path / "again/tables").iterdir()):
        assert (tmp_path / "third/tables" / path.name).read_bytes() == b"\xef\xbb\xbf" + path.read_bytes()


def test_case_08_na_as_a_code_stays_a_code(tmp_path: Path) -> None:
    small = Small(tmp_path)
    for table in ("areas", "offers", "needs"):
        small.write(table, TABLES[table].replace("a1", "NA"))
    scenario = small.read()
    assert "NA" in set(scenario.tables["areas"]["area"]) and not [f for f in check(scenario) if f.severity != "note"]


HARMLESS = ("Robert'); DROP TABLE offers;--", 'O"Neill', "a/b\\c", "%s {value} {0}", "😀", "`id`")


@pytest.mark.parametrize("name", HARMLESS)
def test_case_85_hostile_text_stays_text(name: str, tmp_path: Path) -> None:
    small = Small(tmp_path)
    small.cell("undertakers", 2, "name_zh", name)
    scenario = small.read()
    assert scenario.tables["undertakers"]["name_zh"].tolist()[0] == name
    assert not [f for f in check(scenario) if f.severity == "error"]


def test_hostile_names_print_as_they_are_and_never_as_templates(tmp_path: Path) -> None:
    small = Small(tmp_path)
    small.cell("offers", 2, "undertaker", "{0.__class__} {nearest}")
    (finding,) = [f for f in small.findings() if f.severity == "error"]
    assert "{0.__class__} {nearest}" in finding.line("en")


def test_leading_zeros_and_long_codes_are_kept(tmp_path: Path) -> None:
    small = Small(tmp_path)
    for table in TABLES:
        small.write(table, TABLES[table].replace("C01", "007").replace("C02", "110101199001010019"))
    assert set(small.read().tables["items"]["item"]) == {"007", "110101199001010019"}


def test_every_row_keeps_its_line(tmp_path: Path) -> None:
    small = Small(tmp_path)
    small.write("areas", "area,name_zh\n\na2,乙区\n,,\n\na1,甲区\n".replace(",,", ","))
    frame = small.read().tables["areas"]
    assert dict(zip(frame["area"], frame.index, strict=True)) == {"a1": 6, "a2": 3}


def test_shuffled_rows_give_the_same_digest(tmp_path: Path) -> None:
    small = Small(tmp_path)
    before = small.read().digest()
    for table in TABLES:
        head, *rows = small.rows(table)
        random.Random(table).shuffle(rows)
        small.put(table, [head, *rows])
    assert small.read().digest() == before
    small.cell("budgets", 2, "amount", "9000.01")
    assert small.read().digest() != before


def test_idle_zeros_do_not_change_the_digest(tmp_path: Path) -> None:
    small = Small(tmp_path)
    small.more("share = 0.50\n")
    small.cell("budgets", 2, "amount", "9000")
    before = small.read().digest()
    small.more("share = 0.5\n")
    small.cell("budgets", 2, "amount", "9000.00")
    assert small.read().digest() == before


def test_every_fault_of_a_table_is_listed(tmp_path: Path) -> None:
    small = Small(tmp_path)
    small.cell("offers", 2, "price", "x")
    small.cell("offers", 3, "price", "y")
    small.cell("offers", 2, "quality", "z")
    found = [(f.row, f.column, f.value) for f in small.findings() if f.severity == "error"]
    assert sorted(found) == [(2, "price", "x"), (2, "quality", "z"), (3, "price", "y")]


def test_a_file_that_cannot_be_opened_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = Small(tmp_path)
    small.path("areas").unlink()
    small.path("areas").symlink_to(small.path("areas"))  # leads to itself
    assert {"table_missing"} <= {f.code for f in small.findings()}
    Small(tmp_path / "b").path("areas")
    refused = read_scenario(tmp_path / "b/models/small")
    assert not [f for f in refused.findings if f.severity == "error"]

    def closed(_path: Path) -> bytes:
        raise PermissionError

    monkeypatch.setattr(Path, "read_bytes", closed)
    found = read_tables(tmp_path / "b/models/small")[1]
    assert {f.code for f in found} == {"file_unreadable"}
    with pytest.raises(ScenarioError) as error:
        read_scenario(tmp_path / "b/models/small")
    assert error.value.findings[0].code == "file_unreadable" and error.value.findings[0].line("zh")


@pytest.mark.parametrize("path", ["nowhere", "nowhere.toml", "models"])
def test_a_path_that_is_not_there(path: str, tmp_path: Path) -> None:
    Small(tmp_path)
    with pytest.raises(UsageError) as error:
        read_scenario(tmp_path / path)
    assert path in error.value.text("zh") and path in error.value.text("en") and error.value.exit_code == 2


def test_names_of_scenarios_are_fit_for_folders(tmp_path: Path) -> None:
    small = Small(tmp_path)
    hostile = {"CON": "CON_", "a\u202eb": "a_b", "x" * 200: "x" * 60, "预算:压减": "预算_压减", " .": "scenario"}
    for name, shown in hostile.items():
        assert small.read(small.scenario('model = "small"\n', name)).name == shown
    assert small.read(small.model / "model.toml").name == "small"


def test_values_read_and_written_are_the_same() -> None:
    money, quantity = Column("m", "money"), Column("q", "quantity")
    assert parse_cell(" 1234567890123.45 ", money) == Decimal("1234567890123.45")
    assert parse_cell("0.000000000000001", quantity) == Decimal("1e-15")
    assert format_cell(Decimal("1E+3")) == "1000" and format_cell(Decimal("1.50")) == "1.5"
    for text in ("1_000", "0x10", "1e3", "--1", "1.2.3", "１", "+", ".", "1 2", "Infinity", "1\u200b"):
        with pytest.raises(CellFault):
            parse_cell(text, money)


def test_findings_can_be_put_into_json(tmp_path: Path) -> None:
    small = Small(tmp_path)
    small.cell("offers", 2, "price", "x")
    for finding in small.findings():
        assert isinstance(finding, Finding)
        assert json.loads(json.dumps({"file": finding.file, "details": finding.details, "zh": finding.text("zh")}))


def test_settings_of_a_run_folder_are_a_model(tmp_path: Path) -> None:
    """A folder with the resolved tables and `unit_values` in model.toml reads back as the same scenario."""
    small = Small(tmp_path)
    text = 'model = "small"\n[[change]]\ntable = "budgets"\ncolumn = "amount"\nscale = 2\n'
    scenario = small.read(small.scenario(text))
    folder = tmp_path / "inputs"
    write_tables(scenario.tables, folder / "tables")
    values = "".join(f"{item} = {value}\n" for item, value in scenario.unit_values.items())
    (folder / "model.toml").write_text(f"{MODEL}[unit_values]\n{values}", encoding="utf-8")
    again = read_scenario(folder)
    assert again.digest() == scenario.digest()
    assert not [f for f in check(again) if f.severity == "error"]
