"""The plan as written: cells of the run's CSV tables as exact values; what cannot be read is a fault.

Quantities become grid steps of the need's item, money fen, prices millionths of a yuan.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from gpsopt.verify.exact import down_to_grid, shown
from gpsopt.verify.verdict import Fault, Outcome
from gpsopt.verify.world import World

Frame = Sequence[Mapping[str, str]]

#: table -> its key and the kind of every column
COLUMNS: Final[dict[str, tuple[tuple[str, ...], dict[str, str]]]] = {
    "allocation": (("year", "need", "offer"), {
        "year": "year", "need": "need", "purchaser": "code", "item": "code", "area": "code", "undertaker": "code",
        "offer": "offer", "quantity": "steps", "price": "price", "setup": "money", "amount": "money",
    }),
    "direct": (("year", "need"), {
        "year": "year", "need": "need", "purchaser": "code", "quantity": "steps", "new": "steps", "idle": "steps",
        "moved": "steps", "expenditure": "money", "released": "money", "stranded": "money",
        "posts": "maybe", "posts_paid": "maybe", "kept_because": "text",
    }),
    "transfers": (("year", "need", "from_purchaser", "from_line", "to_purchaser", "to_line", "use"), {
        "year": "year", "need": "maybe_need", "from_purchaser": "purchaser", "from_line": "code",
        "to_purchaser": "purchaser", "to_line": "code", "amount": "money", "use": "code", "change": "change",
        "clause": "code",
    }),
    "coverage": (("year", "need"), {
        "year": "year", "need": "need", "purchaser": "code", "item": "code", "area": "code", "demand": "steps",
        "target": "steps", "direct": "steps", "purchased": "steps", "served": "steps", "shortfall": "steps",
        "candidates": "count", "thin": "yesno",
    }),
    "budgets": (("year", "purchaser"), {
        "year": "year", "purchaser": "purchaser", "amount": "money", "received": "money", "given": "money",
        "direct": "money", "stranded": "money", "purchased": "money", "engagement": "money", "unspent": "money",
    }),
    "undertakers": (("year", "undertaker"), {
        "year": "year", "undertaker": "undertaker", "awards": "count", "amount": "money",
        "capacity_used": "number", "capacity": "maybe", "score": "maybe",
    }),
    "excluded": (("need", "offer", "year"), {
        "need": "need", "offer": "offer", "undertaker": "code", "year": "maybe_year", "clause": "code",
        "reason": "text",
    }),
    "goals": (("goal", "year"), {
        "goal": "code", "year": "year", "value": "maybe", "target": "maybe_signed", "met": "maybe_yesno",
        "unit": "code", "status": "text",
    }),
    "prices": (("clause", "index", "year", "unit"), {
        "clause": "code", "index": "text", "year": "maybe_year", "price": "signed", "unit": "code",
    }),
    "violations": (("clause", "index", "year"), {
        "clause": "code", "index": "code", "year": "year", "amount": "number", "unit": "code",
    }),
}  # fmt: skip
#: tables without which a plan is whole: checked where they stand
OPTIONAL: Final = ("excluded", "goals", "prices", "violations")
PLAN_TABLES: Final = tuple(name for name in COLUMNS if name not in OPTIONAL)

_NUMBER: Final = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")
_COUNT: Final = re.compile(r"[0-9]{1,9}")


class _Unreadable(Exception):
    """A cell that holds no value of its kind; `code` names the message."""

    def __init__(self, code: str, rule: str = "cells", **details: object) -> None:
        super().__init__(code)
        self.code, self.rule, self.details = code, rule, details


@dataclass(frozen=True)
class Row:
    """One row that could be read: its line in the file and its values by column."""

    line: int
    cells: Mapping[str, Any]

    def __getitem__(self, column: str) -> Any:
        return self.cells[column]


@dataclass(frozen=True)
class Written:
    """The plan's tables, each by its key (COLUMNS)."""

    allocation: Mapping[tuple[Any, ...], Row]
    direct: Mapping[tuple[Any, ...], Row]
    transfers: Mapping[tuple[Any, ...], Row]
    coverage: Mapping[tuple[Any, ...], Row]
    budgets: Mapping[tuple[Any, ...], Row]
    undertakers: Mapping[tuple[Any, ...], Row]
    excluded: Mapping[tuple[Any, ...], Row] | None  # None: the table is not there
    goals: Mapping[tuple[Any, ...], Row] | None
    prices: Mapping[tuple[Any, ...], Row] | None
    violations: Mapping[tuple[Any, ...], Row] | None  # the same; a run without soft clauses has none


