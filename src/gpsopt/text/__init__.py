"""Every word people read: messages by key, terms by key, clauses quoted from the document."""

from __future__ import annotations

import csv
import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

LANGUAGES = ("zh", "en")


class Term(NamedTuple):
    """A key's name and meaning in both languages."""

    zh: str
    en: str
    definition_zh: str
    definition_en: str


class Quotation(NamedTuple):
    """A clause's words in the document (source: text/clauses.csv)."""

    section_zh: str
    section_en: str
    quote_en: str
    quote_zh: str
    quote_zh_status: str


@cache
def messages(lang: str) -> dict[str, str]:
    """All messages of one language, `table.key` -> template, from text/<lang>/*.toml."""
    found: dict[str, str] = {}
    for file in sorted(files(__name__).joinpath(lang).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            for group, entries in tomllib.loads(file.read_text(encoding="utf-8")).items():
                found.update({f"{group}.{key}": text for key, text in entries.items()})
    return found


def say(key: str, lang: str, **values: object) -> str:
    """The message `key` in `lang`, its placeholders filled. An unknown key is an error of ours."""
    return messages(lang)[key].format(**values)


@cache
def terms() -> dict[str, Term]:
    """The words for keys, columns, values and pages (text/terms.csv)."""
    text = files(__name__).joinpath("terms.csv").read_text(encoding="utf-8-sig")
    return {
        row["key"]: Term(row["zh"], row["en"], row["definition_zh"], row["definition_en"])
        for row in csv.DictReader(text.splitlines())
    }


def term(key: str, lang: str, within: str = "") -> str:
    """The word for `key` in `lang`; `within` names the table or group whose own word goes first.

    A key without a word is shown as itself: codes of a user's own tables have none.
    """
    entry = terms().get(f"{within}.{key}") or terms().get(key)
    return key if entry is None else (entry.zh if lang == "zh" else entry.en)


def unit_of(unit: str, lang: str) -> str:
    """The word for an item's unit."""
    key = "unit_" + unit.lower().replace("-", "_").replace(" ", "_")
    word = term(key, lang)
    return unit if word == key else word


@cache
def quotations() -> dict[str, Quotation]:
    """Clause -> its section and words in both languages (text/clauses.csv)."""
    text = files(__name__).joinpath("clauses.csv").read_text(encoding="utf-8-sig")
    return {
        row["clause"]: Quotation(
            row["section_zh"], row["section_en"], row["quote_en"], row["quote_zh"], row["quote_zh_status"]
        )
        for row in csv.DictReader(text.splitlines())
    }
