"""SOURCES.md: what is published, derived and assumed, which slice this is, and its share of the whole."""

from __future__ import annotations

from collections import Counter

from draw import HERE, Row, facts
from duties import YEARS

YI = 100_000_000  # 亿元


def sources_text(tables: dict[str, list[Row]]) -> str:
    """Both languages, with the counts and shares of the tables as they stand."""
    figures = slice_figures(tables)
    status = "\n".join(f"| {name} | {' | '.join(row)} |" for name, row in status_rows(tables))
    table = f"| 表 table | published | derived | assumed |\n|---|---|---|---|\n{status}\n"
    note = "Written by `make.py` / 由 `make.py` 生成。\n"
    text = (HERE / "SOURCES.template.md").read_text(encoding="utf-8")
    return text.format(**figures) + "## 行数 / Rows by status\n\n" + table + "\n" + note


def slice_figures(tables: dict[str, list[Row]]) -> dict[str, str]:
    """Counts, yearly totals in 亿元 and the share of the city's yearly purchases."""
    city = float(facts()["bj_gps_year_avg"]["value"])
    totals = [sum(int(b["amount"]) for b in tables["budgets"] if b["year"] == str(y)) / YI for y in YEARS]
    direct = sum(int(line["expenditure"]) for line in tables["direct_lines"]) / YI
    mean = sum(totals) / len(totals)
    levels = Counter(p["level"] for p in tables["purchasers"])
    return {
        "areas": str(len(tables["areas"])), "purchasers": str(len(tables["purchasers"])),
        "municipal": str(levels["municipal"]), "district": str(levels["district"]), "items": str(len(tables["items"])),
        "needs": str(len({n["need"] for n in tables["needs"]})), "need_years": f"{len(tables['needs']):,}",
        "undertakers": str(len(tables["undertakers"])), "offers": f"{len(tables['offers']):,}", "city": f"{city:.0f}",
        "totals": ", ".join(f"{y} {total:.2f}" for y, total in zip(YEARS, totals, strict=True)),
        "mean": f"{mean:.2f}", "share": f"{mean / city:.1%}", "direct": f"{direct:.2f}",
        "open": f"{mean - direct:.2f}", "open_share": f"{(mean - direct) / city:.1%}",
        "derived": str(sum(": derived" in item["note"] for item in tables["items"])),
    }  # fmt: skip


def status_rows(tables: dict[str, list[Row]]) -> list[tuple[str, list[str]]]:
    """Table -> rows that are published, derived, assumed."""
    found = []
    for name, rows in sorted(tables.items()):
        count = Counter(row["status"] for row in rows)
        found.append((name, [str(count[status]) for status in ("published", "derived", "assumed")]))
    return found
