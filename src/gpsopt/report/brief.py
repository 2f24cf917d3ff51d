"""The leadership brief: what is asked for, the options beside the baseline, and where the figures come from.

Every figure is read from run folders; a sentence whose figure is missing or zero is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gpsopt.money import fen, format_money
from gpsopt.report.papers import Names, names_in, records
from gpsopt.runread import Run
from gpsopt.text import say


@dataclass(frozen=True)
class Brief:
    """Title, (heading, sentence) in order, the options as a table, the goals as a table, and the foot."""

    title: str
    sections: tuple[tuple[str, str], ...]
    options: tuple[list[str], list[list[str]]]
    goals: tuple[list[str], list[list[str]]]
    people: tuple[list[str], list[list[str]]]
    foot: str


def brief_of(runs: Sequence[Run], lang: str) -> Brief:
    """The brief of the last run named; the first is the baseline it is held against."""
    base, plan = runs[0], runs[-1]
    names = names_in(plan, lang)
    year = max(int(y) for y in plan.frame("budgets")["year"])
    values = {**_money(plan, year, lang), **_matters(plan, names, year), **_reach(base, plan, names, year)}
    sections = []
    for key in ("decision", "conclusion", "changes", "money", "stranded", "providers", "districts", "goals", "risks"):
        sentence = _sentence(key, values, lang)
        if sentence:
            sections.append((say(f"brief.h_{key}", lang), sentence))
    title = say("brief.title", lang, year=year, scenario=plan.title(lang))
    return Brief(title, tuple(sections), options(runs, lang), _goals(base, plan, lang, year),
                 _affected(plan, names, lang, year), _foot(runs, lang))  # fmt: skip


def _sentence(key: str, values: dict[str, Any], lang: str) -> str:
    if key == "stranded" and not values["has_stranded"]:
        return say("brief.no_stranded", lang)
    if key == "changes" and not values["n_moved"]:
        return say("brief.no_changes", lang, **values)
    if (key == "districts" and not values["worst_area"]) or (key == "money" and not values["has_released"]):
        return ""
    return say(f"brief.{key}", lang, **values)


def _money(run: Run, year: int, lang: str) -> dict[str, Any]:
    """Sums of the year in fen, as text with their unit."""
    frame = run.frame("budgets")
    rows = frame[frame["year"] == year]
    sums = {name: sum(map(fen, rows[name])) for name in ("amount", "purchased", "stranded")}
    moved = released = 0
    for row in records(run, "transfers"):
        if int(row["year"]) == year:
            moved += fen(abs(Decimal(row["change"])))
            if row["from_line"] == "direct" and row["to_line"] == "purchase":
                released += fen(row["amount"])
    shown = {"budget_total": sums["amount"], "purchased_total": sums["purchased"], "stranded_total": sums["stranded"],
             "released_total": released, "drawn_total": sums["purchased"] - released,
             "transfer_total": moved}  # fmt: skip
    texts = {name: money_text(value, lang) for name, value in shown.items()}
    return {**texts, "has_stranded": sums["stranded"] > 0, "has_released": released > 0, "year": year}


def money_text(amount: int, lang: str) -> str:
    """Fen as text with its unit, 万元 in both languages' sense."""
    return say("brief.wan", lang, amount=format_money(amount, "wan"))


def _matters(run: Run, names: Names, year: int) -> dict[str, Any]:
    direct = [r for r in records(run, "direct") if int(r["year"]) == year]
    item_of = {r["need"]: (r["area"], r["item"]) for r in records(run, "coverage")}
    base = {row["need"]: Decimal(row["quantity"]) for _line, row in run.scenario.tables.rows("direct_lines")}
    moved = [r for r in direct if Decimal(r["quantity"]) < base.get(r["need"], Decimal(0))]
    kept = [r for r in direct if Decimal(r["quantity"]) > 0]
    moved.sort(key=lambda r: (-Decimal(r["released"]), str(r["need"])))
    kept.sort(key=lambda r: (-Decimal(r["expenditure"]), str(r["need"])))
    comma = "、" if names.lang == "zh" else ", "
    awards = [r for r in records(run, "allocation") if int(r["year"]) == year]
    kind = {u: row.get("kind") for u, row in names.tables["undertakers"].items()}
    total = sum(fen(r["amount"]) for r in awards)
    social = sum(fen(r["amount"]) for r in awards if kind.get(r["undertaker"]) == "social_organisation")
    thin = [r for r in records(run, "coverage") if int(r["year"]) == year and r["thin"]]

    def listed(rows: list[dict[str, Any]]) -> str:
        return comma.join(names.project(*item_of[r["need"]]) for r in rows[:3] if r["need"] in item_of)

    return {"n_moved": len(moved), "n_kept": len(kept), "moved_items": listed(moved), "kept_items": listed(kept),
            "n_purchasers": len({r["purchaser"] for r in awards}), "n_items": len({r["item"] for r in awards}),
            "n_undertakers": len({r["undertaker"] for r in awards}), "n_thin": len(thin),
            "so_share": f"{100 * social / total:.1f}%" if total else "0%"}  # fmt: skip


