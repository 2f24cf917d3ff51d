"""The data dictionary is complete, in both languages, and the page in the repository is the current one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from gpsopt.dictionary import dictionary
from gpsopt.tables import SCHEMA
from gpsopt.text import messages, terms

PAGE = Path(__file__).parents[2] / "models/README.md"


def test_the_page_is_up_to_date() -> None:
    made = subprocess.run([sys.executable, "-m", "gpsopt.dictionary"], capture_output=True, check=True).stdout
    assert made == PAGE.read_bytes(), "run: python -m gpsopt.dictionary > models/README.md"


def test_every_column_stands_in_it_with_a_meaning_in_both_languages() -> None:
    page = dictionary()
    for table in SCHEMA.values():
        part = page.split(f"## `{table.name}`")[1].split("\n## ")[0]
        for column in table.columns:
            (row,) = [
                line for line in part.splitlines() if line.startswith((f"| `{column.name}`", f"| **`{column.name}`"))
            ]
            zh, en = row.rsplit("| ", 1)[1].removesuffix(" |").split("<br>")
            assert zh and en and zh != en, (table.name, column.name)
            assert row.startswith("| **") == column.required
            for choice in column.choices:
                assert f"`{choice}`" in row


def test_every_table_column_and_choice_has_words() -> None:
    known = terms()
    for table in SCHEMA.values():
        assert table.name in known
        for column in table.columns:
            assert f"{table.name}.{column.name}" in known or column.name in known, (table.name, column.name)
            for choice in column.choices:
                assert known.keys() & {choice, f"{table.name}.{choice}", f"{column.name}.{choice}"}, choice


def test_both_languages_say_the_same_keys() -> None:
    keys = [{key for key in messages(lang) if key.startswith("dictionary.")} for lang in ("zh", "en")]
    assert keys[0] == keys[1] and keys[0]
