"""The indicators of the 2017 goals, one value a model year, worked out exactly from a plan.

Source: 2(3) asks for a system "relatively perfect" by 2017 and gives no figure: every target is the planner's
own, therefore marked assumed. Sums run over the year's needs n and awards k; w = weight, v = unit value of the
item (yuan), s = shortfall, T = target quantity, a = award amount (fen), x = units bought, d = units kept,
D = today's quantity, E = today's expenditure in the year. An indicator whose denominator is not above zero
(nothing bought, nothing asked) has no value. A plan assumes that everything bought is accepted.

| goal | formula | unit | better | source |
|---|---|---|---|---|
| coverage | sum w*v*min(served, demand) / sum w*v*demand, livelihood items | share | more | 2(3), 3(1) |
| worst_area | least over areas of 1 - sum w*v*s / sum w*v*T | share | more | 1(2), 2(3) |
| area_gap | highest less lowest of the same (0.01 is one percentage point) | share | less | 1(2) |
| quality_score | sum score*v*units / sum v*units over x and d; items nobody marked are out | share | more | 3(6) |
| purchased_share | sum a / sum (direct + stranded + outlay) | share | more | 2(2)2 |
| purchased_share_basic, _non_basic | the same over basic items; over the others | share | more | 2(2)2 |
| unit_cost | (sum a + engagement + stranded where something is bought) / what x costs directly | ratio | less | 1(1) |
| contested_share | sum a outside thin markets / sum a | share | more | 2(2)3 |
| concentration | sum of squared shares of undertakers by item and area, mean weighted by a | share | less | 2(2)3 |
| social_part | sum a to social organisations / sum a | share | more | 1(3) |
| fees_followed | sum own / sum min(outlay, E - direct, E*x/D), matters bought that have a line | share | more | 3(5) |
| stranded | sum stranded | yuan | less | 3(5) |
| stranded_end | first year without stranded money if nothing more moves; none if it never ends | year | | 3(5) |
| posts | sum posts*d/D, needed | posts | less | 2(2)4 |
| posts_paid | sum posts*(direct + stranded)/E, still paid | posts | | 2(2)4 |

What x costs directly: E*x/D, and the unit value where there is no line. A market is thin where the item is
procured and has fewer than `min_candidates` unrelated undertakers, whether or not the clause is in force.
own is the ledger's use `own`: money of the old line that pays for the same matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from gpsopt.money import half_up
from gpsopt.plan.frames import Draft, frame_of

#: decimals shown of each unit
_PLACES: Final = {"share": 6, "ratio": 6, "posts": 6, "yuan": 2, "year": 0}
_ZERO: Final = Fraction(0)


def goals_frame(draft: Draft) -> pd.DataFrame:
    """The table `goals`: a row for each indicator and model year, years of one indicator together.

    value: exact, then rounded half up (None where undefined); met: the exact value against the target
    (None without either); status: assumed where a target stands.
    """
    facts = draft.world.facts
    years = [_Year(draft, c) for c in range(len(facts.years))]
    rows = []
    for indicator in INDICATORS:
        goal = facts.settings.goals.get(indicator.goal)
        target = None if goal is None else goal.target
        for year in years:
            value = indicator.value(year)
            rows.append((
                indicator.goal, facts.years[year.column], _shown(value, indicator.unit), target,
                _met(value, target, indicator.better), indicator.unit, None if target is None else "assumed",
            ))  # fmt: skip
    return frame_of("goals", rows)


def _shown(value: Fraction | None, unit: str) -> Decimal | None:
    places = _PLACES[unit]
    return None if value is None else Decimal(half_up(value * 10**places)).scaleb(-places)


def _met(value: Fraction | None, target: Decimal | None, better: str) -> bool | None:
    if value is None or target is None:
        return None
    return value >= Fraction(target) if better == "more" else value <= Fraction(target)


def _part(part: Fraction | int, whole: Fraction | int) -> Fraction | None:
    return Fraction(part) / Fraction(whole) if whole > 0 else None


@dataclass(frozen=True)
class _Award:
    """One award: positions of need and offer, grid steps, fen."""

    need: int
    offer: int
    steps: int
    amount: int


class _Year:
    """A plan's sums in one model year (`column` = its position)."""

    def __init__(self, draft: Draft, column: int) -> None:
        self.draft, self.column = draft, column
        self.facts, self.money = draft.world.facts, draft.money
        pairs, bought = draft.world.pairs, draft.quantities.purchased
        self.awards = [
            _Award(int(pairs.need[i]), int(pairs.offer[i]), int(bought[i]), int(draft.money.amount[i]))
            for i in np.flatnonzero((bought > 0) & (pairs.year == column))
        ]

    @cached_property
    def bought(self) -> dict[int, int]:
        """Need -> steps bought."""
        total: dict[int, int] = defaultdict(int)
        for award in self.awards:
            total[award.need] += award.steps
        return dict(total)

    @cached_property
    def served(self) -> Any:
        return self.draft.served()[:, self.column]

    @cached_property
    def step_value(self) -> list[Fraction]:
        """Yuan that a grid step of each need counts for."""
        needs = self.facts.needs
        return [Fraction(self.facts.unit_value(i)) * s for i, s in zip(needs.item, needs.step, strict=True)]

    @cached_property
    def area_coverage(self) -> list[Fraction]:
        """Coverage of each area where anything is aimed at."""
        needs, c = self.facts.needs, self.column
        wanted: dict[str, Fraction] = defaultdict(Fraction)
        lost: dict[str, Fraction] = defaultdict(Fraction)
        for n, area in enumerate(needs.area):
            worth, target = Fraction(needs.weight[n, c]) * self.step_value[n], int(needs.target[n, c])
            wanted[area] += worth * target
            lost[area] += worth * max(0, target - int(self.served[n]))
        return [1 - lost[a] / wanted[a] for a in wanted if wanted[a] > 0]

    @cached_property
    def marked(self) -> set[str]:
        """Items of which at least one offer has both marks: the others have no reference."""
        offers = self.draft.world.pairs.offers
        marks = zip(offers.item, offers.quality, offers.satisfaction, strict=True)
        return {item for item, q, s in marks if q is not None and s is not None}

    def amount(self, where: Callable[[_Award], bool] = lambda _award: True) -> int:
        """Fen of the awards that pass."""
        return sum(award.amount for award in self.awards if where(award))

    def spent(self, needs: Iterable[int]) -> int:
        """Fen of kept and stranded lines and of what is bought or newly delivered."""
        money, at = self.money, list(needs)
        return int((money.direct + money.stranded + money.outlay)[at, self.column].sum())


