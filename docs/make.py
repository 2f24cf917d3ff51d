"""Writes what the documents show of real runs: the README's page and picture, and the pages of the commands.

`python -m docs.make` solves the Beijing baseline and runs every command on the model of `gpsopt init`;
tests compare the documents with fresh runs.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import typer
from docs.clausepages import pages as clause_pages
from docs.picture import money_picture

from gpsopt.cli import worded
from gpsopt.scenario import read_scenario
from gpsopt.text import LANGUAGES, messages, say

ROOT: Final = Path(__file__).resolve().parents[1]
COMMAND: Final = str(Path(sys.executable).with_name("gpsopt"))
BASELINE: Final = ROOT / "scenarios" / "baseline.toml"
#: what is shown of each command, run one after the other in an empty folder
EXAMPLES: Final = {
    "init": "init first",
    "check": "check first",
    "solve": "solve first",
    "verify": "verify runs/{run}",
    "compare": "compare runs/{run} runs/{cut}",
    "goals": "goals runs/{run}",
    "frontier": "frontier first --aims livelihood_shortfall,outlay --points 4",
    "alternatives": "alternatives first --within 0.05 --count 2",
    "explain": "explain runs/{run} --offer meals_u2",
    "simulate": "simulate runs/{run} --draws 200",
    "sweep": "sweep first --vary budgets.amount=scale:0.9,1",
    "template": "template first.xlsx --model first",
    "import": "import first.xlsx --to second",
    "export": "export first --to open-data",
}
#: what is run before an example and not shown
PREPARED: Final = {"compare": ("solve first/scenarios/cut.toml",)}
#: what the runs of the examples are called, and the scenario of each
RUNS: Final = {"run": "first", "cut": "cut"}
SECONDS: Final = re.compile(r"(?<= )\d+\.\d(?= (?:s|秒)\b)")


def run(words: str, lang: str, folder: Path) -> str:
    """The printed answer of `gpsopt words` in `folder`."""
    env = {**os.environ, "GPSOPT_LANG": lang, "COLUMNS": "100"}
    done = subprocess.run(
        [COMMAND, *words.split()], cwd=folder, env=env, stdout=subprocess.PIPE, check=True, encoding="utf-8"
    )
    return done.stdout.rstrip("\n")


def command_page(lang: str) -> str:
    """The manual page of the commands in one language: every command with its options and a real run."""
    group = worded(lang)
    lines = [f"# {say('manual.title', lang)}", "", say("manual.generated", lang), "", say("manual.every", lang), ""]
    lines += _options(group, lang)
    with tempfile.TemporaryDirectory() as folder:
        for name in EXAMPLES:
            lines += ["", f"## gpsopt {name}", "", group.commands[name].help, ""]
            lines += _options(group.commands[name], lang)
            lines += ["", *_example(name, lang, Path(folder)), "", say(f"manual.json_{name}", lang)]
            further = [key for key in messages(lang) if key.startswith(f"manual.more_{name}_")]
            lines += [line for key in further for line in ("", say(key, lang))]
    codes = [key for key in messages(lang) if key.startswith("manual.exit_")]
    lines += ["", f"## {say('manual.exit', lang)}", "", "| | |", "|---|---|"]
    lines += [f"| {key.removeprefix('manual.exit_')} | {say(key, lang)} |" for key in codes]
    lines += ["", say("manual.refusals", lang)]
    return "\n".join(lines) + "\n"


def _options(command: Any, lang: str) -> list[str]:
    """Arguments and options as a table; those of every command stand once, at the top."""
    everywhere = ("help", "json", "lang", "version")
    context = typer.Context(command, info_name=command.name)
    top = command.name is None or hasattr(command, "commands")
    params = [p for p in (*command.params, command.get_help_option(context)) if (p.name in everywhere) == top]
    shown = [(p.opts[0] if p.param_type_name == "option" else p.metavar, p.help, p.default) for p in params]
    head = [f"| {say('manual.option', lang)} | {say('manual.meaning', lang)} |", "|---|---|"]
    return head + [
        f"| `{name.replace('|', chr(92) + '|')}` | {words}{_default(value, lang)} |" for name, words, value in shown
    ]


def _default(value: object, lang: str) -> str:
    return f" {say('manual.default', lang, value=value)}" if isinstance(value, Path) else ""


def _example(name: str, lang: str, folder: Path) -> list[str]:
    for words in PREPARED.get(name, ()):
        run(words, lang, folder)
    made = sorted(p.name for p in (folder / "runs").glob("*-*"))
    runs = {key: next((m for m in made if m.startswith(f"{scenario}-")), "") for key, scenario in RUNS.items()}
    words = EXAMPLES[name].format(**runs)
    return ["```", f"$ gpsopt {words}", run(words, lang, folder), "```"]


def readme(text: str, pages: dict[str, str]) -> str:
    """The README with the printed page of each language put between its marks."""
    for lang, page in pages.items():
        start, end = f"<!-- page:{lang} -->", f"<!-- /page:{lang} -->"
        before, _, rest = text.partition(start)
        _, _, after = rest.partition(end)
        if not rest or not after:
            raise SystemExit(f"README.md: {start} … {end} is missing")
        text = f"{before}{start}\n```\n{page}\n```\n{end}{after}"
    return text


def without_seconds(text: str) -> str:
    """A printed page without what differs from run to run."""
    return SECONDS.sub("#", text)


def pictures(run_folder: Path) -> str:
    """The README's picture of a run of the baseline."""
    scenario = read_scenario(BASELINE)
    money = {"zh": "各年预算的去向", "en": "where the budgets of each year go"}
    zh, en = (f"{scenario.title(lang)}: {money[lang]}" for lang in LANGUAGES)
    return money_picture(run_folder, zh, en)


def main() -> None:
    """Make every document again."""
    for name, text in clause_pages().items():
        path = ROOT / "docs" / "clauses" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for lang in LANGUAGES:
        path = ROOT / "docs" / lang / "commands.md"
        path.parent.mkdir(exist_ok=True)
        page = command_page(lang)
        if not path.exists() or without_seconds(path.read_text(encoding="utf-8")) != without_seconds(page):
            path.write_text(page, encoding="utf-8")
    from gpsopt import solve, write_run

    plan = solve(BASELINE)
    if not plan.certified:
        raise SystemExit("the baseline is not certified: nothing is shown of it")
    with tempfile.TemporaryDirectory() as folder:
        (ROOT / "docs" / "money.svg").write_text(pictures(write_run(plan, Path(folder))), encoding="utf-8")
    path = ROOT / "README.md"
    path.write_text(readme(path.read_text("utf-8"), {lang: plan.page(lang) for lang in LANGUAGES}), encoding="utf-8")


if __name__ == "__main__":
    main()
