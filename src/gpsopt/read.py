"""Folders of CSV files -> typed tables, and back; every finding carries file, row, column and value."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import pandas as pd

from gpsopt.cells import CellFault, format_cell, nearest, parse_cell
from gpsopt.csvfile import Record, read_records
from gpsopt.errors import Finding
from gpsopt.tables import SCHEMA, Cell, Column, Table, Tables, empty_frame, sorted_by_key

#: what stands at the head of a row of sums
_TOTALS: Final = frozenset(("合计", "总计", "小计", "共计", "累计", "total", "grandtotal", "subtotal", "sum"))


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
            if table.name == "direct_lines":
                findings.append(Finding("note", "table_absent", file=files[table.name]))
            elif not table.optional:
                findings.append(Finding("error", "table_missing", file=files[table.name]))
        frames[table.name] = frame
    findings += _unknown_files(folder / "tables")
    return Tables(frames, files), tuple(findings)


def read_csv(path: Path, table: Table, file: str) -> tuple[pd.DataFrame, list[Finding]]:
    """One CSV file as a typed frame in key order, with its findings."""
    records, findings = read_records(path, file)
    if not records:
        return empty_frame(table), findings
    frame, found = read_sheet(records, table, file)
    return frame, findings + found


def read_sheet(records: list[Record], table: Table, file: str, sheet: str = "") -> tuple[pd.DataFrame, list[Finding]]:
    """Rows of text, the header first, as a typed frame: what a CSV file and a sheet have in common."""
    (line, header), body = records[0], records[1:]
    names = [name.strip() for name in header]
    while names and not names[-1] and not any(len(cells) >= len(names) and cells[len(names) - 1].strip()
                                              for _line, cells in body):  # fmt: skip
        names.pop()  # columns at the right that hold nothing at all
    if body and not any(map(table.has, names)) and sum(map(table.has, (c.strip() for c in body[0][1]))) > 1:
        return empty_frame(table), [Finding("error", "header_twice", file, sheet, body[0][0])]
    titles = None if any(map(table.has, names)) else _titles_only(names, table)
    if titles is not None:
        return empty_frame(table), [replace(titles, file=file, sheet=sheet, row=line)]
    columns, findings = _match_header(names, body, line, table, file, sheet)
    if findings:
        return empty_frame(table), findings
    if not body:
        findings.append(Finding("warning", "header_only", file, sheet))
    frame, found = frame_of(body, columns, table, file, sheet)
    return frame, findings + found


def frame_of(
    records: list[Record], columns: Sequence[Column | None], table: Table, file: str, sheet: str = ""
) -> tuple[pd.DataFrame, list[Finding]]:
    """Rows of text as a typed frame; `columns[j]` is what stands in place j, None where it is ignored."""
    findings: list[Finding] = []
    rows: list[list[str]] = []
    lines: list[int] = []
    headings = _headings(table)
    for line, cells in records:
        fault = _row_fault(cells, columns, headings)
        if fault is None:
            lines.append(line)
            rows.append(cells)
        else:
            findings.append(replace(fault, file=file, sheet=sheet, row=line))
    given = {column.name: place for place, column in enumerate(columns) if column is not None}
    series: dict[str, pd.Series] = {}
    for column in table.columns:
        place = given.get(column.name)
        if place is None:
            values: list[Cell] = [None] * len(rows)
        else:
            values, found = _column_values([cells[place] for cells in rows], column)
            findings += [replace(fault, file=file, sheet=sheet, row=lines[i]) for i, fault in found]
        series[column.name] = pd.Series(values, dtype=object)
    frame = pd.DataFrame(series)
    frame.index = pd.Index(lines)
    findings += _duplicates(frame, table, file, sheet)
    findings.sort(key=lambda finding: finding.row or 0)
    return sorted_by_key(frame, table), findings


def write_tables(tables: Tables, folder: Path, encoding: str = "utf-8") -> None:
    """Write every table that has rows as CSV; reading it back gives the same frames."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.frames.items():
        if frame.empty and SCHEMA[name].optional:
            continue
        with (folder / f"{name}.csv").open("w", encoding=encoding, newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(frame.columns)
            for values in zip(*(frame[c] for c in frame.columns), strict=True):
                writer.writerow([format_cell(value) for value in values])


def _column_values(texts: list[str], column: Column) -> tuple[list[Cell], list[tuple[int, Finding]]]:
    """The values of one column, each different text read once; faults by place."""
    known = {text: _cell(text, column) for text in set(texts)}
    values = [known[text][0] for text in texts]
    if all(fault is None for _value, fault in known.values()):
        return values, []
    return values, [(i, fault) for i, text in enumerate(texts) if (fault := known[text][1]) is not None]


def _cell(text: str, column: Column) -> tuple[Cell, Finding | None]:
    try:
        value = parse_cell(text, column)
    except CellFault as fault:
        finding = Finding("error", fault.code, column=column.name, value=text.strip(), details=fault.details)
        return None, finding
    if value is None and column.required:
        return None, Finding("error", "cell_missing", column=column.name)
    return value, None


def _row_fault(
    cells: list[str], columns: Sequence[Column | None], headings: frozenset[str]
) -> Finding | None:  # fmt: skip
    """Why a row is no record: a second header, a row of sums, too few or too many cells."""
    width = len(columns)
    if len(cells) != width and (len(cells) < width or any(cell.strip() for cell in cells[width:])):
        return Finding("error", "wrong_cell_count", details={"found": len(cells), "expected": width})
    if columns and cells[0].strip() in headings:
        said = [cell.strip() for cell in cells[:width] if cell.strip()]
        if len(said) > 1 and 2 * sum(cell in headings for cell in said) >= len(said):
            return Finding("error", "header_twice")
    for cell, column in zip(cells[:4], columns, strict=False):
        sums = len(cell) < 16 and "".join(cell.split()).strip(":：").lower() in _TOTALS  # also 合 计
        if sums and column is not None and (column.kind != "text" or not cells[0].strip()):
            return Finding("error", "total_row", column=column.name, value=cell.strip())
    return None


def _headings(table: Table) -> frozenset[str]:
    """Names and titles of a table's columns in both languages."""
    return frozenset(
        heading
        for column in table.columns
        for heading in (column.name, column.title(table.name, "zh"), column.title(table.name, "en"))
    )


def _titles_only(names: list[str], table: Table) -> Finding | None:
    """One word for a header that holds the columns' titles where their names belong."""
    meant = [key for name in names if (key := _titled(name, table))]
    if 2 * len(meant) <= sum(map(bool, names)):
        return None
    return Finding("error", "header_titles", value=next(filter(None, names)), details={"keys": ", ".join(meant)})


def _match_header(
    names: list[str], body: list[Record], line: int, table: Table, file: str, sheet: str
) -> tuple[list[Column | None], list[Finding]]:
    findings = []
    columns: list[Column | None] = []
    for place, name in enumerate(names):
        columns.append(table.column(name) if table.has(name) else None)
        if not name:  # an empty column between others is nothing
            if any(len(cells) > place and cells[place].strip() for _line, cells in body):
                findings.append(Finding("error", "column_unnamed", file, sheet, line, details={"place": place + 1}))
        elif not table.has(name):
            findings.append(Finding("error", "column_unknown", file, sheet, line, name, name,
                                    details={"nearest": _nearest_column(name, table)}))  # fmt: skip
        elif names.count(name) > 1 and columns.count(table.column(name)) == 2:
            findings.append(Finding("error", "column_twice", file, sheet, line, name))
    for column in table.columns:
        if column.required and column.name not in names:
            findings.append(Finding("error", "column_missing", file, sheet, line, column.name))
    return columns, findings


def _nearest_column(name: str, table: Table) -> str:
    """The column that a heading means: by its title in either language, else by likeness."""
    return _titled(name, table) or nearest(name.lower(), table.names())


def _titled(name: str, table: Table) -> str:
    """The column whose title in either language a heading is, or an empty text."""
    return next((c.name for c in table.columns if name and name in (c.title(table.name, "zh"),
                                                                     c.title(table.name, "en"))), "")  # fmt: skip


def _duplicates(frame: pd.DataFrame, table: Table, file: str, sheet: str) -> list[Finding]:
    first: dict[tuple[Cell, ...], int] = {}
    findings = []
    for line, *key in zip(frame.index, *(frame[name] for name in table.key), strict=True):
        if key[0] is None:
            continue  # the empty cell is its own fault
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
                details={"nearest": nearest(path.stem.lower(), tuple(SCHEMA))})
        for path in sorted(folder.glob("*.csv")) if path.stem not in SCHEMA
    ]  # fmt: skip
