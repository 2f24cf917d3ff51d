"""How things are shown on every page: a chart with its table under it, money and shares, names for codes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Literal

import altair as alt
import pandas as pd
import streamlit as st

from gpsopt.money import fen
from gpsopt.runread import Run
from gpsopt.screens.visit import Visit
from gpsopt.tables import SCHEMA
from gpsopt.text import unit_of

MOST_BESIDE = 3  # runs that stand beside the baseline
_ROW, _HEAD, _PAD = 33, 36, 16  # pixels of a grid's line, and of what stays empty in a cell's width
_EDGES = 20  # pixels around a text for which a column is made
_NEARLY_ALL = 0.9  # of a column's texts: the few longest do not take room from the other columns
_KEPT = 96  # pixels of a column that are never taken away
ROOM = 982  # pixels of a page's whole width on a screen of 1280
BROKEN = 62  # pixels of a row from which on a grid breaks lines
_WIDE_FROM = 0x2E80  # letters from here on are Chinese
#: a figure as it stands in a cell: such a column is read from its right end
_FIGURE = re.compile(r"[+−-]?[\d,]*\.?\d+(%| %)?|—|")
_YUAN_IN = {"yuan": 1, "wan": 10_000, "yi": 100_000_000}


Drawing = alt.Chart | alt.LayerChart | alt.VConcatChart | alt.HConcatChart


def chart(here: Visit, drawing: Drawing, table: pd.DataFrame, key: str, **columns: str) -> None:
    """A chart with its table under it; `columns` title the table's columns."""
    drawn(here, drawing, key)
    with st.expander(here.say("app.as_table")):
        grid(here, table, key, **columns)


def drawn(here: Visit, drawing: Drawing, key: str) -> None:
    """A chart; its table is to stand below it."""
    st.altair_chart(drawing, theme=None, key=f"chart_{key}", width="content", alt=spoken(here, drawing))


def spoken(here: Visit, drawing: Drawing) -> str:
    """What a chart is, for those who do not see it: its title, and that its figures stand below."""
    text = getattr(drawing.title, "text", "")
    words = " ".join(text) if isinstance(text, list) else text
    return f"{words} · {here.say('app.figures_below')}" if isinstance(words, str) else here.say("app.figures_below")


def bare(here: Visit, table: pd.DataFrame) -> bool:
    """Has a table no rows? Then a line says so: an empty grid would say it in English whatever the language."""
    if table.empty:
        st.caption(here.say("app.no_rows"))
    return table.empty


def grid(here: Visit, table: pd.DataFrame, key: str, **columns: str) -> None:
    """A table to read: only the columns that have a title, in their order."""
    if bare(here, table):
        return
    shown = table[[name for name in columns if name in table]] if columns else table
    settings = {
        name: st.column_config.Column(title, alignment="right" if _figures(shown, name) else None)
        for name, title in columns.items()
    }
    st.dataframe(shown, hide_index=True, column_config=settings, key=f"grid_{key}", placeholder="—")


def _figures(table: pd.DataFrame, name: str) -> bool:
    """Does a column hold nothing but figures? Years are names."""
    if name == "year" or name not in table:
        return False
    cells = [cell for cell in table[name] if isinstance(cell, str)]
    return bool(cells) and all(_FIGURE.fullmatch(cell) for cell in cells)


def tall(table: pd.DataFrame, most: int, row: int = _ROW) -> int | Literal["content"]:
    """A grid's height: all of its rows, or `most` of them and half of the next, which says that there are more."""
    return "content" if len(table) <= most else round(_HEAD + row * (most + 0.5))


def shortened(text: str, pixels: int) -> str:
    """A text that a grid's cell has room for, with an ellipsis where it would be cut."""
    for place, letter in enumerate(text):
        pixels -= 14 if ord(letter) > _WIDE_FROM else 6
        if pixels < 0:
            return f"{text[:place].rstrip()}…"
    return text


