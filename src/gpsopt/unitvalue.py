"""The unit value of an item: what a unit counts for in the aims, the same in every scenario of a model."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from statistics import median

from gpsopt.money import MICRO, MICRO_PER_YUAN, half_up
from gpsopt.tables import Tables


def unit_values(tables: Tables) -> dict[str, Decimal]:
    """Item -> yuan a unit, 6 decimals: cost_standard; else today's direct cost per unit of the item;
    else the median price of its offers; items that have none of these are left out (they count 1)."""
    values: dict[str, Decimal] = {}
    direct = _direct_cost(tables)
    prices: dict[str, list[Decimal]] = defaultdict(list)
    for _line, offer in tables.rows("offers"):
        if offer["price"] is not None:
            prices[offer["item"]].append(offer["price"])
    for _line, item in tables.rows("items"):
        code = item["item"]
        if code is None:
            continue  # a refused row: its finding stands elsewhere
        if item["cost_standard"] is not None:
            values[code] = item["cost_standard"]
        elif code in direct:
            values[code] = direct[code]
        elif code in prices:
            values[code] = median(prices[code]).quantize(MICRO, ROUND_HALF_UP)
    return values


def _direct_cost(tables: Tables) -> dict[str, Decimal]:
    item_of = {need["need"]: need["item"] for _line, need in tables.rows("needs")}
    quantity: dict[str, Decimal] = defaultdict(Decimal)
    expenditure: dict[str, Decimal] = defaultdict(Decimal)
    for _line, row in tables.rows("direct_lines"):
        item = item_of.get(row["need"])
        if item is not None and row["quantity"] and row["expenditure"] is not None:
            quantity[item] += row["quantity"]
            expenditure[item] += row["expenditure"]
    return {
        item: Decimal(half_up(Fraction(expenditure[item]) / Fraction(quantity[item]) * MICRO_PER_YUAN)).scaleb(-6)
        for item in quantity
        if expenditure[item] > 0
    }
