"""gpsopt init: a new model folder that solves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gpsopt.commandline import Json, Lang, app, tongue_of
from gpsopt.terminal import Reply
from gpsopt.text import say


@app.command()
def init(folder: Annotated[Path, typer.Argument(metavar="DIR")], json: Json = False, lang: Lang = None) -> Reply:
    from gpsopt.starter import write_starter

    files = write_starter(folder)
    text = say("cli.started", tongue_of(), path=folder, files=len(files))
    return Reply(text=text, document={"path": str(folder), "files": files})
