"""The journeys of people in a real browser: solve, stop, reload, compare, two persons, both languages."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, TimeoutError, expect

from tests.jobs.ending import end_all
from tests.pace import limit
from tests.screens.browser import PATIENCE, ROOT, Server, browser, calm, person, press, turn_to

pytestmark = pytest.mark.slow
LONG = 3000 * PATIENCE  # milliseconds: for what has to be solved first


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workplace")
    for model in ("town", "beijing"):
        for name in ("model.toml", "tables"):
            source, target = ROOT / "models" / model / name, folder / "models" / model / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    shutil.copytree(ROOT / "scenarios", folder / "scenarios")
    return folder


@pytest.fixture(scope="module")
def server(place: Path) -> Iterator[Server]:
    running = Server(place)
    running.start()
    yield running
    running.stop()
    end_all(place / "runs")


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture
def asked() -> list[str]:
    """Every address that a browser asks for."""
    return []


@pytest.fixture
def page(chrome: Browser, server: Server, asked: list[str]) -> Iterator[Page]:
    context = person(chrome)
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(server.address)
    yield calm(page)
    context.close()


def opened_town(page: Page) -> None:
    """The town's demo, solved."""
    cards = page.get_by_role("button", name="打开并求解", exact=True)
    cards.nth(1).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(["求解"])
    expect(page.get_by_text("✓ 已核验").first).to_be_visible(timeout=LONG)
    calm(page)


