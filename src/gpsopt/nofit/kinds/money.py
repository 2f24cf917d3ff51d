"""Repairs with money: a larger budget, a larger contract limit, a higher cost standard."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from gpsopt.model.aims import MONEY_AIMS
from gpsopt.model.world import FEN_PER_WAN
from gpsopt.money import yuan
from gpsopt.nofit.edits import Edits, change
from gpsopt.nofit.kinds.services import one_step
from gpsopt.nofit.loosen import Link, Loosening, Slack, Step
from gpsopt.nofit.names import Fen, Named, Word
from gpsopt.nofit.system import System
from gpsopt.settings import AIMS

Values = Mapping[tuple[Any, ...], float]
_ROOM = 0.1  # 万元 beyond a deficit, for what the grid takes
_NOISE = 0.2  # of a fen: what the solver's tolerance may add


def fen_up(amount: float) -> int:
    """万元 of the model as fen, rounded up but for the solver's noise."""
    return max(1, math.ceil(amount * FEN_PER_WAN - _NOISE))


def budget(system: System, only: Collection[tuple[Any, ...]] | None = None) -> Loosening:
    """More money for a purchaser in a year (`only`: of these). A deficit is met before the purchase line grows."""
    slacks: list[Slack] = []
    links: list[Link] = []
    met_first = system.of("existing_budget.deficit_is_met_first")
    deficits = {e.key: e.row for e in met_first if math.isfinite(system.limit(e.row))}  # others ask nothing here
    for e in system.of("existing_budget.purchases_within_line"):
        if only is not None and e.key not in only:
            continue
        line = len(slacks)
        slacks.append(Slack(("line", *e.key), ((e.row, system.gives(e.row)),), 1.0))
        if e.key in deficits:
            row = deficits[e.key]
            gap = abs(system.limit(row))
            most = _most_spent(system, *e.key)
            slacks.append(Slack(("deficit", *e.key), ((row, system.gives(row)),), 1.0, most=gap + _ROOM))
            slacks.append(Slack(("met", *e.key), (), 0.0, most=1.0, whole=True))
            links.append(Link(((line, 1.0), (line + 2, -most)), upper=0.0))
            links.append(Link(((line + 1, 1.0), (line + 2, -gap)), lower=0.0))

    def steps(values: Values, wider: int) -> list[Step]:
        total: dict[tuple[str, int], float] = defaultdict(float)
        for (part, p, t), value in values.items():
            if part != "met":
                total[p, t] += value
        return [_more_budget(system, p, t, fen_up(value) + wider) for (p, t), value in sorted(total.items())]

    return Loosening("budget", tuple(slacks), steps, tuple(links))


def _more_budget(system: System, purchaser: str, year: int, amount: int) -> Step:
    before = system.world.facts.budget.get((purchaser, year), 0)
    where: dict[str, Any] = {"purchaser": purchaser, "year": year}
    return Step(
        change("budgets", "amount", where, add=yuan(amount)), "nofit.step_budget",
        {"purchaser": Named("purchasers", purchaser), "year": year, "amount": Fen(amount), "before": Fen(before),
         "after": Fen(before + amount)},
        yuan(amount), "yuan",
    )  # fmt: skip


def _most_spent(system: System, purchaser: str, year: int) -> float:
    """万元 that the purchaser's awards and new units could cost in a year at the most."""
    world, facts = system.wide, system.wide.facts
    at = facts.years.index(year)
    total = 1.0
    for i, (n, c) in enumerate(zip(world.pairs.need, world.pairs.year, strict=True)):
        if c == at and facts.needs.purchaser[n] == purchaser:
            o = world.pairs.offer[i]
            total += float(world.price_wan[i]) * int(world.most[i]) * float(facts.needs.step[n])
            total += (int(world.pairs.offers.setup[o])) / FEN_PER_WAN
    engaged = sum(int(row["engagement_cost"] * 100) for row in facts.undertakers.values()) / FEN_PER_WAN
    return total + engaged


