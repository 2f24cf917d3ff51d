"""The sheets of a workbook as rows of text; what a spreadsheet may hide is refused, not guessed."""

from __future__ import annotations

import warnings
import zipfile
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, Final

from gpsopt.cells import plain
from gpsopt.csvfile import MAX_COLUMNS, MAX_FILE_BYTES, MAX_ROWS, Record
from gpsopt.errors import Finding
from gpsopt.written.headings import table_of

#: bytes of a workbook once unpacked: what is larger is a trap or no hand-made plan
MAX_UNPACKED: Final = 200_000_000


Sheets = list[tuple[str, list[Record], list[Finding]]]


def read_workbook(path: Path, file: str) -> Sheets:
    """(sheet, its (row, cells) that are not blank, header first, findings) of every sheet in which a plan of a run
    stands, else of the first sheet; no rows where the file or the sheet cannot be used."""
    import openpyxl

    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            return _refused(Finding("error", "file_too_large", file, details={"most": MAX_FILE_BYTES // 1_000_000}))
        with zipfile.ZipFile(path) as parcel:
            if sum(member.file_size for member in parcel.infolist()) > MAX_UNPACKED:
                return [
                    ("", [], [Finding("error", "file_too_large", file, details={"most": MAX_UNPACKED // 1_000_000})])
                ]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and extensions that are of no use here
            values, formulas = (openpyxl.load_workbook(path, read_only=True, data_only=only) for only in (True, False))
    except Exception:  # whatever is wrong with a stranger's file: it is no workbook
        return _refused(Finding("error", "workbook_unreadable", file))
    try:
        places = [i for i, sheet in enumerate(values.worksheets) if table_of(str(sheet.title))] or [0]
        return [
            (str(values.worksheets[i].title), *_rows(values.worksheets[i], formulas.worksheets[i], file))
            for i in places
        ]  # fmt: skip
    finally:
        values.close()
        formulas.close()


def _refused(finding: Finding) -> Sheets:
    return [("", [], [finding])]


def _rows(values: Any, formulas: Any, file: str) -> tuple[list[Record], list[Finding]]:
    records: list[Record] = []
    findings: list[Finding] = []
    sheet = str(values.title)
    most = MAX_COLUMNS + 1
    pairs = zip(
        values.iter_rows(values_only=True, max_col=most),
        formulas.iter_rows(values_only=True, max_col=most),
        strict=True,
    )
    for line, (shown, said) in enumerate(islice(pairs, MAX_ROWS + 2), 1):
        for value, formula in zip(shown, said, strict=False):
            if value is None and isinstance(formula, str) and formula.startswith("="):
                findings.append(Finding("error", "formula_text", file, sheet, line, value=formula))
        cells = [_text(value) for value in shown]
        if any(cell and not cell.isspace() for cell in cells):
            records.append((line, cells))
    if len(records) > MAX_ROWS or any(len(cells) == most and cells[-1] for _line, cells in records):
        return [], [Finding("error", "too_many_rows", file, sheet, details={"most": MAX_ROWS})]
    width = max((i + 1 for _line, cells in records for i, cell in enumerate(cells) if cell), default=0)
    if not records:
        findings.append(Finding("error", "file_empty", file, sheet))
    return [(line, (cells + [""] * width)[:width]) for line, cells in records], findings


def _text(value: object) -> str:
    """A cell as its text would stand in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return plain(Decimal(repr(value)))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)
