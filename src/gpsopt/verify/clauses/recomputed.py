"""Every remaining column of the plan's tables says what the inputs and the decisions give."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from gpsopt.money import format_money
from gpsopt.verify.clauses.candidates import yuan_per_unit
from gpsopt.verify.evidence import Evidence
from gpsopt.verify.exact import rounded_text, shown
from gpsopt.verify.kept import ReasonOf, reasons_of
from gpsopt.verify.ledger import purse_of
from gpsopt.verify.rows import Row, key_text
from gpsopt.verify.verdict import Fault, Outcome

#: column -> the value it must have and the way it is shown
Expected = dict[str, tuple[Any, str]]


def check_recomputed(evidence: Evidence) -> list[Outcome]:
    """Names are those of the need and the offer; prices, amounts, quantities and sums are recomputed."""
    written = evidence.written
    names: list[Fault] = []
    values: list[Fault] = []
    count = 0
    tables = (
        ("allocation", written.allocation, _allocation),
        ("direct", written.direct, _direct),
        ("coverage", written.coverage, _coverage),
        ("budgets", written.budgets, _budgets),
        ("undertakers", written.undertakers, _undertakers),
    )
    for name, rows, expected in tables:
        count += len(rows)
        for key, row in rows.items():
            for fault in _differences(f"{name}.csv", key_text(key), row, expected(evidence, row), evidence):
                (names if fault.rule == "names" else values).append(fault)
    reason_of = reasons_of(evidence)
    reasons = [f for key, row in written.direct.items() if (f := _reason(evidence, reason_of, key_text(key), row))]
    return [Outcome("names", count, tuple(names)), Outcome("recomputed", count, (*values, *reasons))]


def _differences(file: str, key: str, row: Row, expected: Expected, evidence: Evidence) -> Iterator[Fault]:
    for column, (value, kind) in expected.items():
        found = row[column]
        if found == value:
            continue
        if kind == "name":
            yield Fault("names", "differs", file, row.line, column, key, {"found": found, "expected": value})
        elif kind == "money":
            yield Fault("recomputed", "amount_differs", file, row.line, column, key, {
                "found": format_money(found), "expected": format_money(value),
                "difference": format_money(found - value),
            })  # fmt: skip
        else:
            yield Fault("recomputed", "differs", file, row.line, column, key, {
                "found": _said(evidence, row, found, kind), "expected": _said(evidence, row, value, kind),
            })  # fmt: skip


def _said(evidence: Evidence, row: Row, value: Any, kind: str) -> str:
    if value is None:
        return "—"
    if kind == "steps":
        return shown(evidence.units(row["need"], value))
    return yuan_per_unit(value) if kind == "price" else shown(Fraction(value))


def _allocation(evidence: Evidence, row: Row) -> Expected:
    world = evidence.world
    offer, need = world.offers[row["offer"]], world.needs[row["need"]]
    award = next(a for a in evidence.facts.of[need.key, row["year"]].awards if a.row == row.line)
    return {
        "purchaser": (need.purchaser, "name"), "item": (need.item.code, "name"), "area": (need.area, "name"),
        "undertaker": (offer.undertaker, "name"), "price": (world.price(offer, need, row["year"]), "price"),
        "setup": (offer.setup, "money"), "amount": (award.amount, "money"),
    }  # fmt: skip


def _direct(evidence: Evidence, row: Row) -> Expected:
    need = evidence.world.needs[row["need"]]
    state = evidence.facts.of[need.key, row["year"]]
    posts, paid = _posts(evidence, row)
    return {
        "purchaser": (need.purchaser, "name"), "moved": (state.moved, "steps"),
        "expenditure": (state.direct + state.new_cost, "money"), "released": (state.released, "money"),
        "stranded": (state.stranded, "money"), "posts": (posts, "number"), "posts_paid": (paid, "number"),
    }  # fmt: skip


def _posts(evidence: Evidence, row: Row) -> tuple[Decimal | None, Decimal | None]:
    """Posts needed (posts·d/D) and still paid (posts·(direct + stranded)/E), half up to 2 decimals. Where
    the line gives none, the cells are empty or 0; without quantity or expenditure there are none to count."""
    line = evidence.world.lines.get(row["need"])
    if line is None or line.posts is None:
        return _nothing(row["posts"]), _nothing(row["posts_paid"])
    state = evidence.facts.of[row["need"], row["year"]]
    needed = line.posts * state.kept / line.quantity if line.quantity else Fraction(0)
    paid = line.posts * (state.direct + state.stranded) / state.expenditure if state.expenditure else Fraction(0)
    return rounded_text(needed, 2), rounded_text(paid, 2)


def _nothing(found: Decimal | None) -> Decimal | None:
    return None if found is None else Decimal(0)


def _reason(evidence: Evidence, reason_of: ReasonOf, key: str, row: Row) -> Fault | None:
    """Every purchasable matter that stays direct is listed with its reason ("in principle bought"), and no other."""
    need, year = row["need"], row["year"]
    line = evidence.world.lines.get(need)
    listed = evidence.world.scopes[need, year] == "purchasable" and row["quantity"] > 0
    if listed and (line is None or not line.quantity):
        return None  # units that nobody has: said by the check of direct lines
    found, right = row["kept_because"], reason_of(need, year) if listed else ""
    if found == right:
        return None
    return Fault("recomputed", "kept_reason", "direct.csv", row.line, "kept_because", key,
                 {"found": found or "—", "expected": right or "—"})  # fmt: skip


def _coverage(evidence: Evidence, row: Row) -> Expected:
    need = evidence.world.needs[row["need"]]
    demand = evidence.world.demand(need.key, row["year"])
    state = evidence.facts.of[need.key, row["year"]]
    return {
        "purchaser": (need.purchaser, "name"), "item": (need.item.code, "name"), "area": (need.area, "name"),
        "demand": (demand.demand, "steps"), "target": (demand.target, "steps"),
        "direct": (state.kept + state.new - state.idle, "steps"), "purchased": (state.bought, "steps"),
        "served": (state.served, "steps"), "shortfall": (state.shortfall, "steps"),
    }  # fmt: skip


def _budgets(evidence: Evidence, row: Row) -> Expected:
    purse = purse_of(evidence.world, evidence.facts, evidence.books, row["purchaser"], row["year"])
    return {
        "amount": (purse.budget, "money"), "received": (purse.received, "money"), "given": (purse.given, "money"),
        "direct": (purse.direct, "money"), "stranded": (purse.stranded, "money"),
        "purchased": (purse.purchased, "money"), "engagement": (purse.engagement, "money"),
        "unspent": (purse.unspent, "money"),
    }  # fmt: skip


def _undertakers(evidence: Evidence, row: Row) -> Expected:
    world, marks = evidence.world, evidence.marks
    awards = evidence.facts.by_undertaker.get((row["undertaker"], row["year"]), ())
    used, total, weighted = Fraction(0), Fraction(0), Fraction(0)
    for award in awards:
        units = evidence.units(award.need, award.quantity)
        used += world.offers[award.offer].use * units
        weighted += marks.offers[award.offer].score * units
        total += units
    return {
        "awards": (len(awards), "number"), "amount": (sum(a.amount for a in awards), "money"),
        "capacity_used": (used, "number"), "capacity": (world.undertakers[row["undertaker"]].capacity, "number"),
        "score": (rounded_text(weighted / total, 6) if total else None, "number"),
    }  # fmt: skip
