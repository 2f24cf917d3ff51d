"""The brief in its forms, re-opened: two pages, the runs it speaks of, what binds, each figure with its standing."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from gpsopt.errors import UsageError
from gpsopt.money import fen
from gpsopt.report.brief import ASSUMED, brief_of
from gpsopt.report.papers import papers_of, years_of
from gpsopt.report.sheets import cells_of
from gpsopt.report.write import brief_pictures, write_report
from gpsopt.runread import Run
from gpsopt.simulation.headline import Lived, read_lived
from gpsopt.text import term


def test_workbook_holds_the_awards_and_the_rules(town: Run, tmp_path: Path) -> None:
    book = load_workbook(write_report([town], tmp_path / "r.xlsx", "en"))
    sheet = book["Purchases"]
    place = [c.value for c in sheet[1]].index("Amount, yuan") + 1
    total = sum(Decimal(str(sheet.cell(r, place).value)) for r in range(2, sheet.max_row + 1))
    assert total == sum(town.frame("allocation")["amount"])
    assert sheet.freeze_panes is not None and sheet.auto_filter.ref
    rules = {row[0]: row for row in book["Rules and prices"].iter_rows(min_row=2, values_only=True)}
    clauses = town.scenario.settings.clauses
    for name in type(clauses).model_fields:
        row = rules[term(name, "en", within="clauses")]
        assert row[1] == ("Yes" if clauses.on(name) else "No") and bool(row[2]) == clauses.on(name)
    assert "3" in str(rules[term("competition", "en", within="clauses")][3])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_word_of_the_other_language_in_the_workbook(town: Run, lang: str, tmp_path: Path) -> None:
    """But for the codes of needs, offers and items, and names that the model gives in one language only."""
    book = load_workbook(write_report([town], tmp_path / "r.xlsx", lang))
    tables = town.scenario.tables
    given = {str(v) for _line, row in tables.rows("undertakers") for v in row.values()}
    given |= {str(v) for t in ("needs", "offers", "items") for _line, row in tables.rows(t) for v in row.values()}
    wrong = re.compile(r"[A-Za-z]{3,}" if lang == "zh" else r"[\u4e00-\u9fff]")
    said = [str(c) for s in book for row in s.iter_rows(min_row=1, values_only=True) for c in row if c is not None]
    foot = re.compile(rf"{re.escape(town.run)}|[0-9a-f]{{12}}|HHI")
    assert [w for w in said if w not in given and wrong.search(foot.sub("", w))] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_brief_has_two_pages_and_the_runs(town: Run, lang: str, tmp_path: Path) -> None:
    runs = [town, replace(town, summary={**town.summary, "run": "town-other"})]
    pdf = write_report(runs, tmp_path / "brief.pdf", lang).read_bytes()
    assert len(re.findall(rb"/Type\s*/Page[^s]", pdf)) == 2 or b"/Count 2" in pdf
    page = write_report(runs, tmp_path / "brief.html", lang).read_text(encoding="utf-8")
    assert town.run in page and "town-other" in page and "<svg" in page
    assert str(town.manifest["plan_hash"])[:12] in page and town.scenario.digest()[:12] in page
    assert not re.search(r"(src|href)=.?https?:|@import|<script", page)


@pytest.mark.slow
def test_many_runs_make_smaller_letters_and_still_two_pages(town: Run) -> None:
    assert len(brief_pictures([town] * 7, "en")) == 2


def test_sums_of_the_brief_tie_and_assumed_figures_are_marked(town: Run) -> None:
    brief = brief_of([town], "zh")
    frame = town.frame("budgets")
    year = int(frame["year"].max())
    head, rows = brief.people
    for place, name in enumerate(("direct", "stranded", "purchased", "unspent"), 1):
        exact = sum(fen(v) for v in frame[frame["year"] == year][name])
        assert rows[-1][place] == f"{Decimal(exact) / 1_000_000:,.2f}"
    assert len(head) == 5
    tables = town.scenario.tables
    assumed = any(row.get("status") == "assumed" for _line, row in tables.rows("budgets"))
    marked = replace(town, known_scenario=replace(
        town.scenario, tables=tables.with_frame("budgets", tables["budgets"].assign(status="assumed"))))  # fmt: skip
    conclusions = [dict(brief_of([run], "zh").sections)["结论"] for run in (town, marked)]
    assert (f"万元{ASSUMED}不变" in conclusions[0]) == assumed and f"万元{ASSUMED}不变" in conclusions[1]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_moves_asked_for_are_the_total_of_the_list_that_is_annexed(town: Run, lang: str) -> None:
    year = max(years_of(town))
    annex = next(p for p in papers_of(town, lang, year) if p.key == "adjustments_drafting")
    asked = brief_of([town], lang).sections[0][1]
    assert f"{annex.total('amount_moved') / 10_000:,.2f}" in asked


def test_what_is_said_follows_the_figures(town: Run) -> None:
    """Coverage rises, falls or stays; a budget that differs from the baseline's is not called unchanged."""

    def with_coverage(value: float) -> Run:
        goals = town.frame("goals").copy()
        goals["value"] = [value if g == "coverage" else v for g, v in zip(goals["goal"], goals["value"], strict=True)]
        return replace(town, summary={**town.summary, "run": f"other-{value}"}, frames={**town.frames, "goals": goals})

    base = with_coverage(0.9)
    said = {v: dict(brief_of([base, with_coverage(v)], "zh").sections) for v in (0.8, 0.95)}
    assert "由90.0%" in said[0.95]["结论"] and "提高到95.0%" in said[0.95]["结论"]
    assert "降至80.0%" in said[0.8]["结论"] and "主要原因是" in said[0.8]["结论"]
    assert "降低10.0个百分点" in said[0.8]["备选方案"] and "备选方案" not in dict(brief_of([town], "zh").sections)
    same = replace(town, summary={**town.summary, "run": "same"})
    assert "保持在" in dict(brief_of([town, same], "zh").sections)["结论"]
    budgets = town.frame("budgets").copy()
    budgets["amount"] = [v + 1 for v in budgets["amount"]]
    more = replace(same, frames={**town.frames, "budgets": budgets})
    sections = dict(brief_of([town, more], "zh").sections)
    assert "不变" not in sections["结论"] and "基准方案为" in sections["结论"]
    assert "不增加预算支出总额" not in sections["资金从哪里来"]


