"""gpsopt export: a model or scenario as a file that other programs read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gpsopt.commandline import Json, Lang, app, there, tongue_of, writable
from gpsopt.errors import UsageError
from gpsopt.terminal import Reply
from gpsopt.text import say

if TYPE_CHECKING:
    from gpsopt.runread import Run


@app.command()
def export(
    source: Annotated[Path, typer.Argument(metavar="MODEL|SCENARIO|RUN")],
    to: Annotated[Path, typer.Option()],
    aim: Annotated[str | None, typer.Option()] = None,
    fiscal: Annotated[bool, typer.Option("--fiscal")] = False,
    ocid: Annotated[str | None, typer.Option(metavar="PREFIX")] = None,
    json: Json = False,
    lang: Lang = None,
) -> Reply:
    there(source)
    if to.suffix.lower() in (".mps", ".lp"):
        return _matrix(source, to, aim)
    writable(to.parent)
    if to.suffix.lower() == ".json":
        return _releases(source, to, ocid)
    if fiscal:
        return _fiscal(source, to)
    if to.suffix.lower() == ".xlsx":
        return _workbook(source, to)
    if not to.suffix:
        return _package(source, to)
    raise UsageError("export_format", path=str(to), known=".mps, .lp, .xlsx, .json, datapackage")


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
    """The model's tables as CSV with datapackage.json and model.toml, in a folder of their own."""
    from gpsopt.commands.template import settings_of_model
    from gpsopt.datapackage import write_package
    from gpsopt.scenario import read_scenario

    _free(to)
    model = _model_of(source)
    return _done(to, _tables(write_package(read_scenario(model), to, settings_of_model(model))))


def _plan_of(source: Path) -> Run:
    """The run, which must hold a plan."""
    from gpsopt.runread import read_run

    run = read_run(source)
    if not run.has_plan:
        raise UsageError("no_plan", run=run.run, status=run.status)
    return run


def _releases(source: Path, to: Path, ocid: str | None) -> Reply:
    """The run as releases of the Open Contracting Data Standard."""
    from gpsopt.report.opencontracting import UNREGISTERED, write_releases

    n = write_releases(_plan_of(source), to, tongue_of(), ocid or UNREGISTERED)
    text = say("cli.exported_releases", tongue_of(), path=to, n=n)
    return Reply(text=text, document={"path": str(to), "releases": n})


def _fiscal(source: Path, to: Path) -> Reply:
    """The run's budgets and transfers, in a folder of their own."""
    from gpsopt.report.fiscal import write_fiscal

    run = _plan_of(source)
    _free(to)
    return _done(to, _tables(write_fiscal(run, to, tongue_of())))


def _free(to: Path) -> None:
    """A folder that is not there yet, or is empty."""
    if to.exists() and not (to.is_dir() and not any(to.iterdir())):
        raise UsageError("folder_taken", path=str(to))


def _tables(files: list[str]) -> int:
    return sum(file.endswith(".csv") for file in files)


def _done(to: Path, files: int) -> Reply:
    text = say("cli.exported_tables", tongue_of(), path=to, files=files)
    return Reply(text=text, document={"path": str(to), "files": files})
