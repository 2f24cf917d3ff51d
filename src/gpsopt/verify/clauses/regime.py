"""How money moves: fees follow the matter, stay, or are pooled; savings kept, returned or lagged (34号文 3(5))."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from gpsopt.money import format_money
from gpsopt.verify.evidence import Evidence
from gpsopt.verify.ledger import Movement
from gpsopt.verify.rows import key_text
from gpsopt.verify.verdict import Fault, Outcome
from gpsopt.verify.world import World


def check_regime(evidence: Evidence) -> list[Outcome]:
    """Per need and year: own ≤ outlay, own + shared ≤ c·Σx, released = own + shared + unspent; savings; pooling."""
    regime = evidence.world.settings.regime
    rows = len(evidence.written.transfers)
    matters = [fault for key in evidence.facts.of for fault in _matter(evidence, key, regime)]
    outcomes = [Outcome(regime, rows, tuple(matters))]
    if evidence.world.settings.savings != "kept":
        savings = evidence.world.settings.savings
        found = [fault for key in evidence.facts.of if (fault := _savings(evidence, key, savings))]
        outcomes.append(Outcome(savings, rows, tuple(found)))
    if regime == "pooled" or evidence.books.pooled:
        outcomes.append(Outcome("pooled", len(evidence.books.pooled), tuple(_pooling(evidence))))
    return outcomes


def _matter(evidence: Evidence, key: tuple[str, int], regime: str) -> Iterator[Fault]:
    state = evidence.facts.of[key]
    own, shared, unspent = evidence.books.need(key)
    limits = (
        ("own_above_outlay", "own", own, state.outlay),
        ("fees_above_moved", "shared" if shared else "own", own + shared, state.cap),
        ("released_above", "unspent" if unspent else "own", own + shared + unspent, state.released),
    )
    for code, use, found, bound in limits:
        if found > bound:
            yield _fault(evidence, regime, code, key, use, found, bound)
    if own + shared + unspent < state.released:
        yield _fault(evidence, regime, "released_not_booked", key, "", own + shared + unspent, state.released)


def _savings(evidence: Evidence, key: tuple[str, int], savings: str) -> Fault | None:
    """returned: shared = 0. lagged: shared[t] ≤ released[t−1] − own[t−1] (0 in the first year)."""
    need, year = key
    shared = evidence.books.shared.get(key, 0)
    years = evidence.world.years
    place = years.index(year)
    bound = 0
    if savings == "lagged" and place > 0:
        last = (need, years[place - 1])
        bound = evidence.facts.of[last].released - evidence.books.own.get(last, 0)
    return _fault(evidence, savings, "shared_above", key, "shared", shared, bound) if shared > bound else None


def _pooling(evidence: Evidence) -> Iterator[Fault]:
    """Only in the regime `pooled`, within the level (districts: the same district), up to share · budget."""
    world = evidence.world
    for (year, move), amount in sorted(evidence.books.pooled.items()):
        row = evidence.written.transfers[year, *move]
        if world.settings.regime != "pooled":
            yield Fault("pooled", "not_pooled", "transfers.csv", row.line, "to_purchaser", key_text((year, *move)),
                        {"found": format_money(amount), "regime": world.settings.regime})  # fmt: skip
        elif pool_of(world, move.from_purchaser) != pool_of(world, move.to_purchaser):
            yield Fault("pooled", "other_pool", "transfers.csv", row.line, "to_purchaser", key_text((year, *move)),
                        {"giver": move.from_purchaser, "receiver": move.to_purchaser})  # fmt: skip
    for (purchaser, year), given in sorted(evidence.books.given.items()):
        budget = world.budgets.get((purchaser, year), 0)
        if given > Fraction(world.settings.share) * budget and world.settings.regime == "pooled":
            found = evidence.written.budgets.get((year, purchaser))
            yield Fault("pooled", "given_above", "budgets.csv", found.line if found else None, "given",
                        key_text((year, purchaser)), {"found": format_money(given), "budget": format_money(budget),
                                                      "share": str(world.settings.share)})  # fmt: skip


def pool_of(world: World, purchaser: str) -> tuple[str, str | None]:
    """The pool a purchaser belongs to: all municipal ones together, district ones by district."""
    level, area = world.purchasers[purchaser]
    return (level, None) if level == "municipal" else (level, area)


def _fault(evidence: Evidence, rule: str, code: str, key: tuple[str, int], use: str, found: int, bound: int) -> Fault:
    need, year = key
    purchaser = evidence.world.needs[need].purchaser
    to_line = "unspent" if use == "unspent" else "purchase"
    row = evidence.written.transfers.get((year, *Movement(need, purchaser, "direct", purchaser, to_line, use)))
    return Fault(rule, code, "transfers.csv", row.line if row else None, "amount", key_text((year, need, use)),
                 {"found": format_money(found), "bound": format_money(bound)})  # fmt: skip
