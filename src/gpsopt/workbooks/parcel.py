"""What a file is before anything in it is trusted: a workbook, a zip of CSV, or something to be refused."""

from __future__ import annotations

import json
import stat
import xml.parsers.expat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final

from gpsopt.workbooks.limits import MAX_FILE_BYTES, MAX_PART_BYTES, MAX_PARTS, MAX_UNPACKED_BYTES, RefusedError

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Excel 97-2003, and the envelope of an encrypted workbook
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_MEGABYTE: Final = 1_000_000
WORKBOOK: Final = "xl/workbook.xml"
BINARY_WORKBOOK: Final = "xl/workbook.bin"
MACROS: Final = ("xl/vbaproject.bin", "xl/macrosheets/")
LINKS: Final = "xl/externallinks/"
SHEETS: Final = "xl/worksheets/"

Start = Callable[[str, dict[str, str]], None]


def opened(path: Path) -> zipfile.ZipFile:
    """The file as a zip within its limits; RefusedError says what it is instead."""
    size = path.stat().st_size
    if size == 0:
        raise RefusedError("file_empty")
    if size > MAX_FILE_BYTES:
        raise RefusedError("file_too_large", most=MAX_FILE_BYTES // _MEGABYTE)
    with path.open("rb") as stream:
        head = stream.read(8)
        if head == _OLE:
            stream.seek(0)
            raise RefusedError("workbook_password" if _ENCRYPTED in stream.read() else "workbook_old")
    if head[:2] != b"PK":
        raise RefusedError("not_a_workbook")
    try:
        parcel = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise RefusedError("zip_cut_off") from None
    _check_parts(parcel)
    return parcel


def _check_parts(parcel: zipfile.ZipFile) -> None:
    parts = parcel.infolist()
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise RefusedError("zip_bomb", most=MAX_UNPACKED_BYTES // _MEGABYTE)
    for part in parts:
        path = PurePosixPath(part.filename.replace("\\", "/"))
        outside = path.is_absolute() or ".." in path.parts or (path.parts and ":" in path.parts[0])
        if outside or stat.S_ISLNK(part.external_attr >> 16):
            raise RefusedError("zip_path", value=part.filename)
        if part.flag_bits & 1:
            raise RefusedError("workbook_password")


def is_workbook(parcel: zipfile.ZipFile) -> bool:
    """Is it an Excel workbook that we read? RefusedError where it is one of the kinds that we do not."""
    names = {part.filename.lower().lstrip("/") for part in parcel.infolist()}
    if BINARY_WORKBOOK in names:
        raise RefusedError("workbook_binary")
    if any(name.startswith(MACROS) for name in names):
        raise RefusedError("workbook_macros")
    if any(name.startswith(LINKS) for name in names):
        raise RefusedError("external_links")
    if WORKBOOK in names:
        _check_prologs(parcel)
        return True
    return False


def _check_prologs(parcel: zipfile.ZipFile) -> None:
    """Refuse every XML part that declares a document type (entities have no place in a workbook) or is read whole
    and is too large for that."""
    for part in parcel.infolist():
        name = part.filename.lower()
        if name.endswith((".xml", ".rels", ".vml")):
            if part.file_size > MAX_PART_BYTES and not name.lstrip("/").startswith(SHEETS):
                raise RefusedError("file_too_costly", value=part.filename)
            with parcel.open(part) as stream:
                _prolog(stream, part.filename)


class _RootSeenError(Exception):
    """The prolog is over."""


def _prolog(stream: IO[bytes], name: str) -> None:
    def root(_name: str, _attributes: dict[str, str]) -> None:
        raise _RootSeenError

    try:
        parse(stream, root)
    except _RootSeenError:
        return
    except xml.parsers.expat.ExpatError:
        raise RefusedError("workbook_damaged", value=name) from None


def parse(stream: IO[bytes], start: Start, end: Callable[[str], None] | None = None, made: Any = None) -> None:
    """Run the elements of an XML part through `start` (and `end`); a document type is refused at once.

    `made` is given the parser, for handlers that change while they run.
    """
    parser = xml.parsers.expat.ParserCreate()
    parser.buffer_text = True

    def doctype(*_declared: object) -> None:
        raise RefusedError("xml_entities")

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = start
    if end is not None:
        parser.EndElementHandler = end
    if made is not None:
        made(parser)
    while piece := stream.read(1 << 18):
        parser.Parse(piece, False)
    parser.Parse(b"", True)


def sheets(parcel: zipfile.ZipFile) -> tuple[list[tuple[str, str, bool]], bool]:
    """((name, part, hidden) of every sheet in order, whether dates count from 1904)."""
    by_lower = {part.filename.lower().lstrip("/"): part.filename for part in parcel.infolist()}
    targets: dict[str, str] = {}
    found: list[tuple[str, str, bool]] = []
    from_1904 = False

    def relation(name: str, given: dict[str, str]) -> None:
        if local(name) == "Relationship":
            targets[given.get("Id", "")] = given.get("Target", "")

    def sheet(name: str, given: dict[str, str]) -> None:
        nonlocal from_1904
        if local(name) == "sheet":
            key = next((value for at, value in given.items() if at.endswith(":id")), "")
            found.append((given.get("name", ""), key, given.get("state", "visible") != "visible"))
        elif local(name) == "workbookPr":
            from_1904 = given.get("date1904", "0") in ("1", "true")

    try:
        for part, handler in (("xl/_rels/workbook.xml.rels", relation), (WORKBOOK, sheet)):
            with parcel.open(by_lower[part]) as stream:
                parse(stream, handler)
    except (KeyError, xml.parsers.expat.ExpatError, zipfile.BadZipFile, OSError):
        raise RefusedError("workbook_damaged", value=WORKBOOK) from None
    return [(name, by_lower.get(_part(targets.get(key, "")), ""), hidden) for name, key, hidden in found], from_1904


def _part(target: str) -> str:
    """The name of a part from the target of a relation of the workbook."""
    path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return path.lower()


def local(name: str) -> str:
    """An element's name without its prefix."""
    return name.rpartition(":")[2]


def unpack(parcel: zipfile.ZipFile, folder: Path) -> None:
    """The CSV files, model.toml and datapackage.json of a zip, written below `folder`."""
    for part in parcel.infolist():
        path = PurePosixPath(part.filename.replace("\\", "/"))
        if part.is_dir() or not (path.suffix.lower() == ".csv" or path.name in ("model.toml", "datapackage.json")):
            continue
        if "__MACOSX" in path.parts or len(path.parts) > 4 or len(part.filename) > 250:
            continue
        target = folder.joinpath(*path.parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            target.write_bytes(parcel.read(part))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
            raise RefusedError("zip_cut_off") from None


def csv_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """(stem, file) of the tables in a folder: those its datapackage.json names, else every CSV in it."""
    package = next(iter(sorted(folder.rglob("datapackage.json"))), None)
    if package is not None:
        yield from _resources(package)
        return
    for path in sorted(folder.rglob("*.csv")):
        yield path.stem, path


def _resources(package: Path) -> Iterator[tuple[str, Path]]:
    try:
        if package.stat().st_size > _MEGABYTE:
            raise ValueError
        for resource in json.loads(package.read_text(encoding="utf-8-sig"))["resources"]:
            name, given = str(resource["name"]), str(resource["path"])
            path = PurePosixPath(given)
            if path.is_absolute() or ".." in path.parts or ":" in given or "\\" in given:
                raise RefusedError("zip_path", value=given)
            if not (package.parent / path).is_file():
                raise RefusedError("package_file_missing", value=given)
            yield name, package.parent / path
    except (ValueError, KeyError, TypeError, RecursionError, OSError):
        raise RefusedError("package_unreadable", value=package.name) from None
