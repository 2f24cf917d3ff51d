"""Seeded draws and round numbers: the only source of chance in this model.

Only uniform doubles are taken from numpy's generator and only + - * / and square roots are applied to
them, so the tables come out byte for byte the same on every machine and numpy version.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

HERE = Path(__file__).parent
SEED = 34_2014  # the document's number and year
T = TypeVar("T")
Row = dict[str, str]


class Draw:
    """A stream of draws of its own, so that a change in one part of the model leaves the others alone."""

    def __init__(self, part: int) -> None:
        self._generator = np.random.Generator(np.random.PCG64([SEED, part]))

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * float(self._generator.random())

    def middling(self, low: float, high: float) -> float:
        """The mean of two draws: values near the middle are likelier."""
        return (self.between(low, high) + self.between(low, high)) / 2

    def chance(self, probability: float) -> bool:
        return self.between(0, 1) < probability

    def whole(self, low: int, high: int) -> int:
        """An integer from low to high, both included."""
        return min(high, low + int(self.between(0, high - low + 1)))

    def pick(self, values: Sequence[T]) -> T:
        return values[self.whole(0, len(values) - 1)]

    def weighted(self, values: Sequence[T], weights: Sequence[float], count: int) -> list[T]:
        """`count` different values, drawn one after the other with chances proportional to their weights."""
        left = list(zip(values, weights, strict=True))
        chosen: list[T] = []
        while left and len(chosen) < count:
            mark = self.between(0, sum(weight for _value, weight in left))
            place = 0
            while place < len(left) - 1 and mark >= left[place][1]:
                mark -= left[place][1]
                place += 1
            chosen.append(left.pop(place)[0])
        return chosen


def read(name: str) -> list[Row]:
    """The rows of published/<...>.csv or assumed/<...>.csv."""
    with (HERE / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def facts() -> dict[str, Row]:
    """The published and derived figures that this model uses, by id."""
    return {row["id"]: row for row in read("published/facts.csv")}


def power_below(value: float) -> float:
    """The largest power of ten that is not above the value (value > 0)."""
    power = 1.0
    while power > value:
        power /= 10
    while power * 10 <= value:
        power *= 10
    return power


def to_step(value: float, step: float) -> float:
    return round(value / step) * step


def round_amount(value: float) -> int:
    """A quantity as a planner writes it: whole, three figures."""
    step = max(1.0, power_below(max(value, 1)) / 100)
    return max(1, round(to_step(value, step)))


def round_price(value: float) -> str:
    """A price with the number of figures people quote: 6.15, 31.4, 374, 1,505, 61,500."""
    step = power_below(value) / 100
    if value >= 1000:
        step *= 5
    return plain(to_step(value, step))


def plain(value: float) -> str:
    """A number without idle zeros, at most four decimals."""
    text = f"{value:.4f}"
    return text.rstrip("0").rstrip(".")


def rank_even(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
