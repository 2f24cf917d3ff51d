"""Papers that budget offices file: the summary of purchases, the moves between lines, and the short project form."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Final

from gpsopt.money import fen, yuan
from gpsopt.report.paper import ZERO, Cell, Material, Paper, Row, columns, total
from gpsopt.text import say, term
from gpsopt.verify.exact import grown

_CLASSES: Final = ("functional_class", "economic_class")


def budget_summary(of: Material) -> Paper:
    """2: what goes into the budget system, a row for each award (inside: it holds unit prices)."""
    names, yes = of.names, term("yes", of.lang)
    rows = tuple(
        (of.purchaser(r["purchaser"]), of.needs.get(r["need"], {}).get("project"), r["need"], of.matter(r["need"]),
         of.needs.get(r["need"], {}).get("functional_class"), of.needs.get(r["need"], {}).get("economic_class"), None,
         yes, term("yes" if names.item(r["item"], "procedure") == "procurement" else "no", of.lang), r["item"],
         names.of("items", r["item"]), Decimal(r["quantity"]), Decimal(r["amount"]), names.unit(r["item"]),
         Decimal(r["price"]))
        for r in of.awards
    )  # fmt: skip
    spec = ("budget_unit project_code! need project functional_class! economic_class! government_class! "
            "is_purchase contains_procurement item item_name quantity:number amount:wan+ unit price:yuan")  # fmt: skip
    return Paper("budget_summary", of.year, "software", False, columns(spec), rows, "budget_unit")


def budget_short(of: Material) -> Paper:
    """2, the short layout of a department's own project form."""
    rows = tuple(
        (of.purchaser(awards[0]["purchaser"]), None, of.names.of("items", awards[0]["item"]), of.matter(need),
         of.names.catalogued(awards[0]["item"]), total(awards, "amount"), "")
        for need, awards in of.bought().items()
    )  # fmt: skip
    spec = "budget_unit office! item_name project item_and_name amount:wan+ note"
    return Paper("budget_short", of.year, "software", False, columns(spec), rows, "budget_unit")


def adjustments(of: Material) -> Paper:
    """5: one row a movement of the year, out-line left, in-line right, the kind of change and the reason."""
    taken: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    lines = _purchase_lines(of)
    rows: list[tuple[Cell, ...]] = []
    for row in of.transfers:
        amount, need = Decimal(row["amount"]), row["need"] or ""
        key = (row["from_purchaser"], row["from_line"], need if row["from_line"] == "direct" else "")
        original = _original(of, row, lines)
        available = None if original is None else original - taken[key]
        taken[key] += amount
        rows.append((
            len(rows) + 1, of.purchaser(row["from_purchaser"]), _line(of, row["from_line"], need), _classes(of, row),
            original, available, amount, None if available is None else available - amount, Decimal(row["change"]),
            of.purchaser(row["to_purchaser"]), _line(of, row["to_line"], need), _classes_to(of, row),
            term("yes" if row["to_line"] == "purchase" else "no", of.lang), say(f"paper.{_kind(of, row)}", of.lang),
            _reason(of, row), _stranded(of, row),
        ))  # fmt: skip
    rows.sort(key=lambda r: (str(r[1]), r[0]))
    numbered = tuple((number, *row[1:]) for number, row in enumerate(rows, 1))
    spec = ("number from_purchaser from_line from_class! original:wan available:wan amount_moved:wan+ after_move:wan "
            "change:wan+ to_purchaser to_line to_class! is_purchase kind_of_change reason note")  # fmt: skip
    title = "adjustments_drafting" if of.run.scenario.settings.stage == "drafting" else "adjustments"
    return Paper(title, of.year, "proposed", False, columns(spec), numbered, "from_purchaser", _controls(of))


def _line(of: Material, line: str, need: str) -> str:
    """A line, with its matter where it is one's own."""
    word = term(line, of.lang, within="line")
    return say("paper.line_of", of.lang, line=word, matter=of.matter(need)) if need and line != "unspent" else word


def _classes(of: Material, row: Row) -> str:
    """The classes of the line that gives, as far as the model holds them."""
    return _said(of.lines.get(row["need"] or "", {}) if row["from_line"] == "direct" else {})


