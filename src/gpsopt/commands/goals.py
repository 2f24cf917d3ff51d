"""gpsopt goals: the scoreboard of the 2017 goals of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gpsopt.commandline import Json, Lang, app, tongue_of
from gpsopt.terminal import Reply


@app.command()
def goals(run: Annotated[Path, typer.Argument(metavar="RUN")], json: Json = False, lang: Lang = None) -> Reply:
    from gpsopt.analysis.goals import scoreboard

    tongue = tongue_of()
    board = scoreboard(run)
    return Reply(text=board.page(tongue), document=board.document(tongue) if json else {})
