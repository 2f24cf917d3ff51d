"""The indicators of the 2017 goals (2(3)) for the plan as written, exact, each from the inputs and the decisions.

Sums run over a year's needs n and awards k; w weight, v unit value of the item, T target, a amount of an award.

| goal | formula | unit |
|---|---|---|
| coverage | Σ w·v·min(served, demand) / Σ w·v·demand over livelihood items | share |
| worst_area, area_gap | least of, and highest less lowest of, 1 − Σ w·v·s / Σ w·v·T over areas | share |
| quality_score | Σ score·v·units / Σ v·units over awards and kept units; matters nobody marked are left out | share |
| purchased_share, _basic, _non_basic | Σ a / Σ (direct + stranded + outlay), of all, basic and other items | share |
| unit_cost | (Σ a + engagement + stranded of what is bought) / what the same units cost directly | ratio |
| contested_share | Σ a outside thin markets / Σ a | share |
| concentration | Σ over items and areas of Σ (a of an undertaker)² / a of the market, over Σ a | share |
| social_part | Σ a to social organisations / Σ a | share |
| fees_followed | Σ own / Σ min(outlay, freed, fees of the units bought), matters with a line | share |
| stranded, stranded_end | Σ stranded; the year in which it ends if nothing more moves | yuan, year |
| posts, posts_paid | Σ posts·d/D; Σ posts·(direct + stranded)/E | posts |

None where the denominator is not above zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from gpsopt.verify.evidence import Evidence
from gpsopt.verify.facts import Award, NeedYear
from gpsopt.verify.ledger import purse_of, split_of

ZERO: Final = Fraction(0)


@dataclass(frozen=True)
class Indicator:
    """One indicator: its unit, and whether more or less of it meets a target ("": it can have none)."""

    value: Callable[[Evidence, int], Fraction | None]
    unit: str
    better: str


def _states(evidence: Evidence, year: int) -> Iterator[tuple[str, NeedYear]]:
    return ((need, state) for (need, when), state in evidence.facts.of.items() if when == year)


def _awards(evidence: Evidence, year: int) -> list[Award]:
    return [award for _need, state in _states(evidence, year) for award in state.awards]


def _paid(awards: Iterable[Award]) -> int:
    return sum(award.amount for award in awards)


def _part(part: Fraction | int, whole: Fraction | int) -> Fraction | None:
    return Fraction(part) / Fraction(whole) if whole > 0 else None


def _coverage(evidence: Evidence, year: int) -> Fraction | None:
    got = asked = ZERO
    for need, state in _states(evidence, year):
        demand = evidence.world.demand(need, year)
        if evidence.world.needs[need].item.livelihood:
            got += demand.weight * evidence.worth(need, min(state.served, demand.demand))
            asked += demand.weight * evidence.worth(need, demand.demand)
    return _part(got, asked)


def _areas(evidence: Evidence, year: int) -> list[Fraction]:
    wanted: dict[str, Fraction] = defaultdict(Fraction)
    lost: dict[str, Fraction] = defaultdict(Fraction)
    for need, state in _states(evidence, year):
        area, demand = evidence.world.needs[need].area, evidence.world.demand(need, year)
        wanted[area] += demand.weight * evidence.worth(need, demand.target)
        lost[area] += demand.weight * evidence.worth(need, state.shortfall)
    return [1 - lost[area] / whole for area, whole in wanted.items() if whole > 0]


def _worst_area(evidence: Evidence, year: int) -> Fraction | None:
    return min(_areas(evidence, year), default=None)


def _area_gap(evidence: Evidence, year: int) -> Fraction | None:
    found = _areas(evidence, year)
    return max(found) - min(found) if found else None


def _quality_score(evidence: Evidence, year: int) -> Fraction | None:
    world, marks = evidence.world, evidence.marks
    scored = units = ZERO
    for need, state in _states(evidence, year):
        item, line = world.needs[need].item.code, world.lines.get(need)
        if item in marks.marked:
            for award in state.awards:
                worth = evidence.worth(need, award.quantity)
                scored, units = scored + marks.offers[award.offer].score * worth, units + worth
        own = line is not None and line.quality is not None and line.satisfaction is not None
        if line is not None and line.quantity and (own or item in marks.marked):
            worth = evidence.worth(need, state.kept)
            score = marks.reference[item].score
            if line.quality is not None and line.satisfaction is not None:
                score = marks.score(line.quality, line.satisfaction)
            scored, units = scored + score * worth, units + worth
    return _part(scored, units)


def _purchased(*kinds: bool) -> Callable[[Evidence, int], Fraction | None]:
    def share(evidence: Evidence, year: int) -> Fraction | None:
        bought = spent = 0
        for need, state in _states(evidence, year):
            if evidence.world.needs[need].item.basic in kinds:
                bought += _paid(state.awards)
                spent += state.direct + state.stranded + state.outlay
        return _part(bought, spent)

    return share


def _unit_cost(evidence: Evidence, year: int) -> Fraction | None:
    world = evidence.world
    alone, paid = ZERO, 0
    for need, state in _states(evidence, year):
        if state.bought:
            line = world.lines.get(need)
            if line is not None and line.quantity:
                alone += Fraction(state.expenditure * state.bought, line.quantity)
            else:
                alone += 100 * evidence.worth(need, state.bought)
            paid += _paid(state.awards) + state.stranded
    engagement = sum(evidence.facts.engagement.get((purchaser, year), 0) for purchaser in world.purchasers)
    return _part(paid + engagement, alone)


def _contested_share(evidence: Evidence, year: int) -> Fraction | None:
    world = evidence.world
    least = world.settings.clauses.competition.min_candidates
    awards = _awards(evidence, year)
    contested = _paid(
        award for award in awards
        if not world.needs[award.need].item.procurement or evidence.pairs.candidates[award.need, year] >= least
    )  # fmt: skip
    return _part(contested, _paid(awards))


def _concentration(evidence: Evidence, year: int) -> Fraction | None:
    markets: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    awards = _awards(evidence, year)
    for award in awards:
        need = evidence.world.needs[award.need]
        markets[need.item.code, need.area][award.undertaker] += award.amount
    weighed = sum(
        (Fraction(sum(a * a for a in market.values()), whole)
         for market in markets.values() if (whole := sum(market.values())) > 0),
        ZERO,
    )  # fmt: skip
    return _part(weighed, _paid(awards))


def _social_part(evidence: Evidence, year: int) -> Fraction | None:
    awards, undertakers = _awards(evidence, year), evidence.world.undertakers
    social = _paid(award for award in awards if undertakers[award.undertaker].kind == "social_organisation")
    return _part(social, _paid(awards))


def _fees_followed(evidence: Evidence, year: int) -> Fraction | None:
    world, facts = evidence.world, evidence.facts
    followed = due = 0
    for purchaser in world.purchasers:
        purse = purse_of(world, facts, evidence.books, purchaser, year)
        split = split_of(world, facts, evidence.books, purse, purchaser, year)
        for need, (own, _shared) in zip(facts.needs_of.get(purchaser, ()), split, strict=True):
            state, line = facts.of[need, year], world.lines.get(need)
            if state.bought and line is not None and line.quantity:
                followed += own
                due += min(state.outlay, state.expenditure - state.direct, state.own_cap)
    return _part(followed, due)


def _stranded(evidence: Evidence, year: int) -> Fraction | None:
    return Fraction(sum(state.stranded for _need, state in _states(evidence, year)), 100)


def _stranded_end(evidence: Evidence, year: int) -> Fraction | None:
    world, end = evidence.world, year
    for need, state in _states(evidence, year):
        if not state.stranded:
            continue
        runoff = world.lines[need].runoff
        if runoff is None or world.settings.regime == "fees_stay":
            return None
        moved = [when for when in world.years if when <= year and evidence.facts.of[need, when].moved > 0]
        end = max(end, moved[-1] + runoff)
    return Fraction(end)


def _posts(evidence: Evidence, year: int) -> Fraction | None:
    return sum(
        (line.posts * Fraction(state.kept, line.quantity)
         for need, state in _states(evidence, year)
         if (line := evidence.world.lines.get(need)) is not None and line.posts and line.quantity),
        ZERO,
    )  # fmt: skip


def _posts_paid(evidence: Evidence, year: int) -> Fraction | None:
    return sum(
        (line.posts * Fraction(state.direct + state.stranded, state.expenditure)
         for need, state in _states(evidence, year)
         if (line := evidence.world.lines.get(need)) is not None and line.posts and state.expenditure),
        ZERO,
    )  # fmt: skip


INDICATORS: Final[Mapping[str, Indicator]] = {
    "coverage": Indicator(_coverage, "share", "more"),
    "worst_area": Indicator(_worst_area, "share", "more"),
    "area_gap": Indicator(_area_gap, "share", "less"),
    "quality_score": Indicator(_quality_score, "share", "more"),
    "purchased_share": Indicator(_purchased(True, False), "share", "more"),
    "purchased_share_basic": Indicator(_purchased(True), "share", "more"),
    "purchased_share_non_basic": Indicator(_purchased(False), "share", "more"),
    "unit_cost": Indicator(_unit_cost, "ratio", "less"),
    "contested_share": Indicator(_contested_share, "share", "more"),
    "concentration": Indicator(_concentration, "share", "less"),
    "social_part": Indicator(_social_part, "share", "more"),
    "fees_followed": Indicator(_fees_followed, "share", "more"),
    "stranded": Indicator(_stranded, "yuan", "less"),
    "stranded_end": Indicator(_stranded_end, "year", ""),
    "posts": Indicator(_posts, "posts", "less"),
    "posts_paid": Indicator(_posts_paid, "posts", ""),
}
