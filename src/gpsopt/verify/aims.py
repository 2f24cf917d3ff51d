"""The value of every aim for the plan as written (gpsopt.verify.aimvalues), against `summary.json`."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Final

from gpsopt.money import yuan
from gpsopt.settings import AIMS
from gpsopt.verify.aimvalues import plan_value
from gpsopt.verify.claims import check_claims
from gpsopt.verify.evidence import Evidence
from gpsopt.verify.exact import shown
from gpsopt.verify.ledger import purse_of, split_of
from gpsopt.verify.verdict import Fault, Outcome

#: statuses with which a plan may be shown
WITH_PLAN: Final = ("optimal", "within_gap", "limit")
#: the gap below which an aim counts as proven, with room for what the numbers lose on paper
PROVEN: Final = Decimal("0.000002")
#: the numbers of an aim that come from the search (gpsopt.verify.claims)
CLAIMS: Final = ("value", "bound", "gap", "gap_amount", "scale", "given_up", "tolerance")


def check_summary(evidence: Evidence, summary: Mapping[str, Any]) -> list[Outcome]:
    """Status, titles, the list of aims in order with their senses, each plan_value, and the unit values."""
    faults = [*_title_faults(evidence, summary)]
    if summary.get("status") not in WITH_PLAN:
        faults.append(Fault("aims", "status_unknown", "summary.json", None, "status", "",
                            {"found": str(summary.get("status"))[:60]}))  # fmt: skip
    order = evidence.world.settings.aims.order
    listed = summary.get("aims")
    aims = [aim for aim in listed if isinstance(aim, dict)] if isinstance(listed, list) else []
    names = [str(aim.get("name"))[:60] for aim in aims]
    # a limit may end the search before the later aims were sought
    wanted = list(order[: len(names)] if summary.get("status") == "limit" else order)
    if names != wanted or not isinstance(listed, list) or len(aims) != len(listed):
        faults.append(Fault("aims", "differs", "summary.json", None, "aims", "",
                            {"found": ", ".join(names) or "—", "expected": ", ".join(wanted)}))  # fmt: skip
    for place, (aim, name) in enumerate(zip(aims, names, strict=True)):
        if name in AIMS:
            value = plan_value(evidence, name)
            faults += _aim_faults(aim, name, value)
            faults += check_claims(
                evidence, name, place == 0, {key: exact_number(aim.get(key)) for key in CLAIMS}, value
            )
    if summary.get("status") == "optimal" and not summary.get("besides"):
        faults += [fault for aim, name in zip(aims, names, strict=True) for fault in _unproven(aim, name)]
    faults += _unit_value_faults(evidence, summary.get("unit_values"))
    faults += _total_faults(evidence, summary.get("totals"))
    return [Outcome("aims", len(aims), tuple(faults))]


def _title_faults(evidence: Evidence, summary: Mapping[str, Any]) -> Iterator[Fault]:
    """The titles are those of the inputs, where the summary gives them."""
    for key in ("title", "title_zh"):
        right = getattr(evidence.world.settings, key)
        if summary.get(key, right) != right:
            yield Fault("aims", "differs", "summary.json", None, key, "",
                        {"found": str(summary[key])[:60], "expected": right or "—"})  # fmt: skip


def _unproven(aim: Mapping[str, Any], name: str) -> Iterator[Fault]:
    """A run that calls itself proven has no gap left, or one of less than a fen in an aim of money."""
    gap, amount = exact_number(aim.get("gap")), exact_number(aim.get("gap_amount"))
    if gap is None or gap <= PROVEN:
        return
    if name in ("worst_area", "benefit") or amount is None or amount > Decimal("0.01"):
        yield Fault("aims", "gap_not_proven", "summary.json", None, "status", name, {"gap": shown(Fraction(gap))})


def _aim_faults(aim: Mapping[str, Any], name: str, value: Fraction) -> Iterator[Fault]:
    if aim.get("sense") != AIMS[name]:
        yield Fault("aims", "differs", "summary.json", None, "sense", name,
                    {"found": str(aim.get("sense"))[:60], "expected": AIMS[name]})  # fmt: skip
    given = exact_number(aim.get("plan_value"))
    if given is None or not _says(given, value):
        yield Fault("aims", "plan_value_differs", "summary.json", None, "plan_value", name,
                    {"found": str(aim.get("plan_value"))[:60], "expected": shown(value)})  # fmt: skip
    for key in CLAIMS:
        if aim.get(key) is not None and exact_number(aim[key]) is None:
            yield Fault("aims", "not_finite", "summary.json", None, key, name, {"found": str(aim[key])[:60]})


def exact_number(value: object) -> Decimal | None:
    """A JSON number, or a decimal as text, as an exact value; None where it is no finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 100 else None


def _says(given: Decimal, value: Fraction) -> bool:
    """Is the value given exactly, or as the double nearest to it, which is what a JSON number holds?"""
    return Fraction(given) == value or float(given) == float(value)


def _total_faults(evidence: Evidence, given: object) -> Iterator[Fault]:
    """The sums over all purchasers and years, in yuan, where the summary gives them."""
    if given is None:
        return
    found = given if isinstance(given, dict) else {}
    for name, right in totals_of(evidence).items():
        number = exact_number(found.get(name))
        if number is None or Fraction(number) * 100 != right:
            yield Fault("aims", "differs", "summary.json", None, "totals", name,
                        {"found": str(found.get(name))[:60], "expected": str(yuan(right))})  # fmt: skip


def totals_of(evidence: Evidence) -> dict[str, int]:
    """Fen over all purchasers and model years."""
    world, facts, books = evidence.world, evidence.facts, evidence.books
    sums: dict[str, int] = defaultdict(int)
    for purchaser in world.purchasers:
        for year in world.years:
            purse = purse_of(world, facts, books, purchaser, year)
            split = split_of(world, facts, books, purse, purchaser, year)
            sums["own"] += sum(own for own, _shared in split)
            sums["shared"] += sum(shared for _own, shared in split)
            sums["amount"] += purse.budget
            for name in ("direct", "stranded", "purchased", "released", "unspent"):
                sums[name] += getattr(purse, name)
    return dict(sums)


def _unit_value_faults(evidence: Evidence, given: object) -> Iterator[Fault]:
    if given is None:
        return
    values = given if isinstance(given, dict) else {}
    for code, item in evidence.world.items.items():
        number = exact_number(values.get(code, 1))
        if number is None or Fraction(number) != item.unit_value:
            yield Fault("aims", "differs", "summary.json", None, "unit_values", code, {
                "found": str(values.get(code))[:60], "expected": shown(item.unit_value),
            })  # fmt: skip