def test_the_first_journey(page: Page, asked: list[str], server: Server) -> None:
    """Demo, progress, plan; a scenario with a smaller budget; solve; compare. Nothing leaves the machine."""
    opened_town(page)
    turn_to(page, "结果")
    expect(page.get_by_text("已核验：每条规则均已精确到分复核")).to_be_visible()
    expect(page.get_by_text("每个年度、每一分钱都对得上")).to_be_visible()

    turn_to(page, "情景")
    page.get_by_label("名称（文件名）").fill("smaller")
    page.get_by_label("标题").fill("预算少一成")
    press(page, "复制为新情景")
    expect(page.get_by_text("已新建情景")).to_be_visible()
    calm(page)
    press(page, "写入情景")  # the first sentence: every budget, minus ten per cent
    expect(page.get_by_text("调整 −10 %")).to_be_visible()
    expect(page.get_by_text("scale = 0.9").first).to_be_visible()
    calm(page)
    page.get_by_role("button", name="求解", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(["求解"])
    expect(page.get_by_text("✓ 已核验").first).to_be_visible(timeout=LONG)
    expect(page.get_by_text("正在进行")).to_have_count(0)

    turn_to(page, "比较")
    expect(page.get_by_text("预算少一成").first).to_be_visible()
    expect(page.get_by_text("输入的差别").first).to_be_visible()
    expect(page.get_by_text("谁受益，谁受损").first).to_be_visible()

    turn_to(page, "权衡")
    page.get_by_label("点数").fill("4")
    press(page, "求前沿")
    points = page.get_by_role("radiogroup", name="选一个点").get_by_role("radio")
    expect(points.nth(1)).to_be_attached(timeout=LONG)
    calm(page)
    kinds = ("circle", "diamond", "point")  # what a browser calls the marks
    marks = ", ".join(f'[aria-roledescription="{kind}"]' for kind in kinds)
    page.get_by_test_id("stVegaLiteChart").locator(marks).nth(1).click(force=True)
    expect(points.nth(1)).to_be_checked()
    calm(page)
    press(page, "存为情景并求解")
    expect(page.get_by_role("heading", level=1)).to_have_text([re.compile("求解|结果")])
    turn_to(page, "情景")
    expect(page.get_by_text("point2").first).to_be_visible()

    turn_to(page, "说明")
    press(page, "为什么")
    expect(page.get_by_text("替代成本").or_(page.get_by_text("照现在 → 按其报价")).first).to_be_visible(timeout=LONG)
    outside = [url for url in asked if not url.startswith((server.address, "data:", "blob:", "ws://localhost"))]
    assert outside == []


def test_both_languages_at_once(page: Page) -> None:
    opened_town(page)
    page.get_by_role("radio", name="English").or_(page.get_by_role("button", name="English")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(["Runs"])
    turn_to(page, "Plan")
    expect(page.get_by_text("certified: every rule re-checked in exact fen")).to_be_visible()
    page.reload()
    calm(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(["Plan"])


CHINESE = """() => {
  const said = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (!node.parentElement.closest("script, style, code, noscript")) said.push(node.nodeValue);
  }
  document.querySelectorAll("input").forEach((input) => said.push(input.value));
  return said.filter((text) => /[\\u4e00-\\u9fff]/.test(text) && text.trim() !== "中文");
}"""


def test_what_was_chosen_and_built_in_words_follow_the_language(page: Page) -> None:
    """Open lists, the uploader and the page's own language change with the rest, and back again."""
    opened_town(page)
    for chinese, english in (("求解", "Runs"), ("数据", "Data"), ("结果", "Plan")):
        turn_to(page, chinese)
        page.get_by_role("radio", name="English").or_(page.get_by_role("button", name="English")).first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text([english])
        calm(page)
        expect(page.locator("html")).to_have_attribute("lang", "en")
        try:  # grids are drawn a moment after the page
            page.wait_for_function(f"({CHINESE})().length === 0")
        except TimeoutError:
            assert page.evaluate(CHINESE) == [], english
        page.get_by_role("radio", name="中文").or_(page.get_by_role("button", name="中文")).first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text([chinese])
        calm(page)
    turn_to(page, "数据")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.get_by_test_id("stFileUploader").get_by_text("选择文件")).to_be_visible()
    page.get_by_test_id("stMainMenu").click()
    expect(page.get_by_test_id("stMainMenuItem-theme-Light")).to_contain_text("浅色")


def test_two_persons_see_nothing_of_each_other(page: Page, chrome: Browser, server: Server) -> None:
    opened_town(page)
    turn_to(page, "结果")
    other = person(chrome)
    second = other.new_page()
    second.goto(f"{server.address}/plan")
    calm(second)
    expect(second.get_by_text("还没有打开的模型")).to_be_visible()
    second.goto(server.address)
    calm(second)
    expect(second.get_by_text("在固定预算内，安排直接提供与购买服务")).to_be_visible()
    other.close()
    page.reload()
    expect(page.get_by_text("已核验：每条规则均已精确到分复核")).to_be_visible()


def test_a_city_is_solved_over_reloads_and_a_restart_and_stopped(page: Page, server: Server) -> None:
    """Progress survives a page change, a reload and a new server; stopping shows at once and keeps the best plan."""
    page.get_by_role("button", name="打开并求解", exact=True).first.click()
    expect(page.get_by_text(re.compile("目标 1/4"))).to_be_visible(timeout=LONG)

    for title in ("情景", "总览", "数据"):  # while it solves
        before = server.worked()
        page.locator('[data-testid="stSidebarNav"]').get_by_role("link", name=title).click()
        expect(page.get_by_role("heading", level=1)).to_have_text([title])
        calm(page)
        # the bar is one second of wall clock on a quiet machine: benchmarks/front.py
        assert server.worked() - before < limit(1.5)
    page.reload()
    turn_to(page, re.compile("求解"))
    expect(page.get_by_text(re.compile("目标 [1-4]/4"))).to_be_visible(timeout=LONG)
    server.stop(at_once=True)
    server.start()
    page.goto(f"{server.address}/runs")
    expect(page.get_by_text(re.compile("目标 [2-4]/4"))).to_be_visible(timeout=LONG)

    press(page, "停止")
    expect(page.get_by_text(re.compile("正在停止|已停止"))).to_be_visible()
    expect(page.get_by_text("已停止，保留了当时最好的方案")).to_be_visible(timeout=LONG)
    expect(page.get_by_text(re.compile("人工停止时的方案")).first).to_be_attached()
    turn_to(page, "结果")
    expect(page.get_by_text("已核验：每条规则均已精确到分复核")).to_be_visible()
