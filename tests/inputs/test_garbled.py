"""Whatever stands in a cell, a line or a key: findings, never a traceback; and what is accepted can be hashed."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from gpsopt.checks import check
from gpsopt.errors import GpsoptError, ScenarioError
from gpsopt.scenario import read_scenario

from .small import MODEL, TABLES, Small

PIECES = (
    "", " ", "0", "-1", "1e400", "1e-400", "nan", "inf", "-inf", "9" * 30, "9" * 5000, "0." + "0" * 300 + "1", "yes",
    "n1", "o1", "u1", "C01", "a1;a1;zz", ";", '"', "\x00", "\u202e", "\ud7ff", "合计", "area", "2015", "12.345", "=1+1",
    "#REF!", "{0}", "%s", "\n", "\r", "1,5", "null", "🀄", "\ufeff", "1_0", "0x1f", "٣",
)  # fmt: skip
MARKS = b'",;\n\r\t \x00\xff\xe4#-9ae'
WORDS = (*'[]{}="#.,\n', "0", "-", "1e9", "true", "[[lock]]\n")


def _say(findings: object) -> None:
    assert isinstance(findings, tuple)
    for finding in findings:
        assert finding.line("zh") and finding.line("en")


@pytest.mark.parametrize("seed", range(40))
def test_garbled_cells(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    small = Small(tmp_path)
    for _ in range(draw.choice((1, 3, 12, 60))):
        table = draw.choice(sorted(TABLES))
        rows = small.rows(table)
        row = draw.choice([i for i, cells in enumerate(rows) if cells])
        rows[row][draw.randrange(len(rows[row]))] = draw.choice(PIECES)
        try:
            small.put(table, rows)
        except UnicodeEncodeError:
            continue
        if any("\x00" in cell for cells in rows for cell in cells):
            _say(small.findings())
            small.write(table, TABLES[table])
    _say(small.findings())
    small.read().digest()


@pytest.mark.parametrize("seed", range(20))
def test_garbled_bytes(seed: int, tmp_path: Path) -> None:
    draw = random.Random(1000 + seed)
    small = Small(tmp_path)
    for table in draw.sample(sorted(TABLES), 5):
        raw = bytearray(TABLES[table].encode())
        for _ in range(draw.choice((1, 5, 40))):
            place = draw.randrange(len(raw))
            raw[place : place + draw.randrange(3)] = bytes(draw.choices(MARKS, k=draw.randrange(4)))
        small.write(table, bytes(raw))
    _say(small.findings())


@pytest.mark.parametrize("seed", range(60))
def test_garbled_settings(seed: int, tmp_path: Path) -> None:
    draw = random.Random(2000 + seed)
    small = Small(tmp_path)
    text = MODEL if draw.random() < 0.5 else SCENARIO
    for _ in range(draw.choice((1, 2, 6))):
        place = draw.randrange(len(text))
        text = text[:place] + draw.choice(WORDS) + text[place + draw.randrange(4) :]
    if "base_year" in text:
        small.toml(text)
        path = small.model
    else:
        path = small.scenario(text)
    try:
        _say(check(read_scenario(path)))
    except ScenarioError as error:
        _say(error.findings)
    except GpsoptError as error:
        assert error.text("zh") and error.text("en")


SCENARIO = """\
model = "small"
title = "x"
regime = "pooled"
share = 0.1
[aims]
order = ["outlay"]
[aims.tolerance]
outlay = 0.1
[clauses.qualification]
min_credit = 60
[goals.coverage]
target = 0.9
[[change]]
table = "budgets"
where = { purchaser = ["civil"], year = 2015 }
column = "amount"
scale = 0.9
[[add]]
table = "offers"
row = { offer = "new1", undertaker = "u1", item = "C01", price = 118.00, areas = ["a1"] }
[[drop]]
table = "undertakers"
where = { undertaker = "u2" }
[[lock]]
need = "n1"
year = 2016
offer = "o1"
quantity = 12.5
"""


def test_the_scenario_that_is_garbled_is_good_itself(tmp_path: Path) -> None:
    small = Small(tmp_path)
    assert not [f for f in small.findings(small.scenario(SCENARIO)) if f.severity == "error"]
