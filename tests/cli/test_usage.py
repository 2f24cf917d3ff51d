"""Help, languages, wrong usage, failures of ours: one clear message each, never a traceback."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from gpsopt.cli import worded
from tests.cli.running import COMMAND, Command, environment, process
from tests.cli.worlds import hamlet

COMMANDS = (
    "check", "solve", "verify", "score", "explain", "compare", "simulate", "sweep", "frontier", "alternatives", "goals",
    "report", "template", "import", "export", "init", "app",
)  # fmt: skip


def test_help_names_the_commands_that_exist_and_no_others(gpsopt: Command) -> None:
    shown = gpsopt("--help", COLUMNS="100").out
    for command in COMMANDS:
        assert f" {command} " in shown
        page = gpsopt(command, "--help")
        assert (
            page.code == 0
            and ("--json" in page.out or command == "app")
            and "--lang" in page.out
            and "--help" in page.out
        )
    assert set(worded("en").commands) == set(COMMANDS)


@pytest.mark.parametrize(
    ("words", "env", "lang"),
    [
        ((), {}, "zh"), ((), {"LANG": "en_US.UTF-8"}, "en"), ((), {"LANG": "de_DE.UTF-8"}, "zh"),
        ((), {"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ((), {"LANG": "en_US.UTF-8", "GPSOPT_LANG": "zh"}, "zh"), ((), {"GPSOPT_LANG": "en"}, "en"),
        (("--lang", "en"), {"GPSOPT_LANG": "zh"}, "en"), (("--lang=zh",), {"LANG": "en_GB.UTF-8"}, "zh"),
    ],
)  # fmt: skip
def test_the_language(words: tuple[str, ...], env: dict[str, str], lang: str, gpsopt: Command) -> None:
    expected = {"zh": "列出全部发现", "en": "list every finding"}
    for command in ((*words, "--help"), ("check", *words, "--help")):
        shown = gpsopt(*command, **env).out.replace("\n", " ")
        assert expected[lang] in shown
        assert expected["en" if lang == "zh" else "zh"] not in shown
    refused = gpsopt("check", "nothing", *words, **env).err
    assert ("Check the path" in refused) == (lang == "en")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ((), "command_missing", "--help"),
        (("slove", "x"), "command_unknown", "solve"),
        (("solve",), "argument_missing", "SCENARIO"),
        (("check", "--lagn", "en"), "option_unknown", "--lang"),
        (("solve", "x", "--gap", "2"), "option_wrong", "0 to 1"),
        (("solve", "x", "--gap", "-0.1"), "option_wrong", "-0.1"),
        (("solve", "x", "--gap", "nan"), "option_wrong", "nan"),
        (("solve", "x", "--gap", "small"), "option_wrong", "small"),
        (("solve", "x", "--time-limit", "0"), "option_wrong", "above 0"),
        (("solve", "x", "--time-limit", "inf"), "option_wrong", "inf"),
        (("solve", "x", "--node-limit", "0"), "option_wrong", "from 1"),
        (("solve", "x", "--seed", "1.5"), "option_wrong", "1.5"),
        (("solve", "x", "--seed"), "value_missing", "--seed"),
        (("solve", "x", "y"), "usage_other", "y"),
        (("slove", "x"), "command_unknown", 'nearest known name is "solve"'),
        (("check", "x", "--lang", "fr"), "option_wrong", "zh or en"),
        (("check", ""), "path_missing", "Check the path"),
        (("check", "nothing.toml"), "path_missing", "nothing.toml"),
    ],
)
def test_wrong_usage(words: tuple[str, ...], code: str, says: str, tmp_path: Path, gpsopt: Command) -> None:
    shown = gpsopt(*words, cwd=tmp_path, GPSOPT_LANG="en")
    assert shown.code == 2 and shown.out == "" and says in shown.err and "Traceback" not in shown.err
    done = gpsopt("--json", *words, cwd=tmp_path, GPSOPT_LANG="en")
    assert (done.code, done.json["code"], done.json["exit_code"]) == (2, code, 2)
    assert says in done.json["error"] and done.json["findings"] == [] and done.err == ""
    chinese = gpsopt(*words, cwd=tmp_path).err
    assert any("\u4e00" <= c <= "\u9fff" for c in chinese)
    assert list(tmp_path.iterdir()) == []


def test_version(gpsopt: Command) -> None:
    from gpsopt import __version__

    assert gpsopt("--version").out == f"gpsopt {__version__}\n"
    assert gpsopt("--version", "--json").json == {"version": __version__}


def test_a_failure_of_ours_is_one_line(tmp_path: Path, gpsopt: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_words: object, **_options: object) -> None:
        raise ZeroDivisionError("by\nnothing")

    monkeypatch.setattr("gpsopt.planning.plan_or_end", broken)
    model = hamlet(tmp_path / "m")
    done = gpsopt("solve", model, "--lang", "en", cwd=tmp_path)
    assert done.code == 1 and done.out == ""
    assert done.err.count("\n") == 1 and "ZeroDivisionError: by nothing" in done.err
    document = gpsopt("solve", model, "--json", cwd=tmp_path).json
    assert (document["code"], document["exit_code"]) == ("unexpected", 1)
    deep = gpsopt("solve", model, "--lang", "en", cwd=tmp_path, GPSOPT_DEBUG="1")
    assert deep.code == 1 and "Traceback" in deep.err
    assert not (tmp_path / "runs").exists()


def test_a_reader_that_goes_away_is_no_failure(tmp_path: Path) -> None:
    model = hamlet(tmp_path / "m")
    command = f"'{COMMAND}' check '{model}' --json | head -c 1"
    ended = subprocess.run(["bash", "-c", command], env=environment(), capture_output=True)
    assert ended.stderr == b"" and ended.stdout == b"{"


def test_an_answer_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    model = hamlet(tmp_path / "m")
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run([COMMAND, "check", model, "--json"], env=environment(), stdout=full,
                               stderr=subprocess.PIPE)  # fmt: skip
    assert ended.returncode == 1 and ended.stderr.count(b"\n") == 1 and b"OSError" in ended.stderr
    command = f"'{COMMAND}' solve '{model}' --out '{tmp_path / 'runs'}' >&-"
    ended = subprocess.run(["bash", "-c", command], env=environment(), stderr=subprocess.PIPE)
    assert ended.returncode == 0 and ended.stderr == b"" and len(list((tmp_path / "runs").iterdir())) == 1


def test_help_starts_at_once() -> None:
    heavy = "pandas", "numpy", "scipy", "pyomo", "highspy", "pydantic"
    code = f"import sys, gpsopt.cli; gpsopt.cli.worded('en'); print([m for m in {heavy} if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True)
    assert shown.stdout == "[]\n", shown.stderr
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert process("--help").code == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime < 1.0


def test_python_m_gpsopt() -> None:
    shown = subprocess.run([sys.executable, "-m", "gpsopt", "--version"], env=environment(), capture_output=True)
    assert shown.returncode == 0 and shown.stdout.startswith(b"gpsopt ")


def test_names_from_strangers_are_text(tmp_path: Path, gpsopt: Command) -> None:
    """Markup in a path is printed, not obeyed, and a name that is not UTF-8 stops nothing."""
    done = gpsopt("check", "[bold]x[/bold]", cwd=tmp_path)
    assert done.code == 2 and "[bold]x[/bold]" in done.err
    ended = subprocess.run([os.fsencode(COMMAND), b"check", b"\xff\xfe"], env=environment(), capture_output=True)
    assert ended.returncode == 2 and b"Traceback" not in ended.stderr


@pytest.mark.parametrize("command", ["compare", "report"])
def test_help_shows_how_often_an_argument_stands(command: str, gpsopt: Command) -> None:
    first = gpsopt(command, "--help", "--lang", "en").out.splitlines()[0]
    assert first.endswith("RUN...") and "}" not in first
