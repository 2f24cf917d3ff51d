"""What the documents show is what the program does: pages of commands, the README's page, commands and code."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from docs.make import BASELINE, ROOT, command_page, pictures, readme, without_seconds
from docs.picture import PARTS, money_picture, sums_of

from gpsopt import Plan, read_scenario, solve, write_run
from gpsopt.cli import worded
from gpsopt.text import LANGUAGES, messages, say, term
from tests.cli.worlds import hamlet

README = (ROOT / "README.md").read_text(encoding="utf-8")


def shown_page(lang: str) -> list[str]:
    """The printed page that stands in the README."""
    found = re.search(rf"<!-- page:{lang} -->\n```\n(.*?)\n```\n<!-- /page:{lang} -->", README, re.DOTALL)
    assert found, f"README.md has no page in {lang}: make docs"
    return found[1].splitlines()


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_pages_of_the_commands_are_those_of_this_program(lang: str) -> None:
    stored = (ROOT / "docs" / lang / "commands.md").read_text(encoding="utf-8")
    assert without_seconds(stored) == without_seconds(command_page(lang)), "make docs"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_in_the_readme_has_the_lines_that_are_printed(lang: str) -> None:
    """Every line of it is one the program prints today, for the baseline's own aims and years."""
    page, scenario = shown_page(lang), read_scenario(BASELINE)
    assert page[0] == scenario.title(lang)
    certified = say("page.certified", lang)
    assert any(line.endswith(certified) for line in page), "only a certified plan is shown"
    text = " ".join(page)
    for aim in scenario.settings.aims.order:
        assert all(word in text for word in term(aim, lang, within="aims").split()), aim
    for year in scenario.settings.years:
        assert sum(re.match(rf" {year} +[\d,]+\.\d\d", line) is not None for line in page) == 1, year
    heads = [say(f"page.{key}", lang) for key in ("value", "bound", "gap", "plan_value", "given_up")]
    assert any(all(head in line for head in heads) for line in page)
    for key in ("run", "matters", "short", "assumed", "counts"):
        template = re.sub(r"\\\{.*?\\\}", ".+?", re.escape(messages(lang)[f"page.{key}"]))
        assert re.search(template.replace(r"\ ", r"\s+"), text), key


@pytest.mark.slow
def test_the_page_and_the_picture_are_those_of_a_fresh_run(tmp_path: Path) -> None:
    plan = solve(BASELINE)
    assert plan.certified
    for lang in LANGUAGES:
        assert without_seconds("\n".join(shown_page(lang))) == without_seconds(plan.page(lang)), "make docs"
    run = write_run(plan, tmp_path)
    assert (ROOT / "docs" / "money.svg").read_text(encoding="utf-8") == pictures(run), "make docs"


def test_the_picture_is_drawn_to_scale(tmp_path: Path) -> None:
    plan = solve(hamlet(tmp_path / "m"))
    run = write_run(plan, tmp_path)
    picture = ET.fromstring(money_picture(run, "村<&>", "A hamlet"))
    space = "{http://www.w3.org/2000/svg}"
    bars = [r for r in picture.iter(f"{space}rect") if r.get("height") == "34"]
    sums = sums_of(run)
    amounts = [amount for year in sorted(sums) for amount in sums[year].values()]
    widths = [float(bar.get("width", "")) for bar in bars]
    assert len(bars) == len(amounts) == len(PARTS) * len(plan.scenario.settings.years)
    scale = sum(widths) / float(sum(amounts))
    assert all(abs(width - float(amount) * scale) < 0.2 for width, amount in zip(widths, amounts, strict=True))
    assert [bar.get("fill") for bar in bars[:4]] == list(PARTS.values())
    assert float(sum(amounts)) == pytest.approx(float(plan.budgets["amount"].sum()))


def test_the_stored_picture_is_one_of_the_baseline() -> None:
    picture = ET.fromstring((ROOT / "docs" / "money.svg").read_text(encoding="utf-8"))
    words = [element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")]
    scenario = read_scenario(BASELINE)
    assert all(str(year) in words for year in scenario.settings.years)
    assert any(scenario.title("zh") in (word or "") for word in words)


def test_commands_and_targets_in_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = set(worded("en").commands)
    targets = set(re.findall(r"\bmake ([a-z][a-z-]*)", README))
    assert {"demo", "test", "test-all", "lint", "docs"} <= targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    named = set(re.findall(r"`gpsopt ([a-z]+)|(?:bin/|Scripts\\)gpsopt ([a-z]+)", README))
    assert {a or b for a, b in named} == commands
    for link in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / link).exists(), link


def test_the_python_in_the_readme_runs(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    model = hamlet(tmp_path / "m")
    space: dict[str, object] = {}
    exec(code.replace("scenarios/baseline.toml", str(model)), space)
    plan = space["plan"]
    assert isinstance(plan, Plan) and plan.certified


def test_exit_codes_are_said_the_same_everywhere() -> None:
    codes = {key.removeprefix("manual.exit_") for key in messages("en") if key.startswith("manual.exit_")}
    line = re.search(r"Exit codes: (.*?)\n\n", README, re.DOTALL)
    assert line and set(re.findall(r"(?:^|· )(\d+) ", line[1].replace("\n", " "))) == codes
    assert codes == {"0", "1", "2", "3", "4", "130"}


def test_a_page_without_its_marks_is_refused() -> None:
    with pytest.raises(SystemExit, match="page:zh"):
        readme("nothing here", {"zh": "page"})
    assert readme("a <!-- page:en -->old<!-- /page:en --> b", {"en": "new"}).split("\n")[2] == "new"
