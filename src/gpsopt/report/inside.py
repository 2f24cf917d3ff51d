"""Papers for inside: what names undertakers, offers and prices, and the books of the plan.

Forms 8 and 9 follow the signing and the year's end; the others are our own (10 of the design).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

import pandas as pd

from gpsopt.analysis.explain.wording import left_out
from gpsopt.report.filed import difference
from gpsopt.report.paper import ZERO, Cell, Material, Paper, Row, columns, records, total
from gpsopt.report.rules import section, used_for
from gpsopt.runread import Run
from gpsopt.text import say, term


def contract_notice(of: Material) -> Paper:
    """8: prepared for the office, which publishes it within two working days of signing and not before."""
    names = of.names
    rows = tuple(
        (None, of.matter(r["need"]), None, of.matter(r["need"]), of.purchaser(r["purchaser"]), None,
         names.of("undertakers", r["undertaker"]), None, names.of("items", r["item"]), None, Decimal(r["quantity"]),
         names.unit(r["item"]), Decimal(r["price"]), Decimal(r["amount"]),
         say("paper.term_and_place", of.lang, year=of.year, n=of.term_years(), area=names.of("areas", r["area"])),
         None, None, None, None, names.of("areas", r["area"]), None, None)
        for r in of.awards
    )  # fmt: skip
    spec = ("contract_no! contract_name project_no! project party_a address_a! party_b address_b! subject "
            "requirements! quantity:number unit price:yuan contract_amount:wan+ term_and_place method! signed! "
            "published_on! other! region industry! agency!")  # fmt: skip
    return Paper("contract_notice", of.year, "published", False, columns(spec), rows, "party_a",
                 (say("paper.only_after_signing", of.lang),))  # fmt: skip


def outturn(of: Material) -> Paper:
    """9: purchases after the year."""
    names = of.names
    rows = tuple(
        (number, r["item"], names.word(r["item"], "kind"), of.purchaser(r["purchaser"]), of.matter(r["need"]),
         Decimal(r["amount"]), Decimal(r["amount"]), None, names.of("undertakers", r["undertaker"]),
         names.word(r["item"], "procedure") or term("contract", of.lang), "")
        for number, r in enumerate(of.awards, 1)
    )  # fmt: skip
    spec = "number item kind budget_unit project initial:wan+ revised:wan+ outturn:wan! undertaker procedure note"
    return Paper("outturn", of.year, "title", False, columns(spec), rows, "budget_unit")


def catalogue_inside(of: Material) -> Paper:
    """4, with the columns that stay inside: scope, standard and the year's money by item."""
    needs_of: dict[str, list[str]] = defaultdict(list)
    for need, row in of.cover.items():
        needs_of[row["item"]].append(need)
    names = of.names
    rows = tuple(
        (item, names.word(item, "kind"), names.domain(item), names.of("items", item),
         names.open_text(names.item(item, "note")),
         names.word(item, "scope"), names.word(item, "basic"), names.word(item, "livelihood"), names.unit(item),
         None if row.get("cost_standard") is None else Decimal(row["cost_standard"]),
         total((a for a in of.awards if a["item"] == item), "amount"),
         total((of.direct[n] for n in needs_of[item] if n in of.direct), "expenditure"))
        for item, row in sorted(names.tables["items"].items())
    )  # fmt: skip
    spec = ("item level_1 level_2 level_3 level_4 scope basic livelihood unit cost_standard:yuan "
            "bought_this_year:wan+ direct_this_year:wan+")  # fmt: skip
    return Paper("catalogue_inside", of.year, "software", False, columns(spec), rows)


def awards(of: Material) -> Paper:
    """The assumed awards, with undertaker, offer and price."""
    rows = tuple(
        (number, of.purchaser(r["purchaser"]), of.matter(r["need"]), r["need"],
         of.names.of("undertakers", r["undertaker"]), r["offer"], Decimal(r["quantity"]), of.names.unit(r["item"]),
         Decimal(r["price"]), Decimal(r["setup"]), Decimal(r["amount"]))
        for number, r in enumerate(of.awards, 1)
    )  # fmt: skip
    spec = "number purchaser project need undertaker offer quantity:number unit price:yuan setup:yuan amount:wan+"
    return Paper("awards", of.year, "proposed", False, columns(spec), rows, "purchaser",
                 (say("paper.market_test", of.lang),))  # fmt: skip


def thin_markets(of: Material) -> Paper:
    """Needs with fewer candidates than the law asks."""
    spent: dict[str, Decimal] = defaultdict(Decimal)
    for row in of.awards:
        spent[row["need"]] += Decimal(row["amount"])
    rows = tuple(
        (number, of.purchaser(r["purchaser"]), of.matter(r["need"]), int(r["candidates"]), Decimal(r["purchased"]),
         of.names.unit(r["item"]), spent[r["need"]])
        for number, r in enumerate(_by_purchaser(r for r in of.cover.values() if r["thin"]), 1)
    )  # fmt: skip
    spec = "number purchaser project candidates:number quantity:number unit amount:wan+"
    return Paper("thin_markets", of.year, "proposed", False, columns(spec), rows, "purchaser")


