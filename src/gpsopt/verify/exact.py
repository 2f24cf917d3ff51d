"""Exact arithmetic of the check: whole fen, millionths of a yuan and grid steps; halves round up."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from gpsopt.money import half_up


def half_up_div(numerator: int, denominator: int) -> int:
    """numerator / denominator rounded half up (denominator > 0, halves away from zero)."""
    if numerator < 0:
        return -half_up_div(-numerator, denominator)
    return (2 * numerator + denominator) // (2 * denominator)


def grown(amount: int, growth: Decimal, years: int) -> int:
    """A whole amount after `years` of growth, rounded half up (years may be any sign but 1 + growth > 0)."""
    if not growth or not years:
        return amount
    return half_up(amount * Fraction(1 + growth) ** years)


def down_to_grid(value: Decimal | Fraction, step: Fraction) -> int:
    """How many whole steps fit into a quantity."""
    top, bottom = value.as_integer_ratio()
    return (top * step.denominator) // (bottom * step.numerator)


def rounded_text(value: Fraction, places: int) -> Decimal:
    """A value rounded half up to `places` decimals."""
    return Decimal(half_up(value * 10**places)).scaleb(-places)


def shown(value: Fraction) -> str:
    """A value for people: exact where it ends within 12 decimals, else rounded to 12 and marked."""
    text = format(rounded_text(value, 12), "f").rstrip("0").rstrip(".")
    return text if Fraction(text) == value else f"≈{text}"
