"""Uploads: files of strangers are taken apart and read in a process of its own, with limits on memory and time.

The parent writes the bytes to a folder of the desk and starts `python -m gpsopt.desk.reading` there; what comes
back is a list of findings and, where nothing is wrong, a model folder that is then moved among the desk's models.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gpsopt.desk.place import Desk, check_name
from gpsopt.desk.reading import MARKED
from gpsopt.errors import Finding, UsageError
from gpsopt.workbooks.limits import WALL_SECONDS

#: processor seconds and bytes that reading may take, and each process that it starts
SECONDS: Final = 20
BYTES: Final = 1_000_000_000
#: bytes of everything in one upload
LARGEST: Final = 20_000_000


@dataclass(frozen=True)
class Received:
    """What became of an upload: the model's name where it was accepted, and everything that was found."""

    model: str
    findings: tuple[Finding, ...]
    tables: tuple[str, ...]
    marked: bytes = b""  # the workbook with its faults in red, where it had some


def receive(desk: Desk, files: Mapping[str, bytes], name: str, *, onto: str = "", lang: str = "zh") -> Received:
    """Read an upload (file name -> bytes: CSV tables, model.toml, a zip of them, or a workbook) as the model `name`.

    `lang`: of the words in a marked workbook. `onto`: a model of the desk whose other tables and settings stay.
    Raises UsageError where the upload is too large or its reading took too long; nothing is stored then, nor
    where a finding is an error.
    """
    check_name(name)
    if sum(map(len, files.values())) > LARGEST:
        raise UsageError("upload_too_large", most=LARGEST // 1_000_000)
    place = desk.folder / "incoming" / os.urandom(8).hex()
    raw = place / "raw"
    raw.mkdir(parents=True)
    try:
        known = {}
        for number, (given, content) in enumerate(files.items()):
            (raw / str(number)).write_bytes(content)
            known[str(number)] = Path(given.replace("\\", "/")).name[:120]
        (place / "names.json").write_text(json.dumps(known), encoding="utf-8")
        (place / "lang").write_text(lang, encoding="utf-8")
        if onto:
            shutil.copytree(desk.model_folder(onto), place / "model")
        answer = _read(place)
        findings = tuple(Finding(**entry) for entry in answer["findings"])
        if any(finding.severity == "error" for finding in findings):
            marked = (place / MARKED).read_bytes() if (place / MARKED).is_file() else b""
            return Received("", findings, tuple(answer["tables"]), marked)
        if desk.model_folder(name).exists():
            desk.keep_version(name)
        desk.model_folder(name).parent.mkdir(parents=True, exist_ok=True)
        (place / "model").rename(desk.model_folder(name))
        desk.with_a_scenario(name)
        desk.remember(model=name)
        return Received(name, findings, tuple(answer["tables"]))
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _read(place: Path) -> dict[str, Any]:
    """Run the reading process in `place` and take its answer."""
    command = [sys.executable, "-m", "gpsopt.desk.reading", str(place)]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"}
    try:
        done = subprocess.run(command, capture_output=True, timeout=2 * WALL_SECONDS, env=environment, check=False)
        answer = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        raise UsageError("upload_not_read", seconds=SECONDS, memory=BYTES // 1_000_000_000) from None
    if "refused" in answer:
        raise UsageError(answer["refused"], **answer.get("details", {}))
    assert isinstance(answer, dict)
    return answer
