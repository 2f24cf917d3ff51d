"""A workbook, folder of CSV, zip or data package into a model: all of it where nothing is wrong, else nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gpsopt.checks import check
from gpsopt.errors import Finding, UsageError, visible
from gpsopt.read import write_tables
from gpsopt.scenario import Scenario
from gpsopt.workbooks.marking import MOST_COMMENTS
from gpsopt.workbooks.reading import Book, ask, read_book, scenario_of
from gpsopt.workbooks.scan import number


@dataclass(frozen=True)
class Imported:
    """What became of an import: the rows of each table that was read, every finding, and the marked copy."""

    rows: dict[str, int]
    findings: tuple[Finding, ...]
    marked: Path | None
    scenario: Scenario | None

    @property
    def ok(self) -> bool:
        return not any(finding.severity == "error" for finding in self.findings)


def examine(path: Path, model: Path | None = None, lang: str = "zh", *, mark: bool = True) -> Imported:
    """Read and check a source as a model; a workbook in which something was found is returned marked."""
    return _examined(path, model, lang, mark)[0]


def import_book(path: Path, model: Path, lang: str = "zh") -> Imported:
    """Examine a source and, where no finding is an error, make its tables those of the model folder."""
    imported, settings = _examined(path, model, lang, True)
    if imported.ok and imported.scenario is not None:
        try:
            _store(imported.scenario, settings, model)
        except OSError as error:
            raise UsageError("folder_not_writable", path=str(model), why=error.strerror or str(error)) from None
    return imported


def _examined(path: Path, model: Path | None, lang: str, mark: bool) -> tuple[Imported, str]:
    book = read_book(path)
    scenario, findings, settings = scenario_of(book, model)
    if scenario is not None:
        findings = check(scenario)
    marked = None
    if mark and book.is_workbook and (marks := _marks(book, findings, lang)):
        marked, uncommented = _marked(path, marks)
        if marked is None:
            findings = (*findings, Finding("note", "not_marked", book.name))
        elif uncommented:
            details: dict[str, object] = {"count": f"{uncommented:,}", "most": MOST_COMMENTS}
            findings = (*findings, Finding("note", "marked_without_comment", book.name, details=details))
    rows = {name: len(frame) for name, frame in book.frames.items()}
    return Imported(rows, tuple(findings), marked, scenario), settings


def checked_name(path: Path) -> Path:
    """Where the marked copy of a workbook is written."""
    return path.with_name(f"{path.stem}.checked.xlsx")


def _marks(book: Book, findings: Iterable[Finding], lang: str) -> list[dict[str, Any]]:
    """What is to be seen in the marked copy: sheet, row, column (by number), severity, text of each finding."""
    marks: list[dict[str, Any]] = []
    for finding in findings:
        if finding.severity == "note" or finding.sheet not in book.headers or finding.file != book.name:
            continue
        head, names = book.headers[finding.sheet]
        column = names.index(finding.column) + 1 if finding.column in names else number(finding.column) or 1
        text = visible(f"{finding.text(lang)} {finding.cure(lang)}", 500)
        marks.append({"sheet": finding.sheet, "row": finding.row or head, "column": column,
                      "severity": finding.severity, "text": text})  # fmt: skip
    return marks


def _marked(path: Path, marks: list[dict[str, Any]]) -> tuple[Path | None, int]:
    """The user's own workbook with red cells and comments, beside the original; None where it cannot be made.

    And how many of its cells are red without a comment.
    """
    to = checked_name(path)
    answer = ask({"do": "mark", "path": str(path), "to": str(to), "marks": marks})
    return (None, 0) if "refused" in answer else (to, answer["uncommented"])


def _store(scenario: Scenario, settings: str, model: Path) -> None:
    """Write the tables beside the model's and give them their name in one step."""
    model.mkdir(parents=True, exist_ok=True)
    fresh, aside = model / f".tables-new-{os.getpid()}", model / f".tables-old-{os.getpid()}"
    try:
        write_tables(scenario.tables, fresh)
        if not (model / "model.toml").is_file():
            (model / "model.toml").write_text(settings.rstrip("\n") + "\n", encoding="utf-8")
        if (model / "tables").exists():
            (model / "tables").rename(aside)
        fresh.rename(model / "tables")
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        if aside.exists() and not (model / "tables").exists():
            aside.rename(model / "tables")
        shutil.rmtree(aside, ignore_errors=True)
