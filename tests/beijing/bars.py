"""What the solved baseline must show to be worth looking at: money and capacity that bind, matters that stay."""

from __future__ import annotations

from decimal import Decimal

from gpsopt.plan.plan import Plan


def short_of_money(plan: Plan) -> tuple[int, int]:
    """(purchaser-years with less than 1 % of the budget unspent, all purchaser-years)."""
    frame = plan.budgets
    left = [u < Decimal("0.01") * a for u, a in zip(frame["unspent"], frame["amount"], strict=True)]
    return sum(left), len(left)


def full_undertakers(plan: Plan) -> tuple[float, int]:
    """(undertakers at 99 % of their capacity, mean of the years; undertakers of the model)."""
    frame = plan.undertakers
    full = [
        c is not None and c > 0 and used >= Decimal("0.99") * c
        for used, c in zip(frame["capacity_used"], frame["capacity"], strict=True)
    ]
    years = len(set(frame["year"]))
    return sum(full) / years, len(plan.scenario.tables["undertakers"])


def kept_and_parted(plan: Plan) -> tuple[int, int, int]:
    """Purchasable needs with a direct line that in the last year are (kept wholly, moved in part, moved wholly)."""
    tables = plan.scenario.tables
    scope = {row["item"]: row["scope"] for _line, row in tables.rows("items")}
    item = {row["need"]: row["item"] for _line, row in tables.rows("needs")}
    today = {row["need"]: row["quantity"] for _line, row in tables.rows("direct_lines")}
    last = max(plan.direct["year"])
    kept = part = gone = 0
    for need, year, quantity in zip(plan.direct["need"], plan.direct["year"], plan.direct["quantity"], strict=True):
        if year == last and need in today and scope[item[need]] == "purchasable":
            kept += quantity == today[need]
            part += 0 < quantity < today[need]
            gone += quantity == 0
    return kept, part, gone
