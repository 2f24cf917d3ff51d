"""The ledger `transfers`: what its written rows say, and what every row must be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from gpsopt.verify.books import books_of_base_year
from gpsopt.verify.facts import Facts
from gpsopt.verify.rows import Row, Written
from gpsopt.verify.split import Freed, split_by_rule
from gpsopt.verify.world import NeedYearKey, World

PurchaserYear = tuple[str, int]


class Movement(NamedTuple):
    """What identifies a flow of money from year to year."""

    need: str
    from_purchaser: str
    from_line: str
    to_purchaser: str
    to_line: str
    use: str


#: (from_line, to_line, use, names a need, stays with its purchaser) -> kind of movement
_KINDS: Final[dict[tuple[str, str, str, bool, bool], str]] = {
    ("unspent", "purchase", "opening", False, True): "opening",
    ("direct", "purchase", "own", True, True): "own",
    ("direct", "purchase", "shared", True, True): "shared",
    ("direct", "unspent", "unspent", True, True): "unspent",
    ("purchase", "unspent", "unspent", False, True): "left",
    ("purchase", "purchase", "shared", False, False): "pooled",
}


@dataclass(frozen=True)
class Books:
    """Amounts in fen as the written rows say them, by kind of movement; `rows` finds the row again."""

    own: Mapping[NeedYearKey, int]
    shared: Mapping[NeedYearKey, int]
    unspent: Mapping[NeedYearKey, int]
    opening: Mapping[PurchaserYear, int]
    left: Mapping[PurchaserYear, int]
    given: Mapping[PurchaserYear, int]
    received: Mapping[PurchaserYear, int]
    pooled: Mapping[tuple[int, Movement], int]
    strange: tuple[Row, ...]

    def need(self, key: NeedYearKey) -> tuple[int, int, int]:
        """own, shared and unspent of a need in a year."""
        return self.own.get(key, 0), self.shared.get(key, 0), self.unspent.get(key, 0)


def kind_of(world: World, move: Movement) -> str:
    """own, shared, unspent, opening, left or pooled; empty where no rule knows the movement."""
    stays = move.from_purchaser == move.to_purchaser
    if move.need and world.needs[move.need].purchaser != move.from_purchaser:
        return ""
    return _KINDS.get((move.from_line, move.to_line, move.use, bool(move.need), stays), "")


def books_of(world: World, written: Written) -> Books:
    """The written ledger, sorted by kind."""
    found: dict[str, dict[tuple[str, int], int]] = defaultdict(dict)
    given: dict[PurchaserYear, int] = defaultdict(int)
    received: dict[PurchaserYear, int] = defaultdict(int)
    pooled: dict[tuple[int, Movement], int] = {}
    strange: list[Row] = []
    for (year, *parts), row in written.transfers.items():
        move = Movement(*parts)
        kind = kind_of(world, move)
        if not kind:
            strange.append(row)
        elif kind == "pooled":
            pooled[year, move] = row["amount"]
            given[move.from_purchaser, year] += row["amount"]
            received[move.to_purchaser, year] += row["amount"]
        else:
            found[kind][move.need or move.from_purchaser, year] = row["amount"]
    return Books(
        own=found["own"], shared=found["shared"], unspent=found["unspent"], opening=found["opening"],
        left=found["left"], given=given, received=received, pooled=pooled, strange=tuple(strange),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Purse:
    """A purchaser's year in fen: line = max(0, B − ΣE), deficit = max(0, ΣE − B)."""

    budget: int
    expenditure: int
    direct: int
    stranded: int
    released: int
    outlay: int
    new_cost: int
    engagement: int
    given: int
    received: int

    @property
    def line(self) -> int:
        return max(0, self.budget - self.expenditure)

    @property
    def deficit(self) -> int:
        return max(0, self.expenditure - self.budget)

    @property
    def purchased(self) -> int:
        return self.outlay + self.engagement

    @property
    def unspent(self) -> int:
        """What the identity leaves: amount + received − direct − stranded − purchased − given."""
        return self.budget + self.received - self.direct - self.stranded - self.purchased - self.given


