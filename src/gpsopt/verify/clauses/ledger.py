"""Every row of `transfers` is exactly what the rule says (the rule of the split: `gpsopt.verify.split`)."""

from __future__ import annotations

from collections.abc import Iterator

from gpsopt.money import format_money
from gpsopt.verify.evidence import Evidence
from gpsopt.verify.ledger import Entry, Movement, expected_ledger
from gpsopt.verify.rows import Row, key_text
from gpsopt.verify.verdict import Fault, Outcome


def check_ledger(evidence: Evidence) -> list[Outcome]:
    """Rows missing, surplus or unknown; amount, change and clause of every row."""
    expected = expected_ledger(evidence.world, evidence.facts, evidence.books)
    written = evidence.written.transfers
    strange = {id(row) for row in evidence.books.strange}
    faults = [
        Fault("ledger", "movement_unknown", "transfers.csv", row.line, "use", _key(row["year"], _movement(row)))
        for row in evidence.books.strange
    ]
    for (year, move), entry in sorted(expected.items()):
        row = written.get((year, *move))
        if row is None:
            faults.append(Fault("ledger", "ledger_row_missing", "transfers.csv", None, "amount", _key(year, move),
                                {"expected": format_money(entry.amount)}))  # fmt: skip
        else:
            faults += _differences(row, _key(year, move), entry)
    for (year, *parts), row in written.items():
        move = Movement(*parts)
        if (year, move) not in expected and id(row) not in strange:
            faults.append(Fault("ledger", "ledger_row_surplus", "transfers.csv", row.line, "amount", _key(year, move),
                                {"found": format_money(row["amount"])}))  # fmt: skip
    return [Outcome("ledger", len(written), tuple(faults))]


def _differences(row: Row, key: str, entry: Entry) -> Iterator[Fault]:
    for column, expected in (("amount", entry.amount), ("change", entry.change)):
        if row[column] != expected:
            yield Fault("ledger", "amount_differs", "transfers.csv", row.line, column, key,
                        {"found": format_money(row[column]), "expected": format_money(expected),
                         "difference": format_money(row[column] - expected)})  # fmt: skip
    if row["clause"] != entry.clause:
        yield Fault("ledger", "differs", "transfers.csv", row.line, "clause", key,
                    {"found": row["clause"], "expected": entry.clause})  # fmt: skip


def _movement(row: Row) -> Movement:
    return Movement(*(row[name] for name in Movement._fields))


def _key(year: int, move: Movement) -> str:
    return key_text((year, move.need, f"{move.from_purchaser}.{move.from_line}→{move.to_purchaser}.{move.to_line}",
                     move.use))  # fmt: skip
