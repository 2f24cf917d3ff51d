"""Which uncertainty matters most to a plan: one at a time (tornado), and all together (Sobol indices).

A factor of the indices is a row of `uncertainty`, or the rows of one correlation group together: what is drawn
together cannot be told apart. All its units and years count as one input (grouped indices after Saltelli, 2010):
first-order, what of the variance is its own; total, what would go if it were known. The points are Sobol's
(scrambled); beyond the dimensions that scipy knows, they are filled up with plain random numbers.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Final

import numpy as np
import pandas as pd

from gpsopt.errors import UsageError
from gpsopt.model.facts import Floats
from gpsopt.simulation.draws import Uncertainty, factor_of, uncertainties, walked
from gpsopt.simulation.held import Held
from gpsopt.simulation.indicators import GOALS, SUMS, Masks, indicators
from gpsopt.simulation.living import drawn, live
from gpsopt.simulation.outlook import Outlook

#: levels at which one uncertainty is set for the tornado
_LOW, _HIGH = (NormalDist().inv_cdf(level) for level in (0.1, 0.9))
_LEAST_SPREAD: Final = 1e-12  # of a goal's size: rounding, no variance


def tornado_frame(held: Held) -> pd.DataFrame:
    """goal, uncertainty, factor, plan, low, high, swing: one row of `uncertainty` at its 10 % or 90 % level
    everywhere and always, all else as planned. Goals of the last year, sums of all years; widest swing first."""
    years = len(held.years)
    plan = _values(held, Outlook((), _level(0.0, years), years))
    rows = []
    for row in uncertainties(held.world.facts.scenario):
        low, high = (_values(held, Outlook((row,), _level(z, years), years)) for z in (_LOW, _HIGH))
        rows += [
            (goal, row.key, row.factor, float(plan[goal][0]), float(low[goal][0]), float(high[goal][0]))
            for goal in plan if not np.isnan([plan[goal][0], low[goal][0], high[goal][0]]).any()
        ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["goal", "uncertainty", "factor", "plan", "low", "high"])
    ends = frame[["plan", "low", "high"]]
    frame["swing"] = ends.max(axis=1) - ends.min(axis=1)
    order = {goal: i for i, goal in enumerate((*GOALS, *SUMS))}
    frame["place"] = frame["goal"].map(order)
    frame = frame.sort_values(["place", "swing", "uncertainty"], ascending=[True, False, True], ignore_index=True)
    return frame.drop(columns="place")


def importance_frame(held: Held, draws: int = 256, seed: int = 0) -> pd.DataFrame:
    """goal, uncertainty (rows of a group joined by +), first, first_conf, total, total_conf (95 %), largest first.

    `draws` base points (a power of two is best) for each of factors + 2 blocks. Goals of the last year, sums of all
    years; a goal that does not vary has no rows. Raises UsageError where SALib is not installed.
    """
    try:
        analyse = importlib.import_module("SALib.analyze.sobol").analyze
    except ImportError:
        raise UsageError("extra_missing", package="SALib", extra="sensitivity") from None
    rows = uncertainties(held.world.facts.scenario)
    factors = _factors(rows)
    one, other = _points(held, rows, draws, seed)
    blocks = [_Mixed(rows, one, other, frozenset(), draws, len(held.years))]
    blocks += [_Mixed(rows, one, other, frozenset(keys), draws, len(held.years)) for keys in factors.values()]
    blocks.append(_Mixed(rows, other, other, frozenset(), draws, len(held.years)))
    values = [_values(held, block) for block in blocks]
    found = []
    for goal in (*GOALS, *SUMS):
        results = np.column_stack([v[goal] for v in values])  # (draws, first block, one a factor, other block)
        size = float(np.abs(results).max(initial=0.0))
        if np.isnan(results).any() or results.std() <= _LEAST_SPREAD * max(1.0, size):
            continue
        problem = {"num_vars": len(factors), "names": list(factors), "bounds": [[0.0, 1.0]] * len(factors)}
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")  # a factor without effect divides nothing by nothing
            index = analyse(problem, results.ravel(), calc_second_order=False, seed=seed, print_to_console=False)
        table = zip(factors, index["S1"], index["S1_conf"], index["ST"], index["ST_conf"], strict=True)
        found += sorted(((goal, *map(_plain, line)) for line in table), key=lambda line: (-line[4], line[1]))
    return pd.DataFrame(found, columns=["goal", "uncertainty", "first", "first_conf", "total", "total_conf"])


def _plain(value: Any) -> Any:
    return value if isinstance(value, str) else float(value)


def _factors(rows: Sequence[Uncertainty]) -> Mapping[str, tuple[str, ...]]:
    """Name of a factor -> keys of its rows."""
    together: dict[str, list[str]] = {}
    for row in rows:
        together.setdefault(f"group {row.group}" if row.group and row.correlation else row.key, []).append(row.key)
    return {" + ".join(keys): tuple(keys) for keys in together.values()}


def _level(z: float, years: int) -> Callable[[Uncertainty, str], Floats]:
    return lambda _row, _unit: np.full(years, z)


def _values(held: Held, sight: Any) -> dict[str, Floats]:
    """Goal of the last year, or sum of all years -> (draws,)."""
    years = live(held, drawn(held, sight), held.world.facts.settings.simulation)
    found = [indicators(Masks(held, c), year) for c, year in enumerate(years)]
    return {name: found[-1][name] for name in GOALS} | {
        name: np.sum([f[name] for f in found], axis=0) for name in SUMS
    }  # fmt: skip


Stream = tuple[str, str]  # row and unit; of what a group shares: "", and its name


@dataclass(frozen=True)
class _Points:
    """Standard normals of every stream that the plan asks for: (draws, years)."""

    normals: Mapping[Stream, Floats]

    def of(self, row: Uncertainty, unit: str) -> Floats:
        """Normals of a unit of a row, as `Futures.normals` would draw them."""
        return walked(row, self.normals[row.key, unit], self.normals.get(_shared(row)))


@dataclass(frozen=True)
class _Mixed:
    """Futures of one set of points, some rows taken from another."""

    rows: tuple[Uncertainty, ...]
    one: _Points
    other: _Points
    taken: frozenset[str]
    draws: int
    years: int

    def factor(self, name: str, things: Mapping[str, Sequence[str]], count: int) -> Floats | None:
        """As `Sight.factor`."""

        def values(row: Uncertainty, units: Sequence[str]) -> Floats:
            points = self.other if row.key in self.taken else self.one
            return np.stack([row.worth(points.of(row, unit)) for unit in units], axis=1)

        return factor_of(self.rows, values, (self.draws, self.years), name, things, count)


def _shared(row: Uncertainty) -> Stream:
    return "", f"group {row.group}"


def _points(held: Held, rows: tuple[Uncertainty, ...], draws: int, seed: int) -> tuple[_Points, _Points]:
    """Two independent sets of points for every stream that the plan asks for."""
    from scipy.special import ndtri  # here, since few ask for it and it takes long to load
    from scipy.stats import qmc

    years = len(held.years)
    asked: dict[Stream, None] = {}

    def listen(row: Uncertainty, unit: str) -> Floats:
        asked[row.key, unit] = None
        if row.group and row.correlation:
            asked[_shared(row)] = None
        return np.zeros(years)

    drawn(held, Outlook(rows, listen, years))
    streams = sorted(asked)
    wide = 2 * len(streams) * years
    known = min(wide, qmc.Sobol.MAXDIM)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of draws that are no power of two
        u = qmc.Sobol(known, scramble=True, rng=np.random.default_rng(seed)).random(draws)
    z = ndtri(np.clip(u, 1e-12, 1 - 1e-12))
    rest = np.random.default_rng(np.random.SeedSequence([seed, 1])).standard_normal((draws, wide - known))
    z = np.concatenate([z, rest], axis=1).reshape(draws, len(streams), 2, years)
    one, other = (_Points({stream: z[:, i, side] for i, stream in enumerate(streams)}) for side in (0, 1))
    return one, other
