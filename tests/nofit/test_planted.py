"""Planted conflicts are named rightly, and each repair, applied, leads to a certified plan."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import gpsopt
from gpsopt.nofit import NoFit, repairs
from gpsopt.nofit.kinds import KINDS
from gpsopt.nofit.loosen import least, loosened
from gpsopt.nofit.sentences import SENTENCES
from gpsopt.nofit.spent import Allowance
from gpsopt.nofit.system import system_of
from gpsopt.runfolder import input_files
from gpsopt.scenario import Scenario
from gpsopt.solving.engine import Engine, Limits, Outcome
from tests.nofit.planted import CASES, Planted, write
from tests.nofit.plantedfourth import FOURTH
from tests.nofit.plantedfurther import FURTHER
from tests.nofit.plantedthird import THIRD, Told, write_told


def written(folder: Path, scenario: Scenario, found: NoFit) -> Path:
    """A run folder as far as repairs need it."""
    for name, content in {**{f"inputs/{k}": v for k, v in input_files(scenario).items()}, **found.files()}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


ALL = [*CASES, *(pytest.param(case, marks=pytest.mark.slow) for case in FURTHER)]


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_the_conflict_is_named_and_the_repairs_solve(case: Planted, tmp_path: Path) -> None:
    scenario = gpsopt.read_scenario(write(tmp_path / "model", case))
    assert gpsopt.plan_or_end(scenario).status == "infeasible"
    found = gpsopt.explain_nofit(scenario)
    assert case.clauses <= {clash.clause for clash in found.conflict}
    assert not case.absent & {clash.clause for clash in found.conflict}
    assert case.keys <= {key for clash in found.conflict for key in clash.keys}
    if case.whole is not None:
        assert all(clash.whole == case.whole for clash in found.conflict)
    kinds = [repair.kind for repair in found.repairs]
    assert case.kind in kinds and len(set(kinds)) == len(kinds) <= 5
    if case.amount:
        assert found.repairs[kinds.index(case.kind)].amount == Decimal(case.amount)
    folder = written(tmp_path / "run", scenario, found)
    assert gpsopt.solve(folder / found.names()[0]).certified


@pytest.mark.parametrize("case", [*THIRD[:4], *FOURTH, *(pytest.param(c, marks=pytest.mark.slow) for c in THIRD[4:])],
                         ids=lambda case: case.name)  # fmt: skip
def test_all_and_only_the_clauses_with_their_numbers_and_every_repair(case: Told, tmp_path: Path) -> None:
    scenario = gpsopt.read_scenario(write_told(tmp_path / "model", case))
    found = gpsopt.explain_nofit(scenario)
    assert {clash.clause for clash in found.conflict} == case.clauses
    assert all(clash.whole == case.whole for clash in found.conflict)
    page = found.page("en")
    assert [part for part in case.said if part not in page] == [], page
    amounts = {repair.kind: repair.amount for repair in found.repairs}
    assert {kind: amounts.get(kind) for kind in case.repairs} == {k: Decimal(v) for k, v in case.repairs.items()}
    folder = written(tmp_path / "run", scenario, found)
    for name, repair in zip(found.names(), found.repairs, strict=True):
        assert repair.proven and repair.least, repair
        assert gpsopt.solve(folder / name).certified, name


@pytest.mark.slow
@pytest.mark.parametrize("case", [*CASES, *FURTHER], ids=lambda case: case.name)
def test_every_rule_of_every_clause_has_its_sentence(case: Planted, tmp_path: Path) -> None:
    system = system_of(gpsopt.read_scenario(write(tmp_path / "model", case)))
    without = {(e.clause, e.rule) for e in system.elements if f"{e.clause}.{e.rule}" not in SENTENCES}
    assert {clause for clause, _rule in without} <= set(SENTENCES)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("floor above capacity", "[clauses.coverage]\nsoft = true\n"),  # kept wherever it can be
        ("a lock against a budget", "[clauses.hand_decisions]\nsoft = true\n"),
    ],
)
def test_a_clause_is_made_soft_before_it_is_struck(name: str, said: str, tmp_path: Path) -> None:
    case = next(case for case in CASES if case.name == name)
    found = gpsopt.explain_nofit(gpsopt.read_scenario(write(tmp_path, case)))
    (repair,) = [repair for repair in found.repairs if repair.kind == "clause"]
    assert repair.toml.endswith(said), repair.toml


def test_a_repair_of_a_large_model_leaves_room_on_every_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand yuan beyond the least, so that the best plan of the repair stands on its grid as well."""
    case = next(c for c in CASES if c.kind == "budget" and c.amount)
    scenario = gpsopt.read_scenario(write(tmp_path / "model", case))
    monkeypatch.setattr(repairs, "_SMALL", 0)
    wide = {r.kind: r for r in gpsopt.explain_nofit(scenario).repairs}["budget"]
    assert wide.amount - Decimal(case.amount) >= 1000 and not wide.least


def test_a_kind_that_makes_no_room_is_offered_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = next(c for c in CASES if c.kind == "floor")
    scenario = gpsopt.read_scenario(write(tmp_path / "model", case))
    monkeypatch.setattr(repairs, "_SMALL", 0)
    monkeypatch.setattr(repairs, "_WIDER_LARGE", ((1, 1e6), (0, 0.0)))  # no line has so much to leave
    assert "floor" in {r.kind for r in gpsopt.explain_nofit(scenario).repairs}


def test_what_gives_the_least_is_found_among_few_awards_where_the_whole_search_finds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = next(c for c in CASES if c.kind == "floor")
    system = system_of(gpsopt.read_scenario(write(tmp_path / "model", case)))
    loosening = KINDS["floor"].make(system)
    exact = least(system, loosening)
    assert exact is not None and exact.proven
    minimise = Engine.minimise

    def stopped(engine: Engine, limits: Limits, start: Any = None, report: Any = None, around: Any = None) -> Outcome:
        """A search over everything that ends before it has found anything of its own."""
        if around is not None:
            return minimise(engine, limits, start, report, around)
        value = float("inf") if start is None else minimise(engine, limits, start).value
        return Outcome("limit", start, value, float("-inf"), 0)

    monkeypatch.setattr("gpsopt.nofit.loosen._SMALL", -1)
    monkeypatch.setattr(Engine, "minimise", stopped)
    found = least(system, loosening, 0.0, Allowance.of(60.0))
    assert found is not None and not found.proven
    assert found.values == pytest.approx(exact.values, abs=1e-6)
    assert Engine(loosened(system.problem, loosening)).violation(found.point) <= 1e-6
