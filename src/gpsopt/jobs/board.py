"""The board: every job with its state and latest news, in SQLite beside the run store.

States: queued, running, finished, failed, cancelled. A job that was cancelled after a first plan was found keeps
it: `record` then names the run. The board may be lost without losing a run; runs stand in gpsopt.runs.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from gpsopt.errors import UsageError

#: states after which nothing more happens
ENDED: Final = frozenset(("finished", "failed", "cancelled"))
#: kinds that take seconds: they have a place of their own, so that nobody waits for a paper behind a search
QUICK: Final = ("report",)
#: which of the two queues a job stands in, in SQL: 1 for the quick kinds
LANE: Final = f"(kind IN ({', '.join(map(repr, QUICK))}))"
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS jobs (
  job TEXT PRIMARY KEY, place INTEGER NOT NULL, owner TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
  title_zh TEXT NOT NULL, title_en TEXT NOT NULL, request TEXT NOT NULL, arguments TEXT NOT NULL,
  state TEXT NOT NULL, created TEXT NOT NULL, started TEXT, ended TEXT, process INTEGER, asked TEXT,
  record INTEGER, result TEXT, message_zh TEXT, message_en TEXT,
  stage INTEGER, stages INTEGER, aim TEXT, value REAL, bound REAL, gap REAL, seconds REAL
);
CREATE INDEX IF NOT EXISTS jobs_by_owner ON jobs (owner, place);
CREATE TABLE IF NOT EXISTS news (
  job TEXT NOT NULL, stage INTEGER, stages INTEGER, aim TEXT, value REAL, bound REAL, gap REAL, seconds REAL
);
CREATE INDEX IF NOT EXISTS news_by_job ON news (job, seconds);
"""


@dataclass(frozen=True)
class News:
    """Where a search stands: aim number `stage` of `stages`, best value, bound and gap, seconds since its start."""

    stage: int
    stages: int
    aim: str
    value: float | None
    bound: float | None
    gap: float | None
    seconds: float


@dataclass(frozen=True)
class Job:
    """One piece of work. `subject` is the scenario's file (relative to its desk), `arguments` are the kind's own."""

    job: str
    place: int
    owner: str
    kind: str
    subject: str
    title_zh: str
    title_en: str
    request: str
    arguments: str
    state: str
    created: str
    started: str | None
    ended: str | None
    process: int | None
    asked: str | None  # when it was asked to stop
    record: int | None
    result: str | None
    message_zh: str | None
    message_en: str | None
    stage: int | None
    stages: int | None
    aim: str | None
    value: float | None
    bound: float | None
    gap: float | None
    seconds: float | None

    @property
    def given(self) -> dict[str, Any]:
        """The arguments."""
        found = json.loads(self.arguments)
        assert isinstance(found, dict)
        return found

    def title(self, lang: str) -> str:
        """What it works on."""
        return (self.title_zh or self.title_en if lang == "zh" else self.title_en or self.title_zh) or self.subject

    def message(self, lang: str) -> str:
        """Why it failed, in one language."""
        return (self.message_zh if lang == "zh" else self.message_en) or ""


_COLUMNS: Final = tuple(field.name for field in fields(Job))


def open_board(folder: str | Path) -> Board:
    """The board of a folder, made where there is none. Raises UsageError where that cannot be written."""
    place = Path(folder).absolute()
    try:
        (place / "jobs").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError("store_not_writable", path=str(place), why=error.strerror or str(error)) from None
    board = Board(place)
    with board.database() as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.executescript(_SCHEMA)
    return board


