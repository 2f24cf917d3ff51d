"""gpsopt explain: why an award or why not, its price to win, and what money and rules are worth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gpsopt import terminal
from gpsopt.commandline import Json, Lang, app, finite, tongue_of
from gpsopt.errors import UsageError
from gpsopt.terminal import Reply
from gpsopt.text import say

if TYPE_CHECKING:
    from gpsopt.runread import Run


@app.command()
def explain(
    run: Annotated[Path, typer.Argument(metavar="RUN")],
    need: Annotated[str | None, typer.Option()] = None,
    offer: Annotated[str | None, typer.Option()] = None,
    clause: Annotated[str | None, typer.Option()] = None,
    top: Annotated[int, typer.Option(min=0, max=100)] = 5,
    inputs: Annotated[bool, typer.Option("--inputs")] = False,
    chart: Annotated[Path | None, typer.Option()] = None,
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
    if sum((clause is not None, need is not None or offer is not None, inputs)) > 1 or (chart and not inputs):
        raise UsageError("explain_one_question")
    done = read_run(run)
    if inputs:
        return _inputs(done, chart, tongue)
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


def _inputs(run: Run, chart: Path | None, tongue: str) -> Reply:
    """What moves the aims most, and a picture of it for the first aim that anything moves."""
    from gpsopt.analysis.tornado import tornado

    found = terminal.in_background(lambda: tornado(run))
    lines = [found.page(tongue)]
    if chart is not None:
        from gpsopt.report import charts

        aims = [aim for aim in found.base if (found.rows(aim, tongue)["low"] != found.rows(aim, tongue)["high"]).any()]
        aim = aims[0] if aims else next(iter(found.base))
        look = charts.Look("zh" if tongue == "zh" else "en")
        picture = charts.tornado(found.rows(aim, tongue), aim, found.base[aim], look)
        lines.append(say("tradeoff.drawn", tongue, path=charts.save(picture, chart)))
    rows = found.frame.astype(object).where(found.frame.notna(), None).to_dict("records")
    document = {"by": found.by, "base": found.base, "rows": rows, "seconds": round(found.seconds, 3)}
    return Reply(text="\n".join(lines), document=document)
