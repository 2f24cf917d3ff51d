"""`gpsopt solve`: how each end is told, what stands in the run folder, and that it repeats."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from tests.cli.running import Command, Done
from tests.cli.worlds import TABLES, crowd, hamlet, shuffled, without_plan


def manifest(done: Done) -> dict[str, object]:
    return dict(json.loads((Path(done.json["path"]) / "manifest.json").read_text(encoding="utf-8")))


def test_a_plan_is_printed_with_its_path(tmp_path: Path, gpsopt: Command) -> None:
    done = gpsopt("solve", hamlet(tmp_path / "m"), cwd=tmp_path)
    assert done.code == 0 and done.err == ""
    (folder,) = (tmp_path / "runs").iterdir()
    assert done.out.startswith("一个村\n") and "已核验" in done.out
    assert done.out.endswith(f"运行文件夹：{Path('runs') / folder.name}\n")
    english = gpsopt("solve", tmp_path / "m", "--lang=en", cwd=tmp_path)
    assert english.out.startswith("A hamlet\n") and english.out.endswith(f"Run folder: runs/{folder.name}\n")


def test_json_is_the_summary_and_where_it_stands(tmp_path: Path, gpsopt: Command) -> None:
    done = gpsopt("solve", hamlet(tmp_path / "m"), "--json", "--out", tmp_path / "here")
    assert done.code == 0 and done.err == ""
    document = done.json
    folder = Path(document["path"])
    assert folder.parent == tmp_path / "here" and folder.name == document["run"]
    written = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert written == {key: document[key] for key in written}
    assert document["status"] == "optimal" and document["certified"] is True
    assert document["plan_hash"] == manifest(done)["plan_hash"] is not None
    assert [aim["name"] for aim in document["aims"]] == ["livelihood_shortfall", "shortfall", "outlay"]


def test_the_same_input_gives_the_same_plan_twice(tmp_path: Path, gpsopt: Command) -> None:
    model = crowd(tmp_path / "m", 12)
    words = ("solve", model, "--json", "--gap", "0.01", "--out")
    first, second = (gpsopt(*words, tmp_path / out) for out in ("one", "two"))
    assert first.code == second.code == 0
    assert first.json["plan_hash"] == second.json["plan_hash"]
    assert first.json["run"] == second.json["run"]
    assert manifest(first)["reproducible"] == "yes"


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_and_columns_does_not_matter(tmp_path: Path, seed: int, gpsopt: Command) -> None:
    model = crowd(tmp_path / "world", 12)
    (tmp_path / "other").mkdir()
    mixed = shuffled(tmp_path / "other" / "world", model, seed)
    assert (mixed / "tables" / "needs.csv").read_text() != (model / "tables" / "needs.csv").read_text()
    plans = [gpsopt("solve", m, "--json", "--gap", "0.01", cwd=tmp_path).json for m in (model, mixed)]
    assert plans[0]["plan_hash"] == plans[1]["plan_hash"] and plans[0]["run"] == plans[1]["run"]


def test_options_reach_the_search_and_name_the_run(tmp_path: Path, gpsopt: Command) -> None:
    model = hamlet(tmp_path / "m")
    plain = gpsopt("solve", model, "--json", cwd=tmp_path)
    seeded = gpsopt("solve", model, "--json", "--seed", 7, "--gap", "0.02", "--node-limit", 900, "--time-limit", 50,
                    cwd=tmp_path)  # fmt: skip
    assert plain.json["run"] != seeded.json["run"]
    options = json.loads((tmp_path / seeded.json["path"] / "manifest.json").read_text())["options"]
    assert options == {"gap": 0.02, "time_limit": 50.0, "node_limit": 900, "seed": 7, "years": "joint"}


@pytest.mark.parametrize(("lang", "words"), [("zh", "没有方案能满足"), ("en", "No plan can satisfy the rules")])
def test_no_plan_at_all(tmp_path: Path, lang: str, words: str, gpsopt: Command) -> None:
    model = without_plan(tmp_path / "m")
    done = gpsopt("solve", model, "--lang", lang, cwd=tmp_path)
    assert done.code == 3 and words in done.err
    (folder,) = (tmp_path / "runs").iterdir()
    assert folder.name in done.out
    assert json.loads((folder / "summary.json").read_text())["status"] == "infeasible"
    assert not (folder / "allocation.csv").exists() and (folder / "inputs" / "tables" / "needs.csv").exists()
    document = gpsopt("solve", model, "--json", "--lang", lang, cwd=tmp_path).json
    assert words in document["error"] and document["exit_code"] == 3 and document["plan_hash"] is None
    assert (tmp_path / document["path"]).name == folder.name


def test_no_plan_names_what_the_checks_know(tmp_path: Path, gpsopt: Command) -> None:
    needs = TABLES["needs"].replace("target\n", "target,floor\n").replace(",1\n", ",1,1\n")
    model = hamlet(tmp_path / "m", needs=needs, budgets=TABLES["budgets"].replace("9000.00", "10.00"))
    done = gpsopt("solve", model, "--json", "--lang", "en", cwd=tmp_path)
    assert done.code == 3
    assert done.json["findings"][0]["code"] == "floors_above_budget"
    assert "budgets.csv" in gpsopt("solve", model, "--lang", "en", cwd=tmp_path).err


def test_a_limit_before_any_plan(tmp_path: Path, gpsopt: Command) -> None:
    model = crowd(tmp_path / "m", 60, floor="0.3")
    done = gpsopt("solve", model, "--json", "--time-limit", "0.001", "--lang", "en", cwd=tmp_path)
    assert done.code == 4 and "--time-limit" in done.json["error"]
    folder = tmp_path / done.json["path"]
    assert json.loads((folder / "summary.json").read_text())["status"] == "limit"
    assert not (folder / "allocation.csv").exists()


def test_bad_input_writes_nothing(tmp_path: Path, gpsopt: Command) -> None:
    model = hamlet(tmp_path / "m", offers=TABLES["offers"].replace("280", "two hundred"))
    done = gpsopt("solve", model, "--json", "--lang", "en", cwd=tmp_path)
    assert done.code == 2 and done.json["findings"][0]["column"] == "price"
    shown = gpsopt("solve", model, cwd=tmp_path)
    assert shown.code == 2 and "two hundred" in shown.err and shown.out == "" and "Traceback" not in shown.err
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("place", ["file", "file/below", "/proc/nowhere"])
def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, place: str, gpsopt: Command) -> None:
    model = hamlet(tmp_path / "m")
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    done = gpsopt("solve", model, "--out", tmp_path / place, "--json", "--lang", "en")
    assert (done.code, done.json["code"]) == (2, "folder_not_writable")
    assert place in done.json["error"] and "--out" in done.json["error"]
    assert gpsopt("solve", model, "--out", tmp_path / place).code == 2


@pytest.fixture
def lying(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planner that puts one fen too much into its first award."""
    from gpsopt import planning

    honest = planning.frames_of

    def frames_of(draft: planning.Draft) -> dict[str, pd.DataFrame]:
        frames = honest(draft)
        frames["allocation"].loc[0, "amount"] += Decimal("0.01")
        return frames

    monkeypatch.setattr(planning, "frames_of", frames_of)


