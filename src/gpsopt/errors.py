"""Errors in families; each one says what is wrong, where, and what to do, in Chinese and English."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from gpsopt.text import say

Severity = Literal["error", "warning", "note"]

#: control characters, marks that turn the direction of reading, and what is not seen at all
_UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def visible(text: object, most: int = 80) -> str:
    """A value from a file as it may be printed: hidden characters shown by their number, long text cut."""
    shown = _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", str(text))
    return shown if len(shown) <= most else shown[: most - 1] + "…"


@dataclass(frozen=True)
class Finding:
    """One thing seen in the inputs: `code` names the message, the rest says where it stands.

    `row` is the line of the file (header = 1), or None where the whole file or table is meant.
    `details` fill the message's placeholders.
    """

    severity: Severity
    code: str
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    details: dict[str, object] = field(default_factory=dict)

    def text(self, lang: str) -> str:
        """What is wrong, in one language."""
        return say(f"finding.{self.code}", lang, **self._shown(lang))

    def cure(self, lang: str) -> str:
        """What to do about it."""
        return say(f"cure.{self.code}", lang, **self._shown(lang))

    def _shown(self, lang: str) -> dict[str, object]:
        """What fills the placeholders; `nearest` becomes a sentence, or nothing where no name is near."""
        details = {key: visible(value, 600) if isinstance(value, str) else value for key, value in self.details.items()}
        if details.get("nearest"):
            details["nearest"] = say("where.nearest", lang, name=details["nearest"])
        return {"value": visible(self.value), "column": visible(self.column), **details}

    def where(self, lang: str) -> str:
        """File, sheet, row and column, as far as they are known."""
        parts = [_UNSEEN.sub("?", self.file), visible(self.sheet)]
        if self.row is not None:
            kind = "where.line" if self.file.endswith(".toml") else "where.row"
            parts.append(say(kind, lang, row=self.row))
        if self.column:
            parts.append(say("where.column", lang, column=visible(self.column)))
        return " · ".join(part for part in parts if part)

    def line(self, lang: str) -> str:
        """Place, fault and cure in one printed line."""
        place = self.where(lang)
        head = f"{place}: " if place else ""
        return f"{head}{self.text(lang)} {self.cure(lang)}"


def printed(findings: Iterable[Finding], lang: str, each: int = 20) -> list[str]:
    """The lines of findings for a page: `each` of a kind, then how many more there are of it."""
    lines: list[str] = []
    kinds: dict[str, list[Finding]] = {}
    for finding in findings:
        kinds.setdefault(finding.code, []).append(finding)
    for found in kinds.values():
        lines += [finding.line(lang) for finding in found[:each]]
        if len(found) > each:
            lines.append(say("where.more", lang, count=len(found) - each))
    return lines


class GpsoptError(Exception):
    """The root of all refusals. `text(lang)` gives the message in one language, `str()` in both."""

    exit_code = 1

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details

    def text(self, lang: str) -> str:
        """The message in one language."""
        return say(f"error.{self.code}", lang, **self.details)

    def __str__(self) -> str:
        return self.text("zh") + "\n" + self.text("en")

    def __reduce__(self) -> tuple[object, ...]:
        """Refusals come home from other processes as they are, whatever their constructors take."""
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[GpsoptError], args: tuple[object, ...], state: dict[str, object]) -> GpsoptError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


class InputError(GpsoptError):
    """The tables or files cannot be used; `findings` hold every fault, not only the first."""

    exit_code = 2

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("bad_input", count=sum(f.severity == "error" for f in findings))
        self.findings = findings

    def text(self, lang: str) -> str:
        return "\n".join([super().text(lang), *printed((f for f in self.findings if f.severity == "error"), lang)])


class ScenarioError(InputError):
    """A scenario or model file cannot be followed."""


class UsageError(GpsoptError):
    """The request itself is wrong: a path that is not there, a folder that cannot be written."""

    exit_code = 2


class Reason(Protocol):
    """A clause in a conflict, in words."""

    def line(self, lang: str) -> str: ...


class InfeasibleError(GpsoptError):
    """No plan can satisfy the rules; `conflict` names the clauses and rows that stand against each other.

    `reasons` are the findings that prove it without a solver.
    """

    exit_code = 3

    def __init__(self, reasons: tuple[Finding, ...] = (), conflict: tuple[Reason, ...] = (), **details: object) -> None:
        super().__init__("infeasible", **details)
        self.reasons = reasons
        self.conflict = conflict

    def text(self, lang: str) -> str:
        return "\n".join([super().text(lang), *(r.line(lang) for r in (*self.reasons, *self.conflict))])


class NoPlanError(GpsoptError):
    """Futures, taken one by one or together, leave no plan."""

    exit_code = 3


class LimitError(GpsoptError):
    """A limit of time or nodes was reached before any plan was found."""

    exit_code = 4


class SolverError(GpsoptError):
    """The solver failed, or its answer did not stand the check."""


class ClusterLostError(GpsoptError):
    """The cluster went away in the midst of the work; what came from it until then is kept."""
