"""What a run says of itself: its summary, its name, and the manifest of what it was made from."""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from gpsopt.model.clauses.plural_supply import plural_spared
from gpsopt.model.soft import soft_stages
from gpsopt.model.today import today_of
from gpsopt.model.world import World
from gpsopt.money import yuan
from gpsopt.scenario import Scenario
from gpsopt.solving.stages import Answer, Options


def summary_of(world: World, options: Options, answer: Answer, counts: dict[str, int]) -> dict[str, Any]:
    scenario = world.facts.scenario
    aims = [
        {
            "name": s.name, "sense": s.sense, "value": s.value, "bound": s.bound, "gap": s.gap,
            "gap_amount": s.gap_amount, "scale": s.scale, "given_up": 0.0, "tolerance": s.tolerance,
        }
        for s in answer.stages
    ]  # fmt: skip
    stages = soft_stages(scenario.settings.clauses)
    place = {stage.name: {"clause": stage.clause, "unit": stage.unit} for stage in stages}
    soft = [{**place[str(aim["name"])], **aim} for aim in aims if aim["name"] in place]
    aims = aims[len(soft) :]
    return {
        "run": run_name(scenario, options),
        "title": scenario.settings.title,
        "title_zh": scenario.settings.title_zh,
        "status": answer.status,
        **({"ended_by": _ended_by(answer, options)} if answer.status == "limit" else {}),
        "certified": False,
        **({"soft": soft} if soft else {}),
        "aims": aims,
        "unit_values": dict(sorted(scenario.unit_values.items())),
        "totals": {},
        **({"tightening": asdict(answer.tightening)} if answer.tightening is not None else {}),
        **_today(world),
        **_spared(world),
        "counts": {**counts, "nodes": answer.nodes},
        "seconds": {},
    }


def _ended_by(answer: Answer, options: Options) -> str:
    """What ended a search before the gap asked for: hand, time, nodes, or effort: where no limit was set, a large
    model's search ends each aim after a number of nodes of its own."""
    given = (("hand", answer.stopped), ("time", options.time_limit is not None), ("nodes", bool(options.node_limit)))
    return next((name for name, is_so in given if is_so), "effort")


def _spared(world: World) -> dict[str, Any]:
    """Where plural_supply is in force and binds nobody: too few undertakers, or too small a budget."""
    spared = plural_spared(world)
    return {"not_binding": {"plural_supply": [list(key) for key in spared]}} if spared else {}


def _today(world: World) -> dict[str, Any]:
    """The base year in yuan, where `contracts` gives its purchases; books and difference where `budgets` has it."""
    today = today_of(world.facts).values()
    if not today:
        return {}
    figures: dict[str, Any] = {
        "year": world.facts.settings.base_year,
        "direct": yuan(sum(t.direct for t in today)),
        "purchased": yuan(sum(t.purchased for t in today)),
    }
    if all(t.books is not None or not t.direct + t.purchased for t in today):
        figures["books"] = yuan(sum(t.books or 0 for t in today))
        figures["difference"] = yuan(sum(abs(t.difference) for t in today))
    return {"today": figures}


def run_name(scenario: Scenario, options: Options) -> str:
    """The scenario's name and eight letters of the hash of its content and the options."""
    return f"{scenario.name}-{request_of(scenario, options)[:8]}"


def request_of(scenario: Scenario, options: Options) -> str:
    """SHA-256 of canonical input and options: equal requests have equal answers."""
    said = {name: value for name, value in asdict(options).items() if (name, value) != ("years", "joint")}
    return hashlib.sha256(json.dumps([scenario.digest(), said]).encode()).hexdigest()


def manifest_of(scenario: Scenario, options: Options, answer: Answer) -> dict[str, Any]:
    clock_stopped = answer.status == "limit" and options.time_limit is not None
    why_not = "stopped by hand" if answer.stopped else "stopped by the clock" if clock_stopped else ""
    libraries = ("pyomo", "highspy", "numpy", "pandas", "scipy", "pydantic")
    return {
        "scenario": scenario.name,
        "digest": scenario.digest(),
        "request": request_of(scenario, options),
        "versions": {
            "gpsopt": version("gpsopt"), "python": platform.python_version(), **{n: version(n) for n in libraries},
        },
        "options": asdict(options),
        "seed": options.seed,
        "reproducible": "no" if why_not else "yes",
        "why_not": why_not,
    }  # fmt: skip