def _reach(base: Run, plan: Run, names: Names, year: int) -> dict[str, Any]:
    """Coverage, the worst-served district and the goals, of the plan and the baseline."""
    from gpsopt.report.charts import area_coverage

    areas, before = area_coverage(plan, year), area_coverage(base, year)
    at = {str(a): float(v) for a, v in zip(before["area"], before["value"], strict=True) if v == v}
    now = {str(a): float(v) for a, v in zip(areas["area"], areas["value"], strict=True) if v == v}
    worst = min(now, key=lambda a: (now[a], a), default="")
    goals = [r for r in records(plan, "goals") if int(r["year"]) == year and r["target"] is not None]
    unmet = [str(r["goal"]) for r in goals if not _met(r)]
    comma = "、" if names.lang == "zh" else ", "
    coverage = [goal_value(run, "coverage", year) for run in (base, plan)]
    gaps = [float(a["gap"] or 0) for a in plan.summary["aims"]]
    return {"worst_area": names.of("areas", worst) if worst else "", "worst_plan": percent(now.get(worst)),
            "worst_base": percent(at.get(worst)), "coverage_base": percent(coverage[0]),
            "coverage_plan": percent(coverage[1]), "n_goals": len(goals), "n_met": len(goals) - len(unmet),
            "unmet": comma.join(say(f"goal.{g}", names.lang) for g in unmet) or say("brief.none", names.lang),
            "gap": f"{100 * max(gaps, default=0):.2f}%", "n_out": len(plan.frame("excluded"))}  # fmt: skip


def _met(row: dict[str, Any]) -> bool:
    return row["met"] is True or str(row["met"]) == "True"


def percent(value: float | None) -> str:
    return "—" if value is None else f"{100 * value:.1f}%"


def goal_value(run: Run, goal: str, year: int) -> float | None:
    """A goal's value in a year, or None where the run has none."""
    for row in records(run, "goals"):
        if row["goal"] == goal and int(row["year"]) == year and row["value"] is not None:
            return float(row["value"])
    return None


def options(runs: Sequence[Run], lang: str) -> tuple[list[str], list[list[str]]]:
    """The runs beside each other: one column a run, the baseline first."""
    head = [say("brief.measure", lang), *(run.title(lang) for run in runs)]
    rows: list[list[str]] = []
    years = [max((int(y) for y in run.frame("budgets")["year"]), default=0) for run in runs]
    for key in ("amount", "direct", "stranded", "purchased", "unspent"):
        cells = [money_text(sum(map(fen, run.frame("budgets")[key])), lang) for run in runs]
        rows.append([say(f"brief.m_{key}", lang), *cells])
    for goal in ("coverage", "worst_area"):
        cells = [percent(goal_value(run, goal, y)) for run, y in zip(runs, years, strict=True)]
        rows.append([say(f"goal.{goal}", lang), *cells])
    rows.append([say("brief.m_awards", lang), *(f"{len(run.frame('allocation')):,}" for run in runs)])
    certified = [say("brief.certified" if run.certified else "brief.not_certified", lang) for run in runs]
    rows.append([say("brief.m_check", lang), *certified])
    return head, rows


def _goals(base: Run, plan: Run, lang: str, year: int) -> tuple[list[str], list[list[str]]]:
    head = [say(f"brief.g_{key}", lang) for key in ("goal", "base", "plan", "target", "met")]
    rows = []
    for row in records(plan, "goals"):
        if int(row["year"]) == year and row["value"] is not None:
            before = goal_value(base, str(row["goal"]), year)
            met = "—" if row["target"] is None else ("✓" if _met(row) else "×")
            rows.append([say(f"goal.{row['goal']}", lang), _figure(before, row["unit"]),
                         _figure(float(row["value"]), row["unit"]),
                         "—" if row["target"] is None else _figure(float(row["target"]), row["unit"]),
                         met])  # fmt: skip
    return head, rows


def _figure(value: float | None, unit: object) -> str:
    if value is None:
        return "—"
    if unit == "year":
        return f"{value:.0f}"
    return f"{100 * value:.1f}%" if unit == "share" else f"{value:,.2f}"


def _affected(run: Run, names: Names, lang: str, year: int) -> tuple[list[str], list[list[str]]]:
    """What moves and who is affected: each purchaser's direct, stranded and purchased money of the year."""
    head = [say(f"brief.{key}", lang) for key in ("p_purchaser", "m_direct", "m_stranded", "m_purchased", "m_unspent")]
    rows = [r for r in records(run, "budgets") if int(r["year"]) == year]
    rows.sort(key=lambda r: (-Decimal(r["purchased"]), str(r["purchaser"])))
    keys = ("direct", "stranded", "purchased", "unspent")
    return head, [[names.of("purchasers", r["purchaser"]), *(format_money(fen(r[k]), "wan") for k in keys)]
                  for r in rows[:8]]  # fmt: skip


def _foot(runs: Sequence[Run], lang: str) -> str:
    plan = runs[-1]
    ids = " · ".join(run.run for run in runs)
    inputs = str(plan.manifest.get("input_hash") or plan.scenario.digest())[:12]
    return say("brief.foot", lang, runs=ids, inputs=inputs, plan=str(plan.manifest.get("plan_hash") or "—")[:12])
