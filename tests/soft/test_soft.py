"""Soft clauses: broken only where they must be, as little as can be, and exactly as listed."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import gpsopt
from brute.candidates import read_world
from brute.enumerator import best_of_world
from brute.generate import draw
from brute.test_brute_force import rounded_amounts
from compiler.test_every_clause import same
from gpsopt.compiler import compile_model
from gpsopt.model.build import build
from gpsopt.model.clauses import REGISTER
from gpsopt.model.clauses.softbounds import SOFT_ONLY
from gpsopt.model.soft import LIMITS, soft_stages
from gpsopt.runfolder import text_rows
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.settings import Settings
from gpsopt.text import messages
from gpsopt.verify import verify_frames, verify_run
from tests.model.cases import CASES, MODEL, TABLES, made

BY_NEED = ("continuity", "coverage", "quality_floor")


def softened(seed: int, among: tuple[str, ...], likely: float = 0.6, strain: bool = False) -> Scenario:
    """The tiny model of a seed with some of its clauses soft, in random order; `strain`: with smaller budgets."""
    scenario, chance = draw(seed), random.Random(f"soft/{seed}")
    said = scenario.settings.model_dump()
    for name in among:
        if said["clauses"].get(name) and chance.random() < likely:
            said["clauses"][name] |= {"soft": True, "priority": chance.randint(0, 3)}
    tables = scenario.tables
    if strain:
        budgets = tables["budgets"].copy()
        cut = Decimal(chance.choice(("0.5", "0.7", "0.9")))
        budgets["amount"] = [(amount * cut).quantize(Decimal("0.01")) for amount in budgets["amount"]]
        tables = tables.with_frame("budgets", budgets)
    return replace(scenario, settings=Settings.model_validate(said), tables=tables)


def solved(scenario: Scenario) -> gpsopt.Plan | None:
    try:
        return gpsopt.solve(scenario, gap=0)
    except gpsopt.InfeasibleError:
        return None


def test_every_block_can_be_softened() -> None:
    assert set(LIMITS) == set(REGISTER) | set(SOFT_ONLY)
    for name, model in ((n, CASES[n]) for n in LIMITS):
        assert name in model.blocks


@pytest.mark.parametrize("name", sorted(REGISTER))
def test_each_limit_of_a_case_gets_its_violation(name: str, tmp_path: Path) -> None:
    """left <= right becomes left - over <= right, and nothing else in the case's rows changes."""
    strict = compile_model(made(name, tmp_path / "strict"))
    soft = compile_model(build(_case(name, tmp_path / "soft")))
    for limit in LIMITS[name]:
        rule = f"{name}.{limit.rule}"
        if not len(strict.rows[rule]):
            continue
        for key in strict.rows[rule].keys:
            one, other = (_terms(c, c.row(rule, key)) for c in (strict, soft))
            if limit.equal and any(other[0][c] == -v for c, v in one[0].items()):  # an equation may be turned round
                other = ({c: -v for c, v in other[0].items()}, -other[2], -other[1])
            extra = {column: value for column, value in other[0].items() if column not in one[0]}
            assert {c: v for c, v in other[0].items() if c not in extra} == one[0]
            assert other[1:] == one[1:]
            over = {v for (column, _key), v in extra.items() if column.endswith("_over")}
            under = {v for (column, _key), v in extra.items() if column.endswith("_under")}
            assert len(extra) == (2 if limit.equal else 1)
            sign = over.pop()
            assert sign in (-1.0, 1.0) and under == ({-sign} if limit.equal else set())
            # what the violation may do is to help: below the upper limit, or above the lower one
            assert (sign < 0 and other[2] < float("inf")) or (sign > 0 and other[1] > -float("inf"))


def _terms(compiled: Any, row: int) -> tuple[dict[Any, float], float, float]:
    part = slice(compiled.matrix.indptr[row], compiled.matrix.indptr[row + 1])
    columns = [compiled.column_key(int(c)) for c in compiled.matrix.indices[part]]
    values = dict(zip(columns, compiled.matrix.data[part].tolist(), strict=True))
    return values, float(compiled.row_lower[row]), float(compiled.row_upper[row])


