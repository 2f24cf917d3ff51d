"""Workbooks with one thing wrong in each: the catalogue of bad files, made from the filled template of the town."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

#: rows of a template's sheet: the fixed keys, and the first row of data
KEYS, FIRST = 4, 5


@dataclass(frozen=True)
class Case:
    """What is done to the good workbook, and the one finding that must name it."""

    name: str
    code: str
    change: Callable[[Path], object]
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    severity: str = "error"


def edit(change: Callable[[Any], object]) -> Callable[[Path], None]:
    """A change made by a spreadsheet program."""

    def make(path: Path) -> None:
        book = load_workbook(path)
        change(book)
        book.save(path)

    return make


def parts(change: Callable[[dict[str, bytes]], object]) -> Callable[[Path], None]:
    """A change made to the parts of the file itself."""

    def make(path: Path) -> None:
        with zipfile.ZipFile(path) as old:
            content = {name: old.read(name) for name in old.namelist()}
        change(content)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
            for name, data in content.items():
                new.writestr(name, data)

    return make


def raw(content: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(content)


def sheet_part(content: dict[str, bytes], table: str) -> str:
    """The part of a table's sheet: the template writes its sheets in one order."""
    book = content["xl/workbook.xml"].decode()
    names = [piece.partition('"')[0] for piece in book.split('<sheet name="')[1:]]
    place = next(i for i, name in enumerate(names, 1) if name.split()[0] == table)
    return f"xl/worksheets/sheet{place}.xml"


def into(table: str, old: str, new: str) -> Callable[[Path], None]:
    """Replace a piece of a sheet's XML, the first time it stands there."""

    def change(content: dict[str, bytes]) -> None:
        part = sheet_part(content, table)
        text = content[part].decode()
        assert old in text, old
        content[part] = text.replace(old, new, 1).encode()

    return parts(change)


def _far(path: Path) -> None:
    into("budgets", "</sheetData>",
         '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')(path)  # fmt: skip


def _many_rows(path: Path) -> None:
    rows = "".join(f'<row r="{r}"><c r="A{r}"><v>1</v></c></row>' for r in range(100, 1_000_101))
    into("budgets", "</sheetData>", f"{rows}</sheetData>")(path)


def _many_columns(path: Path) -> None:
    into("budgets", "</sheetData>", '<row r="99">' + "<c><v>1</v></c>" * 20_000 + "</row></sheetData>")(path)


def _entities(content: dict[str, bytes]) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    head, _, rest = content["xl/workbook.xml"].partition(b"?>")
    content["xl/workbook.xml"] = head + b"?>" + bomb + rest


def _bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/media/zeros.bin", bytes(300_000_000))


def _locked(path: Path) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    path.write_bytes(ole + "EncryptedPackage".encode("utf-16-le") + bytes(900))


def _one_cell(path: Path) -> None:
    long = f'<row r="99"><c r="A99" t="inlineStr"><is><t>{"A" * 20_000_000}</t></is></c></row></sheetData>'
    into("budgets", "</sheetData>", long)(path)


def _shared_texts(content: dict[str, bytes]) -> None:
    texts = content["xl/sharedStrings.xml"]
    content["xl/sharedStrings.xml"] = texts.replace(b"</sst>", b"<si><t>abcdefgh</t></si>" * 1_500_000 + b"</sst>")


def _one_text_everywhere(path: Path) -> None:
    """A text of the length that is allowed, in more cells than all together may have letters."""
    text = "x" * 32_000

    def change(book: Any) -> None:
        for row in range(FIRST, FIRST + 1_100):
            _sheet(book, "budgets").cell(row, 4, text)

    edit(change)(path)


