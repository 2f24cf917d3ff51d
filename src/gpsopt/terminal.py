"""How a command speaks: the language, one JSON document or lines for people, and a line of progress."""

from __future__ import annotations

import json
import math
import os
import queue
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO, TypeVar

from gpsopt.errors import Finding, GpsoptError, InfeasibleError, InputError
from gpsopt.figures import aim_figure, aim_unit
from gpsopt.text import LANGUAGES, say, term

if TYPE_CHECKING:
    from gpsopt.solving.clock import Progress
    from gpsopt.verify import Verdict

Answer = TypeVar("Answer")

#: what Ctrl-C ends with, as shells expect
STOPPED: Final = 130
_WIDTH: Final = 120  # of tables where there is no terminal
_MOST_OF_A_KIND: Final = 100  # findings that a person is shown; a program is given all


@dataclass(frozen=True)
class Reply:
    """What a command answers: `text` for people on stdout, `complaint` on stderr, or `document` as JSON."""

    exit_code: int = 0
    text: str = ""
    complaint: str = ""
    document: Mapping[str, Any] = field(default_factory=dict)


def language(words: Sequence[str], environ: Mapping[str, str]) -> str:
    """The language of an invocation: --lang, else GPSOPT_LANG, else the locale, else Chinese."""
    asked = ""
    for place, word in enumerate(words):
        if word == "--lang" and place + 1 < len(words):
            asked = words[place + 1]
        elif word.startswith("--lang="):
            asked = word.removeprefix("--lang=")
    locale = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    for wish in (asked, environ.get("GPSOPT_LANG", ""), locale):
        if wish.lower()[:2] in LANGUAGES:
            return wish.lower()[:2]
    return "zh"


def refusal(error: GpsoptError, lang: str) -> Reply:
    """A refusal of ours, with every finding that belongs to it."""
    found: tuple[Finding, ...] = ()
    if isinstance(error, InputError):
        found = error.findings
    elif isinstance(error, InfeasibleError):
        found = error.reasons
    text = error.text(lang)
    head = text.splitlines()[0] if found else text
    return Reply(error.exit_code, complaint=text, document=trouble(head, error.code, error.exit_code, found, lang))


def trouble(text: str, code: str, exit_code: int, found: Sequence[Finding], lang: str) -> dict[str, Any]:
    """The JSON document of a command that did not do what was asked."""
    return {"error": text, "code": code, "exit_code": exit_code, "findings": [finding_json(f, lang) for f in found]}


def verdict_json(verdict: Verdict, tongue: str) -> dict[str, Any]:
    """A verdict as programs read it."""
    faults = [
        {"rule": f.rule, "code": f.code, "file": f.file, "row": f.row, "column": f.column, "key": f.key,
         "where": f.where(tongue), "text": f.text(tongue)}
        for f in verdict.faults
    ]  # fmt: skip
    return {"ok": verdict.ok, "checked": dict(verdict.checked), "faults": faults}


def finding_json(finding: Finding, lang: str) -> dict[str, Any]:
    """A finding as programs read it: the key, the place in its parts, and the words in one language."""
    return {
        "severity": finding.severity, "code": finding.code, "file": finding.file, "sheet": finding.sheet,
        "row": finding.row, "column": finding.column, "value": finding.value, "where": finding.where(lang),
        "text": finding.text(lang), "cure": finding.cure(lang),
    }  # fmt: skip


def findings_table(findings: Sequence[Finding], lang: str, most: int = _MOST_OF_A_KIND) -> str:
    """Findings for people: severity, place, what is wrong, what to do; of a kind no more than are read (`most`)."""
    columns = [say(f"cli.{name}", lang) for name in ("severity", "place", "found", "cure")]
    left = Counter(f.code for f in findings)
    rows: list[tuple[str, str, str, str]] = []
    shown: Counter[str] = Counter()
    for f in findings:
        if shown[f.code] < most:
            shown[f.code] += 1
            rows.append((say(f"cli.{f.severity}", lang), f.where(lang), f.text(lang), f.cure(lang)))
            more = left[f.code] - most
            if shown[f.code] == most and more > 0:
                rows.append(("", "", say("where.more", lang, count=f"{more:,}"), say("cli.more_findings", lang)))
    return table(columns, rows, lines=True)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, lines: bool = False) -> str:
    """A table as text, as wide as the terminal."""
    from rich import box
    from rich.table import Table

    shown = Table(box=box.SIMPLE_HEAD, show_lines=lines, pad_edge=False)
    for place, column in enumerate(columns):
        shown.add_column(column, overflow="fold", no_wrap=place == 0)
    for row in rows:
        shown.add_row(*row)
    return _printed(shown)


def pairs(rows: Sequence[tuple[str, str]]) -> str:
    """Names and what they mean, in two columns as wide as the terminal."""
    from rich.table import Table

    shown = Table(box=None, show_header=False, padding=(0, 2))
    shown.add_column(overflow="fold", max_width=34)
    shown.add_column(overflow="fold")
    for row in rows:
        shown.add_row(*row)
    return _printed(shown)


def _printed(shown: Any) -> str:
    from rich.console import Console

    from gpsopt.sheet import Sheet

    out = Sheet(Console(file=sys.stdout).width if sys.stdout.isatty() else _WIDTH, color_system=None)
    out.print(shown)
    return out.text().strip("\n")


