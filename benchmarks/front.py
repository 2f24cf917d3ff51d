"""How long people wait for a page of the front end, and what ten of them cost: bars, figures, and whether they hold.

`python benchmarks/front.py`: Beijing's baseline is solved in a folder of its own (or taken from the one that
GPSOPT_PICTURES_IN names), the server is started there, browsers look at it; then another scenario is solved and
pages are changed while that goes on, and it is stopped.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from docs.screenshots import _KEY, prepared
from playwright.sync_api import Browser, Page, expect
from tests.jobs.ending import end_all
from tests.screens.browser import Server, browser, calm

TITLES = ("数据", "情景", "结果", "目标", "报告", "总览")
PEOPLE = 10


def main() -> None:
    """Measure and print."""
    kept = os.environ.get("GPSOPT_PICTURES_IN")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(kept or temporary)
        desk = prepared(folder)
        desk.remember(lang="zh")
        server = Server(folder)
        server.start()
        try:
            with browser() as opened:
                visit(opened, server).context.close()  # the server is warm from here
                say("first page of a warm server", [first_page(opened, server) for _ in range(5)], 3.0)
                page = visit(opened, server)
                say("page change", changes(page), 1.0)
                start_solve(page, server)
                say("page change while a solve runs", changes(page), 1.0)
                say("a stop shows", [stop(page, server)], 2.0)
                people = [visit(opened, server) for _ in range(PEOPLE - 1)]
                for one in people:
                    changes(one)
                print(f"{PEOPLE} sessions, every page opened: {server.memory():.0f} MB (bar 400)")
        finally:
            server.stop()
            end_all(folder / "runs")


def visit(opened: Browser, server: Server) -> Page:
    """A new browser of the same person."""
    context = opened.new_context(viewport={"width": 1366, "height": 768})
    context.add_cookies([{"name": "gpsopt_desk", "value": _KEY, "url": server.address}])
    page = context.new_page()
    page.goto(server.address)
    expect(page.get_by_role("heading", level=1)).to_have_text("总览", timeout=60_000)
    return calm(page)


def first_page(opened: Browser, server: Server) -> float:
    """Seconds from the address to a page that stands still."""
    begun = time.monotonic()
    visit(opened, server).context.close()
    return time.monotonic() - begun


def changes(page: Page) -> list[float]:
    """Seconds from the click to the other page's title and the end of its drawing, page by page."""
    found = []
    for title in TITLES:
        begun = time.monotonic()
        page.locator('[data-testid="stSidebarNav"]').get_by_role("link", name=title).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(title, timeout=60_000)
        calm(page)
        found.append(time.monotonic() - begun)
    return found


def start_solve(page: Page, server: Server) -> None:
    """Solve with a gap of its own, so that it is no run that was finished before."""
    page.goto(f"{server.address}/runs")
    calm(page)
    page.get_by_label("差距要求").click()
    page.get_by_role("option", name="0.01%").click()
    calm(page)
    page.get_by_role("button", name="求解", exact=True).first.click()
    expect(page.get_by_text("目标 2/4").first).to_be_visible(timeout=300_000)


def stop(page: Page, server: Server) -> float:
    """Seconds until a stop is seen."""
    page.goto(f"{server.address}/runs")
    calm(page)
    button = page.get_by_role("button", name="停止", exact=True).first
    expect(button).to_be_visible(timeout=60_000)
    begun = time.monotonic()
    button.click()
    expect(page.get_by_text("正在停止").or_(page.get_by_text("已停止")).first).to_be_visible(timeout=60_000)
    return time.monotonic() - begun


def say(what: str, seconds: list[float], bar: float) -> None:
    """One line: median and slowest, against the bar."""
    middle, worst = statistics.median(seconds), max(seconds)
    verdict = "holds" if middle <= bar else "DOES NOT HOLD"
    print(f"{what}: median {middle:.2f} s, slowest {worst:.2f} s (bar {bar:g} s: {verdict})", flush=True)


if __name__ == "__main__":
    main()
