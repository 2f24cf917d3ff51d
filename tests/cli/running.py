"""Runs the real command: in its own process, or its `main()` in this one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

COMMAND = str(Path(sys.executable).with_name("gpsopt"))
_OWN = ("GPSOPT_LANG", "GPSOPT_DEBUG", "LC_ALL", "LC_MESSAGES", "LANG", "COLUMNS")


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as the one JSON document it must be."""
        return json.loads(self.out)


def environment(**changes: str) -> dict[str, str]:
    """The environment without what would choose a language; warnings of our own code are errors."""
    kept = {name: value for name, value in os.environ.items() if name not in _OWN}
    return {**kept, "LANG": "C.UTF-8", "PYTHONWARNINGS": "error", **changes}


class Command(Protocol):
    """`gpsopt words...` in this process: the fixture for what needs no process of its own."""

    def __call__(self, *words: object, cwd: Path | None = None, **env: str) -> Done: ...


def in_process(capfd: pytest.CaptureFixture[str]) -> Command:
    """The command as `main()` runs it, its output read from the file descriptors."""
    from gpsopt.cli import main

    def run(*words: object, cwd: Path | None = None, **env: str) -> Done:
        with pytest.MonkeyPatch.context() as patch:
            for name in _OWN:
                patch.delenv(name, raising=False)
            for name, value in {"LANG": "C.UTF-8", **env}.items():
                patch.setenv(name, value)
            if cwd is not None:
                patch.chdir(cwd)
            patch.setattr(sys, "argv", ["gpsopt", *map(str, words)])
            with pytest.raises(SystemExit) as end:
                main()
        out, err = capfd.readouterr()
        return Done(int(end.value.code or 0), out, err)

    return run


def process(*words: object, cwd: Path | None = None, seconds: float = 120, **env: str) -> Done:
    """`gpsopt words...` in a process of its own, waited for."""
    return finished([COMMAND, *map(str, words)], cwd, seconds, env)


def scripted(script: str, *words: object, cwd: Path | None = None, **env: str) -> Done:
    """The command after a few lines of Python that put something in its way."""
    code = f"import sys\n{script}\nfrom gpsopt.cli import main\nmain()\n"
    return finished([sys.executable, "-c", code, *map(str, words)], cwd, 120, env)


def finished(command: list[str], cwd: Path | None, seconds: float, env: dict[str, str]) -> Done:
    ended = subprocess.run(command, cwd=cwd, env=environment(**env), capture_output=True, timeout=seconds)
    return Done(ended.returncode, ended.stdout.decode("utf-8"), ended.stderr.decode("utf-8"))
