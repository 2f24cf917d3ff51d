"""Repairs in one line: all floors lowered, or all budgets raised, in the same proportion."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from gpsopt.model.world import FEN_PER_WAN
from gpsopt.money import yuan
from gpsopt.nofit.edits import Edits, Value, change
from gpsopt.nofit.kinds.money import budget
from gpsopt.nofit.kinds.services import Places
from gpsopt.nofit.loosen import Link, Loosening, Slack, Step
from gpsopt.nofit.names import Fen, Named
from gpsopt.nofit.system import System

Values = Mapping[tuple[Any, ...], float]
GRID = 1_000  # a factor has three places
_NOISE = 1e-6


def all_floors(system: System, given: Values) -> Loosening:
    """Every floor of the purchasers some of whose floors have to give way (`given`: which), times one factor."""
    places = Places(system)
    owner = system.world.facts.purchaser_of
    purchasers = {owner[need] for _kind, need, _year in given}
    terms, worth = [], 0.0
    for e in system.of("coverage.floor_is_reached"):
        n, c = places.at(*e.key)
        asked = float(places.facts.needs.floor[n, c] * places.facts.needs.step[n])
        if owner[e.key[0]] in purchasers and asked > 0:
            terms.append((e.row, system.gives(e.row) * asked))
            worth += asked * float(places.worth[n])
    slack = Slack(("floors",), tuple(terms), max(1e-6, worth), most=1.0)

    def steps(values: Values, wider: int) -> list[Step]:
        lost = values.get(("floors",), 0.0)
        factor = Decimal(max(0, math.floor((1 - lost) * GRID + _NOISE) - wider)) / GRID
        return [_scaled_floors(system, purchasers, factor)] if lost and factor else []  # times 0 keeps nothing

    return Loosening("all_floors", (slack,) if terms else (), steps)


def _scaled_floors(system: System, purchasers: set[str], factor: Decimal) -> Step:
    """The floors of the purchasers times a factor: one change, or one for each set of years that needs have floors in.

    A cell that is empty has nothing to be scaled, so the rows are named unless all of a purchaser's needs have a floor.
    """
    rows = [(row["need"], row["year"], row["purchaser"], row["floor"])
            for _line, row in system.scenario.tables.rows("needs")]  # fmt: skip
    mine = [(need, year, floor) for need, year, purchaser, floor in rows if purchaser in purchasers]
    edits = Edits()
    if all(floor is not None for _need, _year, floor in mine):
        everybody = all(purchaser in purchasers for _need, _year, purchaser, _floor in rows)
        where: dict[str, Value] = {} if everybody else {"purchaser": tuple(sorted(purchasers))}
        edits = change("needs", "floor", where, scale=factor)
    else:
        years: dict[str, list[int]] = defaultdict(list)
        for need, year, floor in mine:
            if floor:
                years[need].append(year)
        needs: dict[tuple[int, ...], list[str]] = defaultdict(list)
        for need, own in years.items():
            needs[tuple(sorted(own))].append(need)
        for own_years, keys in sorted(needs.items()):
            edits = edits.with_(
                change("needs", "floor", {"need": tuple(sorted(keys)), "year": own_years}, scale=factor)
            )
    places = Places(system)
    lost = sum(
        (places.money(need, int(places.facts.needs.floor[places.at(need, year)])) * (1 - factor)
         for need, year, floor in mine if floor and year in places.year), Decimal(0),
    )  # fmt: skip
    count = sum(1 for _need, year, floor in mine if floor and year in places.year)
    names = [Named("purchasers", p) for p in sorted(purchasers)]
    return Step(
        edits, "nofit.step_all_floors",
        {"purchasers": names, "factor": factor, "count": count, "amount": Fen(int(lost * 100))}, lost, "yuan",
    )  # fmt: skip


def all_budgets(system: System, given: Values) -> Loosening:
    """The budgets of the purchasers and years that lack money (`given`: which), times one factor."""
    facts = system.world.facts
    purchasers = {p for _part, p, _t in given}
    years = {t for _part, _p, t in given}
    keys = {(p, t): facts.budget[p, t] for p in purchasers for t in years if facts.budget.get((p, t), 0) > 0}
    one_by_one = budget(system, keys)
    slacks = [Slack(s.what, s.terms, 0.0, s.most, s.whole) for s in one_by_one.slacks]
    links = list(one_by_one.links)
    parts: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for place, slack in enumerate(slacks):
        if slack.what[0] != "met":
            parts[slack.what[1:]].append(place)
    total = sum(keys.values()) / FEN_PER_WAN
    slacks.append(Slack(("budgets",), (), max(1e-6, total)))
    for key, own in parts.items():
        size = keys[key] / FEN_PER_WAN
        links.append(Link((*((place, 1.0) for place in own), (len(slacks) - 1, -size)), lower=0.0, upper=0.0))

    def steps(values: Values, wider: int) -> list[Step]:
        more = values.get(("budgets",), 0.0)
        share = Decimal(math.ceil(more * GRID - _NOISE) + wider) / GRID
        return [_scaled_budgets(system, keys, share)] if more else []

    return Loosening("all_budgets", tuple(slacks) if parts else (), steps, tuple(links))


def _scaled_budgets(system: System, keys: Mapping[tuple[str, int], int], share: Decimal) -> Step:
    """Budgets larger by a share of themselves."""
    factor = 1 + share
    total = sum(int((fen * factor).to_integral_value(ROUND_HALF_UP)) - fen for fen in keys.values())
    purchasers, years = sorted({p for p, _t in keys}), sorted({t for _p, t in keys})
    return Step(
        change("budgets", "amount", {"purchaser": tuple(purchasers), "year": tuple(years)}, scale=factor),
        "nofit.step_all_budgets",
        {"purchasers": [Named("purchasers", p) for p in purchasers], "years": years,
         "percent": (share * 100).normalize(), "amount": Fen(total)},
        yuan(total), "yuan",
    )  # fmt: skip


__all__ = ["all_budgets", "all_floors"]
