"""Decisions held by hand that name nothing, do not fit, or cannot all be kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from gpsopt.cells import nearest
from gpsopt.checks.view import NeedYear, Offer, View
from gpsopt.errors import Finding, Severity
from gpsopt.settings import Lock

ZERO: Final = Decimal(0)


def _find(
    view: View, lock: Lock, code: str, column: str, value: object, severity: Severity = "error", **details: object
) -> Finding:
    file, row = view.scenario.lock_places.get((lock.need, lock.year, lock.offer or ""), ("", None))
    return Finding(severity, code, file, row=row, column=f"lock.{column}", value=str(value), details=details)


def check_locks(view: View) -> Iterator[Finding]:
    """Each lock by itself."""
    if not view.settings.clauses.on("hand_decisions"):
        return
    offers = {offer.offer: offer for offer in view.offers}
    rows = {(row.need, row.year): row for row in view.need_years}
    for lock in view.settings.lock:
        if lock.year not in view.years:
            years = ", ".join(map(str, view.years))
            yield _find(view, lock, "lock_year", "year", lock.year, years=years)
        elif lock.need not in view.needs:
            near = nearest(lock.need, sorted(view.needs))
            yield _find(view, lock, "lock_unknown", "need", lock.need, table="needs", nearest=near)
        elif lock.offer is None:
            yield from _direct(view, lock)
        elif lock.offer not in offers:
            near = nearest(lock.offer, sorted(offers))
            yield _find(view, lock, "lock_unknown", "offer", lock.offer, table="offers", nearest=near)
        elif wanted(lock):
            yield from _award(view, lock, offers[lock.offer], rows.get((lock.need, lock.year)))


def wanted(lock: Lock) -> bool:
    """Does the lock ask for an award (and not that there be none)?"""
    return lock.offer is not None and (lock.award is True or (lock.quantity or ZERO) > 0)


def _direct(view: View, lock: Lock) -> Iterator[Finding]:
    line = view.lines.get(lock.need)
    direct = lock.direct or ZERO
    today = ZERO if line is None else line.quantity
    if direct > today:
        yield _find(view, lock, "lock_direct_above", "direct", direct, need=lock.need, today=format(today, "f"))
    item = view.needs[lock.need].item
    if view.on_grid(direct, item) != direct:
        yield _find(view, lock, "lock_off_grid", "direct", direct, step=format(view.step(item), "f"))


def _award(view: View, lock: Lock, offer: Offer, row: NeedYear | None) -> Iterator[Finding]:
    need = view.needs[lock.need]
    fits = (
        offer.item == need.item
        and (not offer.areas or need.area in offer.areas)
        and (not offer.needs or lock.need in offer.needs)
    )
    if not fits:
        yield _find(view, lock, "lock_misfit", "offer", offer.offer, need=lock.need, item=need.item, area=need.area)
    elif not offer.stands_in(lock.year):
        yield _find(view, lock, "lock_offer_year", "offer", offer.offer, year=lock.year)
    elif row is None or row.demand == 0:
        yield _find(view, lock, "lock_without_demand", "need", lock.need, year=lock.year)
    elif lock.quantity is not None:
        yield from _quantity(view, lock, offer, row, need.item)
    if fits and offer.offer in view.barred:
        yield _find(view, lock, "lock_barred", "offer", offer.offer, "warning", clause=view.barred[offer.offer])


def _quantity(view: View, lock: Lock, offer: Offer, row: NeedYear, item: str) -> Iterator[Finding]:
    quantity = lock.quantity or ZERO
    demand = view.on_grid(row.demand, item)
    least, most = view.step(item), demand
    if view.hard("award_size"):
        least = max(view.on_grid(offer.min_quantity, item), least)
        most = demand if offer.max_quantity is None else view.on_grid(offer.max_quantity, item)
        most = most if view.oversupply else min(most, demand)
    if not least <= quantity <= most:
        yield _find(view, lock, "lock_quantity", "quantity", quantity, offer=offer.offer,
                    least=format(least, "f"), most=format(most, "f"))  # fmt: skip
    if view.on_grid(quantity, item) != quantity:
        yield _find(view, lock, "lock_off_grid", "quantity", quantity, step=format(view.step(item), "f"))


def check_locks_together(view: View) -> Iterator[Finding]:
    """Locks that can each be kept, but not together: a soft clause keeps what it can."""
    if not view.hard("hand_decisions"):
        return
    sized = view.hard("award_size")
    offers = {offer.offer: offer for offer in view.offers}
    by_need: dict[tuple[str, int], list[Lock]] = defaultdict(list)
    packages: dict[tuple[str, int], list[Lock]] = defaultdict(list)
    for lock in view.settings.lock:
        by_need[lock.need, lock.year].append(lock)
        offer = offers.get(lock.offer or "")
        if offer is not None and offer.package is not None:
            packages[offer.package, lock.year].append(lock)
    rows = {(row.need, row.year): row for row in view.need_years}
    most_awards = {
        (need, year): most for _line, need, year, most in view.cells("needs", "need", "year", "max_awards")
    }  # fmt: skip
    for place, locks in by_need.items():
        won = [lock for lock in locks if wanted(lock)]
        most = most_awards.get(place)
        if sized:
            yield from _excluding(view, won, offers)
        if sized and most is not None and len(won) > most:
            yield _find(view, won[-1], "lock_awards", "offer", won[-1].offer, need=place[0], year=place[1],
                        count=len(won), most=most)  # fmt: skip
        if place in rows:
            yield from _over_demand(view, rows[place], locks)
    for (package, year), locks in packages.items() if sized else ():
        refused = [lock for lock in locks if not wanted(lock)]
        if refused and len(refused) < len(locks):
            yield _find(view, refused[0], "lock_package", "offer", refused[0].offer, package=package, year=year)
    yield from _rising(view)


def _excluding(view: View, locks: list[Lock], offers: dict[str, Offer]) -> Iterator[Finding]:
    held: dict[str, Lock] = {}
    for lock in locks:
        offer = offers.get(lock.offer or "")
        if offer is None or offer.excludes is None:
            continue
        other = held.setdefault(offer.excludes, lock)
        if other is not lock:
            yield _find(view, lock, "lock_excludes", "offer", lock.offer, other=other.offer, group=offer.excludes,
                        need=lock.need, year=lock.year)  # fmt: skip


def _over_demand(view: View, row: NeedYear, locks: list[Lock]) -> Iterator[Finding]:
    if view.oversupply:
        return
    line = view.lines.get(row.need)
    surplus = max(ZERO, (ZERO if line is None else line.quantity) - row.demand)
    held = sum((lock.quantity or ZERO for lock in locks), ZERO)
    kept = sum((lock.direct or ZERO for lock in locks), ZERO)
    served = held + max(ZERO, kept - surplus)
    if served > row.demand and len(locks) > 1:
        yield _find(view, locks[-1], "lock_sum", "quantity", format(served, "f"), need=row.need, year=row.year,
                    demand=format(row.demand, "f"))  # fmt: skip


def _rising(view: View) -> Iterator[Finding]:
    """What was given up does not come back."""
    kept: dict[str, tuple[Decimal, int]] = {}
    for lock in sorted(view.settings.lock, key=lambda lock: (lock.need, lock.year)):
        if lock.direct is None:
            continue
        before = kept.get(lock.need)
        if before is not None and lock.direct > before[0]:
            yield _find(view, lock, "lock_direct_rises", "direct", lock.direct, need=lock.need, year=lock.year,
                        before=format(before[0], "f"), first=before[1])  # fmt: skip
        kept[lock.need] = (lock.direct, lock.year)


CHECKS: Final = (check_locks, check_locks_together)