def fitted(table: pd.DataFrame, titles: Mapping[str, str], room: int = ROOM) -> dict[str, int]:
    """Pixels for each column that has a title: what nearly all texts need; wide ones give way in a small `room`."""
    wide = {}
    for name, title in titles.items():
        texts = [f"{cell:,.2f}" if isinstance(cell, float) else str(cell or "") for cell in table[name]]
        most = sorted(_pixels(text) for text in texts)[: math.ceil(_NEARLY_ALL * len(texts))]
        wide[name] = _EDGES + max([_pixels(title), *most[-1:]])
    spare = {name: max(0, pixels - _KEPT) for name, pixels in wide.items()}
    over = sum(wide.values()) - room
    part = min(1.0, over / max(1, sum(spare.values()))) if over > 0 else 0.0
    return {name: round(pixels - part * spare[name]) for name, pixels in wide.items()}


def _pixels(text: str) -> int:
    return sum(14 if ord(letter) > _WIDE_FROM else 7 for letter in text)


def lines(table: pd.DataFrame, **pixels: int) -> int | None:
    """The height of a grid's rows, if a text is longer than its column is wide: then lines break; None: one line."""
    cut = any(shortened(text, wide - _PAD) != text for name, wide in pixels.items() for text in table[name])
    return BROKEN if cut else None


def percent(value: Any, places: int = 1) -> str:
    """A share as people read it; a dash where there is none."""
    return "—" if value is None else f"{100 * value:.{places}f}%".replace("-", "−")


def points(here: Visit, change: Decimal) -> str:
    """The change of a share in percentage points; what rounds to nothing has no sign."""
    text = f"{100 * change:+.1f}"
    if not any(digit in "123456789" for digit in text):
        text = text[1:]
    return f"{text} {here.say('home.points')}".replace("-", "−")


def amounts(here: Visit, column: Iterable[Any]) -> list[float | None]:
    """Yuan as numbers in the visitor's unit, for grids that sort and add."""
    return [None if value is None else float(value) / _YUAN_IN[here.unit] for value in column]


def money_column(here: Visit, title: str) -> Any:
    """A grid's column of money in the visitor's unit."""
    named = f"{title}（{here.money_unit}）" if here.lang == "zh" else f"{title} ({here.money_unit})"
    return st.column_config.NumberColumn(named, format="%,.2f")


def aim_cell(here: Visit, aim: str, value: Any, *, sign: bool = False) -> str:
    """An aim's value in a table, with two decimals, its unit in the title: to be found again in the run's own files."""
    if value is None or pd.isna(value):
        return "—"
    if aim in ("benefit", "worst_area"):
        text = f"{value if aim == 'benefit' else 100 * value:{'+' if sign else ''},.2f}".replace("-", "−")
        text = text.lstrip("+−") if not text.strip("+−0.") else text  # what rounds to nothing has no sign
        return text if sign or aim == "benefit" else f"{text}%"
    return here.money(Decimal(f"{value:.2f}"), sign=sign)


def names(run: Run, lang: str, table: str) -> Mapping[str, str]:
    """Key -> name of the rows of a table that has names."""
    key = SCHEMA[table].key[0]
    order = ("name_zh", "name_en") if lang == "zh" else ("name_en", "name_zh")
    return {row[key]: row[order[0]] or row[order[1]] or row[key] for _line, row in run.scenario.tables.rows(table)}


def named(run: Run, lang: str, table: str, column: Iterable[Any]) -> list[Any]:
    """Codes as names."""
    known = names(run, lang, table)
    return [known.get(code, code) for code in column]


def units(run: Run, lang: str, items: Iterable[Any]) -> list[str]:
    """The units in which items are counted."""
    known = {row["item"]: row["unit"] or "" for _line, row in run.scenario.tables.rows("items")}
    return [unit_of(known.get(item, ""), lang) for item in items]


def exact(here: Visit, value: Decimal) -> str:
    """An amount with its unit's name."""
    return here.amount(value)


__all__ = [
    "BROKEN", "MOST_BESIDE", "ROOM", "aim_cell", "amounts", "bare", "chart", "drawn", "exact", "fen", "fitted", "grid",
    "lines", "money_column", "named", "names", "percent", "points", "spoken", "tall", "units",
]  # fmt: skip
