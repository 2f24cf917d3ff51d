"""One block of futures lived through, year by year, every amount in whole fen.

A year of one future, in this order (3(5), 3(6), 2(2)3):

1. Demand and the target are what they turn out to be; an undertaker that failed, now or before, and one whose
   credit has fallen below `min_credit` (of the rules, or of the clause qualification) is not engaged: it delivers
   nothing, and nobody pays its engagement cost.
2. Stranded cost is paid first, then engagement, then direct delivery (its cost moved by `direct_cost`); where the
   budget does not reach, each is cut to what is left, in proportion over a purchaser's needs.
3. Awards deliver their share of what was agreed; what is delivered beyond the year's demand is not accepted
   (in proportion over the need's awards). Payment = price x accepted + setup, less the deduction of the schedule
   for performance below the promised score.
4. Payments are made livelihood first, then need and offer in key order, from what the purchase line and the
   transferred money hold; money that is transferred late does not reach the year. What cannot be paid is not bought:
   the first award that the money does not reach is bought in part, those after it not at all.
5. What is left is unspent: amount + received = direct + stranded + purchased + unspent + given, to the fen.
6. Performance (delivered share x score over promise, weighted by award) moves credit by the stated schedule.

With nothing uncertain a year is the plan's, to the fen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from gpsopt.model.facts import Bools, Floats, Ints
from gpsopt.settings import Simulation
from gpsopt.simulation.amounts import cut, part_of, product, sums_by
from gpsopt.simulation.draws import Sight
from gpsopt.simulation.held import Awards, Held

_OF_AWARDS: Final = ("price", "delivered", "quality", "satisfaction")
_PARTS: Final = 1_000_000  # shares of a schedule are exact to a millionth


@dataclass(frozen=True)
class Factors:
    """What a block of futures does to a plan; None = as planned. (draws, things, years)"""

    demand: Floats | None
    direct_cost: Floats | None
    late: Floats | None  # (draws, purchasers, years)
    failure: Bools | None  # (draws, undertakers, years): failed in or before the year


@dataclass(frozen=True)
class Year:
    """One year of a block: money in fen, quantities in grid steps; the first axis is the future."""

    demand: Ints  # (draws, needs)
    target: Ints
    served: Ints
    served_direct: Ints
    bought: Ints
    direct: Ints  # fen a need
    stranded: Ints
    new_cost: Ints
    accepted: Ints  # (draws, awards)
    payment: Ints  # fen, (draws, awards)
    score: Floats  # (draws, awards)
    amount: Ints  # (purchasers,)
    received: Ints
    given: Ints
    engagement: Ints  # (draws, purchasers): of who is engaged
    purchased: Ints  # (draws, purchasers): awards, engagement, new direct units
    unspent: Ints
    unpaid: Ints  # (draws, purchasers): what was delivered and wanted but no money was there for
    engaged: Bools  # (draws, undertakers): not failed, credit high enough
    credit: Floats  # (draws, undertakers) after the year


def factors_of(held: Held, block: Sight) -> Factors:
    """The factors that do not hang on awards, for all years at once."""
    needs = len(held.buyer)
    failure = block.factor("failure", {"undertaker": held.undertakers}, len(held.undertakers))
    return Factors(
        block.factor("demand", held.things, needs), block.factor("direct_cost", held.things, needs),
        block.factor("late_transfer", {"purchaser": held.purchasers}, len(held.purchasers)),
        None if failure is None else np.maximum.accumulate(failure, axis=2) > 0,
    )  # fmt: skip


def award_factors(held: Held, block: Sight) -> tuple[Mapping[str, Floats | None], ...]:
    """Price, delivered, quality and satisfaction of the awards, one mapping a year; an offer keeps its stream."""
    found: dict[str, list[Any]] = {}
    sizes = [len(a.pair) for a in held.awards]
    things = {k: [key for a in held.awards for key in a.things[k]] for k in held.awards[0].things}
    for name in _OF_AWARDS:
        whole = block.factor(name, things, sum(sizes))
        at = np.cumsum([0, *sizes])
        found[name] = [None if whole is None else whole[:, at[c] : at[c + 1], c] for c in range(len(sizes))]
    return tuple({name: parts[c] for name, parts in found.items()} for c in range(len(sizes)))


@dataclass(frozen=True)
class Drawn:
    """Everything that some futures do to a plan that is held."""

    draws: int
    common: Factors
    own: tuple[Mapping[str, Floats | None], ...]  # of awards, one a year


def drawn(held: Held, block: Sight) -> Drawn:
    """What the futures of a block do to a plan."""
    return Drawn(block.draws, factors_of(held, block), award_factors(held, block))


def live(held: Held, futures: Drawn, rules: Simulation) -> list[Year]:
    """All years of some futures."""
    credit = np.broadcast_to(held.credit, (futures.draws, len(held.credit))).copy()
    years = []
    for c in range(len(held.years)):
        year = _year(held, c, futures.common, futures.own[c], credit, rules, futures.draws)
        credit = year.credit
        years.append(year)
    return years


def live_year(held: Held, column: int, sight: Sight, credit: Floats, rules: Simulation) -> Year:
    """One year of futures whose plan may be another next year; `credit` (draws, undertakers) at its beginning."""
    awards = held.awards[column]
    own: dict[str, Floats | None] = {}
    for name in _OF_AWARDS:
        whole = sight.factor(name, awards.things, len(awards.pair))
        own[name] = None if whole is None else whole[:, :, column]
    return _year(held, column, factors_of(held, sight), own, credit, rules, sight.draws)


def _at(factor: Any, column: int) -> Any:
    return None if factor is None else factor[:, :, column]


def _whole(values: Ints, factor: Floats | None, draws: int) -> Ints:
    """Values times their factor, rounded half up; (draws, things)."""
    if factor is None:
        return np.broadcast_to(values, (draws, len(values)))
    return np.floor(values * factor + 0.5).astype(np.int64)


def _year(
    held: Held, c: int, common: Factors, own: Mapping[str, Floats | None], credit: Floats, rules: Simulation, draws: int
) -> Year:
    needs, awards, money = held.world.facts.needs, held.awards[c], held.money
    demand = _whole(needs.demand[:, c], _at(common.demand, c), draws)
    target = _target(needs.target[:, c], needs.demand[:, c], demand)
    engaged = ~(credit < held.least_credit(rules))
    if common.failure is not None:
        engaged = engaged & ~common.failure[:, :, c]
    fixed = _fixed(held, c, _at(common.direct_cost, c), engaged, draws)
    served_direct = _served_directly(held, c, awards, demand, fixed)
    delivered = _delivered(awards, own["delivered"], engaged)
    room = np.maximum(0, demand - served_direct)
    accepted = _accepted(awards, delivered, room)
    score, ratio = _scores(held, awards, own)
    payment = _payments(awards, accepted, own["price"], ratio, rules)
    ready = _ready(held, c, fixed, _at(common.late, c))
    accepted, payment, unpaid = _paid(awards, accepted, payment, ready, held, draws)
    bought = sums_by(accepted, awards.need, len(held.buyer))
    spent = sums_by(payment, awards.purchaser, len(held.purchasers))
    purchased = spent + fixed.engagement + sums_by(fixed.new, held.buyer, len(held.purchasers))
    return Year(
        demand, target, served_direct + bought, served_direct, bought, fixed.direct, fixed.stranded, fixed.new,
        accepted, payment, score, held.budget[:, c], money.received[:, c], money.given[:, c], fixed.engagement,
        purchased, fixed.left - spent, unpaid, engaged,
        _credit_after(awards, credit, delivered, ratio, engaged, rules),
    )  # fmt: skip


def _target(target: Ints, planned: Ints, demand: Ints) -> Ints:
    """The same share of what the demand turned out to be, taken down to the grid."""
    return np.where(planned > 0, part_of(target, demand, np.maximum(planned, 1)), 0)


@dataclass(frozen=True)
class _Fixed:
    """What is paid before any award, fen: (draws, needs), then (draws, purchasers)."""

    stranded: Ints
    direct: Ints
    new: Ints
    engagement: Ints
    reach: tuple[Ints, Ints]  # what was there for direct delivery, and what it asked for: it is cut where more
    left: Ints  # for awards


def _fixed(held: Held, c: int, factor: Floats | None, engaged: Bools, draws: int) -> _Fixed:
    """Stranded cost first, then engagement, then direct delivery: each as far as the money reaches."""
    money, buyer, count = held.money, held.buyer, len(held.purchasers)
    total = held.budget[:, c] + money.received[:, c] - money.given[:, c]
    stranded = _whole(money.stranded[:, c], factor, draws)
    stranded = _within(stranded, total[None, :], sums_by(stranded, buyer, count), buyer)
    left = total - sums_by(stranded, buyer, count)
    who, undertaker, cost = held.awards[c].engagements
    engagement = np.minimum(left, sums_by(engaged[:, undertaker] * cost, who, count))
    left = left - engagement
    direct, new = (_whole(part[:, c], factor, draws) for part in (money.direct, money.new_cost))
    asked = sums_by(direct + new, buyer, count)
    direct, new = (_within(part, left, asked, buyer) for part in (direct, new))
    return _Fixed(
        stranded, direct, new, engagement, (left, asked), left - sums_by(direct + new, buyer, count)
    )  # fmt: skip


def _within(amounts: Ints, there: Ints, asked: Ints, buyer: Ints) -> Ints:
    """Amounts a need, all of a purchaser's cut in proportion where they ask for more than is there."""
    if not (short := asked > there).any():
        return amounts
    there, asked = np.broadcast_to(there, asked.shape)[:, buyer], asked[:, buyer]
    return cut(np.broadcast_to(amounts, asked.shape), short[:, buyer], there, asked)


