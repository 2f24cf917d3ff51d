"""The command line: commands (one file each in commands/) answer with a Reply, this file emits it.

Exit codes: 0 done, 1 failed, 2 bad input or usage, 3 no plan can satisfy the rules, 4 stopped by a limit
with no plan, 130 stopped by hand. With --json, stdout is one JSON document and nothing else.
"""

from __future__ import annotations

import os
import sys
import traceback
from typing import Annotated, Any

import typer

from gpsopt import terminal
from gpsopt.commandline import Json, Lang, tongue_of
from gpsopt.commands import app
from gpsopt.errors import GpsoptError, UsageError
from gpsopt.terminal import Reply
from gpsopt.text import messages, say


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


def worded(tongue: str) -> Any:
    """The commands with their help in one language."""
    group: Any = typer.main.get_command(app)
    for command in (group, *group.commands.values()):
        group_itself = command is group
        command.help = say("cli.help" if group_itself else f"cli.help_{command.name}", tongue)
        command.options_metavar = say("cli.some_options", tongue)
        context = typer.Context(command, info_name=command.name)
        for param in (*command.params, command.get_help_option(context)):
            own = param.name if param.name in ("help", "json", "lang", "version") else f"{command.name}_{param.name}"
            param.help = say(f"cli.option_{own}", tongue)
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
    elif kind == "BadParameter" and f"cli.wants_{param.name}" in messages(tongue):
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
    tongue, as_json = tongue_of(), "--json" in words
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
