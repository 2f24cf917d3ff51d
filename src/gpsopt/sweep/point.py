"""One point of a sweep: `gpsopt solve` in a fresh process with one thread, here or in a folder of a distant worker."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gpsopt.errors import UsageError

ONE_THREAD: Final = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_ENDS: Final = (0, 3, 4)  # a plan, no plan fits, stopped by a limit: all of them are answers


@dataclass(frozen=True)
class Call:
    """A point as it travels: `files` (path in the parcel -> content) are its own, beside those that all share."""

    name: str
    scenario: str  # its path in the parcel
    files: Mapping[str, bytes]
    options: tuple[str, ...]
    lang: str


@dataclass(frozen=True)
class Solved:
    """What came of it: the answer of `gpsopt solve --json`, and the run folder's files by their path in it."""

    answer: Mapping[str, Any]
    files: Mapping[str, bytes]


def solved_here(name: str, scenario: Path, runs: Path, options: Sequence[str], lang: str) -> Mapping[str, Any]:
    """The answer of `gpsopt solve`; raises UsageError where there is none, with its complaint in that language."""
    command = [sys.executable, "-m", "gpsopt.sweep.point", "solve", str(scenario), "--out", str(runs), "--json"]
    environment = {**os.environ, **ONE_THREAD, "GPSOPT_LANG": lang}
    with tempfile.TemporaryFile() as complaint:
        with subprocess.Popen(
            [*command, *options], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaint
        ) as process:
            assert process.stdout is not None
            said = process.stdout.read()  # its standard input stays open until then: see `main`
        try:
            answer: Mapping[str, Any] = json.loads(said)
        except ValueError:
            answer = {}
        if process.returncode not in _ENDS or not answer:
            complaint.seek(0)
            wrong = complaint.read().decode("utf-8", "replace")[-300:] or f"exit {process.returncode}"
            raise UsageError("sweep_point_failed", point=name, why=" ".join((_complaint(answer) or wrong).split()))
    return answer


def _complaint(answer: Mapping[str, Any]) -> str:
    """What the command said, with its first error in full."""
    for finding in answer.get("findings", ()):
        if finding["severity"] == "error":
            return f"{finding['where']}: {finding['text']} {finding['cure']}"
    return str(answer.get("error") or "")


def solved_away(shared: Mapping[str, bytes], call: Call) -> Solved:
    """At a distant worker: the same command in a folder of its own that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="gpsopt-", dir=_own_folder()) as made:
        folder = Path(made).resolve()
        for name, content in {**shared, **call.files}.items():
            path = folder / "parcel" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        answer = solved_here(call.name, folder / "parcel" / call.scenario, folder / "runs", call.options, call.lang)
        run = Path(str(answer.get("path", "")))
        return Solved(answer, {p.relative_to(run).as_posix(): p.read_bytes() for p in run.rglob("*") if p.is_file()})


def _own_folder() -> str | None:
    """The worker's folder, which its cluster clears away after a sudden end."""
    from distributed import get_worker

    try:
        return str(get_worker().local_directory)
    except ValueError:  # not inside a worker
        return None


def end_with_parent() -> None:
    """End this process when whoever started it is gone, and with it the other end of standard input."""

    def watch() -> None:
        while os.read(0, 1):  # not through sys.stdin, whose lock would be held at the end
            pass
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def main() -> None:
    """The command line of gpsopt, ended when whoever started it is gone: nobody would read its answer."""
    end_with_parent()
    runpy.run_module("gpsopt", run_name="__main__")


if __name__ == "__main__":
    main()
