"""Figures in another unit than their neighbours (yuan and ten thousand yuan), and quantities off the grid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal, localcontext
from statistics import median
from typing import Any, Final

from gpsopt.checks.view import View
from gpsopt.errors import Finding

_LEAST, _MOST = 3_000.0, 33_000.0  # around ten thousand: what a slip between 元 and 万元 makes
_GROUP: Final = 3  # figures that say what is usual
MAX_STEPS: Final = 2**53  # quantities are counted in steps of the grid


def check_units(view: View) -> Iterator[Finding]:
    """Amounts about ten thousand times above or below what they are compared with."""
    yield from _budgets(view)
    prices: dict[str, list[float]] = defaultdict(list)
    for offer in view.offers:
        if offer.price:
            prices[offer.item].append(float(offer.price))
    costs: dict[str, list[float]] = defaultdict(list)
    rows = [r for r in view.cells("direct_lines", "need", "quantity", "expenditure") if r[2] and r[3] and r[1]]
    for _line, need, quantity, expenditure in rows:
        if need in view.needs:
            costs[view.needs[need].item].append(float(expenditure / quantity))
    standards = {code: float(item["cost_standard"]) for code, item in view.items.items() if item["cost_standard"]}
    for code, standard in list(standards.items()):
        usual = _usual(prices[code], costs[code], None)
        if _off(standard, usual):
            del standards[code]  # it is no measure for the others
            item = view.items[code]
            yield _mixed(view, "items", item["line"], "cost_standard", item["cost_standard"], usual)
    usual_price = {item: _usual(found, costs[item], standards.get(item)) for item, found in prices.items()}
    for offer in view.offers:
        usual = usual_price.get(offer.item, 0.0)
        if offer.price and _off(float(offer.price), usual):
            yield _mixed(view, "offers", offer.line, "price", offer.price, usual)
    for line, need, quantity, expenditure in rows:
        code = view.needs[need].item if need in view.needs else ""
        usual = _usual(costs[code], prices[code], standards.get(code))
        if _off(float(expenditure / quantity), usual):
            yield _mixed(view, "direct_lines", line, "expenditure", expenditure, usual * float(quantity))


def _budgets(view: View) -> Iterator[Finding]:
    """Each budget against the same purchaser's other years, else against today's expenditure."""
    rows: dict[str, list[tuple[int, Decimal]]] = defaultdict(list)
    for line, purchaser, amount in view.cells("budgets", "purchaser", "amount"):
        if purchaser is not None and amount:
            rows[purchaser].append((line, amount))
    direct: dict[str, float] = defaultdict(float)
    for _line, need, expenditure in view.cells("direct_lines", "need", "expenditure"):
        if need in view.needs and expenditure:
            direct[view.needs[need].purchaser] += float(expenditure)
    for purchaser, amounts in rows.items():
        usual = median(float(a) for _line, a in amounts) if len(amounts) > 1 else direct[purchaser]
        for line, amount in amounts:
            if _off(float(amount), usual):
                yield _mixed(view, "budgets", line, "amount", amount, usual)


def _usual(own: list[float], other: list[float], standard: float | None) -> float:
    """What a unit of an item usually costs: by figures of the same kind, else of the other, else by its standard."""
    if len(own) >= _GROUP:
        return median(own)
    return standard or (median(other) if other else 0.0)


def _off(value: float, usual: float) -> bool:
    return usual > 0 and (_LEAST < value / usual < _MOST or _LEAST < usual / value < _MOST)


def _mixed(view: View, table: str, line: int, column: str, value: Decimal, usual: float) -> Finding:
    factor = float(value) / usual
    return view.find("warning", "unit_mixed", table, line, column, format(value, "f"), usual=f"{usual:,.2f}",
                     factor=f"{max(factor, 1 / factor):,.0f}")  # fmt: skip


def check_grid(view: View) -> Iterator[Finding]:
    """Quantities that are taken down to the grid: one note a column."""
    finest = view.settings.quantity_step
    with localcontext() as context:
        context.prec = 80
        largest = max((r.demand for r in view.need_years), default=Decimal(0))
        largest = max([largest, *(line.quantity for line in view.lines.values())])
        if largest / finest > MAX_STEPS:
            yield view.said(
                "error", "grid_too_fine", "quantity_step", format(finest, "f"), largest=format(largest, "f")
            )
            return
        for table, column, cells in _gridded(view):
            off = [(line, cell) for line, cell, step in cells if cell % step]
            if off:
                line, cell = min(off)
                yield view.find("note", "off_grid", table, line, column, format(cell.normalize(), "f"), count=len(off))


def _gridded(view: View) -> Iterator[tuple[str, str, Iterable[tuple[int, Decimal, Decimal]]]]:
    """(table, column, (line, quantity, step)) of everything that is put on the grid."""
    steps: dict[Any, Decimal] = {item: view.step(item) for item in view.items}
    other = view.settings.quantity_step
    item_of = {code: need.item for code, need in view.needs.items()}
    step_of = {code: steps.get(item, other) for code, item in item_of.items()}
    needs = view.need_years
    yield "needs", "demand", ((r.line, r.demand, step_of[r.need]) for r in needs)
    yield "needs", "target", ((r.line, r.target * r.demand, step_of[r.need]) for r in needs)
    yield "needs", "floor", ((r.line, r.floor * r.demand, step_of[r.need]) for r in needs if r.floor)
    lines = view.lines.items()
    yield "direct_lines", "quantity", ((e.line, e.quantity, step_of.get(code, other)) for code, e in lines)
    offers = [(offer, steps.get(offer.item, other)) for offer in view.offers]
    yield "offers", "min_quantity", ((o.line, o.min_quantity, step) for o, step in offers if o.min_quantity)
    yield "offers", "max_quantity", ((o.line, o.max_quantity, step) for o, step in offers if o.max_quantity)
    yield "offers", "capacity", ((o.line, o.capacity, step) for o, step in offers if o.capacity)


CHECKS: Final = (check_units, check_grid)
