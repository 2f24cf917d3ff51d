"""No cell of a plan can be changed unseen: by a fen, a unit, a name; nor rows, nor pairs of rows that keep the sums."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from gpsopt.scenario import Scenario
from gpsopt.verify import verify_frames

from .handmade import Case, Frames, summary_of
from .variants import LAGGED_FREE, LEGAL, POOLED

#: text that may say what it likes: none of the plan's columns but the reasons, which must be one of five
OTHER_WORD = {"yes": "no", "no": "yes", "price": "cheap", "stranded": "", "money": "habit", "rule": "", "": "x"}


def tampered(column: str, text: str) -> Iterator[str]:
    """Other values of a cell: a fen, a unit or a step more and less, another name, nothing."""
    try:
        value = Decimal(text)
    except ArithmeticError:
        yield OTHER_WORD.get(text, f"{text}x")
        if text and column != "kept_because":
            yield ""
        return
    step = Decimal("0.01") if "." in text else Decimal("0.5") if column not in ("year", "candidates", "awards") else 1
    yield str(value + step)
    if value >= step or column == "change":
        yield str(value - step)
    if value:
        yield str(-value)


def is_caught(scenario: Scenario, frames: Frames, file: str, row: int) -> None:
    """The verdict is no, and some fault names the file; and the row, unless the row itself is now unknown."""
    verdict = verify_frames(scenario, frames, summary_of())
    assert not verdict.ok
    assert any(f.file == f"{file}.csv" for f in verdict.faults), f"{file} {row}: {verdict.lines('en')}"


@pytest.mark.parametrize("name", ["as written", "lagged, another split", "pooled"])
def test_every_cell_is_guarded(name: str, tmp_path: Path) -> None:
    case = LEGAL[name]
    scenario, frames = case.scenario(tmp_path), case.frames()
    summary = case.summary()
    tried = 0
    for file, rows in frames.items():
        for at, row in enumerate(rows):
            for column, text in list(row.items()):
                for other in tampered(column, text):
                    row[column] = other
                    verdict = verify_frames(scenario, frames, summary)
                    assert not verdict.ok, f"{file} row {at + 2} {column}: {text} -> {other}"
                    tried += 1
                row[column] = text
    assert tried > 400
    assert verify_frames(scenario, frames, summary).ok


def test_a_fault_names_the_tampered_row(tmp_path: Path) -> None:
    """Where only a number of a row is wrong, that very row is named."""
    case = LEGAL["as written"]
    scenario, frames = case.scenario(tmp_path), case.frames()
    for file, columns in {
        "allocation": ("undertaker", "price", "setup", "amount"),
        "direct": ("moved", "expenditure", "released", "stranded", "posts", "posts_paid"),
        "transfers": ("amount", "change", "clause"),
        "coverage": ("demand", "target", "direct", "purchased", "served", "shortfall", "candidates", "thin"),
        "budgets": ("amount", "received", "given", "direct", "stranded", "purchased", "engagement", "unspent"),
        "undertakers": ("awards", "amount", "capacity_used", "capacity", "score"),
    }.items():
        for at, row in enumerate(frames[file]):
            for column in columns:
                text = row[column]
                row[column] = next(tampered(column, text))
                faults = verify_frames(scenario, frames, case.summary()).faults
                assert (f"{file}.csv", at + 2) in {(f.file, f.row) for f in faults}, f"{file} {at + 2} {column}"
                row[column] = text


@pytest.mark.parametrize("name", LEGAL)
def test_a_fen_between_two_ledger_rows(name: str, tmp_path: Path) -> None:
    """Any two rows of a year, a fen from one to the other, `change` adjusted in both years. Under "lagged" the split
    is the plan's own: a fen called own or shared within all bounds is as legal; everywhere else it is not."""
    case = LEGAL[name]
    scenario, frames = case.scenario(tmp_path), case.frames()
    rows, lagged = frames["transfers"], scenario.settings.savings == "lagged"
    for giver in rows:
        for taker in rows:
            if giver is taker or giver["year"] != taker["year"] or Decimal(giver["amount"]) <= 0:
                continue
            before = [dict(row) for row in rows]
            _add(rows, giver, Decimal("-0.01"))
            _add(rows, taker, Decimal("0.01"))
            legal = verify_frames(scenario, frames, case.summary()).ok
            free = lagged and {giver["use"], taker["use"]} == {"own", "shared"}
            assert not legal or free, f"{giver} -> {taker}"
            for row, old in zip(rows, before, strict=True):
                row.update(old)


def _add(rows: list[dict[str, str]], row: dict[str, str], fen: Decimal) -> None:
    """More or less on a ledger row; its own change and that of the next year's row follow."""
    same = ("need", "from_purchaser", "from_line", "to_purchaser", "to_line", "use")
    row["amount"] = str(Decimal(row["amount"]) + fen)
    row["change"] = str(Decimal(row["change"]) + fen)
    for other in rows:
        if other["year"] > row["year"] and all(other[c] == row[c] for c in same):
            other["change"] = str(Decimal(other["change"]) - fen)


def test_under_lagged_a_split_may_move_only_within_the_rules(tmp_path: Path) -> None:
    """A fen from n1's own to what n1 leaves unspent needs a fen of budget: legal with it, not without."""
    more = {"transfers 2": {"amount": "699.99", "change": "699.99"}, "transfers 6": {"change": "1100.01"},
            "transfers 11": {"amount": "100.01", "change": "100.01"},
            "transfers 12": {"change": "-100.01"}}  # fmt: skip
    poor = LAGGED_FREE.but(plan=more)
    rich = poor.but(inputs={"budgets 2": {"amount": "12450.01"}},
                    plan={"budgets 2": {"amount": "12450.01", "unspent": "385.01"}})  # fmt: skip
    assert rich.verdict(tmp_path / "rich").lines("en")[1:] == []
    assert {f.rule for f in poor.verdict(tmp_path / "poor").faults} >= {"existing_budget"}


