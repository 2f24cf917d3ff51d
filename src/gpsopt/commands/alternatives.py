"""gpsopt alternatives: truly different plans that are nearly as good."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gpsopt import terminal
from gpsopt.commandline import Json, Lang, app, finite, there, tongue_of, writable
from gpsopt.terminal import Reply
from gpsopt.text import say


@app.command()
def alternatives(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO")],
    within: Annotated[float, typer.Option(min=0, max=1, callback=finite)] = 0.01,
    count: Annotated[int, typer.Option(min=1, max=20)] = 3,
    gap: Annotated[float | None, typer.Option(min=0, max=1, callback=finite)] = None,
    time_limit: Annotated[float | None, typer.Option(min=0.001, callback=finite)] = None,
    out: Annotated[Path | None, typer.Option()] = None,
    json: Json = False,
    lang: Lang = None,
) -> Reply:
    from gpsopt.analysis.alternatives import alternatives as alternatives_of

    there(scenario)
    if out is not None:
        writable(out)
    tongue = tongue_of()
    found = terminal.in_background(lambda: alternatives_of(scenario, within, count, gap=gap, time_limit=time_limit))
    lines, document = [found.page(tongue)], found.document() if json else {}
    if out is not None:
        from gpsopt.runfolder import write_run

        paths = [write_run(plan, out) for plan in found.plans]
        lines += [say("cli.written", tongue, path=path) for path in paths]
        for entry, path in zip(document.get("plans", ()), paths, strict=False):
            entry["path"] = str(path)
    return Reply(0 if all(p.certified for p in found.plans) else 1, "\n".join(lines), document=document)
