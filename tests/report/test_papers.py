"""Papers re-opened: every total ties to the run to the fen, the public ones name nobody, hand cells are counted."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from gpsopt.report.paper import Paper
from gpsopt.report.paperbook import write_papers
from gpsopt.report.papers import papers_of, years_of
from gpsopt.report.sheets import cells_of
from gpsopt.runread import Run
from gpsopt.text import say

BOUGHT = {"budget_detail": "budget_amount", "annual_plan": "budget_amount", "budget_summary": "amount",
          "budget_short": "amount", "targets": "amount", "self_evaluation": "initial",
          "contract_notice": "contract_amount", "outturn": "initial", "awards": "amount",
          "catalogue_inside": "bought_this_year"}  # fmt: skip


def papers(run: Run, lang: str, year: int) -> dict[str, Paper]:
    return {paper.key: paper for paper in papers_of(run, lang, year)}


def of_year(run: Run, table: str, year: int) -> list[dict[str, Any]]:
    frame = run.frame(table)
    return [{str(k): v for k, v in row.items()} for row in frame[frame["year"] == year].to_dict("records")]


def test_every_total_ties_to_the_run_to_the_fen(town: Run) -> None:
    for year in years_of(town):
        made = papers(town, "zh", year)
        bought = sum(row["amount"] for row in of_year(town, "allocation", year))
        assert bought > 0
        assert {key: made[key].total(column) for key, column in BOUGHT.items()} == dict.fromkeys(BOUGHT, bought)
        moved = of_year(town, "transfers", year)
        for key, column in (("amount_moved", "amount"), ("change", "change")):
            assert made["ledger"].total(key) == sum(row[column] for row in moved)
            assert made["adjustments_drafting"].total(key) == sum(row[column] for row in moved)
        budgets = of_year(town, "budgets", year)
        for name in ("direct", "stranded", "purchased", "unspent"):
            assert made["balance"].total(name) == sum(row[name] for row in budgets)
        assert made["balance"].total("difference") == 0
        assert made["books"].total("book") == made["books"].total("plan_used") == sum(r["amount"] for r in budgets)
        assert made["books"].total("base_differs") == made["books"].total("plan_differs") == 0
        assert made["posts"].total("stranded") == sum(row["stranded"] for row in of_year(town, "direct", year))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_workbooks_hold_the_papers_with_subtotals_summed_in_fen(town: Run, lang: str, tmp_path: Path) -> None:
    write_papers(town, tmp_path, lang, year=2015)
    book = load_workbook(tmp_path / "internal-2015.xlsx")
    for paper in papers_of(town, lang, 2015):
        sheet = book[paper.title(lang)[:31]]
        cells = [list(row) for row in sheet.iter_rows(values_only=True)]
        assert cells[0][0] == paper.title(lang) and "2015" in str([c for c in cells[1] if c][-1])
        start = next(i for i, row in enumerate(cells) if row[: len(paper.columns)] == paper.head(lang))
        said = " ".join(str(row[0]) for row in cells if row[0])
        assert town.run in said and str(town.manifest["plan_hash"])[:12] in said
        assert (say("paper.to_fill", lang, n=paper.to_fill) in said) == (paper.to_fill > 0)
        assert sheet.freeze_panes is not None and sheet.print_title_rows
        total, part = say("paper.total", lang), say("paper.subtotal", lang, of="")
        at = paper.place(paper.group) if paper.group else 0
        body = cells[start + 1 :]
        for place, column in enumerate(paper.columns):
            if not column.summed or not paper.rows:
                continue
            scale = 10_000 if column.kind == "wan" else 1
            ends = [Decimal(str(row[place])) * scale for row in body if row[at] == total]
            parts = [Decimal(str(row[place])) * scale for row in body if str(row[at]).startswith(part)]
            assert ends == [paper.total(column.name)], (paper.key, column.name)
            assert not paper.group or sum(parts) == ends[0]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_public_papers_name_no_undertaker_offer_or_price(town: Run, lang: str, tmp_path: Path) -> None:
    """Also where the model's own remarks do: a remark that names one, or a price, is left to be filled by hand."""
    tables = town.scenario.tables
    undertakers = [row for _line, row in tables.rows("undertakers")]
    secret = {str(row[k]) for row in undertakers for k in ("undertaker", "name_zh", "name_en") if row[k]}
    secret |= {str(row["offer"]) for _line, row in tables.rows("offers")}
    needs = tables["needs"].copy()
    remarks = [f"as last year by {undertakers[0]['name_en']}", "offer o01 is meant", "单价 120 元", "for the aged"]
    needs["note"] = [remarks[i % 4] for i in range(len(needs))]
    scenario = replace(town.scenario, tables=tables.with_frame("needs", needs))
    run = replace(town, known_scenario=scenario)
    write_papers(run, tmp_path, lang)
    said = []
    for year in years_of(run):
        book = load_workbook(tmp_path / f"public-{year}.xlsx")
        said += [c for sheet in book for row in sheet.iter_rows(values_only=True) for c in row]
        assert len(book.sheetnames) == 3  # what is procured is announced from 2020 on
        for paper in papers_of(run, lang, year):
            if paper.public:
                text = (tmp_path / f"{paper.key}-{year}.csv").read_text("utf-8-sig")
                said += [c for row in csv.reader(text.splitlines()) for c in row]
                assert not {"undertaker", "offer", "price", "party_b"} & {c.name for c in paper.columns}
    words = {str(c) for c in said if c is not None}
    assert len(words) > 20 and "for the aged" in words and not words & secret
    assert not [w for w in words for s in secret if re.search(rf"(?<!\w){re.escape(s)}(?!\w)", w)]
    assert not re.search(r"单价|Unit price|as last year", " ".join(words))
    inside = (tmp_path / "awards-2015.csv").read_text("utf-8-sig")
    assert any(s in inside for s in secret)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_rows_are_as_high_as_the_text_that_wraps_in_them(town: Run, lang: str, tmp_path: Path) -> None:
    write_papers(town, tmp_path, lang, year=2015)
    wrapped = 0
    for sheet in load_workbook(tmp_path / "internal-2015.xlsx"):
        merged = {cell for area in sheet.merged_cells.ranges for row in area.rows for cell in row}
        dimensions = sheet.column_dimensions.values()
        widths = {place: d.width for d in dimensions for place in range(d.min, d.max + 1)}
        for cell in (c for row in sheet.iter_rows() for c in row if c.alignment.wrap_text and c.data_type == "s"):
            lines = ceil(cells_of(cell.value) / widths[cell.column])
            wrapped += lines > 1
            high = sheet.row_dimensions[cell.row].height
            assert lines <= 1 or (cell.row, cell.column) in merged or high >= 14 * lines
    assert wrapped > 10


