"""Releases of the Open Contracting Data Standard 1.1: what is planned, and what is signed.

A `planning` release a need and year that is bought: budget, quantity, conditions; never an undertaker, an offer or a
unit price. `award` and `contract` releases come only from the model's table `contracts`: an assumed award is no award.
Amounts are CNY, exact to the fen. Source: https://standard.open-contracting.org/1.1/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from gpsopt.errors import UsageError
from gpsopt.report.paper import Material, Names, material_of, names_in, total
from gpsopt.report.papers import years_of
from gpsopt.report.published import conditions_of
from gpsopt.runread import Run
from gpsopt.text import say, term, unit_of

#: no prefix is registered for this program: a publisher asks Open Contracting for its own and names it
UNREGISTERED: Final = "ocds-000000"
_PREFIX: Final = re.compile(r"ocds-[a-z0-9]{6}")
_SCHEME: Final = "x_guiding_catalogue"  # the x_ marks a scheme outside the standard's open list
_CURRENCY: Final = "CNY"


def release_package(run: Run, lang: str, prefix: str = UNREGISTERED, at: datetime | None = None) -> dict[str, Any]:
    """A release package of a run with a plan; raises UsageError where nothing is bought or the prefix is none."""
    if not _PREFIX.fullmatch(prefix):
        raise UsageError("ocid_prefix", value=prefix)
    when = (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    names = names_in(run, lang)
    materials = {year: material_of(run, names, year) for year in years_of(run)}
    releases = [release for of in materials.values() for release in _planned(of, prefix, when)]
    releases += _signed(run, names, prefix, when)
    if not releases:
        raise UsageError("nothing_bought", run=run.run)
    return {
        "uri": f"urn:gpsopt:{run.run}:{str(run.manifest.get('plan_hash') or run.scenario.digest())[:12]}",
        "version": "1.1", "publishedDate": when, "publisher": {"name": run.title(lang)}, "releases": releases,
    }  # fmt: skip


def write_releases(run: Run, path: Path, lang: str, prefix: str = UNREGISTERED) -> int:
    """Write the package; how many releases it holds."""
    package = release_package(run, lang, prefix)
    try:
        path.write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError("file_not_writable", path=str(path), why=error.strerror or str(error)) from None
    return len(package["releases"])


def _planned(of: Material, prefix: str, when: str) -> Iterator[dict[str, Any]]:
    for need, awards in of.bought().items():
        first, asked = awards[0], of.needs.get(need, {})
        item, amount = str(first["item"]), total(awards, "amount")
        ocid = f"{prefix}-{need}-{of.year}"
        tender: dict[str, Any] = {
            "id": f"{ocid}-tender", "title": of.matter(need), "status": "planning", "value": _value(amount),
            "mainProcurementCategory": "services",
            "procurementMethodDetails": of.names.word(item, "procedure") or term("contract", of.lang),
            "eligibilityCriteria": conditions_of(of, item, first["purchaser"]),
            "items": [_item(of.names, item, total(awards, "quantity"))],
            "contractPeriod": _period(of.year, of.year + of.term_years() - 1),
        }  # fmt: skip
        remark = of.names.open_text(asked.get("note"))
        if remark:
            tender["description"] = remark
        yield {
            **_head(of.names, ocid, "planning", when, first["purchaser"]), "tag": ["planning"],
            "planning": {
                "rationale": say("open.rationale", of.lang),
                "budget": {"id": f"{need}-{of.year}", "description": of.matter(need), "amount": _value(amount)},
            },
            "tender": tender,
        }  # fmt: skip


def _signed(run: Run, names: Names, prefix: str, when: str) -> Iterator[dict[str, Any]]:
    """Award and contract of every row of `contracts` that has an amount."""
    tables = run.scenario.tables
    needs = {row["need"]: row for _line, row in tables.rows("needs")}
    offers = {row["offer"]: row for _line, row in tables.rows("offers")}
    for _line, row in tables.rows("contracts"):
        need, offer = needs.get(row["need"]), offers.get(row["offer"])
        if need is None or offer is None or row["amount"] is None:
            continue
        ocid = f"{prefix}-{row['need']}-{row['year']}"
        key, title = f"{ocid}-{row['offer']}", names.project(need["area"], need["item"])
        supplier = {"id": str(offer["undertaker"]), "name": names.of("undertakers", offer["undertaker"])}
        value = _value(Decimal(row["amount"]))
        items = [_item(names, need["item"], Decimal(row["quantity"]))] if row["quantity"] is not None else []
        release = _head(names, ocid, f"contract-{row['offer']}", when, need["purchaser"])
        release["parties"].append({**supplier, "roles": ["supplier"]})
        yield {
            **release, "tag": ["award", "contract"],
            "awards": [{"id": f"{key}-award", "title": title, "status": "active", "value": value,
                        "suppliers": [supplier], **({"items": items} if items else {})}],
            "contracts": [{"id": f"{key}-contract", "awardID": f"{key}-award", "title": title, "status": "active",
                           "period": _period(row["year"], row["until_year"] or row["year"]), "value": value,
                           **({"items": items} if items else {})}],
        }  # fmt: skip


def _head(names: Names, ocid: str, part: str, when: str, purchaser: str) -> dict[str, Any]:
    buyer = {"id": purchaser, "name": names.of("purchasers", purchaser)}
    return {"ocid": ocid, "id": f"{ocid}-{part}", "date": when, "initiationType": "tender", "language": names.lang,
            "parties": [{**buyer, "roles": ["buyer"]}], "buyer": buyer}  # fmt: skip


def _item(names: Names, item: str, quantity: Decimal) -> dict[str, Any]:
    return {"id": item, "description": names.of("items", item),
            "classification": {"scheme": _SCHEME, "id": item, "description": names.of("items", item)},
            "quantity": _number(quantity), "unit": {"name": unit_of(names.item(item, "unit"), names.lang)}}  # fmt: skip


def _value(amount: Decimal) -> dict[str, Any]:
    return {"amount": _number(amount), "currency": _CURRENCY}


def _number(value: Decimal) -> int | float:
    """As JSON writes it; fen survive: a float has more digits than a budget."""
    return int(value) if value == value.to_integral_value() else float(value)


def _period(first: int, last: int) -> dict[str, str]:
    return {"startDate": f"{first}-01-01T00:00:00+08:00", "endDate": f"{last}-12-31T23:59:59+08:00"}


__all__ = ["UNREGISTERED", "release_package", "write_releases"]
