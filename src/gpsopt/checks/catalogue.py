"""The dated and district catalogues: rows that do nothing, that were not filed, or that close a matter again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final

from gpsopt.checks.view import View
from gpsopt.errors import Finding

#: (item, area or None) -> (first year, last year, scope) of each row
Dated = Mapping[tuple[str, str | None], list[tuple[int, int, str]]]


def dated_of(view: View) -> Dated:
    """The table `catalogue`; an empty year stands for the beginning and the end of time."""
    found: dict[tuple[str, str | None], list[tuple[int, int, str]]] = defaultdict(list)
    for _line, item, area, scope, first, last in view.cells(
        "catalogue", "item", "area", "scope", "first_year", "last_year"
    ):
        if item is not None and scope is not None:
            found[item, area].append((first or 0, 9999 if last is None else last, scope))
    return found


def scope_in(view: View, dated: Dated, item: str, area: str, year: int) -> str | None:
    """Scope of a matter: the district's row, else the municipal one, else the item's; the latest first year."""
    for place in (area, None):
        held = [(first, scope) for first, last, scope in dated.get((item, place), ()) if first <= year <= last]
        if held:
            return max(held)[1]
    known = view.items.get(item)
    return None if known is None else known["scope"]


def check_catalogue(view: View) -> Iterator[Finding]:
    """Rows of no model year or of a matter nobody needs; district rows not said to be filed (4(2))."""
    if not view.needs or view.refused("needs"):
        return
    places = {(need.item, need.area) for need in view.needs.values()}
    wanted = {item for item, _area in places}
    idle, unfiled = [], []
    for line, item, area, first, last, filed in view.cells(
        "catalogue", "item", "area", "first_year", "last_year", "filed"
    ):
        if item not in view.items:
            continue
        there = item in wanted if area is None else (item, area) in places
        if not there or (first or 0) > view.years[-1] or (last is not None and last < view.years[0]):
            idle.append((line, item))
        elif area is not None and filed is None:
            unfiled.append((line, item))
    if idle:
        yield view.find("note", "catalogue_idle", "catalogue", idle[0][0], "item", idle[0][1], count=len(idle))
    if unfiled:
        yield view.find("note", "catalogue_unfiled", "catalogue", unfiled[0][0], "filed", "", item=unfiled[0][1],
                        count=len(unfiled))  # fmt: skip


def check_closing(view: View) -> Iterator[Finding]:
    """A matter that may be bought first and not later: its direct units do not come back."""
    if not view.hard("catalogue_scope"):
        return
    dated = dated_of(view)
    said: set[tuple[str, str]] = set()
    for need in view.needs.values():
        if need.item not in view.dated or (need.item, need.area) in said:
            continue
        scopes = [(year, scope_in(view, dated, need.item, need.area, year)) for year in view.years]
        for (before, was), (year, scope) in pairwise(scopes):
            if was == "purchasable" and scope not in ("purchasable", None):
                said.add((need.item, need.area))
                line = next(line for line, item in view.cells("catalogue", "item") if item == need.item)
                yield view.find("warning", "catalogue_closes", "catalogue", line, "scope", scope, item=need.item,
                                area=need.area, year=year, before=before)  # fmt: skip
                break


CHECKS: Final = (check_catalogue, check_closing)
