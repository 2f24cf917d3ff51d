"""The models that are shipped, through the commands."""

from __future__ import annotations

from pathlib import Path

from tests.cli.running import Command

ROOT = Path(__file__).resolve().parents[2]


def test_the_town_is_checked_solved_and_verified(tmp_path: Path, gpsopt: Command) -> None:
    town = ROOT / "models" / "town"
    assert gpsopt("check", town, "--json").json["counts"]["error"] == 0
    solved = gpsopt("solve", town, "--json", "--out", tmp_path)
    assert solved.code == 0 and solved.json["certified"] is True and solved.json["status"] == "optimal"
    assert gpsopt("verify", solved.json["path"], "--json").json["ok"] is True


def test_the_baseline_is_ready_to_solve(tmp_path: Path, gpsopt: Command) -> None:
    done = gpsopt("check", ROOT / "scenarios" / "baseline.toml", "--json", cwd=tmp_path)
    assert done.code == 0 and done.json["counts"]["error"] == 0, done.json["findings"][:3]
    assert list(tmp_path.iterdir()) == []
