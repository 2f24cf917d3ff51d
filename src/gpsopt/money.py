"""Money in integer fen, prices in integer millionths of a yuan, and the one way to round: half up."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

FEN_PER_YUAN: Final = 100
MICRO_PER_YUAN: Final = 1_000_000
CENT: Final = Decimal("0.01")
MICRO: Final = Decimal("0.000001")

_UNITS: Final = {"yuan": 1, "wan": 10_000, "yi": 100_000_000}


def half_up(value: Fraction) -> int:
    """The nearest integer, halves away from zero (the rounding of every amount in a plan)."""
    if value < 0:
        return -half_up(-value)
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def fen(amount: Decimal) -> int:
    """Yuan with at most two decimals -> fen."""
    return int((amount * FEN_PER_YUAN).to_integral_value(ROUND_HALF_UP))


def yuan(amount: int) -> Decimal:
    """Fen -> yuan with exactly two decimals."""
    return Decimal(amount).scaleb(-2)


def format_money(amount: int, unit: str = "yuan") -> str:
    """Fen as grouped text in 元, 万元 or 亿元 (`unit`: yuan, wan, yi), with two decimals."""
    shown = half_up(Fraction(amount, _UNITS[unit]))
    sign = "-" if shown < 0 else ""
    return f"{sign}{abs(shown) // 100:,}.{abs(shown) % 100:02d}"
