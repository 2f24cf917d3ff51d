"""An offer in a finished plan: why it has its awards, or why not; its rivals; what the plan loses without it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pandas as pd

from gpsopt.analysis.explain.around import Around
from gpsopt.analysis.explain.asked import check_known
from gpsopt.analysis.explain.contest import MOST_PROVEN, Best, Contest, Mode, Worse, aims_frame, pairs_in_question
from gpsopt.analysis.explain.pricerange import price_range
from gpsopt.analysis.explain.prices import touching_prices
from gpsopt.analysis.explain.winning import Win, at_price, fen_price, price_to_win, standard_before_growth, standard_fen
from gpsopt.errors import UsageError
from gpsopt.model.facts import Ints
from gpsopt.plan.plan import Result
from gpsopt.runread import Run, as_run
from gpsopt.scenario import Scenario
from gpsopt.whatif import Prepared, prepared

_RULES: Final = 5  # dearest prices that are solved again
RIVALS = ("need", "year", "offer", "undertaker", "price", "setup", "quantity")


@dataclass(frozen=True)
class OfferAnswer:
    """`awards`, `excluded`: the plan's rows of the offer; `rivals`: every candidate for the same needs and years, by
    price (with what the plan buys of it). `aims`: the aims as they are and the other way round: without the offer
    where it has an award (what replacing it costs), with it where it has none (what it would cost to take it).
    `beaten`: the first aim that worsens; `win`: its price to win. `rules`: the dearest prices of rules that touch it,
    with the awards held and solved again at a small step; `binding`: how many such rows have a price. In a model
    too large for proof (`is_proven` false) the aims are intervals: `difference` is that of a plan that was found,
    `bound` the least that is proven; small models have no room between them.
    """

    offer: str
    need: str | None
    awards: pd.DataFrame
    excluded: pd.DataFrame
    rivals: pd.DataFrame
    rules: pd.DataFrame
    aims: pd.DataFrame
    beaten: Worse | None
    win: Win | None
    is_proven: bool
    scenario: Scenario
    binding: int = 0
    at: Decimal | None = None  # its own price is above the cost standard: the price that was asked about instead

    @property
    def is_barred(self) -> bool:
        """Do rules leave it out wherever it could be used, whatever its price?"""
        return not self.is_in and self.win is None and len(self.excluded) > 0 and self.rivals.empty

    @property
    def is_in(self) -> bool:
        """Has the offer an award?"""
        return len(self.awards) > 0


def explain_offer(source: Run | Result | str | Path, offer: str, need: str | None = None) -> OfferAnswer:
    """Why this offer (for this need) or why not. Raises UsageError where the run has no such offer or need."""
    run = as_run(source)
    check_known(run, offer=offer, need=need)
    awards, excluded = (_about(run.frames[name], offer, need) for name in ("allocation", "excluded"))
    asked = _Asked(run, offer, need, awards, excluded)
    of = prepared(run.scenario)
    if int(of.world.binary.sum()) <= MOST_PROVEN:
        return _proven(asked, of, str(source))
    return _around(asked, of)


@dataclass(frozen=True)
class _Asked:
    """A question and what the run's own tables say to it."""

    run: Run
    offer: str
    need: str | None
    awards: pd.DataFrame
    excluded: pd.DataFrame

    @property
    def by_price(self) -> bool:
        """Does nothing but its price keep it out?"""
        return set(self.excluded["clause"]) <= {"fee_standard"}

    def lower(self, of: Prepared) -> Decimal | None:
        """Where the cost standard alone keeps the offer out everywhere: the price that it allows in every year."""
        scenario = self.run.scenario
        standard = standard_fen(scenario, self.offer)
        if len(self.awards) or standard is None or not self.by_price or len(self.pairs(of)):
            return None
        price = standard_before_growth(scenario, self.offer, standard)
        return Decimal(price).scaleb(-2) if price < fen_price(scenario, self.offer) else None

    def pairs(self, of: Prepared) -> Ints:
        return pairs_in_question(of, self.offer, self.need)

    def answer(
        self, of: Prepared, aims: pd.DataFrame, beaten: Worse | None, win: Win | None, is_proven: bool,
        at: Decimal | None = None,
    ) -> OfferAnswer:  # fmt: skip
        rivals = _rivals(of, self.run, self.offer, self.need)
        rules, binding = touching_prices(of, self.run, _names_of(self.run, self.offer, rivals), _RULES)
        return OfferAnswer(
            self.offer, self.need, self.awards, self.excluded, rivals, rules, aims, beaten, win, is_proven,
            self.run.scenario, binding, at,
        )  # fmt: skip


