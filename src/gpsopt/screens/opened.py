"""Runs that were opened lately, read once. Only `Visit` calls this, after the store has said that it may."""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache
from pathlib import Path
from typing import Any

from gpsopt.analysis.compare import Contrast
from gpsopt.runread import Run, read_run

#: each city's run takes some ten megabytes; a comparison shows four at a time
_KEPT = 6


@lru_cache(maxsize=_KEPT)
def opened(folder: Path, content: str) -> Run:
    """The run of a folder; `content` is the hash of its files, so that a changed folder is read again."""
    return read_run(folder)


@lru_cache(maxsize=_KEPT)
def shelf(folder: Path, content: str) -> dict[str, Any]:
    """What was worked out from a run, by name: kept as long as the run itself."""
    return {}


_contrasts: OrderedDict[tuple[str, str], Contrast] = OrderedDict()


def contrast(base: Run, other: Run) -> Contrast:
    """Two opened runs beside each other, kept while they are looked at: its frames are worked out only once."""
    key = (str(base.folder), str(other.folder))
    found = _contrasts.get(key)
    if found is None or found.base is not base or found.other is not other:
        found = _contrasts[key] = Contrast(other.name, base, other)
    _contrasts.move_to_end(key)
    while len(_contrasts) > _KEPT // 2:
        _contrasts.popitem(last=False)
    return found
