"""What is varied: specifications of the command line, and the points of their grid as scenario files.

`budgets.amount=scale:0.8:1.2:0.05`, `offers.price[item=C01|C02,undertaker=u3]=scale:0.9,1,1.1`,
`clauses.plural_supply.max_share=set:0.3,0.4`: a table's column (rows may be picked) or a setting, the kind of change
(scale, add, set), and values as a list or as first:last:step.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

import tomlkit

from gpsopt.errors import UsageError
from gpsopt.tables import SCHEMA

_SPEC: Final = re.compile(r"(?P<what>[\w.]+)(\[(?P<where>[^\]]*)\])?=(?P<kind>scale|add|set):(?P<values>.+)")
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")
MOST: Final = 10_000


@dataclass(frozen=True)
class Vary:
    """One specification: `what` is table.column or a dotted setting."""

    text: str
    what: str
    where: tuple[tuple[str, tuple[str, ...]], ...]
    kind: str
    values: tuple[str, ...]

    @property
    def label(self) -> str:
        """What stands before the kind and the values: the name of its column in the table of the sweep."""
        return re.sub(r"=(scale|add|set):.*", "", self.text.strip(), flags=re.DOTALL)

    @property
    def table(self) -> str:
        """The table, or nothing where a setting is varied."""
        table, _dot, column = self.what.partition(".")
        return table if table in SCHEMA and SCHEMA[table].has(column) else ""

    @property
    def is_text(self) -> bool:
        """Is a code or text set, which stays as it is written (007)?"""
        kind = SCHEMA[self.table].column(self.what.partition(".")[2]).kind if self.table else ""
        return self.kind == "set" and kind in ("key", "code", "codes", "text")

    def value_of(self, text: str) -> str | int | float:
        """A value as it stands in the table of the sweep: a number where every value of the specification is one."""
        if self.is_text or not all(_NUMBER.fullmatch(value) for value in self.values):
            return text
        return float(text) if any("." in value for value in self.values) else int(text)


@dataclass(frozen=True)
class Point:
    """One scenario of the sweep: its values in the order of the specifications, and its file's text."""

    number: int
    values: tuple[str, ...]
    name: str
    text: str


def vary_of(text: str) -> Vary:
    """Read one specification. Raises UsageError that names what is wrong."""
    found = _SPEC.fullmatch(text.strip())
    if found is None:
        raise UsageError("vary_unknown", text=text)
    where = []
    for part in (found["where"] or "").split(","):
        if part.strip():
            column, equals, values = part.partition("=")
            if not equals:
                raise UsageError("vary_unknown", text=text)
            where.append((column.strip(), tuple(v.strip() for v in values.split("|"))))
    vary = Vary(text, found["what"], tuple(where), found["kind"], _values(found["values"], text))
    table, _dot, column = vary.what.partition(".")
    if table in SCHEMA and not SCHEMA[table].has(column):
        raise UsageError("vary_column", text=text, table=table, column=column, known=", ".join(SCHEMA[table].names()))
    for name, _keys in where if vary.table else ():
        if not SCHEMA[table].has(name):
            known = ", ".join(SCHEMA[table].names())
            raise UsageError("vary_column", text=text, table=table, column=name, known=known)
    for value in vary.values if vary.kind != "set" else ():
        if not _NUMBER.fullmatch(value):
            raise UsageError("vary_number", text=text, value=value)
    if not vary.table and (vary.kind != "set" or vary.where):
        raise UsageError("vary_setting", text=text, what=vary.what)
    return vary


def _values(text: str, spec: str) -> tuple[str, ...]:
    if text.count(":") != 2:
        return tuple(v.strip() for v in text.split(",") if v.strip())
    try:
        first, last, step = (Decimal(part) for part in text.split(":"))
        if step <= 0 or last < first or (last - first) / step >= MOST:
            raise InvalidOperation
    except InvalidOperation:
        raise UsageError("vary_range", text=spec, values=text) from None
    return tuple(str(first + i * step) for i in range(int((last - first) / step) + 1))


def points_of(source: Path, varied: Sequence[Vary], folder: Path) -> list[Point]:
    """Every point of the grid, the last specification fastest; files are written for `folder`/scenarios."""
    labels = [v.label for v in varied]
    for vary in varied:
        if labels.count(vary.label) > 1:
            raise UsageError("vary_twice", text=vary.text, label=vary.label)
    grid = list(itertools.islice(itertools.product(*(v.values for v in varied)), MOST + 1))
    if len(grid) > MOST:
        raise UsageError("sweep_too_large", most=MOST)
    points = []
    for number, values in enumerate(grid, start=1):
        text = _file(source, folder / "scenarios", varied, values)
        name = f"{number:04d}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
        points.append(Point(number, values, name, text))
    return points


def corners_of(points: Sequence[Point]) -> list[Point]:
    """The first point, and for each specification the one in which it alone has its last value."""
    first, last = points[0].values, points[-1].values
    kept = {first} | {(*first[:i], last[i], *first[i + 1 :]) for i in range(len(first))}
    return [point for point in points if point.values in kept]


def _file(source: Path, folder: Path, varied: Sequence[Vary], values: Sequence[str]) -> str:
    """The scenario file of a point: a departure of as many entries as there are specifications."""
    document = tomlkit.document()
    said = ", ".join(f"{v.what} {v.kind} {value}" for v, value in zip(varied, values, strict=True))
    document.add("title", tomlkit.item(said))
    document.add("title_zh", tomlkit.item(f"取值：{said}"))
    whole = source.is_dir()
    there = os.path.relpath(source if whole else source.with_suffix(""), folder)
    document.add("model" if whole else "base", tomlkit.item(f"./{there}" if "/" not in there else there))
    changes = tomlkit.aot()
    for vary, value in zip(varied, values, strict=True):
        if vary.table:
            changes.append(_change(vary, value))
        else:
            _set(document, vary.what.split("."), _plain(value))
    if len(changes):
        document.add("change", changes)
    return tomlkit.dumps(document)


def _change(vary: Vary, value: str) -> Any:
    row = tomlkit.table()
    table, _dot, column = vary.what.partition(".")
    row.add("table", table)
    row.add("column", column)
    row.add(vary.kind, value if vary.is_text else _plain(value))
    if vary.where:
        where = tomlkit.inline_table()
        for name, keys in vary.where:
            known = SCHEMA[table].column(name).kind if SCHEMA[table].has(name) else ""
            where.add(name, [int(k) if known in ("year", "count") and k.isdigit() else k for k in keys])
        row.add("where", where)
    return row


def _set(document: Any, path: Sequence[str], value: Any) -> None:
    for key in path[:-1]:
        if key not in document:
            document.add(key, tomlkit.table())
        document = document[key]
    document[path[-1]] = value


def _plain(value: str) -> Any:
    """A number, yes/no or text as TOML writes it; numbers keep their digits."""
    if value in ("true", "false"):
        return value == "true"
    if re.fullmatch(r"-?\d+", value):
        return int(value)
    if re.fullmatch(r"-?\d+\.\d+", value):
        return tomlkit.value(value)
    return value
