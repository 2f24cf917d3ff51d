"""Every finding has its words: fault and cure, in Chinese and English, with the same placeholders; and a trip."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from pathlib import Path

import pytest

import gpsopt
from gpsopt.checks import CHECKS, PROOFS
from gpsopt.errors import Finding, InfeasibleError, InputError, printed
from gpsopt.settingkeys import _fault
from gpsopt.text import messages

from .test_cases import CASES

SOURCE = Path(gpsopt.__file__).parent
FILES = (
    *(SOURCE / f"{name}.py" for name in (
        "cells", "controls", "csvfile", "departure", "errors", "read", "scenario", "settingkeys", "settings",
        "tomlfile",
    )),
    *sorted((SOURCE / "checks").glob("*.py")),
)  # fmt: skip
#: calls that raise a finding -> the place of its code among the arguments
RAISERS = {"Finding": 1, "find": 1, "said": 1, "CellFault": 0, "_Refused": 0, "_refused": 0, "_finding": 0, "_find": 2,
           "ValueError": 0}  # fmt: skip
#: lists in which codes stand beside the pattern that they answer to
LISTS = ("_WAYS", "_FAULTS", "_ODD")


def _words(lang: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((SOURCE / f"text/{lang}/checks.toml").read_text(encoding="utf-8"))


def _codes(file: Path) -> set[str]:
    """Every code that a file raises by name."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            place = RAISERS.get(name)
            if place is not None and len(node.args) > place:
                found |= {leaf.value for leaf in ast.walk(node.args[place]) if _is_code(leaf)}
        if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") in LISTS:
            found |= {leaf.value for leaf in ast.walk(node) if _is_code(leaf) and leaf.value.islower()}
    return found - NOT_CODES


def _is_code(node: ast.AST) -> bool:
    value = node.value if isinstance(node, ast.Constant) else None
    return isinstance(value, str) and re.fullmatch("[a-z_0-9]{4,}", value) is not None


#: what stands beside codes in the same calls and lists
NOT_CODES = {
    "missing", "literal_error", "int_", "decimal_", "finite_number", "bool_", "string_", "tuple_type", "list_type",
    "dict_", "model_", "greater_than", "greater_than_equal", "less_than", "too_short", "warning", "note", "money",
    "price",
}  # fmt: skip


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_code_has_words(file: Path) -> None:
    for code in _codes(file):
        for lang in ("zh", "en"):
            assert f"finding.{code}" in messages(lang), code
            assert f"cure.{code}" in messages(lang), code


def test_findings_and_cures_go_in_pairs_and_share_placeholders() -> None:
    zh, en = _words("zh"), _words("en")
    assert zh.keys() == en.keys()
    for group in zh:
        assert zh[group].keys() == en[group].keys()
        for code in zh[group]:
            assert _places(zh[group][code]) == _places(en[group][code]), code
    assert zh["finding"].keys() == zh["cure"].keys()


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_code_is_tripped() -> None:
    """A finding nobody tripped is a guess; `UNTRIPPED` are tried in tests of their own."""
    codes = set(_words("en")["finding"])
    assert codes - {case.code for case in CASES} == UNTRIPPED


#: said of the good model (test_cases.py), of unreadable files (test_reading.py), of strangers' scenarios
#: (test_departures.py), of faults that pydantic may add one day (below)
UNTRIPPED = {"clauses_idle", "file_unreadable", "base_outside", "setting_wrong"}


def test_a_fault_of_an_unknown_kind_still_has_words() -> None:
    code, details, _inner = _fault({"type": "something_new", "loc": (), "msg": "?", "input": 1})
    finding = Finding("error", code, "model.toml", row=3, column="share", value="1", details=details)
    assert code == "setting_wrong" and "share" in finding.line("zh") and "share" in finding.line("en")


def test_no_words_without_a_code() -> None:
    source = "\n".join(file.read_text(encoding="utf-8") for file in FILES)
    unused = [code for code in _words("en")["finding"] if f'"{code}"' not in source]
    assert not unused


def test_every_catalogue_number_of_tables_is_tried() -> None:
    numbers = {int(found[1]) for case in CASES if (found := re.match(r"case_(\d+)_", case.name))}
    here = {*range(1, 49), 51, 52, 53, 54, 55, *range(58, 67), 75, 76, *range(78, 86)}
    elsewhere = {8, 43, 44, 45, 59, 85}  # accepted as they are (test_reading.py), or of tables of draws
    assert here - elsewhere <= numbers | {63}


def test_checks_are_registered_once() -> None:
    names = [rule.__name__ for rule in CHECKS]
    assert len(names) == len(set(names))
    source = "\n".join(file.read_text(encoding="utf-8") for file in (SOURCE / "checks").glob("*.py"))
    assert set(re.findall(r"^def (check_\w+)\(view", source, re.MULTILINE)) == set(names)


def test_proofs_are_findings() -> None:
    assert _words("en")["finding"].keys() >= PROOFS


def test_long_lists_are_cut_in_print_and_kept_in_the_error() -> None:
    findings = tuple(Finding("error", "cell_missing", "f.csv", row=i, column="price") for i in range(2, 502))
    lines = printed(findings, "en")
    assert len(lines) == 21 and "480" in lines[-1]
    error = InputError(findings)
    assert len(error.findings) == 500 and "500" in error.text("zh") and len(str(error)) < 6000


def test_refusals_say_count_and_place() -> None:
    finding = Finding("error", "floor_above_capacity", "needs.csv", row=2, column="floor", value="0.9", details={
        "need": "n1", "year": 2015, "units": "54", "direct": "40", "offered": "8", "offers": 2})  # fmt: skip
    assert "n1" in InputError((finding,)).text("en")
    assert InputError.exit_code == 2 and InfeasibleError.exit_code == 3