def _served_directly(held: Held, c: int, awards: Awards, demand: Ints, fixed: _Fixed) -> Ints:
    """Units that government serves: idle ones step in where more is asked for than planned."""
    ready = held.quantities.direct[:, c] + held.quantities.new[:, c]
    agreed = sums_by(awards.steps[None, :], awards.need, len(ready))
    wanted = np.maximum(ready - held.quantities.idle[:, c], demand - agreed)
    return np.asarray(np.minimum(_within(np.minimum(ready, wanted), *fixed.reach, held.buyer), demand))


def _delivered(awards: Awards, factor: Floats | None, engaged: Bools) -> Ints:
    """What arrives: never more than agreed, nothing from who failed or lost the credit."""
    there = engaged[:, awards.undertaker]
    if factor is None:
        return np.asarray(awards.steps * there)
    return np.asarray(np.floor(awards.steps * np.minimum(1.0, factor) + 0.5).astype(np.int64) * there)


def _accepted(awards: Awards, delivered: Ints, room: Ints) -> Ints:
    """What the need can use of it, in proportion over its awards."""
    arriving = sums_by(delivered, awards.need, room.shape[1])[:, awards.need]
    room = room[:, awards.need]
    return cut(delivered, arriving > room, room, arriving)


def _scores(held: Held, awards: Awards, own: Mapping[str, Floats | None]) -> tuple[Floats, Floats]:
    """The score that came, and its ratio to the promised one (1 where none was promised)."""
    weights = held.world.facts.settings.performance
    quality = awards.quality if own["quality"] is None else np.clip(awards.quality * own["quality"], 0, 1)
    happy = awards.satisfaction
    if own["satisfaction"] is not None:
        happy = np.clip(happy * own["satisfaction"], 0, 1)
    promised = float(weights.quality) * awards.quality + float(weights.satisfaction) * awards.satisfaction
    score = np.atleast_2d(float(weights.quality) * quality + float(weights.satisfaction) * happy)
    ratio = np.where(promised > 0, score / np.where(promised > 0, promised, 1.0), 1.0)
    return score, ratio


