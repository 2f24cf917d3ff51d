"""Edits of a grid and sentences of a form, as lines of a scenario file: what is read back is what was meant."""

from __future__ import annotations

import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gpsopt.desk.drafts import ORIGIN, applied, joined
from gpsopt.desk.editing import edits_of, grid_of, with_edits
from gpsopt.desk.pieces import Piece, pieces
from gpsopt.desk.pieces import without as taken_back
from gpsopt.desk.sentences import SENTENCES, Gap, say_it, told, without
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.tables import SCHEMA
from gpsopt.text import LANGUAGES, messages

ROOT = Path(__file__).resolve().parents[2]
TOWN = read_scenario(ROOT / "models" / "town")
START = 'title = "Edited"  # a remark that stays\nmodel = "town"\n'


def reread(folder: Path, text: str) -> Scenario:
    """A scenario file's text, read as the town's."""
    if not (folder / "models").exists():
        shutil.copytree(ROOT / "models" / "town", folder / "models" / "town")
        (folder / "scenarios").mkdir()
    (folder / "scenarios" / "edited.toml").write_text(text, encoding="utf-8")
    return read_scenario(folder / "scenarios" / "edited.toml")


amounts = st.decimals(0, 10**9, places=2).map(lambda d: f"{d:.2f}")
edited_cells = st.dictionaries(st.integers(0, 3), amounts, min_size=1, max_size=4)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edited_cells)
def test_what_is_edited_is_what_is_read(tmp_path: Path, cells: dict[int, str]) -> None:
    table = SCHEMA["budgets"]
    frame = TOWN.tables["budgets"]
    done = {"edited_rows": {str(place): {"amount": text} for place, text in cells.items()}}
    text = with_edits(START, edits_of(grid_of(frame, table), table, done))
    wanted = [Decimal(cells[i]) if i in cells else a for i, a in enumerate(frame["amount"])]
    assert list(reread(tmp_path, text).tables["budgets"]["amount"]) == wanted
    assert "# a remark that stays" in text


def test_every_kind_of_cell_can_be_set_and_emptied(tmp_path: Path) -> None:
    table = SCHEMA["undertakers"]
    frame = TOWN.tables["undertakers"]
    done = {
        "edited_rows": {0: {"name_zh": '引号"与\\', "capacity": "", "record": "no", "licences": "a;b", "credit": "80"}}
    }
    edits = edits_of(grid_of(frame, table), table, done)
    assert edits.findings == ()
    row = dict(reread(tmp_path, with_edits(START, edits)).tables["undertakers"].iloc[0])
    assert row["name_zh"] == '引号"与\\' and row["capacity"] is None and row["record"] is False
    assert row["licences"] == ("a", "b") and row["credit"] == 80


def test_a_row_with_an_empty_key_cell_is_found_by_it(tmp_path: Path) -> None:
    table = SCHEMA["conditions"]
    frame = TOWN.tables["conditions"]
    assert frame["purchaser"].iloc[0] is None
    edits = edits_of(grid_of(frame, table), table, {"edited_rows": {0: {"set_by": "me"}}})
    assert reread(tmp_path, with_edits(START, edits)).tables["conditions"]["set_by"].iloc[0] == "me"


def test_a_changed_key_and_another_cell_of_the_row_go_together(tmp_path: Path) -> None:
    table = SCHEMA["budgets"]
    frame = TOWN.tables["budgets"]
    purchaser, year = frame["purchaser"].iloc[0], frame["year"].iloc[0]
    done = {"edited_rows": {0: {"year": "2019", "amount": "5.00"}}}
    after = reread(tmp_path, with_edits(START, edits_of(grid_of(frame, table), table, done))).tables["budgets"]
    rows = {(p, y): a for p, y, a in zip(after["purchaser"], after["year"], after["amount"], strict=True)}
    assert rows[purchaser, 2019] == Decimal(5) and (purchaser, year) not in rows


def test_an_edit_back_to_what_stood_there_is_none() -> None:
    table = SCHEMA["budgets"]
    grid = grid_of(TOWN.tables["budgets"], table)
    assert not edits_of(grid, table, {"edited_rows": {0: {"amount": grid["amount"].iloc[0]}}})


