"""Contracts: what is signed but cannot be carried out, and whether today's purchases tie to the books."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from gpsopt.checks.catalogue import dated_of, scope_in
from gpsopt.checks.view import NeedYear, Offer, View
from gpsopt.errors import Finding
from gpsopt.money import fen, format_money, half_up

ZERO: Final = Decimal(0)


@dataclass(frozen=True)
class _Contract:
    line: int
    need: str
    offer: Offer
    year: int
    last: int
    quantity: Decimal | None
    amount: Decimal | None
    fixed: bool

    def holds_in(self, view: View, year: int) -> bool:
        """Must the plan contain it in the year? Where fixed, or under way when the plan is made in mid-year."""
        now = view.settings.stage == "execution" and year == view.years[0]
        return self.year <= year <= self.last and (self.fixed or now)


def _contracts(view: View) -> Iterator[_Contract]:
    """The rows whose cells could be read and whose need and offer exist."""
    offers = {offer.offer: offer for offer in view.offers if offer.price is not None}
    rows = view.cells("contracts", "need", "offer", "year", "until_year", "quantity", "amount", "fixed")
    for line, need, offer, year, until, quantity, amount, fixed in rows:
        if need in view.needs and view.needs[need].purchaser and offer in offers and year is not None:
            last = year if until is None else until
            yield _Contract(line, need, offers[offer], year, last, quantity, amount, bool(fixed))


def check_signed(view: View) -> Iterator[Finding]:
    """A signed contract that no plan can contain: another place, another year, no demand, too large, left out."""
    if not view.settings.clauses.on("commitments"):
        return
    rows = {(row.need, row.year): row for row in view.need_years}
    sums: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    signed: dict[tuple[str, str, int], Decimal] = defaultdict(Decimal)  # contracts of one pair and year add up
    dated = dated_of(view)
    for one in _contracts(view):
        held = [year for year in view.years if one.holds_in(view, year)]
        need = view.needs[one.need]
        if not held or one.offer.item != need.item:
            continue  # another item is said by check_contracts
        fits = not one.offer.areas or need.area in one.offer.areas
        if not fits or (one.offer.needs and one.need not in one.offer.needs):
            yield view.find("error", "contract_elsewhere", "contracts", one.line, "offer", one.offer.offer,
                            need=one.need, area=need.area)  # fmt: skip
            continue
        closed = view.hard("catalogue_scope") and any(
            scope_in(view, dated, need.item, need.area, year) != "purchasable" for year in held
        )
        clause = view.barred.get(one.offer.offer, "catalogue_scope" if closed else "")
        if clause:
            yield view.find("warning", "contract_barred", "contracts", one.line, "offer", one.offer.offer,
                            need=one.need, clause=clause)  # fmt: skip
        for year in held:
            pair = one.need, one.offer.offer, year
            signed[pair] += one.quantity or ZERO
            sums[one.need, year] += one.quantity or ZERO
            yield from _in_year(view, one, year, rows.get((one.need, year)), signed[pair])
            yield from _against_locks(view, one, year, signed[pair])
    yield from _too_much(view, sums, rows)


def _in_year(view: View, one: _Contract, year: int, row: NeedYear | None, signed: Decimal) -> Iterator[Finding]:
    """`signed`: units of this contract and of those before it with the same offer and need."""
    if not one.offer.stands_in(year):
        yield view.find("error", "contract_offer_year", "contracts", one.line, "offer", one.offer.offer, year=year)
    elif not view.hard("commitments"):
        return
    elif row is None or row.demand == 0:
        if view.whole("needs"):
            yield view.find("error", "contract_without_demand", "contracts", one.line, "need", one.need, year=year)
    elif view.hard("award_size") and signed > (most := one.offer.max_quantity or row.demand):
        yield view.find("error", "contract_too_large", "contracts", one.line, "quantity", format(signed, "f"),
                        most=format(most, "f"))  # fmt: skip


def _against_locks(view: View, one: _Contract, year: int, signed: Decimal) -> Iterator[Finding]:
    if not (view.hard("hand_decisions") and view.hard("commitments")):
        return
    for lock in view.settings.lock:
        if (lock.need, lock.offer, lock.year) != (one.need, one.offer.offer, year):
            continue
        short = lock.quantity is not None and lock.quantity < signed
        if lock.award is False or lock.quantity == 0 or short:
            yield view.find("error", "contract_lock", "contracts", one.line, "offer", one.offer.offer,
                            need=one.need, year=lock.year)  # fmt: skip


def _too_much(
    view: View, sums: dict[tuple[str, int], Decimal], rows: dict[tuple[str, int], NeedYear]
) -> Iterator[Finding]:
    if view.oversupply or not view.hard("commitments"):
        return
    for (need, year), total in sorted(sums.items()):
        row = rows.get((need, year))
        if row is not None and 0 < row.demand < total:
            line = min(one.line for one in _contracts(view) if one.need == need and one.holds_in(view, year))
            yield view.find("error", "contract_above_demand", "contracts", line, "quantity", format(total, "f"),
                            need=need, year=year, demand=format(row.demand, "f"))  # fmt: skip


def check_amounts(view: View) -> Iterator[Finding]:
    """A contract's amount is its quantity at the offer's price, with setup: at that price the plan counts it."""
    for one in _contracts(view):
        base = one.year <= view.settings.base_year <= one.last
        year = view.settings.base_year if base else one.year
        if one.offer.item != view.needs[one.need].item:
            continue  # said by check_contracts
        if one.quantity is None or one.amount is None or not (base or year in view.years):
            continue
        price = one.offer.price if base else view.price(one.offer, year)
        counted = half_up(Fraction(one.quantity) * Fraction(price or 0) * 100) + fen(one.offer.setup)
        if counted != fen(one.amount) and one.quantity:
            said = format_money(fen(one.amount))
            yield view.find("warning", "contract_amount", "contracts", one.line, "amount", said,
                            counted=format_money(counted), year=year)  # fmt: skip


def check_books(view: View) -> Iterator[Finding]:
    """Today's direct lines and purchases against the budget of the base year, purchaser by purchaser."""
    base = view.settings.base_year
    purchased: dict[str, int] = defaultdict(int)
    for one in _contracts(view):
        if one.year <= base <= one.last:
            price = Fraction(one.offer.price or 0)
            counted = half_up(Fraction(one.quantity or 0) * price * 100) + (fen(one.offer.setup) if one.quantity else 0)
            purchased[view.needs[one.need].purchaser] += counted if one.amount is None else fen(one.amount)
    direct: dict[str, int] = defaultdict(int)
    for _line, need, expenditure in view.cells("direct_lines", "need", "expenditure"):
        if need in view.needs and view.needs[need].purchaser and expenditure is not None:
            direct[view.needs[need].purchaser] += fen(expenditure)
    if not purchased:
        return
    said = {p: (line, fen(amount)) for line, p, year, amount in view.cells("budgets", "purchaser", "year", "amount")
            if year == base and amount is not None}  # fmt: skip
    for purchaser in sorted(purchased.keys() | direct.keys()):
        today = direct[purchaser] + purchased[purchaser]
        if purchaser not in said:
            if not said:
                continue  # nobody ties today to the books
            yield view.find("note", "books_not_given", "budgets", None, "amount", purchaser, year=base,
                            today=format_money(today))  # fmt: skip
        elif today != said[purchaser][1]:
            line, books = said[purchaser]
            yield view.find("warning", "books_differ", "budgets", line, "amount", format_money(books),
                            purchaser=purchaser, year=base, direct=format_money(direct[purchaser]),
                            purchased=format_money(purchased[purchaser]),
                            difference=format_money(today - books))  # fmt: skip
    if said and all(direct[p] + purchased[p] == said[p][1] for p in said):
        yield view.find("note", "books_tie", "contracts", None, "amount", "", year=base,
                        today=format_money(sum(amount for _line, amount in said.values())))  # fmt: skip


CHECKS: Final = (check_signed, check_amounts, check_books)
