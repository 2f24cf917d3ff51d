"""A run folder: written whole or not at all, for every end; read back by `verify`, reports and people.

CSV (UTF-8 with BOM) is the record. All bytes are made first, written to a hidden folder beside the
target, flushed, and renamed into place; what a killed process leaves is swept by the next write, and a
run that it had set aside comes back.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
import os
import shutil
import threading
import time
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import tomlkit

from gpsopt.cells import format_cell, plain
from gpsopt.changes import entries_text
from gpsopt.errors import UsageError
from gpsopt.plan.plan import Result
from gpsopt.scenario import Scenario
from gpsopt.tables import SCHEMA

_WRITING = ".writing-"  # + run, thread, process: a folder that is being filled
_ASIDE = ".aside-"  # + run, thread, process: an older run while its replacement takes the name
_TRIES = 20  # of taking a name that other writers want too
_DAY = 86_400.0
#: the tables whose content is the plan; their hash is the plan hash
PLAN_TABLES = ("allocation", "direct", "transfers", "coverage", "budgets", "undertakers")


def write_run(result: Result, out: str | Path, more: Mapping[str, bytes] | None = None) -> Path:
    """Write `out/<run>` atomically and return it. The same run, if it is there already and whole, is kept.

    `more`: further files of the run, by their place in its folder.
    """
    return write_folder(Path(out), result.run, {**run_files(result), **(more or {})})


def write_folder(out: Path, name: str, files: Mapping[str, bytes]) -> Path:
    """Write `out/<name>` whole or not at all and return it; raises UsageError where it cannot be written."""
    target = out / name
    try:
        out.mkdir(parents=True, exist_ok=True)
        _sweep(out)
        owner = f"{name}-{threading.get_ident()}-{os.getpid()}"
        temporary = out / f"{_WRITING}{owner}"
        try:
            _write_all(temporary, files)
            _take_name(temporary, target, out / f"{_ASIDE}{owner}", files)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        raise UsageError("folder_not_writable", path=str(out), why=error.strerror or str(error)) from None
    return target


def run_files(result: Result) -> dict[str, bytes]:
    """Name -> content of every file of the run folder."""
    files = {f"inputs/{name}": content for name, content in input_files(result.scenario).items()}
    for name, frame in result.frames.items():
        files[f"{name}.csv"] = table_bytes(frame)
    manifest = {
        **result.manifest,
        "inputs": {n: hashlib.sha256(b).hexdigest() for n, b in sorted(files.items()) if n.startswith("inputs/")},
        "plan_hash": plan_hash(result.frames) if "allocation" in result.frames else None,
    }
    files["summary.json"] = _json(result.summary)
    files["manifest.json"] = _json(manifest)
    return files


def plan_hash(frames: Mapping[str, pd.DataFrame]) -> str:
    """SHA-256 over the plan's tables: equal for equal plans."""
    hasher = hashlib.sha256()
    for name in PLAN_TABLES:
        hasher.update(name.encode())
        hasher.update(table_bytes(frames[name]))
    return hasher.hexdigest()


def text_rows(frame: pd.DataFrame) -> list[dict[str, str]]:
    """The frame's rows as the text that stands in the CSV."""
    columns = [[_text(name, value) for value in frame[name]] for name in frame.columns]
    return [dict(zip(frame.columns, cells, strict=True)) for cells in zip(*columns, strict=True)]


def table_bytes(frame: pd.DataFrame) -> bytes:
    """A table as CSV, UTF-8 with BOM."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(frame.columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(text_rows(frame))
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8")


def input_files(scenario: Scenario) -> dict[str, bytes]:
    """The resolved scenario as a model folder: model.toml and tables, enough to verify or replay."""
    settings = scenario.settings.model_dump(mode="python", exclude_none=True, exclude_defaults=True, by_alias=True)
    settings.update(years=list(scenario.settings.years), base_year=scenario.settings.base_year)
    settings["unit_values"] = {k: plain(v) for k, v in sorted(scenario.unit_values.items())}
    start = {} if scenario.start is None else dict(scenario.start.files)
    solver = {**settings.get("solver", {}), "start": next(iter(start), "").split("/")[0]}
    settings |= {"solver": {key: value for key, value in solver.items() if value != ""}}
    files = {**start, "model.toml": tomlkit.dumps(_tomlable(settings)).encode("utf-8")}
    if scenario.entries:
        files["changes.json"] = entries_text(scenario.entries).encode("utf-8")
    for name, frame in scenario.tables.frames.items():
        if frame.empty and SCHEMA[name].optional:
            continue
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(frame.columns)
        writer.writerows(zip(*([format_cell(v) for v in frame[c]] for c in frame.columns), strict=True))
        files[f"tables/{name}.csv"] = stream.getvalue().encode("utf-8")
    return files


def _tomlable(value: Any) -> Any:
    """Settings as TOML knows them; decimals become text so that nothing is lost (they read back exactly)."""
    if isinstance(value, dict):
        return {k: _tomlable(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [_tomlable(v) for v in value]
    return plain(value) if isinstance(value, Decimal) else value


def _text(column: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return plain(value) if column == "price" else format(value, "f")
    return str(value)


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1, default=_jsonable) + "\n").encode("utf-8")


def _jsonable(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(type(value))


def _write_all(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    for directory in {path.parent for path in (folder / name for name in files)}:
        _sync(directory)


def _take_name(temporary: Path, target: Path, aside: Path, files: Mapping[str, bytes]) -> None:
    """Give the new folder its name, in place of a different older run; writers of the same run keep the first."""
    for attempt in range(_TRIES):
        if _holds(target, files):
            return
        try:
            if target.exists():
                target.rename(aside)
            temporary.rename(target)
            break
        except OSError:
            if attempt == _TRIES - 1:
                raise
            time.sleep(0.01 * attempt)  # another writer is between its two renames
    shutil.rmtree(aside, ignore_errors=True)
    _sync(target.parent)


def _holds(target: Path, files: Mapping[str, bytes]) -> bool:
    """Does the folder hold these very files? The seconds that a run took do not make it another run."""
    try:
        return all(_lasting(name, (target / name).read_bytes()) == _lasting(name, new) for name, new in files.items())
    except (OSError, ValueError):
        return False


def _lasting(name: str, content: bytes) -> object:
    """A file's content without what differs from one run of the same request to the next."""
    if name != "summary.json":
        return content
    return {key: value for key, value in json.loads(content).items() if key != "seconds"}


def _sync(directory: Path) -> None:
    """Make a rename last through a power cut, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _sweep(out: Path) -> None:
    """Remove what writers that no longer live have left behind; a run that they set aside gets its name back."""
    for path in [*out.glob(f"{_ASIDE}*"), *out.glob(f"{_WRITING}*")]:
        run, thread, owner = [*path.name.rsplit("-", 2), "", ""][:3]
        if not (thread.isdigit() and owner.isdigit()) or _alive(int(owner), path):
            continue
        target = out / run.removeprefix(_ASIDE)
        if path.name.startswith(_ASIDE) and not target.exists():
            with contextlib.suppress(OSError):  # another writer was first
                path.rename(target)
        shutil.rmtree(path, ignore_errors=True)


def _alive(process: int, path: Path) -> bool:
    """Does the process still run? Where asking would end it (Windows): was it writing within a day?"""
    if os.name == "nt":
        try:
            return time.time() - path.stat().st_mtime < _DAY
        except OSError:
            return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


__all__ = ["input_files", "plan_hash", "run_files", "table_bytes", "text_rows", "write_run"]
