"""The money identity: a budget is divided, never exceeded, and no fen appears or is lost. Source: 34号文 3(5), no
special fund; it is the world, not a clause, and cannot be struck."""

from __future__ import annotations

from collections.abc import Iterator

from gpsopt.money import format_money
from gpsopt.verify.evidence import Evidence
from gpsopt.verify.ledger import Purse, purse_of
from gpsopt.verify.rows import Row, key_text
from gpsopt.verify.verdict import Fault, Outcome


def check_existing_budget(evidence: Evidence) -> list[Outcome]:
    """p,t: Σ drawn + engagement + given ≤ line + Σ shared + received; Σ unspent_n ≥ deficit; amount + received =
    direct + stranded + purchased + unspent + given; the ledger's closing balances are those of `budgets`."""
    faults: list[Fault] = []
    for purchaser in evidence.world.purchasers:
        for year in evidence.world.years:
            purse = purse_of(evidence.world, evidence.facts, evidence.books, purchaser, year)
            faults += _within_budget(evidence, purse, purchaser, year)
            row = evidence.written.budgets.get((year, purchaser))
            if row:
                faults += _balances(evidence, purse, row, purchaser, year)
    return [Outcome("existing_budget", len(evidence.written.budgets), tuple(faults))]


def _within_budget(evidence: Evidence, purse: Purse, purchaser: str, year: int) -> Iterator[Fault]:
    row = evidence.written.budgets.get((year, purchaser))
    line, key = row.line if row else None, key_text((year, purchaser))
    own, shared, unspent = _flows(evidence, purchaser, year)
    needed = purse.purchased - own + purse.given
    funds = purse.line + shared + purse.received
    if needed > funds:
        yield Fault("existing_budget", "purchase_line_short", "budgets.csv", line, "purchased", key, {
            "needed": format_money(needed), "funds": format_money(funds), "short": format_money(needed - funds),
        })  # fmt: skip
    if unspent < purse.deficit:
        yield Fault("existing_budget", "deficit_open", "budgets.csv", line, "unspent", key, {
            "found": format_money(unspent), "bound": format_money(purse.deficit),
        })  # fmt: skip
    if purse.unspent < 0:
        yield Fault("existing_budget", "overspent", "budgets.csv", line, "unspent", key, {
            "budget": format_money(purse.budget), "over": format_money(-purse.unspent),
        })  # fmt: skip


def _balances(evidence: Evidence, purse: Purse, row: Row, purchaser: str, year: int) -> Iterator[Fault]:
    """The written row closes on itself, and the written ledger leads from the opening to the written row."""
    books, key = evidence.books, key_text((year, purchaser))
    own, shared, unspent = _flows(evidence, purchaser, year)
    opening, left = books.opening.get((purchaser, year), 0), books.left.get((purchaser, year), 0)
    sources = row["amount"] + row["received"]
    uses = row["direct"] + row["stranded"] + row["purchased"] + row["unspent"] + row["given"]
    if sources != uses:
        yield Fault("existing_budget", "identity_broken", "budgets.csv", row.line, "amount", key, {
            "found": format_money(sources), "expected": format_money(uses), "difference": format_money(sources - uses),
        })  # fmt: skip
    closing = (
        ("direct", purse.expenditure - own - shared - unspent, row["direct"] + row["stranded"]),
        ("purchase", purse.budget - purse.expenditure + opening + own + shared + purse.received - purse.given - left,
         row["purchased"]),
        ("unspent", unspent + left - opening, row["unspent"]),
    )  # fmt: skip
    for account, balance, shown_balance in closing:
        if balance != shown_balance:
            column = {"direct": "direct", "purchase": "purchased", "unspent": "unspent"}[account]
            yield Fault("existing_budget", "closing_differs", "budgets.csv", row.line, column, key, {
                "account": account, "found": format_money(shown_balance), "expected": format_money(balance),
                "difference": format_money(shown_balance - balance),
            })  # fmt: skip


def _flows(evidence: Evidence, purchaser: str, year: int) -> tuple[int, int, int]:
    """Sums of own, shared and unspent over the purchaser's needs, as the ledger says them."""
    parts = [evidence.books.need((need, year)) for need in evidence.facts.needs_of.get(purchaser, ())]
    return sum(p[0] for p in parts), sum(p[1] for p in parts), sum(p[2] for p in parts)
