"""A plan on one printed page, in Chinese or English."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import pandas as pd
from rich import box
from rich.table import Table

from gpsopt.figures import aim_figure
from gpsopt.model.obligations import TERM_IN_FORCE
from gpsopt.money import MICRO_PER_YUAN, fen, format_money, half_up
from gpsopt.scenario import Scenario
from gpsopt.sheet import Sheet
from gpsopt.text import messages, say, term

_WIDTH = 100

#: places of a clause that binds nobody which the page names
_TOLD: Final = 5


def page_of(scenario: Scenario, frames: Mapping[str, pd.DataFrame], summary: Mapping[str, Any], lang: str) -> str:
    """The page as text, at most 100 columns wide."""
    out = Sheet(_WIDTH)
    out.print(scenario.title(lang))
    if scenario.question(lang):
        out.print(_w("question", lang, question=scenario.question(lang)))
    verdict = "certified" if summary["certified"] else "not_certified"
    state = [_w("run", lang, run=summary["run"]), _ended(summary, lang)]
    out.print(" · ".join([*state, _w(verdict, lang)] if "allocation" in frames else state))
    if summary["aims"]:
        out.print(_aims(summary, lang))
        if summary.get("besides"):
            out.print(_w("besides", lang))
    began = summary.get("start", {})
    if began.get("answer"):
        out.print(_w("begun_answer", lang))
    if began.get("missing"):
        out.print(_w("begun_missing", lang))
    if began.get("left_out"):
        out.print(_w("begun_left_out", lang, count=began["left_out"]))
    if "allocation" in frames:
        out.print(_money(frames, lang))
        if summary.get("today"):
            out.print(_today(summary["today"], lang))
        for line in _lines(scenario, frames, lang):
            out.print(line, soft_wrap=False)
        for clause, places in summary.get("not_binding", {}).items():
            out.print(_spared(clause, places, lang))
    if scenario.settings.regime == "pooled":
        out.print(_w("departs", lang))
    counts, seconds = summary["counts"], summary["seconds"]
    shown = {k: f"{seconds.get(k, 0):.1f}" for k in ("read", "build", "solve")}
    out.print(_w("counts", lang, **counts, **shown))
    if summary.get("tightening"):
        out.print(_w("tightening", lang, **summary["tightening"]))
    return out.text()


def _ended(summary: Mapping[str, Any], lang: str) -> str:
    """How the search ended; of a limit, which one."""
    by = f"status_limit_{summary.get('ended_by', '')}"
    is_known = summary["status"] == "limit" and f"page.{by}" in messages(lang)
    return _w(by if is_known else f"status_{summary['status']}", lang)


def _w(key: str, lang: str, **values: object) -> str:
    return say(f"page.{key}", lang, **values)


def _aims(summary: Mapping[str, Any], lang: str) -> Table:
    table = Table(title=_w("aims", lang, unit=_w("wan", lang)), box=box.SIMPLE, title_justify="left", pad_edge=False)
    table.add_column(_w("aim", lang))
    for name in ("value", "bound", "gap", "plan_value", "given_up"):
        table.add_column(_w(name, lang), justify="right", no_wrap=True)
    for aim in summary["aims"]:
        name = aim["name"]
        table.add_row(
            term(name, lang, within="aims"),
            *(aim_figure(name, aim[key]) for key in ("value", "bound")),
            f"{100 * aim['gap']:.3f} %", aim_figure(name, aim["plan_value"]), aim_figure(name, aim["given_up"]),
        )  # fmt: skip
    return table


def _money(frames: Mapping[str, pd.DataFrame], lang: str) -> Table:
    names = ("amount", "direct", "stranded", "purchased", "unspent")
    table = Table(
        title=_w("money", lang, unit=_w("wan", lang)), box=box.SIMPLE, title_justify="left", pad_edge=False
    )  # fmt: skip
    table.add_column(_w("year", lang))
    for name in names:
        table.add_column(_w(name, lang), justify="right")
    for year, group in frames["budgets"].groupby("year"):
        table.add_row(str(year), *(format_money(fen(sum(group[n], Decimal(0))), "wan") for n in names))
    return table


def _today(today: Mapping[str, Any], lang: str) -> str:
    """The year before: direct lines and purchases against the books."""
    amounts = {k: fen(Decimal(str(v))) for k, v in today.items() if k != "year"}
    wan = {k: format_money(amounts[k], "wan") for k in ("direct", "purchased", "books") if k in amounts}
    if "books" not in today:
        return say("today.line_without_books", lang, year=today["year"], **wan)
    return say("today.line", lang, year=today["year"], difference=format_money(amounts["difference"]), **wan)


def _lines(scenario: Scenario, frames: Mapping[str, pd.DataFrame], lang: str) -> list[str]:
    lines = [_matters(frames, lang)]
    reasons = Counter(r for r in frames["direct"]["kept_because"] if r is not None)
    if reasons:
        parts = [f"{say(f'reason.{key}', lang)} {count}" for key, count in reasons.most_common()]
        lines.append(_w("why_kept", lang, reasons="，".join(parts) if lang == "zh" else ", ".join(parts)))
    short = _shortfalls(scenario, frames["coverage"], lang)
    lines.append(_w("short", lang, rows=short or _w("none", lang)))
    thin = sum(1 for value in frames["coverage"]["thin"] if value)
    if thin:
        lines.append(_w("thin", lang, count=thin))
    return [*lines, *_soft(scenario, frames, lang), *_chosen(scenario, frames, lang), _w("assumed", lang)]


def _soft(scenario: Scenario, frames: Mapping[str, pd.DataFrame], lang: str) -> list[str]:
    """Soft clauses: which are kept, and of the others how often and by how much each is broken, in its own unit."""
    softened = scenario.settings.clauses.softened()
    broken = frames.get("violations")
    if not softened or broken is None:
        return []
    lines = []
    for (clause, unit), rows in sorted((tuple(map(str, k)), v) for k, v in broken.groupby(["clause", "unit"])):
        amounts = [Decimal(str(amount)) for amount in rows["amount"]]
        most = max(range(len(rows)), key=lambda i: (amounts[i], -i))
        place = rows.iloc[most]
        lines.append(
            _w("soft_broken", lang, clause=f"{term(clause, lang, within='clauses')} ({clause})", count=len(rows),
               amount=f"{sum(amounts, Decimal(0)):f}", unit=say(f"unit.{unit}", lang),
               most=f"{_limit(str(place['index']), lang)} {place['year']}: {amounts[most]:f}")
        )  # fmt: skip
    kept = [name for name in softened if name not in set(broken["clause"])]
    if kept:
        names = [f"{term(name, lang, within='clauses')} ({name})" for name in kept]
        lines.append(_w("soft_kept", lang, clauses=("、" if lang == "zh" else ", ").join(names)))
    return lines


def _limit(index: str, lang: str) -> str:
    """A limit in words, and the codes of what it binds."""
    rule, _space, codes = index.partition(" ")
    return f"{say(f'limit.{rule}', lang)} {codes}".strip()


def _chosen(scenario: Scenario, frames: Mapping[str, pd.DataFrame], lang: str) -> list[str]:
    """What the scenario chose and no law asks: terms before their law, prices cut to a standard."""
    clauses, years = scenario.settings.clauses, scenario.settings.years
    lines = []
    term_of = clauses.contract_term
    if term_of is not None and term_of.enabled and term_of.before_force and years[0] < TERM_IN_FORCE:
        lines.append(say("rules.term_chosen", lang, years=term_of.years, law=TERM_IN_FORCE))
    if clauses.on("fee_standard") and clauses.fee_standard.mode == "cap":
        lines.append(say("rules.prices_capped", lang, count=_capped(scenario, frames["allocation"])))
    return lines


def _spared(clause: str, places: Sequence[Sequence[object]], lang: str) -> str:
    """Where a clause in force binds nobody: how often, and the first places."""
    told = ("；" if lang == "zh" else "; ").join(" ".join(map(str, place)) for place in places[:_TOLD])
    more = "…" if len(places) > _TOLD else ""
    return say("rules.not_binding", lang, clause=f"{term(clause, lang, within='clauses')} ({clause})",
               count=len(places), places=told + more)  # fmt: skip


def _capped(scenario: Scenario, allocation: pd.DataFrame) -> int:
    """Assumed awards whose price is below the offer's own, because the standard cuts it."""
    base = scenario.settings.base_year
    own = {
        row["offer"]: (Fraction(row["price"]), 1 + Fraction(row["growth"] or 0))
        for _line, row in scenario.tables.rows("offers")
    }  # fmt: skip
    asked = (
        half_up(own[offer][0] * own[offer][1] ** (int(year) - base) * MICRO_PER_YUAN)
        for offer, year in zip(allocation["offer"], allocation["year"], strict=True)
    )
    return sum(int(price * MICRO_PER_YUAN) < ask for price, ask in zip(allocation["price"], asked, strict=True))


