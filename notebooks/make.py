"""Makes every notebook's .ipynb from its text, without output: `make notebooks`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import jupytext

HERE: Final = Path(__file__).resolve().parent
SOURCES: Final = tuple(sorted(HERE.glob("[0-9][0-9]_*.py")))


def notebook(source: Path) -> Any:
    """The notebook of a text file: cells numbered in order, so that the same text gives the same file."""
    made = jupytext.read(source)
    for number, cell in enumerate(made.cells, 1):
        cell["id"] = f"cell-{number}"
    made.metadata.pop("jupytext", None)
    made.nbformat, made.nbformat_minor = 4, 5
    return made


def text_of(source: Path) -> str:
    """The .ipynb as text."""
    import nbformat

    return str(nbformat.writes(notebook(source))) + "\n"


def main() -> None:
    for source in SOURCES:
        source.with_suffix(".ipynb").write_text(text_of(source), encoding="utf-8")


if __name__ == "__main__":
    main()
