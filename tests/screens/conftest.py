"""The front end as Streamlit's own test runner drives it, on a desk with the town, solved in this process."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from gpsopt import plan_or_end
from gpsopt.desk import Desk, open_desk
from gpsopt.desk.files import read_here
from gpsopt.plan.summary import request_of
from gpsopt.planning import options_of
from gpsopt.runfolder import write_run
from gpsopt.runs import Record
from gpsopt.screens.pages import PAGES
from tests.jobs.ending import end_all

ROOT = Path(__file__).resolve().parents[2]
ME, ANOTHER = "a" * 48, "b" * 48


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with the town's model, in which the front end works."""
    shutil.copytree(ROOT / "models" / "town", tmp_path / "models" / "town")
    monkeypatch.setenv("GPSOPT_LIBRARY", str(tmp_path))
    monkeypatch.setenv("GPSOPT_STORE", str(tmp_path / "runs"))
    yield tmp_path
    end_all(tmp_path / "runs")


@pytest.fixture
def desk(workplace: Path) -> Desk:
    """My desk with the town on it."""
    desk = open_desk(workplace / "runs", workplace, ME)
    desk.open_model(desk.offered()[0])
    return desk


def solved(desk: Desk, name: str) -> Record:
    """A scenario of the desk, solved here and recorded."""
    scenario = read_here(desk, name)
    result = plan_or_end(scenario)
    folder = write_run(result, desk.store.folder / desk.runs)
    return desk.store.record(desk.owner, folder, request_of(scenario, options_of(scenario)))


Open = Callable[..., AppTest]


@pytest.fixture
def show(workplace: Path) -> Open:
    """Open a page as a visitor."""

    def opened(page: str = "home", visitor: str = ME, **session: object) -> AppTest:
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        at.session_state["visitor"] = visitor
        for key, value in session.items():
            at.session_state[key] = value
        at.run()
        return at if page == "home" else go(at, page)

    return opened


def go(at: AppTest, page: str) -> AppTest:
    """Change the page."""
    return at.switch_page(f"src/gpsopt/screens/{page}.py").run()


def sound(at: AppTest) -> AppTest:
    """No exception, no refusal."""
    assert not at.exception, at.exception
    assert [error.value for error in at.error] == []
    return at


def words(at: AppTest) -> str:
    """Everything a visitor reads on the page, as far as the test runner knows it."""
    parts = [at.title, at.header, at.subheader, at.markdown, at.caption, at.code, at.info, at.success, at.warning]
    texts = [str(element.value) for group in parts for element in group]
    texts += [str(m.label) + str(m.value) for m in at.metric] + [str(b.label) for b in at.button]
    return "\n".join(texts)


__all__ = ["ANOTHER", "ME", "PAGES", "ROOT", "Open", "go", "solved", "sound", "words"]
