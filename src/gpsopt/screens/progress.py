"""Where a job stands, in words: place in the queue, aim, best value, bound and gap."""

from __future__ import annotations

from decimal import Decimal

from gpsopt.jobs import Job
from gpsopt.screens.visit import Visit

_SHARES = ("worst_area",)
_UNITS = ("benefit",)


def titled(here: Visit, job: Job) -> str:
    """What it works on; for other work than a solve, which."""
    kind = "" if job.kind == "solve" else f"{here.say(f'runs.kind_{job.kind}')} · "
    return f"{kind}{job.title(here.lang)}"


def state_words(here: Visit, job: Job) -> str:
    """One line."""
    if job.state == "queued":
        return here.say("runs.waits", ahead=here.desk.board.ahead(job))
    if job.state != "running":
        return here.term(job.state)
    if job.asked:
        return here.say("runs.saving" if job.value is not None else "runs.stopping")
    if job.result == "explaining":
        return here.say("runs.explaining")
    if job.kind != "solve" and job.stage:
        return here.say("runs.pieces", done=job.stage, planned=job.stages)
    if job.aim is None:
        return here.say("runs.preparing")
    gap = "–" if job.gap is None else f"{100 * job.gap:.2f}%"
    return here.say("runs.at_aim", stage=job.stage, stages=job.stages, aim=here.term(job.aim, "aims"), gap=gap)


def aim_value(here: Visit, aim: str | None, value: float | None) -> str:
    """An aim's value with its unit."""
    if value is None or aim is None:
        return "–"
    if aim in _SHARES:
        return f"{100 * value:.2f}%"
    if aim in _UNITS:
        return f"{value:,.0f}"
    return here.amount(Decimal(f"{value:.2f}"))
