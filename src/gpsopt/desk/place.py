"""Where a desk stands, what may be opened on it, and what was opened.

runs/                  the store: store.sqlite, jobs.sqlite, runs made by commands (shared)
runs/desks/<owner>/    models/, scenarios/, runs/, versions/, desk.json
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from gpsopt.errors import ScenarioError, UsageError
from gpsopt.jobs import Board, open_board
from gpsopt.runs import Store, open_store
from gpsopt.tomlfile import read_toml

_NAME: Final = re.compile(r"[^\W_][\w .()（）-]{0,59}")
_DEMO: Final = ("beijing", "town")  # models in the order in which they are offered


@dataclass(frozen=True)
class LibraryModel:
    """A model that may be opened: shipped with the program or standing in the folder the app was started in."""

    name: str
    folder: Path
    title_zh: str
    title_en: str

    def title(self, lang: str) -> str:
        """Its title."""
        return (self.title_zh or self.title_en if lang == "zh" else self.title_en or self.title_zh) or self.name


@dataclass(frozen=True)
class Desk:
    """One owner's place. `library` holds models/ and scenarios/ that everybody may open."""

    store: Store
    board: Board
    library: Path
    owner: str

    @cached_property
    def folder(self) -> Path:
        """Everything of this owner; its name tells nobody the owner's key."""
        return self.store.folder / "desks" / hashlib.sha256(self.owner.encode()).hexdigest()[:24]

    @property
    def runs(self) -> str:
        """Where this owner's runs go, relative to the store."""
        return f"{self.folder.relative_to(self.store.folder).as_posix()}/runs"

    @property
    def simulations(self) -> str:
        """Where this owner's simulations go, relative to the store."""
        return f"{self.folder.relative_to(self.store.folder).as_posix()}/simulations"

    def models(self) -> list[str]:
        """The models on the desk."""
        return sorted(path.parent.name for path in self.folder.glob("models/*/model.toml"))

    def model_folder(self, model: str) -> Path:
        """Where a model of the desk stands."""
        return self.folder / "models" / model

    def offered(self) -> list[LibraryModel]:
        """The models of the library."""
        folders = [path.parent for path in self.library.glob("models/*/model.toml")]
        if (self.library / "model.toml").is_file():
            folders.append(self.library)
        found = [_library_model(folder) for folder in folders]
        rank = {name: place for place, name in enumerate(_DEMO)}
        return sorted(found, key=lambda model: (rank.get(model.name, len(rank)), model.name))

    def open_model(self, offered: LibraryModel) -> str:
        """Copy a model of the library and its scenarios to the desk; returns its name there.

        A model of that name that is on the desk already is kept as an earlier version.
        """
        target = self.model_folder(offered.name)
        if target.exists():
            self.keep_version(offered.name)
        copy_model(offered.folder, target)
        places = [self.library / "scenarios", offered.folder / "scenarios"]
        for path in sorted(path for place in places if place.is_dir() for path in place.glob("*.toml")):
            self._bring(path, offered)
        self.with_a_scenario(offered.name)
        self.remember(model=offered.name)
        return offered.name

    def with_a_scenario(self, model: str) -> None:
        """A model on which no scenario stands gets one that changes nothing: its baseline."""
        from gpsopt.desk.files import scenario_files

        if any(file.model == model for file in scenario_files(self)):
            return
        said = _read(self.model_folder(model) / "model.toml")
        name = model if not (self.folder / "scenarios" / f"{model}.toml").exists() else f"{model} baseline"
        lines = [f"{key} = {json.dumps(str(said.get(key) or ''), ensure_ascii=False)}" for key in ("title", "title_zh")]
        self.write_scenario(name, "\n".join([*lines, f"model = {json.dumps(model, ensure_ascii=False)}", ""]))

    def write_scenario(self, name: str, text: str, start: Path | None = None) -> Path:
        """Write a scenario file; what stood there before is kept among its versions.

        `start`: the plan that it begins from, kept beside it under its name.
        """
        check_name(name)
        path = self.folder / "scenarios" / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.read_text(encoding="utf-8") != text:
            kept = self.folder / "versions" / "scenarios" / name
            kept.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, kept / f"{len(list(kept.iterdir())) + 1:04d}.toml")
        if start is not None and start.is_file():
            write_whole(path.with_suffix(".csv"), start.read_bytes())
        write_whole(path, text.encode("utf-8"))
        return path

    def keep_version(self, model: str) -> None:
        """Move a model that is to be replaced among its versions."""
        kept = self.folder / "versions" / "models" / model
        kept.mkdir(parents=True, exist_ok=True)
        self.model_folder(model).rename(kept / f"{len(list(kept.iterdir())) + 1:04d}")

    def remembered(self) -> dict[str, Any]:
        """What the desk keeps of its owner's choices: model, baseline of each model, language, unit."""
        try:
            found = json.loads((self.folder / "desk.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def remember(self, **choices: Any) -> None:
        """Keep choices over reloads and restarts."""
        if self.remembered() | choices != self.remembered():
            self.folder.mkdir(parents=True, exist_ok=True)
            said = json.dumps(self.remembered() | choices, ensure_ascii=False, indent=1)
            write_whole(self.folder / "desk.json", said.encode("utf-8"))

    def _bring(self, path: Path, offered: LibraryModel) -> None:
        """Copy a scenario of the library whose bases lead to this model; one of the desk's own is never replaced."""
        target = self.folder / "scenarios" / path.name
        if target.exists() or _stands_on(path, offered) is None:
            return
        text = path.read_text(encoding="utf-8")
        given = _read(path).get("model")
        if given is not None and "/" in str(given):  # a path: here the model stands beside the scenarios
            line = rf"(?m)^model\s*=\s*{re.escape(json.dumps(given))}"
            text = re.sub(line, f"model = {json.dumps(offered.name, ensure_ascii=False)}", text)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, text.encode("utf-8"))


def open_desk(store: Path, library: Path, owner: str) -> Desk:
    """The desk of an owner. Raises UsageError where the store cannot be written."""
    return Desk(open_store(store), open_board(store), library, owner)


def copy_model(source: Path, target: Path) -> None:
    """Copy what a model is made of: model.toml, its tables and its sources."""
    target.mkdir(parents=True)
    (target / "tables").mkdir()
    for path in [source / "model.toml", *source.glob("*.md"), *source.glob("tables/*.csv")]:
        if path.is_file():
            shutil.copyfile(path, target / path.relative_to(source))


def check_name(name: str) -> None:
    """Refuse what cannot be a file's name on every system."""
    if not _NAME.fullmatch(name) or name.endswith((".", " ")):
        raise UsageError("name_not_usable", name=name[:60])


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises UsageError where that is not possible."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise UsageError("store_not_writable", path=str(path.parent), why=error.strerror or str(error)) from None


def _library_model(folder: Path) -> LibraryModel:
    said = _read(folder / "model.toml")
    return LibraryModel(folder.resolve().name, folder, str(said.get("title_zh") or ""), str(said.get("title") or ""))


def _stands_on(path: Path, offered: LibraryModel) -> Path | None:
    """The model file at the end of a scenario's bases, if it is the offered one."""
    from gpsopt.desk.files import model_behind

    found = model_behind(path)
    return found if found is not None and found.parent.resolve() == offered.folder.resolve() else None


def _read(path: Path) -> dict[str, Any]:
    try:
        return read_toml(path).data
    except (ScenarioError, tomllib.TOMLDecodeError):
        return {}


__all__ = ["Desk", "LibraryModel", "check_name", "copy_model", "open_desk", "write_whole"]
