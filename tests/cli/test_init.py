"""`gpsopt init`: what it writes is read without a finding, solves, and is spoken of in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import Command


@pytest.mark.parametrize("source", ["", "scenarios/cut.toml"])
def test_the_new_model_solves(tmp_path: Path, source: str, gpsopt: Command) -> None:
    folder = tmp_path / "new" / "model"
    made = gpsopt("init", folder, "--json", "--lang", "en")
    assert made.code == 0 and made.json["path"] == str(folder)
    assert sorted(made.json["files"]) == sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
    checked = gpsopt("check", folder / source, "--json")
    assert checked.code == 0 and checked.json["counts"]["warning"] == 0
    solved = gpsopt("solve", folder / source, "--json", "--out", tmp_path / "runs")
    assert solved.code == 0 and solved.json["certified"] is True and solved.json["status"] == "optimal"
    for aim in solved.json["aims"]:  # nothing is given up: but for the grid and the fen the plan is what was found
        scale = max(abs(aim["scale"]), 1)
        assert abs(aim["plan_value"] - aim["bound"]) <= 1e-4 * scale, aim["name"]
    assert gpsopt("verify", solved.json["path"]).code == 0


def test_it_shows_what_the_rules_do(tmp_path: Path, gpsopt: Command) -> None:
    """A matter that moves, one that stays for its stranded cost, an excluded offer, a thin market, a shortfall."""
    gpsopt("init", tmp_path / "m")
    run = Path(gpsopt("solve", tmp_path / "m", "--json", "--out", tmp_path / "runs").json["path"])
    excluded = (run / "excluded.csv").read_text(encoding="utf-8-sig")
    assert "meals_u3" in excluded and "fee_standard" in excluded
    direct = (run / "direct.csv").read_text(encoding="utf-8-sig")
    assert ",stranded\n" in direct
    assert "released" in direct and "own" in (run / "transfers.csv").read_text(encoding="utf-8-sig")


def test_every_file_is_commented_in_both_languages(tmp_path: Path, gpsopt: Command) -> None:
    gpsopt("init", tmp_path / "m")
    files = [p for p in (tmp_path / "m").rglob("*") if p.is_file() and p.name != "budgets.csv"]
    assert len(files) >= 10
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert any("\u4e00" <= c <= "\u9fff" for c in text), path.name
        assert " a " in text or " the " in text or " of " in text or " to " in text, path.name


def test_it_overwrites_nothing(tmp_path: Path, gpsopt: Command) -> None:
    (tmp_path / "note.txt").write_text("mine", encoding="utf-8")
    done = gpsopt("init", tmp_path, "--json", "--lang", "en")
    assert (done.code, done.json["code"]) == (2, "folder_taken")
    assert [p.name for p in tmp_path.iterdir()] == ["note.txt"]
    for taken in (tmp_path / "note.txt", tmp_path / "note.txt" / "below", Path("/proc/gpsopt"), Path("z" * 5000)):
        done = gpsopt("init", taken, "--lang", "en")
        assert done.code == 2 and "Traceback" not in done.err and done.err.count("\n") == 1
    (tmp_path / "empty").mkdir()
    assert gpsopt("init", ".", cwd=tmp_path / "empty").code == 0