def _schedule(steps: Any, performance: Floats) -> Floats:
    """What follows from a performance by a schedule of (at least, what), best first."""
    marks = np.array([float(mark) for mark, _what in steps])[::-1]
    what = np.array([float(what) for _mark, what in steps])[::-1]
    return what[np.clip(np.searchsorted(marks, performance + 1e-12, side="right") - 1, 0, len(marks) - 1)]


def _payments(
    awards: Awards, accepted: Ints, price: Floats | None, ratio: Floats, rules: Simulation
) -> Ints:  # fmt: skip
    """Fen for what was accepted at the price that came (to the millionth of a yuan), less the deduction."""
    came = awards.price if price is None else np.floor(awards.price * price + 0.5).astype(np.int64)
    units, per = awards.units
    gross = np.where(accepted > 0, product(accepted * units, came, 10_000 * per) + awards.setup, 0)
    share = np.floor(_PARTS * _schedule(rules.deductions, ratio) + 0.5).astype(np.int64)
    return np.asarray(gross - product(gross, share, np.full_like(share, _PARTS)))


def _ready(held: Held, c: int, fixed: _Fixed, late: Floats | None) -> Ints:
    """What each purchaser can pay awards with: money that moves late does not reach the year."""
    if late is None:
        return fixed.left
    moved = sums_by((held.money.own + held.money.shared)[None, :, c], held.buyer, len(held.purchasers))
    return np.asarray(np.maximum(0, fixed.left - np.ceil(late * moved - 1e-6).astype(np.int64)))


def _paid(
    awards: Awards, accepted: Ints, payment: Ints, money: Ints, held: Held, draws: int
) -> tuple[Ints, Ints, Ints]:
    """Payments in order until the purchaser's money ends; what cannot be paid is not bought."""
    payment = np.broadcast_to(payment, (draws, len(awards.pair)))
    accepted = np.broadcast_to(accepted, payment.shape)
    if not len(awards.pair):
        return accepted, payment, np.zeros((draws, len(held.purchasers)), dtype=np.int64)
    sums = np.cumsum(payment, axis=1)
    starts = np.searchsorted(awards.purchaser, awards.purchaser, side="left")
    before = sums - payment - np.where(starts > 0, sums[:, starts - 1], 0)
    room = np.clip(money[:, awards.purchaser] - before, 0, payment)
    short = room < payment
    bought = cut(accepted, short, room, payment)
    paid = cut(payment, short, bought, accepted)
    return bought, paid, sums_by(payment - paid, awards.purchaser, len(held.purchasers))


def _credit_after(
    awards: Awards, credit: Floats, delivered: Ints, ratio: Floats, engaged: Bools, rules: Simulation
) -> Floats:
    """Credit after the year: the schedule's points for performance weighted by award; 0 for who failed at work."""
    if not len(awards.pair):
        return credit
    weight = np.maximum(1, awards.amount).astype(float)
    performance = (delivered / np.maximum(1, awards.steps)) * np.minimum(ratio, 1.0) * weight
    count = credit.shape[1]
    mean = sums_by(performance, awards.undertaker, count) / np.maximum(
        1.0, sums_by(weight[None, :], awards.undertaker, count)
    )
    worked = np.bincount(awards.undertaker, minlength=count) > 0
    change = np.where(worked & engaged, _schedule(rules.credit, mean), 0.0)
    return np.where(np.isnan(credit), credit, np.clip(credit + change, 0.0, 100.0))
