"""The process that opens files of strangers: held to its limits before it opens anything, it answers in JSON.

`python -m gpsopt.workbooks.apart` reads one request from standard input: {"do": "read", "path", "folder",
"aliases": {sheet or file name: table}} or {"do": "mark", "path", "to", "marks"}. No pandas, no model.
"""

from __future__ import annotations

import gc
import json
import sys
import warnings
import zipfile
from dataclasses import asdict
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from gpsopt.csvfile import MAX_CELL, read_records
from gpsopt.workbooks.limits import MAX_CELLS, MAX_LETTERS, RefusedError, hold_to_limits
from gpsopt.workbooks.marking import mark
from gpsopt.workbooks.parcel import csv_files, is_workbook, opened, sheets, unpack
from gpsopt.workbooks.scan import letters, scan


def read(path: Path, folder: Path, aliases: dict[str, str]) -> dict[str, Any]:
    """The tables of a workbook, CSV file, zip or folder of CSV as rows of text, and what is to be said of them."""
    if path.is_dir():
        return _folder(path, aliases)
    if path.suffix.lower() == ".csv":
        return _files([(path.stem, path, path.name)], aliases)
    with opened(path) as parcel:
        if is_workbook(parcel):
            return _workbook(path, parcel, aliases)
        unpack(parcel, folder)
    answer = _folder(folder, aliases)
    if not answer["tables"]:
        raise RefusedError("no_tables")
    return answer


def _folder(folder: Path, aliases: dict[str, str]) -> dict[str, Any]:
    answer = _files([(stem, path, path.relative_to(folder).as_posix()) for stem, path in csv_files(folder)], aliases)
    toml = next(iter(sorted(folder.rglob("model.toml"))), None)
    if toml is not None and toml.stat().st_size < 1_000_000:
        answer["toml"] = toml.read_text(encoding="utf-8-sig", errors="replace")
    return answer


def _files(files: list[tuple[str, Path, str]], aliases: dict[str, str]) -> dict[str, Any]:
    tables, unknown = [], []
    for stem, path, name in files:
        table = aliases.get(stem.strip().lower())
        if table is None:
            unknown.append(name)
            continue
        records, found = read_records(path, name)
        tables.append({"table": table, "file": name, "sheet": "", "rows": records, "findings": [*map(asdict, found)]})
    return {"kind": "files", "tables": tables, "unknown": unknown}


def _workbook(path: Path, parcel: zipfile.ZipFile, aliases: dict[str, str]) -> dict[str, Any]:
    from openpyxl import load_workbook

    listed, from_1904 = sheets(parcel)
    tables: list[dict[str, Any]] = []
    unknown = [name for name, _part, _hidden in listed if _table(name, aliases) is None]
    cells = 0
    for name, part, hidden in listed:
        table = _table(name, aliases)
        if table is None or not part:
            continue
        with parcel.open(part) as stream:
            seen = scan(stream, name)
        cells += seen.cells
        if cells > MAX_CELLS:
            raise RefusedError("too_many_cells", sheet=name, most=MAX_CELLS)
        tables.append({"table": table, "sheet": name, "hidden": hidden, **asdict(seen)})
    if not tables:
        raise RefusedError("no_tables")
    book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    room = MAX_LETTERS
    for one in tables:
        one["rows"], one["dates"] = _rows(book[one["sheet"]], one["last_row"], one["last_column"])
        room -= _letters(one["rows"], one["sheet"])
        if room < 0:
            raise RefusedError("too_many_letters", sheet=one["sheet"], most=MAX_LETTERS)
    return {"kind": "workbook", "tables": tables, "unknown": unknown, "from_1904": from_1904}


def _table(sheet: str, aliases: dict[str, str]) -> str | None:
    """The table of a sheet: its whole name, or the one word of it that is a table's key."""
    whole = sheet.strip().lower()
    return aliases.get(whole) or next((aliases[word] for word in whole.split() if word in aliases), None)


def _rows(sheet: Any, last_row: int, last_column: int) -> tuple[list[tuple[int, list[str]]], int]:
    """(row, texts) of every row with content, and how many cells hold dates."""
    rows: list[tuple[int, list[str]]] = []
    dates = 0
    if last_row == 0:
        return rows, dates
    found = sheet.iter_rows(max_row=last_row, max_col=last_column, values_only=True)
    for number, values in enumerate(found, 1):
        if any(value is not None for value in values):
            dates += sum(isinstance(value, date | time) for value in values)
            rows.append((number, [_text(value) for value in values]))
    return rows, dates


def _letters(rows: list[tuple[int, list[str]]], sheet: str) -> int:
    """How many letters the rows have; RefusedError for a cell with more than a spreadsheet program allows."""
    total = 0
    for number, cells in rows:
        lengths = [len(cell) for cell in cells]
        if max(lengths) > MAX_CELL:
            at = letters(next(place for place, length in enumerate(lengths, 1) if length > MAX_CELL))
            raise RefusedError("cell_too_long", sheet, number, at, most=MAX_CELL)
        total += sum(lengths)
    return total


def _text(value: object) -> str:
    """A cell's value as the text a person would have typed; numbers with the 15 digits that a workbook keeps."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _plain(Decimal(f"{value:.15g}"))
    if isinstance(value, int):
        return _plain(Decimal(f"{float(value):.15g}")) if abs(value) >= 10**15 else str(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return str(value)


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    try:
        if request["do"] == "mark":
            return {"uncommented": mark(Path(request["path"]), Path(request["to"]), request["marks"])}
        return read(Path(request["path"]), Path(request["folder"]), request["aliases"])
    except RefusedError as refused:
        return {"refused": {"code": refused.code, "sheet": refused.sheet, "row": refused.row,
                            "column": refused.column, "value": refused.value, "details": refused.details}}  # fmt: skip
    except MemoryError:
        return {"refused": {"code": "file_too_costly"}}
    except Exception:  # whatever a damaged file makes of its reader is a fault of the file
        return {"refused": {"code": "workbook_damaged"}}


def main() -> None:
    """Answer one request."""
    hold_to_limits()
    gc.disable()  # it lives for one file: walking over all its cells again and again takes a third of its time
    warnings.simplefilter("ignore")  # of openpyxl, on parts that it does not keep
    request = json.load(sys.stdin)
    out = sys.stdout
    sys.stdout = sys.stderr
    json.dump(_answer(request), out, ensure_ascii=True)
    out.flush()


if __name__ == "__main__":
    main()
