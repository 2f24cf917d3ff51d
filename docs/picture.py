"""Draws where the money of each year ends, from a run folder, as plain SVG: no library, no outside font."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from gpsopt.text import say

#: what a budget ends as, in the order of the page, with a colour that also differs in brightness
PARTS: Final = {"direct": "#1f4e79", "stranded": "#c8553d", "purchased": "#7fb3d5", "unspent": "#d9d9d9"}
LIGHT: Final = ("purchased", "unspent")
WIDTH, LEFT, RIGHT, BAR, STEP, TOP = 860, 64, 24, 34, 74, 96
YI: Final = Decimal(100_000_000)

Sums = dict[str, dict[str, Decimal]]


def sums_of(run: Path) -> Sums:
    """year -> part -> yuan, summed over the purchasers of a run's `budgets` table."""
    sums: Sums = {}
    with (run / "budgets.csv").open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            year = sums.setdefault(row["year"], dict.fromkeys(PARTS, Decimal(0)))
            for part in PARTS:
                year[part] += Decimal(row[part])
    return sums


def money_picture(run: Path, title_zh: str, title_en: str) -> str:
    """The SVG: one bar a year, cut into direct, stranded, purchased and unspent, with the amounts in 100 million."""
    sums = sums_of(run)
    most = max(sum(parts.values()) for parts in sums.values())
    height = TOP + STEP * len(sums) + 8
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'font-family="sans-serif" font-size="13">'
    )
    lines = [head, f"<title>{escape(title_en)}</title>", f'<rect width="{WIDTH}" height="{height}" fill="white"/>']
    lines += [_words(LEFT, 26, f"{title_zh} · {title_en}", size=16), *_legend(LEFT, 52)]
    for place, (year, parts) in enumerate(sorted(sums.items())):
        lines += _bar(year, parts, float(WIDTH - LEFT - RIGHT) / float(most), TOP + STEP * place)
    return "\n".join([*lines, "</svg>"]) + "\n"


def _legend(x: int, y: int) -> list[str]:
    lines = []
    for part, colour in PARTS.items():
        words = f"{say(f'page.{part}', 'zh')} {say(f'page.{part}', 'en')}"
        lines += [f'<rect x="{x}" y="{y - 11}" width="13" height="13" fill="{colour}"/>', _words(x + 19, y, words)]
        x += 140
    return [*lines, _words(x, y, "亿元 · 100 million yuan", colour="#555")]


def _bar(year: str, parts: Mapping[str, Decimal], scale: float, y: int) -> list[str]:
    """One year: the pieces side by side; an amount that does not fit its piece stands above it."""
    lines, x = [_words(LEFT - 10, y + 22, year, anchor="end", size=14)], float(LEFT)
    above = -1.0  # where the last label above the bar ends
    for part, colour in PARTS.items():
        width, label = float(parts[part]) * scale, f"{parts[part] / YI:.2f}"
        lines.append(f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{BAR}" fill="{colour}"/>')
        middle = x + width / 2
        if width >= 44:
            lines.append(_words(middle, y + 22, label, anchor="middle", colour="#111" if part in LIGHT else "white"))
        elif parts[part]:
            at = max(middle, above + 20)
            lines.append(_words(at, y - 5, label, anchor="middle", colour="#333"))
            above = at + 20
        x += width
    return lines


def _words(
    x: float, y: float, text: str, *, anchor: str = "start", colour: str = "#111", size: int = 13
) -> str:  # fmt: skip
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-size="{size}">{escape(text)}</text>'
    )


__all__: Sequence[str] = ["PARTS", "money_picture", "sums_of"]
