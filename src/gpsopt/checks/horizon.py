"""Years: rows outside the model's years, needs that ask for nothing, packages that fall apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from gpsopt.checks.view import Offer, View
from gpsopt.errors import Finding


def check_years(view: View) -> Iterator[Finding]:
    """Rows of years outside the model are kept and not used."""
    years = set(view.years)
    for table in ("budgets", "needs", "capacities", "relations"):
        used = years | ({view.settings.base_year} if table == "budgets" and len(view.tables["contracts"]) else set())
        outside = [(line, year) for line, year in view.cells(table, "year") if year is not None and year not in used]
        if outside:
            line, year = min(outside)
            yield view.find("note", "year_outside", table, line, "year", year, count=len(outside),
                            years=_span(view.years))  # fmt: skip
    never = [
        offer for offer in view.offers if not any(offer.stands_in(year) for year in view.years)
    ]  # fmt: skip
    if never:
        first = min(never, key=lambda offer: offer.line)
        yield view.find("warning", "offer_never", "offers", first.line, "first_year", first.offer, count=len(never),
                        years=_span(view.years))  # fmt: skip


def check_demand(view: View) -> Iterator[Finding]:
    """A model without needs; a need whose demand is nothing in every model year."""
    if not view.usable("needs"):
        return
    if not view.need_years:
        yield view.find("error", "no_needs", "needs", None, "year", "", years=_span(view.years))
        return
    wanted = {row.need for row in view.need_years if row.demand > 0}
    for need, entry in view.needs.items():
        if need not in wanted:
            yield view.find("warning", "need_without_demand", "needs", entry.line, "demand", need)


def check_packages(view: View) -> Iterator[Finding]:
    """A package some of whose offers are absent in a year, or kept out by a rule."""
    groups: dict[str, list[Offer]] = defaultdict(list)
    for offer in view.offers:
        if offer.package is not None:
            groups[offer.package].append(offer)
    for package, offers in groups.items():
        there = {offer.offer: {year for year in view.years if offer.stands_in(year)} for offer in offers}
        together = set().union(*there.values())
        for offer in offers:
            missing = sorted(together - there[offer.offer])
            if missing:
                yield view.find("warning", "package_year_absent", "offers", offer.line, "package", package,
                                offer=offer.offer, years=", ".join(map(str, missing)))  # fmt: skip
            clause = view.barred.get(offer.offer)
            if clause is not None and len(offers) > 1:
                yield view.find("warning", "package_barred", "offers", offer.line, "package", package,
                                offer=offer.offer, clause=clause)  # fmt: skip


def _span(years: tuple[int, ...]) -> str:
    return ", ".join(map(str, years))


CHECKS: Final = (check_years, check_demand, check_packages)
