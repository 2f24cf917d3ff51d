"""Identifiers that a person or a spreadsheet takes for one another, and text that is more than text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from gpsopt.cells import UNSEEN
from gpsopt.checks.view import View
from gpsopt.errors import Finding, Severity
from gpsopt.tables import SCHEMA

#: columns of kind text that name groups: they too must not differ by a space
_GROUPS: Final = frozenset((("undertakers", "group"), ("offers", "excludes"), ("offers", "package")))
_LONG_NAME: Final = 200
#: text that another program would run, follow or mangle: kept as it is, and said
_ODD: Final[tuple[tuple[str, Severity, re.Pattern[str]], ...]] = (
    ("text_unseen", "warning", re.compile(f"(?![\n\t]){UNSEEN.pattern}")),
    ("text_formula", "warning", re.compile(r"\A(=|@|[+-](?=\D)(?!\s*\Z))")),
    ("text_formula_error", "warning", re.compile(r"\A#(ref|value|div/0|name|num|null|n/a)[!?]?\Z", re.IGNORECASE)),
    ("text_markup", "note", re.compile(r"</?[a-z!]|!?\[[^\]]*\]\(|javascript:", re.IGNORECASE)),
    ("text_path", "note", re.compile(
        r"\A(/|~|\\\\|[a-z]:\\)|\.\.[/\\]|\A(con|prn|aux|nul|com\d|lpt\d)(\.\w*)?\Z", re.IGNORECASE)),
)  # fmt: skip


def squashed(text: str) -> str:
    """An identifier without what the eye does not see: width, case, spaces."""
    folded = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return "".join(folded.casefold().split())


def check_lookalikes(view: View) -> Iterator[Finding]:
    """Two identifiers that differ only by space, case, width or leading zeros; codes that lost their last digits."""
    for table in SCHEMA.values():
        for column in table.columns:
            group = (table.name, column.name) in _GROUPS
            named = column.kind == "key" or (column.kind == "code" and not column.ref) or group
            if named and len(view.tables[table.name]):
                yield from _lookalikes(view, table.name, column.name, "warning" if group else "error")


def _lookalikes(view: View, table: str, column: str, severity: Severity) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for line, code in view.cells(table, column):
        if code is not None:
            first.setdefault(code, line)
    alike: dict[str, str] = {}
    bare: dict[str, str] = {}
    for code, line in sorted(first.items(), key=lambda entry: entry[1]):
        other = alike.setdefault(squashed(code), code)
        if other != code:
            yield view.find(severity, "key_lookalike", table, line, column, code, other=other,
                            first=_row(view, table, first[other]))  # fmt: skip
        if code.isdigit():
            other = bare.setdefault(code.lstrip("0"), code)
            if other != code:
                yield view.find("warning", "key_zeros", table, line, column, code, other=other,
                                first=_row(view, table, first[other]))  # fmt: skip
            if len(code) >= 18 and code.endswith("000"):
                yield view.find("warning", "key_rounded", table, line, column, code)


def _row(view: View, table: str, line: int) -> int | None:
    return view.tables.place(table, line)[2]


def check_texts(view: View) -> Iterator[Finding]:
    """Text that a spreadsheet would run, a page would draw or an eye would not see: kept as text, and said."""
    for table in SCHEMA.values():
        for column in table.columns:
            if column.kind in ("text", "key") and len(view.tables[table.name]):
                yield from _odd_texts(view, table.name, column.name)


def _odd_texts(view: View, table: str, column: str) -> Iterator[Finding]:
    odd: dict[tuple[str, Severity], list[tuple[int, str]]] = {}
    seen: set[str] = set()
    for line, text in view.cells(table, column):
        if text is None or text in seen:
            continue
        seen.add(text)
        if text.isalnum():
            kinds: list[tuple[str, Severity]] = [("text_path", "note")] if _is_device(text) else []
        else:
            kinds = [(code, severity) for code, severity, pattern in _ODD if pattern.search(text)]
        if len(text) > _LONG_NAME and column.startswith("name_"):
            kinds.append(("text_long", "warning"))
        for kind in kinds:
            odd.setdefault(kind, []).append((line, text))
    for (code, severity), found in odd.items():
        line, text = min(found)
        yield view.find(severity, code, table, line, column, text, count=len(found))


def _is_device(text: str) -> bool:
    return len(text) <= 4 and re.fullmatch(r"con|prn|aux|nul|(com|lpt)\d", text, re.IGNORECASE) is not None


CHECKS: Final = (check_lookalikes, check_texts)