def _case(name: str, folder: Path, more: str = "") -> Scenario:
    made(name, folder)
    path = folder / "models" / name / "model.toml"
    text = path.read_text(encoding="utf-8")
    head = f"[clauses.{name}]\n"
    said = (
        text.replace("soft = false\n", "").replace(head, f"{head}soft = true\n")
        if head in text
        else f"{text}{head}soft = true\n"
    )
    path.write_text(said + more, encoding="utf-8")
    return read_scenario(path.parent)


@pytest.mark.parametrize("seed", range(0, 60, 4))
def test_soft_rows_are_pyomos_own(seed: int) -> None:
    model = build(softened(seed, tuple(LIMITS)))
    same(model, compile_model(model))


def test_a_soft_clause_is_broken_only_where_it_must_be() -> None:
    """Where there is a plan without a violation none is broken; elsewhere there is one now; all are certified."""
    broken = freed = 0
    for seed in range(60):
        strict, soft = solved(draw(seed)), solved(softened(seed, tuple(LIMITS)))
        if soft is None:
            assert strict is None
            continue
        assert soft.certified, soft.summary["faults"]
        listed = len(soft.frames.get("violations", ()))
        assert not listed or strict is None
        broken += listed > 0
        freed += strict is None
    assert broken >= 4 and freed >= 4


def test_violations_are_the_enumerated_least() -> None:
    """Clauses that bind need by need, in random order of priority, against full enumeration."""
    compared = broken = 0
    for seed in range(90):
        scenario = softened(seed, BY_NEED, 0.8, strain=True)
        world = read_world(scenario)
        if not scenario.settings.clauses.softened() or rounded_amounts(world):
            continue
        plan, best = solved(scenario), best_of_world(world)
        assert (plan is None) == (best is None), seed
        if plan is None or best is None:
            continue
        stages = {f"soft {stage['clause']}": stage["plan_value"] for stage in plan.summary.get("soft", ())}
        aims = {aim["name"]: aim["plan_value"] for aim in plan.summary["aims"]}
        for name, exact in best.aims:
            found = stages.get(name, 0) if name.startswith("soft ") else aims[name]
            assert float(found) == pytest.approx(float(exact), rel=1e-6, abs=1e-6), (seed, name)
        compared += 1
        broken += any(float(value) > 0 for value in stages.values())
    assert compared >= 25 and broken >= 4


@pytest.fixture(scope="module")
def short_of_floors(tmp_path_factory: pytest.TempPathFactory) -> gpsopt.Plan:
    """50 of 60 meals must be served (floor 5/6), 40 are kept at 90 yuan; 3600 + 4 x 80.50 + 10 = 3932 yuan buy four.

    In 2015 there are 3935.00: 44 meals and a setup are 3932.00, and a hundredth of a meal more costs 0.805: 44.03.
    """
    folder = tmp_path_factory.mktemp("floors")
    tables = {
        **TABLES,
        "budgets": "purchaser,year,amount\ncivil,2015,3935.00\ncivil,2016,20000.00\n",
        "needs": """\
need,purchaser,item,area,year,demand,target,floor,weight
n1,civil,C01,a1,2015,60,1,0.8333333333333333333333333334,1
n1,civil,C01,a1,2016,60,1,0.5,1
""",
        "direct_lines": TABLES["direct_lines"].replace("0.6,3", "0,"),  # what moves saves nothing
    }
    (folder / "tables").mkdir()
    soft = "[clauses.coverage]\nsoft = true\npriority = 2\n"
    (folder / "model.toml").write_text(MODEL + soft, encoding="utf-8")
    for name, text in tables.items():
        (folder / "tables" / f"{name}.csv").write_text(text, encoding="utf-8")
    return gpsopt.solve(folder, gap=0)


def test_a_case_by_hand(short_of_floors: gpsopt.Plan) -> None:
    """50 less 44.03 are 5.97 meals short, at a unit value (cost standard) of 100 yuan: 597 yuan in the stage."""
    listed = short_of_floors.violations
    assert listed.to_dict("records") == [
        {"clause": "coverage", "index": "floor_is_reached n1", "year": 2015, "amount": "5.97", "unit": "item"}
    ]
    (stage,) = short_of_floors.summary["soft"]
    assert (stage["clause"], stage["unit"], stage["plan_value"]) == ("coverage", "yuan", "597")
    assert stage["value"] == pytest.approx(597, abs=1)  # before the grid
    assert short_of_floors.certified, short_of_floors.summary["faults"]
    assert short_of_floors.summary["aims"][0]["name"] == "livelihood_shortfall"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_names_what_is_broken(lang: str, short_of_floors: gpsopt.Plan) -> None:
    page = " ".join(short_of_floors.page(lang).split())
    words = {"en": "the floor is reached n1 2015", "zh": "达到下限 n1 2015"}
    assert "coverage" in page and "5.97" in page and words[lang] in page


