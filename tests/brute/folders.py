"""A scenario in memory -> a model folder, to look at a seed or to hand it on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gpsopt.read import write_tables
from gpsopt.scenario import Scenario

Row = dict[str, Any]


def write_model(scenario: Scenario, folder: Path) -> None:
    """The scenario as a model folder, to look at a seed or to hand it on."""
    write_tables(scenario.tables, folder / "tables")
    data = scenario.settings.model_dump(exclude_none=True, exclude_defaults=True)
    (folder / "model.toml").write_text("\n".join(_toml(data, ())) + "\n", encoding="utf-8")


def _toml(data: Row, path: tuple[str, ...]) -> list[str]:
    lines = [f"{key} = {_value(value)}" for key, value in data.items()
             if not isinstance(value, dict) and not _of_tables(value)]  # fmt: skip
    for key, value in data.items():
        if isinstance(value, dict):
            lines += [f"[{'.'.join((*path, key))}]", *_toml(value, (*path, key))]
        elif _of_tables(value):
            for entry in value:
                lines += [f"[[{'.'.join((*path, key))}]]", *_toml(entry, (*path, key))]
    return lines


def _of_tables(value: object) -> bool:
    return isinstance(value, list | tuple) and len(value) > 0 and isinstance(value[0], dict)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    return str(value)
