"""The pages of the clauses in the tree are those that the code makes; none is missing, none is left over."""

from __future__ import annotations

from pathlib import Path

import pytest
from docs.clausepages import clauses, pages, parts

from gpsopt.model.clauses import REGISTER
from gpsopt.model.clauses.excluding import EXCLUDING
from gpsopt.text import quotations

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "clauses"


def test_the_pages_are_those_the_code_makes() -> None:
    made = pages()
    there = {path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.md")}
    assert there == made, "run `make docs`"


def test_every_clause_has_a_page_and_a_place() -> None:
    assert set(clauses()) == set(REGISTER) | set(EXCLUDING)
    assert not set(REGISTER) & set(EXCLUDING)


@pytest.mark.parametrize("clause", clauses())
def test_a_page_holds_the_words_of_the_document(clause: str) -> None:
    quote, made = quotations().get(clause), pages()
    assert parts(clause)["sentence"] in made[f"en/{clause}.md"]
    if quote is None:
        return
    assert quote.quote_zh in made[f"zh/{clause}.md"] and quote.quote_en in made[f"en/{clause}.md"]
    marked = "back-translation" in made[f"zh/{clause}.md"]
    assert marked == (quote.quote_zh_status == "back-translation" and bool(quote.quote_zh))
