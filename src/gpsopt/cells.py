"""Text of one cell -> its exact value, and back. Nothing is guessed: what is unclear is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import Final

from gpsopt.tables import DECIMALS, Cell, Column

#: letters an identifier may have; significant digits a number may have; the largest number, in any unit
MAX_KEY: Final = 100
MAX_DIGITS: Final = 28
LARGEST: Final = Decimal(10**13)  # yuan: 10^15 fen

#: characters that are not seen, or that turn the order of what is seen: no part of an identifier
UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffd"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)
_TINY = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)[eE]-\d{1,2}", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_ROUNDED_CODE = re.compile(r"\d\.\d+[eE]\+\d{2}")
_FORMULA_ERROR = re.compile(r"#(ref|value|div/0|name|num|null|n/a|spill|calc)[!?]?", re.IGNORECASE)
#: ways in which people and programs write numbers that are not numbers, tried in this order
_WAYS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), code)
    for pattern, code in (
        (r"=.*", "formula_text"),
        (r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", "thousands_separator"),
        (r".*[０-９．，％－＋].*", "full_width"),
        (r"[+-]?(\d+\.?\d*|\.\d+)e[+-]?\d+", "exponent"),
        (r"[+-]?(nan|na|n/a|null|none)", "not_a_value"),
        (r"[+-]?(inf|infinity|∞)", "infinite"),
        (r"[¥￥$€].*|.*\d\s*(元|万|亿|万元|亿元|rmb|cny|yuan)", "currency_sign"),
        (r".*%", "percent_sign"),
        (r"\d{4}[-/.年]\d{1,2}([-/.月]\d{1,2}日?)?|\d{4}年", "date_as_number"),
        (r"[-—–－―]+", "dash_for_empty"),
        (r"待定|未定|暂无|无|待核|tbd|tba|\?+|？+", "undecided"),
        (_FORMULA_ERROR.pattern, "formula_error"),
    )
)


class CellFault(ValueError):
    """A cell that cannot be read; `code` names the message."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


def nearest(name: str, known: Sequence[str]) -> str:
    """The known name closest to a wrong one, or an empty text."""
    return next(iter(get_close_matches(name, known, n=1, cutoff=0.5)), "")


def parse_cell(text: str, column: Column) -> Cell:
    """The value of a cell's text under its column; None where it is empty. Raises CellFault."""
    text = text.strip()
    if not text:
        return None
    match column.kind:
        case "text":
            return text
        case "key" | "code":
            return _identifier(text, names=column.kind == "key" or not column.ref)
        case "codes":
            parts = (part.strip() for part in text.split(";"))
            return tuple(dict.fromkeys(_identifier(part, names=not column.ref) for part in parts if part))
        case "numbers":  # kept as text, in order and with repeats
            return tuple(plain(_decimal(part.strip(), column)) for part in text.split(";") if part.strip())
        case "choice":
            return _choice(text, column)
        case "yesno":
            return _yesno(text)
        case "year" | "count":
            return _integer(text, column)
        case _:
            return _decimal(text, column)


def _identifier(text: str, names: bool) -> str:
    """A code as it stands; where it names a thing (`names`) it must be fit to be typed, listed and exported."""
    if _FORMULA_ERROR.fullmatch(text):
        raise CellFault("formula_error")
    if _ROUNDED_CODE.fullmatch(text):
        raise CellFault("code_exponent")
    if names:
        if UNSEEN.search(text):
            raise CellFault("key_unseen")
        if len(text) > MAX_KEY:
            raise CellFault("key_too_long", length=len(text), most=MAX_KEY)
        if ";" in text:
            raise CellFault("key_separator")
        if text[0] in "=+-@":
            raise CellFault("key_formula")
    return text


def _choice(text: str, column: Column) -> str:
    if text not in column.choices:
        raise CellFault("not_a_choice", choices=", ".join(column.choices), nearest=nearest(text, column.choices))
    return text


def _yesno(text: str) -> bool:
    if text not in ("yes", "no"):
        raise CellFault("not_yes_no")
    return text == "yes"


def _integer(text: str, column: Column) -> int:
    if not _INTEGER.fullmatch(text):
        raise CellFault(number_fault(text) or "not_integer")
    value = int(text)
    check_bounds(Decimal(value), column)
    return value


def _decimal(text: str, column: Column) -> Decimal:
    # A weight or coefficient comes from a computation and may be tiny; 1E+05 is what a spreadsheet has rounded.
    if not (_NUMBER.fullmatch(text) or (column.kind == "number" and _TINY.fullmatch(text))):
        raise CellFault(number_fault(text) or "not_a_number")
    value = Decimal(text)  # exact at any length
    check_bounds(value, column)
    digits = value.as_tuple().digits
    if len(digits) > MAX_DIGITS:
        raise CellFault("too_many_digits", most=MAX_DIGITS)
    places = DECIMALS[column.kind]
    if places is not None and value != value.quantize(Decimal(1).scaleb(-places)):
        raise CellFault("too_many_decimals", places=places)
    return value


def number_fault(text: str) -> str | None:
    """The name of a known way to write a number wrongly, or None."""
    return next((code for pattern, code in _WAYS if pattern.fullmatch(text)), None)


def check_bounds(value: Decimal, column: Column) -> None:
    """Raise CellFault where a number lies outside its column's bounds."""
    if column.low is not None and value < column.low:
        raise CellFault("below_bound", bound=column.low)
    if column.high is not None and value > column.high:
        if column.kind == "share" and value <= 100:
            raise CellFault("share_above_one", as_share=plain(value.scaleb(-2)))
        raise CellFault("above_bound", bound=column.high)
    if abs(value) > LARGEST:
        raise CellFault("unit_error" if column.kind in ("money", "price") else "number_too_large")


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
    return _without_idle_zeros(format(value, "f"))


def grouped(value: Decimal) -> str:
    """A decimal as people read it: thousands set off, no idle zeros after the point."""
    return _without_idle_zeros(format(value, ",f"))


def _without_idle_zeros(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
