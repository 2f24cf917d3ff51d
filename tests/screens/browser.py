"""The front end's server and Debian's chromium, as a person meets them."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
PATIENCE = 90.0  # seconds: how long a page may keep people waiting on a machine that does much else
_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


class Server:
    """`gpsopt app` on a free port, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            self.port = int(trial.getsockname()[1])
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        """Start and wait until it answers."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith("GPSOPT_")}
        command = [sys.executable, "-m", "gpsopt", "app", "--port", str(self.port), "--folder", str(self.folder)]
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, env={**environment, "GPSOPT_JOBS": "1"}, stdout=log, stderr=log, cwd=self.folder
            )
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=2):
                    return
            except OSError:
                time.sleep(0.2)
        raise AssertionError((self.folder / "server.log").read_text())

    def stop(self, *, at_once: bool = False) -> None:
        """End it, as a person would or as a failing machine does."""
        assert self.process is not None
        self.process.kill() if at_once else self.process.terminate()
        self.process.wait(30)

    def worked(self) -> float:
        """Processor seconds that it has used: what a page costs, whatever else the machine does."""
        assert self.process is not None
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Megabytes that the server holds."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) / 1000


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser without a window; whatever is expected of its pages is waited for with patience."""
    expect.set_options(timeout=1000 * PATIENCE)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_FLAGS))
        try:
            yield opened
        finally:
            opened.close()


def person(opened: Browser, **more: object) -> BrowserContext:
    """One person's browser: its own cookies, a small laptop's screen."""
    context = opened.new_context(viewport={"width": 1366, "height": 768}, accept_downloads=True, **more)  # type: ignore[arg-type]
    context.set_default_timeout(1000 * PATIENCE)
    return context


def calm(page: Page, seconds: float = PATIENCE) -> Page:
    """Until the page has stopped drawing itself."""
    page.wait_for_selector('[data-testid="stSidebarNav"]', timeout=1000 * seconds)
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=1000 * seconds)
    return page


def turn_to(page: Page, title: str | re.Pattern[str]) -> Page:
    """Another page, by its name in the navigation."""
    page.locator('[data-testid="stSidebarNav"]').get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text([title])  # one: while pages change two stand
    return calm(page)


def press(page: Page, label: str) -> None:
    """A button, by what stands on it."""
    page.get_by_role("button", name=label, exact=True).first.click()
