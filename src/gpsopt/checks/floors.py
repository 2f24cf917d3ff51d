"""Proofs without a solver that no plan exists: a floor above all capacity, floors above the budget.

Both are bounds that hold for every plan. Supply counts each offer at its greatest quantity, as if nobody
else wanted it; cost counts each unit of a floor at the cheapest way there is, without setup or engagement,
less a fen for every rounding. So what they find is certain, and what they miss the solver finds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from gpsopt.checks.view import Line, NeedYear, Offer, View
from gpsopt.errors import Finding
from gpsopt.money import format_money

Where = tuple[str, str, str]  # item, area or "", need or "": what an offer's lists leave open
ZERO: Final = Decimal(0)


@dataclass
class _Supply:
    """What a group of offers can give in a year: units (None = without limit), least price in yuan, how many."""

    units: Decimal | None = ZERO
    price: Decimal | None = None
    offers: int = 0

    def take(self, units: Decimal | None, price: Decimal) -> None:
        self.units = None if units is None or self.units is None else self.units + units
        self.price = price if self.price is None else min(self.price, price)
        self.offers += 1


Supplies = tuple[dict[Where, _Supply], ...]


@dataclass
class _Bill:
    """The least that the floors of one purchaser and year cost, in fen, and the room left for rounding."""

    cost: Decimal = ZERO
    room: int = 0
    needs: list[str] = field(default_factory=list)


def check_floors(view: View) -> Iterator[Finding]:
    """Floors that no plan can reach, with the numbers that prove it."""
    if not view.hard("coverage") or any(f.severity == "error" for f in view.scenario.findings):
        return  # a proof needs sound rows
    floored = [r for r in view.need_years if r.floor > 0 and view.on_grid(r.floor * r.demand, _item(view, r)) > 0]
    by_year: dict[int, list[NeedYear]] = defaultdict(list)
    for row in floored:
        by_year[row.year].append(row)
    always = [offer for offer in view.offers if _is_constant(offer)]
    dated = [offer for offer in view.offers if not _is_constant(offer)]
    constant = _supplies(view, always, view.years[0]) if floored else {}
    for year, rows in sorted(by_year.items()):
        supplies = (constant, _supplies(view, dated, year))
        bills: dict[str, _Bill] = defaultdict(_Bill)
        for row in rows:
            yield from _need(view, row, supplies, bills[view.needs[row.need].purchaser])
        yield from _over_budget(view, year, bills)


def _need(view: View, row: NeedYear, supplies: Supplies, bill: _Bill) -> Iterator[Finding]:
    need = view.needs[row.need]
    floor = view.on_grid(row.floor * row.demand, need.item)
    line = view.lines.get(row.need)
    kept = line.quantity if line is not None else ZERO
    bought = _merged(supplies, need.item, need.area, row.need)
    new = not view.hard("no_new_posts") or need.item in view.dated or _scope(view, need.item) != "purchasable"
    if not new and bought.units is not None and kept + bought.units < floor:
        yield view.find("error", "floor_above_capacity", "needs", row.line, "floor", format(row.floor, "f"),
                        need=row.need, year=row.year, units=_plain(floor), direct=_plain(kept),
                        offered=_plain(bought.units), offers=bought.offers)  # fmt: skip
        return
    bill.cost += _least_cost(row, line, floor, bought.price, new)
    bill.room += bought.offers + 2
    bill.needs.append(row.need)


def _least_cost(row: NeedYear, line: Line | None, floor: Decimal, price: Decimal | None, new: bool) -> Decimal:
    """Fen that a floor costs at least: kept units at today's cost, bought ones at the least price."""
    bought = None if price is None else price * 100
    own = Decimal(line.expenditure[row.year]) / line.quantity if line is not None and line.quantity else None
    if own is None:
        return floor * bought if bought is not None and not new else ZERO
    kept = ZERO if line is None else line.quantity
    if bought is not None and (bought <= own or new):
        return floor * min(bought, own)
    beyond = max(ZERO, floor - kept)
    return (floor - beyond) * own + (beyond * bought if bought is not None else ZERO)


def _over_budget(view: View, year: int, bills: dict[str, _Bill]) -> Iterator[Finding]:
    if view.settings.regime == "pooled" or view.settings.clauses.fee_standard.mode != "exclude":
        return  # another's money may come, or a price may be capped
    for purchaser, bill in sorted(bills.items()):
        budget = view.budgets.get((purchaser, year))
        if budget is not None and bill.cost - bill.room > budget[1]:
            least = int(bill.cost)
            yield view.find("error", "floors_above_budget", "budgets", budget[0], "amount", format_money(budget[1]),
                            purchaser=purchaser, year=year, needs=len(bill.needs), least=format_money(least),
                            missing=format_money(least - budget[1]))  # fmt: skip


def _is_constant(offer: Offer) -> bool:
    return offer.first_year is None and offer.last_year is None and not offer.growth


def _supplies(view: View, offers: list[Offer], year: int) -> dict[Where, _Supply]:
    """What these offers give in a year, by what their lists leave open; offers that a rule bars are not counted."""
    found: dict[Where, _Supply] = defaultdict(_Supply)
    capacity = dict(row[1:] for row in view.cells("undertakers", "undertaker", "capacity"))
    own, size = view.hard("own_capacity"), view.hard("award_size")
    for offer in offers:
        price = view.price(offer, year)
        if price is None or offer.item is None or offer.offer in view.barred or not offer.stands_in(year):
            continue
        units = _most(offer, capacity.get(offer.undertaker), own, size)
        for where in _places(view, offer):
            found[where].take(units, price)
    return found


def _places(view: View, offer: Offer) -> list[Where]:
    if offer.needs:
        fitting = [(code, view.needs[code]) for code in offer.needs if code in view.needs]
        return [
            (offer.item, "", code) for code, need in fitting
            if need.item == offer.item and (not offer.areas or need.area in offer.areas)
        ]  # fmt: skip
    return [(offer.item, area, "") for area in offer.areas] if offer.areas else [(offer.item, "", "")]


def _most(offer: Offer, capacity: Decimal | None, own: bool, size: bool) -> Decimal | None:
    """The most that one offer gives one need; None = no limit of its own."""
    limits = [offer.max_quantity if size else None, offer.capacity if own else None]
    if own and capacity is not None and offer.capacity_use:
        limits.append(capacity / offer.capacity_use)
    given = [limit for limit in limits if limit is not None]
    return min(given) if given else None


def _merged(supplies: Supplies, item: str, area: str, need: str) -> _Supply:
    total = _Supply()
    for some in supplies:
        for where in ((item, "", ""), (item, area, ""), (item, "", need)):
            part = some.get(where)
            if part is not None and part.price is not None:
                total.take(part.units, part.price)
                total.offers += part.offers - 1
    return total


def _item(view: View, row: NeedYear) -> str:
    return view.needs[row.need].item


def _scope(view: View, item: str) -> str:
    return str(view.items[item]["scope"]) if item in view.items else ""


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


CHECKS: Final = (check_floors,)
