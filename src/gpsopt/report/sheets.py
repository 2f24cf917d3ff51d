"""Sheets that people print: text stays text, heads are frozen, columns as wide as what stands in them."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pandas as pd
import xlsxwriter

from gpsopt.errors import UsageError

OPTIONS: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_FORBIDDEN: Final = str.maketrans("[]:*?/\\'", "（）：＊？··’")
_WIDEST: Final = 46  # letters of a column
_NARROWEST: Final = 9
_LINE: Final = 14.5  # points of a line of text
_HIGHEST: Final = 400  # points of a row, as the format allows
_NAME: Final = 31  # letters of a sheet's name, as the format allows
_OF_A4: Final = 190  # letters across that are still read on A4
_A4: Final = 9
_A3: Final = 8


class Book:
    """A workbook that is closed at the end; what the system refuses is said in words."""

    def __init__(self, path: Path) -> None:
        self._path, self.book = path, xlsxwriter.Workbook(str(path), OPTIONS)
        self._names: set[str] = set()
        frame = {"border": 1, "border_color": "#B8C4CE", "valign": "top"}
        numbers = {"money": "#,##0.00", "wan2": "#,##0.00", "wan6": "#,##0.000000", "yuan": "#,##0.00####",
                   "number": "#,##0.######", "share": "0.0%", "year": "0", "exact": "0.000000"}  # fmt: skip
        self.looks = {
            "title": self.book.add_format({"bold": True, "font_size": 16, "align": "center"}),
            "side": self.book.add_format({"font_color": "#555555"}),
            "right": self.book.add_format({"font_color": "#555555", "align": "right"}),
            "warning": self.book.add_format({"bold": True, "font_size": 18, "font_color": "#C00000",
                                             "align": "center", "border": 2, "border_color": "#C00000"}),
            "head": self.book.add_format({**frame, "bold": True, "text_wrap": True, "bg_color": "#DDE7F0",
                                          "align": "center", "valign": "vcenter"}),
            "text": self.book.add_format({**frame, "num_format": "@", "text_wrap": True}),
            "hand": self.book.add_format({**frame, "num_format": "@", "text_wrap": True, "bg_color": "#FFF8DC"}),
            **{name: self.book.add_format({**frame, "num_format": code}) for name, code in numbers.items()},
            **{f"{name}_sum": self.book.add_format({**frame, "num_format": code, "bold": True, "bg_color": "#EEF2F6"})
               for name, code in numbers.items()},
            "text_sum": self.book.add_format({**frame, "bold": True, "bg_color": "#EEF2F6"}),
        }  # fmt: skip

    def __enter__(self) -> Book:
        return self

    def __exit__(self, kind: object, *_rest: object) -> None:
        if kind is not None:
            return
        try:
            self.book.close()
        except (OSError, xlsxwriter.exceptions.XlsxWriterException) as error:
            raise UsageError("file_not_writable", path=str(self._path), why=str(error)) from None

    def sheet(self, title: str) -> Any:
        """A new sheet; a title that is too long or taken is cut and numbered."""
        clean = title.translate(_FORBIDDEN).strip() or "-"
        name, number = clean[:_NAME], 1
        while name.casefold() in self._names:
            number += 1
            name = f"{clean[: _NAME - 4]} {number}"
        self._names.add(name.casefold())
        return self.book.add_worksheet(name)

    def table(
        self, sheet: Any, head: Sequence[str], rows: Sequence[Sequence[object]], kinds: Sequence[str], start: int = 0,
        sums: frozenset[int] = frozenset(),
    ) -> int:  # fmt: skip
        """Write head and rows from line `start`, `sums` being the lines of totals; the first line after them."""
        widths = [_width(words, [row[place] for row in rows], kinds[place]) for place, words in enumerate(head)]
        _tall(sheet, start, head, widths)
        for place, words in enumerate(head):
            sheet.write_string(start, place, words, self.looks["head"])
            sheet.set_column(place, place, widths[place])
        for line, row in enumerate(rows):
            ending = "_sum" if line in sums else ""
            _tall(sheet, start + 1 + line, row, widths)
            for place, value in enumerate(row):
                self.cell(sheet, start + 1 + line, place, value, kinds[place], ending)
        end = start + 1 + len(rows)
        sheet.freeze_panes(start + 1, 1)
        if rows:
            sheet.autofilter(start, 0, end - 1, len(head) - 1)
        sheet.repeat_rows(start)
        printed(sheet, wide=sum(widths) > _OF_A4)
        return end

    def cell(self, sheet: Any, line: int, place: int, value: Any, kind: str, ending: str = "") -> None:
        """One cell: a number as number, everything else as text, nothing as an empty cell with its border."""
        number = isinstance(value, Decimal | int | float) and not isinstance(value, bool)
        if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
            sheet.write_blank(
                line, place, None, self.looks["text_sum" if ending else "hand" if kind == "hand" else "text"]
            )
        elif number and kind.startswith("wan"):
            sheet.write_number(line, place, float(Decimal(value) / 10_000), self.looks[kind + ending])
        elif number and kind != "text":
            sheet.write_number(
                line, place, float(value), self.looks[(kind if kind in self.looks else "number") + ending]
            )
        else:
            look = "hand" if kind == "hand" and not ending else f"text{ending}"
            sheet.write_string(line, place, str(value), self.looks[look])


def printed(sheet: Any, wide: bool) -> None:
    """Across A4, or A3 where it is `wide`; all columns on one page's width, the head on every page, pages counted."""
    sheet.set_landscape()
    sheet.set_paper(_A3 if wide else _A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&R&8&P / &N")


def footed(sheet: Any, words: str) -> None:
    """The foot of every printed page."""
    sheet.set_footer(f"&L&8{words.replace('&', '&&')[:200]}&R&8&P / &N")  # the format allows 255 letters


def cells_of(text: str) -> int:
    """How many columns of a screen a text takes: Chinese letters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _tall(sheet: Any, line: int, cells: Sequence[object], widths: Sequence[float]) -> None:
    """Make a row as high as its wrapped text: not every program does so by itself when it opens the file."""
    lines = max((math.ceil(cells_of(text) / (width - 1.5))
                 for text, width in zip(cells, widths, strict=True) if isinstance(text, str)), default=1)  # fmt: skip
    if lines > 1:
        sheet.set_row(line, min(_HIGHEST, _LINE * lines + 2))


def _width(head: str, cells: Sequence[object], kind: str) -> float:
    """Wide enough for every number and for most text; longer text and heads are wrapped."""
    longest = 0
    for value in cells:
        if isinstance(value, Decimal | int | float) and not isinstance(value, bool):
            places = 6 if kind == "wan6" else 2
            size = Decimal(value) / 10_000 if kind.startswith("wan") else Decimal(str(value))
            longest = max(longest, len(f"{size:,.{places}f}") + 1)
        elif value is not None:
            longest = max(longest, min(cells_of(str(value)), _WIDEST))
    widest_word = max((cells_of(word) for word in head.split()), default=0)
    asked = cells_of(head) / 2  # a head may take two lines, three where it must
    return float(min(_WIDEST, max(_NARROWEST, longest + 2, asked + 2, min(widest_word, 18) + 2)))
