"""The indicators of the 2017 goals for many futures of a year at once.

Same formulas and sources as the goals of a plan (`gpsopt.plan.goals`), as floats over (draws,): with nothing
uncertain they are the plan's own values, which a test holds. nan where a plan's goal has no value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from gpsopt.model.facts import Bools, Floats, Ints
from gpsopt.plan.goals import INDICATORS
from gpsopt.simulation.amounts import sums_by
from gpsopt.simulation.held import Held
from gpsopt.simulation.living import Year

BETTER: Final = {i.goal: i.better for i in INDICATORS}
UNIT: Final = {i.goal: i.unit for i in INDICATORS}
#: sums beside the goals, in the aims' own units
SUMS: Final = ("livelihood_shortfall", "shortfall", "outlay", "unspent", "unpaid")
GOALS: Final = tuple(i.goal for i in INDICATORS if i.goal != "stranded_end")


@dataclass(frozen=True)
class Masks:
    """What the indicators of one year need of the plan, worked out once."""

    held: Held
    column: int

    @cached_property
    def areas(self) -> tuple[tuple[str, ...], Ints]:
        names = tuple(sorted(set(self.held.things["area"])))
        at = {a: i for i, a in enumerate(names)}
        return names, np.array([at[a] for a in self.held.things["area"]], dtype=np.int64)

    @cached_property
    def basic(self) -> Bools:
        items = self.held.world.facts.items
        return np.array([bool(items[i]["basic"]) for i in self.held.things["item"]])

    @cached_property
    def scored_awards(self) -> Bools:
        return np.array([i in self._marked for i in self.held.awards[self.column].things["item"]], dtype=bool)

    @cached_property
    def scored_lines(self) -> tuple[Ints, Floats]:
        """Lines that have a score, and the score."""
        facts, line = self.held.world.facts, self.held.world.marks.line
        at = [
            n for n in np.flatnonzero(facts.lines.quantity)
            if facts.lines.score[n] is not None or facts.needs.item[n] in self._marked
        ]  # fmt: skip
        return np.array(at, dtype=np.int64), np.array([float(line[n]) for n in at])

    @cached_property
    def contested(self) -> Bools:
        facts, awards = self.held.world.facts, self.held.awards[self.column]
        enough = facts.settings.clauses.competition.min_candidates
        procured = np.array([facts.items[i]["procedure"] == "procurement" for i in awards.things["item"]], dtype=bool)
        candidates = self.held.world.pairs.candidates[awards.need, self.column]
        return np.asarray(~procured | (candidates >= enough))

    @cached_property
    def social(self) -> Bools:
        kind = self.held.world.facts.undertakers
        return np.array(
            [kind[u]["kind"] == "social_organisation" for u in self.held.awards[self.column].things["undertaker"]],
            dtype=bool,
        )

    @cached_property
    def markets(self) -> tuple[Ints, Ints, int, int]:
        """Market-and-undertaker of each award, market of each of those, and both counts."""
        things = self.held.awards[self.column].things
        shares = list(zip(things["item"], things["area"], things["undertaker"], strict=True))
        share_at = {key: i for i, key in enumerate(sorted(set(shares)))}
        market_at = {key: i for i, key in enumerate(sorted({s[:2] for s in shares}))}
        owner = np.array([share_at[s] for s in shares], dtype=np.int64)
        return owner, np.array([market_at[s[:2]] for s in share_at], dtype=np.int64), len(share_at), len(market_at)

    @cached_property
    def posts(self) -> Floats:
        lines = self.held.world.facts.scenario.tables.rows("direct_lines")
        rows = {row["need"]: float(row["posts"] or 0) for _line, row in lines}
        return np.array([rows.get(key, 0.0) for key in self.held.things["need"]])

    @cached_property
    def _marked(self) -> set[str]:
        offers = self.held.world.pairs.offers
        marks = zip(offers.item, offers.quality, offers.satisfaction, strict=True)
        return {item for item, q, s in marks if q is not None and s is not None}


def indicators(masks: Masks, year: Year) -> Mapping[str, Floats]:
    """Goal or sum -> (draws,) values of the year; money in yuan."""
    held, c = masks.held, masks.column
    pay = year.payment.astype(float)
    paid = pay.sum(axis=1)
    spent = year.direct + year.stranded + year.new_cost + sums_by(year.payment, held.awards[c].need, len(held.buyer))
    short = np.maximum(0, year.target - year.served)
    lost = short * held.worth[:, c]
    urgent = held.livelihood
    covered = area_coverage(masks, year)
    lines = held.world.facts.lines
    cost = lines.expenditure[:, c].astype(float)
    kept = held.quantities.direct[:, c] / np.maximum(1, lines.quantity) * (lines.quantity > 0)
    paid_part = np.divide(year.direct + year.stranded, cost, out=np.zeros(year.direct.shape), where=cost > 0)
    return {
        "coverage": _coverage(held, year, c),
        "worst_area": _least(covered, np.nanmin), "area_gap": _least(covered, np.nanmax) - _least(covered, np.nanmin),
        "quality_score": _quality(masks, year),
        "purchased_share": _part(paid, spent.sum(axis=1)),
        "purchased_share_basic": _kind(masks, masks.basic, pay, spent),
        "purchased_share_non_basic": _kind(masks, ~masks.basic, pay, spent),
        "unit_cost": _unit_cost(held, year, c, paid),
        "contested_share": _part(pay @ masks.contested, paid), "concentration": _concentration(masks, pay, paid),
        "social_part": _part(pay @ masks.social, paid),
        "fees_followed": _fees(held, year, c),
        "stranded": year.stranded.sum(axis=1) / 100.0,
        "posts": np.full(len(paid), float((masks.posts * kept).sum())),
        "posts_paid": paid_part @ masks.posts,
        "livelihood_shortfall": lost[:, urgent].sum(axis=1), "shortfall": lost[:, ~urgent].sum(axis=1),
        "outlay": (year.direct + year.stranded).sum(axis=1) / 100.0 + year.purchased.sum(axis=1) / 100.0,
        "unspent": year.unspent.sum(axis=1) / 100.0, "unpaid": year.unpaid.sum(axis=1) / 100.0,
    }  # fmt: skip


def area_coverage(masks: Masks, year: Year) -> Floats:
    """(draws, areas) coverage of every area; nan where nothing is aimed at."""
    names, owner = masks.areas
    worth = masks.held.worth[:, masks.column]
    wanted = sums_by(year.target * worth, owner, len(names))
    lost = sums_by(np.maximum(0, year.target - year.served) * worth, owner, len(names))
    return np.asarray(1 - np.divide(lost, wanted, out=np.full(wanted.shape, np.nan), where=wanted > 0))


def _least(covered: Floats, of: Any) -> Floats:
    if not covered.size or np.isnan(covered).all():
        return np.full(len(covered), np.nan)
    return np.asarray(of(covered, axis=1))


def _part(part: Any, whole: Any) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=np.asarray(whole) > 0))


def _coverage(held: Held, year: Year, c: int) -> Floats:
    worth = held.worth[:, c] * held.livelihood
    return _part(np.asarray(np.minimum(year.served, year.demand) @ worth), np.asarray(year.demand @ worth))


def _quality(masks: Masks, year: Year) -> Floats:
    held, c = masks.held, masks.column
    worth = np.where(masks.scored_awards, held.value[held.awards[c].need], 0.0)
    lines, score = masks.scored_lines
    units = held.quantities.direct[lines, c] * held.value[lines]
    total = year.accepted @ worth + units.sum()
    return _part((year.score * year.accepted) @ worth + float(units @ score), total)


def _kind(masks: Masks, kind: Bools, pay: Floats, spent: Ints) -> Floats:
    return _part(pay @ kind[masks.held.awards[masks.column].need], spent[:, kind].sum(axis=1).astype(float))


def _unit_cost(held: Held, year: Year, c: int, paid: Floats) -> Floats:
    lines = held.world.facts.lines
    today = lines.quantity
    alone = np.where(today > 0, lines.expenditure[:, c] / np.maximum(1, today), held.value * 100)
    bought = year.bought
    cost = paid + year.engagement.sum(axis=1) + (year.stranded * (bought > 0)).sum(axis=1)
    return _part(np.asarray(cost), np.asarray(bought @ alone))


def _concentration(masks: Masks, pay: Floats, paid: Floats) -> Floats:
    owner, market, shares, markets = masks.markets
    if not shares:
        return np.full(len(paid), np.nan)
    by_share = sums_by(pay, owner, shares)
    total = sums_by(by_share, market, markets)
    squares = sums_by(by_share**2, market, markets)
    return _part(np.divide(squares, total, out=np.zeros(total.shape), where=total > 0).sum(axis=1), paid)


def _fees(held: Held, year: Year, c: int) -> Floats:
    """Own money of matters that are bought, over what could have followed them."""
    lines = held.world.facts.lines
    today = lines.quantity
    cost = lines.expenditure[:, c]
    outlay = year.new_cost + sums_by(year.payment, held.awards[c].need, len(held.buyer))
    fees = np.floor(cost / np.maximum(1, today) * year.bought + 1e-6)
    moved = (year.bought > 0) & (today > 0)
    due = np.minimum(np.minimum(outlay, cost - held.money.direct[:, c]), fees) * moved
    own = np.minimum(held.money.own[:, c], outlay) * moved
    return _part(own.sum(axis=1).astype(float), due.sum(axis=1).astype(float))