def _proven(asked: _Asked, of: Prepared, source: str) -> OfferAnswer:
    """By plans solved to the end."""
    contest = Contest(asked.run.scenario, asked.offer, asked.need, of)
    best = contest.best()
    if best is None:
        raise UsageError("explain_no_plan", run=source)
    mode: Mode = "without" if len(asked.awards) else "with"
    rest: Best | None = best
    other, at = contest.answer(mode), asked.lower(of)
    if at is not None:
        cheaper = at_price(asked.run.scenario, asked.offer, at)
        other, rest = contest.answer(mode, cheaper), contest.best(cheaper)
    barred = len(asked.excluded) > 0 and mode == "with" and other is None
    win = price_to_win(asked.run.scenario, asked.offer, asked.need, contest) if not barred or asked.by_price else None
    beaten = contest.beaten(rest, mode) if other is not None else Worse("", float("inf"))
    return asked.answer(of, aims_frame(best.stages, other), beaten, win, True, at)


def _around(asked: _Asked, of: Prepared) -> OfferAnswer:
    """By plans found around the plan at hand, and bounds of the relaxed model."""
    around = Around(asked.run, asked.offer, asked.need, of)
    mode: Mode = "without" if len(asked.awards) else "with"
    other = around.best(mode)
    rest = other if mode == "without" else around.best("without")
    with_it = around.plan if mode == "without" else other
    may_win = len(around.places) > 0 or asked.by_price
    win = price_range(around, rest, with_it) if may_win and rest is not None and with_it is not None else None
    return asked.answer(of, around.aims_frame(mode, other), around.first_worse(other), win, False, asked.lower(of))


def _about(frame: pd.DataFrame, offer: str, need: str | None) -> pd.DataFrame:
    mine = frame["offer"] == offer
    return frame[mine & (frame["need"] == need) if need is not None else mine].reset_index(drop=True)


def _rivals(of: Prepared, run: Run, offer: str, need: str | None) -> pd.DataFrame:
    """Candidates for the needs and years that the offer could serve, cheapest first."""
    world = of.world
    bought = {(o, n, t): q for o, n, t, q in run.frames["allocation"][["offer", "need", "year", "quantity"]].itertuples(
        index=False)}  # fmt: skip
    asked = {(n, t) for o, n, t in world.pair_keys if o == offer and need in (None, n)}
    prices = {(r["offer"]): r for _line, r in _offers(run.scenario)}
    rows = [
        (n, t, o, prices[o]["undertaker"], world.pairs.offers.price[world.pairs.offer[i], world.pairs.year[i]] / 1e6,
         float(prices[o]["setup"]), float(bought.get((o, n, t), 0)))
        for i, (o, n, t) in enumerate(world.pair_keys) if (n, t) in asked
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(RIVALS))
    return frame.sort_values(["year", "need", "price", "offer"]).reset_index(drop=True)


def _offers(scenario: Scenario) -> Any:
    from gpsopt.tables import Tables

    return Tables({"offers": scenario.tables.filled("offers")}, {}).rows("offers")


def _names_of(run: Run, offer: str, rivals: pd.DataFrame) -> set[str]:
    """What the index of a rule that touches the offer names: it, its undertaker, its needs and their purchasers."""
    needs = run.scenario.tables["needs"]
    asked = set(rivals["need"])
    buyers = {p for n, p in zip(needs["need"], needs["purchaser"], strict=True) if n in asked}
    return {offer, *rivals.loc[rivals["offer"] == offer, "undertaker"], *buyers, *asked}
