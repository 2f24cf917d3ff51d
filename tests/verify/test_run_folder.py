"""The run folder alone is asked: stored hashes and words count for nothing, broken files are faults, never a crash."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from gpsopt.verify import Verdict, verify_run

from .handmade import Case
from .variants import BASE, TWO_OFFERS

TABLES = ("allocation", "direct", "transfers", "coverage", "budgets", "undertakers")


def refused(folder: Path) -> Verdict:
    """A verdict of no whose every line can be printed in both languages."""
    verdict = verify_run(folder)
    assert not verdict.ok
    assert verdict.faults
    assert all("{" not in line for lang in ("zh", "en") for line in verdict.lines(lang))
    return verdict


def rewrite_summary(folder: Path, **changes: object) -> None:
    path = folder / "summary.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes), encoding="utf-8")


def aims_in(folder: Path) -> list[dict[str, Any]]:
    aims: list[dict[str, Any]] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["aims"]
    return aims


@pytest.mark.parametrize("status", ["infeasible", "limit"])
def test_a_run_without_a_plan(status: str, tmp_path: Path) -> None:
    folder = BASE.write(tmp_path)
    for name in TABLES:
        (folder / f"{name}.csv").unlink()
    rewrite_summary(folder, status=status, aims=[])
    (fault,) = refused(folder).faults
    assert (fault.rule, fault.code, fault.file) == ("run", "no_plan", "summary.json")
    assert f'ended as "{status}"' in fault.line("en")
    assert "没有方案" in fault.line("zh")


def test_an_infeasible_run_has_no_plan_even_if_tables_stand(tmp_path: Path) -> None:
    folder = BASE.write(tmp_path)
    rewrite_summary(folder, status="infeasible")
    assert [f.code for f in refused(folder).faults] == ["no_plan"]


def test_a_plan_stopped_by_a_limit_is_checked(tmp_path: Path) -> None:
    folder = BASE.write(tmp_path)
    rewrite_summary(folder, status="limit", aims=aims_in(folder)[:2])
    assert verify_run(folder).ok
    rewrite_summary(folder, status="optimal", aims=aims_in(folder)[:2])
    assert [f.rule for f in refused(folder).faults] == ["aims"]


def test_stored_words_are_not_trusted(tmp_path: Path) -> None:
    """A summary that says certified and a manifest with any hashes help no plan, and harm none."""
    folder = BASE.write(tmp_path)
    (folder / "manifest.json").write_text('{"plan_hash": "0", "inputs": {"inputs/model.toml": "1"}}')
    rewrite_summary(folder, certified=False)
    assert verify_run(folder).ok
    path = folder / "allocation.csv"
    path.write_text(path.read_text(encoding="utf-8-sig").replace("4050.00", "4050.01"), encoding="utf-8")
    rewrite_summary(folder, certified=True)
    refused(folder)


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        ("budgets", "12200", "12200.01"), ("offers", "90.5", "90.4"), ("needs", "2015,100", "2015,99.5"),
        ("direct_lines", "6000", "6000.01"), ("undertakers", ",100", ",99.99"), ("offers", "0.8", "0.81"),
        ("direct_lines", "0.4", "0.41"), ("items", "120", "90"),
    ],
)  # fmt: skip
def test_a_plan_of_another_input(table: str, old: str, new: str, tmp_path: Path) -> None:
    folder = BASE.write(tmp_path)
    path = folder / "inputs" / "tables" / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    refused(folder)


def test_a_unit_value_changed(tmp_path: Path) -> None:
    folder = BASE.write(tmp_path)
    path = folder / "inputs" / "model.toml"
    path.write_text(path.read_text().replace("i1 = 120.0", "i1 = 119.99"))
    assert {f.rule for f in refused(folder).faults} == {"aims"}


def test_nothing_there(tmp_path: Path) -> None:
    assert [f.code for f in refused(tmp_path / "nowhere").faults] == ["folder_missing"]
    assert [f.code for f in refused(tmp_path).faults] == ["file_missing"]
    file = tmp_path / "file"
    file.write_text("x")
    assert [f.code for f in refused(file).faults] == ["folder_missing"]


@pytest.mark.parametrize("name", [f"{table}.csv" for table in TABLES] + ["summary.json"])
def test_a_file_missing_or_of_another_kind(name: str, tmp_path: Path) -> None:
    folder = BASE.write(tmp_path)
    path = folder / name
    path.unlink()
    assert [(f.code, f.file) for f in refused(folder).faults] == [("file_missing", name)]
    path.mkdir()
    assert [(f.code, f.file) for f in refused(folder).faults] == [("file_missing", name)]
    path.rmdir()
    for content in (b"", b"\xff\xfe\x00\x01", b"\x00" * 50, b"\x89PNG\r\n", b"a,b\n1\n", b'"open'):
        path.write_bytes(content)
        assert any(f.file == name for f in refused(folder).faults), content


@pytest.mark.parametrize(
    "text",
    ["[]", "null", "3", "{", '{"status": NaN}', '{"status": "optimal", "aims": 5}', "[" * 100_000,
     '{"status": "optimal", "aims": [1, null, "x"]}', '{"status": ["optimal"]}', "9" * 5000],
)  # fmt: skip
def test_a_summary_that_is_none(text: str, tmp_path: Path) -> None:
    folder = BASE.write(tmp_path)
    (folder / "summary.json").write_text(text)
    refused(folder)


@pytest.mark.parametrize(
    "value", ["NaN", "Infinity", '"inf"', '"nan"', "null", "true", '"4800 yuan"', "1e400", "[4800]"]
)
def test_an_aim_without_a_number(value: str, tmp_path: Path) -> None:
    folder = BASE.write(tmp_path)
    text = (
        (folder / "summary.json").read_text(encoding="utf-8").replace('"plan_value": "4800"', f'"plan_value": {value}')
    )
    (folder / "summary.json").write_text(text)
    (fault,) = refused(folder).faults
    assert (fault.rule, fault.column, fault.key) == ("aims", "plan_value", "livelihood_shortfall")


@pytest.mark.parametrize("value", ["4800", "4800.0", '"4800.000"', "4.8e3"])
def test_an_aim_is_a_number_however_written(value: str, tmp_path: Path) -> None:
    folder = BASE.write(tmp_path)
    text = (
        (folder / "summary.json").read_text(encoding="utf-8").replace('"plan_value": "4800"', f'"plan_value": {value}')
    )
    (folder / "summary.json").write_text(text)
    assert verify_run(folder).ok


def test_aims_in_another_order_or_sense(tmp_path: Path) -> None:
    folder = BASE.write(tmp_path)
    aims = aims_in(folder)
    rewrite_summary(folder, aims=aims[::-1])
    assert {f.column for f in refused(folder).faults} == {"aims"}
    rewrite_summary(folder, aims=[{**aims[0], "sense": "max"}, *aims[1:]])
    assert {f.column for f in refused(folder).faults} == {"sense"}
    rewrite_summary(folder, aims=[{**aim, "bound": "NaN"} for aim in aims])
    assert {f.code for f in refused(folder).faults} == {"not_finite"}
    rewrite_summary(folder, aims=aims, unit_values={"i1": 119})
    assert {f.column for f in refused(folder).faults} == {"unit_values"}
    rewrite_summary(folder, unit_values={"i1": 120}, status="brilliant")
    assert {f.column for f in refused(folder).faults} == {"status"}


def test_broken_inputs(tmp_path: Path) -> None:
    for number, (name, content) in enumerate([
        ("model.toml", b""), ("model.toml", b"years = ["), ("model.toml", b"\xff\xfe"), ("tables/needs.csv", b""),
        ("tables/offers.csv", b"offer\n\x00\n"), ("tables/items.csv", b"item,kind\ni1,public\n"),
        ("tables/budgets.csv", b"purchaser,year,amount\np1,2015,lots\n"),
    ]):  # fmt: skip
        folder = BASE.write(tmp_path / str(number))
        (folder / "inputs" / name).write_bytes(content)
        assert {f.rule for f in refused(folder).faults} <= {"inputs", "run"}
    folder = BASE.write(tmp_path / "gone")
    shutil.rmtree(folder / "inputs")
    refused(folder)


@pytest.mark.parametrize(
    ("inputs", "model"),
    [
        ({"needs 3": {"item": "i2"}, "items": "item,kind,livelihood,basic,scope\ni1,public,yes,yes,purchasable\n"
                                              "i2,public,yes,yes,purchasable\n"}, ""),
        ({"direct_lines 2": {"avoidable": ""}}, ""),
        ({"direct_lines 2": {"runoff_years": "0"}}, ""),
        ({"offers 2": {"needs": "n1;n9"}}, ""),
        ({}, '[[lock]]\nneed = "n9"\nyear = 2015\ndirect = 1\n'),
        ({}, '[[lock]]\nneed = "n1"\nyear = 2015\noffer = "o9"\naward = true\n'),
    ],
)  # fmt: skip
def test_inputs_that_contradict_themselves(inputs: dict[str, object], model: str, tmp_path: Path) -> None:
    assert {f.rule for f in refused(BASE.but(inputs=inputs, model=model).write(tmp_path)).faults} == {"inputs"}


def test_header_faults(tmp_path: Path) -> None:
    for number, (old, new, code) in enumerate([
        ("year,", "year,year,", "column_twice"), ("purchaser", "buyer", "column_unknown"),
        ("purchaser", "buyer", "column_missing"), ("2015,", "2015,9,", "cell_count"),
        ("2015,", "\n2015,", "cell_count"),
    ]):  # fmt: skip
        folder = BASE.write(tmp_path / str(number))
        path = folder / "budgets.csv"
        path.write_text(path.read_text(encoding="utf-8-sig").replace(old, new, 1), encoding="utf-8")
        assert code in {f.code for f in refused(folder).faults}


def test_byte_noise_never_crashes(tmp_path: Path) -> None:
    """Some bytes anywhere in the folder changed, cut or doubled: always a verdict that can be printed."""
    draw = random.Random(20140827)
    folder = TWO_OFFERS.write(tmp_path / "run")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for _round in range(150):
        path = draw.choice(files)
        content = path.read_bytes()
        at = draw.randrange(len(content))
        noise = draw.choice([b"", b"-", b"9", b'"', b"\n", b",", b"\x00", b"\xe5", content[at : at + 40] * 2, b"1e9"])
        path.write_bytes(content[:at] + noise + content[at + draw.choice([0, 1, 7]) :])
        verdict = verify_run(folder)
        assert all(isinstance(line, str) for lang in ("zh", "en") for line in verdict.lines(lang))
        path.write_bytes(content)
    assert verify_run(folder).ok


def test_windows_line_ends_are_read(tmp_path: Path) -> None:
    folder = BASE.write(tmp_path)
    for name in TABLES:
        path = folder / f"{name}.csv"
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert verify_run(folder).ok


def test_cells_that_are_no_text(tmp_path: Path) -> None:
    """Frames given by a program may hold anything; only text is read."""
    from gpsopt.verify import verify_frames

    case = Case()
    frames = case.frames()
    frames["budgets"][0]["amount"] = 12200  # type: ignore[assignment]
    frames["budgets"][1]["unspent"] = None  # type: ignore[assignment]
    verdict = verify_frames(case.scenario(tmp_path), frames, case.summary())
    assert [f.row for f in verdict.faults if f.rule == "cells"] == [3]
