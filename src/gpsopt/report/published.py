"""Papers that the public reads: budget table, annual plan, procurement intentions, guiding catalogue.

None of them names an undertaker, an offer or a unit price: competition (2(2)3) comes after them. Column lists:
papers 1, 3, 3a and 4 of the design; the sources of the forms are named in docs.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from gpsopt.report.paper import ZERO, Cell, Material, Paper, Row, columns, total
from gpsopt.text import messages, say, term
from gpsopt.verify.world import SIX_CONDITIONS

_INTENTIONS_FROM: Final = 2020  # the Ministry of Finance's notice 财库〔2020〕10号
_GENERAL_FUND: Final = "general_public_budget"
_AREAS_NAMED: Final = 3


def budget_detail(of: Material) -> Paper:
    """1: appropriations for purchases in detail, a row for each purchaser and item."""
    names = of.names
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in of.awards:
        grouped.setdefault((row["purchaser"], row["item"]), []).append(row)
    rows: list[tuple[Cell, ...]] = []
    for (purchaser, item), awards in grouped.items():
        amount = total(awards, "amount")
        funds = {of.needs.get(row["need"], {}).get("fund") for row in awards}
        rows.append((
            len(rows) + 1, of.purchaser(purchaser), item, names.word(item, "kind"), names.domain(item),
            names.of("items", item), _places(of, awards, item), _in_procurement(of, item), amount,
            amount if funds == {_GENERAL_FUND} else None, ZERO if funds == {_GENERAL_FUND} else None,
            names.open_text(names.item(item, "note")),
        ))  # fmt: skip
    spec = ("number budget_unit item level_1 level_2 level_3 project in_procurement budget_amount:wan+ "
            "general_budget:wan+! government_fund:wan+! note")  # fmt: skip
    return Paper("budget_detail", of.year, "title", True, columns(spec), tuple(rows), "budget_unit", (_tied(of),))


def _places(of: Material, awards: list[Row], item: str) -> str:
    """The project's name: few districts by name, many by number."""
    areas = sorted({row["area"] for row in awards})
    if len(areas) == 1:
        return of.names.project(areas[0], item)
    where = (of.names.joined(of.names.of("areas", a) for a in areas) if len(areas) <= _AREAS_NAMED
             else say("paper.n_areas", of.lang, n=len(areas)))  # fmt: skip
    return say("paper.project_of", of.lang, where=where, item=of.names.of("items", item))


def _tied(of: Material) -> str:
    """Awards, engagement and new direct units of every purchaser against its purchases in `budgets`."""
    worst = ZERO
    for purchaser, budget in of.budgets.items():
        awards = total((r for r in of.awards if r["purchaser"] == purchaser), "amount")
        spent = total((r for r in of.direct.values() if r["purchaser"] == purchaser), "expenditure")
        new = spent - Decimal(budget["direct"])
        worst = max(worst, abs(awards + Decimal(budget["engagement"]) + new - Decimal(budget["purchased"])))
    return say("paper.ties_to_purchased", of.lang, n=len(of.budgets), difference=f"{worst:.2f}")


def _in_procurement(of: Material, item: str) -> str:
    return term("yes" if of.names.item(item, "procedure") == "procurement" else "no", of.lang)


def annual_plan(of: Material) -> Paper:
    """3: the plan of the year for society, 3(4); one row a need, its budget summed over its awards."""
    names = of.names
    rows: list[tuple[Cell, ...]] = []
    for need, awards in of.bought().items():
        item, area, asked, state = awards[0]["item"], awards[0]["area"], of.needs.get(need, {}), of.cover[need]
        rows.append((
            len(rows) + 1, of.purchaser(awards[0]["purchaser"]), names.project(area, item), names.catalogued(item),
            names.word(item, "kind"), names.open_text(asked.get("note")), names.of("areas", area),
            total(awards, "quantity"), names.unit(item), total(awards, "amount"),
            names.word(item, "procedure") or term("contract", of.lang), None,
            conditions_of(of, item, awards[0]["purchaser"]), int(state["candidates"]), asked.get("month"),
            say("paper.term_years", of.lang, n=of.term_years()), covered(of, state),
            say("paper.thin", of.lang) if state["thin"] else "",
        ))  # fmt: skip
    spec = ("number purchaser project item_and_name kind content! area quantity:number unit budget_amount:wan+ "
            "procedure method! conditions candidates:number month! term target note")  # fmt: skip
    return Paper("annual_plan", of.year, "proposed", True, columns(spec), tuple(rows), "purchaser")


def covered(of: Material, state: Row) -> str:
    """The target of a need in a sentence: no less than the coverage that the plan reaches."""
    demand = Decimal(state["demand"])
    if not demand:
        return ""
    return say("paper.cover_target", of.lang, share=f"{100 * Decimal(state['served']) / demand:.1f}%")


def conditions_of(of: Material, item: str, purchaser: str) -> str:
    """The six conditions of 3(3), and the licences that the item's content asks for."""
    licences = [
        str(row["licence"])
        for _line, row in of.run.scenario.tables.rows("conditions")
        if row["item"] == item and row["purchaser"] in (None, purchaser)
    ]
    said = say("paper.six_conditions", of.lang, conditions=of.names.joined(term(c, of.lang) for c in SIX_CONDITIONS))
    if not licences:
        return said
    return said + say("paper.and_licences", of.lang, licences=of.names.joined(_licence(k, of.lang) for k in licences))


def _licence(key: str, lang: str) -> str:
    return messages(lang).get(f"paper.licence_{key}", key)


def intentions(of: Material) -> Paper | None:
    """3a: what will be procured; the notice is in force from 2020, earlier years have none."""
    if of.year < _INTENTIONS_FROM:
        return None
    rows: list[tuple[Cell, ...]] = []
    for need, awards in of.bought().items():
        item = awards[0]["item"]
        if of.names.item(item, "procedure") == "procurement":
            asked = of.needs.get(need, {})
            rows.append((len(rows) + 1, of.purchaser(awards[0]["purchaser"]), of.matter(need),
                         of.names.open_text(asked.get("note")), total(awards, "amount"), asked.get("month"), None,
                         ""))  # fmt: skip
    spec = "number purchaser project need_in_short! budget_amount:wan+ procured_in! for_small_firms! note"
    return Paper("intentions", of.year, "published", True, columns(spec), tuple(rows), "purchaser")


def catalogue(of: Material) -> Paper:
    """4: the guiding catalogue: what may be purchased, in its levels."""
    rows = tuple(
        (item, of.names.word(item, "kind"), of.names.domain(item), of.names.of("items", item),
         of.names.open_text(row.get("note")))
        for item, row in sorted(of.names.tables["items"].items()) if row["scope"] == "purchasable"
    )  # fmt: skip
    return Paper("catalogue", of.year, "software", True, columns("item level_1 level_2 level_3 level_4"), rows)
