"""gpsopt solve: the best plan of a scenario, written to a run folder."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gpsopt import terminal
from gpsopt.commandline import Json, Lang, app, finite, ranked, there, tongue_of, writable
from gpsopt.errors import Finding, UsageError
from gpsopt.terminal import Reply, verdict_json
from gpsopt.text import say

if TYPE_CHECKING:
    from gpsopt.nofit import NoFit
    from gpsopt.plan.plan import Result
    from gpsopt.scenario import Scenario

_KNOWN = 3  # findings of a kind beside a conflict that says the rest


class Years(StrEnum):
    """How the years are sought."""

    joint = "joint"
    relax_and_fix = "relax_and_fix"


@app.command()
def solve(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO")],
    out: Annotated[Path, typer.Option()] = Path("runs"),
    gap: Annotated[float | None, typer.Option(min=0, max=1, callback=finite)] = None,
    time_limit: Annotated[float | None, typer.Option(min=0.001, callback=finite)] = None,
    node_limit: Annotated[int | None, typer.Option(min=1, max=2**31 - 1)] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=2**31 - 1)] = None,
    years: Annotated[Years | None, typer.Option(show_default=False)] = None,
    seek: Annotated[str | None, typer.Option(metavar="WHAT")] = None,
    futures: Annotated[int | None, typer.Option(min=1, max=10_000)] = None,
    averse: Annotated[float | None, typer.Option(min=0, max=1, callback=finite)] = None,
    tail: Annotated[float | None, typer.Option(min=0.001, max=1, callback=finite)] = None,
    cluster: Annotated[str | None, typer.Option(metavar="ADDRESS")] = None,
    start: Annotated[Path | None, typer.Option(metavar="PLAN")] = None,
    json: Json = False,
    lang: Lang = None,
) -> Reply:
    there(scenario)
    writable(out)
    tongue = tongue_of()
    if start is not None and (seek is not None or futures is not None):
        raise UsageError("start_alone")
    if futures is not None:
        if seek is not None or years is not None or node_limit is not None or cluster is not None:
            raise UsageError("futures_or_seek")
        asked = {"seed": seed, "averse": averse or 0.0, "tail": 0.1 if tail is None else tail, "gap": gap}
        return _over_futures(scenario, out, futures, {**asked, "time_limit": time_limit}, tongue)
    if averse is not None or tail is not None:
        raise UsageError("futures_alone")
    if seek is not None:
        return _sought(scenario, out, seek, gap, time_limit, tongue)

    def job() -> Result:
        from gpsopt.cluster.connection import at_cluster
        from gpsopt.planning import plan_or_end

        given = scenario if start is None else _beginning(scenario, start)
        return at_cluster(cluster, progress.warn, lambda found: plan_or_end(
            given, gap=gap, time_limit=time_limit, node_limit=node_limit, seed=seed,
            progress=progress.hear, years=None if years is None else years.value, cluster=found,
        ))  # fmt: skip

    def reason(scenario: Scenario) -> NoFit:
        from gpsopt.nofit import explain_nofit

        return explain_nofit(scenario)

    why = None
    with terminal.ProgressLine(tongue) as progress:
        result = terminal.in_background(job)
        if result.status == "infeasible":
            why = terminal.in_background(lambda: reason(result.scenario))
    from gpsopt.runfolder import write_run

    return _solved(result, write_run(result, out, why.files() if why else None), why, tongue)


def _beginning(scenario: Path, start: Path) -> Scenario:
    """The scenario with a plan to begin from."""
    from gpsopt.givenplan import given_plan
    from gpsopt.scenario import read_scenario

    plan = given_plan(start)
    if plan is None:
        raise UsageError("handplan_missing", path=str(start))
    return replace(read_scenario(scenario), start=plan)


def _solved(result: Result, folder: Path, why: NoFit | None, tongue: str) -> Reply:
    """The reply for a finished run, with a plan or without, that stands in its folder."""
    from gpsopt.plan.plan import Plan

    text = f"{result.page(tongue)}\n{say('cli.written', tongue, path=folder)}"
    document = {"path": str(folder), **result.summary, "plan_hash": _plan_hash(result)}
    if not isinstance(result, Plan):
        infeasible = result.status == "infeasible"
        code = "infeasible" if infeasible else "limit_without_plan"
        known = _known(result) if infeasible else []
        complaint = say(f"error.{code}", tongue, title=result.scenario.title(tongue))
        document |= terminal.trouble(complaint, code, 3 if infeasible else 4, known, tongue)
        shown = [complaint, *([terminal.findings_table(known, tongue, _KNOWN)] if known else [])]
        if why is not None:
            text = f"{result.page(tongue)}\n{why.page(tongue)}\n{say('cli.written', tongue, path=folder)}"
            document |= why.document()
        return Reply(document["exit_code"], text, "\n".join(shown), document)
    if result.certified:
        return Reply(0, text, document=document)
    from gpsopt.verify import verify_run

    verdict = verify_run(folder)
    code = "off_grid" if verdict.ok else "not_certified"
    complaint = say(f"error.{code}", tongue, path=folder)
    document |= {**terminal.trouble(complaint, code, 1, (), tongue), **verdict_json(verdict, tongue)}
    return Reply(1, text, "\n".join([complaint, *verdict.lines(tongue)]), document)


def _sought(scenario: Path, out: Path, seek: str, gap: float | None, limit: float | None, tongue: str) -> Reply:
    """What is sought besides the aims, as a run whose folder also holds the scenario file that it needs."""
    from gpsopt.runfolder import write_run
    from gpsopt.seeking import find

    with terminal.ProgressLine(tongue):
        found = terminal.in_background(lambda: find(scenario, seek, gap=gap, time_limit=limit))
    plan = found.plan
    folder = write_run(plan, out, found.files(scenario, out / plan.run))
    text = f"{plan.page(tongue)}\n{found.page(tongue)}\n{say('cli.written', tongue, path=folder)}"
    document = {"path": str(folder), **plan.summary, "plan_hash": _plan_hash(plan), "seek": found.document()}
    return Reply(text=text, document=document)


def _over_futures(scenario: Path, out: Path, futures: int, asked: Mapping[str, Any], tongue: str) -> Reply:
    """Awards decided now for many futures: a run of them on the tables as they stand, the futures beside it."""
    from gpsopt.runfolder import write_run
    from gpsopt.simulation.twostage import two_stage

    def told(done: int, everything: int) -> None:
        if sys.stderr is not None and sys.stderr.isatty():
            sys.stderr.write(f"\r{say('cli.futures_done', tongue, done=done, all=everything)}  ")

    found = terminal.in_background(lambda: two_stage(scenario, futures, progress=told, **asked))
    folder = write_run(found.plan, out, found.files())
    text = f"{found.page(tongue)}\n{say('cli.written', tongue, path=folder)}"
    document = {"path": str(folder), **found.plan.summary, "plan_hash": _plan_hash(found.plan),
                "two_stage": found.summary}  # fmt: skip
    if found.is_plan:
        return Reply(text=text, document=document)
    complaint = say("error.awards_no_plan", tongue, path=folder)
    return Reply(1, text, complaint, document | terminal.trouble(complaint, "awards_no_plan", 1, (), tongue))


def _known(result: Result) -> list[Finding]:
    """What the checks saw that bears on a scenario without a plan."""
    from gpsopt.checks import check as check_scenario

    seen = [f for f in check_scenario(result.scenario) if f.severity != "note"]
    return ranked(seen)


def _plan_hash(result: Result) -> str | None:
    from gpsopt.runfolder import plan_hash

    return plan_hash(result.frames) if "allocation" in result.frames else None
