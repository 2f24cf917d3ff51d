"""gpsopt export: a model or scenario as a file that other programs read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gpsopt.commandline import Json, Lang, app, there, tongue_of, writable
from gpsopt.errors import UsageError
from gpsopt.terminal import Reply
from gpsopt.text import say


@app.command()
def export(
    source: Annotated[Path, typer.Argument(metavar="MODEL|SCENARIO|RUN")],
    to: Annotated[Path, typer.Option()],
    aim: Annotated[str | None, typer.Option()] = None,
    json: Json = False,
    lang: Lang = None,
) -> Reply:
    there(source)
    if to.suffix.lower() in (".mps", ".lp"):
        return _matrix(source, to, aim)
    writable(to.parent)
    if to.suffix.lower() == ".xlsx":
        return _workbook(source, to)
    if not to.suffix:
        return _package(source, to)
    raise UsageError("export_format", path=str(to), known=".mps, .lp, .xlsx, datapackage")


def _matrix(source: Path, to: Path, aim: str | None) -> Reply:
    """Rows and columns for another solver, one aim as the objective."""
    from gpsopt.checks import check
    from gpsopt.compiler import compile_model
    from gpsopt.model.build import build
    from gpsopt.planning import refuse_errors
    from gpsopt.scenario import read_scenario
    from gpsopt.settings import AIMS
    from gpsopt.solving.export import write_model

    scenario = read_scenario(source)
    refuse_errors(check(scenario))
    order = scenario.settings.aims.order
    if aim is not None and aim not in order:
        raise UsageError("export_aim", aim=aim, known=", ".join(order))
    name = aim or order[0]
    compiled = compile_model(build(scenario))
    write_model(compiled, name, AIMS[name], to)
    rows, columns = compiled.matrix.shape
    text = say("cli.exported", tongue_of(), path=to, rows=f"{rows:,}", columns=f"{columns:,}")
    return Reply(text=text, document={"path": str(to), "rows": rows, "columns": columns, "aim": name})


def _model_of(source: Path) -> Path:
    """The model, or the inputs of a run."""
    return source / "inputs" if (source / "summary.json").is_file() else source


def _workbook(source: Path, to: Path) -> Reply:
    """The model's tables as the filled template."""
    from gpsopt.commands.template import settings_of_model
    from gpsopt.scenario import read_scenario
    from gpsopt.workbooks.template import write_template

    model = _model_of(source)
    sheets = write_template(to, tongue_of(), read_scenario(model), settings_of_model(model))
    return _done(to, sheets)


def _package(source: Path, to: Path) -> Reply:
    """The model's tables as CSV with datapackage.json, in a folder of their own."""
    from gpsopt.datapackage import write_package
    from gpsopt.scenario import read_scenario

    if to.exists() and not (to.is_dir() and not any(to.iterdir())):
        raise UsageError("folder_taken", path=str(to))
    return _done(to, len(write_package(read_scenario(_model_of(source)), to)))


def _done(to: Path, files: int) -> Reply:
    text = say("cli.exported_tables", tongue_of(), path=to, files=files)
    return Reply(text=text, document={"path": str(to), "files": files})
