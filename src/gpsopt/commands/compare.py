"""gpsopt compare: runs beside a baseline: what differs, who gains and loses, which change caused what."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gpsopt.commandline import Json, Lang, app, tongue_of
from gpsopt.terminal import Reply


@app.command()
def compare(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN RUN...")], json: Json = False, lang: Lang = None
) -> Reply:
    from gpsopt.analysis.compare import compare as compare_runs

    tongue = tongue_of()
    comparison = compare_runs(*runs)
    document = comparison.document(tongue) if json else {}
    return Reply(text="" if json else comparison.page(tongue), document=document)
