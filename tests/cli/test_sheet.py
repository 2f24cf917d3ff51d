"""Chinese lines end where Chinese may end; nothing is lost in breaking them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.table import Table

from gpsopt.plan.page import _percent
from gpsopt.sheet import Sheet

SENTENCE = "有 1 个报价缺少质量或满意度，将用承接主体（见 undertakers 表）最近一次的绩效评价，缺口 2,000.00 元。"


def printed(text: str, width: int) -> list[str]:
    sheet = Sheet(width)
    sheet.print(text)
    return sheet.text().splitlines()


def test_a_line_is_filled_before_it_ends() -> None:
    lines = printed(SENTENCE, 40)
    assert lines[0] == "有 1 个报价缺少质量或满意度，将用承接主"
    assert all(cell_len(line) > 30 for line in lines[:-1])


def test_marks_and_units_stay_where_they_belong() -> None:
    for width in range(14, 60):
        for line in printed(SENTENCE, width):
            assert not line.startswith(("，", "。", "）", "元", "个"))
            assert not line.endswith("（")


def test_a_cell_of_a_table_is_broken_the_same_way() -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(width=20)
    table.add_row(SENTENCE)
    sheet = Sheet(80)
    sheet.print(table)
    assert [line.strip() for line in sheet.text().splitlines()] == [line.strip() for line in printed(SENTENCE, 20)]


def test_english_is_left_to_the_printer() -> None:
    assert printed("a plan that breaks nothing", 12) == ["a plan that", "breaks", "nothing"]


@given(st.text(alphabet="预算，。（）元 0123.ab%“”", max_size=60), st.integers(2, 40))
def test_nothing_is_lost_and_no_line_is_too_long(text: str, width: int) -> None:
    lines = printed(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("missing", "shown"), [("49.4", "49"), ("1", "1"), ("0.4", "0.4"), ("0.1", "0.1"), ("0.05", "<0.1")]
)
def test_a_shortfall_is_never_shown_as_none(missing: str, shown: str) -> None:
    assert _percent(Decimal(missing)) == shown
