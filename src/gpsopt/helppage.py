"""The --help of a command, printed on our own sheet: typer's boxes cut Chinese sentences short."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Any, Final

from gpsopt import terminal
from gpsopt.text import say

_STORED: Final = 2**31 - 1  # the largest number that fits: a limit of storage, not worth saying


def help_of(command: Any, ctx: Any, tongue: str) -> str:
    """Usage, what the command does, its arguments, options and, of a group, its commands."""
    pieces = (
        piece.removeprefix("{").replace("}...", "").removesuffix("}") for piece in command.collect_usage_pieces(ctx)
    )
    usage = " ".join((ctx.command_path, *pieces))
    parts = [say("cli.usage", tongue, usage=usage), command.help or ""]
    params = command.get_params(ctx)
    for title, kind in (("arguments", "argument"), ("options", "option")):
        rows = [_row(param, tongue) for param in params if param.param_type_name == kind]
        parts += _section(title, rows, tongue)
    commands = getattr(command, "commands", {})
    parts += _section("commands", [(name, each.help or "") for name, each in commands.items()], tongue)
    return "\n\n".join(parts) + "\n"


def _section(title: str, rows: Sequence[tuple[str, str]], tongue: str) -> list[str]:
    return [say(f"cli.{title}", tongue) + "\n" + terminal.pairs(rows)] if rows else []


def _row(param: Any, tongue: str) -> tuple[str, str]:
    """How a parameter is written, and what it means with its default and limits."""
    is_option = param.param_type_name == "option"
    name = ", ".join((*param.opts, *param.secondary_opts)) if is_option else param.metavar
    values = _values(param) if is_option else ""
    said = [param.help or ""]
    limits = _limits(param)
    if limits:
        said.append(say("cli.limits", tongue, limits=limits))
    if is_option and param.required:
        said.append(say("cli.required", tongue))
    elif isinstance(param.default, str | float | Path) and param.show_default:
        said.append(say("cli.default", tongue, value=param.default))
    return f"{name} {values}".strip(), ("" if tongue == "zh" else " ").join(said)


def _values(param: Any) -> str:
    """What is written after an option."""
    kind = param.type_descriptor.annotation
    if param.is_flag:
        return ""
    if param.metavar:
        return str(param.metavar)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "|".join(str(choice.value) for choice in kind)
    return "N" if kind in (int, float) else "PATH" if kind is Path else "TEXT"


def _limits(param: Any) -> str:
    high = None if param.max is None or param.max >= _STORED else param.max
    parts = [f"{sign}{limit:g}" for sign, limit in (("≥", param.min), ("≤", high)) if limit is not None]
    return ", ".join(parts)
