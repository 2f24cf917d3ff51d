"""One future lived through with a new plan each year, and what one future's best plan would have bought.

Both give a record of plain numbers and words, so that it can be kept in a file and read back exactly.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gpsopt.model.facts import Bools
from gpsopt.simulation.held import Held
from gpsopt.simulation.indicators import Masks
from gpsopt.simulation.living import Year, live_year
from gpsopt.simulation.outcomes import Tally
from gpsopt.simulation.outlook import Outlook
from gpsopt.simulation.replanner import InForce, Replanner

Record = dict[str, Any]


def life(replanner: Replanner, future: Outlook) -> tuple[list[InForce], list[Year], list[str]]:
    """(the plan in force, what came of it, how it came about) of every year.

    A year is planned with `future.until(year)` alone: with what has been lived through and forecasts of the rest.
    How: first (nothing is known yet), planned, softened (no plan kept every rule), unmoved (nothing came other than
    foreseen), none (no plan was found; the one in force went on).
    """
    in_force, first = replanner.first, replanner.first.held
    rules = first.world.facts.settings.simulation
    credit = first.credit[None, :].copy()
    barred: dict[str, int] = {}
    plans, years, ends = [], [], []
    pair_year = replanner.base.pairs.year
    for c in range(len(first.years)):
        end = "first"
        if c:
            seen = future.until(c)
            belief = replanner.belief(seen, c, barred, in_force)
            end = "unmoved"
            if not belief.same_from(in_force.belief, c, pair_year):
                found = replanner.plan(seen, belief, c, in_force)
                in_force, end = (in_force, "none") if found is None else (found, found.end)
        year = live_year(in_force.held, c, future, credit, rules)
        credit = year.credit
        barred |= {
            u: c + 1 for u, gone in zip(first.undertakers, _gone(first, year, future, c), strict=True)
            if gone and u not in barred
        }  # fmt: skip
        plans.append(in_force)
        years.append(year)
        ends.append(end)
    return plans, years, ends


def _gone(first: Held, year: Year, future: Outlook, column: int) -> Bools:
    """Undertakers that cannot be engaged next year: failed by now, or with too little credit left."""
    gone = np.asarray(year.credit[0] < first.least_credit(first.world.facts.settings.simulation))
    failed = future.factor("failure", {"undertaker": first.undertakers}, len(first.undertakers))
    return gone if failed is None else gone | (failed[0, :, : column + 1] > 0).any(axis=1)


def lived_record(replanner: Replanner, future: Outlook) -> Record:
    """A future lived through: indicators, money, people, awards, and how each plan came about."""
    plans, years, ends = life(replanner, future)
    tally = Tally(replanner.first.held, tuple(Masks(p.held, c) for c, p in enumerate(plans)))
    tally.add(years)
    return {
        "ends": ends,
        "values": {name: blocks[0].tolist() for name, blocks in tally.values.items()},
        "unpaid": tally.unpaid[0].tolist(),
        "missing": {kind: blocks[0].tolist() for kind, blocks in tally.missing.items()},
        "floor_held": tally.floor_held.tolist(), "shortfall": tally.shortfall.tolist(),
        "awards": [
            [p.held.years[c], a.things["need"][i], a.things["offer"][i], a.things["undertaker"][i],
             int(a.steps[i]), int(y.accepted[0, i]), int(y.payment[0, i])]
            for c, (p, y) in enumerate(zip(plans, years, strict=True)) for a in (p.held.awards[c],)
            for i in range(len(a.pair))
        ],
    }  # fmt: skip


def tally_from(held: Held, record: Record) -> Tally:
    """The tally of one future from its record."""
    return Tally(
        held, (),
        values={name: [np.array(block)] for name, block in record["values"].items()},
        unpaid=[np.array(record["unpaid"], dtype=np.int64)],
        missing={kind: [np.array(block)] for kind, block in record["missing"].items()},
        floor_held=np.array(record["floor_held"]), shortfall=np.array(record["shortfall"]), draws=1,
    )  # fmt: skip


def chosen_record(replanner: Replanner, future: Outlook) -> Record:
    """The awards of the best plan of a future that is known from the beginning; failures close their offers.

    `chosen`: year, need, offer, grid steps; None where no plan was found.
    """
    shut: dict[str, int] = {}
    names = replanner.first.held.undertakers
    failed = future.factor("failure", {"undertaker": names}, len(names))
    if failed is not None:
        shut = {u: int(np.argmax(row > 0)) for u, row in zip(names, failed[0], strict=True) if (row > 0).any()}
    found = replanner.plan(future, replanner.belief(future, 0, shut, replanner.first), 0, None)
    chosen = None if found is None else [[t, n, o, steps] for (o, n, t), steps in sorted(found.bought.items())]
    return {"chosen": chosen, "chosen_end": "none" if found is None else found.end}
