"""Each clause dropped, shifted by a year, turned round and with its bounds off by 5 %: is it noticed?

A mutant is made in the finished model of the clause's own example (tests/model/cases.py): the rules of its Block are
called at another year, with their sides exchanged or with bounds 5 % off either way, or it is taken out. Every mutant
that changes the matrix must be killed by the clause's rows in plain text (tests/model/rows); beside it stands whether
the lines worked out by hand kill it as well. The table is printed at the end.
Mutants of clauses without rows (pairs) stand in test_pair_mutants.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

from gpsopt.compiler import ArrayConstraint, compile_model
from gpsopt.model.clauses import REGISTER
from gpsopt.model.clauses.softbounds import SOFT_ONLY
from tests.model.cases import made
from tests.model.snapshot import ROWS, text_of
from tests.model.test_rows import BY_HAND

pytestmark = pytest.mark.slow


def dropped(block: Any) -> None:
    for rule in list(block.component_objects(pyo.Constraint)):
        rule.deactivate()


def rewritten(block: Any, change: Callable[[Any, Any, tuple[Any, ...]], Any]) -> None:
    """Each rule of the block anew: `change(rule, block, index)` gives its relation."""
    for rule in list(block.component_objects(pyo.Constraint)):
        if not len(rule):
            continue
        over, name = rule.index_set(), rule.local_name
        block.del_component(rule)
        setattr(block, name, ArrayConstraint(over, rule=_at(rule.plain, change)))


def _at(plain: Any, change: Callable[[Any, Any, tuple[Any, ...]], Any]) -> Any:
    return lambda b, *key: change(plain, b, key)


def turned(block: Any) -> None:
    def exchange(plain: Any, b: Any, key: tuple[Any, ...]) -> Any:
        relation = plain(b, *key)
        left, right = relation.args
        equal = type(relation).__name__ == "EqualityExpression"
        return left == -1 * right if equal else right <= left

    rewritten(block, exchange)


def off(left_times: float, right_times: float) -> Callable[[Any], None]:
    """Every bound of the block off by the factors of its sides; a share of the whole, whose rows have 0 as their
    limit, by the right one over the left one."""

    def changed(block: Any) -> None:
        share = block.component("share")
        if share is not None:
            other = right_times / left_times * float(share.value)
            block.del_component(share)
            block.share = pyo.Param(initialize=other)

        def sides(plain: Any, b: Any, key: tuple[Any, ...]) -> Any:
            relation = plain(b, *key)
            left, right = relation.args
            equal = type(relation).__name__ == "EqualityExpression"
            left, right = left_times * left, right_times * right
            return left == right if equal else left <= right

        rewritten(block, sides)

    return changed


def shifted(name: str, compiled: Any) -> Any:
    """Rows of the clause with the next model year's row in the place of each (the first year's for the last)."""
    order = np.arange(compiled.matrix.shape[0])
    for rule, span in compiled.rows.items():
        if rule.partition(".")[0] != name:
            continue
        years = sorted({k for key in span.keys for k in _parts(key) if isinstance(k, int)})
        for place, key in enumerate(span.keys):
            parts = _parts(key)
            later = tuple(years[(years.index(k) + 1) % len(years)] if isinstance(k, int) else k for k in parts)
            other = later if isinstance(key, tuple) else later[0]
            if other in span.keys:
                order[span.start + place] = span.number(other)
    return replace(
        compiled, matrix=compiled.matrix[order], row_lower=compiled.row_lower[order],
        row_upper=compiled.row_upper[order],
    )  # fmt: skip


def _parts(key: Any) -> tuple[Any, ...]:
    return key if isinstance(key, tuple) else (key,)


MUTANTS: dict[str, Callable[[Any], None] | None] = {
    "dropped": dropped, "a year off": None, "turned round": turned, "5 % looser": off(1, 1.05),
    "5 % tighter": off(1.05, 1),
}  # fmt: skip


@pytest.fixture(scope="module")
def table(request: pytest.FixtureRequest) -> Any:
    lines: list[tuple[str, str, str]] = []
    yield lines
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print("\n| clause | mutant | killed by |\n|---|---|---|")
        for clause, mutant, killers in lines:
            print(f"| {clause} | {mutant} | {killers} |")


@pytest.mark.parametrize("name", [*REGISTER, *SOFT_ONLY])
def test_every_mutant_is_killed(name: str, tmp_path: Path, table: Any) -> None:
    wanted = (ROWS / f"{name}.txt").read_text(encoding="utf-8")
    before = compile_model(made(name, tmp_path / "sound"))
    assert text_of(name, before) == wanted
    changed = 0
    for mutant, make in MUTANTS.items():
        model = made(name, tmp_path / mutant.replace(" ", "").replace("%", ""))
        if make is not None:
            make(model.component(name))
        after = compile_model(model) if make is not None else shifted(name, compile_model(model))
        if same(name, before, after):
            table.append((name, mutant, "— (the same matrix)"))
            continue
        changed += 1
        text = text_of(name, after)
        killers = ["rows"] if sorted(text.splitlines()) != sorted(wanted.splitlines()) else []
        killers += ["by hand"] if any(line not in text for line in BY_HAND.get(name, ())) else []
        table.append((name, mutant, ", ".join(killers) or "NOBODY"))
        assert killers, f"{name}, {mutant}: lives"
    assert changed >= 2, "a clause whose mutants change nothing is tried by nothing"


def same(name: str, one: Any, other: Any) -> bool:
    return _rows(name, one) == _rows(name, other)


def _rows(name: str, compiled: Any) -> list[Any]:
    """The clause's rows as numbers, whatever their order."""
    found = []
    for rule, span in compiled.rows.items():
        if rule.partition(".")[0] == name:
            for key in span.keys:
                row = span.number(key)
                part = slice(compiled.matrix.indptr[row], compiled.matrix.indptr[row + 1])
                entries = sorted(zip(compiled.matrix.indices[part].tolist(), compiled.matrix.data[part].tolist(),
                                     strict=True))  # fmt: skip
                found.append((rule, str(key), entries, compiled.row_lower[row], compiled.row_upper[row]))
    return sorted(found, key=lambda f: f[:2])
