"""A plan to begin from: tried first, never a rule, kept with the run, and the answer where the search finds none."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from benchmarks.cities import sized, write_city

import gpsopt
from gpsopt import planning
from gpsopt.checks import check
from gpsopt.commands.template import settings_of_model
from gpsopt.compiler import compile_model
from gpsopt.errors import InputError
from gpsopt.handplan import read_handplan, score
from gpsopt.model.build import build_world
from gpsopt.model.world import world_of
from gpsopt.planning import _is_better, plan_or_end
from gpsopt.runread import read_run
from gpsopt.scenario import read_scenario
from gpsopt.solving.stages import Answer, Options, seek
from gpsopt.solving.startpoint import Start, as_it_is
from gpsopt.written.begin import begun_from
from gpsopt.written.table import plan_csv
from tests.cli.running import in_process

TOWN = Path(__file__).parents[2] / "models/town"


@pytest.fixture(scope="module")
def best(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return gpsopt.write_run(gpsopt.solve(TOWN), tmp_path_factory.mktemp("runs"))


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    return in_process(capfd)


def scenario_at(folder: Path, start: str, base: str = f'model = "{TOWN.as_posix()}"', name: str = "s") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.toml"
    path.write_text(f'title = "T"\n{base}\n\n[solver]\nstart = "{start}"\n', encoding="utf-8")
    return path


def table_of(best: Path, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(plan_csv(read_run(best).frames))
    return path


def test_the_table_of_a_plan_says_all_that_the_plan_says(best: Path, tmp_path: Path) -> None:
    found = score(table_of(best, tmp_path / "p.csv"), TOWN, best=best, nearest=False)
    assert found.ok and found.hand.assumed == ()
    assert [float(aim.value) for aim in found.aims] == [aim["plan_value"] for aim in read_run(best).summary["aims"]]
    whole, parts = read_handplan(tmp_path / "p.csv", read_scenario(TOWN)), read_handplan(best, read_scenario(TOWN))
    assert (whole.bought, whole.direct, whole.new, whole.idle) == (parts.bought, parts.direct, parts.new, parts.idle)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn place that takes the solver some seconds; nothing of the first aim may be given up for later ones."""
    folder = tmp_path_factory.mktemp("place")
    write_city(folder, sized("town", needs=30, purchasers=3, undertakers=10, years=2, seed=4))
    with (folder / "model.toml").open("a", encoding="utf-8") as stream:
        stream.write("\n[aims.tolerance]\nlivelihood_shortfall = 0\n")
    return folder