def test_intentions_are_announced_from_2020_on(town: Run) -> None:
    frames = {name: frame.assign(year=frame["year"] + 5) if "year" in frame else frame
              for name, frame in town.frames.items() if name != "excluded"}  # fmt: skip
    later = replace(town, frames=frames, known_scenario=town.scenario)
    paper = next(p for p in papers_of(later, "zh", 2020) if p.key == "intentions")
    items = {row["item"]: row for _line, row in town.scenario.tables.rows("items")}
    procured = [r for r in of_year(town, "allocation", 2015) if items[r["item"]]["procedure"] == "procurement"]
    assert procured and paper.public and paper.total("budget_amount") == sum(r["amount"] for r in procured)


def test_hand_columns_are_empty_and_counted(town: Run) -> None:
    made = papers(town, "zh", 2015)
    plan = made["annual_plan"]
    method = plan.place("method")
    assert all(row[method] is None for row in plan.rows)
    assert plan.to_fill >= len(plan.rows)
    assert made["balance"].to_fill == 0
    notice = made["contract_notice"]
    assert notice.to_fill == sum(c.hand for c in notice.columns) * len(notice.rows)


def test_moves_between_lines_take_in_turn_from_what_is_there(town: Run) -> None:
    for year in years_of(town):
        paper = papers(town, "en", year)["adjustments_drafting"]
        for row in paper.rows:
            cell = dict(zip([c.name for c in paper.columns], row, strict=True))
            if isinstance(cell["original"], Decimal):
                assert isinstance(cell["available"], Decimal) and cell["available"] <= cell["original"]
                assert cell["after_move"] == cell["available"] - Decimal(str(cell["amount_moved"]))
                assert cell["after_move"] >= 0
        assert any("difference 0.00" in said for said in paper.controls)
    execution = town.scenario.settings.model_copy(update={"stage": "execution"})
    booked = replace(town, known_scenario=replace(town.scenario, settings=execution))
    kinds = {row[13] for row in papers(booked, "zh", 2015)["adjustments"].rows}
    assert "本单位内调剂" in kinds and "年初预算编制" not in kinds


