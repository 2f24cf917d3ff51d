"""Entries of the run store: each names the one before it by its hash, so that none can be changed or left out."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

#: what the first entry names as the one before it
BEGINNING: Final = "0" * 64


@dataclass(frozen=True)
class Record:
    """One finished run. `folder` is relative to the store; `content` is the hash of every file in it.

    `request` is the hash of canonical input and options: equal requests have equal answers.
    """

    seq: int
    owner: str
    run: str
    scenario: str
    title_zh: str
    title_en: str
    request: str
    digest: str
    status: str
    planned: bool  # does it hold a plan?
    certified: bool
    stopped: bool
    folder: str
    content: str
    finished: str
    before: str
    hash: str

    def title(self, lang: str) -> str:
        """The scenario's title, falling back to the other language and to its name."""
        return (self.title_zh or self.title_en if lang == "zh" else self.title_en or self.title_zh) or self.scenario


@dataclass(frozen=True)
class Trouble:
    """What a check of the store found: `code` is chain_broken, folder_missing or folder_altered."""

    seq: int
    run: str
    code: str


def link(entry: dict[str, Any]) -> str:
    """The hash of an entry, over everything it says but the hash itself."""
    said = {key: value for key, value in entry.items() if key != "hash"}
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def is_whole(record: Record, before: str) -> bool:
    """Does the entry follow `before`, and does its hash say what it says?"""
    return record.before == before and link(asdict(record)) == record.hash


def content_of(folder: Path) -> str:
    """SHA-256 over the names and bytes of every file of a run folder.

    Raises OSError where the folder or a file cannot be read.
    """
    hasher = hashlib.sha256()
    names = sorted(
        (Path(place) / name).relative_to(folder).as_posix() for place, _dirs, files in os.walk(folder) for name in files
    )
    for name in names:
        data = (folder / name).read_bytes()
        hasher.update(f"{name}\n{len(data)}\n".encode())
        hasher.update(data)
    return hasher.hexdigest()