class Board:
    """The jobs of one folder; each owner sees only its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "jobs.sqlite"

    def folder_of(self, job: str) -> Path:
        """Where a job's inputs stand while it waits and runs."""
        return self.folder / "jobs" / job

    def new_name(self) -> str:
        """A name that nobody can guess."""
        return secrets.token_hex(12)

    def post(
        self, job: str, owner: str, kind: str, subject: str, titles: tuple[str, str], request: str,
        arguments: Mapping[str, Any],
    ) -> Job:  # fmt: skip
        """Queue a job. The same request of the same owner, if it waits or runs already, is that job."""
        with self.database() as database:
            database.execute("BEGIN IMMEDIATE")
            same = database.execute(
                "SELECT job FROM jobs WHERE owner = ? AND kind = ? AND request = ? AND state IN ('queued', 'running')"
                " AND asked IS NULL", (owner, kind, request),
            ).fetchone()  # fmt: skip
            if same is None:
                place = database.execute("SELECT coalesce(max(place), 0) + 1 FROM jobs").fetchone()[0]
                database.execute(
                    "INSERT INTO jobs (job, place, owner, kind, subject, title_zh, title_en, request, arguments, state,"
                    " created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?)",
                    (job, place, owner, kind, subject, *titles, request, json.dumps(dict(arguments)), now()),
                )
            database.execute("COMMIT")
        found = self.get(owner, job if same is None else str(same[0]))
        assert found is not None
        return found

    def jobs(self, owner: str) -> list[Job]:
        """The owner's jobs, the newest first."""
        return self.select("owner = ? ORDER BY place DESC", owner)

    def busy(self, owner: str) -> list[Job]:
        """The owner's jobs that wait or run, the newest first."""
        return self.select("owner = ? AND state IN ('queued', 'running') ORDER BY place DESC", owner)

    def latest(self, owner: str, kind: str, request: str) -> Job | None:
        """The owner's newest job of a request, in whatever state."""
        where = "owner = ? AND kind = ? AND request = ? ORDER BY place DESC LIMIT 1"
        return next(iter(self.select(where, owner, kind, request)), None)

    def get(self, owner: str, job: str) -> Job | None:
        """One of the owner's jobs."""
        return next(iter(self.select("job = ? AND owner = ?", job, owner)), None)

    def ahead(self, job: Job) -> int:
        """How many jobs of anybody stand before a queued one."""
        with self.database() as database:
            count = database.execute(
                f"SELECT count(*) FROM jobs WHERE {LANE} = ?"
                " AND (state = 'running' OR (state = 'queued' AND place < ?))",
                (int(job.kind in QUICK), job.place),
            ).fetchone()[0]
        return int(count)

    def hear(self, job: str, news: News) -> None:
        """The latest news of a running job; they are kept in order as well."""
        values = (news.stage, news.stages, news.aim, news.value, news.bound, news.gap, news.seconds)
        with self.database() as database:
            database.execute("BEGIN IMMEDIATE")
            database.execute(
                "UPDATE jobs SET stage = ?, stages = ?, aim = ?, value = ?, bound = ?, gap = ?, seconds = ?"
                " WHERE job = ?", (*values, job),
            )  # fmt: skip
            database.execute("INSERT INTO news VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (job, *values))
            database.execute("COMMIT")

    def note(self, job: str, what: str) -> None:
        """What a running job does besides searching: the key of a message."""
        with self.database() as database:
            database.execute("UPDATE jobs SET result = ? WHERE job = ?", (what, job))

    def news(self, job: str) -> list[News]:
        """Everything that a job has said of its search, in order."""
        with self.database() as database:
            rows = database.execute(
                "SELECT stage, stages, aim, value, bound, gap, seconds FROM news WHERE job = ? ORDER BY rowid", (job,)
            ).fetchall()
        return [News(*row) for row in rows]

    def end(
        self, job: str, state: str, *, record: int | None = None, result: str | None = None,
        message: tuple[str, str] = ("", ""),
    ) -> bool:  # fmt: skip
        """Close a job, once; False where it was closed already."""
        with self.database() as database:
            done = database.execute(
                "UPDATE jobs SET state = ?, ended = ?, record = ?, result = ?, message_zh = ?, message_en = ?"
                " WHERE job = ? AND state IN ('queued', 'running')", (state, now(), record, result, *message, job),
            )  # fmt: skip
            return bool(done.rowcount)

    def select(self, where: str, *values: object) -> list[Job]:
        """Jobs by a condition in SQL (of ours, never a person's)."""
        with self.database() as database:
            rows = database.execute(f"SELECT {', '.join(_COLUMNS)} FROM jobs WHERE {where}", values).fetchall()
        return [Job(*row) for row in rows]

    @contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        """A connection; its faults are refusals of ours."""
        try:
            with closing(sqlite3.connect(self.file, timeout=30.0, isolation_level=None)) as database:
                database.execute("PRAGMA synchronous = NORMAL")
                yield database
        except sqlite3.OperationalError as error:
            full = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL
            code = "store_disk_full" if full else "store_not_writable"
            raise UsageError(code, path=str(self.folder), why=str(error)) from None


def now() -> str:
    """This moment, as it is kept."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
