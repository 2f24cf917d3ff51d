"""What follows from the plan's decisions alone (awards, kept, new and idle units): recomputed in exact fen.

Only year, need, offer and quantity of an award and d, g, idle of a direct line are taken from the
plan; everything else here is derived from the inputs. Source of the money rules: 34号文 3(5).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from gpsopt.money import half_up
from gpsopt.verify.exact import half_up_div
from gpsopt.verify.rows import Row, Written
from gpsopt.verify.world import Line, Need, NeedYearKey, World


@dataclass(frozen=True, slots=True)
class Award:
    """One assumed award: `quantity` in grid steps, `amount` in fen with setup."""

    row: int
    offer: str
    undertaker: str
    need: str
    year: int
    quantity: int
    amount: int


@dataclass(frozen=True, slots=True)
class NeedYear:
    """A need in a year. Quantities in grid steps, money in fen.

    bought = Σ x, kept = d, new = g, moved = d of the year before − d; served = bought + kept + new − idle.
    outlay = awards + cost of new units. freed = E − direct = stranded + released.
    own_cap and cap are the fees of the units that somebody took over, E·Σx/D, rounded down and half up.
    """

    awards: tuple[Award, ...]
    bought: int
    kept: int
    before: int
    new: int
    idle: int
    served: int
    shortfall: int
    outlay: int
    new_cost: int
    expenditure: int
    direct: int
    stranded: int
    released: int
    own_cap: int
    cap: int

    @property
    def moved(self) -> int:
        return self.before - self.kept


@dataclass(frozen=True)
class Facts:
    """All needs in key order and all model years; engagement in fen by purchaser and year."""

    of: Mapping[NeedYearKey, NeedYear]
    engagement: Mapping[tuple[str, int], int]
    by_undertaker: Mapping[tuple[str, int], tuple[Award, ...]]
    needs_of: Mapping[str, tuple[str, ...]]  # purchaser -> its needs in key order


def facts_of(world: World, written: Written) -> Facts:
    """Everything that the written decisions imply."""
    awards: dict[NeedYearKey, list[Award]] = defaultdict(list)
    by_undertaker: dict[tuple[str, int], list[Award]] = defaultdict(list)
    for (year, need, _offer), row in sorted(written.allocation.items()):
        award = _award(world, row)
        awards[need, year].append(award)
        by_undertaker[award.undertaker, year].append(award)
    found: dict[NeedYearKey, NeedYear] = {}
    for need in world.needs.values():
        for year, state in _years(world, need, awards, written).items():
            found[need.key, year] = state
    needs_of: dict[str, list[str]] = defaultdict(list)
    for need in world.needs.values():
        needs_of[need.purchaser].append(need.key)
    return Facts(
        found,
        _engagement(world, by_undertaker),
        {key: tuple(values) for key, values in by_undertaker.items()},
        {purchaser: tuple(needs) for purchaser, needs in needs_of.items()},
    )


def _award(world: World, row: Row) -> Award:
    offer = world.offers[row["offer"]]
    need = world.needs[row["need"]]
    amount = award_cost(row["quantity"], world.price(offer, need, row["year"]), need.item.step) + offer.setup
    return Award(row.line, offer.key, offer.undertaker, need.key, row["year"], row["quantity"], amount)


def award_cost(steps: int, price: int, step: Fraction) -> int:
    """Quantity × price in fen, half up (price in millionths of a yuan: 10,000 of them make a fen)."""
    return half_up_div(steps * step.numerator * price, step.denominator * 10_000)


_NO_LINE: Final = Line(0, 0, {}, Fraction(1), None, None, None, None)


def _years(
    world: World, need: Need, awards: Mapping[NeedYearKey, list[Award]], written: Written
) -> dict[int, NeedYear]:
    """One need over all model years; units given up are remembered with the year they stopped in."""
    line = world.lines.get(need.key, _NO_LINE)
    states: dict[int, NeedYear] = {}
    moves: list[tuple[int, int]] = []
    before = line.quantity
    for year in world.years:
        row = written.direct.get((year, need.key))
        kept, new, idle = (row["quantity"], row["new"], row["idle"]) if row else (before, 0, 0)
        moves.append((year, before - kept))
        states[year] = _state(
            world, need, line, year, (before, kept, new, idle), moves, awards.get((need.key, year), [])
        )
        before = kept
    return states


def _state(
    world: World, need: Need, line: Line, year: int, units: tuple[int, int, int, int],
    moves: list[tuple[int, int]], awards: list[Award],
) -> NeedYear:  # fmt: skip
    before, kept, new, idle = units
    expenditure = line.expenditure.get(year, 0)
    size = line.quantity
    # without a quantity there is nothing to give up: the whole line stays
    direct = half_up_div(expenditure * kept, size) if size else expenditure
    freed = expenditure - direct
    fees_stay = world.settings.regime == "fees_stay"
    stranded = freed if fees_stay else min(freed, still_paid(line, expenditure, moves, year))
    bought = sum(award.quantity for award in awards)
    new_cost = _new_cost(need, line, expenditure, new)
    served = bought + kept + new - idle
    return NeedYear(
        awards=tuple(awards), bought=bought, kept=kept, before=before, new=new, idle=idle, served=served,
        shortfall=max(0, world.demand(need.key, year).target - served),
        outlay=sum(award.amount for award in awards) + new_cost, new_cost=new_cost,
        expenditure=expenditure, direct=direct, stranded=stranded, released=freed - stranded,
        own_cap=expenditure * bought // size if size else 0,
        cap=half_up_div(expenditure * bought, size) if size else 0,
    )  # fmt: skip


def still_paid(line: Line, expenditure: int, moves: list[tuple[int, int]], year: int) -> int:
    """What the units given up still cost by the formula, in fen: a unit that stopped k years ago frees the
    share α + (1 − α)·min(1, k/ρ) of E/D (ρ empty: α only; ρ = 0: all of it)."""
    left = sum(((1 - stopped_share(line, year - then)) * moved for then, moved in moves if moved), Fraction(0))
    return half_up(left * expenditure / line.quantity) if line.quantity else 0


def stopped_share(line: Line, age: int) -> Fraction:
    """The share of a unit's cost that has stopped `age` years after it was given up."""
    if line.runoff is None:
        return line.avoidable
    if line.runoff == 0:
        return Fraction(1)
    return line.avoidable + (1 - line.avoidable) * min(Fraction(1), Fraction(age, line.runoff))


def _new_cost(need: Need, line: Line, expenditure: int, new: int) -> int:
    """New direct units at today's cost a unit; at the item's unit value where there is no line."""
    if not new:
        return 0
    if line.quantity:
        return half_up_div(expenditure * new, line.quantity)
    return half_up(need.item.unit_value * need.item.step * new * 100)


def _engagement(world: World, by_undertaker: Mapping[tuple[str, int], list[Award]]) -> dict[tuple[str, int], int]:
    """Each undertaker's engagement cost once for every purchaser and year that uses it."""
    cost: dict[tuple[str, int], int] = defaultdict(int)
    for (undertaker, year), awards in by_undertaker.items():
        for purchaser in {world.needs[award.need].purchaser for award in awards}:
            cost[purchaser, year] += world.undertakers[undertaker].engagement_cost
    return cost