def test_a_unit_between_two_awards_that_keeps_the_sums(tmp_path: Path) -> None:
    """n1 in 2016 from two offers at one price: a unit moved from one to the other keeps quantity, outlay and
    budget; the undertakers' rows tell."""
    two = Case(
        inputs={"offers 3": {"price": "80"}},
        plan={
            "allocation 3": {"price": "80", "amount": "2400.00"}, "allocation 5": {"price": "80", "amount": "2400.00"},
            "allocation 4": {"quantity": "40", "amount": "3250.00"},
            "undertakers 4": {"amount": "3250.00", "capacity_used": "40"},
            "undertakers 3": {"amount": "2400.00"},
            "undertakers 5": {"awards": "2", "amount": "4000.00", "capacity_used": "50"},
            # n2: own 2400, shared 150, unspent 450; 2016 own 2400, unspent 600
            "budgets 2": {"purchased": "6550.00", "unspent": "450.00"},
            "budgets 3": {"purchased": "7350.00", "unspent": "950.00"},
            "transfers 3": {"amount": "2400.00", "change": "2400.00"},
            "transfers 5": {"amount": "450.00", "change": "450.00"},
            "transfers 7": {"amount": "2400.00"}, "transfers 9": {"amount": "600.00"},
        },
        added={"allocation": "2016,n1,p1,i1,a1,u2,o2,20,80,0.00,1600.00\n"},
        aims={"outlay": "23300", "quality": "-900"},
    )  # fmt: skip
    assert two.verdict(tmp_path / "legal").lines("en")[1:] == []
    moved = two.but(plan={"allocation 4": {"quantity": "39", "amount": "3170.00"},
                          "allocation 6": {"quantity": "21", "amount": "1680.00"}})  # fmt: skip
    faults = moved.verdict(tmp_path / "moved").faults
    assert {(f.file, f.row, f.column) for f in faults} >= {
        ("undertakers.csv", 4, "amount"), ("undertakers.csv", 4, "capacity_used"), ("undertakers.csv", 5, "amount"),
    }  # fmt: skip
    assert any(f.column == "plan_value" for f in faults)


def test_an_award_moved_to_another_need_of_the_offer(tmp_path: Path) -> None:
    """Two needs swap their quantities: purchases, undertakers and budgets keep their sums, coverage does not."""
    frames = LEGAL["two offers"].frames()
    scenario = LEGAL["two offers"].scenario(tmp_path)
    two, six = frames["allocation"][3], frames["allocation"][4]
    for column in ("quantity", "amount"):
        two[column], six[column] = six[column], two[column]
    verdict = verify_frames(scenario, frames, LEGAL["two offers"].summary())
    assert {(f.file, f.column) for f in verdict.faults} >= {("coverage.csv", "purchased"), ("coverage.csv", "served")}


def test_a_gift_split_otherwise_is_not_double_booked(tmp_path: Path) -> None:
    """pooled: a second, reversed gift keeps every purchaser's balance, but names sums that are not in `budgets`."""
    extra = POOLED.but(added={"transfers": POOLED.added["transfers"] + (
        "2015,,p1,purchase,p2,purchase,10.00,shared,10.00,pooled\n"
        "2016,,p1,purchase,p2,purchase,0.00,shared,-10.00,pooled\n"
    )})  # fmt: skip
    faults = extra.verdict(tmp_path).faults
    assert {(f.file, f.column) for f in faults} >= {("budgets.csv", "given"), ("budgets.csv", "received")}


def test_rows_out_of_order_are_the_same_plan(tmp_path: Path) -> None:
    case = LEGAL["as written"]
    frames = {name: rows[::-1] for name, rows in case.frames().items()}
    assert verify_frames(case.scenario(tmp_path), frames, case.summary()).ok


@pytest.mark.parametrize("file", ["allocation", "direct", "transfers", "coverage", "budgets", "undertakers"])
def test_rows_left_out_and_doubled(file: str, tmp_path: Path) -> None:
    case = LEGAL["as written"]
    scenario = case.scenario(tmp_path)
    for at in range(len(case.frames()[file])):
        frames = case.frames()
        row = frames[file].pop(at)
        is_caught(scenario, frames, file, at + 2) if file != "allocation" else is_caught(
            scenario, frames, "coverage", 0
        )
        frames[file] += [row, dict(row)]
        is_caught(scenario, frames, file, at + 2)
        twice = [f for f in verify_frames(scenario, frames, case.summary()).faults if f.code == "row_twice"]
        assert len(twice) == 1


def test_columns_left_out_and_added(tmp_path: Path) -> None:
    case = LEGAL["as written"]
    scenario = case.scenario(tmp_path)
    for file, rows in case.frames().items():
        for column in rows[0]:
            frames = case.frames()
            for row in frames[file]:
                del row[column]
            faults = verify_frames(scenario, frames, case.summary()).faults
            assert ("column_missing", f"{file}.csv", column) in {(f.code, f.file, f.column) for f in faults}
        frames = case.frames()
        frames[file][0]["bonus"] = "1.00"
        faults = verify_frames(scenario, frames, case.summary()).faults
        assert ("column_unknown", f"{file}.csv", 2, "bonus") in {(f.code, f.file, f.row, f.column) for f in faults}
