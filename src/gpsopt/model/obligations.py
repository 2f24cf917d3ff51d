"""What was promised or must go slowly: signed contracts, the steps of basic services, the term of an award.

Positions and figures that clauses, their exact checks and the messages share; quantities in grid steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from gpsopt.model.facts import Facts, at_least, award_amount, on_grid
from gpsopt.money import fen

#: the first year whose awards Order 102 of the Ministry of Finance governs (in force from 1 March 2020)
TERM_IN_FORCE: Final = 2020
PairKey = tuple[str, str, int]  # offer, need, year


def commitments_of(facts: Facts) -> dict[PairKey, tuple[int, int]]:
    """(offer, need, year) -> (steps, fen) signed for, of every fixed contract in every model year it runs; in a plan
    made in mid-year (stage = "execution") also of every other contract that runs in the first model year.

    Contracts of one pair that run in the same year add up: each was signed for itself. Fen are those of the rows that
    give no quantity; they are honoured by what costs that much, beyond what the quantities cost.
    """
    place = {key: n for n, key in enumerate(facts.needs.key)}
    signed: dict[PairKey, tuple[int, int]] = {}
    for _line, row in facts.scenario.tables.rows("contracts"):
        if row["need"] not in place:
            continue
        steps = 0 if row["quantity"] is None else on_grid(row["quantity"], facts.needs.step[place[row["need"]]])
        amount = fen(row["amount"]) if row["quantity"] is None and row["amount"] is not None else 0
        for year in facts.years:
            under_way = facts.settings.stage == "execution" and year == facts.years[0]
            if runs_in(row, year) and (row["fixed"] or under_way):
                key = row["offer"], row["need"], year
                before = signed.get(key, (0, 0))
                signed[key] = before[0] + steps, before[1] + amount
    return signed


def runs_in(row: Mapping[str, Any], year: int) -> bool:
    """Does a row of `contracts` run in the year? Without `until_year` it ends with its own year."""
    last = row["year"] if row["until_year"] is None else row["until_year"]
    return bool(row["year"] <= year <= last)


def gradual_steps(
    facts: Facts,
) -> tuple[dict[tuple[str, int], int], dict[tuple[str, int, int], int]]:
    """Of basic needs with a line: (need, year) -> steps that may move; (need, year before, year) -> fall of demand."""
    clause = facts.settings.clauses.gradual_purchase
    assert clause is not None
    steps: dict[tuple[str, int], int] = {}
    falls: dict[tuple[str, int, int], int] = {}
    for n, key in enumerate(facts.needs.key):
        today = int(facts.lines.quantity[n])
        if not today or not facts.items[facts.needs.item[n]]["basic"]:
            continue
        for c, year in enumerate(facts.years):
            if clause.step is not None:
                steps[key, year] = int(Fraction(clause.step) * today)
            if c:
                demand = facts.needs.demand[n]
                falls[key, facts.years[c - 1], year] = max(0, int(demand[c - 1] - demand[c]))
    return steps, falls


def gradual_floors(facts: Facts) -> dict[tuple[str, int], int]:
    """Of needs that are not basic: (need, year) -> steps that must be bought, from the clause's year on."""
    clause = facts.settings.clauses.gradual_purchase
    assert clause is not None
    if clause.floor is None:
        return {}
    floors = {
        (key, year): at_least(Fraction(clause.floor) * int(facts.needs.demand[n, c]))
        for n, key in enumerate(facts.needs.key)
        if not facts.items[facts.needs.item[n]]["basic"]
        for c, year in enumerate(facts.years)
        if clause.from_ is None or year >= clause.from_
    }
    return {key: steps for key, steps in floors.items() if steps > 0}


def terms_of(
    facts: Facts, pairs: Sequence[PairKey]
) -> tuple[list[tuple[str, str, int, int]], list[tuple[str, str, int, int, int]]]:
    """(o, n, t, r) where no pair stands in the year before t, and (o, n, s, t, r) where one stands in s before t.

    r runs over the years after t within the term, up to the first in which the pair does not exist; t is a year in
    which the law of the term is in force, or any year where the scenario says so.
    """
    clause = facts.settings.clauses.contract_term
    assert clause is not None
    there = set(pairs)
    before = dict(zip(facts.years[1:], facts.years, strict=False))
    first, later = [], []
    for o, n, t in pairs:
        if t < TERM_IN_FORCE and not clause.before_force:
            continue
        for r in facts.years[facts.years.index(t) + 1 :]:
            if r >= t + clause.years or (o, n, r) not in there:
                break
            s = before.get(t)
            if s is not None and (o, n, s) in there:
                later.append((o, n, s, t, r))
            else:
                first.append((o, n, t, r))
    return sorted(first), sorted(later)


def steps_worth(amount: int, step: Fraction, price: int, setup: int) -> int | None:
    """The fewest grid steps whose award costs at least so many fen; price in millionths of a yuan, setup in fen.

    None where no quantity costs that much, because the units cost nothing.
    """
    if price == 0:
        return 1 if setup >= amount else None
    steps = max(1, int(Fraction(max(0, amount - setup) * 10_000, price) / step))
    while award_amount(steps, step, price, setup) < amount:
        steps += 1
    return steps
