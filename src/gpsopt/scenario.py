"""A scenario: a model's tables and settings after its chain of bases is followed.

`read_scenario(path)` takes a scenario file or a model folder. Rows are changed, dropped and added
file by file from the model outwards; settings are merged key by key; locks gather, the last word on
a decision holds. The canonical hash covers settings, locks and tables, not the order of rows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError

from gpsopt.cells import format_cell
from gpsopt.departure import apply_departure
from gpsopt.errors import Finding, ScenarioError, UsageError
from gpsopt.read import nearest, read_tables
from gpsopt.settings import Departure, Settings
from gpsopt.tables import Tables
from gpsopt.tomlfile import TomlFile, read_toml
from gpsopt.unitvalue import unit_values

_ROWS: Final = ("change", "add", "drop")
_SCENARIO_KEYS: Final = (*Settings.model_fields, *_ROWS, "base", "model")
_MODEL_KEYS: Final = tuple(Settings.model_fields)


@dataclass(frozen=True)
class Scenario:
    """A named departure from a model, resolved: what the model, the plan and `verify` are made from."""

    name: str
    settings: Settings
    tables: Tables
    findings: tuple[Finding, ...] = ()
    chain: tuple[str, ...] = ()  # the files it was read from, model first
    unit_values: Mapping[str, Decimal] = field(default_factory=dict)  # item -> yuan a unit, before any change

    def digest(self) -> str:
        """SHA-256 of the canonical input: equal for equal content, whatever the order of rows."""
        hasher = hashlib.sha256(canonical_settings(self.settings).encode())
        hasher.update(json.dumps({k: format_cell(v) for k, v in sorted(self.unit_values.items())}).encode())
        for name in sorted(self.tables.frames):
            hasher.update(f"\n[{name}]\n".encode())
            for _line, row in self.tables.rows(name):
                cells = {k: format_cell(v) for k, v in row.items() if v is not None}
                hasher.update(json.dumps(cells, ensure_ascii=False, sort_keys=True).encode())
        return hasher.hexdigest()

    def title(self, lang: str) -> str:
        """The scenario's title in a language, falling back to the other one and to its name."""
        zh, en = self.settings.title_zh, self.settings.title
        return (zh or en if lang == "zh" else en or zh) or self.name


def canonical_settings(settings: Settings) -> str:
    """The settings as JSON with sorted keys."""
    return json.dumps(
        settings.model_dump(mode="json", exclude_none=True, exclude={"unit_values"}), ensure_ascii=False, sort_keys=True
    )


def read_scenario(path: str | Path) -> Scenario:
    """Read a scenario file or a model folder; raises ScenarioError with every fault that was found.

    The tables' own findings travel in `Scenario.findings`; `gpsopt.checks.check` adds the rest.
    """
    start = Path(path)
    files = _chain(start)
    model_folder = files[0].path.parent
    findings = [f for file in files for f in _key_findings(file)]
    if findings:
        raise ScenarioError(tuple(findings))
    settings = _merge(files)
    tables, found = read_tables(model_folder)
    values = settings.unit_values or unit_values(tables)
    for file in files[1:]:
        tables, faults = apply_departure(tables, _departure(file), file)
        found = (*found, *faults)
    name = start.stem if start.is_file() else start.resolve().name
    return Scenario(name, settings, tables, found, tuple(str(file.path) for file in files), values)


def _chain(start: Path) -> list[TomlFile]:
    """The files from the model outwards to the scenario itself."""
    path = start / "model.toml" if start.is_dir() else start
    if not path.is_file():
        raise UsageError("path_missing", path=str(path))
    files: list[TomlFile] = []
    seen: list[Path] = []
    while True:
        if path.resolve() in seen:
            raise ScenarioError((Finding("error", "base_loops", file=str(path), value=path.stem),))
        seen.append(path.resolve())
        files.append(read_toml(path))
        if path.name == "model.toml":
            return files[::-1]
        path = _parent_of(files[-1])


def _parent_of(file: TomlFile) -> Path:
    base, model = file.data.get("base"), file.data.get("model")
    given = base if base is not None else model
    if (base is None) == (model is None) or not isinstance(given, str):
        raise ScenarioError((Finding("error", "base_or_model", file=str(file.path)),))
    key = "base" if model is None else "model"
    folder = file.path.parent
    if "/" in given:
        target = folder / given
        path = target / "model.toml" if target.is_dir() else target
    elif key == "base":
        path = folder / f"{given}.toml"
    else:
        path = folder.parent / "models" / given / "model.toml"
    if not path.is_file():
        raise ScenarioError((_missing_base(file, key, given, path),))
    return path


