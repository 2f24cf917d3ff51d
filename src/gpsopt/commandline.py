"""What every command needs: the application, its common options, and the questions about paths."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup

from gpsopt import terminal
from gpsopt.errors import Finding, UsageError
from gpsopt.helppage import help_of
from gpsopt.text import say


class Language(StrEnum):
    """The languages of --lang."""

    zh = "zh"
    en = "en"


class Commands(TyperGroup):
    """The commands; an unknown one is refused in our words, naming the nearest."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            from gpsopt.cells import nearest

            near = nearest(args[0], tuple(self.commands))
            said = say("where.nearest", tongue_of(), name=near) if near else ""
            raise UsageError("command_unknown", command=args[0], known=", ".join(self.commands), nearest=said)
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(help_of(self, ctx, tongue_of()))


class Command(TyperCommand):
    """A command whose help is printed on our own sheet."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(help_of(self, ctx, tongue_of()))


Answer = TypeVar("Answer", bound=Callable[..., Any])


class Application(typer.Typer):
    """All commands are of our own kind."""

    def command(self, name: str | None = None, **options: Any) -> Callable[[Answer], Answer]:
        return super().command(name, cls=Command, **options)


Json = Annotated[bool, typer.Option("--json")]
Lang = Annotated[Language | None, typer.Option("--lang", show_default=False)]

app = Application(cls=Commands, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

_RANK: Final = {"error": 0, "warning": 1, "note": 2}


def ranked(findings: Sequence[Finding]) -> list[Finding]:
    """Findings, errors first."""
    return sorted(findings, key=lambda f: _RANK[f.severity])


def finite(value: float | None) -> float | None:
    """Refuse what is no number."""
    if value is not None and not math.isfinite(value):
        raise typer.BadParameter(f"'{value}'")
    return value


def there(path: Path) -> Path:
    """The path of a model or scenario, which must be there."""
    if not is_so(path, Path.exists):
        raise UsageError("path_missing", path=str(path))
    return path


def is_so(path: Path, question: Any) -> bool:
    """What the path answers; no where the system does not accept its name."""
    try:
        return bool(question(path))
    except (OSError, ValueError):  # a name that no system accepts
        return False


def writable(out: Path) -> None:
    """Refuse before the work, not after it, where the run folder could not be written."""
    place = out.absolute()
    while not is_so(place, Path.exists) and place != place.parent:
        place = place.parent
    if not is_so(place, Path.is_dir) or not os.access(place, os.W_OK | os.X_OK):
        raise UsageError("folder_not_writable", path=str(out), why=say("cli.not_writable", tongue_of(), path=place))


def tongue_of() -> str:
    """The language of this invocation."""
    return terminal.language(sys.argv[1:], os.environ)
