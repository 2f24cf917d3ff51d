"""A scenario as it stood when a job was asked for: resolved, so that later edits do not reach it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gpsopt.changes import read_entries
from gpsopt.jobs.board import Board, Job
from gpsopt.runfolder import input_files
from gpsopt.scenario import Scenario, read_scenario


def snapshot(board: Board, job: Job) -> Scenario:
    """The scenario of a job, under its own name."""
    folder = board.folder_of(job.job) / "inputs"
    changes = folder / "changes.json"
    entries = read_entries(changes.read_text(encoding="utf-8")) if changes.is_file() else ()
    return replace(read_scenario(folder), name=str(job.given["name"]), entries=entries)


def write_snapshot(scenario: Scenario, folder: Path) -> None:
    """Keep a scenario for a job in the job's folder."""
    for name, content in input_files(scenario).items():
        path = folder / "inputs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
