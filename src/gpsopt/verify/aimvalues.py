"""The value of every aim for the plan as written, exact.

| aim | formula |
|---|---|
| livelihood_shortfall, shortfall | Σ weight·unit value·s over livelihood items; over the others (yuan) |
| worst_area | least 1 − Σ weight·uv·s / Σ weight·uv·target over areas and years whose denominator is above 0 |
| outlay | Σ (direct + stranded + purchased) (yuan) |
| quality | Σ (score − reference)·uv·q over awards and over kept direct units |
| benefit | Σ weight·served |
| transition | Σ uv·q over awards |
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from gpsopt.verify.evidence import Evidence
from gpsopt.verify.ledger import purse_of


def plan_value(evidence: Evidence, aim: str) -> Fraction:
    """The exact value of one aim for the plan, in the aim's unit (yuan, share, units by weight)."""
    match aim:
        case "livelihood_shortfall" | "shortfall":
            return _shortfall(evidence, aim == "livelihood_shortfall")
        case "worst_area":
            return _worst_area(evidence)
        case "outlay":
            return _outlay(evidence)
        case "quality":
            return _quality(evidence)
        case "benefit":
            return _benefit(evidence)
        case _:
            return _transition(evidence)


def _shortfall(evidence: Evidence, livelihood: bool) -> Fraction:
    world = evidence.world
    return sum(
        (demand.weight * evidence.worth(need, missing)
         for (need, year), demand in world.demands.items()
         if world.needs[need].item.livelihood == livelihood
         and (missing := evidence.facts.of[need, year].shortfall)),
        Fraction(0),
    )  # fmt: skip


def _worst_area(evidence: Evidence) -> Fraction:
    missing: dict[tuple[str, int], Fraction] = defaultdict(Fraction)
    wanted: dict[tuple[str, int], Fraction] = defaultdict(Fraction)
    for (need, year), demand in evidence.world.demands.items():
        place = (evidence.world.needs[need].area, year)
        state = evidence.facts.of[need, year]
        missing[place] += demand.weight * evidence.worth(need, state.shortfall)
        wanted[place] += demand.weight * evidence.worth(need, demand.target)
    return min((1 - missing[place] / total for place, total in wanted.items() if total > 0), default=Fraction(1))


def _outlay(evidence: Evidence) -> Fraction:
    world = evidence.world
    purses = (
        purse_of(world, evidence.facts, evidence.books, purchaser, year)
        for purchaser in world.purchasers
        for year in world.years
    )
    return Fraction(sum(p.direct + p.stranded + p.purchased for p in purses), 100)


def _quality(evidence: Evidence) -> Fraction:
    world, marks = evidence.world, evidence.marks
    total = Fraction(0)
    for (need, _year), state in evidence.facts.of.items():
        reference = marks.reference[world.needs[need].item.code].score
        for award in state.awards:
            total += (marks.offers[award.offer].score - reference) * evidence.worth(need, award.quantity)
        line = world.lines.get(need)
        if line and state.kept and line.quality is not None and line.satisfaction is not None:
            total += (marks.score(line.quality, line.satisfaction) - reference) * evidence.worth(need, state.kept)
    return total


def _benefit(evidence: Evidence) -> Fraction:
    facts, units = evidence.facts.of, evidence.units
    return sum(
        (demand.weight * units(need, facts[need, year].served)
         for (need, year), demand in evidence.world.demands.items()),
        Fraction(0),
    )  # fmt: skip


def _transition(evidence: Evidence) -> Fraction:
    return sum((evidence.worth(need, state.bought) for (need, _y), state in evidence.facts.of.items()), Fraction(0))
