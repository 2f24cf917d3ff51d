"""The failure drill: each undertaker is removed in turn, and the others of its market step in where they can.

What steps in: the need's other candidate offers, cheapest first, within their size, their undertaker's own
capacity that the plan leaves free, and the money that the failed awards set free in the same purchaser and year.
Nothing else of the plan moves, so what is recovered is a lower bound of what replanning would recover.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd

from gpsopt.simulation.held import Held


def drill_frame(held: Held) -> pd.DataFrame:
    """One row an undertaker with awards: awards, money, value lost (yuan), recovered, extra cost, who steps in."""
    rows = []
    pairs = _by_market(held)
    room = _free_capacity(held)
    used = {int(i) for a in held.awards for i in a.pair}
    for u, name in enumerate(held.undertakers):
        mine = [(c, i) for c, a in enumerate(held.awards) for i in np.flatnonzero(a.undertaker == u)]
        if not mine:
            continue
        amount = lost = recovered = extra = 0.0
        stepping: dict[str, float] = defaultdict(float)
        free = dict(room)
        money: dict[tuple[int, int], float] = defaultdict(float)
        for c, i in mine:
            a = held.awards[c]
            money[int(a.purchaser[i]), c] += float(a.amount[i])
        for c, i in sorted(mine, key=lambda m: (m[0], int(held.awards[m[0]].pair[m[1]]))):
            a = held.awards[c]
            need, steps = int(a.need[i]), int(a.steps[i])
            amount += float(a.amount[i]) / 100
            lost += steps * float(held.worth[need, c])
            took, paid = _step_in(held, pairs.get((need, c), []), u, c, steps, free, money, used, stepping)
            recovered += took * float(held.worth[need, c])
            extra += paid - float(a.amount[i]) / 100 * (took / steps if steps else 0)
        first = max(sorted(stepping), key=lambda k: stepping[k]) if stepping else ""
        rows.append((name, len(mine), amount, lost, recovered, lost - recovered, extra, first))
    columns = ["undertaker", "awards", "amount", "value", "recovered", "lost", "extra_cost", "fallback"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values(["lost", "undertaker"], ascending=[False, True], ignore_index=True)


def _by_market(held: Held) -> dict[tuple[int, int], list[int]]:
    pairs = held.world.pairs
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for i in np.lexsort((pairs.offer, pairs.price)):
        found[int(pairs.need[i]), int(pairs.year[i])].append(int(i))
    return found


def _free_capacity(held: Held) -> dict[tuple[str, int], float]:
    facts, pairs = held.world.facts, held.world.pairs
    free = {
        (u, c): float(row["capacity"]) if row["capacity"] is not None else float("inf")
        for u, row in facts.undertakers.items() for c in range(len(held.years))
    }  # fmt: skip
    bought = held.quantities.purchased
    for i in np.flatnonzero(bought):
        o = int(pairs.offer[i])
        key = pairs.offers.undertaker[o], int(pairs.year[i])
        free[key] -= float(pairs.offers.capacity_use[o]) * int(bought[i]) * float(held.world.need_step[pairs.need[i]])
    return free


def _step_in(
    held: Held, market: list[int], failed: int, c: int, steps: int, free: dict[tuple[str, int], float],
    money: dict[tuple[int, int], float], used: set[int], stepping: dict[str, float],
) -> tuple[int, float]:  # fmt: skip
    """Grid steps that others take over, and the yuan it costs; `free` and `money` shrink by what is taken."""
    pairs, offers = held.world.pairs, held.world.pairs.offers
    took, paid = 0, 0.0
    for i in market:
        o = int(pairs.offer[i])
        name = offers.undertaker[o]
        if took >= steps or name == held.undertakers[failed]:
            continue
        need = int(pairs.need[i])
        key, purse = (name, c), (int(held.buyer[need]), c)
        step = float(held.world.need_step[need])
        use = float(offers.capacity_use[o]) * step
        already = int(held.quantities.purchased[i])
        room = int(held.world.most[i]) - already
        setup = 0.0 if i in used else float(offers.setup[o])
        price = float(pairs.price[i]) / 1e4 * step
        by_money = int((money[purse] - setup) // price) if price > 0 else room
        by_capacity = int(free[key] / use + 1e-9) if use > 0 and np.isfinite(free[key]) else room
        most = min(steps - took, room, by_money, by_capacity)
        if most < 1 or (already == 0 and most < int(pairs.least[i])):
            continue
        free[key] -= most * use
        money[purse] -= most * price + setup
        took, paid = took + most, paid + (most * price + setup) / 100
        stepping[name] += most * float(held.worth[need, c])
    return took, paid
