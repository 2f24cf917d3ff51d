"""gpsopt simulate: live through a finished plan, or a scenario replanned each year, under uncertainty."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gpsopt import terminal
from gpsopt.commandline import Json, Lang, app, finite, is_so, there, tongue_of, writable
from gpsopt.errors import UsageError
from gpsopt.terminal import Reply
from gpsopt.text import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from gpsopt.simulation.simulate import Simulation


@app.command()
def simulate(
    source: Annotated[Path, typer.Argument(metavar="RUN|SCENARIO")],
    draws: Annotated[int | None, typer.Option(min=1, max=1_000_000)] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1)] = 0,
    stability: Annotated[int, typer.Option(min=0, max=1_000_000)] = 0,
    against: Annotated[list[Path] | None, typer.Option(metavar="RUN")] = None,
    importance: Annotated[int, typer.Option(min=0, max=65_536)] = 0,
    workers: Annotated[int | None, typer.Option(min=1, max=256)] = None,
    cluster: Annotated[str | None, typer.Option(metavar="ADDRESS")] = None,
    gap: Annotated[float, typer.Option(min=0, max=1, callback=finite)] = 0.01,
    out: Annotated[Path, typer.Option()] = Path("simulations"),
    json: Json = False,
    lang: Lang = None,
) -> Reply:
    there(source)
    writable(out)
    hands = _Hands(workers or os.cpu_count() or 1, cluster)
    whole = is_so(source / "summary.json", Path.is_file)
    for option, given in (("--stability", stability), ("--against", against), ("--importance", importance)):
        if given and not whole:
            raise UsageError("option_of_run", option=option, path=str(source))
    job = _held(source, out, draws or 1000, seed, stability, against or [], importance, hands, gap) if whole else (
        _replanned(source, out, draws or 200, seed, hands, gap)
    )  # fmt: skip
    simulation = terminal.in_background(job)
    from gpsopt.runfolder import write_folder
    from gpsopt.simulation.simulate import simulation_files

    tongue = tongue_of()
    folder = write_folder(out, simulation.name, simulation_files(simulation))
    text = f"{simulation.page(tongue)}\n{say('cli.simulated', tongue, path=folder)}"
    return Reply(text=text, document={"path": str(folder), **simulation.summary})


def _held(
    run: Path, out: Path, draws: int, seed: int, planned_anew: int, against: list[Path], importance: int,
    hands: _Hands, gap: float,
) -> Callable[[], Simulation]:  # fmt: skip
    def job() -> Simulation:
        from gpsopt.cluster.connection import at_cluster
        from gpsopt.simulation.replan import stability
        from gpsopt.simulation.simulate import simulate as live_through
        from gpsopt.simulation.simulate import with_stability

        simulation = live_through(run, draws=draws, seed=seed, importance=importance, against=against)
        if not planned_anew:
            return simulation
        with hands.counted as counted:
            frame = at_cluster(
                hands.cluster, counted.warn,
                lambda found: stability(
                    run, out / "unfinished", draws=planned_anew, seed=seed, gap=gap, workers=hands.workers,
                    progress=counted.hear, cluster=found,
                ),
            )  # fmt: skip
        return with_stability(simulation, frame, planned_anew, gap)

    return job


def _replanned(
    scenario: Path, out: Path, draws: int, seed: int, hands: _Hands, gap: float
) -> Callable[[], Simulation]:  # fmt: skip
    def job() -> Simulation:
        from gpsopt.cluster.connection import at_cluster
        from gpsopt.simulation.replan import replan

        with hands.counted as counted:
            return at_cluster(
                hands.cluster, counted.warn,
                lambda found: replan(
                    scenario, out / "unfinished", draws=draws, seed=seed, gap=gap, workers=hands.workers,
                    progress=counted.hear, cluster=found,
                ),
            )  # fmt: skip

    return job


@dataclass(frozen=True)
class _Hands:
    """Who plans the futures: so many processes here, or the workers of a cluster."""

    workers: int
    cluster: str | None

    @property
    def counted(self) -> terminal.Counted:
        return terminal.Counted(tongue_of(), "cli.simulating")
