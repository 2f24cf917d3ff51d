"""Does every name that a row uses exist, and is everything that exists used?"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from gpsopt.cells import nearest
from gpsopt.checks.names import squashed
from gpsopt.checks.view import View
from gpsopt.errors import Finding
from gpsopt.tables import SCHEMA, Column

_NEAR_SOUGHT: Final = 20  # names for which the nearest known one is sought, per column: the search is slow
_LIST_MARKS: Final = re.compile(r"[,，、；|]")


def check_references(view: View) -> Iterator[Finding]:
    """Every code that names a row of another table names one that exists."""
    for table in SCHEMA.values():
        for column in table.columns:
            if column.ref and view.usable(column.ref) and len(view.tables[table.name]):
                yield from _unknown(view, table.name, column)


def _unknown(view: View, table: str, column: Column) -> Iterator[Finding]:
    key = SCHEMA[column.ref].key[0]
    known = frozenset(view.tables[column.ref][key])
    said: dict[str, tuple[str, dict[str, object]]] = {}
    finder = _Finder(known)
    refused = view.refused(column.ref)
    for line, cell in view.cells(table, column.name):
        if cell is None:
            continue
        for code in cell if isinstance(cell, tuple) else (cell,):
            if code not in known and code not in refused:
                fault, details = said.setdefault(code, finder.why(code))
                yield view.find("error", fault, table, line, column.name, code, table=column.ref, **details)


class _Finder:
    """Says why a code is unknown: mistyped, stripped of zeros, run together, or not there at all."""

    def __init__(self, known: Iterable[str | None]) -> None:
        self.known = frozenset(code for code in known if code is not None)
        self.sought = 0
        self._alike: dict[str, str] | None = None
        self._bare: dict[str, str] | None = None

    def why(self, code: str) -> tuple[str, dict[str, object]]:
        if self._alike is None or self._bare is None:
            ordered = sorted(self.known)
            self._alike = {squashed(k): k for k in ordered}
            self._bare = {k.lstrip("0"): k for k in ordered if k.isdigit()}
        if (same := self._alike.get(squashed(code))) is not None:
            return "reference_lookalike", {"known": same}
        if code.isdigit() and (same := self._bare.get(code.lstrip("0"))) is not None:
            return "reference_zeros", {"known": same}
        parts = [part.strip() for part in _LIST_MARKS.split(code)]
        if len(parts) > 1 and all(part in self.known for part in parts):
            return "list_separator", {}
        return "reference_unknown", {"nearest": self._near(code)}

    def _near(self, code: str) -> str:
        self.sought += 1
        if self.sought > _NEAR_SOUGHT:
            return ""
        near = [k for k in self.known if k[:1] == code[:1] and abs(len(k) - len(code)) <= 2]
        return nearest(code, sorted(near)[:2000])


def check_need_is_one(view: View) -> Iterator[Finding]:
    """Purchaser, item and area are the same in every year of a need."""
    names = ("purchaser", "item", "area")
    known = [frozenset(view.tables[f"{name}s"][name]) for name in names]
    for line, need, *cells in view.cells("needs", "need", *names):
        first = view.needs.get(need)
        if first is None or first.line == line:
            continue
        for name, cell, before, codes in zip(names, cells, first[:3], known, strict=True):
            if cell != before and cell in codes and before in codes:  # an unknown code has its own finding
                row = view.tables.place("needs", first.line, name)[2]
                yield view.find("error", "need_changes", "needs", line, name, cell, need=need, before=before, first=row)


def check_offers_are_wanted(view: View) -> Iterator[Finding]:
    """An offer for an item nobody needs, or only where nobody needs it; a listed need that it does not fit."""
    places: dict[str, set[str]] = defaultdict(set)
    for need in view.needs.values():
        places[need.item].add(need.area)
    if not view.needs or view.refused("needs"):
        return
    unwanted: dict[str, list[int]] = defaultdict(list)
    elsewhere: list[int] = []
    for offer in view.offers:
        if offer.item not in view.items:
            continue  # said by check_references
        if offer.item not in places:
            unwanted[offer.item].append(offer.line)
        elif offer.areas and places[offer.item].isdisjoint(offer.areas):
            elsewhere.append(offer.line)
        for code in offer.needs:
            named = view.needs.get(code)
            if (
                named is not None
                and named.item
                and (named.item != offer.item or (offer.areas and named.area not in offer.areas))
            ):
                yield view.find("warning", "offer_need_misfit", "offers", offer.line, "needs", code,
                                item=named.item, area=named.area)  # fmt: skip
    for item, lines in unwanted.items():
        yield view.find("warning", "offer_unwanted", "offers", lines[0], "item", item, count=len(lines))
    if elsewhere:
        yield view.find("warning", "offer_elsewhere", "offers", elsewhere[0], "areas", count=len(elsewhere))


def check_areas_are_used(view: View) -> Iterator[Finding]:
    """An area without any need."""
    used = {need.area for need in view.needs.values()}
    if view.needs and not view.refused("needs"):
        for line, area in view.cells("areas", "area"):
            if area is not None and area not in used:
                yield view.find("warning", "area_without_need", "areas", line, "area", area)


def check_groups(view: View) -> Iterator[Finding]:
    """A group that has one member binds nothing: often a slip in its name."""
    for table, column in (("undertakers", "group"), ("offers", "excludes"), ("offers", "package")):
        rows = [(line, name) for line, name in view.cells(table, column) if name is not None]
        sizes = Counter(name for _line, name in rows)
        for line, name in rows:
            if sizes[name] == 1:
                yield view.find("warning", "group_of_one", table, line, column, name)


def check_resources(view: View) -> Iterator[Finding]:
    """A resource that is used but limited for nobody; a licence that is asked for but held by nobody."""
    limited = frozenset(view.tables["capacities"]["resource"])
    for line, resource in view.cells("uses", "resource"):
        if resource is not None and resource not in limited:
            near = nearest(resource, sorted(r for r in limited if r))
            yield view.find("warning", "resource_unlimited", "uses", line, "resource", resource, nearest=near)
    held = {code for _line, codes in view.cells("undertakers", "licences") for code in codes or ()}
    for line, licence in view.cells("conditions", "licence"):
        if licence is not None and licence not in held:
            near = nearest(licence, sorted(held))
            yield view.find("warning", "licence_nobody", "conditions", line, "licence", licence, nearest=near)


def check_district_purchasers(view: View) -> Iterator[Finding]:
    """Under the pooled regime a district purchaser must say its district."""
    if view.settings.regime != "pooled":
        return
    for line, purchaser, level, area in view.cells("purchasers", "purchaser", "level", "area"):
        if level == "district" and area is None:
            yield view.find("error", "district_unsaid", "purchasers", line, "area", "", purchaser=purchaser)


def check_contracts(view: View) -> Iterator[Finding]:
    """A contract's offer is of its need's item; it does not end before it begins."""
    items = {offer.offer: offer.item for offer in view.offers}
    rows = view.cells("contracts", "need", "offer", "year", "until_year", "quantity", "amount", "fixed")
    for line, code, offer, year, until, quantity, amount, fixed in rows:
        need = view.needs.get(code)
        if need is not None and items.get(offer) in view.items and items[offer] != need.item:
            yield view.find("error", "contract_misfit", "contracts", line, "offer", offer, need=code, item=need.item)
        if until is not None and year is not None and until < year:
            yield view.find("error", "last_before_first", "contracts", line, "until_year", until, first=year)
        if fixed and quantity is None and amount is None:
            yield view.find("error", "contract_empty", "contracts", line, "quantity", "", need=code)


CHECKS: Final = (
    check_references, check_need_is_one, check_offers_are_wanted, check_areas_are_used, check_groups, check_resources,
    check_district_purchasers, check_contracts,
)  # fmt: skip
