"""A scenario: a model's tables and settings after its chain of bases is followed.

`read_scenario(path)` takes a scenario file or a model folder. Rows are changed, dropped and added
file by file from the model outwards; settings are merged key by key; locks gather, the last word on
a decision holds. The canonical hash covers settings, locks and tables, not the order of rows.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from gpsopt.cells import UNSEEN, format_cell, nearest, plain
from gpsopt.changes import Entry, entries_of
from gpsopt.controls import check_controls, without_departed
from gpsopt.departure import apply_departure
from gpsopt.errors import Finding, ScenarioError, UsageError
from gpsopt.givenplan import GivenPlan, given_plan
from gpsopt.read import read_tables
from gpsopt.settingkeys import MODEL_KEYS, Decision, departure_of, locks_of, settings_of, unknown_keys
from gpsopt.settings import Departure, Lock, Settings
from gpsopt.tables import Tables
from gpsopt.tomlfile import TomlFile, read_toml
from gpsopt.unitvalue import unit_values

MAX_CHAIN: Final = 50
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Scenario:
    """A named departure from a model, resolved: what the model, the plan and `verify` are made from."""

    name: str
    settings: Settings
    tables: Tables
    findings: tuple[Finding, ...] = ()
    chain: tuple[str, ...] = ()  # the files it was read from, model first
    unit_values: Mapping[str, Decimal] = field(default_factory=dict)  # item -> yuan a unit, before any change
    lock_places: Mapping[Decision, tuple[str, int | None]] = field(default_factory=dict)  # file and line of a lock
    places: Mapping[str, tuple[str, int]] = field(default_factory=dict)  # setting -> the file and line that say it
    entries: tuple[Entry, ...] = ()  # what its files change, entry by entry, in the order in which they apply
    start: GivenPlan | None = None  # the plan that the search begins from

    def digest(self) -> str:
        """SHA-256 of the canonical input: equal for equal content, whatever the order of rows."""
        hasher = hashlib.sha256(canonical_settings(self.settings).encode())
        hasher.update(json.dumps({k: format_cell(v) for k, v in sorted(self.unit_values.items())}).encode())
        for name in sorted(self.tables.frames):
            hasher.update(f"\n[{name}]\n".encode())
            for _line, row in self.tables.rows(name):
                cells = {k: format_cell(v) for k, v in row.items() if v is not None}
                hasher.update(json.dumps(cells, ensure_ascii=False, sort_keys=True).encode())
        for content in () if self.start is None else self.start.files.values():
            hasher.update(b"\n[start]\n" + content)
        return hasher.hexdigest()

    def title(self, lang: str) -> str:
        """The scenario's title in a language, falling back to the other one and to its name."""
        zh, en = self.settings.title_zh, self.settings.title
        return (zh or en if lang == "zh" else en or zh) or self.name

    def question(self, lang: str) -> str:
        """What the scenario asks, in a language where it says it in that one."""
        zh, en = self.settings.question_zh, self.settings.question
        return zh or en if lang == "zh" else en or zh


def canonical_settings(settings: Settings) -> str:
    """The settings as JSON with sorted keys and decimals without idle zeros; a translation changes no answer, and a
    plan to begin from is known by what it says, not by where it stands."""
    said = settings.model_dump(exclude_none=True, exclude={"unit_values", "question_zh"})
    said["solver"].pop("start")
    return json.dumps(said, default=_as_text, ensure_ascii=False, sort_keys=True)


def read_scenario(
    path: str | Path, within: Path | None = None, given: tuple[Tables, tuple[Finding, ...]] | None = None
) -> Scenario:
    """Read a scenario file or a model folder; raises ScenarioError with every fault of the TOML files.

    The tables' own findings, errors too, travel in `Scenario.findings`; `gpsopt.checks.check` adds the rest.
    `within`: no file outside this folder is read (for scenarios that strangers send). `given`: the model's
    tables and their findings where they came from elsewhere, a workbook for one.
    """
    start = Path(path)
    files = _chain(start, within)
    findings = [f for file in files for f in unknown_keys(file)]
    locks: dict[Decision, tuple[Lock, str, int | None]] = {}
    departures: list[Departure] = []
    for file in files:
        held, faults = locks_of(file)
        departure, refused = departure_of(file) if file is not files[0] else (Departure(), [])
        locks.update({decision: (lock, str(file.path), row) for decision, (lock, row) in held.items()})
        locks = {decision: entry for decision, entry in locks.items() if not entry[0].free}
        departures.append(departure)
        findings += [*faults, *refused]
    merged = {**_merge(files), "lock": tuple(locks[decision][0] for decision in sorted(locks))}
    settings, faults = settings_of(files, merged)
    begin, missing = _start(files, within)
    if findings or settings is None:
        raise ScenarioError((*findings, *faults))
    tables, found, values = _tables(files, departures, settings, given)
    held_at = {decision: (file, row) for decision, (_lock, file, row) in locks.items()}
    places = {key: place for file in files for key, place in file.places().items()}
    found, chain = (*missing, *found), tuple(str(f.path) for f in files)
    return Scenario(
        _name(start), settings, tables, found, chain, values, held_at, places, entries_of(files), begin
    )  # fmt: skip


def _tables(
    files: list[TomlFile],
    departures: list[Departure],
    settings: Settings,
    given: tuple[Tables, tuple[Finding, ...]] | None,
) -> tuple[Tables, tuple[Finding, ...], Mapping[str, Decimal]]:
    """The model's tables after every departure, what was found on the way, and the unit values before."""
    tables, found = given or read_tables(files[0].path.parent)
    untied = check_controls(tables, found)
    findings = [*found, *untied]
    values = settings.unit_values or unit_values(tables)
    for file, departure in zip(files[1:], departures[1:], strict=True):
        tables, faults = apply_departure(tables, departure, file)
        findings += faults
    tables, departed = without_departed(tables, untied, found)
    return tables, (*findings, *departed), values


