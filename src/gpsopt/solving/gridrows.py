"""Rows that a plan in whole steps and fen breaks although its point in fractions keeps them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final

import numpy as np

from gpsopt.model.clauses.affiliated_share import affiliated_shares
from gpsopt.model.clauses.balanced_areas import areas_short
from gpsopt.model.clauses.plural_supply import plural_shares
from gpsopt.model.clauses.social_organisations import social_shares
from gpsopt.model.facts import Floats
from gpsopt.model.ledger import Money, Quantities
from gpsopt.model.world import FEN_PER_WAN, World

Broken = list[tuple[int, float, str]]  # (row, amount in the row's unit, side)


def tighten_by(rows: Broken, lower: Floats, upper: Floats) -> None:
    """Move each row's limit by what it was passed by, in place."""
    for row, amount, side in rows:
        if side == "upper":
            upper[row] -= amount
        else:
            lower[row] += amount


def broken_rows(world: World, compiled: Any, quantities: Quantities, money: Money) -> Broken:
    """(row, 万元, side) of money rows that whole fen have broken; districts that whole steps leave too far behind."""
    broken: Broken = []
    years = len(world.facts.years)
    span = compiled.rows["existing_budget.purchases_within_line"]
    for p, c in zip(*np.nonzero(money.short), strict=True):
        broken.append((span.start + int(p) * years + int(c), int(money.short[p, c]) / FEN_PER_WAN, "upper"))
    if "existing_budget.deficit_is_met_first" in compiled.rows:
        span = compiled.rows["existing_budget.deficit_is_met_first"]
        at = {key: span.start + i for i, key in enumerate(span.keys)}
        for p, c in zip(*np.nonzero(money.deficit_short), strict=True):
            key = (world.facts.purchasers[p], world.facts.years[c])
            broken.append((at[key], int(money.deficit_short[p, c]) / FEN_PER_WAN, "lower"))
    broken += _above_contract_limit(world, compiled, money)
    return broken + _shares_missed(world, compiled, money) + _areas_behind(world, compiled, quantities)


def _above_contract_limit(world: World, compiled: Any, money: Money) -> Broken:
    span = compiled.rows.get("own_capacity.contracts_within_limit")
    if span is None or world.facts.settings.clauses.soft("own_capacity"):
        return []
    spent: dict[tuple[str, int], int] = defaultdict(int)
    for i in np.flatnonzero(money.amount):
        spent[world.undertaker_of_pair[i], world.facts.years[world.pairs.year[i]]] += int(money.amount[i])
    broken = []
    for place, (u, t) in enumerate(span.keys):
        over = spent[u, t] - int(world.facts.undertakers[u]["contract_limit"] * 100)
        if over > 0:
            broken.append((span.start + place, over / FEN_PER_WAN, "upper"))
    return broken


#: rows that speak of shares of outlay, and what lists them
_SHARES: Final = {
    "plural_supply.nobody_has_too_much": plural_shares,
    "social_organisations.social_organisations_have_their_part": social_shares,
    "affiliated_share.own_house_has_not_too_much": affiliated_shares,
}


def _shares_missed(world: World, compiled: Any, money: Money) -> Broken:
    """Shares of outlay that whole fen have broken."""
    broken = []
    for name, shares_of in _SHARES.items():
        if world.facts.settings.clauses.soft(name.split(".")[0]):
            continue
        span = compiled.rows.get(name)
        for share in shares_of(world) if span is not None else ():
            fen = share.short(money.amount)
            if fen:
                key = share.key if len(share.key) > 1 else share.key[0]
                broken.append((compiled.row(name, key), fen / FEN_PER_WAN, "lower" if share.least else "upper"))
    return broken


def _areas_behind(world: World, compiled: Any, quantities: Quantities) -> Broken:
    """Districts that whole steps have left too far behind."""
    name = "balanced_areas.no_district_left_behind"
    if name not in compiled.rows or world.facts.settings.clauses.soft("balanced_areas"):
        return []
    served = quantities.direct + quantities.new - quantities.idle
    np.add.at(served, (world.pairs.need, world.pairs.year), quantities.purchased)
    return [(compiled.row(name, key), 2 * float(over) + 1e-9, "upper") for key, over in areas_short(world, served)]
