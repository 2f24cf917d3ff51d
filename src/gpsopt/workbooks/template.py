"""The workbook that planners fill in: a sheet a table, from the one list of tables; filled where a model is named."""

from __future__ import annotations

from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any, Final

import xlsxwriter
from rich.cells import cell_len

from gpsopt.cells import format_cell
from gpsopt.errors import UsageError
from gpsopt.scenario import Scenario
from gpsopt.tables import SCHEMA, Cell, Column, Table
from gpsopt.text import say, term, terms
from gpsopt.workbooks.sheets import HINTS, KEYS, MODEL, TITLES, example, hint, settings_text, sheet_name

_SPARE: Final = 1_000  # rows below the data that are ready to be filled in
_NUMERIC: Final = ("money", "price", "quantity", "share", "number", "count", "year")
_GUIDE_WIDTHS: Final = (16, 16, 18, 22, 26, 34, 16, 60)  # of the guide's columns, in letters
_MOST_DIGITS: Final = 15  # of a number in a workbook
#: text is written as text: nothing in a cell is a formula, a link or a number that nobody meant
OPTIONS: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write_template(path: Path, lang: str, scenario: Scenario | None = None, settings: str = "") -> int:
    """Write the workbook and return its number of sheets; raises UsageError where it is there or cannot be written."""
    if path.exists():
        raise UsageError("file_taken", path=str(path))
    try:
        book = xlsxwriter.Workbook(str(path), OPTIONS)
        looks = _looks(book)
        _guide(book, looks, lang)
        _model(book, looks, lang, settings or settings_text("", ()))
        for table in SCHEMA.values():
            _sheet(book, looks, table, lang, scenario)
        book.close()
    except (OSError, xlsxwriter.exceptions.XlsxWriterException) as error:
        raise UsageError("file_not_writable", path=str(path), why=str(error)) from None
    return len(SCHEMA) + 2


