"""gpsopt simulate: live through a finished plan under uncertainty, year by year."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gpsopt import terminal
from gpsopt.commandline import Json, Lang, app, is_so, there, tongue_of, writable
from gpsopt.terminal import Reply
from gpsopt.text import say

if TYPE_CHECKING:
    from gpsopt.simulation.simulate import Simulation


@app.command()
def simulate(
    source: Annotated[Path, typer.Argument(metavar="RUN|SCENARIO")],
    draws: Annotated[int, typer.Option(min=1, max=1_000_000)] = 1000,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1)] = 0,
    out: Annotated[Path, typer.Option()] = Path("simulations"),
    json: Json = False,
    lang: Lang = None,
) -> Reply:
    there(source)
    writable(out)
    tongue = tongue_of()

    def job() -> Simulation:
        from gpsopt.planning import solve
        from gpsopt.simulation.simulate import simulate as live_through

        whole = is_so(source / "summary.json", Path.is_file)
        return live_through(source if whole else solve(source), draws=draws, seed=seed)

    simulation = terminal.in_background(job)
    from gpsopt.runfolder import write_folder
    from gpsopt.simulation.simulate import simulation_files

    folder = write_folder(out, simulation.name, simulation_files(simulation))
    text = f"{simulation.page(tongue)}\n{say('cli.simulated', tongue, path=folder)}"
    return Reply(text=text, document={"path": str(folder), **simulation.summary})
