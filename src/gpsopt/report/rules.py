"""The rules of a run: which are in force, with what parameters and source, and which of them bind."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from gpsopt.report.paper import Names, records
from gpsopt.runread import Run
from gpsopt.text import messages, quotations, say, term

_HOW: Final = frozenset(("enabled", "soft", "priority"))
WORLD: Final = ("existing_budget",)  # never struck: the world itself


@dataclass(frozen=True)
class Binding:
    """A rule that binds: how many of its rows have a price in some aim, and the strongest price of the first aim."""

    clause: str
    rows: int
    price: Decimal
    unit: str
    index: str
    year: int


def bindings(run: Run) -> tuple[Binding, ...]:
    """The rules that bind by their prices, those with most rows first."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in records(run, "prices"):
        if row["price"]:
            found[str(row["clause"])].append(row)
    made = []
    for clause, rows in found.items():
        first = _first_aim(run, rows)
        strongest = max(first, key=lambda r: abs(r["price"]))
        places = {(r["index"], r["year"]) for r in rows}
        made.append(Binding(clause, len(places), strongest["price"], str(strongest["unit"]), str(strongest["index"]),
                            int(strongest["year"])))  # fmt: skip
    return tuple(sorted(made, key=lambda b: (-b.rows, b.clause)))


def _first_aim(run: Run, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The prices in the earliest aim in which the rule has any."""
    for aim in run.summary["aims"]:
        of_aim = [row for row in rows if str(row["unit"]).startswith(f"{aim['name']}/")]
        if of_aim:
            return of_aim
    return rows


def rule_rows(run: Run, names: Names) -> tuple[list[str], list[list[object]]]:
    """Head and a row a rule: name, in force, hard or soft, parameters, source, strongest price, rows that bind."""
    lang, clauses, bound = names.lang, run.scenario.settings.clauses, {b.clause: b for b in bindings(run)}
    head = [say(f"rules_sheet.{key}", lang)
            for key in ("rule", "in_force", "how", "parameters", "source", "strongest", "binding")]  # fmt: skip
    rows: list[list[object]] = []
    regime = run.scenario.settings.regime
    for name in (regime, *WORLD, *type(clauses).model_fields):
        world = name in (regime, *WORLD)
        on = world or clauses.on(name)
        how = (
            "" if not on else say("rules_sheet.soft" if not world and clauses.soft(name) else "rules_sheet.hard", lang)
        )
        rows.append([term(name, lang, within="clauses"), term("yes" if on else "no", lang), how,
                     "" if world else _parameters(getattr(clauses, name), lang), section(name, lang),
                     _strongest(bound.get(name), names), bound[name].rows if name in bound else 0])  # fmt: skip
    return head, rows


def section(clause: str, lang: str) -> str:
    """Where in the document a rule stands."""
    source = quotations().get(clause)
    return "" if source is None else source.section_zh if lang == "zh" else source.section_en


def _parameters(clause: Any, lang: str) -> str:
    """The parameters that are set, in words."""
    if clause is None:
        return ""
    said = []
    for key, value in clause.model_dump(exclude=set(_HOW)).items():
        if value is None or value == ():
            continue
        word = term("yes" if value else "no", lang) if isinstance(value, bool) else _value(key, value, lang)
        said.append(say("rules_sheet.parameter", lang, name=term(key.rstrip("_"), lang), value=word))
    return ("；" if lang == "zh" else "; ").join(said)


def _value(key: str, value: object, lang: str) -> str:
    if isinstance(value, tuple):
        return ("、" if lang == "zh" else ", ").join(term(str(v), lang) for v in value)
    return messages(lang).get(f"rule_value.{value}") or term(str(value), lang, within=key)


def _strongest(bound: Binding | None, names: Names) -> str:
    if bound is None:
        return ""
    where = keys_of(bound.index, names)
    return say("rules_sheet.strongest_price", names.lang, price=f"{abs(bound.price):.4g}",
               unit=priced_in(bound.unit, names.lang), where=where, year=bound.year)  # fmt: skip


def priced_in(unit: str, lang: str) -> str:
    """The unit of a price: what an aim gains for one more yuan, or one more unit, of the rule's limit."""
    aim, _, per = unit.partition("/")
    said = say(f"rules_sheet.per_{per}", lang) if per in ("yuan", "unit") else per
    return say("rules_sheet.price_unit", lang, aim=term(aim, lang, within="aims"), per=said)


def keys_of(index: str, names: Names) -> str:
    """The keys of a priced row by name: purchaser, undertaker, area, item; codes of needs and offers as they are."""
    said = []
    for key in index.split()[1:]:
        table = next((t for t in names.tables if key in names.tables[t]), None)
        said.append(key if table is None else names.of(table, key))
    return " · ".join(said)


def used_for(use: str, lang: str) -> str:
    """What a movement of the ledger is for."""
    return say("run_column.opening_use", lang) if use == "opening" else term(use, lang)