@pytest.mark.usefixtures("lying")
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_plan_that_is_a_fen_wrong_is_never_certified(tmp_path: Path, lang: str, gpsopt: Command) -> None:
    model = hamlet(tmp_path / "m")
    done = gpsopt("solve", model, "--lang", lang, cwd=tmp_path)
    assert done.code == 1
    assert "0.01" in done.err and "allocation.csv" in done.err and "recomputed" in done.err
    assert ("未通过" if lang == "zh" else "did not pass") in done.err
    (folder,) = (tmp_path / "runs").iterdir()
    assert json.loads((folder / "summary.json").read_text(encoding="utf-8"))["certified"] is False
    document = gpsopt("solve", model, "--json", cwd=tmp_path).json
    assert document["exit_code"] == 1 and document["certified"] is False
    assert any(f["file"] == "allocation.csv" and f["column"] == "amount" for f in document["faults"])


def test_a_plan_off_the_grid_is_not_certified(tmp_path: Path, gpsopt: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """The repair that puts a plan on the grid reports that it had to go further than a step."""
    from gpsopt.solving import ongrid

    honest = ongrid.to_grid
    monkeypatch.setattr(ongrid, "to_grid", lambda *given, **more: (*honest(*given, **more)[:2], False))
    done = gpsopt("solve", hamlet(tmp_path / "m"), "--json", "--lang", "en", cwd=tmp_path)
    assert (done.code, done.json["code"], done.json["certified"]) == (1, "off_grid", False)
    assert "grid" in done.json["error"] and done.json["faults"] == []
