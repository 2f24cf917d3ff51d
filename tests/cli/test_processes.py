"""Every command and every exit code in processes of their own: stdout holds one JSON document and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import process
from tests.cli.worlds import TABLES, crowd, hamlet, without_plan


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_from_a_new_model_to_a_verified_plan(tmp_path: Path, lang: str) -> None:
    said = {"cwd": tmp_path, "GPSOPT_LANG": lang}
    made = process("init", "mine", "--json", **said)
    checked = process("check", "mine", "--json", **said)
    solved = process("solve", "mine", "--json", **said)
    verified = process("verify", solved.json["path"], "--json", **said)
    for done in (made, checked, solved, verified):
        assert done.code == 0 and done.err == "" and isinstance(done.json, dict)
        assert done.out.endswith("}\n") and done.out.startswith("{\n")
    assert verified.json["ok"] and solved.json["certified"] and made.json["files"]
    shown = process("verify", solved.json["path"], **said)
    assert shown.code == 0 and ("Verified" if lang == "en" else "复核通过") in shown.out


def test_each_end_has_its_code(tmp_path: Path) -> None:
    broken = hamlet(tmp_path / "broken", offers=TABLES["offers"].replace("280", "NaN"))
    ends = {
        2: process("solve", broken, "--json", cwd=tmp_path),
        3: process("solve", without_plan(tmp_path / "no"), "--json", cwd=tmp_path),
        4: process("solve", crowd(tmp_path / "many", 60, floor="0.3"), "--json", "--time-limit", "0.001", cwd=tmp_path),
    }
    for code, done in ends.items():
        assert done.code == done.json["exit_code"] == code and done.err == "", (code, done)
        assert done.json["error"] and isinstance(done.json["findings"], list)
    assert sorted(p.name.rpartition("-")[0] for p in (tmp_path / "runs").iterdir()) == ["many", "no"]
    failed = process("verify", tmp_path / ends[3].json["path"], "--json", cwd=tmp_path)
    assert failed.code == failed.json["exit_code"] == 1 and failed.json["faults"]
    usage = process("solve", broken, "--gap", "2", "--json", cwd=tmp_path)
    assert usage.code == usage.json["exit_code"] == 2 and usage.err == ""
