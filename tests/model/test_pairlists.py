"""What each clause without rows leaves of the pairs, in plain text, is what stands in lists/<clause>.txt."""

from __future__ import annotations

from pathlib import Path

import pytest

from gpsopt.model.clauses import REGISTER
from gpsopt.model.clauses.excluding import EXCLUDING
from gpsopt.model.facts import facts_of
from tests.model.pairlists import LISTED, LISTS, scenario_of, text_of


@pytest.mark.parametrize("name", LISTED)
def test_the_pairs_are_those_of_the_file(name: str, tmp_path: Path) -> None:
    expected = LISTS / f"{name}.txt"
    assert expected.is_file(), f"no {expected.name}: print it with `python -m tests.model.pairlists {name}` and read it"
    assert text_of(facts_of(scenario_of(name, tmp_path / "model"))) == expected.read_text(encoding="utf-8")


def test_every_clause_without_rows_has_its_file() -> None:
    assert {path.stem for path in LISTS.iterdir()} == set(LISTED)
    assert set(EXCLUDING) - {"purchaser_kind"} == set(LISTED) - {"cap"}  # which binds nothing
    assert not set(EXCLUDING) & set(REGISTER)
