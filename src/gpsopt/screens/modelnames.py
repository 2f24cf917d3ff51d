"""The names that the open model's own tables give to codes: where there is no run to take them from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gpsopt.csvfile import read_records
from gpsopt.screens.visit import Visit
from gpsopt.tables import SCHEMA

_NAMED: Final = ("purchasers", "items", "areas", "undertakers")


def names_of(here: Visit) -> Mapping[str, Mapping[str, str]]:
    """Table -> code -> name in the visitor's language, from the model's own tables."""
    out: dict[str, dict[str, str]] = {}
    order = ("name_zh", "name_en") if here.lang == "zh" else ("name_en", "name_zh")
    for table in _NAMED:
        path = here.desk.model_folder(here.model) / "tables" / f"{table}.csv"
        records, _found = read_records(path, path.name) if path.is_file() else ([], [])
        if not records:
            out[table] = {}
            continue
        place = {name.strip(): i for i, name in enumerate(records[0][1])}
        key = SCHEMA[table].key[0]
        rows = [[*cells, *[""] * len(place)] for _line, cells in records[1:]]
        out[table] = {
            r[place[key]]: next((r[place[n]] for n in order if n in place and r[place[n]]), r[place[key]])
            for r in rows if key in place
        }  # fmt: skip
    return out
