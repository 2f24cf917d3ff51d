"""`gpsopt check`: every finding, the counts, and nothing solved."""

from __future__ import annotations

from pathlib import Path

from tests.cli.running import Command
from tests.cli.worlds import TABLES, hamlet, without_plan


def test_a_good_model_is_read_and_nothing_is_written(tmp_path: Path, gpsopt: Command) -> None:
    done = gpsopt("check", hamlet(tmp_path / "m"), cwd=tmp_path)
    assert done.code == 0 and done.err == ""
    assert "一个村" in done.out and "错误 0 处，警告 0 处" in done.out
    assert [p.name for p in tmp_path.iterdir()] == ["m"]


def test_every_finding_stands_in_the_table_with_place_and_cure(tmp_path: Path, gpsopt: Command) -> None:
    offers = TABLES["offers"].replace("280", "1e3").replace("u2,i1", "u9,i1") + "o5,u1,i1,-4,0,0\n"
    done = gpsopt("check", hamlet(tmp_path / "m", offers=offers), "--lang", "en", cwd=tmp_path)
    assert done.code == 2
    for word in ("error", "offers.csv", "row 2", "price", "1e3", "u9", "-4", "What to do", "Cannot be used"):
        assert word in done.out, word
    assert "Traceback" not in done.err


def test_json_holds_the_same_findings(tmp_path: Path, gpsopt: Command) -> None:
    offers = TABLES["offers"].replace("280", "1e3").replace("u2,i1", "u9,i1")
    done = gpsopt("check", hamlet(tmp_path / "m", offers=offers), "--json", "--lang", "en")
    document = done.json
    assert done.code == document["exit_code"] == 2 and done.err == ""
    assert document["error"] and document["code"] == "bad_input" and not document["ok"]
    counted = [f["severity"] for f in document["findings"]]
    assert {s: counted.count(s) for s in ("error", "warning", "note")} == document["counts"]
    assert counted == sorted(counted, key=("error", "warning", "note").index)
    first = document["findings"][0]
    assert first.keys() == {
        "severity", "code", "file", "sheet", "row", "column", "value", "where", "text", "cure"
    }  # fmt: skip
    assert ("exponent", 2, "price", "1e3") in [(f["code"], f["row"], f["column"], f["value"])
                                               for f in document["findings"]]  # fmt: skip


def test_a_scenario_names_its_own_file_and_line(tmp_path: Path, gpsopt: Command) -> None:
    hamlet(tmp_path / "models" / "hamlet")
    scenario = tmp_path / "scenarios" / "cut.toml"
    scenario.parent.mkdir()
    scenario.write_text('model = "hamlet"\nregime = "fees_go"\nshares = 1\n', encoding="utf-8")
    document = gpsopt("check", scenario, "--json").json
    assert {(f["row"], f["column"]) for f in document["findings"]} == {(2, "regime"), (3, "shares")}
    assert "share" in next(f["cure"] for f in document["findings"] if f["column"] == "shares")
    scenario.write_text('model = "hamlet"\n[[change]]\ntable = "budgets"\ncolumn = "amount"\nscale = 0.5\n', "utf-8")
    assert gpsopt("check", scenario).code == 0


def test_what_proves_that_no_plan_exists_is_told_apart_from_bad_input(tmp_path: Path, gpsopt: Command) -> None:
    budgets = TABLES["budgets"].replace("9000.00", "10.00")
    assert gpsopt("check", without_plan(tmp_path / "m")).code == 0  # nothing to see without solving
    needs = TABLES["needs"].replace("target\n", "target,floor\n").replace(",1\n", ",1,1\n")
    done = gpsopt("check", hamlet(tmp_path / "n", needs=needs, budgets=budgets), "--json")
    assert (done.code, done.json["code"]) == (3, "infeasible")
    assert done.json["findings"][0]["code"] == "floors_above_budget"
    broken = TABLES["offers"].replace("280", "1e3")
    done = gpsopt("check", hamlet(tmp_path / "o", needs=needs, budgets=budgets, offers=broken), "--json")
    assert (done.code, done.json["code"]) == (2, "bad_input")


def test_what_is_not_there(tmp_path: Path, gpsopt: Command) -> None:
    for source in ("nothing", "no/where.toml", "x" * 5000):
        done = gpsopt("check", source, "--json", "--lang", "en", cwd=tmp_path)
        assert (done.code, done.json["code"], done.json["findings"]) == (2, "path_missing", [])
        assert "Check the path" in done.json["error"]
    empty = tmp_path / "empty"
    empty.mkdir()
    assert gpsopt("check", empty).code == 2