def test_each_run_stands_in_the_foot_with_the_hash_of_its_inputs(town: Run) -> None:
    foot = brief_of([town, replace(town, summary={**town.summary, "run": "town-other"})], "en").foot
    assert foot.count(f"(inputs {town.scenario.digest()[:12]})") == 2 and "town-other" in foot


def test_a_plan_that_is_not_certified_says_so_on_every_slide(town: Run, tmp_path: Path) -> None:
    from pptx import Presentation

    run = replace(town, summary={**town.summary, "certified": False})
    for slide in Presentation(str(write_report([run], tmp_path / "s.pptx", "zh"))).slides:
        assert any("未通过校验，不得使用" in s.text_frame.text for s in slide.shapes if s.has_text_frame)


def test_a_simulation_adds_its_risks(town: Run, tmp_path: Path) -> None:
    from gpsopt.runfolder import write_folder
    from gpsopt.simulation.simulate import simulate, simulation_files

    lived = simulate(town, draws=20)
    folder = write_folder(tmp_path, lived.name, simulation_files(lived))
    read = read_lived(folder)
    assert read.draws == 20 and read.run == town.run and read.fragile
    heads = [head for head, _said in brief_of([town], "en", read).sections]
    assert "Under uncertainty" in heads and "Under uncertainty" not in dict(brief_of([town], "en").sections)
    assert isinstance(read, Lived)
    lived = dict(brief_of([town], "zh", replace(read, fragile="", awards=8, safe=6, planned_anew=12)).sections)
    assert "不能履约" not in lived["风险模拟"] and "12次重新测算中，75.0%" in lived["风险模拟"]
    with pytest.raises(UsageError):
        read_lived(tmp_path)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_slides_and_memo_open_again(town: Run, lang: str, tmp_path: Path) -> None:
    from docx import Document
    from pptx import Presentation

    deck = Presentation(str(write_report([town], tmp_path / "s.pptx", lang)))
    shapes = [shape for slide in deck.slides for shape in slide.shapes]
    assert any(shape.has_chart for shape in shapes) and sum(shape.has_table for shape in shapes) == 3
    assert any(town.run in shape.text_frame.text for shape in shapes if shape.has_text_frame)
    memo = Document(str(write_report([town], tmp_path / "m.docx", lang)))
    assert town.run in memo.paragraphs[-1].text and len(memo.tables) == 3


def lines_needed(text: str, points: float, width: int) -> int:
    """How many lines a text takes in a box of `width` (EMU) less its margins; an em is two of its cells."""
    return max(1, ceil(cells_of(text) * points * 0.52 / (width / 12700 - 14)))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_on_a_slide_runs_over(town: Run, lang: str, tmp_path: Path) -> None:
    """Boxes hold their lines, tables end above the foot; all stand on the slide."""
    from pptx import Presentation

    deck: Any = Presentation(str(write_report([town] * 3, tmp_path / "s.pptx", lang)))
    for slide in deck.slides:
        foot = max(shape.top for shape in slide.shapes if shape.has_text_frame)
        for shape in slide.shapes:
            assert shape.top + shape.height <= deck.slide_height and shape.left + shape.width <= deck.slide_width
            if shape.has_text_frame:
                said = [(p.text, p.runs[0].font.size.pt) for p in shape.text_frame.paragraphs if p.runs]
                height = sum(lines_needed(text, size, shape.width) * size * 1.25 + 4 for text, size in said)
                assert height <= shape.height / 12700, said
            if shape.has_table:
                widths = [column.width for column in shape.table.columns]
                cells = [[cell.text for cell in row.cells] for row in shape.table.rows]
                lines = [max(map(lines_needed, row, [12.0] * len(row), widths)) for row in cells]
                rows = [max(row.height / 12700, 15 * n + 5) for row, n in zip(shape.table.rows, lines, strict=True)]
                assert shape.top / 12700 + sum(rows) <= foot / 12700
