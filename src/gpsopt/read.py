"""Folders of CSV and TOML -> typed tables; every finding carries file, row, column and value."""

from __future__ import annotations

import csv
import difflib
import io
from dataclasses import replace
from pathlib import Path

import pandas as pd

from gpsopt.cells import CellFault, format_cell, parse_cell
from gpsopt.errors import Finding
from gpsopt.tables import SCHEMA, Cell, Column, Table, Tables, empty_frame, sorted_by_key

MAX_FILE_BYTES = 200_000_000


def read_tables(folder: Path) -> tuple[Tables, tuple[Finding, ...]]:
    """All tables of a model folder (`<folder>/tables/*.csv`) and what was found wrong in them."""
    frames: dict[str, pd.DataFrame] = {}
    files: dict[str, str] = {}
    findings: list[Finding] = []
    for table in SCHEMA.values():
        path = folder / "tables" / f"{table.name}.csv"
        files[table.name] = f"tables/{path.name}"
        if path.is_file():
            frame, found = read_csv(path, table, files[table.name])
            findings += found
        else:
            frame = empty_frame(table)
            if not table.optional and table.name != "direct_lines":
                findings.append(Finding("error", "table_missing", file=files[table.name]))
        frames[table.name] = frame
    findings += _unknown_files(folder / "tables")
    return Tables(frames, files), tuple(findings)


def read_csv(path: Path, table: Table, file: str) -> tuple[pd.DataFrame, list[Finding]]:
    """One CSV file as a typed frame in key order, with its findings."""
    text, findings = _decode(path, file)
    if text is None:
        return empty_frame(table), findings
    records = _records(text)
    if not records:
        return empty_frame(table), [*findings, Finding("error", "file_empty", file=file)]
    _line, header = records[0]
    columns, found = _match_header([name.strip() for name in header], table, file)
    findings += found
    if any(f.severity == "error" for f in found):
        return empty_frame(table), findings
    if len(records) == 1:
        findings.append(Finding("warning", "header_only", file=file))
    frame, found = frame_of(records[1:], columns, table, file)
    return frame, findings + found


def frame_of(
    records: list[tuple[int, list[str]]], columns: list[Column | None], table: Table, file: str, sheet: str = ""
) -> tuple[pd.DataFrame, list[Finding]]:
    """Rows of text as a typed frame; `columns[j]` is what stands in place j, None where it is ignored."""
    findings: list[Finding] = []
    values: dict[str, list[Cell]] = {name: [] for name in table.names()}
    lines: list[int] = []
    given = {column.name: place for place, column in enumerate(columns) if column is not None}
    for line, cells in records:
        if len(cells) != len(columns):
            findings.append(Finding("error", "wrong_cell_count", file, sheet, line,
                                    details={"found": len(cells), "expected": len(columns)}))  # fmt: skip
            continue
        lines.append(line)
        for column in table.columns:
            text = cells[given[column.name]] if column.name in given else ""
            value, fault = _cell(text, column)
            values[column.name].append(value)
            if fault:
                findings.append(replace(fault, file=file, sheet=sheet, row=line))
    frame = pd.DataFrame(
        {name: pd.Series(column, dtype=object) for name, column in values.items()}
    )  # fmt: skip
    frame.index = pd.Index(lines)
    findings += _duplicates(frame, table, file, sheet)
    return sorted_by_key(frame, table), findings


def write_tables(tables: Tables, folder: Path) -> None:
    """Write every table that has rows as UTF-8 CSV; reading it back gives the same frames."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.frames.items():
        if frame.empty and SCHEMA[name].optional:
            continue
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(frame.columns)
            for values in zip(*(frame[c] for c in frame.columns), strict=True):
                writer.writerow([format_cell(value) for value in values])


def nearest(name: str, known: tuple[str, ...]) -> str:
    """The known name closest to a wrong one, or an empty text."""
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.5)), "")


def _cell(text: str, column: Column) -> tuple[Cell, Finding | None]:
    try:
        value = parse_cell(text, column)
    except CellFault as fault:
        finding = Finding("error", fault.code, column=column.name, value=text.strip(), details=fault.details)
        return None, finding
    if value is None and column.required:
        return None, Finding("error", "cell_missing", column=column.name)
    return value, None


def _decode(path: Path, file: str) -> tuple[str | None, list[Finding]]:
    if path.stat().st_size > MAX_FILE_BYTES:
        return None, [Finding("error", "file_too_large", file=file)]
    raw = path.read_bytes()
    if b"\x00" in raw:
        return None, [Finding("error", "nul_bytes", file=file)]
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("gb18030"), [Finding("note", "gb18030", file=file)]
    except UnicodeDecodeError:
        return None, [Finding("error", "encoding_unknown", file=file)]


def _records(text: str) -> list[tuple[int, list[str]]]:
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    records = []
    line = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            records.append((line, cells))
        line = reader.line_num + 1
    return records


def _match_header(names: list[str], table: Table, file: str) -> tuple[list[Column | None], list[Finding]]:
    findings = []
    columns: list[Column | None] = []
    for name in names:
        columns.append(table.column(name) if table.has(name) else None)
        if not table.has(name):
            findings.append(Finding("error", "column_unknown", file=file, row=1, column=name, value=name,
                                    details={"nearest": nearest(name, table.names())}))  # fmt: skip
        elif names.count(name) > 1:
            findings.append(Finding("error", "column_twice", file=file, row=1, column=name))
    for column in table.columns:
        if column.required and column.name not in names:
            findings.append(Finding("error", "column_missing", file=file, row=1, column=column.name))
    return columns, findings


def _duplicates(frame: pd.DataFrame, table: Table, file: str, sheet: str) -> list[Finding]:
    first: dict[tuple[Cell, ...], int] = {}
    findings = []
    for line, *key in zip(frame.index, *(frame[name] for name in table.key), strict=True):
        known = first.setdefault(tuple(key), int(line))
        if known != line:
            shown = ", ".join(format_cell(part) for part in key)
            findings.append(Finding("error", "duplicate_key", file, sheet, int(line), table.key[0], shown,
                                    details={"first": known}))  # fmt: skip
    return findings


def _unknown_files(folder: Path) -> list[Finding]:
    if not folder.is_dir():
        return []
    return [
        Finding("warning", "file_unknown", file=f"tables/{path.name}",
                details={"nearest": nearest(path.stem, tuple(SCHEMA))})
        for path in sorted(folder.glob("*.csv")) if path.stem not in SCHEMA
    ]  # fmt: skip
