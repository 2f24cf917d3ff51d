"""Cells of one row, or of the rows of one thing, that cannot all be meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from gpsopt.checks.view import View
from gpsopt.errors import Finding

_MAX_GROWTH: Final = 1  # a growth of 100 % a year: more is a percentage written as a number


def check_limits(view: View) -> Iterator[Finding]:
    """Minimum above maximum, floor above target, an end before its beginning."""
    pairs = (
        ("offers", "min_quantity", "max_quantity", "min_above_max"),
        ("needs", "min_awards", "max_awards", "min_above_max"),
        ("needs", "floor", "target", "floor_above_target"),
        ("offers", "first_year", "last_year", "last_before_first"),
        ("catalogue", "first_year", "last_year", "last_before_first"),
        ("relations", "at_least", "at_most", "min_above_max"),
    )
    for table, low, high, code in pairs:
        for line, least, most in view.cells(table, low, high):
            if least is None or most is None or least <= most:
                continue
            if code == "last_before_first":
                yield view.find("error", code, table, line, high, most, first=least)
            else:
                yield view.find("error", code, table, line, low, _plain(least), most=_plain(most), bound=high)
    for line, least, whole in view.cells("offers", "min_quantity", "capacity"):
        if least is not None and whole is not None and least > whole:
            yield view.find("warning", "min_above_capacity", "offers", line, "min_quantity", _plain(least),
                            capacity=_plain(whole))  # fmt: skip


def check_direct_lines(view: View) -> Iterator[Finding]:
    """What runs off must be said where there is expenditure; nothing cannot cost something."""
    rows = view.cells("direct_lines", "need", "quantity", "expenditure", "avoidable", "runoff_years")
    for line, code, quantity, expenditure, avoidable, runoff in rows:
        need = view.needs.get(code)
        if expenditure and avoidable is None and view.was_read("direct_lines", line, "avoidable"):
            yield view.find("error", "avoidable_missing", "direct_lines", line, "avoidable", "",
                            expenditure=f"{expenditure:,.2f}")  # fmt: skip
        if runoff == 0 and avoidable is not None and avoidable != 1:
            yield view.find(
                "error", "runoff_zero", "direct_lines", line, "runoff_years", 0, avoidable=_plain(avoidable)
            )
        if expenditure and quantity is not None and view.on_grid(quantity, need and need.item) == 0:
            yield view.find("error", "expenditure_for_nothing", "direct_lines", line, "quantity", _plain(quantity),
                            expenditure=f"{expenditure:,.2f}")  # fmt: skip


def check_growth(view: View) -> Iterator[Finding]:
    """A growth that doubles a figure every year was probably meant in percent."""
    for table in ("direct_lines", "offers"):
        for line, growth in view.cells(table, "growth"):
            if growth is not None and growth > _MAX_GROWTH:
                yield view.find("warning", "growth_large", table, line, "growth", _plain(growth),
                                as_share=_plain(growth / 100))  # fmt: skip


def check_relations(view: View) -> Iterator[Finding]:
    """The rows of a relation agree on its bounds in every model year, and one of them gives a bound."""
    rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in view.cells("relations", "relation", "year", "at_least", "at_most"):
        if row[1] is not None:
            rows[row[1]].append(row)
    for relation, entries in rows.items():
        if all(least is None and most is None for _line, _name, _year, least, most in entries):
            yield view.find(
                "warning", "relation_unbounded", "relations", entries[0][0], "at_least", "", relation=relation
            )
        said: set[tuple[int, str]] = set()
        for year in view.years:
            held = [row for row in entries if row[2] in (None, year)]
            for column, place in (("at_least", 3), ("at_most", 4)):
                given = [(row[0], row[place]) for row in held if row[place] is not None]
                for line, bound in given[1:]:
                    if bound != given[0][1] and (line, column) not in said:
                        said.add((line, column))
                        yield view.find("error", "relation_bounds_differ", "relations", line, column, _plain(bound),
                                        relation=relation, other=_plain(given[0][1]),
                                        first=view.tables.place("relations", given[0][0])[2])  # fmt: skip
            yield from _crossed(view, relation, held, said)


def _crossed(view: View, relation: str, held: list[tuple[Any, ...]], said: set[tuple[int, str]]) -> Iterator[Finding]:
    """A lower bound of one row above the upper bound of another (one row alone is seen by check_limits)."""
    least = next(((row[0], row[3]) for row in held if row[3] is not None), None)
    most = next(((row[0], row[4]) for row in held if row[4] is not None), None)
    if least is None or most is None or least[0] == most[0] or least[1] <= most[1] or (least[0], "crossed") in said:
        return
    said.add((least[0], "crossed"))
    yield view.find("error", "min_above_max", "relations", least[0], "at_least", _plain(least[1]),
                    most=_plain(most[1]), bound="at_most")  # fmt: skip


def _plain(value: Decimal | int) -> str:
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


CHECKS: Final = (check_limits, check_direct_lines, check_growth, check_relations)