@pytest.fixture(scope="module")
def close(place: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return gpsopt.write_run(gpsopt.solve(place, gap=0.01), tmp_path_factory.mktemp("close"))


def test_where_the_search_finds_none_so_good_the_given_one_is_the_answer(
    place: Path, close: Path, tmp_path: Path, command
) -> None:  # type: ignore[no-untyped-def]
    words = ("solve", str(place), "--time-limit", "0.001", "--out", str(tmp_path), "--json", "--lang", "en")
    done = command(*words, "--start", str(close))
    assert done.code == 0 and done.json["certified"] and done.json["start"] == {"left_out": 0, "answer": True}
    known = read_run(close).summary
    for aim, before in zip(done.json["aims"], known["aims"], strict=True):
        assert aim["plan_value"] == before["plan_value"]
        assert abs(aim["value"] - before["plan_value"]) <= 1e-6 * max(1.0, abs(before["plan_value"]))
    assert command("verify", done.json["path"]).code == 0
    page = command(*words[:-3], "--start", str(close), "--lang", "en")
    assert "This is the plan that the search began from" in page.out


def test_a_plan_that_keeps_every_rule_goes_before_a_solver_that_calls_it_impossible(
    best: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    scenario = read_scenario(scenario_at(tmp_path, best.as_posix()))
    wrong = Answer("infeasible", (), None, 0)
    monkeypatch.setattr(planning, "seek_on_grid", lambda *_given: (wrong, None, (), None))
    plan = plan_or_end(scenario)
    assert plan.summary["certified"] and plan.summary["start"]["answer"]
    assert plan_or_end(TOWN).status == "infeasible", "without a plan to begin from nothing is known better"


def test_no_plan_travels_with_the_tables(best: Path, tmp_path: Path) -> None:
    text = settings_of_model(scenario_at(tmp_path, best.as_posix()))
    assert "start" not in text and "title" in text


def test_it_is_the_first_plan_of_the_search(place: Path, close: Path, tmp_path: Path) -> None:
    """Where any plan is good enough, the search from nothing ends far away, and the one from a good plan with it."""
    world = world_of(read_scenario(scenario_at(tmp_path, close.as_posix(), f'model = "{place.as_posix()}"')))
    compiled = compile_model(build_world(world))
    given = begun_from(world, compiled)
    assert given is not None
    any_ = Options(gap=1.0)
    alone, begun = (
        seek(world, compiled, any_, start=start)[0].stages[0].value
        for start in (Start(), Start((given.point,), near=False))
    )
    assert begun <= read_run(close).summary["aims"][0]["plan_value"] + 1e-6 < 0.5 * alone


def test_the_given_plan_is_better_where_the_first_difference_says_so(
    place: Path, close: Path, tmp_path: Path
) -> None:  # fmt: skip
    clause = "[clauses.undertaker_count]\nmax = 3\nsoft = true\n\n"
    file = scenario_at(tmp_path, close.as_posix(), f'model = "{place.as_posix()}"')
    file.write_text(file.read_text(encoding="utf-8").replace("[solver]", f"{clause}[solver]"), encoding="utf-8")
    world = world_of(read_scenario(file))
    compiled = compile_model(build_world(world))
    given = begun_from(world, compiled)
    assert given is not None
    point = as_it_is(world, compiled, given.point)
    assert point is not None
    summary = plan_or_end(file, time_limit=0.001).summary
    assert summary["start"]["answer"], "nothing better was found: these are its own figures"

    def better(soft: str | None = None, **moved: float) -> bool:
        """Against a plan that is worse by so many tolerances in an aim, and breaks so much of the soft clause."""
        aims = [
            {**aim, "plan_value": aim["plan_value"] + sign * moved.get(aim["name"], 0.0) * aim["scale"]}
            for aim in summary["aims"]
            for sign in [1 if aim["sense"] == "min" else -1]
        ]
        stages = [{**stage, "plan_value": soft or stage["plan_value"]} for stage in summary["soft"]]
        return _is_better(world, compiled, point, {"soft": stages, "aims": aims})

    assert not better() and not better(shortfall=5e-4) and better(shortfall=2e-3)
    assert better(shortfall=2e-3, outlay=-0.5) and not better(livelihood_shortfall=-1e-6, shortfall=2e-3)
    assert not better("0", shortfall=2e-3) and better("1000", shortfall=-2e-3)


def test_it_is_no_rule(best: Path, tmp_path: Path) -> None:
    """A plan that the scenario forbids leaves the answer as it is."""
    empty = tmp_path / "nothing.csv"
    need = read_scenario(TOWN).tables["needs"]["need"].iloc[0]
    empty.write_text(f"year,need,offer,quantity\n2016,{need},,0\n", encoding="utf-8")
    plan = gpsopt.solve(scenario_at(tmp_path, "nothing.csv"))
    assert plan.certified and plan.summary["status"] == "optimal"
    assert [a["plan_value"] for a in plan.summary["aims"]] == [
        a["plan_value"] for a in read_run(best).summary["aims"]
    ]  # fmt: skip


def test_it_may_buy_nothing(best: Path, tmp_path: Path) -> None:
    (tmp_path / "none.csv").write_text("year,need,offer,quantity,new,idle\n", encoding="utf-8")
    plan = gpsopt.solve(scenario_at(tmp_path, "none.csv"))
    assert plan.certified and plan.summary["start"] == {"left_out": 0, "answer": False}


def test_it_stays_with_the_run_and_is_known_by_what_it_says(best: Path, tmp_path: Path) -> None:
    table_of(best, tmp_path / "one/p.csv"), table_of(best, tmp_path / "two/q.csv")
    one, two = (read_scenario(scenario_at(tmp_path / at, name)) for at, name in (("one", "p.csv"), ("two", "q.csv")))
    assert one.digest() == two.digest() != read_scenario(TOWN).digest()
    plan = gpsopt.solve(one)
    run = gpsopt.write_run(plan, tmp_path / "runs")
    shutil.rmtree(tmp_path / "one")
    again = gpsopt.solve(run / "inputs")
    assert again.allocation.equals(plan.allocation)
    assert read_scenario(run / "inputs").digest() == one.digest()
    assert gpsopt.verify_run(run).ok
    whole = replace_start(best, tmp_path)
    assert {p.name for p in (whole / "inputs/start").iterdir()} == {"allocation.csv", "direct.csv"}
    assert gpsopt.verify_run(whole).ok


def replace_start(best: Path, tmp_path: Path) -> Path:
    """A run that began from the folder of a run."""
    return gpsopt.write_run(gpsopt.solve(scenario_at(tmp_path, best.as_posix())), tmp_path / "runs")


def test_a_base_names_it_from_where_the_base_stands_and_a_departure_may_drop_it(best: Path, tmp_path: Path) -> None:
    table_of(best, tmp_path / "below/p.csv")
    scenario_at(tmp_path / "below", "p.csv", name="base")
    above = tmp_path / "above.toml"
    above.write_text('title = "T"\nbase = "below/base.toml"\n', encoding="utf-8")
    start = read_scenario(above).start
    assert start is not None and start.path == tmp_path / "below/p.csv"
    assert read_scenario(scenario_at(tmp_path, "", 'base = "below/base.toml"', "none")).start is None


@pytest.mark.parametrize("start", ["gone.csv", "below", "a\\u0000b"])
def test_one_that_is_not_there_is_named_with_its_line_and_the_search_begins_from_nothing(
    start: str, tmp_path: Path
) -> None:  # fmt: skip
    (tmp_path / "below").mkdir()
    scenario = read_scenario(scenario_at(tmp_path, start))
    (finding,) = (f for f in scenario.findings if f.code == "start_missing")
    assert (finding.severity, finding.row, finding.column) == ("warning", 5, "solver.start")
    assert scenario.start is None and finding in check(scenario)
    plan = gpsopt.solve(scenario)
    assert plan.certified and plan.summary["start"] == {"missing": True}
    assert "began from nothing" in plan.page("en") and "从头开始" in plan.page("zh")
    run = gpsopt.write_run(plan, tmp_path / "runs")
    assert gpsopt.verify_run(run).ok and not list((run / "inputs").glob("start*"))


def test_strangers_name_nothing_outside_their_folder(best: Path, tmp_path: Path) -> None:
    shutil.copytree(TOWN, tmp_path / "desk/models/town")
    file = scenario_at(tmp_path / "desk/scenarios", best.as_posix(), 'model = "town"')
    assert read_scenario(file).start is not None
    within = read_scenario(file, within=tmp_path / "desk")
    assert within.start is None and "start_missing" in {f.code for f in within.findings}


def test_rows_that_do_not_fit_are_left_out_and_counted(best: Path, tmp_path: Path, command) -> None:  # type: ignore[no-untyped-def]
    table = table_of(best, tmp_path / "p.csv")
    with table.open("a", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["2016", "nowhere", "", "3", "", ""], ["2016", "", "", "3", "", ""]])
    file = scenario_at(tmp_path, "p.csv")
    done = command("solve", str(file), "--out", str(tmp_path / "runs"), "--lang", "en")
    assert done.code == 0 and "left out, as they do not fit the scenario: 2." in done.out


def test_a_file_of_which_nothing_can_be_used_is_refused(tmp_path: Path, command) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "p.csv").write_text("year,quantity\n2016,3\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        plan_or_end(scenario_at(tmp_path, "p.csv"))
    assert caught.value.findings[0].code == "column_missing"
    done = command("solve", str(TOWN), "--start", str(tmp_path / "p.csv"), "--out", str(tmp_path / "runs"))
    assert done.code == 2 and "p.csv" in done.err
    gone = command("solve", str(TOWN), "--start", str(tmp_path / "none.csv"), "--lang", "en")
    assert gone.code == 2 and "none.csv" in gone.err and "year, need, offer, quantity" in gone.err
    assert command("solve", str(TOWN), "--start", str(tmp_path / "p.csv"), "--futures", "3").code == 2
