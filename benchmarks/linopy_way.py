"""The synthetic city's ten families of rows in linopy, handed to HiGHS: what another array modeller needs."""

from __future__ import annotations

from typing import Any

import linopy
import numpy as np
import pandas as pd
import xarray as xr
from synthetic import NEED_YEAR_VARS, Drawn, Ints, years_of


def linopy_highs(d: Drawn) -> Any:
    """The model inside HiGHS, by linopy's own direct interface."""
    size = d.size
    need, year = years_of(size.needs, size.years)
    pairs, cells = pd.RangeIndex(len(d.offer_of), name="pair"), pd.RangeIndex(len(need), name="cell")

    def over(index: pd.Index, values: Any) -> xr.DataArray:
        return xr.DataArray(values, coords=[index])

    def total(expression: Any, owner: Ints, index: pd.Index, name: str, count: int) -> Any:
        """Sums by owner; owners without members get an empty sum."""
        groups = xr.DataArray(owner, coords=[index], name=name)
        return (1 * expression).groupby(groups).sum().reindex({name: np.arange(count)})

    m = linopy.Model()
    x = m.add_variables(lower=0, upper=over(pairs, d.most), name="x")
    award = m.add_variables(coords=[pairs], binary=True, name="award")
    rest = {
        name: m.add_variables(
            lower=0, upper=over(cells, d.demand) if name == "direct" else np.inf, coords=[cells], name=name
        )
        for name in NEED_YEAR_VARS
    }
    worst = m.add_variables(lower=0, upper=1, name="worst")
    owner = d.need_year_of
    bought = total(x, owner, pairs, "cell", len(cells))
    served = bought + rest["direct"] - rest["idle"]
    m.add_constraints(served >= over(cells, d.floor), name="floor_is_reached")
    m.add_constraints(served + rest["shortfall"] >= over(cells, d.demand), name="shortfall_counts")
    m.add_constraints(x - over(pairs, d.least) * award >= 0, name="not_below_the_least")
    m.add_constraints(x - over(pairs, d.most) * award <= 0, name="only_what_is_awarded")
    outlay = total(over(pairs, d.price) * x, owner, pairs, "cell", len(cells)) + total(
        over(pairs, d.setup) * award, owner, pairs, "cell", len(cells)
    )
    m.add_constraints(outlay - rest["own"] - rest["drawn"] == 0, name="outlay_is_paid")
    m.add_constraints(rest["own"] + rest["shared"] - over(cells, d.unit_cost) * bought <= 0, name="fees_follow")
    undertaker = d.undertaker_of_offer[d.offer_of] * size.years + d.year_of
    workers = pd.RangeIndex(size.undertakers * size.years, name="worker")
    m.add_constraints(
        total(over(pairs, d.use) * x, undertaker, pairs, "worker", len(workers)) <= over(workers, d.capacity),
        name="within_capacity",
    )
    payers = pd.RangeIndex(size.purchasers * size.years, name="payer")
    payer = d.purchaser_of_need[need] * size.years + year
    spent = total(rest["drawn"] - rest["shared"], payer, cells, "payer", len(payers))
    m.add_constraints(spent <= over(payers, d.line), name="within_budget")
    m.add_constraints(total(award, owner, pairs, "cell", len(cells)) <= 3, name="few_awards")
    area = d.area_of_need[need] * size.years + year
    areas = pd.RangeIndex(size.areas * size.years, name="place")
    worth = 1 + np.bincount(area, d.weight * d.demand, len(areas))
    missing = total(over(cells, d.weight / worth[area]) * rest["shortfall"], area, cells, "place", len(areas))
    m.add_constraints(missing + worst <= 1, name="worst_area")
    m.add_objective(0 * worst)
    return m.to_highspy()