def _classes_to(of: Material, row: Row) -> str:
    """Those of the purchase of the same matter; money for other matters is the office's to place."""
    return _said(of.needs.get(row["need"] or "", {}) if row["use"] == "own" else {})


def _said(row: Row) -> str:
    return " / ".join(str(row[c]) for c in _CLASSES if row.get(c))


def _expenditure(of: Material, need: str) -> Decimal:
    """Today's expenditure of a line as it has grown to the year."""
    line, base = of.lines.get(need), of.run.scenario.settings.base_year
    if line is None:
        return ZERO
    return yuan(grown(fen(Decimal(line["expenditure"] or 0)), Decimal(line["growth"] or 0), of.year - base))


def _purchase_lines(of: Material) -> dict[str, Decimal]:
    """What each purchaser's purchase line holds at the opening: its budget less its direct lines, nothing if less."""
    spent: dict[str, Decimal] = defaultdict(Decimal)
    for need, row in of.direct.items():
        spent[row["purchaser"]] += _expenditure(of, need)
    return {p: max(ZERO, Decimal(row["amount"]) - spent[p]) for p, row in of.budgets.items()}


def _original(of: Material, row: Row, lines: dict[str, Decimal]) -> Decimal | None:
    if row["from_line"] == "direct" and row["need"]:
        return _expenditure(of, row["need"])
    return lines.get(row["from_purchaser"]) if row["from_line"] == "purchase" else None


def _kind(of: Material, row: Row) -> str:
    """Drafting books nothing; a cut of key spending is 预算调整 (Budget Law 67); else 调剂 within a unit or across
    units (72), but for a move inside one project and class. Totals never rise."""
    if of.run.scenario.settings.stage == "drafting":
        return "kind_drafting"
    need = of.needs.get(row["need"] or "", {})
    if need.get("key") and row["from_line"] == "direct" and row["use"] != "own" and Decimal(row["amount"]):
        return "kind_adjustment"  # money leaves a matter that the planner marked
    if row["use"] == "own" and _same_class(of.lines.get(row["need"] or "", {}), need):
        return "kind_line"
    if row["from_purchaser"] != row["to_purchaser"]:
        return "kind_across"
    return "kind_within" if row["from_line"] != row["to_line"] else "kind_line"


def _same_class(line: Row, need: Row) -> bool:
    """Is the direct line a project's, under the classes of the purchase that takes its place?"""
    return line.get("spending_kind") == "project" and all(line[c] and line[c] == need.get(c) for c in _CLASSES)


def _reason(of: Material, row: Row) -> str:
    clause = term(str(row["clause"]), of.lang, within="clauses")
    if row["from_line"] == "direct" and row["to_line"] == "purchase" and row["need"]:
        return say("paper.fees_follow", of.lang, matter=of.matter(row["need"]), clause=clause)
    return clause


def _stranded(of: Material, row: Row) -> str:
    state = of.direct.get(row["need"] or "")
    if state is None or not Decimal(state["stranded"]):
        return ""
    return say("paper.stranded_stays", of.lang, amount=f"{Decimal(state['stranded']) / 10_000:,.2f}")


def _controls(of: Material) -> tuple[str, ...]:
    """Out = in; and for every purchaser the closing balance, difference to the fen; the total does not rise."""
    moved = total(of.transfers, "amount")
    given, received = total(of.budgets.values(), "given"), total(of.budgets.values(), "received")
    worst = max((abs(difference(row)) for row in of.budgets.values()), default=ZERO)
    return (
        say("paper.out_equals_in", of.lang, amount=f"{moved / 10_000:,.6f}", given=f"{given / 10_000:,.6f}",
            received=f"{received / 10_000:,.6f}"),
        say("paper.balances", of.lang, n=len(of.budgets), difference=f"{worst:.2f}"),
        say("paper.total_stays", of.lang, n=sum(_kind(of, row) == "kind_adjustment" for row in of.transfers)),
    )  # fmt: skip


def difference(row: Row) -> Decimal:
    """amount + received − direct − stranded − purchased − unspent − given of a row of `budgets`."""
    used = ("direct", "stranded", "purchased", "unspent", "given")
    return Decimal(row["amount"]) + Decimal(row["received"]) - sum((Decimal(row[k]) for k in used), ZERO)
