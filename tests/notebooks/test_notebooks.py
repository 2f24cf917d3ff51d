"""The notebooks run from top to bottom, and each .ipynb is its text, without output."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "notebooks"))

from make import HERE, SOURCES, notebook, text_of  # noqa: E402


def test_they_are_numbered() -> None:
    assert [p.stem[:2] for p in SOURCES] == ["01", "02", "03", "04"]
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    assert all(p.name in readme for p in SOURCES)


@pytest.mark.parametrize("source", SOURCES, ids=lambda p: p.stem)
def test_the_stored_notebook_is_its_text_without_output(source: Path) -> None:
    stored = source.with_suffix(".ipynb").read_text(encoding="utf-8")
    assert stored == text_of(source), "make notebooks"
    cells = json.loads(stored)["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert code and all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


def run(source: Path) -> list[str]:
    """Runs a notebook in a kernel of its own, in its folder; returns what its cells printed."""
    from nbclient import NotebookClient

    made = notebook(source)
    NotebookClient(made, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(HERE)}}).execute()
    return [out.get("text", "") for cell in made.cells for out in cell.get("outputs", ())]


@pytest.mark.filterwarnings("default")  # of the kernel's own libraries
def test_the_first_notebook_runs() -> None:
    assert "certified: every rule re-checked" in "".join(run(SOURCES[0]))


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("source", SOURCES[1:], ids=lambda p: p.stem)
def test_the_others_run(source: Path) -> None:
    assert any("yuan" in text for text in run(source))
