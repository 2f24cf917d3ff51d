"""Small models with spoilt cells, rows and settings: a plan, a conflict or a refusal in words, never anything else."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest

import gpsopt
from gpsopt.checks import check
from gpsopt.errors import GpsoptError
from tests.nofit.planted import CASES, Planted, write
from tests.nofit.plantedfurther import FURTHER

PLAIN = Planted("plain", {}, set(), set(), "")
CELLS = ("", "0", "-1", "1e3", "NaN", "999999999999", "待定", "yes", "n1", "0.5", "1", "2015", "3000", "x;y", ";", "u1")
SETTINGS = (
    "[clauses.plural_supply]\nmax_share = 0.0001\n", "[clauses.social_organisations]\nmin_share = 1\n",
    "[clauses.affiliated_share]\nmax_share = 0\n", "[clauses.project_limit]\nmax_awards = 0\n",
    "[clauses.gradual_purchase]\nstep = 0\nfloor = 1\n", '[clauses.balanced_areas]\nratio = 1\ndomains = ["none"]\n',
    "[clauses.contract_term]\nyears = 99\nbefore_force = true\n", '[clauses.fee_standard]\nmode = "cap"\n',
    '[clauses.competition]\non_thin = "keep_direct"\nmin_candidates = 50\n', "[clauses.award_size]\nsoft = true\n",
    "[clauses.coverage]\nsoft = true\noversupply = true\n", "[clauses.own_capacity]\nsoft = true\npriority = -3\n",
)  # fmt: skip


def spoil(folder: Path, chance: random.Random) -> None:
    """One to three spoilt tables, and at times a setting at its end."""
    for path in chance.sample(sorted((folder / "tables").glob("*.csv")), chance.randint(1, 3)):
        with path.open(encoding="utf-8") as stream:
            rows = list(csv.reader(stream))
        row = chance.randrange(1, len(rows))
        if chance.random() < 0.8:
            rows[row][chance.randrange(len(rows[row]))] = chance.choice(CELLS)
        elif chance.random() < 0.5:
            rows.pop(row)
        else:
            rows.append(rows[row])
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)
    text = (folder / "model.toml").read_text(encoding="utf-8")
    more = chance.choice(("", *SETTINGS))
    if more.partition("\n")[0] not in text:
        (folder / "model.toml").write_text(text + more, encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 120, 20))
def test_a_spoilt_model_ends_in_words(first: int, tmp_path: Path) -> None:
    for seed in range(first, first + 20):
        chance = random.Random(f"spoilt/{seed}")
        case = chance.choice((PLAIN, PLAIN, chance.choice((*CASES, *FURTHER))))
        folder = write(tmp_path / str(seed), case)
        spoil(folder, chance)
        try:
            scenario = gpsopt.read_scenario(folder)
            assert all(finding.line(lang) for finding in check(scenario) for lang in ("zh", "en"))
            end = gpsopt.plan_or_end(scenario, time_limit=20)
            if isinstance(end, gpsopt.Plan):
                assert end.certified and end.page("zh") and end.page("en"), seed
            elif end.status == "infeasible":
                said = gpsopt.explain_nofit(scenario, seconds=20, repairs=False)
                assert said.conflict and said.page("zh") and said.page("en"), seed
        except GpsoptError as error:
            assert str(error), seed
