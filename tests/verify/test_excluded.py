"""The table `excluded`, where it stands, lists every pair left out with the clause that does it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gpsopt.verify import Verdict, verify_run

from .variants import BASE

#: o3 of u3 (not registered) could serve both needs, o4 of u2 is above the standard for n2 from 2016 (119·1.01² > 120)
CASE = BASE.but(
    inputs={
        "undertakers": "undertaker,kind,registered,capacity,engagement_cost\nu1,social_organisation,,70,100\n"
                       "u2,enterprise,,,\nu3,enterprise,no,,\n",
        "offers": "offer,undertaker,item,areas,needs,price,setup,quality,satisfaction,growth\n"
                  "o1,u1,i1,,n1,80,50,0.8,0.6,\no2,u2,i1,,,90.5,,0.9,0.7,\no3,u3,i1,,,70,,,,\n"
                  "o4,u2,i1,,n2,119,,,,0.005\n",
    },
)  # fmt: skip
HEADER = "need,offer,undertaker,year,clause,reason\n"
ROWS = (
    "n1,o3,u3,,qualification,registered\n"
    "n2,o3,u3,2015,qualification,registered\n"
    "n2,o3,u3,2016,qualification,registered\n"
    "n2,o4,u2,2016,fee_standard,above_cost_standard\n"
)


def verdict(folder: Path, rows: str) -> Verdict:
    run = CASE.write(folder)
    (run / "excluded.csv").write_text(HEADER + rows, encoding="utf-8-sig")
    return verify_run(run)


def test_every_pair_left_out_is_listed(tmp_path: Path) -> None:
    assert verdict(tmp_path, ROWS).lines("en")[1:] == []
    assert CASE.verdict(tmp_path / "without").ok


@pytest.mark.parametrize(
    ("old", "new", "rule", "row"),
    [
        ("n1,o3,u3,,", "n1,o3,u3,2015,", "excluded", None),  # 2016 is missing
        ("n2,o4,u2,2016,", "n2,o4,u2,,", "excluded", 5),  # 2015 is not excluded
        ("n2,o4,u2,2016,", "n2,o4,u2,2015,", "excluded", 5),
        ("2016,fee_standard", "2016,award_size", "excluded", 5),
        ("n1,o3,u3", "n1,o3,u2", "names", 2),
        ("n2,o3,u3,2015", "n2,o3,u3,2016", "rows", 4),
        ("n2,o3,u3,2015", "n2,o3,u3,", "excluded", 4),  # 2016 stands twice
        ("n2,o3,u3,2015", "n2,o3,u3,2017", "cells", 3),
        ("n2,o3,u3,2015", "n2,o9,u3,2015", "cells", 3),
    ],
)
def test_rows_that_are_wrong(old: str, new: str, rule: str, row: int | None, tmp_path: Path) -> None:
    assert old in ROWS
    found = verdict(tmp_path, ROWS.replace(old, new))
    assert (rule, "excluded.csv", row) in {(f.rule, f.file, f.row) for f in found.faults}, found.lines("en")
