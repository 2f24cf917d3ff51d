"""gpsopt compare: runs beside a baseline: what differs, who gains and loses, which change caused what."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gpsopt import terminal
from gpsopt.commandline import Json, Lang, app, finite, tongue_of
from gpsopt.terminal import Reply
from gpsopt.text import say

if TYPE_CHECKING:
    from gpsopt.analysis.compare import Comparison


@app.command()
def compare(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN RUN...")],
    waterfall: Annotated[bool, typer.Option("--waterfall")] = False,
    plans: Annotated[bool, typer.Option("--plans")] = False,
    gap: Annotated[float | None, typer.Option(min=0, max=1, callback=finite)] = None,
    time_limit: Annotated[float | None, typer.Option(min=0.001, callback=finite)] = None,
    chart: Annotated[Path | None, typer.Option()] = None,
    json: Json = False,
    lang: Lang = None,
) -> Reply:
    from gpsopt.analysis.compare import compare as compare_runs

    tongue = tongue_of()
    comparison = compare_runs(*runs)
    if waterfall or plans or chart is not None:
        comparison = terminal.in_background(
            lambda: comparison.with_waterfalls(plans=plans, gap=gap, time_limit=time_limit)
        )
    drawn = _draw(comparison, chart, tongue) if chart is not None else ()
    document = comparison.document(tongue) if json else {}
    lines = [] if json else [comparison.page(tongue), *(say("tradeoff.drawn", tongue, path=path) for path in drawn)]
    return Reply(text="\n".join(lines), document=document)


def _draw(comparison: Comparison, chart: Path, tongue: str) -> list[Path]:
    """A waterfall of the first aim that differs, for every run: FILE, FILE-2 and so on."""
    from gpsopt.report import charts

    drawn: list[Path] = []
    for found in comparison.waterfalls.values():
        changed = found.contrast.aims
        aim = next((a for a in found.aims if changed.loc[changed["aim"] == a, "change"].iloc[0]), found.aims[0])
        number = len(drawn) + 1
        path = chart if number == 1 else chart.with_stem(f"{chart.stem}-{number}")
        picture = charts.waterfall(found.parts(aim, tongue), aim, found.start(aim),
                                   charts.Look("zh" if tongue == "zh" else "en"))  # fmt: skip
        drawn.append(charts.save(picture, path))
    return drawn
