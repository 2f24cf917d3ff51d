"""The model that `gpsopt init` writes: small, whole, commented in Chinese and English, and it solves."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from gpsopt.errors import UsageError


def write_starter(folder: Path) -> list[str]:
    """Write the model into `folder`, new or empty, and return the names of its files.

    Raises UsageError where the folder holds something already or cannot be written.
    """
    content = dict(_files(files(__name__) / "model"))
    try:
        if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
            raise UsageError("folder_taken", path=str(folder))
        for name, data in content.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError("folder_not_writable", path=str(folder), why=why) from None
    return list(content)


def _files(place: Traversable, within: str = "") -> Iterator[tuple[str, bytes]]:
    """(name, content) of every file below a packaged folder, in order."""
    for entry in sorted(place.iterdir(), key=lambda e: e.name):
        name = f"{within}{entry.name}"
        if entry.is_dir():
            yield from _files(entry, f"{name}/")
        else:
            yield name, entry.read_bytes()
