"""A TOML file together with the lines its keys stand on, so that messages can point at them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from gpsopt.errors import Finding, ScenarioError

MAX_TOML_BYTES: Final = 8_000_000  # every need of a city locked by hand is 2 MB
MAX_DEPTH: Final = 20
KeyPath = tuple[str | int, ...]

_BARE = r"[A-Za-z0-9_-]+|\"[^\"\n]*\"|'[^'\n]*'"
_DOTTED = rf"(?:{_BARE})(?:\s*\.\s*(?:{_BARE}))*"
_HEADER = re.compile(rf"\s*(\[\[|\[)\s*({_DOTTED})\s*\]")
_KEY = re.compile(rf"\s*({_DOTTED})\s*=")
_INNER = re.compile(rf"[{{,]\s*({_DOTTED})\s*=")
_PART = re.compile(_BARE)


@dataclass(frozen=True)
class TomlFile:
    """Parsed content, floats as exact decimals, and the text it came from."""

    path: Path
    data: dict[str, Any]
    text: str

    def has(self, path: KeyPath) -> bool:
        """Does the file say this key?"""
        node: Any = self.data
        for part in path:
            try:
                node = node[part]
            except (KeyError, IndexError, TypeError):
                return False
        return True

    def line(self, path: KeyPath) -> int | None:
        """The line on which a key (or the table that holds it) stands, or None."""
        return next((self._lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in self._lines), None)

    def places(self) -> dict[str, tuple[str, int]]:
        """Every key that stands in no list, dotted -> (file, line)."""
        file = str(self.path)
        named = ((path, line) for path, line in self._lines.items() if all(isinstance(part, str) for part in path))
        return {".".join(map(str, path)): (file, line) for path, line in named}

    @cached_property
    def _lines(self) -> dict[KeyPath, int]:
        return _positions(self.text)


def read_toml(path: Path) -> TomlFile:
    """Read a TOML file; raises ScenarioError naming file and line. The file's own text is never quoted."""
    file = str(path)
    try:
        if path.stat().st_size > MAX_TOML_BYTES:
            raise _refused("file_too_large", file, most=MAX_TOML_BYTES // 1_000_000)
        text = path.read_bytes().decode("utf-8-sig")
    except OSError:
        raise _refused("file_unreadable", file) from None
    except UnicodeDecodeError:
        raise _refused("encoding_unknown", file) from None
    try:
        data = tomllib.loads(text, parse_float=_decimal)
    except RecursionError:
        raise _refused("toml_too_deep", file, most=MAX_DEPTH) from None
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        row, column = (int(place[1]), place[2]) if place else (text.count("\n") + 1, "")
        twice = re.match(r"Cannot (overwrite|declare|mutate)|Duplicate|Can't", str(error))
        raise _refused("toml_key_twice" if twice else "toml_syntax", file, row, at=column) from None
    except ValueError:  # more digits than Python turns into an integer
        raise _refused("toml_integer", file, most=64) from None
    if fault := _fault(data):
        raise _refused(fault[0], file, most=fault[1])
    return TomlFile(path, data, text)


def _refused(code: str, file: str, row: int | None = None, **details: object) -> ScenarioError:
    return ScenarioError((Finding("error", code, file, row=row, details=details),))


def _decimal(text: str) -> Decimal:
    """A TOML float, exact; one beyond any amount is no number, and refused where it is used."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")
    return value if not value.is_finite() or -100 < value.adjusted() < 100 else Decimal("NaN")


def _fault(data: dict[str, Any]) -> tuple[str, int] | None:
    """What TOML allows and we do not: deep nesting, and integers beyond the 64 bits the format promises."""
    level: list[tuple[Any, int]] = [(data, 1)]
    while level:
        node, depth = level.pop()
        if depth > MAX_DEPTH:
            return "toml_too_deep", MAX_DEPTH
        if isinstance(node, int) and not -(2**63) <= node < 2**63:
            return "toml_integer", 64
        if isinstance(node, dict | list):
            level += [(child, depth + 1) for child in (node.values() if isinstance(node, dict) else node)]
    return None


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _positions(text: str) -> dict[KeyPath, int]:
    """Path of keys -> line; tables of an array are counted, keys of inline tables stand on their line."""
    found: dict[KeyPath, int] = {}
    counts: dict[KeyPath, int] = {}
    here: KeyPath = ()
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            here = ()
            for part in _parts(header[2]):
                here = (*here, *((counts[here],) if here in counts else ()), part)
            if header[1] == "[[":
                found.setdefault(here, number)
                counts[here] = counts.get(here, -1) + 1
            if here in counts:
                here = (*here, counts[here])
            found.setdefault(here, number)
        elif key := _KEY.match(line):
            names = _parts(key[1])
            for end in range(1, len(names) + 1):
                found.setdefault((*here, *names[:end]), number)
            for inner in _INNER.finditer(line, key.end()):
                found.setdefault((*here, *names, *_parts(inner[1])), number)
    return found