def _coverage(year: _Year) -> Fraction | None:
    needs, c = year.facts.needs, year.column
    got = asked = _ZERO
    for n, item in enumerate(needs.item):
        if year.facts.items[item]["livelihood"]:
            worth, demand = Fraction(needs.weight[n, c]) * year.step_value[n], int(needs.demand[n, c])
            got += worth * min(int(year.served[n]), demand)
            asked += worth * demand
    return _part(got, asked)


def _worst_area(year: _Year) -> Fraction | None:
    return min(year.area_coverage, default=None)


def _area_gap(year: _Year) -> Fraction | None:
    covered = year.area_coverage
    return max(covered) - min(covered) if covered else None


def _quality_score(year: _Year) -> Fraction | None:
    facts, marks = year.facts, year.draft.world.marks
    scored = units = _ZERO
    for award in year.awards:
        if facts.needs.item[award.need] in year.marked:
            worth = award.steps * year.step_value[award.need]
            scored, units = scored + marks.score[award.offer] * worth, units + worth
    for n in np.flatnonzero(facts.lines.quantity):
        if facts.lines.score[n] is not None or facts.needs.item[n] in year.marked:
            worth = int(year.draft.quantities.direct[n, year.column]) * year.step_value[n]
            scored, units = scored + marks.line[n] * worth, units + worth
    return _part(scored, units)


def _purchased(*kinds: bool) -> Callable[[_Year], Fraction | None]:
    """The purchased part of spending on items that are basic (True), not basic (False), or either."""

    def share(year: _Year) -> Fraction | None:
        at = {n for n, item in enumerate(year.facts.needs.item) if bool(year.facts.items[item]["basic"]) in kinds}
        return _part(year.amount(lambda award: award.need in at), year.spent(sorted(at)))

    return share


def _unit_cost(year: _Year) -> Fraction | None:
    lines, c = year.facts.lines, year.column
    alone = _ZERO  # fen for the same units delivered directly
    for n, steps in year.bought.items():
        today = int(lines.quantity[n])
        alone += Fraction(int(lines.expenditure[n, c]) * steps, today) if today else year.step_value[n] * 100 * steps
    paid = year.amount() + int(year.money.engagement[:, c].sum())
    return _part(paid + sum(int(year.money.stranded[n, c]) for n in year.bought), alone)


def _contested_share(year: _Year) -> Fraction | None:
    facts, candidates = year.facts, year.draft.world.pairs.candidates
    enough = facts.settings.clauses.competition.min_candidates

    def contested(award: _Award) -> bool:
        procured = facts.items[facts.needs.item[award.need]]["procedure"] == "procurement"
        return not procured or int(candidates[award.need, year.column]) >= enough

    return _part(year.amount(contested), year.amount())


