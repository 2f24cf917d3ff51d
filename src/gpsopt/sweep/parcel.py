"""The files that every point of a sweep reads, as they travel to workers that share no disk with us."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path


def parcel_of(chain: Sequence[Path], beside: Path) -> tuple[Mapping[str, bytes], Path]:
    """(path below the root -> content, root): the files of a chain of scenarios, model first, and its tables.

    `beside`: the folder where the points stand; it keeps its place below the root, so their `base` still leads there.
    """
    files = [path.absolute() for path in chain]
    files += sorted((files[0].parent / "tables").glob("*.csv"))
    root = Path(os.path.commonpath([beside.absolute(), *(path.parent for path in files)]))
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}, root
