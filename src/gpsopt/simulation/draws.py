"""Futures as pure data: every uncertain thing has a stream of its own, named by its row and key.

A stream depends on the seed, the row of `uncertainty` and the key of what it is drawn for, on nothing else: the
same future meets every scenario (common random numbers), whatever the plan, the order of rows or the number of
draws in a block. Members of a correlation group share one normal: z = sqrt(r) * shared + sqrt(1 - r) * own.
`persistence` carries a year's deviation on: z[t] = f * z[t-1] + sqrt(1 - f^2) * new; rows of a group that persist
otherwise share what is new.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np

from gpsopt.model.facts import Floats
from gpsopt.scenario import Scenario

#: what a row may be drawn for, and the filters it may carry
PLACES: Final = ("purchaser", "area", "item", "need", "undertaker", "offer")
#: which keys the things have that each factor moves
KEYS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "demand": ("purchaser", "area", "item", "need"),
    "direct_cost": ("purchaser", "area", "item", "need"),
    "price": PLACES, "delivered": PLACES, "quality": PLACES, "satisfaction": PLACES,
    "late_transfer": ("purchaser",),
    "failure": ("undertaker",),
}  # fmt: skip

#: factors that are no multiples of what a table says but shares or chances of their own
RATES: Final = ("late_transfer", "failure")


@dataclass(frozen=True)
class Uncertainty:
    """One row of the table `uncertainty`, numbers as floats."""

    key: str
    factor: str
    per: str
    where: Mapping[str, str]
    distribution: str
    numbers: Mapping[str, float]
    values: tuple[float, ...]
    chances: tuple[float, ...]
    group: str
    correlation: float
    persistence: float

    def worth(self, z: Floats) -> Floats:
        """Standard normals -> values of the distribution, elementwise; a rate is 1 at most."""
        return np.minimum(self._worth(z), 1.0) if self.factor in RATES else self._worth(z)

    def _worth(self, z: Floats) -> Floats:
        n = self.numbers
        if self.distribution == "normal":
            return np.maximum(0.0, n["mean"] + n["sd"] * z)
        if self.distribution == "lognormal":
            spread = float(np.sqrt(np.log1p((n["sd"] / n["mean"]) ** 2)))
            return np.asarray(n["mean"] * np.exp(spread * z - spread**2 / 2))
        from scipy.special import ndtr  # at first use: loaded before Pyomo it would draw in all of scipy

        u = ndtr(z)
        if self.distribution == "uniform":
            return np.asarray(n["low"] + (n["high"] - n["low"]) * u)
        if self.distribution == "triangular":
            return _triangular(u, n["low"], n["mode"], n["high"])
        if self.distribution == "discrete":
            at = np.searchsorted(np.cumsum(self.chances)[:-1], u, side="right")
            return np.asarray(self.values)[at]
        return (u < n["probability"]).astype(float)

    @property
    def usual(self) -> float:
        """The mean of the distribution: what a forecast says."""
        n = self.numbers
        if self.distribution in ("normal", "lognormal"):
            return n["mean"]
        if self.distribution == "uniform":
            return (n["low"] + n["high"]) / 2
        if self.distribution == "triangular":
            return (n["low"] + n["mode"] + n["high"]) / 3
        if self.distribution == "discrete":
            return float(np.dot(self.values, self.chances))
        return n["probability"]


def _triangular(u: Floats, low: float, mode: float, high: float) -> Floats:
    if high <= low:
        return np.full_like(u, low)
    at = (mode - low) / (high - low)
    rising = low + np.sqrt(u * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - u) * (high - low) * (high - mode))
    return np.asarray(np.where(u < at, rising, falling))


def uncertainties(scenario: Scenario) -> tuple[Uncertainty, ...]:
    """The rows of the table, in key order; the scenario has been checked."""
    rows = []
    for _line, row in scenario.tables.rows("uncertainty"):
        names = ("mean", "sd", "low", "mode", "high", "probability")
        numbers = {name: float(row[name]) for name in names if row[name] is not None}
        rows.append(
            Uncertainty(
                row["uncertainty"], row["factor"], row["per"], {p: row[p] for p in PLACES if row[p] is not None},
                row["distribution"], numbers, tuple(float(v) for v in row["values"] or ()),
                tuple(float(v) for v in row["probabilities"] or ()), row["group"] or "",
                float(row["correlation"] or 0), float(row["persistence"] or 0),
            )
        )  # fmt: skip
    return tuple(rows)


@dataclass
class Futures:
    """Blocks of futures, drawn one after the other. `years` = number of model years."""

    rows: tuple[Uncertainty, ...]
    seed: int
    years: int
    _streams: dict[tuple[str, str], np.random.Generator] = field(default_factory=dict)
    _shared: dict[str, Floats] = field(default_factory=dict)
    _drawn: int = 0

    def block(self, draws: int) -> Block:
        """The next `draws` futures."""
        self._shared.clear()
        self._drawn += draws
        return Block(self, draws)

    def normals(self, row: Uncertainty, units: Sequence[str], draws: int) -> Floats:
        """(draws, units, years) standard normals of units of a row."""
        new = np.empty((len(units), draws, self.years))
        for i, unit in enumerate(units):
            self._stream(row.key, unit).standard_normal(out=new[i])
        if row.group and row.correlation and row.group not in self._shared:
            self._shared[row.group] = self._stream(f"group {row.group}", "").standard_normal((draws, self.years))
        return walked(row, new, self._shared.get(row.group)).transpose(1, 0, 2)

    def _stream(self, row: str, unit: str) -> np.random.Generator:
        if (row, unit) not in self._streams:
            name = hashlib.blake2b(f"{row}\0{unit}".encode(), digest_size=16).digest()
            words = np.frombuffer(name, dtype=np.uint32).tolist()
            self._streams[row, unit] = np.random.default_rng(np.random.SeedSequence([self.seed, *words]))
        return self._streams[row, unit]


def walked(row: Uncertainty, new: Floats, shared: Floats | None) -> Floats:
    """The normals of a row from what is new in each year (..., years), and what is new for its group."""
    own = _carried(new, row.persistence)
    if not row.group or not row.correlation or shared is None:
        return own
    common = np.sqrt(row.correlation) * _carried(shared, row.persistence)
    return np.asarray(np.sqrt(1 - row.correlation) * own + common)


def _carried(new: Floats, persistence: float) -> Floats:
    if not persistence:
        return new
    z = new.copy()
    z[..., 1:] *= np.sqrt(1 - persistence**2)
    for c in range(1, z.shape[-1]):
        z[..., c] += persistence * z[..., c - 1]
    return z


class Sight(Protocol):
    """What is seen of some futures: actuals and forecasts answer to the same call, so nobody can tell them apart."""

    @property
    def draws(self) -> int: ...

    def factor(self, name: str, things: Mapping[str, Sequence[str]], count: int) -> Floats | None:
        """(draws, things, years) of a factor; None where no row touches any of the things."""
        ...


@dataclass(frozen=True)
class Block:
    """Some futures: factors are worked out for the things that a plan holds."""

    futures: Futures
    draws: int

    def factor(self, name: str, things: Mapping[str, Sequence[str]], count: int) -> Floats | None:
        """(draws, things, years) product of all rows of a factor; None where no row touches any of the things.

        `things`: for each kind of key, the key of every thing. Rates (late_transfer, failure) take the largest row.
        """

        def values(row: Uncertainty, units: Sequence[str]) -> Floats:
            return row.worth(self.futures.normals(row, units, self.draws))

        return factor_of(self.futures.rows, values, (self.draws, self.futures.years), name, things, count)


#: a row and units that it is drawn for -> (draws, units, years)
Values = Callable[[Uncertainty, Sequence[str]], Floats]


def factor_of(
    rows: Sequence[Uncertainty], values: Values, shape: tuple[int, int], name: str,
    things: Mapping[str, Sequence[str]], count: int,
) -> Floats | None:  # fmt: skip
    """The factor of every thing from the values of the units that the rows are drawn for. `shape`: draws, years."""
    join = np.maximum if name in RATES else np.multiply
    found: Floats | None = None
    for row in rows:
        if row.factor != name:
            continue
        units = _units(row, things, count)
        place = {unit: i for i, unit in enumerate(dict.fromkeys(unit for unit in units if unit is not None))}
        if not place:
            continue
        touched = np.array([unit is not None for unit in units], dtype=bool)
        at = [place[unit] for unit in units if unit is not None]
        # a year lies in one piece: it is asked for by the year
        theirs = np.take(values(row, list(place)).transpose(2, 0, 1), at, axis=2).transpose(1, 2, 0)
        if found is None and touched.all():
            found = theirs
            continue
        if found is None:
            found = np.full((shape[0], count, shape[1]), 0.0 if name in RATES else 1.0)
        found[:, touched] = join(found[:, touched], theirs)
    return found


def _units(row: Uncertainty, things: Mapping[str, Sequence[str]], count: int) -> list[str | None]:
    """For each thing: the unit it is drawn with, or None where the row does not touch it."""
    units: list[str | None] = ["" if row.per == "all" else str(things[row.per][i]) for i in range(count)]
    for kind, key in row.where.items():
        units = [u if things[kind][i] == key else None for i, u in enumerate(units)]
    return units


def described(rows: Sequence[Uncertainty]) -> list[dict[str, Any]]:
    """The rows as a manifest keeps them."""
    return [
        {"uncertainty": r.key, "factor": r.factor, "per": r.per, "distribution": r.distribution, "mean": r.usual}
        for r in rows
    ]  # fmt: skip
