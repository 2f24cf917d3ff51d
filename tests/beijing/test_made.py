"""The tables are what the script makes, byte for byte, and nothing else stands beside them."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

MODEL = Path(__file__).resolve().parents[2] / "models" / "beijing"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    subprocess.run([sys.executable, MODEL / "make.py", "--to", folder], check=True, timeout=120)
    return folder


def test_the_script_gives_the_same_bytes(made: Path) -> None:
    names = sorted(path.name for path in (made / "tables").iterdir())
    assert names == sorted(path.name for path in (MODEL / "tables").iterdir())
    for name in names:
        assert (made / "tables" / name).read_bytes() == (MODEL / "tables" / name).read_bytes(), name


def test_the_page_of_sources_is_the_one_computed(made: Path) -> None:
    assert (made / "SOURCES.md").read_bytes() == (MODEL / "SOURCES.md").read_bytes()


def test_every_row_says_whether_it_is_published_derived_or_assumed() -> None:
    for path in sorted((MODEL / "tables").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                assert row["status"] in ("published", "derived", "assumed"), (path.name, row)
                assert row["source"].strip(), (path.name, row)


def test_no_figure_is_called_published_that_was_not_copied() -> None:
    """Only names of districts are published in the tables; figures drawn here never are."""
    for path in sorted((MODEL / "tables").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            published = [row for row in csv.DictReader(stream) if row["status"] == "published"]
        assert not published or path.stem == "purchasers", path.name
        assert all(row["source"].startswith("published/") for row in published)


def test_facts_keep_their_status_and_source() -> None:
    with (MODEL / "published" / "facts.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            assert row["status"].split(" ")[0] in ("published", "derived", "assumed"), row["id"]
            assert row["source"].strip(), row["id"]