def read_rows(world: World, frames: Mapping[str, Frame]) -> tuple[Written, list[Outcome]]:
    """Every table's rows by key; rows that are double or unreadable are left out and are faults."""
    tables: dict[str, dict[tuple[Any, ...], Row]] = {}
    faults: dict[str, list[Fault]] = {"cells": [], "grid": [], "rows": []}
    count = 0
    for name, (key_columns, kinds) in COLUMNS.items():
        tables[name] = {}
        for place, cells in enumerate(frames.get(name, ())):
            count += 1
            row = _row(world, f"{name}.csv", place + 2, cells, kinds, faults)
            if row is None:
                continue
            key = tuple(row[column] for column in key_columns)
            first = tables[name].setdefault(key, row)
            if first is not row:
                faults["rows"].append(Fault("rows", "row_twice", f"{name}.csv", row.line, "", key_text(key),
                                            {"first": first.line}))  # fmt: skip
    outcomes = [Outcome(rule, count, tuple(found)) for rule, found in faults.items()]
    optional = {name: table if name in frames else None for name in OPTIONAL if (table := tables.pop(name)) is not None}
    return Written(
        **tables, excluded=optional["excluded"], goals=optional["goals"], prices=optional["prices"],
        violations=optional["violations"],
    ), outcomes  # fmt: skip


def key_text(key: Sequence[Any]) -> str:
    """A row's key as people read it."""
    return " ".join(str(part) for part in key if part not in ("", None))


def _row(
    world: World, file: str, line: int, cells: Mapping[str, str], kinds: Mapping[str, str],
    faults: dict[str, list[Fault]],
) -> Row | None:  # fmt: skip
    if cells.keys() != kinds.keys():
        for column in sorted(map(str, cells.keys() ^ kinds.keys())):
            code = "column_missing" if column in kinds else "column_unknown"
            faults["cells"].append(Fault("cells", code, file, line, column))
        return None
    values: dict[str, Any] = {}
    broken = False
    for column, kind in kinds.items():
        text = cells[column]
        try:
            values[column] = _value(world, text if isinstance(text, str) else repr(text), kind, values)
        except _Unreadable as fault:
            broken = broken or fault.rule == "cells"
            values[column] = fault.details.pop("instead", None)
            details = {"value": str(text)[:60], **fault.details}
            faults[fault.rule].append(Fault(fault.rule, fault.code, file, line, column, "", details))
    return None if broken else Row(line, values)


def _value(world: World, text: str, kind: str, so_far: Mapping[str, Any]) -> Any:
    match kind:
        case "code" | "text":
            if kind == "code" and not text:
                raise _Unreadable("cell_empty")
            return text
        case "need" | "offer" | "undertaker" | "purchaser" | "maybe_need":
            return _known(world, text, kind)
        case "maybe_year" if not text:
            return None
        case "year" | "maybe_year":
            if not _COUNT.fullmatch(text) or int(text) not in world.years:
                raise _Unreadable("not_a_model_year")
            return int(text)
        case "count":
            if not _COUNT.fullmatch(text):
                raise _Unreadable("not_a_count")
            return int(text)
        case "maybe_yesno" if not text:
            return None
        case "yesno" | "maybe_yesno":
            if text not in ("yes", "no"):
                raise _Unreadable("not_yes_no")
            return text == "yes"
        case "steps":
            return _steps(world, text, so_far.get("need"))
        case "money" | "change":
            return _scaled(text, 2, kind == "change")
        case "price":
            return _scaled(text, 6, False)
        case _:
            return None if kind.startswith("maybe") and not text else _number(text, kind.endswith("signed"))


def _known(world: World, text: str, kind: str) -> str:
    if kind == "maybe_need" and not text:
        return text
    known: Mapping[str, object] = {
        "need": world.needs, "maybe_need": world.needs, "offer": world.offers,
        "undertaker": world.undertakers, "purchaser": world.purchasers,
    }[kind]  # fmt: skip
    if text not in known:
        raise _Unreadable("code_not_in_inputs")
    return text


def _number(text: str, negative: bool = False) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise _Unreadable("not_a_number")
    value = Decimal(text)
    if value < 0 and not negative:
        raise _Unreadable("below_zero")
    return value


def _scaled(text: str, places: int, negative: bool) -> int:
    """A decimal with at most `places` decimals as a whole number of its smallest units."""
    value = _number(text, negative)
    scaled = Fraction(value) * Fraction(10) ** places
    if scaled.denominator != 1:
        raise _Unreadable("too_many_decimals", places=places)
    return scaled.numerator


def _steps(world: World, text: str, need: str | None) -> int:
    """A quantity in grid steps of its need; off the grid it is a fault, and the grid point below stands in."""
    value = _number(text)
    if need is None:
        return 0  # the need itself could not be read: the row is left out anyway
    step = world.needs[need].item.step
    steps = down_to_grid(value, step)
    if steps * step != Fraction(value):
        raise _Unreadable("off_grid", "grid", instead=steps, step=shown(step))
    return steps
