"""What the aims and clauses lack in the tables, and what is off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gpsopt.checks.view import View
from gpsopt.errors import Finding
from gpsopt.settings import Clauses

_WEIGHTED: Final = frozenset(("livelihood_shortfall", "shortfall", "worst_area", "benefit"))


def check_weights(view: View) -> Iterator[Finding]:
    """A negative weight says "the less the better": it has a meaning under `benefit` alone."""
    if _WEIGHTED.intersection(view.settings.aims.order) == {"benefit"}:
        return
    for line, need, year, weight in view.cells("needs", "need", "year", "weight"):
        if weight is not None and weight < 0:
            yield view.find("error", "weight_negative", "needs", line, "weight", format(weight, "f"), need=need,
                            year=year)  # fmt: skip


def check_scores(view: View) -> Iterator[Finding]:
    """Offers without marks where quality is sought or asked: what stands in for the marks."""
    if "quality" not in view.settings.aims.order and not view.settings.clauses.on("quality_floor"):
        return
    rated = {
        (undertaker, item)
        for _line, undertaker, item, quality, satisfaction in view.cells(
            "performance", "undertaker", "item", "quality", "satisfaction"
        )
        if quality is not None or satisfaction is not None
    }
    rows = view.cells("offers", "undertaker", "item", "quality", "satisfaction")
    bare = [row for row in rows if row[3] is None or row[4] is None]
    for code, lacking in (
        ("scores_from_performance", [row for row in bare if row[1:3] in rated]),
        ("scores_missing", [row for row in bare if row[1:3] not in rated]),
    ):
        if lacking:
            line = min(row[0] for row in lacking)
            yield view.find("note", code, "offers", line, "quality", "", count=len(lacking))


def check_unit_values(view: View) -> Iterator[Finding]:
    """Items that are needed but have nothing to value a unit by: a unit counts one yuan."""
    needed = {view.needs[row.need].item for row in view.need_years}
    for code, item in view.items.items():
        if code in needed and code not in view.scenario.unit_values:
            yield view.find("warning", "unit_value_missing", "items", item["line"], "cost_standard", code)
    for code, value in view.scenario.unit_values.items():
        if not value > 0 and code in needed:
            yield view.said("warning", "unit_value_zero", f"unit_values.{code}", format(value, "f"))


def check_standards(view: View) -> Iterator[Finding]:
    """Items on offer without a cost standard, and undertakers without the credit that is asked."""
    if view.settings.clauses.on("fee_standard"):
        offered = {offer.item for offer in view.offers}
        bare = [(item["line"], code) for code, item in view.items.items()
                if item["cost_standard"] is None and code in offered]  # fmt: skip
        if bare:
            line, code = min(bare)
            yield view.find("note", "standard_missing", "items", line, "cost_standard", code, count=len(bare))
    if view.settings.clauses.on("qualification") and view.settings.clauses.qualification.min_credit is not None:
        without = [row for row in view.cells("undertakers", "undertaker", "credit") if row[2] is None]
        if without:
            line, undertaker, _credit = min(without, key=lambda row: row[0])
            yield view.find("warning", "credit_missing", "undertakers", line, "credit", undertaker, count=len(without))


def check_clauses_off(view: View) -> Iterator[Finding]:
    """Clauses that are struck, each by name; those that no one has turned on, together."""
    clauses = view.settings.clauses
    idle = []
    for name, field in Clauses.model_fields.items():
        if not clauses.on(name):
            if field.default is None and getattr(clauses, name) is None:
                idle.append(name)
            else:
                yield view.said("note", "clause_struck", f"clauses.{name}", name)
    if idle:
        yield view.said("note", "clauses_idle", "clauses", names=", ".join(idle))


def check_parameters(view: View) -> Iterator[Finding]:
    """Settings that do nothing, or that contradict each other."""
    settings = view.settings
    if settings.regime == "pooled" and settings.share == 0:
        yield view.said("warning", "share_zero", "share", 0)
    if settings.regime != "pooled" and settings.share != 0:
        yield view.said("warning", "share_idle", "share", settings.share, regime=settings.regime)
    for aim in settings.aims.tolerance:
        if aim not in settings.aims.order:
            yield view.said("warning", "tolerance_idle", f"aims.tolerance.{aim}", aim)
    for name in type(settings.clauses).model_fields:
        clause = getattr(settings.clauses, name)
        if clause is not None and clause.priority is not None and not clause.soft:
            yield view.said("warning", "priority_idle", f"clauses.{name}.priority", clause.priority)
    floor, count = settings.clauses.quality_floor, settings.clauses.undertaker_count
    if floor is not None and floor.enabled and floor.min_quality is None and floor.min_satisfaction is None:
        yield view.said("warning", "clause_empty", "clauses.quality_floor", "quality_floor",
                        parameters="min_quality, min_satisfaction")  # fmt: skip
    if count is not None and count.enabled:
        if count.min is None and count.max is None:
            yield view.said("warning", "clause_empty", "clauses.undertaker_count", "undertaker_count",
                            parameters="min, max")  # fmt: skip
        if count.min is not None and count.max is not None and count.min > count.max:
            yield view.said("error", "min_above_max", "clauses.undertaker_count.min", count.min, most=count.max,
                            bound="max")  # fmt: skip


CHECKS: Final = (
    check_weights, check_scores, check_unit_values, check_standards, check_clauses_off, check_parameters,
)  # fmt: skip
