"""Cases 62 to 66 and 78 to 80 on the road of an import: CSV of other programs, and settings that are a trap."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from gpsopt.errors import InputError
from gpsopt.scenario import read_scenario
from gpsopt.workbooks.importing import import_book
from gpsopt.workbooks.template import write_template

TOWN = Path(__file__).parents[2] / "models" / "town"


def encoded(encoding: str) -> Callable[[bytes], bytes]:
    return lambda content: content.decode("utf-8-sig").encode(encoding)


def separated(mark: str) -> Callable[[bytes], bytes]:
    def change(content: bytes) -> bytes:
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=mark, lineterminator="\n").writerows(
            csv.reader(content.decode("utf-8-sig").splitlines())
        )
        return out.getvalue().encode()

    return change


ACCEPTED = {
    "62_gb18030": ("gb18030", encoded("gb18030")),
    "63_utf16": ("utf16", encoded("utf-16")),
    "64_semicolons": ("separator_read", separated(";")),
    "64_tabs": ("separator_read", separated("\t")),
}
REFUSED = {
    "65_unclosed_quote": ("quote_broken", lambda content: content.rstrip() + b'\nx,"y\n'),
    "66_nul_bytes": ("nul_bytes", lambda content: content.replace(b"east", b"ea\0st", 1)),
    "62_no_encoding": ("encoding_unknown", lambda content: content.rstrip() + b"\n\xff\xff\xff\n"),
}


def folder(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> Path:
    source = tmp_path / "source"
    shutil.copytree(TOWN / "tables", source)
    path = source / "areas.csv"
    path.write_bytes(spoil(path.read_bytes()))
    shutil.copyfile(TOWN / "model.toml", source / "model.toml")
    return source


@pytest.mark.parametrize("name", ACCEPTED)
def test_csv_of_other_programs_is_read_and_said(name: str, tmp_path: Path) -> None:
    code, change = ACCEPTED[name]
    imported = import_book(folder(tmp_path, change), tmp_path / "model")
    said = [f for f in imported.findings if f.code == code]
    assert imported.ok and said and said[0].severity == "note" and said[0].file == "areas.csv"
    assert read_scenario(tmp_path / "model").digest() == read_scenario(TOWN).digest()


@pytest.mark.parametrize("name", REFUSED)
def test_broken_csv_is_refused_and_nothing_is_stored(name: str, tmp_path: Path) -> None:
    code, change = REFUSED[name]
    try:
        findings = import_book(folder(tmp_path, change), tmp_path / "model").findings
    except InputError as error:
        findings = error.findings
    assert code in {f.code for f in findings if f.severity == "error"}
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize(
    ("code", "settings"),
    [("toml_too_deep", "x = " + "[" * 100 + "]" * 100), ("toml_too_deep", "x = " + "[" * 9_000 + "]" * 9_000),
     ("toml_key_twice", 'title = "a"\ntitle = "b"')],
    ids=["78_100_deep", "78_9000_deep", "79_key_twice"],
)  # fmt: skip
def test_settings_that_are_a_trap(code: str, settings: str, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    write_template(path, "en", read_scenario(TOWN), "years = [2015]")
    book = load_workbook(path)
    sheet = next(s for s in book if any(c.value == "years = [2015]" for row in s.iter_rows() for c in row))
    cell = next(c for row in sheet.iter_rows() for c in row if c.value == "years = [2015]")
    for line, text in enumerate(settings.split("\n")):
        sheet.cell(cell.row + line, cell.column, text)
    book.save(path)
    try:
        findings = import_book(path, tmp_path / "model").findings
    except InputError as error:
        findings = error.findings
    assert code in {f.code for f in findings if f.severity == "error"}, [f.line("en") for f in findings]
    assert not (tmp_path / "model").exists()
