"""The grid under a person's hands: no key and no edit is lost, however fast; every edit can be taken back."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from gpsopt.desk import Desk, open_desk
from tests.screens.browser import PATIENCE, ROOT, Server, browser, calm, person, press, turn_to

pytestmark = pytest.mark.slow
KEY = "c" * 48
ROWS, AMOUNT = 4, 470  # of the town's budgets: rows, and where their amounts stand in the grid


FIRST, SECOND = "civil · 2015 · Budget: 960000 → 111", "civil · 2016 · Budget: 1010000 → 222"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("typing")
    shutil.copytree(ROOT / "models" / "town", folder / "models" / "town")
    desk = desk_in(folder)
    desk.open_model(desk.offered()[0])
    desk.remember(lang="en")
    running = Server(folder)
    running.start()
    yield running
    running.stop()


def desk_in(folder: Path) -> Desk:
    return open_desk(folder / "runs", folder, KEY)


@pytest.fixture
def page(server: Server) -> Iterator[Page]:
    (desk_in(server.folder).folder / "drafts.json").unlink(missing_ok=True)
    with browser() as opened:
        context = person(opened, permissions=["clipboard-read", "clipboard-write"])
        context.add_cookies([{"name": "gpsopt_desk", "value": KEY, "url": server.address}])
        page = context.new_page()
        page.goto(f"{server.address}/data")
        calm(page)
        drawn(page)
        yield page
        context.close()


def drawn(page: Page) -> None:
    """Until the grid stands where it can be clicked."""
    grid = page.locator(".st-key-edited canvas").first
    grid.scroll_into_view_if_needed()
    expect(page.locator(".st-key-edited table tr").nth(ROWS)).to_be_attached()


def click(page: Page, row: int, along: int = AMOUNT) -> None:
    box = page.locator('.st-key-edited [data-testid="stDataFrame"]').bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + along, box["y"] + 36 + 33 * row + 16)


def typed(page: Page, keys: list[str], gap: float) -> None:
    for key in keys:
        page.keyboard.press(key)
        time.sleep(gap)


def done(server: Server) -> dict[str, Any]:
    """What is kept of the edits: by row, then column; rows that were added, rows that were deleted."""
    try:
        kept = json.loads((desk_in(server.folder).folder / "drafts.json").read_text(encoding="utf-8"))
    except OSError:
        return {}
    [draft] = kept.values() or [{"done": {}}]
    found: dict[str, Any] = draft["done"]
    return found


def becomes(server: Server, edited: dict[str, dict[str, str | None]]) -> dict[str, Any]:
    """Wait until the edited cells are these."""
    until = time.monotonic() + PATIENCE
    while done(server).get("edited_rows", {}) != edited:
        assert time.monotonic() < until, done(server)
        time.sleep(0.2)
    return done(server)


@pytest.mark.parametrize("gap", [0, 0.008, 0.03, 0.07])
def test_no_key_is_lost_however_fast(page: Page, server: Server, gap: float) -> None:
    """A column from top to bottom; then along the rows with Tab and arrows; Delete."""
    amounts = [str(12345 + 1111 * row) for row in range(ROWS)]
    click(page, 0)
    for amount in amounts:
        typed(page, [*amount, "Enter"], gap)
    column: dict[str, dict[str, str | None]] = {str(row): {"amount": amount} for row, amount in enumerate(amounts)}
    becomes(server, column)
    click(page, 0)
    typed(page, [*"11", "Tab", *"one", "Enter", "ArrowLeft", *"22", "Tab", *"two", "Tab", "ArrowDown", "ArrowLeft",
                 *"3", "Enter", "ArrowUp", "ArrowLeft", "Delete"], gap)  # fmt: skip
    more = {
        "0": {"amount": "11", "note": "one"},
        "1": {"amount": "22", "note": "two"},
        "2": {"amount": None, "note": "3"},
    }
    becomes(server, {**column, **more})


def test_keys_typed_while_the_page_is_drawn_again_are_not_lost(page: Page, server: Server) -> None:
    """A browser that is held up for a while after each edit, as on a machine that does much else."""
    page.evaluate("""() => { const hold = () => { const until = performance.now() + 120;
        while (performance.now() < until); setTimeout(hold, 40); }; hold(); }""")
    click(page, 0)
    for row in range(4):
        typed(page, [*f"700{row}", "Enter"], 0.06)
    becomes(server, {str(row): {"amount": f"700{row}"} for row in range(4)})


def test_a_block_is_pasted_and_a_row_added(page: Page, server: Server) -> None:
    page.evaluate("navigator.clipboard.writeText('5\\tx\\n6\\ty\\n7\\tz')")
    click(page, 1)
    page.keyboard.press("Control+v")
    pasted = {str(row + 1): {"amount": str(row + 5), "note": "xyz"[row]} for row in range(3)}
    becomes(server, pasted)
    click(page, ROWS)
    typed(page, [*"99", "Enter"], 0.07)
    until = time.monotonic() + PATIENCE
    while not any(row.get("amount") == "99" for row in done(server).get("added_rows", ())):
        assert time.monotonic() < until, done(server)
        time.sleep(0.2)
    becomes(server, pasted)


def test_every_edit_can_be_taken_back_and_brought_back(page: Page, server: Server) -> None:
    click(page, 0)
    typed(page, [*"111", "Enter", *"222", "Enter"], 0.07)
    both: dict[str, dict[str, str | None]] = {"0": {"amount": "111"}, "1": {"amount": "222"}}
    becomes(server, both)
    expect(page.get_by_text(FIRST)).to_be_visible()
    page.get_by_role("button", name="✕").first.click()
    becomes(server, {"1": {"amount": "222"}})
    expect(page.get_by_text(FIRST)).to_have_count(0)
    press(page, "↶ Undo the last step")
    becomes(server, both)
    calm(page)
    page.get_by_role("button", name=re.compile("Discard all edits of this table")).click()
    becomes(server, {})
    expect(page.get_by_text("No edits")).to_be_visible()
    press(page, "↶ Undo the last step")
    becomes(server, both)
    page.reload()
    calm(page)
    expect(page.get_by_text(SECOND)).to_be_visible()
    turn_to(page, "Home")
    turn_to(page, "Data")
    expect(page.get_by_text(SECOND)).to_be_visible()
    becomes(server, both)


def test_what_stands_in_an_open_cell_is_saved_too(page: Page, server: Server) -> None:
    """Nobody presses Enter before a click on Save."""
    click(page, 0)
    typed(page, [*"111", "Enter"], 0.07)
    becomes(server, {"0": {"amount": "111"}})
    page.get_by_label("Name (file name)").fill("open")
    drawn(page)
    click(page, 1)
    page.wait_for_timeout(400)
    typed(page, [*"222"], 0.07)
    page.get_by_role("button", name="Save as a new scenario").click()
    expect(page.get_by_text(re.compile("Saved into the scenario"))).to_be_visible()
    text = (desk_in(server.folder).folder / "scenarios" / "open.toml").read_text(encoding="utf-8")
    assert "set = 111" in text and "set = 222" in text
