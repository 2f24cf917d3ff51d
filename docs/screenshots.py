"""Pictures of every page of the front end, in both languages: `make screens` writes docs/screens/*.png.

The baseline and one scenario of Beijing are solved in a folder of their own and the baseline is lived through; the
server is started there, and a browser opens every page, in Chinese also in the dark. Pictures are kept small: 128
colours, together less than 2.5 MB.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PIL import Image
from playwright.sync_api import Page
from tests.screens.browser import PATIENCE, ROOT, Server, browser, calm

from gpsopt import plan_or_end
from gpsopt.desk import Desk, open_desk
from gpsopt.desk.asking import ask_for_risk
from gpsopt.desk.files import read_here
from gpsopt.jobs import ENDED, Job, advance
from gpsopt.planning import options_of, request_of
from gpsopt.runfolder import write_run
from gpsopt.runs import Record
from gpsopt.screens.pages import PAGES
from gpsopt.text import term

HERE = ROOT / "docs" / "screens"
SCENARIOS = ("budget_cut", "baseline")  # the last one is looked at first
ASKED = {"explain": "btn_why", "reports": "btn_brief"}  # pages that show little before they are asked
COLOURS, MOST_BYTES = 128, 2_500_000
FUTURES = 1_000
_KEY = hashlib.sha256(b"pictures").hexdigest()[:48]


def main() -> None:
    """Make every picture anew."""
    kept = os.environ.get("GPSOPT_PICTURES_IN")  # a folder that is kept, so that nothing is solved twice
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(kept or temporary)
        desk = prepared(folder)
        server = Server(folder)
        server.start()
        try:
            pictures(server, desk)
        finally:
            server.stop()
    size = sum(path.stat().st_size for path in HERE.glob("*.png"))
    if size > MOST_BYTES:
        raise SystemExit(f"the pictures are {size} bytes together, more than {MOST_BYTES}")


def prepared(folder: Path) -> Desk:
    """A desk with Beijing on it and its runs recorded."""
    for name in ("models", "scenarios"):
        if not (folder / name).exists():
            (folder / name).symlink_to(ROOT / name)
    desk = open_desk(folder / "runs", folder, _KEY)
    if "beijing" not in desk.models():
        desk.open_model(next(model for model in desk.offered() if model.name == "beijing"))
    for name in SCENARIOS:
        scenario = read_here(desk, name)
        request = request_of(scenario, options_of(scenario))
        record = desk.store.find(desk.owner, request)
        if record is None:
            result = plan_or_end(scenario)
            record = desk.store.record(desk.owner, write_run(result, desk.store.folder / desk.runs), request)
    lived_through(desk, record)
    return desk


def lived_through(desk: Desk, record: Record) -> None:
    """The run's futures, as the page Risk asks for them; awards are not chosen anew."""
    if any(job.kind == "risk" and job.state == "finished" for job in desk.board.jobs(desk.owner)):
        return
    job: Job | None = ask_for_risk(desk, record, FUTURES, 0)
    while job is not None and job.state not in ENDED:
        time.sleep(1)
        advance(desk.board)
        job = desk.board.get(desk.owner, job.job)


def pictures(server: Server, desk: Desk) -> None:
    """Every page in both languages, the plan's tabs, and all of it in the dark."""
    HERE.mkdir(exist_ok=True)
    with browser() as opened:
        for lang in ("zh", "en"):
            desk.remember(lang=lang)
            for scheme, pages in (("light", PAGES), ("dark", PAGES if lang == "zh" else ())):
                context = opened.new_context(viewport={"width": 1366, "height": 920}, color_scheme=scheme)
                context.set_default_timeout(1000 * PATIENCE)
                context.add_cookies([{"name": "gpsopt_desk", "value": _KEY, "url": server.address}])
                page = context.new_page()
                for name in pages:
                    page.goto(f"{server.address}/{'' if name == PAGES[0] else name}")
                    still(page)
                    if name in ASKED:
                        answered(page, term(ASKED[name], lang))
                    look = f"{lang}{'' if scheme == 'light' else '-dark'}"
                    take(page, f"{name}-{look}")
                    if name == "plan":
                        tabs(page, look)
                context.close()
    desk.remember(lang="zh")


def answered(page: Page, label: str) -> None:
    """The page once its question is answered; an answer that is kept already needs no asking."""
    button = page.get_by_role("button", name=label, exact=True)
    if button.count():
        button.first.click()
        page.get_by_role("progressbar").first.wait_for(timeout=60_000)
        page.get_by_role("progressbar").first.wait_for(state="detached", timeout=900_000)
    still(page)


def tabs(page: Page, look: str) -> None:
    """The tabs of the plan that draw."""
    for place, name in ((2, "districts"), (3, "fees")):
        page.get_by_role("tab").nth(place).click()
        still(page)
        page.get_by_role("tab").nth(place).scroll_into_view_if_needed()
        page.mouse.wheel(0, 380)
        page.wait_for_timeout(800)
        take(page, f"plan-{name}-{look}")


def still(page: Page) -> None:
    """Until charts and grids are drawn."""
    calm(page)
    page.wait_for_timeout(2500)


def take(page: Page, name: str) -> None:
    """One picture, in few colours."""
    path = HERE / f"{name}.png"
    page.screenshot(path=path)
    with Image.open(path) as image:
        small = image.convert("RGB").quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


if __name__ == "__main__":
    main()
