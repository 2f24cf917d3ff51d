"""gpsopt explain: why an award or why not, its price to win, and what money and rules are worth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gpsopt import terminal
from gpsopt.commandline import Json, Lang, app, finite, tongue_of
from gpsopt.errors import UsageError
from gpsopt.terminal import Reply


@app.command()
def explain(
    run: Annotated[Path, typer.Argument(metavar="RUN")],
    need: Annotated[str | None, typer.Option()] = None,
    offer: Annotated[str | None, typer.Option()] = None,
    clause: Annotated[str | None, typer.Option()] = None,
    top: Annotated[int, typer.Option(min=0, max=100)] = 5,
    plans: Annotated[bool, typer.Option("--plans")] = False,
    gap: Annotated[float | None, typer.Option(min=0, max=1, callback=finite)] = None,
    time_limit: Annotated[float | None, typer.Option(min=0.001, callback=finite)] = None,
    json: Json = False,
    lang: Lang = None,
) -> Reply:
    import gpsopt.analysis.explain.pages as pages
    from gpsopt.analysis import explain as explaining
    from gpsopt.runread import read_run

    tongue = tongue_of()
    if clause is not None and (need is not None or offer is not None):
        raise UsageError("explain_one_question")
    done = read_run(run)
    if clause is not None:
        if clause == "all":
            rules = terminal.in_background(
                lambda: explaining.explain_rules(done, plans or None, gap=gap, time_limit=time_limit)
            )
            return Reply(text=pages.rules_page(rules, tongue), document=pages.rules_document(rules, tongue))
        aims = terminal.in_background(
            lambda: explaining.explain_rule(done, clause, plans or None, gap=gap, time_limit=time_limit)
        )
        return Reply(text=pages.rule_page(clause, aims, tongue), document=pages.rule_document(clause, aims, tongue))
    if offer is not None:
        answer = terminal.in_background(lambda: explaining.explain_offer(done, offer, need))
        return Reply(text=pages.offer_page(answer, tongue), document=pages.offer_document(answer, tongue))
    if need is not None:
        about = terminal.in_background(lambda: explaining.explain_need(done, need))
        return Reply(text=pages.need_page(about, tongue), document=pages.need_document(about, tongue))
    prices = terminal.in_background(lambda: explaining.explain_prices(done, top, plans, gap=gap, time_limit=time_limit))
    return Reply(text=pages.prices_page(prices, tongue), document=pages.prices_document(prices, tongue))
