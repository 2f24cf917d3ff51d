"""`verify` stands alone: it imports nothing of what makes the plan."""

from __future__ import annotations

import ast
from pathlib import Path

import gpsopt.verify
from gpsopt.text import messages, terms
from gpsopt.verify.clauses import CHECKS

HOUSE = Path(gpsopt.verify.__file__).parent
MAY_IMPORT = (
    "gpsopt.verify", "gpsopt.errors", "gpsopt.money", "gpsopt.scenario", "gpsopt.settings", "gpsopt.tables",
    "gpsopt.text",
)  # fmt: skip


def imported(path: Path) -> set[str]:
    """Full names of the modules a file imports, also inside functions and under TYPE_CHECKING."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: imports are written in full"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_imports_nothing_of_the_planner() -> None:
    files = sorted(HOUSE.rglob("*.py"))
    assert len(files) > 20
    for path in files:
        for name in imported(path):
            if name.split(".")[0] == "gpsopt":
                assert any(name == m or name.startswith(f"{m}.") for m in MAY_IMPORT), f"{path.name} imports {name}"
            assert name.split(".")[0] not in ("pyomo", "highspy", "scipy", "numpy", "importlib"), f"{path.name}: {name}"


def test_files_and_functions_are_short() -> None:
    for path in HOUSE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) < 400, path.name
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 60, f"{path.name}: {node.name}"


def test_every_check_says_what_it_checks() -> None:
    assert len(set(CHECKS)) == len(CHECKS)
    assert all(check.__doc__ for check in CHECKS)


def fault_calls() -> list[tuple[str, list[str]]]:
    """(file, literal first two arguments) of every Fault(...) and _Unreadable(...) in the house."""
    found = []
    for path in HOUSE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Fault":
                literal = [a.value for a in node.args[:2] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                found.append((path.name, literal))
    return found


def test_every_rule_and_code_has_words_in_both_languages() -> None:
    zh, en = messages("zh"), messages("en")
    ours = {key for key in zh if key.startswith(("verify.", "verify_rule."))}
    assert ours == {key for key in en if key.startswith(("verify.", "verify_rule."))}
    calls = fault_calls()
    assert len(calls) > 40
    for file, literal in calls:
        if len(literal) == 2:
            rule, code = literal
            assert f"verify.{code}" in zh, f"{file}: {code}"
            assert f"verify_rule.{rule}" in zh or rule in terms() or f"clauses.{rule}" in terms(), f"{file}: {rule}"