def _looks(book: Any) -> dict[str, Any]:
    head = {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#DDE7F0", "border": 1}
    return {
        "head": book.add_format(head), "must": book.add_format({**head, "bg_color": "#F7DFA8"}),
        "hint": book.add_format({"text_wrap": True, "valign": "top", "font_color": "#666666", "font_size": 9}),
        "key": book.add_format({"font_name": "Consolas", "font_size": 9, "bottom": 2, "bg_color": "#F2F2F2"}),
        "text": book.add_format({"num_format": "@"}), "money": book.add_format({"num_format": "#,##0.00"}),
        "year": book.add_format({"num_format": "0"}), "plain": book.add_format({"num_format": "General"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
    }  # fmt: skip


def _sheet(book: Any, looks: dict[str, Any], table: Table, lang: str, scenario: Scenario | None) -> None:
    sheet = book.add_worksheet(sheet_name(table.name, lang))
    rows = [] if scenario is None else [row for _line, row in scenario.tables.rows(table.name)]
    last = KEYS + len(rows) + _SPARE
    for place, column in enumerate(table.columns):
        look = looks["must"] if column.required else looks["head"]
        for row, tongue in zip(TITLES, ("zh", "en"), strict=True):
            sheet.write_string(row - 1, place, column.title(table.name, tongue), look)
        sheet.write_string(HINTS - 1, place, hint(table, column, lang), looks["hint"])
        sheet.write_string(KEYS - 1, place, column.name, looks["key"])
        sheet.set_column(place, place, _width(column), looks[_look(column)])
        sheet.data_validation(KEYS, place, last, place, _rule(table, column, lang))
        for row, cells in enumerate(rows, KEYS):
            _write(sheet, row, place, cells[column.name], column, looks)
    sheet.set_row(HINTS - 1, 40)
    sheet.freeze_panes(KEYS, len(table.key))
    sheet.autofilter(KEYS - 1, 0, max(KEYS, KEYS + len(rows) - 1), len(table.columns) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, KEYS - 1)


def _write(sheet: Any, row: int, place: int, value: Cell, column: Column, looks: dict[str, Any]) -> None:
    if value is None:
        return
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    if is_number and column.kind in _NUMERIC and len(Decimal(str(value)).as_tuple().digits) <= _MOST_DIGITS:
        sheet.write_number(row, place, float(value), looks[_look(column)])  # type: ignore[arg-type]
    else:
        sheet.write_string(row, place, format_cell(value), looks["text"])


def _look(column: Column) -> str:
    if column.kind == "money":
        return "money"
    if column.kind in ("year", "count"):
        return "year"
    return "plain" if column.kind in _NUMERIC else "text"


def _width(column: Column) -> int:
    return 24 if column.name in ("name_zh", "name_en", "note", "source") else 14


def _rule(table: Table, column: Column, lang: str) -> dict[str, Any]:
    """What a cell's list or limits are, and what is said beside it."""
    entry = terms().get(f"{table.name}.{column.name}") or terms().get(column.name)
    said = (entry.definition_zh if lang == "zh" else entry.definition_en) if entry else ""
    rule: dict[str, Any] = {"validate": "any", "input_title": column.title(table.name, lang)[:32],
                            "input_message": f"{said} {say('template.example', lang)}{example(table, column)}"[:255],
                            "error_title": say("template.wrong", lang)[:32],
                            "error_message": hint(table, column, lang)[:255]}  # fmt: skip
    if column.choices:
        return rule | {"validate": "list", "source": list(column.choices)}
    if column.kind == "yesno":
        return rule | {"validate": "list", "source": ["yes", "no"]}
    if column.ref and column.kind == "code":
        target = sheet_name(column.ref, lang)
        source = f"='{target}'!$A${KEYS + 1}:$A$20000"
        return rule | {"validate": "list", "source": source, "error_type": "warning"}
    if column.kind in _NUMERIC:
        kind = "integer" if column.kind in ("year", "count") else "decimal"
        low = -(10**13) if column.low is None else column.low
        high = 10**13 if column.high is None else column.high
        return rule | {"validate": kind, "criteria": "between", "minimum": low, "maximum": high}
    return rule


def _model(book: Any, looks: dict[str, Any], lang: str, settings: str) -> None:
    """The sheet of settings: model.toml line by line, with what it is in comment lines above."""
    sheet = book.add_worksheet(sheet_name(MODEL, lang))
    sheet.set_column(0, 0, 100, looks["text"])
    lines = [f"# {say('template.settings', lang)}"] if not settings.startswith("#") else []
    for row, line in enumerate([*lines, *settings.splitlines()]):
        sheet.write_string(row, 0, line, looks["text"])


def _guide(book: Any, looks: dict[str, Any], lang: str) -> None:
    """How the workbook is filled in, and every column with its meaning, bounds and an example."""
    sheet = book.add_worksheet(sheet_name("guide", lang))
    sheet.write_string(0, 0, say("template.title", lang), looks["title"])
    for row, key in enumerate(("step_1", "step_2", "step_3", "step_4", "step_5"), 1):
        sheet.write_string(row, 0, say(f"template.{key}", lang))
    head = ("table", "column", "title_zh", "title_en", "accepts", "choices", "example", "meaning")
    for place, key in enumerate(head):
        sheet.write_string(7, place, say(f"template.{key}", lang), looks["head"])
    row = 8
    for table in SCHEMA.values():
        for column in table.columns:
            entry = terms().get(f"{table.name}.{column.name}") or terms().get(column.name)
            meaning = "" if entry is None else (entry.definition_zh if lang == "zh" else entry.definition_en)
            choices = ["yes", "no"] if column.kind == "yesno" else column.choices
            shown = ", ".join(f"{c} {term(c, lang)}" if term(c, lang) != c else c for c in choices)
            cells = (table.name, column.name, column.title(table.name, "zh"), column.title(table.name, "en"),
                     hint(table, column, lang), shown, example(table, column), meaning)  # fmt: skip
            for place, text in enumerate(cells):
                sheet.write_string(row, place, text, looks["wrap"])
            lines = max(ceil(cell_len(text) / (width - 1)) for text, width in zip(cells, _GUIDE_WIDTHS, strict=True))
            sheet.set_row(row, 15 * max(1, lines))  # not every program makes a row as high as its text
            row += 1
    for place, width in enumerate(_GUIDE_WIDTHS):
        sheet.set_column(place, place, width)
    sheet.freeze_panes(8, 2)
    sheet.autofilter(7, 0, row - 1, len(head) - 1)
