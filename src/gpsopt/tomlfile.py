"""A TOML file together with the lines its keys stand on, so that messages can point at them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from gpsopt.errors import Finding, ScenarioError

MAX_TOML_BYTES: Final = 20_000_000
MAX_DEPTH: Final = 20
_HEADER = re.compile(r"\s*(\[\[|\[)\s*([^\]]+?)\s*\]")
_KEY = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)'|([A-Za-z0-9_-]+))\s*[=.]""")


@dataclass(frozen=True)
class TomlFile:
    """Parsed content, floats as exact decimals, and the text it came from."""

    path: Path
    data: dict[str, Any]
    text: str

    def has(self, path: tuple[str | int, ...]) -> bool:
        """Does the file say this key?"""
        node: Any = self.data
        for part in path:
            try:
                node = node[part]
            except (KeyError, IndexError, TypeError):
                return False
        return True

    def line(self, path: tuple[str | int, ...]) -> int | None:
        """The line on which a key (or the table that holds it) stands, or None."""
        for end in range(len(path), 0, -1):
            found = _positions(self.text).get(path[:end])
            if found is not None:
                return found
        return None


def read_toml(path: Path) -> TomlFile:
    """Read a TOML file; raises ScenarioError naming file and line."""
    if path.stat().st_size > MAX_TOML_BYTES:
        raise ScenarioError((Finding("error", "file_too_large", file=str(path)),))
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ScenarioError((Finding("error", "encoding_unknown", file=str(path)),)) from None
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = re.search(r"line (\d+)", str(error))
        raise ScenarioError((
            Finding("error", "toml_syntax", str(path), row=int(line[1]) if line else None,
                    details={"why": str(error)[:200]}),
        )) from None  # fmt: skip
    if _depth(data) > MAX_DEPTH:
        raise ScenarioError((Finding("error", "toml_too_deep", str(path)),))
    return TomlFile(path, data, text)


def _depth(node: Any) -> int:
    deepest, level = 0, [(node, 1)]
    while level:
        current, depth = level.pop()
        deepest = max(deepest, depth)
        inner = current.values() if isinstance(current, dict) else current if isinstance(current, list) else ()
        level += [(child, depth + 1) for child in inner if isinstance(child, dict | list)]
    return deepest


def _positions(text: str) -> dict[tuple[str | int, ...], int]:
    """Path of keys -> line. Tables in arrays are counted; values over several lines need no care."""
    found: dict[tuple[str | int, ...], int] = {}
    counts: dict[tuple[str | int, ...], int] = {}
    here: tuple[str | int, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            here = tuple(part.strip().strip("\"'") for part in header[2].split("."))
            if header[1] == "[[":
                counts[here] = counts.get(here, -1) + 1
                here = (*here, counts[here])
            found.setdefault(here, number)
        elif key := _KEY.match(line):
            name = next(part for part in key.groups() if part)
            found.setdefault((*here, name), number)
            for inner in re.finditer(r"[{,]\s*([A-Za-z0-9_-]+)\s*=", line):
                found.setdefault((*here, name, inner[1]), number)
    return found
