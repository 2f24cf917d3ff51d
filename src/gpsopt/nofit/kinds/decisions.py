"""Repairs of what is settled: locks that are set free, signed contracts that are given up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from gpsopt.nofit.edits import Edits
from gpsopt.nofit.loosen import Link, Loosening, Slack, Step
from gpsopt.nofit.names import Need, Offer
from gpsopt.nofit.system import System

Values = Mapping[tuple[Any, ...], float]


def lock(system: System) -> Loosening:
    """A decision held by hand is set free."""
    slacks: list[Slack] = []
    links: list[Link] = []
    for e in system.of("hand_decisions"):
        direct = e.rule == "direct_is_held"
        need, year = (e.key[0], e.key[1]) if direct else (e.key[1], e.key[2])
        what = ("lock", need, year, "" if direct else e.key[0])
        most = _most(system, e.key, direct)
        at = len(slacks)
        if e.rule in ("quantity_is_held", "direct_is_held"):
            slacks.append(Slack(what, (), 1.0, most=1.0, whole=True))
            for sign, way in ((1.0, "up"), (-1.0, "down")):
                slacks.append(Slack((way, *what), ((e.row, sign),), 0.0, most=most))
                links.append(Link(((len(slacks) - 1, 1.0), (at, -most)), upper=0.0))
        else:
            effect = system.gives(e.row) * max(most, 1.0, system.limit(e.row))
            slacks.append(Slack(what, ((e.row, effect),), 1.0, most=1.0, whole=True))
    return Loosening("lock", tuple(slacks), _steps, tuple(links))


def _most(system: System, key: tuple[Any, ...], direct: bool) -> float:
    facts = system.wide.facts
    need, year = (key[0], key[1]) if direct else (key[1], key[2])
    n, c = facts.needs.key.index(need), facts.years.index(year)
    steps = max(int(facts.lines.quantity[n]), int(facts.needs.demand[n, c]), 1)
    return float(steps * facts.needs.step[n])


def _steps(values: Values, _wider: int) -> list[Step]:
    found = []
    for key, value in sorted(values.items()):
        if key[0] == "lock" and value > 0.5:
            _lock, need, year, offer = key
            decision: dict[str, Any] = {"need": need, "year": year, **({"offer": offer} if offer else {})}
            message = "nofit.step_lock" if offer else "nofit.step_lock_direct"
            words: dict[str, object] = {"need": Need(need), "year": year, **({"offer": offer} if offer else {})}
            found.append(Step(Edits(freed=(decision,)), message, words, Decimal(1), "locks"))
    return found


def contract(system: System) -> Loosening:
    """The signed contracts of an offer with a need are given up."""
    rows: dict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
    for e in system.of("commitments"):
        rows[e.key[0], e.key[1]].append((e.row, system.gives(e.row) * system.limit(e.row)))
    slacks = tuple(
        Slack(("contract", *key), tuple(terms), 1.0, most=1.0, whole=True) for key, terms in sorted(rows.items())
    )

    def steps(values: Values, _wider: int) -> list[Step]:
        return [
            Step(
                Edits(dropped=(("contracts", {"need": need, "offer": offer}),)), "nofit.step_contract",
                {"need": Need(need), "offer": Offer(offer)}, Decimal(1), "contracts",
            )
            for (_kind, offer, need), value in sorted(values.items()) if value > 0.5
        ]  # fmt: skip

    return Loosening("contract", slacks, steps)
