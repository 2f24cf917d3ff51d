"""Bytes of a CSV file -> rows of text with their line numbers, or a finding that says why not.

Accepted: UTF-8 with or without BOM; UTF-16 with BOM and GB18030 (both noted); comma, semicolon or tab
(the last two noted); any line ending. Limits keep a hostile file from taking the machine.
"""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path
from typing import Final

from gpsopt.errors import Finding

MAX_FILE_BYTES: Final = 64_000_000
MAX_ROWS: Final = 250_000
MAX_COLUMNS: Final = 200
MAX_CELL: Final = 32_767  # letters, as in a spreadsheet

Record = tuple[int, list[str]]
_SEPARATORS: Final = ",;\t"
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_records(path: Path, file: str) -> tuple[list[Record], list[Finding]]:
    """(line, cells) of every row that is not blank, header first; no rows where the file cannot be used."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            return [], [Finding("error", "file_too_large", file, details={"most": MAX_FILE_BYTES // 1_000_000})]
        raw = path.read_bytes()
    except OSError:
        return [], [Finding("error", "file_unreadable", file)]
    text, findings = decode(raw, file)
    if text is None:
        return [], findings
    text, separator = _separated(text)
    if separator != ",":
        shown = "\\t" if separator == "\t" else separator
        findings.append(Finding("note", "separator_read", file, value=shown))
    records, found = _rows(text, separator, file)
    if not records and not found:
        found = [Finding("error", "file_empty", file)]
    return records, findings + found


def decode(raw: bytes, file: str) -> tuple[str | None, list[Finding]]:
    """The text of a file and what is to be said of its encoding; None where it is not text."""
    if raw.startswith(_UTF16):
        try:
            return raw.decode("utf-16"), [Finding("note", "utf16", file)]
        except UnicodeDecodeError:
            return None, [Finding("error", "encoding_unknown", file)]
    if b"\x00" in raw:
        return None, [Finding("error", "nul_bytes", file)]
    for encoding, found in (("utf-8-sig", []), ("gb18030", [Finding("note", "gb18030", file)])):
        try:
            return raw.decode(encoding), found
        except UnicodeDecodeError:
            continue
    return None, [Finding("error", "encoding_unknown", file)]


def _separated(text: str) -> tuple[str, str]:
    """The text and its separator: the one the first line says (`sep=;`) or holds most often."""
    first, _, rest = text.lstrip("\r\n").partition("\n")
    said = first.strip()
    if len(said) == 5 and said[:4].lower() == "sep=" and said[4] in _SEPARATORS:
        return "\n" + rest, said[4]
    return text, max(_SEPARATORS, key=first.count)


def _rows(text: str, separator: str, file: str) -> tuple[list[Record], list[Finding]]:
    records: list[Record] = []
    line = 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for cells in reader:
            if any(cell and not cell.isspace() for cell in cells):
                fault = _too_big(cells, len(records))
                if fault is not None:
                    most, code = fault
                    return [], [Finding("error", code, file, row=line, details={"most": most})]
                records.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        code = "cell_too_long" if "field larger" in str(error) else "quote_broken"
        details: dict[str, object] = {"most": MAX_CELL} if code == "cell_too_long" else {}
        return [], [Finding("error", code, file, row=line, details=details)]
    return records, []


def _too_big(cells: list[str], rows: int) -> tuple[int, str] | None:
    if rows > MAX_ROWS:
        return MAX_ROWS, "too_many_rows"
    if len(cells) > MAX_COLUMNS:
        return MAX_COLUMNS, "too_many_columns"
    if max(map(len, cells)) > MAX_CELL:
        return MAX_CELL, "cell_too_long"
    return None
