"""Edits in the grid, sentences in a form, duplicates: each becomes lines of a scenario file and none is lost."""

from __future__ import annotations

from decimal import Decimal

from streamlit.testing.v1 import AppTest

from gpsopt.desk import Desk
from gpsopt.desk.drafts import draft_key, drafts
from gpsopt.desk.editing import grid_of
from gpsopt.desk.files import digest_now, read_here
from gpsopt.screens.editor import cell_editors
from gpsopt.tables import SCHEMA
from tests.screens.conftest import Open, go, sound, words


def editing(desk: Desk, table: str, scenario: str = "town", number: int = 0) -> str:
    """The key under which the grid of a table, drawn for the `number`th time, keeps its edits."""
    grid = grid_of(read_here(desk, scenario).tables[table], SCHEMA[table])
    return f"edit {number} en {draft_key('town', scenario, table, grid)}"


def edited(at: AppTest, key: str, rows: dict[int, dict[str, str]], **more: object) -> AppTest:
    """The page after edits in the grid."""
    at.session_state[key] = {"edited_rows": rows, "added_rows": [], "deleted_rows": [], **more}
    return at.run()


def test_edits_become_a_new_scenario(desk: Desk, show: Open) -> None:
    at = sound(show("data", lang="en", table="budgets"))
    before = read_here(desk, "town").tables["budgets"]
    edited(at, editing(desk, "budgets"), {0: {"amount": "123456.78"}, 2: {"amount": "1.00"}})
    assert "set = 123456.78" in words(at)
    at.text_input(key="edit_name").set_value("edited")
    sound(at.button(key="save_new").click().run())
    after = read_here(desk, "edited").tables["budgets"]
    amounts = list(after["amount"])
    assert amounts[0] == Decimal("123456.78") and amounts[2] == Decimal("1.00")
    assert [a for i, a in enumerate(amounts) if i not in (0, 2)] == [
        a for i, a in enumerate(before["amount"]) if i not in (0, 2)
    ]
    assert list(read_here(desk, "town").tables["budgets"]["amount"]) == list(before["amount"]), "the base is unchanged"


def test_edit_after_edit_none_is_lost(desk: Desk, show: Open) -> None:
    """The grid's state grows edit by edit while the frame under it stays: every one is in what is saved."""
    at = sound(show("data", lang="en", table="budgets"))
    key = editing(desk, "budgets")
    rows: dict[int, dict[str, str]] = {}
    for place in range(4):
        rows[place] = {"amount": f"{1000 + place}.00"}
        edited(at, key, rows)
        assert words(at).count("[[change]]") == place + 1
    at.text_input(key="edit_name").set_value("four")
    sound(at.button(key="save_new").click().run())
    assert [int(a) for a in read_here(desk, "four").tables["budgets"]["amount"]] == [1000, 1001, 1002, 1003]


def test_edits_outlive_other_pages_other_tables_and_a_new_session(desk: Desk, show: Open) -> None:
    at = sound(show("data", lang="en", table="budgets"))
    edited(at, editing(desk, "budgets"), {0: {"amount": "1000.00"}})
    sound(go(at, "home"))
    sound(go(at, "data"))
    assert "set = 1000" in words(at), "after another page"
    edited(at, editing(desk, "budgets", number=1), {1: {"amount": "1001.00"}})
    assert words(at).count("[[change]]") == 2
    at.selectbox(key="table_budgets").set_value("offers").run()
    assert "Unsaved edits wait in: Budgets" in words(at) and "[[change]]" not in words(at)
    again = sound(show("data", lang="en", table="budgets"))
    assert words(again).count("[[change]]") == 2, "after a reload or a restart of the server"
    edited(again, editing(desk, "budgets"), {2: {"amount": "1002.00"}})
    again.text_input(key="edit_name").set_value("three")
    sound(again.button(key="save_new").click().run())
    assert [int(a) for a in read_here(desk, "three").tables["budgets"]["amount"]][:3] == [1000, 1001, 1002]
    assert drafts(desk) == {}


def test_edits_over_data_that_changed_are_shown_and_not_applied(desk: Desk, show: Open) -> None:
    desk.write_scenario("mine", 'title = "Mine"\nbase = "town"\n')
    at = sound(show("data", lang="en", table="budgets", scenario="mine"))
    edited(at, editing(desk, "budgets", "mine"), {0: {"amount": "1000.00"}})
    cut = '[[change]]\ntable = "budgets"\ncolumn = "amount"\nscale = 0.5\n'
    desk.write_scenario("mine", f'title = "Mine"\nbase = "town"\n{cut}')
    at = sound(show("data", lang="en", table="budgets", scenario="mine"))
    assert "made over data that have changed since" in words(at) and "set = 1000" in words(at)
    [button] = [b for b in at.button if str(b.key).startswith("forget_")]
    sound(button.click().run())
    assert "set = 1000" not in words(at) and drafts(desk) == {}


def test_a_second_round_of_edits_goes_into_the_same_scenario(desk: Desk, show: Open) -> None:
    desk.write_scenario("mine", 'title = "Mine"\nbase = "town"\n')
    at = sound(show("data", lang="en", table="budgets", scenario="mine"))
    for amount in ("500.00", "600.00"):
        edited(at, editing(desk, "budgets", "mine"), {1: {"amount": amount}})
        sound(at.button(key="save_here").click().run())
        assert list(read_here(desk, "mine").tables["budgets"]["amount"])[1] == Decimal(amount)
    assert len(list((desk.folder / "versions" / "scenarios" / "mine").glob("*.toml"))) == 2


