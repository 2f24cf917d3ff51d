"""Scores of offers, and the reference of each item. Source: 34号文 3(6); weights from `[performance]`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gpsopt.scenario import Scenario
from gpsopt.verify.world import World, filled


@dataclass(frozen=True, slots=True)
class Mark:
    """Quality, satisfaction and their weighted score, 0 to 1."""

    quality: Fraction
    satisfaction: Fraction
    score: Fraction


@dataclass(frozen=True)
class Marks:
    """Mark of every offer, and the mean mark (the reference) of every item."""

    offers: Mapping[str, Mark]
    reference: Mapping[str, Mark]
    weights: tuple[Fraction, Fraction]

    def score(self, quality: Fraction, satisfaction: Fraction) -> Fraction:
        return self.weights[0] * quality + self.weights[1] * satisfaction


def marks_of(world: World, scenario: Scenario) -> Marks:
    """An offer's own marks, else those of its undertaker's latest `performance` of the item; an offer that
    still lacks one is given the item's mean over the offers that have both (0 where none has)."""
    weights = (Fraction(world.settings.performance.quality), Fraction(world.settings.performance.satisfaction))
    latest: dict[tuple[str, str], dict[str, Any]] = {}
    for row in filled(scenario.tables, "performance"):
        key = (row["undertaker"], row["item"])
        if key not in latest or latest[key]["year"] < row["year"]:
            latest[key] = row
    own: dict[str, Mark] = {}
    by_item: dict[str, list[Mark]] = defaultdict(list)
    for offer in world.offers.values():
        past = latest.get((offer.undertaker, offer.item), {"quality": None, "satisfaction": None})
        quality = offer.quality if offer.quality is not None else past["quality"]
        satisfaction = offer.satisfaction if offer.satisfaction is not None else past["satisfaction"]
        if quality is not None and satisfaction is not None:
            q, s = Fraction(quality), Fraction(satisfaction)
            own[offer.key] = Mark(q, s, weights[0] * q + weights[1] * s)
            by_item[offer.item].append(own[offer.key])
    reference = {item: _mean(by_item[item]) for item in world.items}
    every = {offer.key: own.get(offer.key, reference[offer.item]) for offer in world.offers.values()}
    return Marks(every, reference, weights)


def _mean(marks: list[Mark]) -> Mark:
    if not marks:
        return Mark(Fraction(0), Fraction(0), Fraction(0))
    n = len(marks)
    return Mark(
        sum((m.quality for m in marks), Fraction(0)) / n,
        sum((m.satisfaction for m in marks), Fraction(0)) / n,
        sum((m.score for m in marks), Fraction(0)) / n,
    )
