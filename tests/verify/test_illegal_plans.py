"""Every rule stops a plan that breaks it, and says which rule, which row, and how far it is off."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import gpsopt.verify
from gpsopt.text import messages
from gpsopt.verify.verdict import LISTED

from .illegal import ILLEGAL
from .variants import BASE


@pytest.mark.parametrize("name", ILLEGAL)
def test_an_illegal_plan_is_stopped(name: str, tmp_path: Path) -> None:
    illegal = ILLEGAL[name]
    verdict = illegal.case.verdict(tmp_path)
    found = {(f.rule, f.file, f.row, f.column) for f in verdict.faults}
    shown = "\n".join(verdict.lines("en"))
    assert not verdict.ok
    assert (illegal.rule, illegal.file, illegal.row, illegal.column) in found, shown
    assert {f.rule for f in verdict.faults} - {illegal.rule} <= set(illegal.others), shown


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", ILLEGAL)
def test_a_fault_names_rule_and_row_in_words(name: str, lang: str, tmp_path: Path) -> None:
    for fault in ILLEGAL[name].case.verdict(tmp_path).faults:
        line = fault.line(lang)
        assert f"({fault.rule})" in line
        assert fault.file in line
        assert fault.row is None or str(fault.row) in line
        assert "{" not in line


def rules_in_the_house() -> set[str]:
    """Every rule that a check reports on, from the source: the first argument of Outcome and Fault."""
    rules = set()
    for path in Path(gpsopt.verify.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Fault", "Outcome"):
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant):
                    rules.add(str(first.value))
    return rules


def test_every_rule_has_an_illegal_plan() -> None:
    tried = {illegal.rule for illegal in ILLEGAL.values()}
    # `run` is about files (test_run_folder), `excluded`, `goals`, `prices` and `violations` about tables of their own
    assert rules_in_the_house() - tried == {"run", "excluded", "goals", "prices", "violations"}
    assert {"fees_follow_the_matter", "fees_stay", "returned", "lagged", "catalogue_scope"} <= tried


def test_amounts_are_named(tmp_path: Path) -> None:
    fault = next(f for f in ILLEGAL["a fen short on the purchase line"].case.verdict(tmp_path).faults
                 if f.code == "purchase_line_short")  # fmt: skip
    assert fault.line("en") == (
        "budgets.csv · row 2 · column Purchased (purchased) · 2015 p1: [Within the existing budget (existing_budget)] "
        "Purchases need 3,350.00 yuan, 3,349.99 yuan are there: 0.01 yuan short."
    )
    assert "【列入现有预算 (existing_budget)】 购买需要 3,350.00 元，可用 3,349.99 元，缺 0.01 元。" in fault.line("zh")


def test_many_faults_are_counted_not_flooded(tmp_path: Path) -> None:
    rows = "".join(f"2015,n{k},p1,direct,p1,purchase,1.00,own,1.00,x\n" for k in range(LISTED + 50))
    verdict = BASE.but(added={"transfers": rows}).verdict(tmp_path)
    kinds = [f for f in verdict.faults if f.code == "code_not_in_inputs"]
    assert len(kinds) == LISTED
    more = next(f for f in verdict.faults if f.code == "and_more")
    assert "48" in more.line("en")  # n1 and n2 exist


def test_no_message_is_idle() -> None:
    source = "".join(p.read_text(encoding="utf-8") for p in Path(gpsopt.verify.__file__).parent.rglob("*.py"))
    for key in messages("en"):
        group, _, code = key.partition(".")
        if group == "verify" and not code.startswith("no_pair_"):
            assert f'"{code}"' in source or f'"verify.{code}"' in source, code
