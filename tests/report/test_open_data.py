"""Open data of a run: releases valid against the published schema 1.1, and a fiscal package that adds up to the fen."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from jsonschema import Draft4Validator, FormatChecker
from referencing import Registry, Resource

from gpsopt.errors import UsageError
from gpsopt.report.fiscal import write_fiscal
from gpsopt.report.opencontracting import release_package, write_releases
from gpsopt.runread import Run
from tests.cli.running import process

OCDS = Path(__file__).parent / "ocds"


def schema(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((OCDS / f"{name}.json").read_text(encoding="utf-8"))
    return read


@pytest.fixture(scope="module")
def validator() -> Draft4Validator:
    """The package's schema; its one reference, to the release's, is answered from the file beside it."""
    release, package = schema("release-schema"), schema("release-package-schema")
    registry = Registry().with_resource(release["id"], Resource.from_contents(release))
    return Draft4Validator(package, registry=registry, format_checker=FormatChecker())


def signed(run: Run) -> Run:
    """The run with two rows in `contracts`, one of them without an amount."""
    offers = [row for _line, row in run.scenario.tables.rows("offers")]
    needs = [row for _line, row in run.scenario.tables.rows("needs")]
    pairs = [(n, o) for n in needs for o in offers if n["item"] == o["item"]][:2]
    frame = run.scenario.tables["contracts"]
    rows = [{**dict.fromkeys(frame.columns), "need": n["need"], "offer": o["offer"], "year": n["year"],
             "quantity": Decimal(2), "amount": amount, "until_year": n["year"] + 1, "fixed": True}
            for (n, o), amount in zip(pairs, (Decimal("1234.56"), None), strict=True)]  # fmt: skip
    tables = run.scenario.tables.with_frame("contracts", pd.DataFrame(rows, columns=frame.columns, dtype=object))
    return replace(run, known_scenario=replace(run.scenario, tables=tables))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_releases_are_valid_and_planning_names_nobody(
    town: Run, lang: str, validator: Draft4Validator, tmp_path: Path
) -> None:
    path = tmp_path / "releases.json"
    count = write_releases(town, path, lang)
    package = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    assert [e.message for e in validator.iter_errors(json.loads(path.read_text(encoding="utf-8")))] == []
    assert {tuple(r["tag"]) for r in package["releases"]} == {("planning",)}
    keys = [r["ocid"] for r in package["releases"]]
    assert len(set(keys)) == count == town.frame("allocation").groupby(["need", "year"]).ngroups
    budgeted = sum(Decimal(r["planning"]["budget"]["amount"]["amount"]) for r in package["releases"])
    assert budgeted == sum(town.frame("allocation")["amount"])
    text = path.read_text(encoding="utf-8")
    tables = town.scenario.tables
    secret = {str(row[k]) for _l, row in tables.rows("undertakers") for k in ("undertaker", "name_zh", "name_en")}
    secret |= {str(row["offer"]) for _line, row in tables.rows("offers")}
    assert not [s for s in secret if re.search(rf"(?<![\w-]){re.escape(s)}(?![\w-])", text)]
    assert '"suppliers"' not in text and '"awards"' not in text and '"unitPrice"' not in text


def test_awards_and_contracts_come_from_signed_contracts_only(town: Run, validator: Draft4Validator) -> None:
    package = json.loads(json.dumps(release_package(signed(town), "en", "ocds-a1b2c3")))
    assert [e.message for e in validator.iter_errors(package)] == []
    made = [r for r in package["releases"] if r["tag"] != ["planning"]]
    assert [r["tag"] for r in made] == [["award", "contract"]]
    assert made[0]["awards"][0]["value"] == {"amount": 1234.56, "currency": "CNY"}
    assert made[0]["contracts"][0]["awardID"] == made[0]["awards"][0]["id"]
    assert {role for p in made[0]["parties"] for role in p["roles"]} == {"buyer", "supplier"}
    assert all(r["ocid"].startswith("ocds-a1b2c3-") for r in package["releases"])


def test_the_validator_refuses_what_is_wrong(town: Run, validator: Draft4Validator) -> None:
    package = json.loads(json.dumps(release_package(town, "en")))
    for spoil in ({"tag": ["promise"]}, {"ocid": ""}, {"buyer": 7}, {"initiationType": "gift"}):
        assert list(validator.iter_errors({**package, "releases": [{**package["releases"][0], **spoil}]})), spoil
    with pytest.raises(UsageError):
        release_package(town, "en", "mine")


def test_the_fiscal_package_adds_up_and_describes_its_columns(town: Run, tmp_path: Path) -> None:
    files = write_fiscal(town, tmp_path / "open", "zh")
    package = json.loads((tmp_path / "open" / "datapackage.json").read_text(encoding="utf-8"))
    tables = {}
    for resource in package["resources"]:
        content = (tmp_path / "open" / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        rows = list(csv.DictReader(content.decode("utf-8").splitlines()))
        assert list(rows[0]) == [field["name"] for field in resource["schema"]["fields"]]
        tables[resource["name"]] = rows
        types = [field["columnType"] for field in resource["schema"]["fields"] if "columnType" in field]
        assert len(types) == len(set(types)) and {"value", "date:fiscal-year", "phase:id"} <= set(types)
    assert set(files) == {f"{name}.csv" for name in tables} | {"datapackage.json"}

    def added(name: str, **where: str) -> Decimal:
        return sum((Decimal(r["value"]) for r in tables[name] if all(r[k] == v for k, v in where.items())), Decimal(0))

    budgets = town.frame("budgets")
    assert added("appropriations") == sum(budgets["amount"])
    for kind in ("direct", "stranded", "purchased", "unspent", "given", "received"):
        assert added("uses", kind=kind) == sum(budgets[kind])
    assert added("uses") - 2 * added("uses", kind="received") == added("appropriations")
    assert added("transfers") == sum(town.frame("transfers")["amount"])


def test_the_command_writes_both(town: Run, tmp_path: Path) -> None:
    done = process("export", town.folder, "--to", tmp_path / "r.json", "--ocid", "ocds-abc123", "--json")
    assert done.code == 0 and done.json["releases"] > 0
    assert process("export", town.folder, "--to", tmp_path / "open", "--fiscal").code == 0
    assert (tmp_path / "open" / "transfers.csv").is_file()
    assert process("export", town.folder, "--to", tmp_path / "x.json", "--ocid", "mine", "--lang", "en").code == 2