def purse_of(world: World, facts: Facts, books: Books, purchaser: str, year: int) -> Purse:
    """A purchaser's sums in a year; only what is given and received comes from the written ledger."""
    states = [facts.of[need, year] for need in facts.needs_of.get(purchaser, ())]
    return Purse(
        budget=world.budgets.get((purchaser, year), 0),
        expenditure=sum(s.expenditure for s in states),
        direct=sum(s.direct for s in states),
        stranded=sum(s.stranded for s in states),
        released=sum(s.released for s in states),
        outlay=sum(s.outlay for s in states),
        new_cost=sum(s.new_cost for s in states),
        engagement=facts.engagement.get((purchaser, year), 0),
        given=books.given.get((purchaser, year), 0),
        received=books.received.get((purchaser, year), 0),
    )


class Entry(NamedTuple):
    """What a ledger row must say."""

    amount: int
    change: int
    clause: str


def expected_ledger(world: World, facts: Facts, books: Books) -> dict[tuple[int, Movement], Entry]:
    """Every row the ledger must have: where money moves, or the same movement moved money the year before.

    The split own/shared is the one by rule (`split.py`); under savings "lagged" it is the written one.
    What purchasers give each other in the regime `pooled` is taken as written. The year before the first counts 0, or
    what the books of the base year say where `contracts` gives its purchases.
    """
    amounts: dict[tuple[int, Movement], int] = {key: value for key, value in books.pooled.items() if value}
    for purchaser in world.purchasers:
        for year in world.years:
            amounts |= _purchaser_rows(world, facts, books, purchaser, year)
    rows: dict[tuple[int, Movement], Entry] = {}
    last = _before_the_first(world)
    by_year: dict[int, dict[Movement, int]] = {year: {} for year in world.years}
    for (year, move), amount in amounts.items():
        by_year[year][move] = amount
    for year in world.years:
        for move in by_year[year].keys() | last.keys():
            amount = by_year[year].get(move, 0)
            rows[year, move] = Entry(amount, amount - last.get(move, 0), clause_of(world, move))
        last = by_year[year]
    return rows


def _before_the_first(world: World) -> dict[Movement, int]:
    """The movements of the base year: its deficit met from unspent money, and what was left on the purchase line."""
    found: dict[Movement, int] = {}
    for purchaser, books in books_of_base_year(world).items():
        if books.deficit:
            found[Movement("", purchaser, "unspent", purchaser, "purchase", "opening")] = books.deficit
        if books.left:
            found[Movement("", purchaser, "purchase", purchaser, "unspent", "unspent")] = books.left
    return found


def clause_of(world: World, move: Movement) -> str:
    """The clause a row must name: the regime for money that follows a matter, else existing_budget or pooled."""
    if move.need:
        return world.settings.regime
    return "existing_budget" if move.from_purchaser == move.to_purchaser else "pooled"


def _purchaser_rows(
    world: World, facts: Facts, books: Books, purchaser: str, year: int
) -> dict[tuple[int, Movement], int]:
    """One purchaser's rows of a year whose amount is not zero."""
    purse = purse_of(world, facts, books, purchaser, year)
    needs = facts.needs_of.get(purchaser, ())
    rows: dict[tuple[int, Movement], int] = {}

    def book(amount: int, need: str, from_line: str, to_line: str, use: str) -> None:
        if amount > 0:
            rows[year, Movement(need, purchaser, from_line, purchaser, to_line, use)] = amount

    book(purse.deficit, "", "unspent", "purchase", "opening")
    moved = 0
    for need, (own, shared) in zip(needs, split_of(world, facts, books, purse, purchaser, year), strict=True):
        book(own, need, "direct", "purchase", "own")
        book(shared, need, "direct", "purchase", "shared")
        book(facts.of[need, year].released - own - shared, need, "direct", "unspent", "unspent")
        moved += own + shared
    left = purse.line + moved + purse.received - purse.given - purse.purchased
    book(left, "", "purchase", "unspent", "unspent")
    return rows


def split_of(
    world: World, facts: Facts, books: Books, purse: Purse, purchaser: str, year: int
) -> list[tuple[int, int]]:
    """(own, shared) of each need of a purchaser in key order: by rule, or as written under "lagged"."""
    needs = facts.needs_of.get(purchaser, ())
    if world.settings.savings == "lagged":
        return [(books.own.get((n, year), 0), books.shared.get((n, year), 0)) for n in needs]
    states = [facts.of[need, year] for need in needs]
    return split_by_rule(
        [Freed(s.released, s.outlay, s.own_cap, s.cap) for s in states],
        line=purse.line, deficit=purse.deficit, engagement=purse.engagement,
        given=purse.given, received=purse.received, may_share=world.settings.savings == "kept",
    )  # fmt: skip
