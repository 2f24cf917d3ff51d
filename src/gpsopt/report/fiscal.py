"""Budgets and transfers of a run as a fiscal data package: CSV in yuan to the fen and `datapackage.json`.

Three tables: `appropriations` (what each purchaser may spend in a year), `uses` (the same money by what it is put to:
received counts against the others), `transfers` (the ledger). Words: Frictionless Table Schema, and the column types of
the Fiscal Data Package's budget taxonomy 1.0 (https://specs.frictionlessdata.io/fiscal-data-package--budgets/).
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple

from gpsopt.errors import UsageError
from gpsopt.report.paper import Material, material_of, names_in
from gpsopt.report.papers import years_of
from gpsopt.report.rules import used_for
from gpsopt.runread import Run
from gpsopt.text import say, term

TAXONOMY: Final = "https://specs.frictionlessdata.io/taxonomies/fiscal/budgets.json"
_USES: Final = ("direct", "stranded", "purchased", "unspent", "given", "received")
_PROPOSED: Final = ("proposed", "CNY")  # phase and currency: nothing in a plan is approved or executed
_UNIT: Final = "administrative-classification:generic:level1"
_PROJECT: Final = "activity:generic:project"


class _Field(NamedTuple):
    name: str
    kind: str  # string, integer, number
    fiscal: str  # column type of the taxonomy; empty: none fits


_PHASE: Final = (_Field("phase", "string", "phase:id"), _Field("currency", "string", "value-currency:code"))
_OWNER: Final = (_Field("year", "integer", "date:fiscal-year"), _Field("purchaser", "string", f"{_UNIT}:code"),
                 _Field("purchaser_name", "string", f"{_UNIT}:label"))  # fmt: skip
_KIND: Final = (_Field("kind", "string", "value-kind:code"), _Field("kind_name", "string", "value-kind:label"))
_VALUE: Final = _Field("value", "number", "value")
TABLES: Final[dict[str, tuple[_Field, ...]]] = {
    "appropriations": (*_OWNER, *_PHASE, _VALUE),
    "uses": (*_OWNER, *_KIND, *_PHASE, _VALUE),
    "transfers": (
        *_OWNER, _Field("need", "string", f"{_PROJECT}:code"), _Field("project", "string", f"{_PROJECT}:label"),
        _Field("functional_class", "string", "functional-classification:generic:code"),
        _Field("from_line", "string", ""), _Field("to_purchaser", "string", ""),
        _Field("to_purchaser_name", "string", ""), _Field("to_line", "string", ""),
        _Field("use", "string", "expenditure-type:code"), _Field("use_name", "string", "expenditure-type:label"),
        *_PHASE, _VALUE, _Field("change", "number", ""),
    ),
}  # fmt: skip


def write_fiscal(run: Run, folder: Path, lang: str) -> list[str]:
    """Write the package of a run with a plan into a new folder; the names of the files written."""
    names = names_in(run, lang)
    rows: dict[str, list[tuple[object, ...]]] = {name: [] for name in TABLES}
    for year in years_of(run):
        of = material_of(run, names, year)
        for name, make in (("appropriations", _appropriations), ("uses", _uses), ("transfers", _transfers)):
            rows[name] += make(of)
    written = {f"{name}.csv": _csv(TABLES[name], rows[name]) for name in TABLES}
    described = json.dumps(_descriptor(run, lang, written), ensure_ascii=False, indent=1) + "\n"
    written["datapackage.json"] = described.encode("utf-8")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, content in written.items():
            (folder / file).write_bytes(content)
    except OSError as error:
        raise UsageError("folder_not_writable", path=str(folder), why=error.strerror or str(error)) from None
    return list(written)


def _appropriations(of: Material) -> Iterator[tuple[object, ...]]:
    for purchaser, row in of.budgets.items():
        yield of.year, purchaser, of.purchaser(purchaser), *_PROPOSED, Decimal(row["amount"])


def _uses(of: Material) -> Iterator[tuple[object, ...]]:
    for purchaser, row in of.budgets.items():
        for kind in _USES:
            word = say(f"paper.c_{kind}", of.lang)
            yield of.year, purchaser, of.purchaser(purchaser), kind, word, *_PROPOSED, Decimal(row[kind])


def _transfers(of: Material) -> Iterator[tuple[object, ...]]:
    for row in of.transfers:
        need = row["need"] or ""
        line = of.lines.get(need, {})
        yield (
            of.year, row["from_purchaser"], of.purchaser(row["from_purchaser"]), need, of.matter(need) if need else "",
            line.get("functional_class") or "", row["from_line"], row["to_purchaser"],
            of.purchaser(row["to_purchaser"]), row["to_line"], row["use"], used_for(str(row["use"]), of.lang),
            *_PROPOSED, Decimal(row["amount"]), Decimal(row["change"]),
        )  # fmt: skip


def _csv(fields: tuple[_Field, ...], rows: list[tuple[object, ...]]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([field.name for field in fields])
    writer.writerows([f"{cell:f}" if isinstance(cell, Decimal) else cell for cell in row] for row in rows)
    return stream.getvalue().encode("utf-8")


def _descriptor(run: Run, lang: str, written: dict[str, bytes]) -> dict[str, Any]:
    return {
        "profile": "tabular-data-package", "name": run.run.lower(), "title": run.title(lang),
        "id": str(run.manifest.get("plan_hash") or ""), "taxonomies": [TAXONOMY], "countryCode": "CN",
        "certified": run.certified,
        "resources": [
            {"profile": "tabular-data-resource", "name": name, "path": f"{name}.csv", "format": "csv",
             "mediatype": "text/csv", "encoding": "utf-8", "title": say(f"open.{name}", lang),
             "bytes": len(written[f"{name}.csv"]),
             "hash": f"sha256:{hashlib.sha256(written[f'{name}.csv']).hexdigest()}",
             "schema": {"fields": [_described(field, lang) for field in fields], "missingValues": [""]}}
            for name, fields in TABLES.items()
        ],
    }  # fmt: skip


def _described(field: _Field, lang: str) -> dict[str, Any]:
    titled = {
        "project",
        "from_line",
        "to_line",
        "phase",
        "currency",
        "value",
        "kind",
        "kind_name",
        "use_name",
        "purchaser_name",
        "to_purchaser_name",
    }
    title = say(f"open.c_{field.name}", lang) if field.name in titled else term(field.name, lang)
    described: dict[str, Any] = {"name": field.name, "type": field.kind, "title": title}
    if field.fiscal:
        described["columnType"] = field.fiscal
    if field.kind == "number":
        described |= {"unit": "CNY", "decimalChar": ".", "bareNumber": True}
    return described
