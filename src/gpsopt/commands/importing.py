"""gpsopt import: a workbook, folder of CSV, zip or data package into a model folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gpsopt.commandline import Json, Lang, app, there, tongue_of, writable
from gpsopt.commands.check import listed
from gpsopt.errors import InputError
from gpsopt.terminal import Reply
from gpsopt.text import say


@app.command("import")
def importing(
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    to: Annotated[Path, typer.Option(metavar="MODEL")],
    json: Json = False,
    lang: Lang = None,
) -> Reply:
    from gpsopt.workbooks.importing import import_book

    tongue = tongue_of()
    there(file)
    writable(to)
    try:
        imported = import_book(file, to, tongue)
    except InputError as error:
        return listed(error.findings, file.name, file, tongue)
    title = imported.scenario.title(tongue) if imported.scenario else file.name
    reply = listed(imported.findings, title, file, tongue, imported.marked)
    stored = imported.ok
    end = say("cli.imported" if stored else "cli.not_imported", tongue, path=to, rows=sum(imported.rows.values()))
    document = {**reply.document, "model": str(to) if stored else None, "rows": imported.rows}
    return Reply(0 if stored else reply.exit_code or 2, f"{reply.text}\n{end}", document=document)