def _concentration(year: _Year) -> Fraction | None:
    needs, undertakers = year.facts.needs, year.draft.world.pairs.offers.undertaker
    markets: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for award in year.awards:
        markets[needs.item[award.need], needs.area[award.need]][undertakers[award.offer]] += award.amount
    # a market's index times its own amount is the sum of squares over that amount
    weighed = sum((Fraction(sum(a * a for a in m.values()), sum(m.values())) for m in markets.values()
                   if sum(m.values()) > 0), _ZERO)  # fmt: skip
    return _part(weighed, year.amount())


def _social_part(year: _Year) -> Fraction | None:
    kind, undertakers = year.facts.undertakers, year.draft.world.pairs.offers.undertaker
    social = year.amount(lambda award: kind[undertakers[award.offer]]["kind"] == "social_organisation")
    return _part(social, year.amount())


def _fees_followed(year: _Year) -> Fraction | None:
    lines, money, c = year.facts.lines, year.money, year.column
    followed = due = 0
    for n, steps in year.bought.items():
        if lines.quantity[n]:
            cost = int(lines.expenditure[n, c])
            fees = cost * steps // int(lines.quantity[n])  # whole fen, as the ledger takes them
            followed += int(money.own[n, c])
            due += min(int(money.outlay[n, c]), cost - int(money.direct[n, c]), fees)
    return _part(followed, due)


def _stranded(year: _Year) -> Fraction | None:
    return Fraction(int(year.money.stranded[:, year.column].sum()), 100)


def _stranded_end(year: _Year) -> Fraction | None:
    """The last unit moved by this year stops costing money `runoff` years after it moved."""
    facts, c = year.facts, year.column
    end = facts.years[c]
    for n in np.flatnonzero(year.money.stranded[:, c]):
        runoff = facts.lines.runoff[n]
        if runoff is None or facts.settings.regime == "fees_stay":
            return None
        kept = [int(facts.lines.quantity[n]), *(int(v) for v in year.draft.quantities.direct[n, : c + 1])]
        last = max(s for s in range(c + 1) if kept[s] > kept[s + 1])
        end = max(end, facts.years[last] + runoff)
    return Fraction(end)


def _posts(paid: bool) -> Callable[[_Year], Fraction | None]:
    """Posts that the kept units need, or those still paid."""

    def posts(year: _Year) -> Fraction | None:
        lines, money, c = year.facts.lines, year.money, year.column
        place = {key: n for n, key in enumerate(year.facts.needs.key)}
        total = _ZERO
        for _line, row in year.facts.scenario.tables.rows("direct_lines"):
            n = place.get(row["need"])
            if n is None or not row["posts"]:
                continue
            part, whole = int(year.draft.quantities.direct[n, c]), int(lines.quantity[n])
            if paid:
                part, whole = int(money.direct[n, c] + money.stranded[n, c]), int(lines.expenditure[n, c])
            total += Fraction(row["posts"]) * (Fraction(part, whole) if whole else 0)
        return total

    return posts


@dataclass(frozen=True)
class Indicator:
    """A goal's key, how it is worked out, its unit and the direction of its target ("" = it can have none)."""

    goal: str
    value: Callable[[_Year], Fraction | None]
    unit: str
    better: Literal["more", "less", ""]


#: every indicator, in the order in which the table shows them
INDICATORS: Final = (
    Indicator("coverage", _coverage, "share", "more"),
    Indicator("worst_area", _worst_area, "share", "more"),
    Indicator("area_gap", _area_gap, "share", "less"),
    Indicator("quality_score", _quality_score, "share", "more"),
    Indicator("purchased_share", _purchased(True, False), "share", "more"),
    Indicator("purchased_share_basic", _purchased(True), "share", "more"),
    Indicator("purchased_share_non_basic", _purchased(False), "share", "more"),
    Indicator("unit_cost", _unit_cost, "ratio", "less"),
    Indicator("contested_share", _contested_share, "share", "more"),
    Indicator("concentration", _concentration, "share", "less"),
    Indicator("social_part", _social_part, "share", "more"),
    Indicator("fees_followed", _fees_followed, "share", "more"),
    Indicator("stranded", _stranded, "yuan", "less"),
    Indicator("stranded_end", _stranded_end, "year", ""),
    Indicator("posts", _posts(paid=False), "posts", "less"),
    Indicator("posts_paid", _posts(paid=True), "posts", ""),
)