def test_the_kind_of_a_change_follows_key_spending_and_classes(town: Run) -> None:
    """Execution: money that leaves a key matter is 预算调整; a move inside one project and class is none."""
    tables, settings = town.scenario.tables, town.scenario.settings.model_copy(update={"stage": "execution"})
    needs, lines = tables["needs"].copy(), tables["direct_lines"].copy()
    for frame in (needs, lines):
        frame["functional_class"], frame["economic_class"] = "208", "30227"
    needs["key"], lines["spending_kind"] = True, "project"
    tables = tables.with_frame("needs", needs).with_frame("direct_lines", lines)
    run = replace(town, known_scenario=replace(town.scenario, tables=tables, settings=settings))
    marked = 0
    for year in years_of(town):
        paper = papers(run, "zh", year)["adjustments"]
        left = [r for r in of_year(town, "transfers", year)
                if r["from_line"] == "direct" and r["use"] != "own" and r["amount"]]  # fmt: skip
        kinds = [row[paper.place("kind_of_change")] for row in paper.rows]
        assert kinds.count("需报预算调整") == len(left)
        assert any(f"有{len(left)}行" in said for said in paper.controls)
        own = [r for r in of_year(town, "transfers", year) if r["use"] == "own"]
        assert kinds.count("本科目内") == len(own)
        to = [row[paper.place("to_class")] for row in paper.rows]
        assert sorted(filter(None, to)) == ["208 / 30227"] * len(own)
        marked += len(left) + len(own)
    assert marked > 1


def test_columns_are_called_as_the_forms_call_them(town: Run) -> None:
    made = papers(town, "zh", 2015)
    assert made["budget_summary"].head("zh")[-4:] == ["购买数量", "购买金额（万元）", "计量单位", "单价（元）"]
    assert made["budget_short"].head("zh")[1:] == [
        "处室", "购买服务名称", "所属项目", "所属政府购买服务目录（编号、名称）", "金额（万元）", "备注",
    ]  # fmt: skip
    assert made["catalogue"].head("zh") == ["编码", "一级目录", "二级目录", "三级目录", "四级目录（服务内容）"]
    assert made["contract_notice"].head("zh")[-4:] == ["其他补充事宜", "所属地域", "所属行业", "代理机构"]
    assert made["self_evaluation"].head("zh")[5:8] == ["三级指标", "年度指标值", "实际完成值"]
    assert made["eligibility"].head("zh")[-3:] == ["不符合的规则", "原因", "文件出处"]


def test_a_plan_that_is_not_certified_says_so_across_every_sheet(town: Run, tmp_path: Path) -> None:
    write_papers(replace(town, summary={**town.summary, "certified": False}), tmp_path, "zh", year=2015)
    for sheet in load_workbook(tmp_path / "public-2015.xlsx"):
        assert sheet["A3"].value == "未通过校验，不得使用" and any("A3:" in str(m) for m in sheet.merged_cells.ranges)


def test_a_formula_in_a_name_stays_text(town: Run, tmp_path: Path) -> None:
    tables = town.scenario.tables
    frame = tables["purchasers"].copy()
    frame["name_zh"] = "=1+1"
    run = replace(town, known_scenario=replace(town.scenario, tables=tables.with_frame("purchasers", frame)))
    write_papers(run, tmp_path, "zh", year=2015)
    cells = [c for s in load_workbook(tmp_path / "internal-2015.xlsx") for row in s.iter_rows() for c in row]
    assert {c.data_type for c in cells if c.value == "=1+1"} <= {"s", "f"}  # openpyxl reads such text as a formula
    import zipfile

    with zipfile.ZipFile(tmp_path / "internal-2015.xlsx") as book:
        assert not any(b"<f>" in book.read(n) for n in book.namelist() if "worksheets/" in n)
    assert ",'=1+1," in (tmp_path / "balance-2015.csv").read_text("utf-8-sig").replace("\n", ",\n,")
