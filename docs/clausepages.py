"""A page for each clause in Chinese and English, from its docstring, the document's own words and the terms."""

from __future__ import annotations

import csv
import inspect
import re
from functools import cache
from pathlib import Path
from typing import Final

from gpsopt.model.clauses import REGISTER
from gpsopt.model.clauses.excluding import EXCLUDING
from gpsopt.model.soft import LIMITS, Limit
from gpsopt.settings import Clauses
from gpsopt.text import LANGUAGES, quotations, say, term, terms

KINDS: Final = ("decision", "expression", "parameter")
#: what the docstrings say of symbols, units and prices -> the same in Chinese
WORDS: Final = Path(__file__).with_name("clausewords.csv")


def docstring(clause: str) -> str:
    """What the clause says of itself: source, sentence, formula, symbols, price."""
    return inspect.cleandoc(EXCLUDING[clause] if clause in EXCLUDING else REGISTER[clause].__doc__ or "")


def parts(clause: str) -> dict[str, str]:
    """source, sentence, formula, symbols and price of a clause. Raises ValueError where one is missing."""
    text = docstring(clause)
    found: dict[str, str] = {}
    for block in re.split(r"\n\s*\n", text):
        if block.startswith("Source:"):
            found["source"] = _joined(block.removeprefix("Source:"))
        elif block.startswith("A planner would say:"):
            found["sentence"] = _joined(block.removeprefix("A planner would say:"))
        elif block.startswith("|"):
            found["symbols"] = block
        elif block.startswith("Its price:"):
            found["price"] = _joined(block.removeprefix("Its price:"))
        elif block.startswith("    "):
            found["formula"] = f"{found['formula']}\n\n{block}" if "formula" in found else block
    missing = {"source", "sentence", "formula", "symbols", "price"} - found.keys()
    if missing:
        raise ValueError(f"{clause}: the docstring lacks {sorted(missing)}")
    return found


def _joined(text: str) -> str:
    return " ".join(text.split())


def _title(clause: str, lang: str) -> str:
    return f"{term(clause, lang, within='clauses')} ({clause})"


def page(clause: str, lang: str) -> str:
    """The clause's page in one language."""
    said, quote = parts(clause), quotations().get(clause)
    section, words, status = said["source"] if lang == "en" else say("clausepage.no_quote", lang), "", ""
    if quote is not None:
        section, words = (quote.section_zh, quote.quote_zh) if lang == "zh" else (quote.section_en, quote.quote_en)
        marked = lang == "zh" and quote.quote_zh_status not in ("", "original")
        status = say("clausepage.status", lang, status=quote.quote_zh_status) if marked else ""
    lines = [f"# {_title(clause, lang)}", "", say("clausepage.generated", lang), ""]
    lines += [f"**{say('clausepage.source', lang)}** {section}", ""]
    if words:
        lines += [f"> {words}", "", *([status, ""] if status else [])]
    for key, law in quotations().items():  # rules from elsewhere that the clause leans on
        if key.startswith(f"{clause}."):
            lines += [f"**{say('clausepage.source', lang)}** {law.section_zh if lang == 'zh' else law.section_en}", ""]
            words = law.quote_zh if lang == "zh" else law.quote_en or law.quote_zh
            lines += [f"> {words}", ""] if words else []
    entry = terms().get(f"clauses.{clause}") or terms()[clause]
    sentence = said["sentence"] if lang == "en" else entry.definition_zh
    lines += [f"**{say('clausepage.sentence', lang)}** {sentence}", ""]
    formula = inspect.cleandoc("\n" + said["formula"])
    lines += [f"## {say('clausepage.formula', lang)}", "", "```", formula, "```", "", _symbols(said["symbols"], lang)]
    price = say("clausepage.price_no_rows" if clause in EXCLUDING else "clausepage.price_rows", lang)
    lines += ["", f"## {say('clausepage.price', lang)}", ""]
    lines += [_in_chinese(said["price"]) if lang == "zh" else said["price"][0].upper() + said["price"][1:], ""]
    soft = say("clausepage.soft" if clause in LIMITS else "clausepage.not_soft", lang)
    soft = "\n".join(
        [soft, *([""] if clause in LIMITS else []), *(_counted(limit, lang) for limit in LIMITS.get(clause, ()))]
    )
    return "\n".join([*lines, price, "", soft, ""])


def _counted(limit: Limit, lang: str) -> str:
    """What a violation of one limit is counted in."""
    valued = limit.need is not None or limit.offer is not None
    unit = say("clausepage.by_unit_value" if valued else f"unit.{limit.unit}", lang)
    return say("clausepage.counted", lang, rule=limit.rule, words=say(f"limit.{limit.rule}", lang), unit=unit)


def _symbols(table: str, lang: str) -> str:
    """The table of symbols; in Chinese all but the symbols themselves is translated."""
    if lang == "en":
        return table
    head = "| " + " | ".join(say(f"clausepage.{name}", lang) for name in ("symbol", "name", "kind", "unit")) + " |"
    rows = []
    for row in table.splitlines()[2:]:
        symbol, name, kind, unit = (cell.strip() for cell in row.strip("|").split("|"))
        kind = say(f"clausepage.{kind}", lang) if kind in KINDS else kind
        rows.append(f"| {symbol} | {_in_chinese(name)} | {kind} | {_in_chinese(unit)} |")
    return "\n".join([head, "|---|---|---|---|", *rows])


def _in_chinese(words: str) -> str:
    """Words of a docstring in Chinese. Raises KeyError where clausewords.csv lacks them."""
    return _chinese()[words] if words else ""


@cache
def _chinese() -> dict[str, str]:
    with WORDS.open(encoding="utf-8", newline="") as stream:
        return {row["en"]: row["zh"] for row in csv.DictReader(stream)}


def clauses() -> tuple[str, ...]:
    """Every clause, in the order of the settings."""
    return tuple(Clauses.model_fields)


def pages() -> dict[str, str]:
    """File name under docs/clauses -> its text: a page per clause and language, and a list of them."""
    found = {f"{lang}/{clause}.md": page(clause, lang) for lang in LANGUAGES for clause in clauses()}
    lines = ["# 条款 · Clauses", ""]
    lines += [f"- [{_title(c, 'zh')}](zh/{c}.md) · [{_title(c, 'en')}](en/{c}.md)" for c in clauses()]
    return {**found, "README.md": "\n".join([*lines, ""])}
