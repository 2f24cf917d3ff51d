"""The limits that bind in a plan, each in words, and what one more unit of it does; read from the run alone."""

from __future__ import annotations

import pandas as pd

from gpsopt.analysis.explain.pricepages import limit_of, rate_line
from gpsopt.analysis.explain.wording import Subjects, moves
from gpsopt.runread import Run, floats
from gpsopt.settings import AIMS
from gpsopt.text import say, term


def binding_rows(run: Run, year: int, lang: str) -> pd.DataFrame:
    """Columns aim, clause, limit, words, price (the aim's unit per yuan or unit): a year's prices, money limits first,
    then those in units, the dearest first; aims in the order in which they were sought."""
    rows = floats(run.frame("prices"))
    rows = rows[(rows["year"] == year) | rows["year"].isna()]
    subjects = Subjects(run.scenario)
    aims = [aim["name"] for aim in run.summary["aims"]] + list(AIMS)
    out = []
    for row in rows.to_dict("records"):
        aim, _, per = str(row["unit"]).partition("/")
        rule, _, index = str(row["index"]).partition(" ")
        price = float(row["price"])
        change = rate_line(aim, price, lang) if per == "yuan" else moves(aim, price, lang)
        words = say("plan.per_yuan" if per == "yuan" else "plan.per_unit", lang, change=change)
        limit = limit_of({"rule": rule, "index": index, "year": row["year"]}, lang, subjects)
        rank = (aims.index(aim) if aim in aims else len(aims), per != "yuan", -abs(price))
        clause = term(str(row["clause"]), lang, within="clauses")
        limit = limit[:1].upper() + limit[1:] if lang == "en" else limit
        out.append((rank, (aim, clause, limit, words, price)))
    ordered = [cells for _rank, cells in sorted(out, key=lambda pair: pair[0])]
    return pd.DataFrame(ordered, columns=["aim", "clause", "limit", "words", "price"])