def filled(gap: Gap) -> Any:
    """A value for a gap."""
    if gap.kind == "rows":
        column = SCHEMA[gap.table].key[0]
        return [str(TOWN.tables[gap.table][column].iloc[0])]
    if gap.kind == "percent":
        return gap.first
    return list(gap.choices[:3]) if gap.kind == "order" else gap.choices[-1]


@pytest.mark.parametrize("name", list(SENTENCES))
def test_every_sentence_can_be_said_read_back_and_taken_away(tmp_path: Path, name: str) -> None:
    sentence = SENTENCES[name]
    text = say_it(START, name, {gap.name: filled(gap) for gap in sentence.gaps})
    read = reread(tmp_path, text)
    assert [f for f in read.findings if f.severity == "error"] == []
    plain = reread(tmp_path, START).digest()
    assert read.digest() != plain
    for lang in LANGUAGES:
        said = told(text, lang)
        assert said and all(entry.words.strip() for entry in said)
        assert f"form.{name}" in messages(lang)
    for entry in told(text, "en")[::-1]:
        text = without(text, entry.group, entry.place)
    assert reread(tmp_path, text).digest() == plain


@pytest.mark.parametrize("path", sorted((ROOT / "scenarios").glob("*.toml")), ids=lambda p: p.stem)
def test_every_shipped_scenario_is_told_in_sentences(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for lang in LANGUAGES:
        said = told(text, lang)
        assert bool(said) == (path.stem != "baseline")
        assert all("{" not in entry.words for entry in said)


changes = st.fixed_dictionaries({
    "edited_rows": st.dictionaries(st.integers(0, 3), st.fixed_dictionaries({"amount": amounts}), max_size=4),
    "added_rows": st.lists(st.fixed_dictionaries({"purchaser": st.sampled_from("pqr"), "amount": amounts}), max_size=2),
    "deleted_rows": st.lists(st.integers(0, 3), unique=True, max_size=3),
})  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(changes, changes)
def test_two_rounds_of_edits_are_one(first: dict[str, Any], then: dict[str, Any]) -> None:
    """What a second round does to the outcome of the first is what both do together."""
    grid = grid_of(TOWN.tables["budgets"], SCHEMA["budgets"])
    once = applied(grid, first)
    then = {**then, "edited_rows": {p: c for p, c in then["edited_rows"].items() if p < len(once)},
            "deleted_rows": [p for p in then["deleted_rows"] if p < len(once)]}  # fmt: skip
    twice = applied(once.drop(columns=ORIGIN), then).drop(columns=ORIGIN)
    together = applied(grid, joined(first, then, len(grid))).drop(columns=ORIGIN)
    assert together.equals(twice)
    nothing = {"edited_rows": {}, "added_rows": [], "deleted_rows": []}
    assert applied(grid, joined(nothing, first, len(grid))).equals(once)


@settings(max_examples=60, deadline=None)
@given(changes)
def test_every_edit_is_listed_and_taken_back_on_its_own(done: dict[str, Any]) -> None:
    """As many are listed as a scenario file would say; without one, all the others stay as they were."""
    table = SCHEMA["budgets"]
    grid = grid_of(TOWN.tables["budgets"], table)
    listed = pieces(grid, table, done)
    edits = edits_of(grid, table, done)
    added = [f for f in edits.findings if f.code == "cell_missing"]
    assert len([p for p in listed if p.part != "added_rows"]) == len(edits.change) + len(edits.drop)
    assert len([p for p in listed if p.part == "added_rows"]) == len(edits.add) and len(edits.findings) == len(added)
    for piece in listed:
        left = pieces(grid, table, taken_back(done, piece))
        moved = [replace(p, place=p.place - 1) if _after(p, piece) else p for p in listed if p != piece]
        assert [p for p in left if p.row != piece.row] == [p for p in moved if p.row != piece.row]
        assert len(left) >= len(listed) - 1  # edits of a row that is deleted are there again with the row


def _after(piece: Piece, gone: Piece) -> bool:
    return piece.part == gone.part == "added_rows" and piece.place > gone.place
