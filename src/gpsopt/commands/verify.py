"""gpsopt verify: re-check a finished plan from its run folder alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from gpsopt import terminal
from gpsopt.commandline import Json, Lang, app, is_so, tongue_of
from gpsopt.errors import UsageError
from gpsopt.terminal import Reply, verdict_json
from gpsopt.text import say


@app.command()
def verify(run: Annotated[Path, typer.Argument(metavar="RUN")], json: Json = False, lang: Lang = None) -> Reply:
    from gpsopt.verify import verify_run
    from gpsopt.verify.verdict import rule_name

    tongue = tongue_of()
    if not is_so(run, Path.is_dir) or not is_so(run / "summary.json", Path.is_file):
        raise UsageError("run_missing", path=str(run))
    verdict = verify_run(run)
    head, *faults = verdict.lines(tongue)
    rows = [(rule_name(rule, tongue), f"{rows:,}") for rule, rows in verdict.checked.items()]
    columns = [say("cli.rule", tongue), say("cli.rows_checked", tongue)]
    document: dict[str, Any] = {"run": str(run), "message": head, **verdict_json(verdict, tongue)}
    if not verdict.ok:
        document = {**terminal.trouble(head, "not_certified", 1, (), tongue), **document}
    return Reply(0 if verdict.ok else 1, "\n".join([terminal.table(columns, rows), *faults, head]), document=document)
