"""Every word people read stands in both languages, with the same gaps to fill, and is there when it is used."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Iterator

import pytest

from gpsopt.text import messages, quotations, terms
from tests.house.tree import PACKAGE, files, modules, name, parsed

HAN = re.compile("[\u4e00-\u9fff]")
REFUSALS = ("GpsoptError", "UsageError", "SolverError", "LimitError", "RuleError", "CompileError", "ClusterLostError")


def gaps(text: str) -> set[str]:
    """The names of a message's placeholders."""
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


def test_both_languages_say_the_same_things() -> None:
    zh, en = messages("zh"), messages("en")
    assert set(zh) ^ set(en) == set()
    for key in zh:
        assert gaps(zh[key]) == gaps(en[key]), key
        assert zh[key].strip() and en[key].strip(), key


def test_each_language_is_itself() -> None:
    zh, en = messages("zh"), messages("en")
    for key in en:
        assert not HAN.search(en[key]), f"en {key} has Chinese characters"
        plain = re.sub(r"\{[^}]*\}|`[^`]*`|[^A-Za-z ]", "", zh[key])
        assert HAN.search(zh[key]) or len(plain.split()) <= 2, f"zh {key} is not Chinese"


def test_no_key_stands_in_two_files() -> None:
    """A key that two files of one language hold would silently lose one of its texts."""
    for lang in ("zh", "en"):
        seen: dict[str, str] = {}
        for path in sorted((PACKAGE / "text" / lang).glob("*.toml")):
            for group, entries in tomllib.loads(path.read_text(encoding="utf-8")).items():
                for key in entries:
                    full = f"{group}.{key}"
                    assert full not in seen, f"{full} in {seen[full]} and {path.name}"
                    seen[full] = path.name


def test_both_languages_are_kept_in_files_of_the_same_names() -> None:
    zh, en = ({p.name for p in (PACKAGE / "text" / lang).iterdir()} for lang in ("zh", "en"))
    assert zh == en


def used() -> Iterator[tuple[str, str]]:
    """(place, key or pattern with * for what is known only when it runs) of every message asked for by name."""
    for path in modules().values():
        for node in ast.walk(parsed(path)):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            place = f"{name(path)}:{node.lineno}"
            if called in ("say", "_w"):
                for key in literals(node.args[0]):
                    yield place, f"page.{key}" if called == "_w" else key
            elif called == "Finding" and len(node.args) > 1:
                for key in literals(node.args[1]):
                    yield place, f"finding.{key}"
                    yield place, f"cure.{key}"
            elif called in REFUSALS:
                for key in literals(node.args[0]):
                    yield place, f"error.{key}"


def literals(node: ast.expr) -> list[str]:
    """The texts that an argument may be, as far as it is written out; * stands for what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [*literals(node.body), *literals(node.orelse)]
    if isinstance(node, ast.JoinedStr):
        return ["".join(v.value if isinstance(v, ast.Constant) else "*" for v in node.values)]
    return []


def test_every_message_that_is_used_exists() -> None:
    known, asked = set(messages("en")), list(used())
    assert len(asked) > 150
    for place, key in asked:
        pattern = re.compile(re.escape(key).replace(r"\*", ".*"))
        assert key in known or ("*" in key and any(pattern.fullmatch(k) for k in known)), f"{place}: {key}"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_terms_and_quotations_are_whole(lang: str) -> None:
    assert len(terms()) > 100 and len(quotations()) > 10
    for key, entry in terms().items():
        assert getattr(entry, lang).strip(), key


#: what no file may hold: paths of a machine, where packages are fetched from, notes of unfinished work
FORBIDDEN = (
    r"(?<![\w./$}])/(?:work|root|home|Users)/\w",
    r"pypi\.(?:org|python)|pythonhosted|(?:--|^\s*)(?:extra-)?(?:index-url|find-links)\b",
    r"\b(?:TODO|FIX" + r"ME|XXX|HACK)\b",
    r"\bvend" + r"or\b",
)


def test_nothing_of_a_machine_or_unfinished_is_in_the_tree() -> None:
    wrong = []
    for path in files():
        if path.name == "test_words.py" or path.suffix in (".png", ".xlsx"):
            continue
        if path.parent.name == "ocds":  # a published standard, unchanged: XXX is a currency of its list
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for pattern in FORBIDDEN:
            for found in re.finditer(pattern, text, re.MULTILINE):
                line = text.count("\n", 0, found.start()) + 1
                wrong.append(f"{name(path)}:{line} {found[0]}")
    assert wrong == []
