"""The aims' exact values of a plan as written, and its totals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from gpsopt.model.aims import MONEY_AIMS, YUAN_PER_WAN
from gpsopt.model.ledger import Money, Quantities
from gpsopt.model.world import World
from gpsopt.money import yuan
from gpsopt.plan.frames import Draft
from gpsopt.settings import AIMS


def plan_values(draft: Draft) -> dict[str, Fraction]:
    """Aim -> exact value (yuan; worst_area a share, benefit in weighted units), every aim whatever the order."""
    facts, marks, q = draft.world.facts, draft.world.marks, draft.quantities
    needs, pairs = facts.needs, draft.world.pairs
    served = draft.served()
    missing = np.maximum(0, needs.target - served)
    uv = [Fraction(facts.unit_value(item)) for item in needs.item]
    values = dict.fromkeys(("livelihood_shortfall", "shortfall", "benefit", "quality", "transition"), Fraction(0))
    for n, item in enumerate(needs.item):
        name = "livelihood_shortfall" if facts.items[item]["livelihood"] else "shortfall"
        for c in range(len(facts.years)):
            weight = Fraction(needs.weight[n, c]) * needs.step[n]
            values[name] += weight * uv[n] * int(missing[n, c])
            values["benefit"] += weight * int(served[n, c])
        above = (marks.line[n] - marks.reference[item]) * uv[n] * needs.step[n]
        if facts.lines.quantity[n]:
            values["quality"] += above * int(q.direct[n].sum())
    for i in np.flatnonzero(q.purchased):
        n, o = int(pairs.need[i]), int(pairs.offer[i])
        units = int(q.purchased[i]) * needs.step[n]
        values["quality"] += (marks.score[o] - marks.reference[needs.item[n]]) * uv[n] * units
        values["transition"] += uv[n] * units
    money = draft.money
    spent = money.direct.sum() + money.stranded.sum() + money.outlay.sum() + money.engagement.sum()
    return {**values, "outlay": Fraction(int(spent), 100), "worst_area": _worst_area(draft, missing, uv)}


def limits_passed(world: World, compiled: Any) -> Callable[[Quantities, Money], list[tuple[int, float, str]]] | None:
    """What says of an exact plan which limits of aims it passes, and by how much; None where there are none."""
    limits = world.facts.settings.aims.limit
    if not limits:
        return None

    def passed(quantities: Quantities, money: Money) -> list[tuple[int, float, str]]:
        values = plan_values(Draft(world, quantities, money))
        found = []
        for name, limit in limits.items():
            over = (values[name] - Fraction(limit)) * (1 if AIMS[name] == "min" else -1)
            if over > 0:
                unit = YUAN_PER_WAN if name in MONEY_AIMS else 1.0
                side = "upper" if AIMS[name] == "min" else "lower"
                found.append((compiled.row(f"aim_limit.{name}", name), float(over) / unit, side))
        return found

    return passed


def _worst_area(draft: Draft, missing: Any, uv: list[Fraction]) -> Fraction:
    """The least coverage over areas and years; 1 where nothing is wanted anywhere."""
    facts = draft.world.facts
    wanted: dict[tuple[str, int], Fraction] = defaultdict(Fraction)
    lost: dict[tuple[str, int], Fraction] = defaultdict(Fraction)
    for n, area in enumerate(facts.needs.area):
        for c in range(len(facts.years)):
            unit = Fraction(facts.needs.weight[n, c]) * uv[n] * facts.needs.step[n]
            wanted[area, c] += unit * int(facts.needs.target[n, c])
            lost[area, c] += unit * int(missing[n, c])
    return min((1 - lost[k] / wanted[k] for k in wanted if wanted[k] > 0), default=Fraction(1))


def totals_of(draft: Draft) -> dict[str, Decimal]:
    """Sums over all purchasers and years, in yuan."""
    facts, money = draft.world.facts, draft.money
    budget = sum(v for (p, t), v in facts.budget.items() if t in facts.years)
    engagement = int(money.engagement.sum())
    figures = {
        "amount": budget,
        "direct": int(money.direct.sum()),
        "stranded": int(money.stranded.sum()),
        "purchased": int(money.outlay.sum()) + engagement,
        "released": int(money.released.sum()),
        "own": int(money.own.sum()),
        "shared": int(money.shared.sum()),
        "unspent": budget - int(money.direct.sum() + money.stranded.sum() + money.outlay.sum()) - engagement,
    }
    return {name: yuan(value) for name, value in figures.items()}
