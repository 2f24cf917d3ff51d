"""Runs that were opened lately, read once. Only `Visit.open` calls this, after the store has said that it may."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from gpsopt.runread import Run, read_run

#: each city's run takes some ten megabytes; a comparison shows four at a time
_KEPT = 6


@lru_cache(maxsize=_KEPT)
def opened(folder: Path, content: str) -> Run:
    """The run of a folder; `content` is the hash of its files, so that a changed folder is read again."""
    return read_run(folder)
