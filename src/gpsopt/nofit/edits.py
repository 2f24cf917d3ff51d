"""A repair as the scenario file that makes it: changes, additions, clauses and locks, written as TOML."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from gpsopt.cells import plain

#: where a repair's file finds the scenario that failed, as it stands in the run folder
FAILED = "../inputs"
Value = str | int | bool | Decimal | tuple[str, ...] | tuple[int, ...]


@dataclass(frozen=True)
class Edits:
    """What a scenario file says beyond its base; each entry is a table of keys and values."""

    changes: tuple[Mapping[str, object], ...] = ()
    additions: tuple[tuple[str, Mapping[str, Value]], ...] = ()
    dropped: tuple[tuple[str, Mapping[str, Value]], ...] = ()
    freed: tuple[Mapping[str, Value], ...] = ()
    clauses: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    settings: Mapping[str, Value] = field(default_factory=dict)
    limits: Mapping[str, Value] = field(default_factory=dict)  # of aims

    def with_(self, other: Edits) -> Edits:
        """Both, one after the other."""
        clauses = {name: {**self.clauses.get(name, {}), **other.clauses.get(name, {})}
                   for name in (*self.clauses, *other.clauses)}  # fmt: skip
        return Edits(
            (*self.changes, *other.changes), (*self.additions, *other.additions), (*self.dropped, *other.dropped),
            (*self.freed, *other.freed), clauses, {**self.settings, **other.settings}, {**self.limits, **other.limits},
        )  # fmt: skip

    @property
    def empty(self) -> bool:
        return self == Edits()

    def toml(self, title: str, title_zh: str, question: str, question_zh: str = "", base: str = FAILED) -> str:
        """The scenario file."""
        words = {"title": title, "title_zh": title_zh, "question": question, "question_zh": question_zh}
        lines = [f"{key} = {_text(text)}" for key, text in words.items() if text or key != "question_zh"]
        lines += [f"model = {_text(base)}", *(f"{key} = {_value(value)}" for key, value in self.settings.items())]
        for change in self.changes:
            lines += ["", "[[change]]", *(f"{key} = {_value(value)}" for key, value in change.items())]
        for table, row in self.additions:
            lines += ["", "[[add]]", f"table = {_text(table)}", f"row = {_value(dict(row))}"]
        for table, where in self.dropped:
            lines += ["", "[[drop]]", f"table = {_text(table)}", f"where = {_value(dict(where))}"]
        for lock in self.freed:
            lines += ["", "[[lock]]", *(f"{key} = {_value(value)}" for key, value in lock.items()), "free = true"]
        if self.limits:
            lines += ["", "[aims.limit]", *(f"{key} = {_value(value)}" for key, value in self.limits.items())]
        for name, keys in self.clauses.items():
            lines += ["", f"[clauses.{name}]", *(f"{key} = {_value(value)}" for key, value in keys.items())]
        return "\n".join(lines) + "\n"


def change(table: str, column: str, where: Mapping[str, Value], **way: Value) -> Edits:
    """One [[change]]: `set`, `add` or `scale` for the rows that match."""
    return Edits(changes=({"table": table, "where": dict(where), "column": column, **way},))


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(v)}" for key, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return str(value) if isinstance(value, int) else _text(str(value))


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