def _start(files: list[TomlFile], within: Path | None) -> tuple[GivenPlan | None, list[Finding]]:
    """Where the plan to begin from stands, as the outermost file that names one says; `start = ""` names none.

    One that is not there is a warning: a scenario that travels alone can still be solved.
    """
    for file in reversed(files):
        given = _table(file.data, "solver").get("start")
        if not isinstance(given, str):
            continue
        path = Path(os.path.normpath(file.path.parent / given))
        outside = within is not None and "\0" not in given and not path.resolve().is_relative_to(within.resolve())
        plan = given_plan(path) if given and not outside else None
        if plan is not None or not given:
            return plan, []
        return None, [Finding("warning", "start_missing", str(file.path), row=file.line(("solver", "start")),
                              column="solver.start", value=given)]  # fmt: skip
    return None, []


def _name(start: Path) -> str:
    """The scenario's name, fit to be part of a folder's name on any system."""
    folder = start if start.is_dir() else start.parent
    name = start.stem if start.is_file() and start.name != "model.toml" else folder.resolve().name
    name = UNSEEN.sub("_", re.sub(r'[<>:"/\\|?*]', "_", name))[:60].strip(" .") or "scenario"
    return f"{name}_" if _DEVICES.fullmatch(name) else name


def _chain(start: Path, within: Path | None) -> list[TomlFile]:
    """The files from the model outwards to the scenario itself."""
    path = start / "model.toml" if start.is_dir() else start
    if not path.is_file():
        raise UsageError("path_missing", path=str(path))
    files: list[TomlFile] = []
    seen: list[Path] = []
    while True:
        if path.resolve() in seen or len(seen) == MAX_CHAIN:
            last = files[-1]
            raise ScenarioError((Finding("error", "base_loops", str(last.path), row=last.line(("base",)),
                                         column="base", value=path.stem),))  # fmt: skip
        seen.append(path.resolve())
        files.append(read_toml(path))
        if path.name == "model.toml":
            return files[::-1]
        path = _parent_of(files[-1], within)


def _parent_of(file: TomlFile, within: Path | None) -> Path:
    base, model = file.data.get("base"), file.data.get("model")
    given = base if base is not None else model
    if (base is None) == (model is None) or not isinstance(given, str):
        row = file.line(("model",)) if base is not None else None
        raise ScenarioError((Finding("error", "base_or_model", str(file.path), row=row),))
    key = "base" if model is None else "model"
    folder = file.path.parent
    if "/" in given:
        target = folder / given
        path = target if target.suffix == ".toml" else target / "model.toml"
    elif key == "base":
        path = folder / f"{given}.toml"
    else:
        path = folder / ".." / "models" / given / "model.toml"
    path = Path(os.path.normpath(path))
    outside = within is not None and not path.resolve().is_relative_to(within.resolve())
    if outside or not _is_file(path):
        raise ScenarioError((_missing_base(file, key, given, path, outside),))
    return path


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no system accepts
        return False


def _missing_base(file: TomlFile, key: str, given: str, path: Path, outside: bool) -> Finding:
    known: tuple[str, ...] = ()
    if outside:
        known = ()
    elif path.name == "model.toml":
        known = tuple(sorted(p.parent.name for p in path.parent.parent.glob("*/model.toml")))
    else:
        known = tuple(sorted(p.stem for p in path.parent.glob("*.toml") if p != file.path))
    return Finding("error", "base_outside" if outside else "base_missing", str(file.path), row=file.line((key,)),
                   column=key, value=given, details={"nearest": nearest(Path(given).stem, known)})  # fmt: skip


def _merge(files: list[TomlFile]) -> dict[str, Any]:
    """The settings of every file in one: groups key by key, the outermost word holds; locks are gathered apart."""
    merged: dict[str, Any] = {}
    for file in files:
        said = {k: v for k, v in file.data.items() if k in MODEL_KEYS and k != "lock"}
        for english, chinese in (
            ("title", "title_zh"),
            ("question", "question_zh"),
        ):  # a translation goes with its text
            if english in said or chinese in said:
                said = {english: "", chinese: "", **said}
        merged = _merged(merged, said)
    return _with_term_chosen(files, merged)


def _with_term_chosen(files: list[TomlFile], merged: dict[str, Any]) -> dict[str, Any]:
    """A term that a scenario gives is its choice, also for years before the law of terms was in force; a term in
    model.toml binds from that law on. `before_force` in any of the files goes before both."""
    term = _table(_table(merged, "clauses"), "contract_term")
    chosen = any("years" in _table(_table(file.data, "clauses"), "contract_term") for file in files[1:])
    if not chosen or "before_force" in term:
        return merged
    return _merged(merged, {"clauses": {"contract_term": {"before_force": True}}})


def _table(data: dict[str, Any], key: str) -> dict[str, Any]:
    found = data.get(key)
    return found if isinstance(found, dict) else {}


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    out = dict(below)
    for key, value in above.items():
        inner = below.get(key)
        out[key] = _merged(inner, value) if isinstance(value, dict) and isinstance(inner, dict) else value
    return out


def _as_text(value: object) -> str:
    if isinstance(value, Decimal):
        return plain(value)
    raise TypeError(f"{type(value).__name__} in settings")


__all__ = ["Scenario", "canonical_settings", "read_scenario"]
