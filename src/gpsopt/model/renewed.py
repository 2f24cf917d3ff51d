"""The world of a scenario that differs little from one whose world is there: what did not change is kept."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Final

from gpsopt.model.world import World, world_of
from gpsopt.money import fen
from gpsopt.scenario import Scenario
from gpsopt.settings import Settings

#: settings that only people read
_WORDS: Final = {"title": "", "title_zh": "", "question": "", "question_zh": ""}


def renewed(world: World, scenario: Scenario) -> World:
    """`world_of(scenario)`; where only budgets differ from the given world, with its candidates, caps and marks."""
    before = world.facts.scenario
    if not _same_but_budgets(before, scenario):
        return world_of(scenario)
    budget = {(row["purchaser"], row["year"]): fen(row["amount"]) for _line, row in scenario.tables.rows("budgets")}
    other = replace(world, facts=replace(world.facts, scenario=scenario, budget=budget))
    given = {field.name for field in fields(World)}
    # What a world works out at first use hangs on needs and pairs alone, so it holds for the other one too.
    other.__dict__.update({name: value for name, value in world.__dict__.items() if name not in given})
    return other


def _same_but_budgets(one: Scenario, other: Scenario) -> bool:
    if _wordless(one.settings) != _wordless(other.settings) or one.unit_values != other.unit_values:
        return False
    mine, theirs = one.tables.frames, other.tables.frames
    return set(mine) == set(theirs) and all(
        mine[name] is theirs[name] or mine[name].equals(theirs[name]) for name in mine if name != "budgets"
    )


def _wordless(settings: Settings) -> Settings:
    return settings.model_copy(update=_WORDS)
