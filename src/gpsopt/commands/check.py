"""gpsopt check: read and check everything, list every finding, solve nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from gpsopt import terminal
from gpsopt.commandline import Json, Lang, app, ranked, there, tongue_of
from gpsopt.errors import Finding, InputError
from gpsopt.terminal import Reply
from gpsopt.text import say


@app.command()
def check(
    source: Annotated[Path, typer.Argument(metavar="MODEL|SCENARIO|WORKBOOK")], json: Json = False, lang: Lang = None
) -> Reply:
    from gpsopt.checks import check as check_scenario
    from gpsopt.scenario import read_scenario
    from gpsopt.workbooks.importing import examine
    from gpsopt.workbooks.reading import is_source

    tongue = tongue_of()
    try:
        if is_source(there(source)):
            seen = examine(source, lang=tongue)
            title = seen.scenario.title(tongue) if seen.scenario else source.name
            return listed(seen.findings, title, source, tongue, seen.marked)
        scenario = read_scenario(source)
        findings, title = check_scenario(scenario), scenario.title(tongue)
    except InputError as error:
        findings, title = error.findings, source.name
    return listed(findings, title, source, tongue)


def listed(findings: Sequence[Finding], title: str, source: Path, tongue: str, marked: Path | None = None) -> Reply:
    """Every finding, errors first, and whether the source can be used; where a marked workbook stands."""
    from gpsopt.checks import PROOFS

    in_order = ranked(findings)
    number: Counter[str] = Counter(f.severity for f in in_order)
    counts = {severity: number[severity] for severity in ("error", "warning", "note")}
    head = say("cli.checked", tongue, title=title, source=source)
    tail = say("cli.counts_ok" if not counts["error"] else "cli.counts_bad", tongue, **counts)
    if marked is not None:
        tail = f"{tail}\n{say('cli.marked', tongue, path=marked)}"
    document: dict[str, Any] = {"source": str(source), "title": title, "ok": not counts["error"], "counts": counts}
    document["marked"] = None if marked is None else str(marked)
    document["findings"] = [terminal.finding_json(f, tongue) for f in in_order]
    end = 0
    if counts["error"]:  # what proves that no plan exists is no fault of the tables
        end = 3 if all(f.code in PROOFS for f in in_order if f.severity == "error") else 2
        tail = f"{say('error.infeasible', tongue, title=title)} {tail}" if end == 3 else tail
        document = {"error": tail, "code": "bad_input" if end == 2 else "infeasible", "exit_code": end, **document}
    lines = [head, *([terminal.findings_table(in_order, tongue)] if in_order else []), tail]
    return Reply(end, "\n".join(lines), document=document)
