"""What may be uncertain: distributions that are whole, rows that touch something."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from gpsopt.checks.view import Check, Offer, View
from gpsopt.errors import Finding

TABLE: Final = "uncertainty"
#: numbers that each distribution needs
_NEEDS: Final = {
    "normal": ("mean", "sd"), "lognormal": ("mean", "sd"), "uniform": ("low", "high"),
    "triangular": ("low", "mode", "high"), "discrete": ("values", "probabilities"), "chance": ("probability",),
}  # fmt: skip
#: what each factor may be drawn for or be limited to
_PLACES: Final = {
    "demand": ("purchaser", "area", "item", "need"), "direct_cost": ("purchaser", "area", "item", "need"),
    "late_transfer": ("purchaser",), "failure": ("undertaker",),
}  # fmt: skip
_ALL: Final = ("purchaser", "area", "item", "need", "undertaker", "offer")
_NUMBERS: Final = ("mean", "sd", "low", "mode", "high", "values", "probabilities", "probability")
#: what happens or does not; every other factor is a multiple of what a table says
_HAPPENS: Final = ("late_transfer", "failure")
#: a mean so far from 1 is rather a number in the table's own unit
_FAR: Final = 10


def check_distributions(view: View) -> Iterator[Finding]:
    """Every row has the numbers of its distribution, in order, and probabilities that add up to 1."""
    unread = {(f.file, f.sheet, f.row, f.column) for f in view.scenario.findings if f.severity == "error"}
    for line, row in view.tables.rows(TABLE):
        kind = row["distribution"]
        missing = [name for name in _NEEDS.get(kind, ()) if row[name] is None or row[name] == ()]
        for name in missing:
            found = view.find("error", "distribution_incomplete", TABLE, line, name, "", distribution=kind)
            if (found.file, found.sheet, found.row, found.column) not in unread:
                yield found
        if not missing and kind in _NEEDS:
            yield from _numbers(view, line, row)
            yield from _sense(view, line, row)


def _sense(view: View, line: int, row: dict[str, Any]) -> Iterator[Finding]:
    """A distribution that fits what it is drawn for, and no numbers that it does not use."""
    kind, factor = row["distribution"], row["factor"]
    yes_or_no = kind == "chance" or (kind == "discrete" and all(Decimal(v) in (0, 1) for v in row["values"]))
    if (factor == "failure" and not yes_or_no) or (kind == "chance" and factor not in (*_HAPPENS, None)):
        yield view.find("error", "distribution_unfit", TABLE, line, "distribution", kind, factor=factor,
                        distribution=kind)  # fmt: skip
    for name in _NUMBERS:
        if name not in _NEEDS[kind] and row[name] not in (None, ()):
            shown = ";".join(row[name]) if isinstance(row[name], tuple) else row[name]
            yield view.find("warning", "distribution_unused", TABLE, line, name, shown, distribution=kind)
    mean = row["mean"]
    if factor not in _HAPPENS and kind in ("normal", "lognormal") and mean and not 1 <= mean * _FAR <= _FAR**2:
        yield view.find("warning", "factor_far", TABLE, line, "mean", mean)


def _numbers(view: View, line: int, row: dict[str, Any]) -> Iterator[Finding]:
    kind = row["distribution"]
    if kind == "lognormal" and row["mean"] == 0:
        yield view.find("error", "distribution_mean", TABLE, line, "mean", row["mean"])
    if kind in ("uniform", "triangular"):
        marks = [row[name] for name in _NEEDS[kind]]
        if marks != sorted(marks):
            shown = " … ".join(str(m) for m in marks)
            yield view.find("error", "distribution_order", TABLE, line, "high", row["high"], order=shown)
    if kind == "chance" and not 0 <= row["probability"] <= 1:
        yield view.find("error", "probability_outside", TABLE, line, "probability", row["probability"])
    if kind == "discrete":
        yield from _discrete(view, line, row)
    if row["factor"] in ("late_transfer", "failure") and _top(row) > 1:
        yield view.find("error", "rate_above_one", TABLE, line, "factor", row["factor"], most=_top(row))


def _discrete(view: View, line: int, row: dict[str, Any]) -> Iterator[Finding]:
    values, chances = ([Decimal(v) for v in row[name]] for name in ("values", "probabilities"))
    total = sum(chances, Decimal(0))
    if len(values) != len(chances):
        yield view.find("error", "probabilities_count", TABLE, line, "probabilities", ";".join(row["probabilities"]),
                        values=len(values))  # fmt: skip
    elif abs(total - 1) > Decimal("0.000001"):
        yield view.find("error", "probabilities_sum", TABLE, line, "probabilities", ";".join(row["probabilities"]),
                        total=total)  # fmt: skip


def check_uncertain_things(view: View) -> Iterator[Finding]:
    """A factor is drawn for, and limited to, keys that what it moves has."""
    for line, row in view.tables.rows(TABLE):
        places = _PLACES.get(row["factor"], _ALL)
        if row["factor"] is None or row["per"] is None:
            continue
        if row["per"] not in ("all", *places):
            yield view.find("error", "uncertainty_place", TABLE, line, "per", row["per"], factor=row["factor"],
                            known=", ".join(("all", *places)))  # fmt: skip
        for name in _ALL:
            if row[name] is not None and name not in places:
                yield view.find("error", "uncertainty_place", TABLE, line, name, row[name], factor=row["factor"],
                                known=", ".join(("all", *places)))  # fmt: skip
        if row["per"] in ("all", *places) and not _touches(view, row):
            yield view.find("warning", "uncertainty_idle", TABLE, line, "uncertainty", row["uncertainty"])
        if row["correlation"] is not None and not row["group"]:
            yield view.find("warning", "correlation_alone", TABLE, line, "correlation", row["correlation"])


def _touches(view: View, row: dict[str, Any]) -> bool:
    """Is there a purchaser, undertaker, need or offer that all the row's limits fit?"""

    def fits(**keys: str | None) -> bool:
        return all(row[kind] in (None, key) for kind, key in keys.items())

    if row["factor"] == "late_transfer":
        return any(fits(purchaser=p) for p in view.tables["purchasers"]["purchaser"])
    if row["factor"] == "failure":
        return any(fits(undertaker=u) for u in view.tables["undertakers"]["undertaker"])
    needs = [k for k, n in view.needs.items() if fits(need=k, purchaser=n.purchaser, item=n.item, area=n.area)]
    if row["factor"] in ("demand", "direct_cost"):
        return bool(needs)
    return any(
        fits(offer=o.offer, undertaker=o.undertaker) and any(_serves(view, o, need) for need in needs)
        for o in view.offers
    )


def _serves(view: View, offer: Offer, need: str) -> bool:
    known = view.needs[need]
    return (
        offer.item == known.item and (not offer.areas or known.area in offer.areas)
        and (not offer.needs or need in offer.needs)
    )  # fmt: skip


def _top(row: dict[str, Any]) -> Decimal:
    """The greatest value that the row can take where it has one."""
    if row["distribution"] in ("uniform", "triangular"):
        return Decimal(row["high"])
    if row["distribution"] == "discrete":
        return max(Decimal(v) for v in row["values"])
    return Decimal(0)


CHECKS: Final[tuple[Check, ...]] = (check_distributions, check_uncertain_things)
