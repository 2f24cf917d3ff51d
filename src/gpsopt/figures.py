"""How figures are written for people: money in 10,000 yuan, shares in per cent, the rest grouped."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from gpsopt.money import fen, format_money
from gpsopt.text import say


def wan(amount: Decimal | float, *, sign: bool = False) -> str:
    """Yuan as grouped text in 10,000 yuan with two decimals."""
    exact = amount if isinstance(amount, Decimal) else Decimal(str(round(amount, 2)))
    text = format_money(fen(exact), "wan")
    return f"+{text}" if sign and exact > 0 and text.strip("0.,") else text


def aim_figure(aim: str, value: float | None, *, sign: bool = False) -> str:
    """An aim's value: shares in per cent (their differences in points), benefit as it is, money in 10,000 yuan."""
    if value is None or not math.isfinite(value):
        return "–"
    if aim == "worst_area":
        value = 0.0 if abs(value) < 5e-5 else value
        return f"{100 * value:+.2f}" if sign and value else f"{100 * value:.2f}" if sign else f"{100 * value:.2f} %"
    if aim == "benefit":
        return f"{value:+,.2f}" if sign else f"{value:,.2f}"
    return wan(value, sign=sign)


def goal_figure(value: Any, unit: str, *, sign: bool = False) -> str:
    """An indicator's value in its unit."""
    if value is None:
        return "–"
    number = float(value)
    if unit == "share":
        return f"{100 * number:+.1f}" if sign else f"{100 * number:.1f} %"
    if unit == "yuan":
        return wan(Decimal(value), sign=sign)
    if unit == "year":
        return f"{number:+.0f}" if sign else f"{number:.0f}"
    return f"{number:+,.2f}" if sign else f"{number:,.2f}"


def aim_unit(aim: str, lang: str) -> str:
    """What follows an aim's figure: 10,000 yuan for money, nothing for shares and weighted units."""
    return "" if aim in ("worst_area", "benefit") else f" {say('page.wan', lang)}"