def _missing_base(file: TomlFile, key: str, given: str, path: Path) -> Finding:
    if key == "model":
        known = tuple(sorted(p.parent.name for p in path.parent.parent.glob("*/model.toml")))
    else:
        known = tuple(sorted(p.stem for p in file.path.parent.glob("*.toml") if p != file.path))
    return Finding("error", "base_missing", str(file.path), row=file.line((key,)), column=key, value=given,
                   details={"nearest": nearest(given, known), "path": str(path)})  # fmt: skip


def _key_findings(file: TomlFile) -> list[Finding]:
    """Unknown keys anywhere in the file, each with its line and the nearest known name."""
    top = _MODEL_KEYS if file.path.name == "model.toml" else _SCENARIO_KEYS
    unknown = _unknown(file.data, Settings, (), top)
    for group in _ROWS:
        for place, entry in enumerate(file.data.get(group, ())):
            fields = _model_in(Departure.model_fields[group].annotation)
            if isinstance(entry, dict) and fields is not None:
                unknown += _unknown(entry, fields, (group, place), tuple(fields.model_fields))
    return [
        Finding("error", "key_unknown", str(file.path), row=file.line(path), column=".".join(map(str, path)),
                value=str(path[-1]), details={"nearest": nearest(str(path[-1]), known)})
        for path, known in unknown
    ]  # fmt: skip


Path_ = tuple[str | int, ...]


def _unknown(
    data: dict[str, Any], model: type[BaseModel], path: Path_, known: tuple[str, ...]
) -> list[tuple[Path_, tuple[str, ...]]]:
    found: list[tuple[Path_, tuple[str, ...]]] = []
    for key, value in data.items():
        if key not in known:
            found.append(((*path, key), known))
            continue
        inner = _model_in(model.model_fields[key].annotation) if key in model.model_fields else None
        if inner is None:
            continue
        if isinstance(value, dict) and key not in ("goals", "unit_values"):
            found += _unknown(value, inner, (*path, key), tuple(inner.model_fields))
        elif isinstance(value, list):
            for place, entry in enumerate(value):
                if isinstance(entry, dict):
                    found += _unknown(entry, inner, (*path, key, place), tuple(inner.model_fields))
    return found


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The pydantic model inside an annotation such as `Coverage | None` or `tuple[Lock, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for a in get_args(annotation) if (m := _model_in(a)) is not None), None)


def _merge(files: list[TomlFile]) -> Settings:
    merged: dict[str, Any] = {}
    for file in files:
        merged = _merged(merged, {k: v for k, v in file.data.items() if k in _MODEL_KEYS})
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        raise ScenarioError(tuple(_blame(files, e) for e in error.errors())) from None


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    out = dict(below)
    for key, value in above.items():
        if key == "lock":
            out[key] = _locks([*below.get(key, ()), *value])
        elif isinstance(value, dict) and isinstance(below.get(key), dict):
            out[key] = _merged(below[key], value)
        else:
            out[key] = value
    return out


def _locks(locks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last lock on a decision holds."""
    held = {(str(k.get("need")), str(k.get("year")), str(k.get("offer"))): k for k in locks if isinstance(k, dict)}
    return list(held.values())


def _blame(files: list[TomlFile], error: Any) -> Finding:
    """A pydantic error as a finding in the outermost file that says the key."""
    path = tuple(part for part in error["loc"] if not str(part).startswith("function-"))
    for file in reversed(files):
        for end in range(len(path), 0, -1):
            if file.has(path[:end]):
                return Finding(
                    "error", "setting_wrong", str(file.path), row=file.line(path[:end]),
                    column=".".join(map(str, path)), value=_shown(error.get("input")),
                    details={"why": error["msg"]},
                )  # fmt: skip
    return Finding("error", "setting_wrong", str(files[0].path), column=".".join(map(str, path)),
                   details={"why": error["msg"]})  # fmt: skip


def _shown(value: object) -> str:
    return str(value) if isinstance(value, str | int | Decimal | bool) else ""


def _departure(file: TomlFile) -> Departure:
    try:
        return Departure.model_validate({k: v for k, v in file.data.items() if k in _ROWS})
    except ValidationError as error:
        raise ScenarioError(tuple(_blame([file], e) for e in error.errors())) from None


__all__ = ["Scenario", "canonical_settings", "read_scenario"]
