"""Plans that keep every rule, worked out by hand to the fen, are passed: the check is not too tight."""

from __future__ import annotations

from pathlib import Path

import pytest

from gpsopt.verify import verify_frames

from .variants import BASE, LEGAL


@pytest.mark.parametrize("name", LEGAL)
def test_a_legal_plan_is_passed(name: str, tmp_path: Path) -> None:
    verdict = LEGAL[name].verdict(tmp_path)
    assert verdict.lines("en")[1:] == []
    assert verdict.ok


def test_frames_and_folder_agree(tmp_path: Path) -> None:
    case = BASE
    from_frames = verify_frames(case.scenario(tmp_path / "model"), case.frames(), case.summary())
    assert from_frames == case.verdict(tmp_path / "run")


def test_what_was_checked_is_counted(tmp_path: Path) -> None:
    verdict = BASE.verdict(tmp_path)
    assert verdict.checked["ledger"] == 9
    assert verdict.checked["existing_budget"] == 2
    assert verdict.checked["cells"] == 27
    assert verdict.checked["candidates"] == 4
    assert verdict.checked["aims"] == 7
    assert verdict.lines("zh")[0].startswith("复核通过")
    assert verdict.lines("en")[0].startswith("Verified")
