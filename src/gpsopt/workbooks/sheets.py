"""How a model lies in a workbook: the sheet of a table, its rows of headings, and the sheet of settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gpsopt.cells import format_cell
from gpsopt.tables import SCHEMA, Column, Table
from gpsopt.text import say, term

#: the sheet that holds model.toml, line by line in its first column; words of sheets that only explain
MODEL: Final = "model"
GUIDE: Final = frozenset(("guide", "说明"))
#: rows of a table's sheet: Chinese and English titles, what a cell may hold, the fixed keys; data below
TITLES, HINTS, KEYS = (1, 2), 3, 4


def sheet_name(key: str, lang: str) -> str:
    """The name of a table's sheet: its key first, its title after it where that is Chinese."""
    title = say("template.guide", lang) if key == "guide" else say("template.model", lang) if key == MODEL else ""
    title = title or term(key, lang)
    return f"{key} {title}"[:31].strip() if lang == "zh" else key


def hint(table: Table, column: Column, lang: str) -> str:
    """What a cell of the column may hold, in a few words."""
    parts = [say(f"dictionary.kind_{column.kind}", lang)]
    if column.unit:
        parts.append(say("dictionary.unit_" + column.unit.replace("/", "_").replace(" ", "_"), lang))
    if column.required:
        parts.append(say("dictionary.required", lang))
    elif column.default is not None:
        parts.append(say("dictionary.default", lang, value=format_cell(column.default)))
    return " · ".join(parts)


def example(table: Table, column: Column) -> str:
    """A value that the column accepts."""
    if column.choices:
        return column.choices[0]
    return {
        "key": f"{table.name[0]}01", "code": f"{(column.ref or column.name)[0]}01", "text": term(column.name, "zh"),
        "yesno": "yes", "money": "120000.00", "price": "85.5", "quantity": "1200", "share": "0.9", "number": "1",
        "count": "2", "year": "2016", "codes": "a01;a02", "numbers": "0.5;1",
    }[column.kind]  # fmt: skip


def settings_text(title: str, years: Sequence[int]) -> str:
    """A model.toml of nothing but the years that its tables speak of."""
    quoted = title.replace("\\", "").replace('"', "").replace("\n", " ")
    first = years[0] if years else 2015
    said = ", ".join(map(str, years or [first]))
    return f'title = "{quoted}"\ntitle_zh = "{quoted}"\nyears = [{said}]\nbase_year = {first - 1}\n'


def tables_of_template() -> tuple[Table, ...]:
    """Every table, in reading order."""
    return tuple(SCHEMA.values())
