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
    marked: frozenset[str]  # items of which an offer has both marks: the others have no reference

    def score(self, quality: Fraction, satisfaction: Fraction) -> Fraction:
        return self.weights[0] * quality + self.weights[1] * satisfaction


def marks_of(world: World, scenario: Scenario) -> Marks:
    """An offer's own marks, else those of its undertaker's latest `performance` of the item; an offer that
    still lacks one is given the item's mean over the offers that have both (0 where none has), and its score."""
    weights = (Fraction(world.settings.performance.quality), Fraction(world.settings.performance.satisfaction))
    latest: dict[tuple[str, str], dict[str, Any]] = {}
    for row in filled(scenario.tables, "performance"):
        key = (row["undertaker"], row["item"])
        if key not in latest or latest[key]["year"] < row["year"]:
            latest[key] = row
    own: dict[str, tuple[Fraction | None, Fraction | None]] = {}
    by_item: dict[str, list[Mark]] = defaultdict(list)
    for offer in world.offers.values():
        past = latest.get((offer.undertaker, offer.item), {"quality": None, "satisfaction": None})
        quality = _exact(past["quality"] if offer.quality is None else offer.quality)
        satisfaction = _exact(past["satisfaction"] if offer.satisfaction is None else offer.satisfaction)
        own[offer.key] = (quality, satisfaction)
        if quality is not None and satisfaction is not None:
            by_item[offer.item].append(_mark(quality, satisfaction, weights))
    reference = {item: _mean(by_item[item]) for item in world.items}
    every = {key: _or(reference[world.offers[key].item], *marks, weights) for key, marks in own.items()}
    return Marks(every, reference, weights, frozenset(item for item, found in by_item.items() if found))


def _exact(value: Any) -> Fraction | None:
    return None if value is None else Fraction(value)


def _mark(quality: Fraction, satisfaction: Fraction, weights: tuple[Fraction, Fraction]) -> Mark:
    return Mark(quality, satisfaction, weights[0] * quality + weights[1] * satisfaction)


def _or(
    reference: Mark, quality: Fraction | None, satisfaction: Fraction | None, weights: tuple[Fraction, Fraction]
) -> Mark:
    """What is known; what is not is the reference's, and so is a score of which a part is not known."""
    if quality is not None and satisfaction is not None:
        return _mark(quality, satisfaction, weights)
    return Mark(
        reference.quality if quality is None else quality,
        reference.satisfaction if satisfaction is None else satisfaction,
        reference.score,
    )


def _mean(marks: list[Mark]) -> Mark:
    if not marks:
        return Mark(Fraction(0), Fraction(0), Fraction(0))
    n = len(marks)
    return Mark(
        sum((m.quality for m in marks), Fraction(0)) / n,
        sum((m.satisfaction for m in marks), Fraction(0)) / n,
        sum((m.score for m in marks), Fraction(0)) / n,
    )
