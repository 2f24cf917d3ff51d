"""The books of the base year are shown as the tables give them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from gpsopt.money import yuan
from gpsopt.verify.books import books_of_base_year
from gpsopt.verify.evidence import Evidence
from gpsopt.verify.verdict import Fault, Outcome


def check_today(evidence: Evidence, summary: Mapping[str, Any]) -> list[Outcome]:
    """summary.today: the base year's direct lines, purchases, books and difference, where contracts give purchases."""
    expected = _today(evidence)
    given = summary.get("today")
    found = {str(k)[:60]: str(v)[:60] for k, v in given.items()} if isinstance(given, Mapping) else {}
    faults = [
        Fault("recomputed", "today_differs", "summary.json", None, key, "today",
              {"found": found.get(key, "—"), "expected": expected.get(key, "—")})
        for key in sorted(found.keys() | expected.keys()) if not _same(found.get(key), expected.get(key))
    ]  # fmt: skip
    return [Outcome("recomputed", len(expected), tuple(faults))]


def _today(evidence: Evidence) -> dict[str, str]:
    books = books_of_base_year(evidence.world).values()
    if not books:
        return {}
    direct, purchased = sum(b.direct for b in books), sum(b.purchased for b in books)
    said = {
        "year": str(evidence.world.settings.base_year),
        "direct": str(yuan(direct)),
        "purchased": str(yuan(purchased)),
    }
    if all(b.budget is not None or b.direct + b.purchased == 0 for b in books):
        off = sum(abs(b.direct + b.purchased - b.budget) for b in books if b.budget is not None)
        said |= {"books": str(yuan(sum(b.budget or 0 for b in books))), "difference": str(yuan(off))}
    return said


def _same(found: str | None, expected: str | None) -> bool:
    """Equal as numbers: JSON writes 9000.00 as 9000.0."""
    if found is None or expected is None:
        return found == expected
    try:
        return Decimal(found) == Decimal(expected)
    except ArithmeticError:
        return False
