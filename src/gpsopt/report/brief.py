"""The leadership brief: what is asked for, the options beside the baseline, and where the figures come from.

Every figure is read from run folders; a sentence whose figure is missing or zero is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from gpsopt.money import fen, format_money
from gpsopt.report.paper import Names, names_in, records
from gpsopt.report.rules import bindings, keys_of
from gpsopt.runread import Run
from gpsopt.simulation.headline import Lived
from gpsopt.text import say, term

ASSUMED: Final = "※"
_NAMED: Final = 8  # purchasers by name
_MORE: Final = Decimal(10_000)  # yuan more, whose worth is told


@dataclass(frozen=True)
class Brief:
    """Title, (heading, sentence) in order, the options as a table and its heading, other tables, and the foot."""

    title: str
    sections: tuple[tuple[str, str], ...]
    options: tuple[list[str], list[list[str]]]
    h_options: str
    goals: tuple[list[str], list[list[str]]]
    people: tuple[list[str], list[list[str]]]
    foot: str


_ORDER: Final = ("decision", "conclusion", "changes", "money", "stranded", "providers", "districts", "goals", "rules",
                 "choices", "marginal", "risks", "lived")  # fmt: skip
_OF_FUTURES: Final = ("lived_fragile", "lived_lost", "lived_stable")  # what is said of them where there is something


def brief_of(runs: Sequence[Run], lang: str, lived: Lived | None = None) -> Brief:
    """The brief of the last run named; the first is the baseline it is held against; `lived` is its simulation."""
    base, plan = runs[0], runs[-1]
    names = names_in(plan, lang)
    year = max(int(y) for y in plan.frame("budgets")["year"])
    values = {"scenario": plan.title(lang), **_money(base, plan, year, lang), **_matters(plan, names, year),
              **_reach(base, plan, names, year), **_rules(plan, names), **_lived(lived, names),
              "options": _told(runs, names)}  # fmt: skip
    sections = []
    for key in _ORDER:
        sentence = _sentence(key, values, lang)
        if sentence:
            sections.append((say(f"brief.h_{key}", lang), sentence))
    title = say("brief.title", lang, year=year, scenario=plan.title(lang))
    heading = say("brief.h_options" if len(runs) > 1 else "brief.h_figures", lang)
    return Brief(title, tuple(sections), options(runs, lang), heading, _goals(base, plan, lang, year),
                 _affected(plan, names, lang, year), _foot(runs, lang))  # fmt: skip


def tables_of(brief: Brief, lang: str) -> list[tuple[str, tuple[list[str], list[list[str]]]]]:
    """The tables of a brief under their headings: options, goals, who is affected."""
    return [(brief.h_options, brief.options), (say("brief.h_goals", lang), brief.goals),
            (say("brief.h_people", lang), brief.people)]  # fmt: skip


def _sentence(key: str, values: dict[str, Any], lang: str) -> str:
    """The sentence of a section, the other one where its figure is zero, nothing where there is nothing to say."""
    other = {"changes": ("n_moved", "no_changes"), "goals": ("unmet", "all_goals"),
             "districts": ("compared", "districts_alone"), "providers": ("n_thin", "no_thin")}  # fmt: skip
    needed = {"districts": "worst_area", "money": "has_released", "goals": "n_goals", "rules": "binding",
              "choices": "options", "marginal": "marginal_price", "lived": "draws"}  # fmt: skip
    if key in needed and not values[needed[key]]:
        return ""
    flag, instead = other.get(key, ("", ""))
    parts = {"conclusion": [values["conclusion_said"], values["coverage_said"]],
             "money": ["money", values["total_said"]],
             "stranded": [values["stranded_said"]],
             "changes": ["changes", *(["changes_split"] if values["n_split"] else []), "changes_kept"],
             "lived": ["lived", *(k for k in _OF_FUTURES if values.get(k))]}  # fmt: skip
    said = parts[key] if key in parts and (not flag or values[flag]) else [key if not flag or values[flag] else instead]
    return "".join(say(f"brief.{part}", lang, **values) for part in said)


def assumed(run: Run, table: str) -> str:
    """The mark of a figure that rests on assumed rows of `table`."""
    return ASSUMED if any(row.get("status") == "assumed" for _line, row in run.scenario.tables.rows(table)) else ""


def _money(base: Run, run: Run, year: int, lang: str) -> dict[str, Any]:
    """Sums of the year in fen, as text with their unit."""
    frame = run.frame("budgets")
    budgets = [sum(fen(r["amount"]) for r in records(of, "budgets") if int(r["year"]) == year) for of in (base, run)]
    rows = frame[frame["year"] == year]
    sums = {name: sum(map(fen, rows[name])) for name in ("amount", "purchased", "stranded")}
    moved = released = 0
    for row in records(run, "transfers"):
        if int(row["year"]) == year:
            moved += fen(row["amount"])  # the total of the list that is annexed
            if row["from_line"] == "direct" and row["to_line"] == "purchase":
                released += fen(row["amount"])
    shown = {"budget_total": (sums["amount"], "budgets"), "purchased_total": (sums["purchased"], "offers"),
             "stranded_total": (sums["stranded"], "direct_lines"), "released_total": (released, "direct_lines"),
             "drawn_total": (sums["purchased"] - released, "offers"), "transfer_total": (moved, "offers")}  # fmt: skip
    texts = {name: money_text(value, lang) + assumed(run, table) for name, (value, table) in shown.items()}
    end = goal_value(run, "stranded_end", year)
    until = say("brief.stranded_never" if end is None else "brief.stranded_until", lang, end=f"{end or 0:.0f}")
    ever = sum(map(fen, frame["stranded"])) > 0
    stranded = "stranded" if sums["stranded"] else "no_longer_stranded" if ever else "no_stranded"
    other = "_other" if budgets[0] != budgets[1] else ""
    return {**texts, "until": until, "stranded_said": stranded, "has_released": released > 0, "year": year,
            "conclusion_said": f"conclusion{other}", "total_said": f"total{other}",
            "budget_base": money_text(budgets[0], lang) + assumed(base, "budgets")}  # fmt: skip


def _rules(run: Run, names: Names) -> dict[str, Any]:
    """The rules that bind at most places, and what 10,000 yuan more are worth where they are worth most."""
    bound = bindings(run)
    said = [say("brief.rule_binds", names.lang, rule=term(b.clause, names.lang, within="clauses"), n=b.rows)
            for b in bound]  # fmt: skip
    values: dict[str, Any] = {"binding": names.joined(said), "marginal_price": ""}
    money = next((b for b in bound if b.clause == "existing_budget" and b.unit.endswith("/yuan")), None)
    if money is not None:
        aim = money.unit.partition("/")[0]
        values |= {"marginal_purchaser": keys_of(money.index, names), "marginal_year": money.year,
                   "marginal_aim": term(aim, names.lang, within="aims"),
                   "marginal_price": money_text(round(abs(money.price) * fen(_MORE)), names.lang)}  # fmt: skip
    return values


def _lived(lived: Lived | None, names: Names) -> dict[str, Any]:
    """What the simulation says of budgets, floors and the undertaker whose failure costs most."""
    if lived is None:
        return {"draws": 0}
    who = names.of("undertakers", lived.fragile)
    share = percent(lived.safe / lived.awards) if lived.awards else ""
    costs = lived.extra_cost > 0
    return {"lived_fragile": bool(lived.fragile) and costs, "lived_lost": bool(lived.fragile) and not costs,
            "lived_stable": share, "planned_anew": f"{lived.planned_anew:,}",
            "draws": f"{lived.draws:,}", "budgets_at_risk": lived.budgets_at_risk, "budgets": lived.budgets,
            "floors_at_risk": lived.floors_at_risk, "floors": lived.floors, "fragile": who,
            "failure_cost": money_text(lived.extra_cost, names.lang),
            "failure_lost": money_text(lived.lost, names.lang)}  # fmt: skip


def money_text(amount: int, lang: str) -> str:
    """Fen as text with its unit, 万元 in both languages' sense."""
    return say("brief.wan", lang, amount=format_money(amount, "wan"))


