"""A workbook, CSV file, zip or folder of a stranger -> typed tables, every finding at its sheet, row and column."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd

from gpsopt.cells import nearest
from gpsopt.csvfile import Record
from gpsopt.errors import Finding, InputError, ScenarioError, UsageError
from gpsopt.read import read_sheet
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.tables import SCHEMA, Table, Tables, empty_frame
from gpsopt.text import LANGUAGES, term
from gpsopt.workbooks.limits import WALL_SECONDS
from gpsopt.workbooks.scan import corner, letters
from gpsopt.workbooks.sheets import GUIDE, MODEL, hint, settings_text

SUFFIXES: Final = (".xlsx", ".xlsm", ".xlsb", ".xls", ".zip", ".csv")
_HEADER_WITHIN: Final = 12  # rows from the top


@dataclass(frozen=True)
class Book:
    """What was read: tables by name, findings, the settings' text (empty: none), and where columns stand."""

    name: str
    is_workbook: bool
    frames: dict[str, pd.DataFrame]
    files: dict[str, str]
    sheets: dict[str, str]
    findings: tuple[Finding, ...]
    settings: str = ""
    headers: dict[str, tuple[int, list[str]]] = field(default_factory=dict)  # sheet -> row and names of its header


def is_source(path: Path) -> bool:
    """Is it a file that `read_book` is meant for (not a model folder or scenario)?"""
    if path.is_dir():
        described = (path / "datapackage.json").is_file() or any(path.glob("*.csv"))
        return described and not (path / "tables").is_dir()
    return path.suffix.lower() in SUFFIXES


def ask(request: dict[str, Any]) -> dict[str, Any]:
    """The answer of the process that opens files of strangers; what ends it is an answer too."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    environment.pop("PYTHONWARNINGS", None)
    try:
        ended = subprocess.run(
            [sys.executable, "-P", "-m", "gpsopt.workbooks.apart"], input=json.dumps(request).encode(),
            capture_output=True, timeout=WALL_SECONDS, env=environment, check=False,
        )  # fmt: skip
        answer: dict[str, Any] = json.loads(ended.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return {"refused": {"code": "file_too_costly"}}
    return answer


def read_book(path: Path) -> Book:
    """Read a workbook, CSV file, zip or folder; raises InputError where it cannot be used at all."""
    aliases = _aliases()
    with tempfile.TemporaryDirectory() as folder:
        answer = ask({"do": "read", "path": str(path), "folder": folder, "aliases": aliases})
    refused = answer.get("refused")
    if refused is not None:
        place = {key: refused[key] for key in ("sheet", "row", "column", "value", "details") if refused.get(key)}
        raise InputError((Finding("error", refused["code"], path.name, **place),))
    findings: list[Finding] = []
    for name in answer["unknown"]:
        if not (GUIDE & set(name.lower().split())):
            close = nearest(name.lower(), tuple(SCHEMA))
            details: dict[str, object] = {"nearest": close}
            findings.append(Finding("warning", "sheet_unknown", path.name, name, value=name, details=details))
    return _typed(path, answer, findings)


def _typed(path: Path, answer: dict[str, Any], findings: list[Finding]) -> Book:
    frames: dict[str, pd.DataFrame] = {}
    files: dict[str, str] = {}
    sheets: dict[str, str] = {}
    headers: dict[str, tuple[int, list[str]]] = {}
    settings = answer.get("toml", "")
    for one in answer["tables"]:
        records: list[Record] = [(row, cells) for row, cells in one["rows"]]
        if one["table"] == MODEL:
            settings = "\n".join(next((c for c in cells if c.strip()), "") for _row, cells in records)
            continue
        table, file, sheet = SCHEMA[one["table"]], one.get("file", path.name), one["sheet"]
        if table.name in frames:
            findings.append(Finding("error", "sheet_twice", file, sheet, value=table.name,
                                    details={"first": sheets[table.name] or files[table.name]}))  # fmt: skip
            continue
        files[table.name], sheets[table.name] = file, sheet
        findings += (Finding(**found) for found in one.get("findings", ()))
        if answer["kind"] == "workbook":
            at = _header(records, table)
            headers[sheet] = (records[at][0], [c.strip() for c in records[at][1]]) if records else (1, [])
            findings += _seen(one, headers[sheet], file, records[:at], table, answer["from_1904"])
            records = records[at:]
        frames[table.name], found = _table(records, table, file, sheet)
        findings += _once(found, one, headers[sheet][1]) if answer["kind"] == "workbook" else found
    return Book(path.name, answer["kind"] == "workbook", frames, files, sheets, tuple(findings), settings, headers)


def _table(records: list[Record], table: Table, file: str, sheet: str) -> tuple[pd.DataFrame, list[Finding]]:
    if not records:
        found = [] if table.optional or not sheet else [Finding("error", "sheet_empty", file, sheet)]
        return empty_frame(table), found
    frame, found = read_sheet(records, table, file, sheet)
    quiet = sheet and table.optional and len(records) == 1  # the template has a sheet of every table
    return frame, [f for f in found if not (quiet and f.code in ("header_only", "header_titles"))]


def _once(found: list[Finding], one: dict[str, Any], names: list[str]) -> Iterator[Finding]:
    """What was found in a sheet's rows, less the cells that are empty for a reason that has its own finding."""
    hollow = {(row, column) for row, column in one["without_value"]}
    merged = [(*corner(ref), *corner(ref.rpartition(":")[2])) for ref in one["merged"]]
    for finding in found:
        if finding.code == "column_unnamed":
            yield replace(finding, column=letters(int(str(finding.details["place"]))))
            continue
        if finding.code == "cell_missing" and finding.row is not None:
            row, column = finding.row, names.index(finding.column) + 1
            if (row, column) in hollow or any(a <= row <= c and b <= column <= d for a, b, c, d in merged):
                continue
        yield finding


