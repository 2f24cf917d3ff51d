"""What may be uncertain: distributions that are whole, rows that touch something."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from gpsopt.checks.view import Check, View
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


def check_distributions(view: View) -> Iterator[Finding]:
    """Every row has the numbers of its distribution, in order, and probabilities that add up to 1."""
    for line, row in view.tables.rows(TABLE):
        kind = row["distribution"]
        missing = [name for name in _NEEDS.get(kind, ()) if row[name] is None or row[name] == ()]
        for name in missing:
            yield view.find("error", "distribution_incomplete", TABLE, line, name, "", distribution=kind)
        if not missing and kind in _NEEDS:
            yield from _numbers(view, line, row)


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
        if row["correlation"] is not None and not row["group"]:
            yield view.find("warning", "correlation_alone", TABLE, line, "correlation", row["correlation"])


def _top(row: dict[str, Any]) -> Decimal:
    """The greatest value that the row can take where it has one."""
    if row["distribution"] in ("uniform", "triangular"):
        return Decimal(row["high"])
    if row["distribution"] == "discrete":
        return max(Decimal(v) for v in row["values"])
    return Decimal(0)


CHECKS: Final[tuple[Check, ...]] = (check_distributions, check_uncertain_things)