def test_a_wrong_cell_is_named_and_nothing_is_saved(desk: Desk, show: Open) -> None:
    at = sound(show("data", lang="en", table="budgets"))
    edited(at, editing(desk, "budgets"), {0: {"amount": "12,5"}, 1: {"amount": "-3"}})
    assert at.error and "2 edits cannot be accepted" in at.error[0].value
    assert "amount" in words(at) and at.button(key="save_new").disabled
    edited(at, editing(desk, "budgets"), {0: {"amount": "12.5"}})
    assert not at.error and not at.button(key="save_new").disabled


def test_rows_are_added_and_deleted(desk: Desk, show: Open) -> None:
    at = sound(show("data", lang="en", table="offers"))
    frame = read_here(desk, "town").tables["offers"]
    first = dict(frame.iloc[0])
    row = {"offer": "another", "undertaker": first["undertaker"], "item": first["item"], "price": "9.5"}
    edited(at, editing(desk, "offers"), {}, added_rows=[row], deleted_rows=[1])
    at.text_input(key="edit_name").set_value("offers changed")
    sound(at.button(key="save_new").click().run())
    offers = list(read_here(desk, "offers changed").tables["offers"]["offer"])
    assert "another" in offers and frame["offer"].iloc[1] not in offers and len(offers) == len(frame)


def test_the_editor_of_a_cell_is_there_before_the_first_key() -> None:
    """Streamlit fetches it when a cell is first typed into: of an amount typed fast the first digits got lost."""
    assert cell_editors().count("import(") >= 2 and "data-grid-overlay-editor" in cell_editors()


def test_discarding_leaves_everything_as_it_was(desk: Desk, show: Open) -> None:
    at = sound(show("data", lang="en", table="budgets"))
    edited(at, editing(desk, "budgets"), {0: {"amount": "1.00"}})
    sound(at.button(key="discard").click().run())
    assert "No edits" in words(at)


def test_an_edit_is_taken_back_and_every_step_undone(desk: Desk, show: Open) -> None:
    at = sound(show("data", lang="en", table="budgets"))
    edited(at, editing(desk, "budgets"), {0: {"amount": "1.00"}, 1: {"amount": "2.00"}})
    sound(at.button(key="take_back edited_rows 0 amount").click().run())
    assert "set = 1\n" not in words(at) and "set = 2\n" in words(at)
    edited(at, editing(desk, "budgets", number=1), {2: {"amount": "3.00"}})
    sound(at.button(key="discard").click().run())
    assert "No edits" in words(at) and drafts(desk) == {}
    for shown in (("2", "3"), ("2",), ("1", "2"), ()):
        sound(at.button(key="undo").click().run())
        assert [value for value in "123" if f"set = {value}\n" in words(at)] == list(shown)
    assert "undo" not in [button.key for button in at.button]


def test_a_scenario_is_made_from_sentences_without_code(desk: Desk, show: Open) -> None:
    at = sound(show("scenarios", lang="en"))
    at.text_input(key="new_name").set_value("cut")
    at.text_input(key="new_title").set_value("A cut")
    sound(at.button(key="duplicate").click().run())
    assert at.session_state["scenario"] == "cut" and "It does not differ" in words(at)
    at.selectbox(key="sentence").set_value("budgets").run()
    at.number_input(key="gap_budgets_percent").set_value(-20.0).run()
    sound(at.button(key="add_sentence").click().run())
    assert "changed by −20 %" in words(at) and "scale = 0.8" in words(at)
    before, after = (sum(read_here(desk, name).tables["budgets"]["amount"]) for name in ("town", "cut"))
    assert after == before * Decimal("0.8")
    sound(at.button(key="remove_cut_0").click().run())
    assert digest_now(desk, "cut") != digest_now(desk, "missing")
    assert sum(read_here(desk, "cut").tables["budgets"]["amount"]) == before


def test_a_name_is_taken_once_and_has_to_be_one(desk: Desk, show: Open) -> None:
    at = sound(show("scenarios", lang="en"))
    for name, said in (("town", "already"), ("a/b", "cannot be a name"), ("../x", "cannot be a name"), ("", "cannot")):
        at.text_input(key="new_name").set_value(name)
        at.button(key="duplicate").click().run()
        assert said in at.error[0].value, name
    assert [f.name for f in sorted((desk.folder / "scenarios").glob("*.toml"))] == ["town.toml"]


def test_a_file_that_cannot_be_followed_is_not_saved(desk: Desk, show: Open) -> None:
    desk.write_scenario("mine", 'title = "Mine"\nbase = "town"\n')
    at = sound(show("scenarios", lang="en", scenario="mine"))
    area = next(a for a in at.text_area if "Mine" in a.value)
    area.set_value('title = "Mine"\nbase = "town"\n[[change]]\ntable = "budgts"\ncolumn = "amount"\nscale = 2\n')
    at.button(key="save_file").click().run()
    assert "Not saved" in at.error[0].value and "budgets" in at.error[0].value
    assert str(desk.folder) not in at.error[0].value
    assert "budgts" not in (desk.folder / "scenarios" / "mine.toml").read_text(encoding="utf-8")


def test_the_baseline_is_protected_and_another_can_be_pinned(desk: Desk, show: Open) -> None:
    desk.write_scenario("mine", 'title = "Mine"\nbase = "town"\n')
    at = sound(show("scenarios", lang="en", scenario="town"))
    assert "duplicate it, then change the copy" in words(at)
    at = sound(show("scenarios", lang="en", scenario="mine"))
    sound(at.button(key="pin").click().run())
    assert desk.remembered()["baselines"] == {"town": "mine"}
    assert "This is the baseline" in words(at)
    sound(go(at, "home"))
