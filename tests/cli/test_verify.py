"""`gpsopt verify`: rules and rows, and every tampering told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.running import Command
from tests.cli.worlds import hamlet, without_plan


@pytest.fixture
def run(tmp_path: Path, gpsopt: Command) -> Path:
    done = gpsopt("solve", hamlet(tmp_path / "m"), "--out", tmp_path / "runs", "--json")
    return Path(done.json["path"])


def test_a_good_run_lists_what_was_checked(run: Path, gpsopt: Command) -> None:
    done = gpsopt("verify", run)
    assert done.code == 0 and done.err == ""
    assert "费随事转" in done.out and "复核通过" in done.out
    document = gpsopt("verify", run, "--json").json
    assert document["ok"] is True and document["faults"] == [] and "error" not in document
    assert document["checked"]["coverage"] == 4  # two needs in two years


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_one_fen_is_seen(run: Path, lang: str, gpsopt: Command) -> None:
    budgets = run / "budgets.csv"
    text = budgets.read_text(encoding="utf-8-sig")
    year, _, rest = text.splitlines()[1].partition(",p,")
    amount = rest.split(",")[0]
    changed = f"{float(amount) + 0.01:.2f}"
    budgets.write_text(text.replace(f"{year},p,{amount}", f"{year},p,{changed}"), encoding="utf-8-sig")
    done = gpsopt("verify", run, "--lang", lang)
    assert done.code == 1 and "0.01" in done.out and "budgets.csv" in done.out
    document = gpsopt("verify", run, "--json", "--lang", lang).json
    assert document["ok"] is False and document["exit_code"] == 1
    assert any(f["file"] == "budgets.csv" and f["column"] == "amount" for f in document["faults"])


def test_stored_hashes_and_verdicts_are_not_trusted(run: Path, gpsopt: Command) -> None:
    summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    allocation = (run / "allocation.csv").read_text(encoding="utf-8-sig").splitlines()
    (run / "allocation.csv").write_text("\n".join(allocation[:-1]) + "\n", encoding="utf-8-sig")
    assert summary["certified"] is True
    assert gpsopt("verify", run).code == 1


def test_what_is_no_run(tmp_path: Path, gpsopt: Command) -> None:
    for place in (tmp_path, tmp_path / "nothing", "y" * 5000):
        done = gpsopt("verify", place, "--json", "--lang", "en")
        assert (done.code, done.json["code"]) == (2, "run_missing")
    ended = gpsopt("solve", without_plan(tmp_path / "m"), "--out", tmp_path / "runs", "--json")
    done = gpsopt("verify", ended.json["path"], "--json", "--lang", "en")
    assert done.code == 1 and done.json["faults"][0]["code"] == "no_plan"
