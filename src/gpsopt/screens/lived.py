"""What a job lived through, read from its folder: kept while it is looked at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pandas as pd

from gpsopt.jobs import Job
from gpsopt.runread import Run, read_run
from gpsopt.screens.visit import Visit

_KEPT: Final = 4
#: keys are text, whatever they look like
_TEXT: Final = ("need", "offer", "undertaker", "purchaser", "item", "area", "key", "fallback", "instead", "uncertainty")


@dataclass(frozen=True)
class Lived:
    """The run, the tables by name, and the summary of a simulation."""

    run: Run
    frames: Mapping[str, pd.DataFrame]
    summary: Mapping[str, Any]


def lived(here: Visit, job: Job) -> Lived | None:
    """What a finished job of the visitor's found; None where its folder or its run is gone."""
    folder = here.desk.board.folder
    place = folder / json.loads(job.result or "{}").get("folder", "")
    try:
        return _read(place, folder / job.given["run"], (place / "summary.json").stat().st_mtime_ns)
    except OSError:
        return None


@lru_cache(maxsize=_KEPT)
def _read(place: Path, run: Path, _stamp: int) -> Lived:
    return Lived(read_run(run), tables_of(place), _summary(place))


def tables_of(place: Path) -> dict[str, pd.DataFrame]:
    """The tables of a folder by name."""
    text = dict.fromkeys(_TEXT, str)
    return {path.stem: pd.read_csv(path, encoding="utf-8-sig", dtype=text) for path in sorted(place.glob("*.csv"))}


def _summary(place: Path) -> dict[str, Any]:
    found = json.loads((place / "summary.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


@lru_cache(maxsize=_KEPT)
def read_folder(place: Path, _stamp: int) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Tables and summary of a folder that changed last at `_stamp`."""
    return tables_of(place), _summary(place)


def looked_up(here: Visit, job: Job, under: str) -> tuple[dict[str, pd.DataFrame], dict[str, Any]] | None:
    """The tables and the summary in a part of a job's folder; None where it is gone."""
    place = here.desk.board.folder / json.loads(job.result or "{}").get("folder", "") / under
    try:
        return read_folder(place, (place / "summary.json").stat().st_mtime_ns)
    except OSError:
        return None
