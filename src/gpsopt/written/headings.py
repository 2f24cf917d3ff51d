"""The columns of a plan made by hand under the names that people know: keys, or the heads of our own papers."""

from __future__ import annotations

from collections.abc import Sequence

from gpsopt.text import LANGUAGES, messages, term

_COLUMNS = ("year", "need", "offer", "quantity", "new", "idle")
#: the tables of a run in which a plan stands
TABLES = ("allocation", "direct")


def keys_of(header: Sequence[str], table: str = "allocation") -> list[str]:
    """The header with every name that is a column's head in either language replaced by the column's key."""
    known = {name.casefold(): key for key in _COLUMNS for name in _names(key, table)}
    return [known.get(" ".join(cell.split()).casefold(), cell.strip()) for cell in header]


def table_of(sheet: str) -> str | None:
    """The table of a run that a sheet's name means, in either language."""
    names = {t: {t, *(term(t, lang, within="run") for lang in LANGUAGES)} for t in TABLES}
    return next((t for t, known in names.items() if sheet.strip() in known), None)


def _names(key: str, table: str) -> set[str]:
    found = {key}
    for lang in LANGUAGES:
        said = messages(lang)
        head = said.get(f"run_column.{table}_{key}") or said.get(f"run_column.{key}")
        short = said.get(f"score.column_{key}")  # as people write it who never saw our papers
        found |= {term(key, lang), *(name for name in (head, short) if name)}
    return found
