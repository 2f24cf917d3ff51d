"""A recorded run is never lost, never changed, and seen by nobody else."""

from __future__ import annotations

import os
import pickle
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gpsopt.errors import UsageError
from gpsopt.runfolder import write_run
from gpsopt.runs import Store, open_store
from tests.runs.made import ROOT, named, town


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "runs")


def record(store: Store, number: int, owner: str = "") -> object:
    return store.record(owner, write_run(named(number), store.folder / (owner or ".")), f"request-{number}")


def test_the_same_request_opens_the_finished_run(store: Store) -> None:
    made = record(store, 1)
    assert store.find("anybody", "request-1") == made
    assert store.find("anybody", "request-2") is None
    assert made.status == town().status and made.certified and made.digest == town().manifest["digest"]
    assert (store.path(made) / "allocation.csv").is_file()


def test_a_run_whose_folder_is_gone_is_no_answer(store: Store) -> None:
    made = record(store, 1)
    for path in sorted(store.path(made).rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert store.find("", "request-1") is None
    assert [t.code for t in store.check()] == ["folder_altered"]
    store.path(made).rmdir()
    assert [t.code for t in store.check()] == ["folder_missing"]


def test_each_owner_sees_its_own_and_the_shared_runs(store: Store) -> None:
    shared, mine, yours = record(store, 1), record(store, 2, "me"), record(store, 3, "you")
    assert store.runs("me") == [mine, shared]
    assert store.runs("you") == [yours, shared]
    assert store.get("me", yours.seq) is None
    assert store.find("me", "request-3") is None


def test_runs_made_by_commands_are_listed_once_and_again_when_made_anew(store: Store) -> None:
    folder = write_run(named(7), store.folder)
    (store.folder / "not-a-run1").mkdir()
    store.adopt()
    store.adopt()
    assert [r.run for r in store.runs("x")] == ["town-00000007"]
    later = time.time() + 5
    os.utime(folder / "summary.json", (later, later))
    store.adopt()
    assert len(store.runs("x")) == 2


def test_nothing_can_be_changed_or_deleted(store: Store) -> None:
    record(store, 1)
    with sqlite3.connect(store.file) as database:
        for statement in ("UPDATE runs SET certified = 0", "DELETE FROM runs"):
            with pytest.raises(sqlite3.IntegrityError, match="appended"):
                database.execute(statement)
    database.close()


@pytest.mark.parametrize(
    ("tampering", "code"),
    [
        ("UPDATE runs SET certified = 0 WHERE seq = 2", "chain_broken"),
        ("UPDATE runs SET owner = 'me' WHERE seq = 2", "chain_broken"),
        ("DELETE FROM runs WHERE seq = 2", "chain_broken"),
    ],
)
def test_the_chain_shows_what_was_changed_past_the_triggers(store: Store, tampering: str, code: str) -> None:
    for number in range(3):
        record(store, number)
    assert store.check() == []
    with sqlite3.connect(store.file) as database:
        database.execute("DROP TRIGGER runs_are_not_changed")
        database.execute("DROP TRIGGER runs_are_not_deleted")
        database.execute(tampering)
    database.close()
    assert code in [t.code for t in store.check()]


def test_an_altered_folder_is_found(store: Store) -> None:
    made = record(store, 1)
    path = store.path(made) / "allocation.csv"
    path.write_bytes(path.read_bytes().replace(b"2015", b"2016", 1))
    assert [(t.seq, t.code) for t in store.check()] == [(made.seq, "folder_altered")]


def test_a_store_that_may_not_be_written_is_said(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_run(named(1), store.folder)
    connect = sqlite3.connect

    def read_only(file: Path, **more: object) -> sqlite3.Connection:
        return connect(f"{file.as_uri()}?mode=ro", uri=True, **more)

    monkeypatch.setattr("gpsopt.runs.store.sqlite3.connect", read_only)
    with pytest.raises(UsageError) as refused:
        store.record("", folder, "request-1")
    assert refused.value.code == "store_not_writable" and str(store.folder) in refused.value.text("en")


def test_a_place_that_is_no_folder_is_said(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("")
    with pytest.raises(UsageError) as refused:
        open_store(place)
    assert refused.value.code == "store_not_writable" and str(place) in refused.value.text("en")


def test_a_full_disk_is_said_and_loses_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = record(store, 1)
    with sqlite3.connect(store.file) as database:
        pages = database.execute("PRAGMA page_count").fetchone()[0]
    database.close()
    connect = sqlite3.connect

    def small(*args: object, **more: object) -> sqlite3.Connection:
        database = connect(*args, **more)  # a database that may not grow: what a full disk is to it
        database.execute(f"PRAGMA max_page_count = {pages}")
        return database

    monkeypatch.setattr("gpsopt.runs.store.sqlite3.connect", small)
    with pytest.raises(UsageError) as refused:
        for number in range(2, 60):
            record(store, number)
    assert refused.value.code == "store_disk_full"
    assert "磁盘已满" in refused.value.text("zh")
    monkeypatch.undo()
    assert store.runs("")[-1] == kept
    assert store.check() == []


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_killed_writers_lose_no_acknowledged_run(store: Store, tmp_path: Path) -> None:
    """Four writers, killed again and again in the middle of what they do."""
    solved = tmp_path / "town.pickle"  # of our own making: the writers need not solve it
    solved.write_bytes(pickle.dumps(town()))
    draw = random.Random(7)
    acknowledged: list[tuple[int, str, str]] = []
    writers: list[tuple[subprocess.Popen[str], Path]] = []

    def start(number: int) -> None:
        out = tmp_path / f"said-{number}"
        command = [sys.executable, "-m", "tests.runs.made", str(store.folder), str(number * 10_000), str(solved)]
        with out.open("w") as said:
            writers.append((subprocess.Popen(command, stdout=said, cwd=ROOT, text=True), out))

    for number in range(4):
        start(number)
    started, end = 4, time.monotonic() + 150
    while started < 20 and time.monotonic() < end:
        time.sleep(draw.uniform(0.1, 1.0))
        running = [pair for pair in writers if pair[0].poll() is None]
        assert len(running) == 4, "a writer ended by itself"
        writing = [pair for pair in running if pair[1].stat().st_size]
        if not writing:
            continue
        victim = draw.choice(writing)
        victim[0].send_signal(signal.SIGKILL)
        victim[0].wait()
        start(started)
        started += 1
    for process, _out in writers:
        process.kill()
        process.wait()
    for _process, out in writers:
        for line in out.read_text().splitlines(keepends=True):
            if line.endswith("\n"):
                seq, run, chain = line.split()
                acknowledged.append((int(seq), run, chain))
    assert len(acknowledged) > 20 and started > 10
    kept = {(r.seq, r.run, r.hash) for r in store.runs("")}
    assert set(acknowledged) <= kept
    assert [t for t in store.check() if t.code != "chain_broken"] == []
    assert store.check() == []