def _matters(frames: Mapping[str, pd.DataFrame], lang: str) -> str:
    direct = frames["direct"]
    last = max(direct["year"], default=0)
    moved: dict[str, Decimal] = {}
    for need, quantity in zip(direct["need"], direct["moved"], strict=True):
        moved[need] = moved.get(need, Decimal(0)) + quantity
    end = direct[direct["year"] == last]
    kept = dict(zip(end["need"], end["quantity"], strict=True))
    states = Counter(
        "kept" if moved[need] == 0 else "moved" if kept.get(need, 0) == 0 else "split" for need in moved
    )  # fmt: skip
    allocation = frames["allocation"]
    return _w(
        "matters", lang, year=last, kept=states["kept"], split=states["split"], moved=states["moved"],
        awards=len(allocation), undertakers=allocation["undertaker"].nunique(),
    )  # fmt: skip


def _shortfalls(scenario: Scenario, coverage: pd.DataFrame, lang: str) -> str:
    """The three needs that miss most, by value."""
    named = {row["item"]: row for _line, row in scenario.tables.rows("items")}
    areas = {row["area"]: row for _line, row in scenario.tables.rows("areas")}
    values = []
    columns = ("year", "item", "area", "shortfall", "target")
    for year, item, area, short, target in zip(*(coverage[c] for c in columns), strict=True):
        if short > 0:
            worth = short * scenario.unit_values.get(item, Decimal(1))
            values.append((worth, year, item, area, short / target))
    values.sort(key=lambda v: (-v[0], v[1:4]))
    name = f"name_{lang}"
    parts = [
        f"{areas[a][name] or a} {named[i][name] or i} {y} −{_percent(100 * part)} %"
        for _w_, y, i, a, part in values[:3]
    ]  # fmt: skip
    return ("；" if lang == "zh" else "; ").join(parts)


def _percent(missing: Decimal) -> str:
    """A share that is missing, never shown as none: one decimal below 1 %."""
    return f"{missing:.0f}" if missing >= 1 else f"{missing:.1f}" if missing >= Decimal("0.1") else "<0.1"