def _header(records: list[Record], table: Table) -> int:
    """The place of the row that names the columns: the first whose cells are mostly keys of the table, else titles."""
    titles = {c.title(table.name, lang) for c in table.columns for lang in LANGUAGES}
    for known in (set(table.names()), titles):
        for place, (_row, cells) in enumerate(records[:_HEADER_WITHIN]):
            said = [cell.strip() for cell in cells if cell.strip()]
            if 2 * sum(cell in known for cell in said) > len(said):
                return place
    return 0


def _seen(
    one: dict[str, Any], header: tuple[int, list[str]], file: str, above: list[Record], table: Table, from_1904: bool
) -> Iterator[Finding]:
    """What the scan saw of a sheet that its values do not show."""
    sheet, (head, names) = one["sheet"], header

    def name(column: int) -> str:
        return names[column - 1] if 0 < column <= len(names) and names[column - 1] else letters(column)

    known = {title for c in table.columns for lang in LANGUAGES for title in (c.title(table.name, lang),
                                                                            hint(table, c, lang))}  # fmt: skip
    for row, cells in above:
        strange = next((cell.strip() for cell in cells if cell.strip() and cell.strip() not in known), "")
        if strange and sum(bool(cell.strip()) for cell in cells) > 1:
            yield Finding("error", "rows_above_header", file, sheet, row, value=strange, details={"header": head})
    for ref in one["merged"]:
        row, column = corner(ref)
        if row >= head:
            yield Finding("error", "merged_cells", file, sheet, row, name(column), ref)
    for row, column in one["without_value"]:
        yield Finding("error", "formula_without_value", file, sheet, row, name(column))
    stored = one["formulas"] - len(one["without_value"])
    if stored > 0:
        yield Finding("note", "formula_values", file, sheet, details={"count": stored})
    hidden = [row for row in one["hidden_rows"] if row > head]
    if hidden:
        yield Finding("warning", "hidden_rows", file, sheet, hidden[0], details={"count": len(hidden)})
    columns = [c for c in one["hidden_columns"] if c <= one["last_column"]]
    if columns:
        yield Finding("warning", "hidden_columns", file, sheet, head, name(columns[0]),
                      details={"count": len(columns)})  # fmt: skip
    if one["hidden"] and one["last_row"] > head:
        yield Finding("warning", "sheet_hidden", file, sheet)
    if from_1904 and one["dates"]:
        yield Finding("error", "dates_1904", file, sheet, details={"count": one["dates"]})


def _aliases() -> dict[str, str]:
    """Names that a sheet or file of a table may have: its key and its titles."""
    titles = {term(name, lang).lower(): name for name in SCHEMA for lang in LANGUAGES}
    return {**titles, **{name: name for name in SCHEMA}, MODEL: MODEL}


def scenario_of(book: Book, model: Path | None = None) -> tuple[Scenario | None, tuple[Finding, ...], str]:
    """The book's tables as a scenario, over those of `model` where there is one; None where settings are broken.

    Also everything found, and the text of model.toml that belongs to the tables.
    """
    frames, files, sheets = dict(book.frames), dict(book.files), dict(book.sheets)
    findings = list(book.findings)
    there = None if model is None or not (model / "model.toml").is_file() else read_scenario(model)
    for table in SCHEMA.values():
        if table.name in frames:
            continue
        files[table.name], frames[table.name] = book.name, empty_frame(table)
        if there is not None:
            frames[table.name], files[table.name] = there.tables[table.name], there.tables.files[table.name]
            if not frames[table.name].empty:
                findings.append(Finding("note", "sheet_kept", book.name, value=table.name))
        elif table.name == "direct_lines":
            findings.append(Finding("note", "table_absent", book.name, table.name))
        elif not table.optional:
            findings.append(Finding("error", "sheet_missing", book.name, value=table.name))
    if there is not None and model is not None:
        text = (model / "model.toml").read_text(encoding="utf-8-sig")
    else:
        text = book.settings or settings_text(Path(book.name).stem, _years(frames))
        if not book.settings:
            findings.append(Finding("note", "settings_made", book.name))
    tables = Tables(frames, files, sheets)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / Path(book.name).stem[:60]
        place.mkdir()
        (place / "model.toml").write_text(text, encoding="utf-8")
        try:
            read = read_scenario(place, given=(tables, tuple(findings)))
            return replace(read, chain=(f"{book.name} · {MODEL}",)), tuple(findings), text
        except ScenarioError as error:
            at = [replace(f, file=book.name, sheet=MODEL) for f in error.findings]
            return None, (*findings, *at), text
        except UsageError:
            return None, (*findings, Finding("error", "setting_missing", book.name, MODEL, column="years")), text


def _years(frames: dict[str, pd.DataFrame]) -> list[int]:
    return sorted({year for name in ("budgets", "needs") for year in frames[name]["year"] if year is not None})


__all__ = ["Book", "ask", "is_source", "read_book", "scenario_of"]