def emit(reply: Reply, out: TextIO, as_json: bool) -> None:
    """Write the reply where it belongs and close `out`; a reader that has gone away is no failure of ours.

    Raises OSError where the answer could not be written: a full disk, a closed device.
    """
    try:
        if as_json:
            out.write(json.dumps(_plain(reply.document), ensure_ascii=False, indent=1) + "\n")
        elif reply.text:
            out.write(reply.text.rstrip("\n") + "\n")
        out.flush()
    except OSError as error:
        with Path(os.devnull).open("wb") as nowhere:  # so that closing does not fail again
            os.dup2(nowhere.fileno(), out.fileno())
        if not isinstance(error, BrokenPipeError):
            raise
    finally:
        if out is not sys.stdout:
            out.close()
    if reply.complaint and not as_json:
        sys.stderr.write(reply.complaint.rstrip("\n") + "\n")
        sys.stderr.flush()


def _plain(value: Any) -> Any:
    """A value as strict JSON knows it: numbers that are none become null, exact decimals become text."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return format(value, "f") if isinstance(value, Decimal) else value


def kept_stdout() -> TextIO:
    """Standard output of our own: what libraries print there cannot get between the lines of an answer."""
    if sys.stdout is None:  # started with a closed one
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (kept for the process)
    try:
        handle = os.dup(sys.stdout.fileno())
    except (OSError, ValueError):  # a stdout that is no file, in a notebook or a test
        return sys.stdout
    encoding = "utf-8" if not sys.stdout.isatty() else sys.stdout.encoding
    return os.fdopen(handle, "w", encoding=encoding, errors="replace")


def in_background(job: Callable[[], Answer]) -> Answer:
    """Run `job` in a thread and wait for it, so that Ctrl-C is heard at once while the solver is busy."""
    ends: queue.SimpleQueue[tuple[Answer | None, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            ends.put((job(), None))
        except BaseException as error:  # handed on to the waiting thread
            ends.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    while True:
        try:
            answer, error = ends.get(timeout=0.2)
        except queue.Empty:
            continue
        if error is not None:
            raise error
        return answer  # type: ignore[return-value]


class Counted:
    """One line on stderr while many like things are done: so many of so many, and how long the rest may take.

    `key`: the message with {done}, {all}, {left} and {time}. Without a terminal only warnings are written.
    """

    def __init__(self, lang: str, key: str) -> None:
        self._lang, self._key = lang, key
        self._first: tuple[float, int] | None = None  # when the first news came, and what was done by then
        self._shown = 0  # columns of the line as it stands
        self._live = sys.stderr is not None and sys.stderr.isatty()

    def __enter__(self) -> Counted:
        return self

    def __exit__(self, *_error: object) -> None:
        self._write("")

    def hear(self, done: int, everything: int) -> None:
        """So many are done."""
        if self._live:
            self._write(self.line(done, everything))

    def warn(self, error: GpsoptError) -> None:
        """Something happened after which the work goes on."""
        self._write("")
        sys.stderr.write(error.text(self._lang) + "\n")
        sys.stderr.flush()

    def line(self, done: int, everything: int) -> str:
        """Where the work stands, in words."""
        now = time.monotonic()
        if self._first is None:
            self._first = (now, done)
        since, before = self._first
        rest = f"{(now - since) / (done - before) * (everything - done):,.0f}" if done > before else "–"
        return say(self._key, self._lang, done=done, all=everything, left=everything - done, time=rest)

    def _write(self, line: str) -> None:
        if self._live:
            sys.stderr.write("\r" + " " * self._shown + "\r" + line)
            sys.stderr.flush()
            self._shown = 2 * len(line)  # Chinese characters take two columns


class ProgressLine:
    """One line on stderr while a job runs: aim, best value, bound, gap, seconds. Silent without a terminal."""

    def __init__(self, lang: str) -> None:
        self._lang, self._start = lang, time.monotonic()
        self._last: Progress | None = None
        self._live: Any = None

    def hear(self, progress: Progress) -> None:
        """The solver's news."""
        self._last = progress

    def warn(self, error: GpsoptError) -> None:
        """Something happened after which the work goes on."""
        if self._live is not None:
            self._live.console.print(error.text(self._lang), markup=False)
        else:
            sys.stderr.write(error.text(self._lang) + "\n")

    def __enter__(self) -> ProgressLine:
        if sys.stderr is not None and sys.stderr.isatty():
            from rich.console import Console
            from rich.live import Live

            self._live = Live(
                get_renderable=self.line, console=Console(stderr=True, highlight=False), transient=True,
                refresh_per_second=4, redirect_stdout=False, redirect_stderr=False,
            )  # fmt: skip
            self._live.start()
        return self

    def __exit__(self, *_error: object) -> None:
        if self._live is not None:
            self._live.stop()

    def line(self) -> str:
        """Where the job stands, in words."""
        seconds = f"{time.monotonic() - self._start:.0f}"
        last = self._last
        if last is None:
            return say("cli.preparing", self._lang, seconds=seconds)
        gap = "–" if math.isnan(last.gap) else f"{100 * last.gap:.3f} %"
        return say(
            "cli.progress", self._lang, stage=last.stage, stages=last.stages, gap=gap, seconds=seconds,
            aim=term(last.aim, self._lang, within="aims"), unit=aim_unit(last.aim, self._lang),
            best=aim_figure(last.aim, last.value), bound=aim_figure(last.aim, last.bound),
        )  # fmt: skip