def test_every_limit_has_its_words() -> None:
    rules = {limit.rule for limits in LIMITS.values() for limit in limits}
    for lang in ("zh", "en"):
        assert rules == {key[6:] for key in messages(lang) if key.startswith("limit.")}


@pytest.mark.parametrize(
    ("change", "column"),
    [
        (None, ""),
        ({"amount": "5.96"}, "amount"),
        ({"amount": "5.98"}, "amount"),
        ({"unit": "yuan"}, "unit"),
        ({"year": "2016"}, ""),
    ],
)
def test_verify_accepts_exactly_what_is_listed(
    change: dict[str, str] | None, column: str, short_of_floors: gpsopt.Plan, tmp_path: Path
) -> None:
    folder = gpsopt.write_run(short_of_floors, tmp_path)
    assert verify_run(folder).ok
    path = folder / "violations.csv"
    head, row = path.read_text(encoding="utf-8-sig").splitlines()
    cells = dict(zip(head.split(","), row.split(","), strict=True))
    rows = [head] if change is None else [head, ",".join({**cells, **change}.values())]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    verdict = verify_run(folder)
    assert not verdict.ok
    assert {fault.rule for fault in verdict.faults} == {"violations"}
    assert not column or verdict.faults[0].column == column


def test_a_stage_that_says_less_is_caught(short_of_floors: gpsopt.Plan) -> None:
    frames = {name: text_rows(frame) for name, frame in short_of_floors.frames.items()}
    for stages in ([{**short_of_floors.summary["soft"][0], "plan_value": "596"}], []):
        verdict = verify_frames(short_of_floors.scenario, frames, {**short_of_floors.summary, "soft": stages})
        assert {fault.rule for fault in verdict.faults} == {"violations"}


def test_a_hard_clause_is_not_forgiven_by_a_list(short_of_floors: gpsopt.Plan) -> None:
    said = short_of_floors.scenario.settings.model_dump()
    said["clauses"]["coverage"]["soft"] = False
    scenario = replace(short_of_floors.scenario, settings=Settings.model_validate(said))
    frames = {name: text_rows(frame) for name, frame in short_of_floors.frames.items()}
    verdict = verify_frames(scenario, frames, short_of_floors.summary)
    assert {fault.rule for fault in verdict.faults} >= {"coverage", "violations"}


def test_the_order_of_priorities() -> None:
    said = softened(3, ()).settings.model_dump()
    for name, priority in (("continuity", 5), ("coverage", -1), ("own_capacity", None)):
        said["clauses"][name] |= {"soft": True, "priority": priority}
    clauses = Settings.model_validate(said).clauses
    assert clauses.softened() == ("coverage", "own_capacity", "continuity")
    assert [stage.name for stage in soft_stages(clauses)] == [
        "breach_coverage_yuan", "breach_own_capacity_resource", "breach_own_capacity_yuan", "breach_continuity_yuan",
    ]  # fmt: skip


def test_runs_without_soft_clauses_say_nothing_of_them() -> None:
    plan = gpsopt.solve(draw(2), gap=0)
    assert "violations" not in plan.frames and "soft" not in plan.summary


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(
            (f"[clauses.{name}]\nsoft = true\n", "clause_not_soft")
            for name in ("catalogue_scope", "purchaser_kind")
        ),
        ("[clauses.existing_budget]\nsoft = true\n", "identity_fixed"),
        ("[clauses.continuity]\npriority = 1\n", "priority_idle"),
    ],
)  # fmt: skip
def test_what_cannot_be_softened_is_said(text: str, code: str, tmp_path: Path) -> None:
    from gpsopt.checks import check

    made("continuity", tmp_path)
    path = tmp_path / "models" / "continuity" / "model.toml"
    path.write_text(MODEL + text, encoding="utf-8")
    try:
        found = check(read_scenario(path.parent))
    except gpsopt.InputError as error:
        found = error.findings
    assert [f.code for f in found if f.severity != "note" and f.code == code] == [code]
    finding = next(f for f in found if f.code == code)
    assert (finding.row is not None or finding.severity == "warning") and finding.line("zh") and finding.line("en")
