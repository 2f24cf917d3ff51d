"""Stopped by hand or killed at any moment: no half run folder, leftovers swept, nothing lost."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gpsopt import verify_run
from tests.cli.running import COMMAND, Command, environment, process, scripted
from tests.cli.worlds import crowd, hamlet


def start(*words: object) -> subprocess.Popen[bytes]:
    """The command in a process that hears Ctrl-C, also where the tests run in the background and do not."""
    return subprocess.Popen(
        [COMMAND, *map(str, words)], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def whole(run: Path) -> bool:
    """Does a run folder hold every input under its hash, and a plan that stands?"""
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    hashes = {name: hashlib.sha256((run / name).read_bytes()).hexdigest() for name in manifest["inputs"]}
    return hashes == manifest["inputs"] and verify_run(run).ok


def shown(out: Path) -> list[Path]:
    return [p for p in out.iterdir() if not p.name.startswith(".")] if out.exists() else []


def hidden(out: Path) -> list[Path]:
    return [p for p in out.iterdir() if p.name.startswith(".")] if out.exists() else []


def kill_while_writing(process: subprocess.Popen[bytes], out: Path, pause: float) -> None:
    """Kill as soon as something hidden stands in `out`, a moment later, or not at all if it was too quick."""
    while process.poll() is None and not hidden(out):
        time.sleep(0.0005)
    time.sleep(pause)
    process.kill()
    process.communicate()


def test_killed_at_random_moments(tmp_path: Path) -> None:
    """Half of the kills at any moment, half while the folder is being written; a finished run stays."""
    model, out, draw = hamlet(tmp_path / "m"), tmp_path / "runs", random.Random(11)
    begun = time.monotonic()
    first = process("solve", model, "--out", out, "--seed", 0)
    long = time.monotonic() - begun
    assert first.code == 0
    seen = {path.name for path in shown(out)}
    for attempt in range(12):
        running = start("solve", model, "--out", out, "--seed", attempt // 3)
        if attempt % 2:
            kill_while_writing(running, out, draw.uniform(0, 0.01))
        else:
            time.sleep(draw.uniform(0, long))
            running.kill()
            running.communicate()
        names = {path.name for path in shown(out)}
        assert seen <= names or recovered(out, seen - names), "a finished run is gone"
        assert all(whole(path) for path in shown(out))
        seen |= names
    assert process("solve", model, "--out", out, "--seed", 99).code == 0
    assert hidden(out) == [], "leftovers of killed writers are swept"
    assert seen <= {path.name for path in shown(out)}


KILLED_BETWEEN_RENAMES = """
import os, pathlib, signal
rename = pathlib.Path.rename
def killed(self, target):
    if self.name.startswith(".writing-"):
        os.kill(os.getpid(), signal.SIGKILL)
    return rename(self, target)
pathlib.Path.rename = killed
"""


def test_an_older_run_comes_back_when_its_replacement_dies(tmp_path: Path, gpsopt: Command) -> None:
    """Killed after the old folder was set aside and before the new one had its name: the worst moment."""
    model, out = hamlet(tmp_path / "m"), tmp_path / "runs"
    run = Path(gpsopt("solve", model, "--out", out, "--json").json["path"])
    stale = run / "summary.json"
    stale.write_text(stale.read_text(encoding="utf-8").replace('"optimal"', '"within_gap"'), encoding="utf-8")
    before = stale.read_bytes()
    assert scripted(KILLED_BETWEEN_RENAMES, "solve", str(model), "--out", str(out)).code == -signal.SIGKILL
    assert not run.exists() and len(hidden(out)) == 2
    assert gpsopt("solve", model, "--out", out, "--seed", "1").code == 0  # another run sweeps
    assert stale.read_bytes() == before and len(shown(out)) == 2 and hidden(out) == []


def test_a_run_that_stands_is_not_written_again(tmp_path: Path, gpsopt: Command) -> None:
    model, out = hamlet(tmp_path / "m"), tmp_path / "runs"
    run = Path(gpsopt("solve", model, "--out", out, "--json").json["path"])
    born = {path: path.stat().st_mtime_ns for path in run.rglob("*")}
    assert gpsopt("solve", model, "--out", out).code == 0
    assert {path: path.stat().st_mtime_ns for path in run.rglob("*")} == born
    (run / "direct.csv").unlink()  # no longer whole: made again
    assert gpsopt("solve", model, "--out", out).code == 0
    assert whole(run)


def recovered(out: Path, missing: set[str]) -> bool:
    """A run whose replacement was killed between two renames is set aside, whole, for the next writer."""
    return all(any(name in path.name for path in hidden(out)) for name in missing)


def test_four_writers_of_the_same_run(tmp_path: Path) -> None:
    model, out = hamlet(tmp_path / "m"), tmp_path / "runs"
    writers = [start("solve", model, "--out", out, "--json") for _ in range(4)]
    ends = [(writer.communicate(timeout=120), writer.returncode) for writer in writers]
    assert [code for _, code in ends] == [0, 0, 0, 0], [streams[0].decode() for streams, _ in ends]
    assert len({json.loads(streams[0])["plan_hash"] for streams, _ in ends}) == 1
    (folder,) = shown(out)
    assert whole(folder) and hidden(out) == []


READ_SLOWLY = """
import importlib.abc, sys, time

class Slow(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "gpsopt.cli":
            print("reading", flush=True)
            time.sleep(60)

sys.meta_path.insert(0, Slow())
from gpsopt.start import main
main()
"""


def test_ctrl_c_while_the_program_is_read() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", READ_SLOWLY], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    try:
        assert process.stdout is not None and process.stdout.readline() == b"reading\n"
        process.send_signal(signal.SIGINT)
        _stdout, stderr = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == -signal.SIGINT and stderr == b""


@pytest.mark.parametrize("as_json", [False, True])
def test_ctrl_c_while_solving(tmp_path: Path, as_json: bool) -> None:
    model, out = crowd(tmp_path / "m", 60), tmp_path / "runs"
    process = start("solve", model, "--out", out, "--gap", "0", "--lang", "en", *(["--json"] if as_json else []))
    try:
        time.sleep(6)  # the proof takes minutes
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        begun = time.monotonic()
        stdout, stderr = process.communicate(timeout=60)
        assert time.monotonic() - begun < 20
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 130 and b"Traceback" not in stderr
    if as_json:
        assert json.loads(stdout)["code"] == "stopped" and stderr == b""
    else:
        assert stdout == b"" and stderr.startswith(b"Stopped")
    assert shown(out) == [] and hidden(out) == []


def test_progress_is_shown_on_a_terminal_and_only_there(tmp_path: Path) -> None:
    model, out = crowd(tmp_path / "m", 24), tmp_path / "runs"
    screen, terminal = pty.openpty()
    process = subprocess.Popen(
        [COMMAND, "solve", str(model), "--out", str(out), "--json", "--lang", "en", "--time-limit", "6"],
        env=environment(TERM="xterm", COLUMNS="120"), stdout=subprocess.PIPE, stderr=terminal,
    )  # fmt: skip
    os.close(terminal)
    lines = b""
    while True:
        try:
            news = os.read(screen, 65536)
        except OSError:  # the other end is closed
            break
        if not news:
            break
        lines += news
    os.close(screen)
    stdout, _ = process.communicate(timeout=60)
    assert json.loads(stdout)["run"] and process.returncode == 0
    text = lines.decode("utf-8")
    for word in ("Aim 1/3", "best", "bound", "gap", " s"):
        assert word in text, text
