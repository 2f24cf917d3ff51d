"""The town, its plan, and futures made by hand for the tests of this room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

import gpsopt
from gpsopt.model.facts import Floats
from gpsopt.runread import Run, as_run
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.simulation.draws import Uncertainty
from gpsopt.simulation.held import Held, held_of
from gpsopt.simulation.living import Year
from gpsopt.simulation.outlook import Outlook

TOWN = Path(__file__).resolve().parents[2] / "models" / "town"


@cache
def town_run() -> Run:
    """The town's plan."""
    return as_run(gpsopt.solve(TOWN))


@cache
def longer_run() -> Run:
    """The plan of the town with a third year like the second."""
    scenario = read_scenario(TOWN)
    return as_run(gpsopt.solve(_with_2017(scenario)))


def _with_2017(scenario: Scenario) -> Scenario:
    tables = scenario.tables
    for name in ("needs", "budgets"):
        frame = tables[name]
        last = frame[frame["year"] == 2016].assign(year=2017)
        both = pd.concat([frame, last]).sort_values([name.removesuffix("s"), "year"] if name == "needs" else
                                                    ["purchaser", "year"], ignore_index=True)  # fmt: skip
        tables = tables.with_frame(name, both)
    settings = scenario.settings.model_copy(update={"years": (2015, 2016, 2017)})
    return replace(scenario, name="longer", settings=settings, tables=tables)


def held(run: Run) -> Held:
    return held_of(run)


def certain(factor: str, value: float, per: str = "all", where: Mapping[str, str] | None = None) -> Uncertainty:
    """A row that always has this value."""
    return Uncertainty(factor, factor, per, where or {}, "discrete", {}, (value,), (1.0,), "", 0.0, 0.0)


def future(rows: tuple[Uncertainty, ...], seed: int, years: int, shared: int = 0, shared_seed: int = 0) -> Outlook:
    """A future drawn by `seed` whose first `shared` years are those of another."""

    def normals(row: Uncertainty, unit: str) -> Floats:
        name = sum(f"{row.key} {unit}".encode())
        own, other = (np.random.default_rng([s, name]).standard_normal(years) for s in (seed, shared_seed))
        return np.concatenate([other[:shared], own[shared:]])

    return Outlook(rows, normals, years)


def balanced(plan: Held, years: list[Year]) -> None:
    """amount + received = direct + stranded + purchased + unspent + given, nothing below 0, in every future."""
    for year in years:
        for p in range(len(plan.purchasers)):
            mine = plan.buyer == p
            spent = (year.direct + year.stranded)[:, mine].sum(axis=1) + year.purchased[:, p]
            total = year.amount[p] + year.received[p]
            assert (spent + year.unspent[:, p] + year.given[p] == total).all()
        assert (year.unspent >= 0).all() and (year.served <= year.demand).all()
