"""The model's tables as an open data package: `datapackage.json` beside the CSV files, in Table Schema terms.

Source of the words: Frictionless Data Package and Table Schema, version 1. Titles stand in both languages;
`unit` is a property of our own, which the standard allows.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from gpsopt.cells import format_cell
from gpsopt.read import write_tables
from gpsopt.scenario import Scenario
from gpsopt.tables import SCHEMA, Column, Table
from gpsopt.text import terms

_TYPES: Final = {"yesno": "boolean", "count": "integer", "year": "integer", "money": "number", "price": "number",
                 "quantity": "number", "share": "number", "number": "number"}  # fmt: skip


def write_package(scenario: Scenario, folder: Path, settings: str = "") -> list[str]:
    """Write the scenario's tables and their description into `folder`; the names of the files written.

    `settings` is the text of model.toml, which travels beside them: years, aims and clauses are no table.
    """
    write_tables(scenario.tables, folder)
    names = [name for name, frame in scenario.tables.frames.items() if not (frame.empty and SCHEMA[name].optional)]
    text = json.dumps(descriptor(scenario, names), ensure_ascii=False, indent=1)
    (folder / "datapackage.json").write_text(text + "\n", encoding="utf-8")
    if settings:
        (folder / "model.toml").write_text(settings, encoding="utf-8")
    return [*(f"{name}.csv" for name in names), "datapackage.json", *(["model.toml"] if settings else [])]


def descriptor(scenario: Scenario, names: list[str]) -> dict[str, Any]:
    """The description of the tables `names`."""
    known = set(names)
    return {
        "profile": "tabular-data-package", "name": scenario.name.lower().replace(" ", "-"),
        "title": _two(scenario.title("zh"), scenario.title("en")),
        "titles": {"zh": scenario.title("zh"), "en": scenario.title("en")},
        "id": scenario.digest(), "resources": [_resource(SCHEMA[name], known) for name in names],
    }  # fmt: skip


def _resource(table: Table, known: set[str]) -> dict[str, Any]:
    entry = terms()[table.name]
    keys = [
        {"fields": c.name, "reference": {"resource": c.ref, "fields": SCHEMA[c.ref].key[0]}}
        for c in table.columns if c.ref in known and c.kind == "code"
    ]  # fmt: skip
    return {
        "profile": "tabular-data-resource", "name": table.name, "path": f"{table.name}.csv", "format": "csv",
        "mediatype": "text/csv", "encoding": "utf-8", "title": _two(entry.zh, entry.en),
        "description": _two(entry.definition_zh, entry.definition_en),
        "schema": {"fields": [_field(table, c) for c in table.columns], "missingValues": [""],
                   "primaryKey": list(table.key), **({"foreignKeys": keys} if keys else {})},
    }  # fmt: skip


def _field(table: Table, column: Column) -> dict[str, Any]:
    kind = _TYPES.get(column.kind, "string")
    entry = terms().get(f"{table.name}.{column.name}") or terms().get(column.name)
    bounds: dict[str, Any] = {"required": True} if column.required else {}
    if column.low is not None:
        bounds["minimum"] = column.low
    if column.high is not None:
        bounds["maximum"] = column.high
    if column.choices:
        bounds["enum"] = list(column.choices)
    zh, en = column.title(table.name, "zh"), column.title(table.name, "en")
    field: dict[str, Any] = {"name": column.name, "type": kind, "title": _two(zh, en), "titles": {"zh": zh, "en": en}}
    if entry is not None:
        field["description"] = _two(entry.definition_zh, entry.definition_en)
    if kind == "boolean":
        field |= {"trueValues": ["yes"], "falseValues": ["no"]}
    if column.kind == "codes":
        field["separator"] = ";"
    if column.unit:
        field["unit"] = column.unit
    if column.default is not None:
        field["default"] = format_cell(column.default)
    return field | ({"constraints": bounds} if bounds else {})


def _two(zh: str, en: str) -> str:
    return zh if zh == en else f"{zh} / {en}"


__all__ = ["descriptor", "write_package"]
