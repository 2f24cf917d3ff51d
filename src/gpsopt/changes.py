"""The named changes of a scenario: what each entry of its files says, in the order in which they apply.

A run folder keeps them as `inputs/changes.json`, so that a comparison can say which change caused what.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, Final, Literal

from gpsopt.cells import plain
from gpsopt.settingkeys import ROWS
from gpsopt.tomlfile import TomlFile

Kind = Literal["change", "drop", "add", "setting", "lock"]
#: keys that name a scenario and change nothing in it
_WORDS: Final = ("title", "title_zh", "question", "question_zh", "base", "model")
#: groups of settings of which every key is a change of its own
_GROUPS: Final = ("clauses", "aims", "goals")


@dataclass(frozen=True)
class Entry:
    """One named change. `where`: column -> the values it asks for; `way`: scale, set or add, and `by` what."""

    kind: Kind
    file: str  # the scenario file's name, without folder and ending
    line: int | None = None
    table: str = ""
    column: str = ""
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    way: str = ""
    by: str = ""
    setting: str = ""  # the path of a setting: regime, clauses.plural_supply, aims.order

    def key(self) -> str:
        """Equal for equal entries of the same file, wherever the file lies."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


def entries_of(files: Sequence[TomlFile]) -> tuple[Entry, ...]:
    """Every named change of a chain of files, the model (the first) left out: in each file settings and locks,
    then changes, drops and additions, as they apply."""
    found: list[Entry] = []
    for file in files[1:]:
        name = file.path.stem
        for key, value in file.data.items():
            if key in (*_WORDS, *ROWS):
                continue
            if key == "lock":
                found.append(Entry("lock", name, file.line(("lock", 0)), setting="lock"))
            elif key in _GROUPS and isinstance(value, dict):
                found += [Entry("setting", name, file.line((key, k)), setting=f"{key}.{k}") for k in value]
            else:
                found.append(Entry("setting", name, file.line((key,)), setting=key))
        for kind in ("change", "drop", "add"):
            rows = file.data.get(kind)
            for place, row in enumerate(rows if isinstance(rows, list) else ()):
                if isinstance(row, dict):
                    found.append(_entry(kind, name, file.line((kind, place)), row))
    return tuple(found)


def entries_text(entries: Sequence[Entry]) -> str:
    """The entries as JSON."""
    said = [{k: v for k, v in asdict(entry).items() if v not in ("", None, {})} for entry in entries]
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def read_entries(text: str) -> tuple[Entry, ...]:
    """The entries of such a JSON text; raises ValueError where it is none."""
    said = json.loads(text)
    if not isinstance(said, list):
        raise ValueError("no list of changes")
    found = []
    for row in said:
        if not isinstance(row, dict) or row.get("kind") not in ("change", "drop", "add", "setting", "lock"):
            raise ValueError("no change")
        where = {str(k): tuple(str(v) for v in values) for k, values in dict(row.get("where", {})).items()}
        known = {k: row[k] for k in ("kind", "file", "line", "table", "column", "way", "by", "setting") if k in row}
        found.append(Entry(**{"file": "", **known}, where=where))
    return tuple(found)


def _entry(kind: Any, file: str, line: int | None, row: Mapping[str, Any]) -> Entry:
    given = row.get("row") if kind == "add" else row.get("where")
    where = {k: _texts(v) for k, v in given.items()} if isinstance(given, dict) else {}
    way = next((way for way in ("scale", "set", "add") if kind == "change" and way in row), "")
    by = ";".join(_texts(row[way])) if way else ""
    return Entry(kind, file, line, str(row.get("table", "")), str(row.get("column", "")), where, way, by)


def _texts(value: Any) -> tuple[str, ...]:
    """A TOML value as the texts that its cells have."""
    if isinstance(value, list):
        return tuple(text for part in value for text in _texts(part))
    if isinstance(value, bool):
        return ("yes" if value else "no",)
    return (plain(value) if isinstance(value, Decimal) else str(value),)


__all__ = ["Entry", "entries_of", "entries_text", "read_entries"]