def _symlink(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as new:
        entry = zipfile.ZipInfo("tables/needs.csv")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        new.writestr(entry, "/etc/passwd")


def zipped(name: str, text: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        new.writestr(name, text)
    return out.getvalue()


def _sheet(book: Any, table: str) -> Any:
    return next(sheet for sheet in book if sheet.title.split()[0] == table)


def _title(book: Any, table: str) -> str:
    return str(_sheet(book, table).title)


def _cell(table: str, ref: str, value: object) -> Callable[[Path], None]:
    return edit(lambda book: _sheet(book, table).__setitem__(ref, value))


def _empty_sheet(book: Any) -> None:
    _sheet(book, "budgets").delete_rows(1, 5_000)


def _two_headers(book: Any) -> None:
    sheet = _sheet(book, "budgets")
    sheet.insert_rows(FIRST + 1)
    for place, cell in enumerate(sheet[KEYS], 1):
        sheet.cell(FIRST + 1, place, cell.value)


def _date(path: Path) -> None:
    def change(book: Any) -> None:
        from openpyxl.utils.datetime import CALENDAR_MAC_1904

        book.epoch = CALENDAR_MAC_1904
        cell = _sheet(book, "budgets")["D5"]  # a remark
        cell.value, cell.number_format = 42_000, "yyyy-mm-dd"

    edit(change)(path)


CASES = (
    Case("51_empty", "file_empty", raw(b"")),
    Case("52_header_only", "header_only", edit(lambda b: _sheet(b, "budgets").delete_rows(FIRST, 500)),
         "budgets 部门预算", severity="warning"),
    Case("52_no_rows_at_all", "sheet_empty", edit(_empty_sheet), "budgets 部门预算"),
    Case("53_missing_sheet", "sheet_missing", edit(lambda b: b.remove(_sheet(b, "needs"))), value="needs"),
    Case("53_no_known_sheet", "no_tables", edit(lambda b: [b.remove(s) for s in b.worksheets[1:]])),
    Case("54_missing_column", "column_missing", edit(lambda b: _sheet(b, "budgets").delete_cols(3)),
         "budgets 部门预算", KEYS, "amount"),
    Case("55_column_twice", "column_twice", _cell("budgets", "D4", "amount"), "budgets 部门预算", KEYS, "amount"),
    Case("56_merged_cells", "merged_cells", edit(lambda b: _sheet(b, "budgets").merge_cells("A5:A6")),
         "budgets 部门预算", FIRST, "purchaser", "A5:A6"),
    Case("57_hidden_rows", "hidden_rows",
         edit(lambda b: setattr(_sheet(b, "budgets").row_dimensions[6], "hidden", True)),
         "budgets 部门预算", 6, severity="warning"),
    Case("57_hidden_column", "hidden_columns",
         edit(lambda b: setattr(_sheet(b, "budgets").column_dimensions["C"], "hidden", True)),
         "budgets 部门预算", KEYS, "amount", severity="warning"),
    Case("57_hidden_sheet", "sheet_hidden", edit(lambda b: setattr(_sheet(b, "budgets"), "sheet_state", "hidden")),
         "budgets 部门预算", severity="warning"),
    Case("58_formula_without_value", "formula_without_value", _cell("budgets", "C5", "=480000*2"),
         "budgets 部门预算", FIRST, "amount"),
    Case("58_formula_with_value", "formula_values", into("budgets", "<v>960000</v>", "<f>480000*2</f><v>960000</v>"),
         "budgets 部门预算", severity="note"),
    Case("59_reference_lost", "formula_error", _cell("budgets", "C5", "#REF!"),
         "budgets 部门预算", FIRST, "amount", "#REF!"),
    Case("60_total_row", "total_row", _cell("budgets", "A9", "合计"), "budgets 部门预算", 9, "purchaser", "合计"),
    Case("60_total_row_with_a_gap", "total_row", _cell("budgets", "A12", "合　计"), "budgets 部门预算", 12, "purchaser",
         "合　计"),
    Case("61_two_header_rows", "header_twice", edit(_two_headers), "budgets 部门预算", FIRST + 1),
    Case("61_data_above_the_header", "rows_above_header",
         edit(lambda b: [_sheet(b, "budgets").__setitem__(ref, v) for ref, v in (("A1", "civil"), ("C1", 5))]),
         "budgets 部门预算", 1, value="civil"),
    Case("61_titles_without_names", "header_titles", edit(lambda b: _sheet(b, "budgets").delete_rows(2, 3)),
         "budgets 部门预算", 1, value="购买主体"),
    Case("54_a_column_without_a_name", "column_unnamed", _cell("budgets", "J5", "stray"),
         "budgets 部门预算", KEYS, "J"),
    Case("66_nul_bytes", "not_a_workbook", raw(bytes(4096))),
    Case("67_xls", "workbook_old", raw(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))),
    Case("67_xlsm", "workbook_macros", parts(lambda c: c.update({"xl/vbaProject.bin": b"x"}))),
    Case("67_xlsb", "workbook_binary", parts(lambda c: c.update({"xl/workbook.bin": b"x"}))),
    Case("68_password", "workbook_password", _locked),
    Case("69_external_links", "external_links",
         parts(lambda c: c.update({"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}))),
    Case("70_a_picture", "not_a_workbook", raw(b"\x89PNG\r\n\x1a\n" + bytes(500))),
    Case("71_cut_off", "zip_cut_off", lambda path: path.write_bytes(path.read_bytes()[:4000])),
    Case("71_damaged", "workbook_damaged",
         parts(lambda c: c.update({sheet_part(c, "budgets"): c[sheet_part(c, "budgets")][:900]})),
         "budgets 部门预算"),
    Case("72_dates_from_1904", "dates_1904", _date, "budgets 部门预算"),
    Case("73_zip_bomb", "zip_bomb", _bomb),
    Case("73_one_enormous_cell", "cell_too_long", _one_cell, "budgets 部门预算", 99, "A"),
    Case("73_one_text_in_many_cells", "too_many_letters", _one_text_everywhere, "budgets 部门预算"),
    Case("73_many_shared_texts", "file_too_costly", parts(_shared_texts), value="xl/sharedStrings.xml"),
    Case("74_far_cell", "cell_far_out", _far, "budgets 部门预算", 1_048_576, value="XFD1048576"),
    Case("75_a_million_rows", "too_many_rows", _many_rows, "budgets 部门预算"),
    Case("76_20000_columns", "too_many_columns", _many_columns, "budgets 部门预算", 99),
    Case("77_entities", "xml_entities", parts(_entities)),
    Case("23_leading_zeros", "reference_unknown", _cell("budgets", "A5", 7), "budgets 部门预算", FIRST,
         "purchaser", "7"),
    Case("unknown_sheet", "sheet_unknown", edit(lambda b: b.create_sheet("offer")), "offer", value="offer",
         severity="warning"),
    Case("a_table_twice", "sheet_twice",
         edit(lambda b: setattr(b.copy_worksheet(_sheet(b, "budgets")), "title", "budgets")),
         "budgets", value="budgets"),
    Case("86_symlink", "zip_path", _symlink, value="tables/needs.csv"),
    Case("86_path_that_leaves", "zip_path", raw(zipped("../../etc/needs.csv", b"need\n")), value="../../etc/needs.csv"),
)  # fmt: skip