def _by_purchaser(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda r: (r["purchaser"], r["need"]))


def ledger(of: Material) -> Paper:
    """The whole ledger of fees that follow the matter."""
    rows = tuple(
        (r["need"] or "", of.matter(r["need"]) if r["need"] else "", of.purchaser(r["from_purchaser"]),
         term(r["from_line"], of.lang, within="line"), of.purchaser(r["to_purchaser"]),
         term(r["to_line"], of.lang, within="line"), Decimal(r["amount"]), Decimal(r["change"]),
         used_for(str(r["use"]), of.lang), term(str(r["clause"]), of.lang, within="clauses"))
        for r in of.transfers
    )  # fmt: skip
    spec = "need project from_purchaser from_line to_purchaser to_line amount_moved:wan+ change:wan+ use clause"
    return Paper("ledger", of.year, "proposed", False, columns(spec), rows)


def posts(of: Material) -> Paper:
    """Posts needed and still paid: it shows what is no longer needed and decides nothing about persons."""
    rows = []
    for r in _by_purchaser(r for r in of.direct.values() if r["posts"] is not None):
        today = of.lines.get(r["need"], {}).get("posts")
        freed = None if not today else (1 - Decimal(r["posts"]) / Decimal(today)).quantize(Decimal("0.0001"))
        rows.append((of.purchaser(r["purchaser"]), of.matter(r["need"]), None if today is None else Decimal(today),
                     Decimal(r["posts"]), freed, None if r["posts_paid"] is None else Decimal(r["posts_paid"]),
                     Decimal(r["stranded"])))  # fmt: skip
    spec = "purchaser project posts_today:number+ posts:number+ moved_share:share posts_paid:number+ stranded:wan+"
    return Paper("posts", of.year, "proposed", False, columns(spec), tuple(rows), "purchaser",
                 (say("paper.no_persons", of.lang),))  # fmt: skip


def balance(of: Material) -> Paper:
    """Every purchaser's year: amount + received = direct + stranded + purchased + unspent + given."""
    money = ("amount", "received", "given", "direct", "stranded", "purchased", "unspent")
    rows: list[tuple[Cell, ...]] = [
        (of.purchaser(p), *(Decimal(r[name]) for name in money), difference(r)) for p, r in of.budgets.items()
    ]
    spec = ("purchaser budget:wan+ received:wan+ given:wan+ direct:wan+ stranded:wan+ purchased:wan+ unspent:wan+ "
            "difference:yuan+")  # fmt: skip
    return Paper("balance", of.year, "proposed", False, columns(spec), tuple(rows))


def books(of: Material, baseline: Run) -> Paper:
    """The budgets of the books (the model's) beside what baseline and plan put to use; the differences are 0.00."""
    book = {r["purchaser"]: Decimal(r["amount"]) for _line, r in of.run.scenario.tables.rows("budgets")
            if r["year"] == of.year}  # fmt: skip
    first = {r["purchaser"]: r for r in records(baseline, "budgets") if int(r["year"]) == of.year}
    rows = []
    for p, plan in of.budgets.items():
        used = [ZERO if row is None else Decimal(row["amount"]) - difference(row) for row in (first.get(p), plan)]
        rows.append((of.purchaser(p), book.get(p, ZERO), used[0], used[0] - book.get(p, ZERO), used[1],
                     used[1] - book.get(p, ZERO)))  # fmt: skip
    spec = "purchaser book:wan+ base_used:wan+ base_differs:yuan+ plan_used:wan+ plan_differs:yuan+"
    return Paper("books", of.year, "proposed", False, columns(spec), tuple(rows), "",
                 (say("paper.held_against", of.lang, run=baseline.run),))  # fmt: skip


def eligibility(of: Material) -> Paper:
    """Pairs that are out in the year, each with rule, reason and the document's section."""
    rows = []
    for r in records(of.run, "excluded"):
        if not pd.isna(r["year"]) and int(r["year"]) != of.year:
            continue
        clause = str(r["clause"])
        rows.append((r["need"] or "", of.matter(r["need"]) if r["need"] else "", r["offer"],
                     of.names.of("undertakers", r["undertaker"]), term(clause, of.lang, within="clauses"),
                     left_out(str(r["reason"]), of.lang), section(clause, of.lang)))  # fmt: skip
    spec = "need project offer undertaker clause reason section"
    return Paper("eligibility", of.year, "proposed", False, columns(spec), tuple(rows))
