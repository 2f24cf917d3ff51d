"""gpsopt template: the workbook to fill in, empty or filled from a model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from gpsopt.commandline import Json, Lang, app, there, tongue_of, writable
from gpsopt.errors import UsageError
from gpsopt.terminal import Reply
from gpsopt.text import say


@app.command()
def template(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx")],
    model: Annotated[Path | None, typer.Option()] = None,
    json: Json = False,
    lang: Lang = None,
) -> Reply:
    from gpsopt.scenario import read_scenario
    from gpsopt.workbooks.template import write_template

    if file.suffix.lower() != ".xlsx":
        raise UsageError("suffix_unknown", path=str(file), known=".xlsx")
    writable(file.parent)
    scenario, settings = None, ""
    if model is not None:
        scenario = read_scenario(there(model))
        settings = settings_of_model(model)
    sheets = write_template(file, tongue_of(), scenario, settings)
    text = say("cli.template_written", tongue_of(), path=file, sheets=sheets)
    return Reply(text=text, document={"path": str(file), "sheets": sheets})


def settings_of_model(model: Path) -> str:
    """The text of a model folder's model.toml; of a scenario file, the resolved settings."""
    if (model / "model.toml").is_file():
        return (model / "model.toml").read_text(encoding="utf-8-sig")
    from gpsopt.runfolder import input_files
    from gpsopt.scenario import read_scenario

    scenario = replace(read_scenario(model), start=None)  # no plan travels with the tables
    return input_files(scenario)["model.toml"].decode("utf-8")
