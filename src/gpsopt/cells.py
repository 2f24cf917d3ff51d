"""Text of one cell -> its exact value, and back. Nothing is guessed: what is unclear is refused."""

from __future__ import annotations

import re
from decimal import Decimal

from gpsopt.tables import DECIMALS, Cell, Column

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")
_SCIENTIFIC = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)[eE][+-]?\d{1,2}")
_INTEGER = re.compile(r"[+-]?\d+")


class CellFault(ValueError):
    """A cell that cannot be read; `code` names the message."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


def parse_cell(text: str, column: Column) -> Cell:
    """The value of a cell's text under its column; None where it is empty. Raises CellFault."""
    text = text.strip()
    if not text:
        return None
    match column.kind:
        case "key" | "code" | "text":
            return text
        case "codes":
            return tuple(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))
        case "choice":
            return _choice(text, column)
        case "yesno":
            return _yesno(text)
        case "year" | "count":
            return _integer(text, column)
        case _:
            return _decimal(text, column)


def _choice(text: str, column: Column) -> str:
    if text not in column.choices:
        raise CellFault("not_a_choice", choices=", ".join(column.choices))
    return text


def _yesno(text: str) -> bool:
    if text not in ("yes", "no"):
        raise CellFault("not_yes_no")
    return text == "yes"


def _integer(text: str, column: Column) -> int:
    if not (_INTEGER.fullmatch(text) and text.isascii()):
        raise CellFault(number_fault(text) or "not_integer")
    value = int(text)
    check_bounds(Decimal(value), column)
    return value


def _decimal(text: str, column: Column) -> Decimal:
    # A weight or coefficient comes from a computation and may be tiny; money and counts are typed by people.
    pattern_fits = _NUMBER.fullmatch(text) or (column.kind == "number" and _SCIENTIFIC.fullmatch(text))
    if not (pattern_fits and text.isascii()):
        raise CellFault(number_fault(text) or "not_a_number")
    value = Decimal(text)
    places = DECIMALS[column.kind]
    if places is not None and value != round(value, places):
        raise CellFault("too_many_decimals", places=places)
    check_bounds(value, column)
    return value


def number_fault(text: str) -> str | None:
    """The name of a known way to write a number wrongly, or None."""
    lowered = text.lower()
    ways = (
        (r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", "thousands_separator"),
        (r".*[０-９．，].*", "full_width"),
        (r"[+-]?\d+(\.\d*)?e[+-]?\d+", "exponent"),
        (r"[+-]?(nan|#n/a|na|n/a|null|none)", "not_a_value"),
        (r"[+-]?(inf|infinity|∞)", "infinite"),
        (r"[¥￥$€].*|.*(元|rmb|cny)", "currency_sign"),
        (r".*%", "percent_sign"),
        (r"\d{4}[-/.年]\d{1,2}([-/.月]\d{1,2}日?)?", "date_as_number"),
        (r"[-—–－]+", "dash_for_empty"),
        (r"待定|未定|暂无|无|tbd|tba|\?+|？+", "undecided"),
        (r"#(ref|value|div/0|name|num)[!?]?", "formula_error"),
    )
    return next((code for pattern, code in ways if re.fullmatch(pattern, lowered)), None)


def check_bounds(value: Decimal, column: Column) -> None:
    """Raise CellFault where a number lies outside its column's bounds."""
    if column.low is not None and value < column.low:
        raise CellFault("below_bound", bound=column.low)
    if column.high is not None and value > column.high:
        raise CellFault("above_bound", bound=column.high)
    if column.kind in ("money", "price") and abs(value) > 10**13:
        raise CellFault("unit_error")


def format_cell(value: Cell) -> str:
    """The text that `parse_cell` reads back to the same value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ";".join(value)
    if isinstance(value, Decimal):
        return plain(value)
    return str(value)


def plain(value: Decimal) -> str:
    """A decimal without exponent and without idle zeros after the point."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
