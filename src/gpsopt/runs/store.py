"""Finished runs in SQLite: appended, never changed; a run that was acknowledged survives any kill.

Write-ahead log with synchronous=FULL: `record` returns after the entry is on the disk, and the run folder was
flushed before that (gpsopt.runfolder). Triggers refuse changes and deletions; the chain of hashes shows those
that somebody makes past the triggers.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from gpsopt.errors import UsageError
from gpsopt.runs.chain import BEGINNING, Record, Trouble, content_of, is_whole, link

#: the owner of runs that everybody of this store may open: those made on the command line
SHARED: Final = ""
_FILE: Final = "store.sqlite"
_WAIT: Final = 30.0  # seconds for another writer
_COLUMNS: Final = tuple(field.name for field in fields(Record))
_YES_NO: Final = ("planned", "certified", "stopped")
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS runs (
  seq INTEGER PRIMARY KEY, owner TEXT NOT NULL, run TEXT NOT NULL, scenario TEXT NOT NULL, title_zh TEXT NOT NULL,
  title_en TEXT NOT NULL, request TEXT NOT NULL, digest TEXT NOT NULL, status TEXT NOT NULL,
  planned INTEGER NOT NULL, certified INTEGER NOT NULL, stopped INTEGER NOT NULL, folder TEXT NOT NULL,
  content TEXT NOT NULL,
  finished TEXT NOT NULL, before TEXT NOT NULL UNIQUE, hash TEXT NOT NULL UNIQUE
);
CREATE INDEX IF NOT EXISTS runs_by_request ON runs (owner, request);
CREATE TRIGGER IF NOT EXISTS runs_are_not_changed BEFORE UPDATE ON runs
  BEGIN SELECT RAISE(ABORT, 'runs are appended, never changed'); END;
CREATE TRIGGER IF NOT EXISTS runs_are_not_deleted BEFORE DELETE ON runs
  BEGIN SELECT RAISE(ABORT, 'runs are appended, never deleted'); END;
"""


def open_store(folder: str | Path) -> Store:
    """The store of a folder, made where there is none. Raises UsageError where that cannot be written."""
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError("store_not_writable", path=str(place), why=error.strerror or str(error)) from None
    store = Store(place)
    with store.writing() as database:
        database.executescript(_SCHEMA)
    return store


class Store:
    """The runs of one folder; every owner sees its own and the shared ones."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.file = self.folder / _FILE

    def record(self, owner: str, run_folder: str | Path, request: str) -> Record:
        """Append a finished run that stands in `run_folder` (inside the store's folder); durable on return.

        Raises UsageError where the disk is full or may not be written, or where the folder holds no run.
        """
        folder = Path(run_folder).absolute()
        summary, manifest = (_json(folder / name) for name in ("summary.json", "manifest.json"))
        entry = {
            "owner": owner, "run": str(summary["run"]), "scenario": str(manifest["scenario"]),
            "title_zh": str(summary.get("title_zh") or ""), "title_en": str(summary.get("title") or ""),
            "request": request, "digest": str(manifest["digest"]), "status": str(summary["status"]),
            "planned": (folder / "allocation.csv").is_file(),
            "certified": bool(summary.get("certified")), "stopped": manifest.get("why_not") == "stopped by hand",
            "folder": folder.relative_to(self.folder).as_posix(), "content": content_of(folder),
        }  # fmt: skip
        with self.writing() as database:
            database.execute("BEGIN IMMEDIATE")
            last = database.execute("SELECT seq, hash FROM runs ORDER BY seq DESC LIMIT 1").fetchone()
            seq, before = (1, BEGINNING) if last is None else (last[0] + 1, last[1])
            whole = {"seq": seq, **entry, "finished": _said(datetime.now(UTC)), "before": before}
            record = Record(**whole, hash=link(whole))  # type: ignore[arg-type]
            values = asdict(record)
            marks = ", ".join("?" for _ in _COLUMNS)
            database.execute(f"INSERT INTO runs ({', '.join(_COLUMNS)}) VALUES ({marks})",
                             [values[name] for name in _COLUMNS])  # fmt: skip
            database.execute("COMMIT")
        return record

    def runs(self, owner: str) -> list[Record]:
        """What the owner may see, the newest first."""
        return self._select("owner IN (?, ?) ORDER BY seq DESC", owner, SHARED)

    def get(self, owner: str, seq: int) -> Record | None:
        """One run by its number; None where there is none that this owner may see."""
        return next(iter(self._select("seq = ? AND owner IN (?, ?)", seq, owner, SHARED)), None)

    def find(self, owner: str, request: str) -> Record | None:
        """The finished run of a request, if its folder still stands; runs stopped by hand are no answer to it."""
        found = self._select(
            "request = ? AND owner IN (?, ?) AND NOT stopped ORDER BY seq DESC", request, owner, SHARED
        )
        return next((record for record in found if (self.path(record) / "summary.json").is_file()), None)

    def path(self, record: Record) -> Path:
        """Where the run's folder stands."""
        return self.folder / record.folder

    def check(self) -> list[Trouble]:
        """Every entry against the one before it, every folder against its hash."""
        troubles, before = [], BEGINNING
        for record in self._select("1 ORDER BY seq"):
            if not is_whole(record, before):
                troubles.append(Trouble(record.seq, record.run, "chain_broken"))
            before = record.hash
            try:
                same = content_of(self.path(record)) == record.content
            except OSError:
                same = False
            if not self.path(record).is_dir():
                troubles.append(Trouble(record.seq, record.run, "folder_missing"))
            elif not same:
                troubles.append(Trouble(record.seq, record.run, "folder_altered"))
        return troubles

    def adopt(self) -> None:
        """List the run folders that commands have put beside the store as shared: the new ones, those made anew."""
        known = {record.folder: record.finished for record in self._select("owner = ? ORDER BY seq", SHARED)}
        for path in sorted(self.folder.glob("*-????????")):
            try:
                written = datetime.fromtimestamp((path / "summary.json").stat().st_mtime, UTC)
                if _said(written) > known.get(path.name, ""):
                    manifest = _json(path / "manifest.json")
                    self.record(SHARED, path, str(manifest.get("request") or manifest["digest"]))
            except (UsageError, KeyError, OSError):
                continue  # no whole run: it is not listed

    def _select(self, where: str, *values: object) -> list[Record]:
        with self.reading() as database:
            rows = database.execute(f"SELECT {', '.join(_COLUMNS)} FROM runs WHERE {where}", values).fetchall()
        known = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
        return [Record(**{**row, **{name: bool(row[name]) for name in _YES_NO}}) for row in known]

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for looking things up; its faults are refusals of ours."""
        with self._refusing(), closing(_connect(self.file)) as database:
            yield database

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection for appending, whose commits are on the disk when they return."""
        with self._refusing(), closing(_connect(self.file)) as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = FULL")
            yield database

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise UsageError(_code_of(error), path=str(self.folder), why=str(error)) from None
        except sqlite3.DatabaseError as error:
            raise UsageError("store_broken", path=str(self.file), why=str(error)) from None


def _connect(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=_WAIT, isolation_level=None)


def _code_of(error: sqlite3.OperationalError) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return "store_disk_full"
    return "store_busy" if code == sqlite3.SQLITE_BUSY else "store_not_writable"


def _json(path: Path) -> dict[str, object]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise UsageError("run_missing", path=str(path.parent)) from None
    return data if isinstance(data, dict) else {}


def _said(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


__all__ = ["SHARED", "Store", "open_store"]
