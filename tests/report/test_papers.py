"""Papers re-opened: they tie to the run to the fen, the public one names nobody, the brief has two pages."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from gpsopt import solve, write_run
from gpsopt.report.papers import papers_of
from gpsopt.report.workbook import write_papers
from gpsopt.report.write import write_report
from gpsopt.runread import Run, read_run

TOWN = Path(__file__).parents[2] / "models" / "town"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return read_run(write_run(solve(TOWN), tmp_path_factory.mktemp("runs")))


def test_totals_tie_to_the_run_to_the_fen(run: Run) -> None:
    papers = {paper.key: paper for paper in papers_of(run, "zh")}
    bought = sum(run.frame("allocation")["amount"])
    assert bought > 0
    assert papers["annual_plan"].total("amount") == papers["awards"].total("amount") == bought
    assert papers["ledger"].total("amount") == sum(run.frame("transfers")["amount"])
    assert papers["adjustments"].total("change") == sum(run.frame("transfers")["change"])
    assert papers["balance"].total("difference") == 0
    for name in ("direct", "stranded", "purchased", "unspent"):
        assert papers["balance"].total(name) == sum(run.frame("budgets")[name])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_public_paper_names_no_undertaker_offer_or_price(run: Run, lang: str, tmp_path: Path) -> None:
    write_papers(run, tmp_path, lang)
    tables = run.scenario.tables
    secret = {str(row[k]) for _l, row in tables.rows("undertakers") for k in ("undertaker", "name_zh", "name_en")}
    secret |= {row["offer"] for _line, row in tables.rows("offers")}
    said = [c for s in load_workbook(tmp_path / "public.xlsx") for row in s.iter_rows(values_only=True) for c in row]
    said += [c for row in csv.reader((tmp_path / "annual_plan.csv").read_text("utf-8-sig").splitlines()) for c in row]
    words = {str(c) for c in said if c is not None}
    assert len(words) > 20 and not words & secret
    assert not [w for w in words for s in secret if len(s) > 3 and s in w]
    assert not re.search(r"单价|Unit price", " ".join(words))
    inside = {str(c) for row in csv.reader((tmp_path / "awards.csv").read_text("utf-8-sig").splitlines()) for c in row}
    assert inside & secret


def test_workbook_holds_the_awards(run: Run, tmp_path: Path) -> None:
    book = load_workbook(write_report([run], tmp_path / "r.xlsx", "en"))
    sheet = book["Purchases"]
    place = [c.value for c in sheet[1]].index("Amount") + 1
    total = sum(Decimal(str(sheet.cell(r, place).value)) for r in range(2, sheet.max_row + 1))
    assert total == sum(run.frame("allocation")["amount"])
    assert sheet.freeze_panes is not None and sheet.auto_filter.ref


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_brief_has_two_pages_and_the_runs(run: Run, lang: str, tmp_path: Path) -> None:
    pdf = write_report([run, run], tmp_path / "brief.pdf", lang).read_bytes()
    assert len(re.findall(rb"/Type\s*/Page[^s]", pdf)) == 2 or b"/Count 2" in pdf
    page = write_report([run, run], tmp_path / "brief.html", lang).read_text(encoding="utf-8")
    assert run.run in page and "<svg" in page
    assert not re.search(r"(src|href)=.?https?:|@import|<script", page)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_slides_and_memo_open_again(run: Run, lang: str, tmp_path: Path) -> None:
    from docx import Document
    from pptx import Presentation

    deck = Presentation(str(write_report([run], tmp_path / "s.pptx", lang)))
    shapes = [shape for slide in deck.slides for shape in slide.shapes]
    assert any(shape.has_chart for shape in shapes) and sum(shape.has_table for shape in shapes) == 3
    assert any(run.run in shape.text_frame.text for shape in shapes if shape.has_text_frame)
    memo = Document(str(write_report([run], tmp_path / "m.docx", lang)))
    assert run.run in memo.paragraphs[-1].text and len(memo.tables) == 3
