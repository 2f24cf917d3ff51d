"""gpsopt score: judge a plan made by hand, and seek the nearest one that breaks nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gpsopt import terminal
from gpsopt.commandline import Json, Lang, app, finite, there, tongue_of, writable
from gpsopt.figures import aim_figure
from gpsopt.terminal import Reply
from gpsopt.text import say, term

if TYPE_CHECKING:
    from gpsopt.handplan import Score

_LISTED = 40


@app.command()
def score(
    plan: Annotated[Path, typer.Argument(metavar="PLAN")],
    scenario: Annotated[Path, typer.Option(metavar="SCENARIO")],
    best: Annotated[Path | None, typer.Option(metavar="RUN")] = None,
    nearest: Annotated[Path | None, typer.Option(metavar="DIR")] = None,
    time_limit: Annotated[float | None, typer.Option(min=0.001, callback=finite)] = None,
    json: Json = False,
    lang: Lang = None,
) -> Reply:
    there(scenario)
    if nearest is not None:
        writable(nearest)
    tongue = tongue_of()

    def job() -> Score:
        from gpsopt.handplan import score as judged

        return judged(plan, scenario, best=best, time_limit=time_limit)

    with terminal.ProgressLine(tongue):
        found = terminal.in_background(job)
    document = {"plan": str(plan), "scenario": str(scenario), **found.document(tongue)}
    lines = _lines(found, plan, tongue)
    if found.nearest is not None and nearest is not None:
        from gpsopt.runfolder import write_run

        folder = write_run(found.nearest.plan, nearest)
        document["nearest"]["path"] = str(folder)
        lines.append(say("cli.written", tongue, path=folder))
    return Reply(text="\n".join(lines), document=document)


def _lines(found: Score, plan: Path, tongue: str) -> list[str]:
    """The judgement for people."""
    title = found.scenario.title(tongue)
    lines = [
        say("score.clean" if found.ok else "score.broken", tongue, plan=plan, title=title, count=len(found.faults))
    ]
    lines += [f"  {fault.line(tongue)}" for fault in found.faults[:_LISTED]]
    if len(found.faults) > _LISTED:
        lines.append(say("where.more", tongue, count=len(found.faults) - _LISTED))
    if found.soft:
        lines.append(say("score.soft", tongue, count=len(found.soft)))
        lines += [f"  {fault.line(tongue)}" for fault in found.soft[:_LISTED]]
    if found.hand.assumed:
        shown = ", ".join(f"{need} {year}" for year, need in found.hand.assumed[:6])
        lines.append(say("score.assumed", tongue, count=len(found.hand.assumed), rows=shown))
    heads = [say(f"score.{name}", tongue) for name in ("aim", "value", "best", "bound", "worse")]
    rows = [
        (term(aim.name, tongue, within="aims"),
         *(aim_figure(aim.name, value) for value in (float(aim.value), aim.best, aim.bound, aim.worse)))
        for aim in found.aims
    ]  # fmt: skip
    lines.append(terminal.table(heads, rows))
    goals = found.goals
    said = [
        f"{say(f'goal.{g}', tongue)} {y}"
        for g, y, met in zip(goals["goal"], goals["year"], goals["met"], strict=True) if met is False
    ]  # fmt: skip
    if said:
        lines.append(say("score.goals_missed", tongue, count=len(said), goals=", ".join(said[:8])))
    near = found.nearest
    if near is None:
        lines.append(say("score.no_nearest", tongue))
    else:
        words = {"distance": f"{near.distance:,.2f}", "bound": f"{near.bound:,.2f}"}
        lines.append(say("score.nearest" if near.plan.certified else "score.nearest_uncertified", tongue, **words))
    return lines
