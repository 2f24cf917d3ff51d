"""The scenario files of a desk: what they say of themselves, on which model they stand, whether a run is stale."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gpsopt.errors import InputError, ScenarioError, UsageError
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.tomlfile import read_toml

if TYPE_CHECKING:
    from gpsopt.desk.place import Desk
    from gpsopt.runs import Record


@dataclass(frozen=True)
class ScenarioFile:
    """A scenario of the desk. `base`: its parent scenario, empty where it stands on the model itself."""

    name: str
    path: Path
    title_zh: str
    title_en: str
    question_zh: str
    question_en: str
    base: str
    model: str
    fault: str = ""  # why it cannot be read, in the key of a message

    def title(self, lang: str) -> str:
        """Its title."""
        return (self.title_zh or self.title_en if lang == "zh" else self.title_en or self.title_zh) or self.name

    def question(self, lang: str) -> str:
        """What it asks."""
        return (self.question_zh if lang == "zh" else "") or self.question_en


def scenario_files(desk: Desk) -> list[ScenarioFile]:
    """Every scenario file of the desk: those on a model itself first, then by name."""
    found = [_file(path) for path in sorted(desk.folder.glob("scenarios/*.toml"))]
    return sorted(found, key=lambda file: (bool(file.base), file.name))


def scenario_file(desk: Desk, name: str) -> ScenarioFile | None:
    """One scenario file by its name."""
    return next((file for file in scenario_files(desk) if file.name == name), None)


def model_behind(path: Path) -> Path | None:
    """The model.toml at the end of a scenario's bases; None where the chain is broken."""
    for _step in range(50):
        try:
            data = read_toml(path).data
        except ScenarioError:
            return None
        base, model = data.get("base"), data.get("model")
        given = str(base if base is not None else model or "")
        if not given:
            return None
        if "/" in given:
            path = path.parent / given
            path = path if path.suffix == ".toml" else path / "model.toml"
        elif base is not None:
            path = path.parent / f"{given}.toml"
        else:
            path = path.parent.parent / "models" / given / "model.toml"
        path = Path(os.path.normpath(path))
        if path.name == "model.toml":
            return path
    return None


def read_here(desk: Desk, name: str) -> Scenario:
    """A scenario of the desk, resolved. Raises ScenarioError, UsageError; reads nothing outside the desk."""
    file = desk.folder / "scenarios" / f"{name}.toml"
    if scenario_file(desk, name) is None:
        raise UsageError("scenario_gone", name=name)
    return read_scenario(file, within=desk.folder)


def digest_now(desk: Desk, name: str) -> str | None:
    """The digest of a scenario as it stands now; None where it is gone or cannot be read. Kept until a file changes."""
    file = scenario_file(desk, name)
    if file is None or file.fault:
        return None
    stamp = _stamp(desk, file)
    keep = desk.folder / "digests.json"
    known = _known(keep)
    if known.get(name, {}).get("stamp") == stamp:
        return str(known[name]["digest"])
    try:
        digest = read_here(desk, name).digest()
    except (InputError, UsageError):
        return None
    from gpsopt.desk.place import write_whole

    write_whole(keep, json.dumps({**_known(keep), name: {"stamp": stamp, "digest": digest}}).encode())
    return digest


def is_stale(desk: Desk, record: Record) -> bool:
    """Do the inputs of a run differ from what its scenario says now?

    A run whose scenario never stood on this desk (made by a command elsewhere) is not called stale.
    """
    if scenario_file(desk, record.scenario) is None:
        return bool(record.owner)
    return digest_now(desk, record.scenario) != record.digest


def _file(path: Path) -> ScenarioFile:
    try:
        data = read_toml(path).data
    except ScenarioError:
        return ScenarioFile(path.stem, path, "", "", "", "", "", "", "unreadable")
    model = model_behind(path)
    said = {key: str(data.get(key) or "") for key in ("title_zh", "title", "question_zh", "question", "base")}
    return ScenarioFile(
        name=path.stem, path=path, title_zh=said["title_zh"], title_en=said["title"], question_zh=said["question_zh"],
        question_en=said["question"],
        base=said["base"], model=model.parent.name if model is not None else "",
        fault="" if model is not None else "no_base",
    )  # fmt: skip


def _stamp(desk: Desk, file: ScenarioFile) -> str:
    """Changes when any file that the scenario is read from changes."""
    own = [path for kind in ("toml", "csv") for path in desk.folder.glob(f"scenarios/*.{kind}")]
    paths = [*own, *desk.model_folder(file.model).rglob("*")]
    said = [(path.name, (stat := path.stat()).st_mtime_ns, stat.st_size) for path in sorted(paths) if path.is_file()]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def _known(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