def contract_limit(system: System) -> Loosening:
    """A larger contract limit of an undertaker, the same in every year."""
    rows: dict[str, list[int]] = defaultdict(list)
    for e in system.of("own_capacity.contracts_within_limit"):
        rows[e.key[0]].append(e.row)
    more: dict[str, list[tuple[int, float]]] = defaultdict(list)
    place = {key: i for i, key in enumerate(system.wide.pair_keys)}
    for e in system.of("own_capacity.most_by_capacity"):
        price = float(system.wide.price_wan[place[e.key]])
        if price > 0:
            more[system.wide.undertaker_of_pair[place[e.key]]].append((e.row, system.gives(e.row) / price))
    slacks = [
        Slack(("contract_limit", u), (*((row, system.gives(row)) for row in at), *more[u]), 1.0)
        for u, at in sorted(rows.items())
    ]

    def steps(values: Values, wider: int) -> list[Step]:
        found = []
        for (kind, u, *_rest), value in sorted(values.items()):
            if kind == "grid":
                continue
            amount = fen_up(value) + wider
            before = int(system.world.facts.undertakers[u]["contract_limit"] * 100)
            found.append(Step(
                change("undertakers", "contract_limit", {"undertaker": u}, add=yuan(amount)),
                "nofit.step_contract_limit",
                {"undertaker": Named("undertakers", u), "amount": Fen(amount), "after": Fen(before + amount)},
                yuan(amount), "yuan",
            ))  # fmt: skip
        return found

    return Loosening("contract_limit", (*slacks, *one_step(system)), steps)


def aim_limit(system: System) -> Loosening:
    """A limit of an aim that lies further out."""
    said = system.world.facts.settings.aims.limit
    slacks = [
        Slack(("aim_limit", e.rule), ((e.row, system.gives(e.row)),), 1.0 if e.rule in MONEY_AIMS else 100.0)
        for e in system.of("aim_limit")
    ]

    def steps(values: Values, wider: int) -> list[Step]:
        found = []
        for (_kind, name), value in sorted(values.items()):
            before = Decimal(said[name])
            unit = Decimal("0.01") if name in MONEY_AIMS else Decimal("0.0001")
            size = 10_000.0 if name in MONEY_AIMS else 1.0
            more = unit * (math.ceil(value * size / float(unit) - 1e-2) + wider)
            after = before + more if AIMS[name] == "min" else before - more
            found.append(Step(
                Edits(limits={name: after}), "nofit.step_aim_limit",
                {"aim": Word(name, "aims"), "before": before, "after": after}, more,
                "yuan" if name in MONEY_AIMS else "share",
            ))  # fmt: skip
        return found

    return Loosening("aim_limit", tuple(slacks), steps)


def cost_standard(system: System) -> Loosening:
    """A higher cost standard of an item, so that offers above today's may be taken."""
    world = system.wide
    place = {key: i for i, key in enumerate(world.pair_keys)}
    slacks: list[Slack] = []
    links: list[Link] = []
    at: dict[str, int] = {}
    for e in system.of("fee_standard.above_cost_standard", "equal_competition.full_cost_above_standard"):
        i = place[e.key]
        o, n = int(world.pairs.offer[i]), int(world.pairs.need[i])
        item = world.facts.needs.item[n]
        standard = world.facts.items[item]["cost_standard"]
        most = float(world.most[i] * world.facts.needs.step[n])
        limit = int(world.pairs.offers.max_quantity[o])
        room = float(limit * world.facts.needs.step[n]) if limit > 0 else most
        price = float(world.price_wan[i]) * 1e4 + int(world.pairs.offers.setup[o]) / 100 / max(room, 1e-9)
        price += int(world.pairs.offers.subsidy[o]) / 1e6 if e.clause == "equal_competition" else 0.0
        if item not in at:
            at[item] = len(slacks)
            slacks.append(Slack(("standard", item), (), 1.0 / max(1.0, float(standard))))
        slacks.append(Slack(("above", *e.key), ((e.row, system.gives(e.row) * most),), 0.0, most=1.0, whole=True))
        links.append(Link(((at[item], 1.0), (len(slacks) - 1, float(standard) - price)), lower=0.0))

    def steps(values: Values, wider: int) -> list[Step]:
        found = []
        for key, value in sorted(values.items()):
            if key[0] == "standard":
                before = system.world.facts.items[key[1]]["cost_standard"]
                after = before + Decimal(math.ceil(value * 100 - 1e-4) + wider) / 100
                found.append(Step(
                    change("items", "cost_standard", {"item": key[1]}, set=after), "nofit.step_cost_standard",
                    {"item": Named("items", key[1]), "before": before, "after": after}, after - before, "yuan/unit",
                ))  # fmt: skip
        return found

    return Loosening("cost_standard", tuple(slacks), steps, tuple(links))
