"""An offer in a finished plan: why it has its awards, or why not; its rivals; what the plan loses without it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from gpsopt.analysis.explain.contest import Contest, Worse, aims_frame, first_worse
from gpsopt.analysis.explain.winning import Win, price_to_win
from gpsopt.errors import UsageError
from gpsopt.plan.plan import Result
from gpsopt.runread import Run, as_run
from gpsopt.scenario import Scenario

RIVALS = ("need", "year", "offer", "undertaker", "price", "setup", "quantity")


@dataclass(frozen=True)
class OfferAnswer:
    """`awards`, `excluded`: the plan's rows of the offer; `rivals`: every candidate for the same needs and years, by
    price (with what the plan buys of it). `aims`: the aims as they are and the other way round: without the offer
    where it has an award (what replacing it costs), with it where it has none (what it would cost to take it).
    `beaten`: the first aim that worsens; `win`: its price to win. `rules`: the prices of rules that touch it.
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

    @property
    def is_in(self) -> bool:
        """Has the offer an award?"""
        return len(self.awards) > 0


def explain_offer(source: Run | Result | str | Path, offer: str, need: str | None = None) -> OfferAnswer:
    """Why this offer (for this need) or why not. Raises UsageError where the run has no such offer or need."""
    run = as_run(source)
    _known(run, offer, need)
    awards, excluded = (_about(run.frames[name], offer, need) for name in ("allocation", "excluded"))
    contest = Contest(run.scenario, offer, need)
    free = contest.answer("free")
    if free is None:
        raise UsageError("explain_no_plan", run=str(source))
    other = contest.answer("without" if len(awards) else "with")
    barred = len(excluded) > 0 and not len(awards) and contest.answer("with") is None
    by_price = set(excluded["clause"]) <= {"fee_standard"}
    win = price_to_win(run.scenario, offer, need, contest) if not barred or by_price else None
    rivals = _rivals(contest, run, offer, need)
    return OfferAnswer(
        offer, need, awards, excluded, rivals, _rules(run, offer, rivals), aims_frame(free, other),
        first_worse(other, free), win, contest.is_proven,
    )  # fmt: skip


def _known(run: Run, offer: str, need: str | None) -> None:
    for table, key in (("offers", offer), ("needs", need)):
        known = set(run.scenario.tables[table][table[:-1]])
        if key is not None and key not in known:
            raise UsageError("explain_unknown", what=table[:-1], name=key)
    if "allocation" not in run.frames:
        raise UsageError("explain_no_plan", run=str(run.folder))


def _about(frame: pd.DataFrame, offer: str, need: str | None) -> pd.DataFrame:
    mine = frame["offer"] == offer
    return frame[mine & (frame["need"] == need) if need is not None else mine].reset_index(drop=True)


def _rivals(contest: Contest, run: Run, offer: str, need: str | None) -> pd.DataFrame:
    """Candidates for the needs and years that the offer could serve, cheapest first."""
    world = contest.base.world
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


def _rules(run: Run, offer: str, rivals: pd.DataFrame) -> pd.DataFrame:
    """Prices of rules whose index names the offer, its undertaker, or the purchasers of its needs."""
    frame = run.frames["prices"]
    needs = run.scenario.tables["needs"]
    buyers = {p for n, p in zip(needs["need"], needs["purchaser"], strict=True) if n in set(rivals["need"])}
    mine = {offer, *rivals.loc[rivals["offer"] == offer, "undertaker"], *buyers, *rivals["need"]}
    touches = pd.Series([bool(mine & set(str(i).split()[1:])) for i in frame["index"]], index=frame.index, dtype=bool)
    return frame[touches].reset_index(drop=True)
