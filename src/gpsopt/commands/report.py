"""gpsopt report: the papers that people need, from finished runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gpsopt.commandline import Json, Lang, app, tongue_of, writable
from gpsopt.errors import UsageError
from gpsopt.terminal import Reply
from gpsopt.text import say


@app.command()
def report(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...")],
    to: Annotated[Path | None, typer.Option(metavar="FILE")] = None,
    papers: Annotated[Path | None, typer.Option(metavar="DIR")] = None,
    simulation: Annotated[Path | None, typer.Option(metavar="DIR")] = None,
    year: Annotated[int | None, typer.Option()] = None,
    json: Json = False,
    lang: Lang = None,
) -> Reply:
    from gpsopt.report.paperbook import write_papers
    from gpsopt.report.write import write_report
    from gpsopt.runread import read_run
    from gpsopt.simulation.headline import read_lived

    tongue = tongue_of()
    if to is None and papers is None:
        raise UsageError("report_to")
    read = [read_run(run) for run in runs]
    written = []
    if to is not None:
        writable(to.parent)
        written.append(str(write_report(read, to, tongue, read_lived(simulation) if simulation else None)))
    if papers is not None:
        writable(papers)
        if not read[-1].has_plan:
            raise UsageError("no_plan", run=read[-1].run, status=read[-1].status)
        written += [str(papers / name) for name in write_papers(read[-1], papers, tongue, read[0], year)]
    text = "\n".join(say("cli.reported", tongue, path=path) for path in written)
    return Reply(text=text, document={"written": written, "runs": [run.run for run in read]})