def _matters(run: Run, names: Names, year: int) -> dict[str, Any]:
    direct = [r for r in records(run, "direct") if int(r["year"]) == year]
    item_of = {r["need"]: (r["area"], r["item"]) for r in records(run, "coverage")}
    base = {row["need"]: Decimal(row["quantity"]) for _line, row in run.scenario.tables.rows("direct_lines")}
    moved = [r for r in direct if Decimal(r["quantity"]) < base.get(r["need"], Decimal(0))]
    split = sum(Decimal(r["quantity"]) > 0 for r in moved)
    kept = [r for r in direct if Decimal(r["quantity"]) > 0 and r not in moved]
    moved.sort(key=lambda r: (-Decimal(r["released"]), str(r["need"])))
    kept.sort(key=lambda r: (-Decimal(r["expenditure"]), str(r["need"])))
    comma = "、" if names.lang == "zh" else ", "
    awards = [r for r in records(run, "allocation") if int(r["year"]) == year]
    kind = {u: row.get("kind") for u, row in names.tables["undertakers"].items()}
    total = sum(fen(r["amount"]) for r in awards)
    social = sum(fen(r["amount"]) for r in awards if kind.get(r["undertaker"]) == "social_organisation")
    thin = [r for r in records(run, "coverage") if int(r["year"]) == year and r["thin"]]
    on_thin = run.scenario.settings.clauses.competition.on_thin

    def listed(rows: list[dict[str, Any]]) -> str:
        named = dict.fromkeys(names.project(*item_of[r["need"]]) for r in rows if r["need"] in item_of)
        return comma.join(list(named)[:3])

    return {"n_moved": len(moved), "n_split": split, "n_kept": len(kept),
            "moved_items": listed(moved), "kept_items": listed(kept),
            "n_purchasers": len({r["purchaser"] for r in awards}), "n_items": len({r["item"] for r in awards}),
            "n_undertakers": len({r["undertaker"] for r in awards}), "n_thin": len(thin),
            "thin_handling": say(f"brief.thin_{on_thin}", names.lang),
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
    spread = [goal_value(run, "area_gap", year) for run in (base, plan)]
    mark = assumed(plan, "needs")
    said = "coverage_alone"
    if base.run != plan.run and None not in coverage:
        was, is_now = (round(1000 * float(v or 0)) for v in coverage)  # as they are printed
        said = "coverage_rises" if is_now > was else "coverage_falls" if is_now < was else "coverage_stays"
    return {"coverage_said": said, "worst_area": names.of("areas", worst) if worst else "",
            "worst_plan": percent(now.get(worst)) + mark,
            "worst_base": percent(at.get(worst)) + mark, "coverage_base": percent(coverage[0]) + mark,
            "coverage_plan": percent(coverage[1]) + mark, "spread_base": percent(spread[0]) + mark,
            "spread_plan": percent(spread[1]) + mark, "compared": base.run != plan.run,
            "n_goals": len(goals), "n_met": len(goals) - len(unmet),
            "unmet": comma.join(say(f"goal.{g}", names.lang) for g in unmet),
            "n_out": len(plan.frame("excluded"))}  # fmt: skip


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
        table = {"amount": "budgets", "direct": "direct_lines", "stranded": "direct_lines"}.get(key, "offers")
        sums = (sum(map(fen, run.frame("budgets")[key])) for run in runs)
        cells = [format_money(fens, "wan") + assumed(run, table) for fens, run in zip(sums, runs, strict=True)]
        rows.append([say("paper.in_wan", lang, word=say(f"brief.m_{key}", lang)), *cells])
    for goal in ("coverage", "worst_area"):
        cells = [percent(goal_value(run, goal, y)) + assumed(run, "needs") for run, y in zip(runs, years, strict=True)]
        rows.append([say("brief.of_year", lang, measure=say(f"goal.{goal}", lang), year=years[-1]), *cells])
    rows.append([say("brief.m_awards", lang), *(f"{len(run.frame('allocation')):,}" for run in runs)])
    certified = [say("brief.certified" if run.certified else "brief.not_certified", lang) for run in runs]
    rows.append([say("brief.m_check", lang), *certified])
    return head, rows


def _told(runs: Sequence[Run], names: Names) -> str:
    """Every run but the baseline in one clause: how much more or less it buys, what it does to coverage."""
    lang, base, said = names.lang, runs[0], []
    for number, run in enumerate(runs[1:], 1):
        bought, before = (sum(map(fen, r.frame("budgets")["purchased"])) for r in (run, base))
        year = max(int(y) for y in run.frame("budgets")["year"])
        reach, was = (goal_value(r, "coverage", year) for r in (run, base))
        more = "same_bought" if bought == before else "more_bought" if bought > before else "less_bought"
        parts = [say(f"brief.{more}", lang, amount=money_text(abs(bought - before), lang) + assumed(run, "offers"))]
        points = 0.0 if reach is None or was is None else round(100 * reach, 1) - round(100 * was, 1)
        if abs(points) >= 0.05:  # a tenth of a point is printed
            key = "coverage_higher" if points > 0 else "coverage_lower"
            parts.append(say(f"brief.{key}", lang, points=f"{abs(points):.1f}"))
        clause = ("，" if lang == "zh" else ", ").join(parts)
        said.append(say("brief.option", lang, n=number, title=run.title(lang), clause=clause))
    return say("brief.semicolon", lang).join(said)


def _goals(base: Run, plan: Run, lang: str, year: int) -> tuple[list[str], list[list[str]]]:
    """Every indicator of the year: the baseline's value where it is another run, the plan's, target, met or not."""
    keys = ("goal", "base", "plan", "target", "met") if base.run != plan.run else ("goal", "plan", "target", "met")
    rows = []
    for row in records(plan, "goals"):
        if int(row["year"]) != year or row["value"] is None:
            continue
        mark = ASSUMED if row["status"] == "assumed" else ""
        aimed = row["target"] is not None
        cells = {
            "goal": say(f"goal.{row['goal']}", lang),
            "base": _figure(goal_value(base, str(row["goal"]), year), row["unit"], lang),
            "plan": _figure(float(row["value"]), row["unit"], lang),
            "target": _figure(float(row["target"]), row["unit"], lang) + mark if aimed else "—",
            "met": "—" if not aimed else "✓" if _met(row) else "×",
        }
        rows.append([cells[key] for key in keys])
    return [say(f"brief.g_{key}", lang) for key in keys], rows


def _figure(value: float | None, unit: object, lang: str) -> str:
    """A goal's value with its unit."""
    if value is None:
        return "—"
    if unit == "share":
        return f"{100 * value:.1f}%"
    if unit == "yuan":
        return money_text(round(value * 100), lang)
    if unit == "year":
        return f"{value:.0f}"
    return say("brief.posts", lang, n=f"{value:,.1f}") if unit == "posts" else f"{value:,.2f}"


def _affected(run: Run, names: Names, lang: str, year: int) -> tuple[list[str], list[list[str]]]:
    """What moves and who is affected: the year's money of the purchasers that buy most, of the others, of all."""
    keys = ("direct", "stranded", "purchased", "unspent")
    head = [say("brief.p_purchaser", lang), *(say(f"brief.m_{key}", lang) for key in keys)]
    rows = [r for r in records(run, "budgets") if int(r["year"]) == year]
    rows.sort(key=lambda r: (-Decimal(r["purchased"]), str(r["purchaser"])))

    def line(words: str, of: Sequence[dict[str, Any]]) -> list[str]:
        return [words, *(format_money(sum(fen(r[k]) for r in of), "wan") for k in keys)]

    shown, others = (rows[:_NAMED], rows[_NAMED:]) if len(rows) > _NAMED + 1 else (rows, [])
    body = [line(names.of("purchasers", r["purchaser"]), [r]) for r in shown]
    if others:
        body.append(line(say("brief.others", lang, n=len(others)), others))
    return head, [*body, line(say("brief.all", lang), rows)]


def _foot(runs: Sequence[Run], lang: str) -> str:
    """Runs, inputs, plan, gap, check, and of what standing the figures are."""
    plan = runs[-1]
    counts = Counter(
        str(row["status"]) for name in plan.scenario.tables.frames
        for _line, row in plan.scenario.tables.rows(name) if row.get("status")
    )  # fmt: skip
    gap = max((float(a["gap"] or 0) for a in plan.summary["aims"]), default=0.0)
    return say(
        "brief.foot", lang,
        runs=" · ".join(say("brief.foot_each", lang, run=run.run, inputs=run.scenario.digest()[:12]) for run in runs),
        plan=str(plan.manifest.get("plan_hash") or "—")[:12], gap=f"{100 * gap:.2f}%",
        check=say("brief.certified" if plan.certified else "brief.not_certified", lang),
        published=counts["published"], derived=counts["derived"], assumed=counts["assumed"], mark=ASSUMED,
    )  # fmt: skip
