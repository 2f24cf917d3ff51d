"""gpsopt frontier: what can be had of one aim at each level of another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gpsopt import terminal
from gpsopt.commandline import Json, Lang, app, finite, there, tongue_of, writable
from gpsopt.terminal import Reply
from gpsopt.text import say

if TYPE_CHECKING:
    from gpsopt.analysis.frontier import Frontier


@app.command()
def frontier(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO")],
    aims: Annotated[str, typer.Option()],
    points: Annotated[int, typer.Option(min=2, max=500)] = 10,
    plans: Annotated[bool | None, typer.Option("--plans/--fractions", show_default=False)] = None,
    keep_earlier: Annotated[bool, typer.Option("--keep-earlier")] = False,
    gap: Annotated[float | None, typer.Option(min=0, max=1, callback=finite)] = None,
    time_limit: Annotated[float | None, typer.Option(min=0.001, callback=finite)] = None,
    save: Annotated[Path | None, typer.Option()] = None,
    chart: Annotated[Path | None, typer.Option()] = None,
    json: Json = False,
    lang: Lang = None,
) -> Reply:
    there(scenario)
    if save is not None:
        writable(save)
    tongue = tongue_of()
    names = [name.strip() for name in aims.split(",") if name.strip()]

    def job() -> Frontier:
        from gpsopt.analysis.frontier import frontier as frontier_of

        return frontier_of(
            scenario, names, points, plans=plans, keep_earlier=keep_earlier, gap=gap, time_limit=time_limit
        )

    found = terminal.in_background(job)
    files = found.save(save) if save is not None else ()
    lines = [found.page(tongue)]
    if files:
        lines.append(say("tradeoff.saved", tongue, files=", ".join(str(f) for f in files)))
    if chart is not None:
        from gpsopt.report import charts

        look = charts.Look("zh" if tongue == "zh" else "en")
        third = found.aims[2] if len(found.aims) > 2 else ""
        picture = charts.frontier(found.frame(), (found.aims[0], found.aims[1]), look, third=third)
        lines.append(say("tradeoff.drawn", tongue, path=charts.save(picture, chart)))
    shown: list[dict[str, Any]] = [
        {"point": p.number, "values": p.values, "bounds": p.bounds, "order": list(p.order), "limits": p.limits,
         "file": str(files[k]) if files else None}
        for k, p in enumerate(found.points)
    ]  # fmt: skip
    document = {"aims": list(found.aims), "plans": found.are_plans, "complete": found.complete, "points": shown,
                "tried": found.tried, "seconds": round(found.seconds, 3)}  # fmt: skip
    return Reply(text="\n".join(lines), document=document)
