"""Truly different plans that are nearly as good: which awards all of them take, and which are open."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from gpsopt.analysis.compare import Contrast
from gpsopt.errors import UsageError
from gpsopt.plan.plan import Plan
from gpsopt.planning import NearPlan, near_plans
from gpsopt.runread import as_run
from gpsopt.scenario import Scenario, read_scenario


@dataclass(frozen=True)
class Alternatives:
    """The best plan and its alternatives.

    `awards`: columns year, need, offer, purchaser, item, area, undertaker, one column of units a plan (best, alt1,
    ...), plans (how many take it) and state: safe (all take it), open (only some).
    """

    within: float
    best: Plan
    others: tuple[NearPlan, ...]
    awards: pd.DataFrame
    seconds: float

    @property
    def plans(self) -> tuple[Plan, ...]:
        return (self.best, *(near.plan for near in self.others))

    def contrast(self, number: int) -> Contrast:
        """Alternative `number` (from 1) against the best plan, as `gpsopt.compare` shows it."""
        return Contrast(f"alt{number}", as_run(self.best), as_run(self.plans[number]))

    def page(self, lang: str = "zh") -> str:
        """The alternatives as a printed page, their differences in words."""
        from gpsopt.analysis.tradeoffpages import alternatives_page

        return alternatives_page(self, lang)

    def document(self) -> dict[str, Any]:
        """JSON-able: the plans with their aims, what they share, and every award."""
        from gpsopt.analysis.compare.document import records

        plans = [
            {"run": plan.run, "certified": plan.certified, "shared": shared, "least_shared": least,
             "aims": {a["name"]: a["plan_value"] for a in plan.summary["aims"]}, "awards": len(plan.allocation)}
            for plan, shared, least in (
                (self.best, None, None), *((near.plan, near.shared, near.least) for near in self.others)
            )
        ]  # fmt: skip
        return {"within": self.within, "plans": plans, "awards": records(self.awards),
                "seconds": round(self.seconds, 3)}  # fmt: skip

    def __repr__(self) -> str:
        return self.page()


def alternatives(
    scenario: Scenario | str | Path,
    within: float = 0.01,
    count: int = 3,
    *,
    gap: float | None = None,
    time_limit: float | None = None,
) -> Alternatives:
    """Up to `count` plans that differ most from the best one and from each other, every aim within `within` of its
    scale from the best value. `time_limit`: seconds for each search. Raises UsageError, and as `solve` does."""
    began = time.monotonic()
    if not 0 <= within <= 1:
        raise UsageError("within_range", within=within)
    base = scenario if isinstance(scenario, Scenario) else read_scenario(scenario)
    best, *others = near_plans(base, within, count, gap=gap, time_limit=time_limit)
    plans = [best.plan, *(near.plan for near in others)]
    return Alternatives(within, best.plan, tuple(others), _awards(plans), time.monotonic() - began)


def _awards(plans: list[Plan]) -> pd.DataFrame:
    """Every award of any plan, those that all take first, then by money."""
    named = ("purchaser", "item", "area", "undertaker")
    units: dict[tuple[Any, ...], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * len(plans))
    names: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    money: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for place, plan in enumerate(plans):
        columns = (plan.allocation[c] for c in ("year", "need", "offer", "quantity", "amount", *named))
        for year, need, offer, quantity, amount, *rest in zip(*columns, strict=True):
            key = year, need, offer
            units[key][place] = quantity
            names[key] = tuple(rest)
            money[key] = max(money[key], amount)
    rows = []
    for key, quantities in units.items():
        taken = sum(1 for q in quantities if q > 0)
        rows.append((*key, *names[key], *quantities, taken, "safe" if taken == len(plans) else "open"))
    rows.sort(key=lambda r: (-r[-2], -money[r[:3]], r[:3]))
    heads = ["best", *(f"alt{k}" for k in range(1, len(plans)))]
    return pd.DataFrame(rows, columns=["year", "need", "offer", *named, *heads, "plans", "state"], dtype=object)


__all__ = ["Alternatives", "alternatives"]
