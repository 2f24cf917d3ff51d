"""gpsopt app: the Streamlit front end, on this machine unless told otherwise."""

from __future__ import annotations

import os
import socket
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from gpsopt.commandline import Lang, app, there, tongue_of, writable
from gpsopt.errors import UsageError
from gpsopt.terminal import Reply
from gpsopt.text import say

_PACKAGE: Final = Path(__file__).resolve().parents[1]


@app.command(name="app")
def front_end(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8501,
    host: Annotated[str, typer.Option()] = "127.0.0.1",
    folder: Annotated[Path, typer.Option()] = Path(),
    lang: Lang = None,
) -> Reply:
    there(folder)
    store = folder.absolute() / "runs"
    writable(store)
    _refuse_taken(host, port)
    os.environ.setdefault("GPSOPT_LIBRARY", str(library(folder.absolute())))
    os.environ.setdefault("GPSOPT_STORE", str(store))
    tongue = tongue_of()
    shown = "localhost" if host == "127.0.0.1" else host
    print(say("cli.app_opens", tongue, address=f"http://{shown}:{port}", runs=store), flush=True)
    _serve({**settings(), "server.address": host, "server.port": port})
    return Reply()


def library(folder: Path) -> Path:
    """Whose models are offered: the folder's own, else those beside the program, else the starter model."""
    if (folder / "models").is_dir() or (folder / "model.toml").is_file():
        return folder
    beside = _PACKAGE.parents[1]
    return beside if (beside / "models").is_dir() else _PACKAGE / "starter" / "model"


def settings() -> dict[str, Any]:
    """The server's settings (screens/config.toml) as `group.key` -> value."""
    said = tomllib.loads((_PACKAGE / "screens" / "config.toml").read_text(encoding="utf-8"))
    return _flat("", said)


def _flat(head: str, group: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in group.items():
        name = f"{head}.{key}" if head else key
        out |= _flat(name, value) if isinstance(value, dict) else {name: value}
    return out


def _refuse_taken(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError:
            raise UsageError("port_taken", port=port) from None


def _serve(options: dict[str, Any]) -> None:
    """Run the server until it is stopped. What pages need is imported first: the first page is then quick."""
    import altair  # noqa: F401
    import pandas  # noqa: F401
    import pyarrow  # noqa: F401
    from streamlit.web import bootstrap

    import gpsopt.planning
    import gpsopt.report.charts  # noqa: F401

    flags = {name.replace(".", "_"): value for name, value in options.items()}
    bootstrap.load_config_options(flags)
    bootstrap.run(str(_PACKAGE / "screens" / "entry.py"), False, [], flags)
