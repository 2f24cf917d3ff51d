"""The process that reads an upload: `python -m gpsopt.desk.reading FOLDER`; one JSON document on standard output.

FOLDER holds raw/0, raw/1, … with their names in names.json, the language of a marked workbook in lang, and perhaps
model/ that the upload is laid onto.
Memory and time are limited before the first byte is looked at; names inside archives never become paths.
"""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

_MOST_FILES: Final = 60
_MOST_BYTES: Final = 200_000_000  # of everything in an archive, unpacked
_SEEN: Final = ("README", "SOURCES")
BOOKS: Final = (".xlsx", ".xlsm", ".xls", ".xlsb")  # of which the import refuses all but the first, in words
MARKED: Final = "marked.xlsx"


def main() -> None:
    """Read, check, answer."""
    from gpsopt.desk.incoming import BYTES, SECONDS

    place = Path(sys.argv[1])
    limit(BYTES, SECONDS)
    try:
        answer = read(place)
    except _Refused as refused:
        answer = {"refused": refused.code, "details": refused.details}
    except MemoryError:
        answer = {"refused": "upload_not_read", "details": {"seconds": SECONDS, "memory": BYTES // 1_000_000_000}}
    sys.stdout.write(json.dumps(answer, default=str))


class _Refused(Exception):
    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code, self.details = code, details


def limit(memory: int, seconds: int) -> None:
    """Take away what a hostile file would use up, where the system can."""
    try:
        import resource
    except ImportError:  # Windows: the parent's clock has to do
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(place: Path) -> dict[str, Any]:
    """Lay the files out as a model folder and check it."""
    from gpsopt.checks import check
    from gpsopt.errors import InputError
    from gpsopt.scenario import read_scenario
    from gpsopt.tables import SCHEMA

    book = _workbook(place)
    if book is not None:
        return read_workbook(place, *book)
    model = place / "model"
    (model / "tables").mkdir(parents=True, exist_ok=True)
    tables: list[str] = []
    for name, content in unpacked(place):
        stem, _dot, ending = name.rpartition(".")
        if ending.lower() == "csv" and stem.lower() in SCHEMA:
            (model / "tables" / f"{stem.lower()}.csv").write_bytes(content)
            tables.append(stem.lower())
        elif name.lower() == "model.toml":
            (model / "model.toml").write_bytes(content)
        elif not stem.upper().startswith(_SEEN):
            raise _Refused("upload_unknown_file", name=name[:80], known=", ".join(SCHEMA))
    if not tables and not (model / "model.toml").exists():
        raise _Refused("upload_empty")
    if not (model / "model.toml").exists():
        (model / "model.toml").write_text(settings_for(model), encoding="utf-8")
    try:
        findings = check(read_scenario(model, within=place))
    except InputError as error:
        findings = error.findings
    return {"findings": [_entry(f, _short(f.file, place)) for f in findings], "tables": sorted(set(tables))}


def _workbook(place: Path) -> tuple[str, str] | None:
    """(number, name) of the workbook among the uploaded files; None where there is none."""
    names: dict[str, str] = json.loads((place / "names.json").read_text(encoding="utf-8"))
    books = [(number, name) for number, name in names.items() if name.lower().endswith(BOOKS)]
    if books and len(names) > 1:
        raise _Refused("upload_one_book", name=books[0][1][:80])
    return books[0] if books else None


def read_workbook(place: Path, number: str, name: str) -> dict[str, Any]:
    """Import a workbook; where something was found in its cells, the book comes back marked as place/marked.xlsx."""
    from gpsopt.errors import InputError
    from gpsopt.workbooks.importing import import_book

    path = place / f"book{Path(name).suffix.lower()}"  # a name of ours: what a stranger calls it is no path
    (place / "raw" / number).rename(path)
    lang = (place / "lang").read_text(encoding="utf-8")
    try:
        imported = import_book(path, place / "model", lang)
    except InputError as error:
        return {"findings": [_entry(f, name) for f in error.findings], "tables": []}
    if imported.marked is not None:
        imported.marked.rename(place / MARKED)
    files = (_short(f.file, place) for f in imported.findings)  # the book by its own name, also where a sheet follows
    files = (f"{name}{file.removeprefix(path.name)}" if file.startswith(path.name) else file for file in files)
    findings = [_entry(f, file) for f, file in zip(imported.findings, files, strict=True)]
    return {"findings": findings, "tables": sorted(imported.rows)}


def _entry(finding: Any, file: str) -> dict[str, Any]:
    """A finding as the parent reads it."""
    return {"severity": finding.severity, "code": finding.code, "file": file, "sheet": finding.sheet,
            "row": finding.row, "column": finding.column, "value": finding.value,
            "details": finding.details}  # fmt: skip


def unpacked(place: Path) -> Iterator[tuple[str, bytes]]:
    """(name without folders, content) of every file of the upload, archives opened."""
    names: dict[str, str] = json.loads((place / "names.json").read_text(encoding="utf-8"))
    for number, name in names.items():
        path = place / "raw" / number
        if name.lower().endswith(".zip"):
            yield from _archive(path, name)
        else:
            yield name, path.read_bytes()


def _archive(path: Path, name: str) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir() and _is_ours(entry.filename)]
            if len(entries) > _MOST_FILES or sum(entry.file_size for entry in entries) > _MOST_BYTES:
                raise _Refused("upload_too_large", most=_MOST_BYTES // 1_000_000)
            left = _MOST_BYTES
            for entry in entries:
                with archive.open(entry) as stream:
                    content = stream.read(left + 1)
                left -= len(content)
                if left < 0:  # the archive lied about its sizes
                    raise _Refused("upload_too_large", most=_MOST_BYTES // 1_000_000)
                yield entry.filename.replace("\\", "/").rpartition("/")[2], content
    except (zipfile.BadZipFile, zipfile.LargeZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError):
        raise _Refused("upload_not_zip", name=name[:80]) from None


def _is_ours(name: str) -> bool:
    """Is it a file of a model? A run's archive holds results beside them, a packer its own notes."""
    parts = name.replace("\\", "/").split("/")
    if any(part.startswith((".", "__MACOSX")) for part in parts):
        return False
    return parts[-1].lower() == "model.toml" or (parts[-1].lower().endswith(".csv") and _in_tables(parts))


def _in_tables(parts: list[str]) -> bool:
    return len(parts) == 1 or parts[-2] == "tables" or len(parts) == 2


def settings_for(model: Path) -> str:
    """A model.toml for tables that came without one: the years of the budgets, everything else as usual."""
    from gpsopt.csvfile import read_records

    path = model / "tables" / "budgets.csv"
    records = read_records(path, path.name)[0] if path.is_file() else []
    years: set[int] = set()
    if records and "year" in records[0][1]:
        column = [name.strip() for name in records[0][1]].index("year")
        years = {int(c[column]) for _l, c in records[1:] if len(c) > column and c[column].strip().isdigit()}
    years = {year for year in years if 1949 < year <= 2100}
    if not years:
        raise _Refused("upload_no_years")
    return f"years = {sorted(years)}\nbase_year = {min(years) - 1}\n"


def _short(file: str, place: Path) -> str:
    """A file's name without the place where the upload happened to be read."""
    return file.replace(f"{place}/model/", "").replace(f"{place}\\model\\", "")


if __name__ == "__main__":
    main()
