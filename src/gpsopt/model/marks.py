"""Quality and satisfaction: the score of offers and lines, and the reference of each item (3(6))."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from gpsopt.model.facts import Facts
from gpsopt.model.pairs import Offers


@dataclass(frozen=True)
class Marks:
    """Exact marks; an offer without both counts as the reference of its item, a mark it has stays its own."""

    score: tuple[Fraction, ...]  # per offer
    quality: tuple[Fraction, ...]  # per offer
    satisfaction: tuple[Fraction, ...]  # per offer
    reference: dict[str, Fraction]  # per item
    line: tuple[Fraction, ...]  # per need: the direct line's score


def marks_of(facts: Facts, offers: Offers) -> Marks:
    """Score = weighted mean of quality and satisfaction; reference = mean over the item's marked offers."""
    weights = facts.settings.performance
    quality_by: dict[str, list[Fraction]] = defaultdict(list)
    satisfaction_by: dict[str, list[Fraction]] = defaultdict(list)
    for item, q, s in zip(offers.item, offers.quality, offers.satisfaction, strict=True):
        if q is not None and s is not None:
            quality_by[item].append(q)
            satisfaction_by[item].append(s)
    mean_quality = {item: sum(v, Fraction(0)) / len(v) for item, v in quality_by.items()}
    mean_satisfaction = {item: sum(v, Fraction(0)) / len(v) for item, v in satisfaction_by.items()}

    def score(q: Fraction, s: Fraction) -> Fraction:
        return Fraction(weights.quality) * q + Fraction(weights.satisfaction) * s

    given = list(zip(offers.item, offers.quality, offers.satisfaction, strict=True))
    quality = tuple(mean_quality.get(item, Fraction(0)) if q is None else q for item, q, _s in given)
    satisfaction = tuple(mean_satisfaction.get(item, Fraction(0)) if s is None else s for item, _q, s in given)
    reference = {
        item: score(mean_quality.get(item, Fraction(0)), mean_satisfaction.get(item, Fraction(0)))
        for item in facts.items
    }  # fmt: skip
    line = tuple(
        reference[item] if own is None else own for item, own in zip(facts.needs.item, facts.lines.score, strict=True)
    )
    return Marks(
        score=tuple(reference[item] if q is None or s is None else score(q, s) for item, q, s in given),
        quality=quality, satisfaction=satisfaction, reference=reference, line=line,
    )  # fmt: skip
