"""One future, and what is known of it at the end of a year.

Actuals and forecasts answer to the same call (`Sight.factor`), and a forecast holds no number of a year that has not
been lived through: who plans with it cannot peek. The tables are the forecast; what has been seen moves it by as
much as persists: E[factor | seen] / E[factor]. Of failures and late money nothing is foreseen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np

from gpsopt.model.facts import Floats
from gpsopt.simulation.draws import RATES, Futures, Uncertainty, factor_of

#: normals of equal chance that stand for what is still open
_OPEN: Final = np.array([NormalDist().inv_cdf((i + 0.5) / 64) for i in range(64)])

#: row and unit -> standard normals of one future, one a year
Normals = Callable[[Uncertainty, str], Floats]


@dataclass(frozen=True)
class Outlook:
    """One future as far as it is known: all of it, or its first years and a forecast of the rest."""

    rows: tuple[Uncertainty, ...]
    normals: Normals  # of the years that are known, no more
    years: int

    @property
    def draws(self) -> int:
        return 1

    def factor(self, name: str, things: Mapping[str, Sequence[str]], count: int) -> Floats | None:
        """(1, things, years) of a factor; None where no row touches any of the things."""
        return factor_of(self.rows, self._values, (1, self.years), name, things, count)

    def until(self, known: int) -> Outlook:
        """The same future with only its first `known` years seen."""
        normals = self.normals
        return Outlook(self.rows, lambda row, unit: normals(row, unit)[:known], self.years)

    def _values(self, row: Uncertainty, units: Sequence[str]) -> Floats:
        return np.stack([self._value(row, unit) for unit in units])[None, :, :]

    def _value(self, row: Uncertainty, unit: str) -> Floats:
        seen = self.normals(row, unit)
        return np.concatenate([row.worth(seen), forecast(row, seen, self.years - len(seen))])


def forecast(row: Uncertainty, seen: Floats, ahead: int) -> Floats:
    """Factor of each of the next years after what was seen: 1 where nothing was seen or nothing persists."""
    if row.factor in RATES:
        return np.zeros(ahead)
    last = float(seen[-1]) if len(seen) else 0.0
    usual = float(row.worth(_OPEN).mean())
    found = np.ones(ahead)
    for k in range(ahead if len(seen) and row.persistence and usual > 0 else 0):
        left = row.persistence ** (k + 1)
        found[k] = float(row.worth(left * last + np.sqrt(1 - left**2) * _OPEN).mean()) / usual
    return found


class Paths:
    """Futures one by one, the same as in `Futures`: number, row and key say what is drawn, and nothing else."""

    def __init__(self, rows: tuple[Uncertainty, ...], seed: int, years: int, count: int) -> None:
        self._futures, self._count = Futures(rows, seed, years), count
        self._drawn: dict[tuple[str, str], Floats] = {}

    def future(self, number: int) -> Outlook:
        """All years of one future, numbered from 0."""
        assert 0 <= number < self._count

        def normals(row: Uncertainty, unit: str) -> Floats:
            if (row.key, unit) not in self._drawn:
                self._drawn[row.key, unit] = self._futures.normals(row, [unit], self._count)[:, 0]
            return np.asarray(self._drawn[row.key, unit][number])

        return Outlook(self._futures.rows, normals, self._futures.years)
