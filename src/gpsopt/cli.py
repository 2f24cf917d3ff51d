"""The command line: one small function a command, each answering with a Reply.

Exit codes: 0 done, 1 failed, 2 bad input or usage, 3 no plan can satisfy the rules, 4 stopped by a limit
with no plan, 130 stopped by hand. With --json, stdout is one JSON document and nothing else.
"""

from __future__ import annotations

import math
import os
import sys
import traceback
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from typer.core import TyperGroup

from gpsopt import terminal
from gpsopt.errors import Finding, GpsoptError, InputError, UsageError
from gpsopt.terminal import Reply
from gpsopt.text import say

if TYPE_CHECKING:
    from gpsopt.plan.plan import Result
    from gpsopt.verify import Verdict


class Language(StrEnum):
    """The languages of --lang."""

    zh = "zh"
    en = "en"


class _Commands(TyperGroup):
    """The commands; an unknown one is refused in our words, naming the nearest."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            raise UsageError("command_unknown", command=args[0], known=", ".join(self.commands))
        return super().resolve_command(ctx, args)


Json = Annotated[bool, typer.Option("--json")]
Lang = Annotated[Language | None, typer.Option("--lang", show_default=False)]

app = typer.Typer(cls=_Commands, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")


@app.callback(invoke_without_command=True)
def gpsopt(
    context: typer.Context, version: Annotated[bool, typer.Option("--version")] = False, json: Json = False,
    lang: Lang = None,
) -> Reply | None:  # fmt: skip
    if version:
        from gpsopt import __version__

        return Reply(text=f"gpsopt {__version__}", document={"version": __version__})
    if context.invoked_subcommand is None:
        raise UsageError("command_missing")
    return None


@app.command()
def check(
    source: Annotated[Path, typer.Argument(metavar="MODEL|SCENARIO")], json: Json = False, lang: Lang = None
) -> Reply:
    from gpsopt.checks import PROOFS
    from gpsopt.checks import check as check_scenario
    from gpsopt.scenario import read_scenario

    tongue = _tongue()
    try:
        scenario = read_scenario(_there(source))
        findings, title = check_scenario(scenario), scenario.title(tongue)
    except InputError as error:
        findings, title = error.findings, source.name
    ranked = sorted(findings, key=lambda f: _RANK[f.severity])
    number: Counter[str] = Counter(f.severity for f in ranked)
    counts = {severity: number[severity] for severity in _RANK}
    head = say("cli.checked", tongue, title=title, source=source)
    tail = say("cli.counts_ok" if not counts["error"] else "cli.counts_bad", tongue, **counts)
    document: dict[str, Any] = {"source": str(source), "title": title, "ok": not counts["error"], "counts": counts}
    document["findings"] = [terminal.finding_json(f, tongue) for f in ranked]
    end = 0
    if counts["error"]:  # what proves that no plan exists is no fault of the tables
        end = 3 if all(f.code in PROOFS for f in ranked if f.severity == "error") else 2
        tail = f"{say('error.infeasible', tongue, title=title)} {tail}" if end == 3 else tail
        document = {"error": tail, "code": "bad_input" if end == 2 else "infeasible", "exit_code": end, **document}
    lines = [head, *([terminal.findings_table(ranked, tongue)] if ranked else []), tail]
    return Reply(end, "\n".join(lines), document=document)


_RANK: Final = {"error": 0, "warning": 1, "note": 2}


def _finite(value: float | None) -> float | None:
    if value is not None and not math.isfinite(value):
        raise typer.BadParameter(f"'{value}'")
    return value


@app.command()
def solve(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO")],
    out: Annotated[Path, typer.Option()] = Path("runs"),
    gap: Annotated[float | None, typer.Option(min=0, max=1, callback=_finite)] = None,
    time_limit: Annotated[float | None, typer.Option(min=0.001, callback=_finite)] = None,
    node_limit: Annotated[int | None, typer.Option(min=1, max=2**31 - 1)] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=2**31 - 1)] = None,
    json: Json = False,
    lang: Lang = None,
) -> Reply:
    _there(scenario)
    _writable(out)
    tongue = _tongue()

    def job() -> Result:
        from gpsopt.planning import plan_or_end

        return plan_or_end(
            scenario, gap=gap, time_limit=time_limit, node_limit=node_limit, seed=seed, progress=progress.hear
        )  # fmt: skip

    with terminal.ProgressLine(tongue) as progress:
        result = terminal.in_background(job)
    from gpsopt.runfolder import write_run

    return _solved(result, write_run(result, out), tongue)


def _solved(result: Result, folder: Path, tongue: str) -> Reply:
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
        shown = [complaint, *([terminal.findings_table(known, tongue)] if known else [])]
        return Reply(document["exit_code"], text, "\n".join(shown), document)
    if result.certified:
        return Reply(0, text, document=document)
    from gpsopt.verify import verify_run

    verdict = verify_run(folder)
    code = "off_grid" if verdict.ok else "not_certified"
    complaint = say(f"error.{code}", tongue, path=folder)
    document |= {**terminal.trouble(complaint, code, 1, (), tongue), **_verdict(verdict, tongue)}
    return Reply(1, text, "\n".join([complaint, *verdict.lines(tongue)]), document)


def _known(result: Result) -> list[Finding]:
    """What the checks saw that bears on a scenario without a plan."""
    from gpsopt.checks import check as check_scenario

    seen = (f for f in check_scenario(result.scenario) if f.severity != "note")
    return sorted(seen, key=lambda f: _RANK[f.severity])


def _plan_hash(result: Result) -> str | None:
    from gpsopt.runfolder import plan_hash

    return plan_hash(result.frames) if "allocation" in result.frames else None


@app.command()
def verify(run: Annotated[Path, typer.Argument(metavar="RUN")], json: Json = False, lang: Lang = None) -> Reply:
    from gpsopt.verify import verify_run
    from gpsopt.verify.verdict import rule_name

    tongue = _tongue()
    if not _is(run, Path.is_dir) or not _is(run / "summary.json", Path.is_file):
        raise UsageError("run_missing", path=str(run))
    verdict = verify_run(run)
    head, *faults = verdict.lines(tongue)
    rows = [(rule_name(rule, tongue), f"{rows:,}") for rule, rows in verdict.checked.items()]
    columns = [say("cli.rule", tongue), say("cli.rows_checked", tongue)]
    document: dict[str, Any] = {"run": str(run), "message": head, **_verdict(verdict, tongue)}
    if not verdict.ok:
        document = {**terminal.trouble(head, "not_certified", 1, (), tongue), **document}
    return Reply(0 if verdict.ok else 1, "\n".join([terminal.table(columns, rows), *faults, head]), document=document)


def _verdict(verdict: Verdict, tongue: str) -> dict[str, Any]:
    """A verdict as programs read it."""
    faults = [
        {"rule": f.rule, "code": f.code, "file": f.file, "row": f.row, "column": f.column, "key": f.key,
         "where": f.where(tongue), "text": f.text(tongue)}
        for f in verdict.faults
    ]  # fmt: skip
    return {"ok": verdict.ok, "checked": dict(verdict.checked), "faults": faults}


@app.command()
def init(folder: Annotated[Path, typer.Argument(metavar="DIR")], json: Json = False, lang: Lang = None) -> Reply:
    from gpsopt.starter import write_starter

    files = write_starter(folder)
    text = say("cli.started", _tongue(), path=folder, files=len(files))
    return Reply(text=text, document={"path": str(folder), "files": files})


def _there(path: Path) -> Path:
    """The path of a model or scenario, which must be there."""
    if not _is(path, Path.exists):
        raise UsageError("path_missing", path=str(path))
    return path


def _is(path: Path, question: Any) -> bool:
    try:
        return bool(question(path))
    except (OSError, ValueError):  # a name that no system accepts
        return False


def _writable(out: Path) -> None:
    """Refuse before the work, not after it, where the run folder could not be written."""
    place = out.absolute()
    while not _is(place, Path.exists) and place != place.parent:
        place = place.parent
    if not _is(place, Path.is_dir) or not os.access(place, os.W_OK | os.X_OK):
        raise UsageError("folder_not_writable", path=str(out), why=say("cli.not_writable", _tongue(), path=place))


def _tongue() -> str:
    return terminal.language(sys.argv[1:], os.environ)


def worded(tongue: str) -> Any:
    """The commands with their help in one language."""
    group: Any = typer.main.get_command(app)
    for command in (group, *group.commands.values()):
        group_itself = command is group
        command.help = say("cli.help" if group_itself else f"cli.help_{command.name}", tongue)
        command.options_metavar = say("cli.some_options", tongue)
        command.rich_help_panel = say("cli.commands", tongue)
        context = typer.Context(command, info_name=command.name)
        for param in (*command.params, command.get_help_option(context)):
            own = param.name if param.name in ("help", "json", "lang", "version") else f"{command.name}_{param.name}"
            param.help = say(f"cli.option_{own}", tongue)
            is_option = param.param_type_name == "option"
            param.rich_help_panel = say("cli.options" if is_option else "cli.arguments", tongue)
    group.subcommand_metavar = say("cli.some_command", tongue)
    return group


def _usage(error: Any, tongue: str) -> Reply:
    """A refusal of the option parser, in our words."""
    kind = type(error).__name__
    param: Any = getattr(error, "param", None)
    name = getattr(error, "option_name", "") or ""
    if param is not None:
        name = param.opts[0] if param.param_type_name == "option" else param.metavar
    context = getattr(error, "ctx", None)
    details = {"command": "gpsopt" if context is None else context.command_path}
    if kind == "NoSuchOption":
        near = ", ".join(getattr(error, "possibilities", None) or ())
        nearest = say("where.nearest", tongue, name=near) if near else ""
        ours = UsageError("option_unknown", option=name, nearest=nearest, **details)
    elif kind == "MissingParameter":
        ours = UsageError("argument_missing", name=name, **details)
    elif kind == "BadParameter" and param.name in _WANTS:
        wants = say(f"cli.wants_{param.name}", tongue)
        ours = UsageError("option_wrong", option=name, value=_given(name), wants=wants, **details)
    elif kind == "BadOptionUsage":
        ours = UsageError("value_missing", option=name, **details)
    else:
        ours = UsageError("usage_other", why=error.format_message(), **details)
    return terminal.refusal(ours, tongue)


def _given(option: str) -> str:
    """What stands on the command line for an option, the last word of it."""
    words = [*sys.argv[1:], ""]
    after = [words[i + 1] for i, word in enumerate(words) if word == option]
    return [*after, *(word.partition("=")[2] for word in words if word.startswith(f"{option}="))][-1]


_WANTS: Final = ("gap", "time_limit", "node_limit", "seed", "lang")


def _failed(error: Exception, tongue: str) -> Reply:
    """A fault of ours: one clear line; the traceback only where GPSOPT_DEBUG=1 asks for it."""
    if os.environ.get("GPSOPT_DEBUG") == "1":
        traceback.print_exception(error)
    what = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    text = say("error.unexpected", tongue, what=what)
    return Reply(1, complaint=text, document=terminal.trouble(text, "unexpected", 1, (), tongue))


def main() -> None:
    """Run the command of sys.argv and leave with its exit code."""
    words, out = sys.argv[1:], terminal.kept_stdout()
    tongue, as_json = _tongue(), "--json" in words
    if hasattr(sys.stderr, "reconfigure"):
        sys.stderr.reconfigure(errors="replace")
    try:
        answer = worded(tongue).main(args=words, prog_name="gpsopt", standalone_mode=False)
        if answer == terminal.STOPPED:  # typer turns Ctrl-C into this
            raise KeyboardInterrupt
        reply = answer if isinstance(answer, Reply) else Reply(int(answer or 0))
    except GpsoptError as error:
        reply = terminal.refusal(error, tongue)
    except KeyboardInterrupt:
        reply = _stopped(tongue)
    except Exception as error:
        reply = _usage(error, tongue) if hasattr(error, "format_message") else _failed(error, tongue)
    shown = as_json and bool(reply.document)
    try:
        terminal.emit(reply, out, shown)
    except OSError as error:
        reply = _failed(error, tongue)
        sys.stderr.write(reply.complaint + "\n")
    if reply.exit_code == terminal.STOPPED:
        os._exit(reply.exit_code)  # the solver's thread does not hear us
    sys.exit(reply.exit_code)


def _stopped(tongue: str) -> Reply:
    text = say("error.stopped", tongue)
    return Reply(
        terminal.STOPPED, complaint=text, document=terminal.trouble(text, "stopped", terminal.STOPPED, (), tongue)
    )
