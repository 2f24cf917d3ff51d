"""The data dictionary: every table and column in both languages, made from the one list in `tables.py`.

`python -m gpsopt.dictionary > models/README.md` writes the page; a test keeps it up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from gpsopt.cells import format_cell
from gpsopt.tables import SCHEMA, Column, Table
from gpsopt.text import say, term, terms

_LANGUAGES = ("zh", "en")


def dictionary() -> str:
    """The page as Markdown, Chinese and English side by side."""
    title = " · ".join(_both("title"))
    parts = [f"# {title}"]
    for paragraph in ("intro", "rules", "keys"):
        parts += _both(paragraph)
    parts.append("\n".join(f"- [`{name}`](#{name})：{_joined(_title(name))}" for name in SCHEMA))
    for table in SCHEMA.values():
        parts += _table(table)
    return "\n\n".join(parts) + "\n"


def _table(table: Table) -> Iterator[str]:
    yield f'<a id="{table.name}"></a>\n\n## `{table.name}` · {_joined(_title(table.name))}'
    entry = terms()[table.name]
    there = "optional" if table.optional else "needed"
    zh, en = _both(there)
    yield f"{entry.definition_zh}{zh} {entry.definition_en} {en}"
    keys = ", ".join(f"`{name}`" for name in table.key)
    yield f"{_joined(_both('key'))}：{keys}"
    head = [_joined(_both(name)) for name in ("columns", "name", "kind", "accepts", "meaning")]
    rows = [head, ["---"] * len(head), *(_row(table, column) for column in table.columns)]
    yield "\n".join("| " + " | ".join(cells) + " |" for cells in rows)


def _row(table: Table, column: Column) -> list[str]:
    entry = terms().get(f"{table.name}.{column.name}") or terms()[column.name]
    name = f"**`{column.name}`**" if column.required else f"`{column.name}`"
    titles = [column.title(table.name, lang) for lang in _LANGUAGES]
    kinds = _each(lambda lang: _kind(column, lang))
    accepts = _each(lambda lang: _accepts(table, column, lang))
    return [
        name,
        _joined(titles),
        _joined(kinds),
        "<br>".join(accepts),
        f"{entry.definition_zh}<br>{entry.definition_en}",
    ]


def _kind(column: Column, lang: str) -> str:
    kind = say(f"dictionary.kind_{column.kind}", lang)
    if not column.unit:
        return kind
    unit = say("dictionary.unit_" + column.unit.replace("/", "_").replace(" ", "_"), lang)
    return f"{kind}（{unit}）" if lang == "zh" else f"{kind} ({unit})"


def _accepts(table: Table, column: Column, lang: str) -> str:
    """What a cell may hold: whether it must be filled, its default, bounds, choices or the table it names."""
    parts = [say("dictionary.required" if column.required else "dictionary.any_empty", lang)]
    if column.default is not None:
        parts = [say("dictionary.default", lang, value=format_cell(column.default))]
    if column.choices:
        parts += [f"`{choice}` {_choice(table, column, choice, lang)}" for choice in column.choices]
    if column.low is not None or column.high is not None:
        low, high = (("" if bound is None else str(bound)) for bound in (column.low, column.high))
        parts.append(f"{low} – {high}" if low and high else f"≥ {low}" if low else f"≤ {high}")
    if column.ref:
        parts.append(say("dictionary.names", lang, table=f"`{column.ref}`"))
    return ("；" if lang == "zh" else "; ").join(parts)


def _choice(table: Table, column: Column, choice: str, lang: str) -> str:
    own = next((within for within in (table.name, column.name) if f"{within}.{choice}" in terms()), "")
    return term(choice, lang, within=own)


def _title(table: str) -> list[str]:
    return [term(table, lang) for lang in _LANGUAGES]


def _both(key: str) -> list[str]:
    return _each(lambda lang: say(f"dictionary.{key}", lang))


def _each(make: Callable[[str], str]) -> list[str]:
    return [make(lang) for lang in _LANGUAGES]


def _joined(words: list[str]) -> str:
    return " ".join(words)


if __name__ == "__main__":
    sys.stdout.buffer.write(dictionary().encode())
