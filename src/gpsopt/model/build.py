"""build(scenario) -> ConcreteModel: the table of contents of the model."""

from __future__ import annotations

import pyomo.environ as pyo

from gpsopt.model.aims import aim_limits, aims
from gpsopt.model.clauses import REGISTER
from gpsopt.model.clauses.softbounds import SOFT_ONLY
from gpsopt.model.decisions import (
    awards_have_quantities,
    declare_decisions,
    demand_is_served_or_missing,
    units_stay_or_move,
)
from gpsopt.model.regimes import declare_engagements, existing_budget, regime
from gpsopt.model.soft import breaches, soften
from gpsopt.model.symbols import declare_parameters, declare_sets
from gpsopt.model.world import World, world_of
from gpsopt.scenario import Scenario


def build(scenario: Scenario) -> pyo.ConcreteModel:
    """The whole model of a checked scenario; money in 万元, quantities in the items' units."""
    return build_world(world_of(scenario))


def build_world(world: World) -> pyo.ConcreteModel:
    """The same from a world that is already there."""
    m = pyo.ConcreteModel()
    declare_sets(m, world)
    declare_parameters(m, world)
    declare_decisions(m, world)
    declare_engagements(m, world)
    units_stay_or_move(m, world)
    awards_have_quantities(m)
    demand_is_served_or_missing(m, world)
    existing_budget(m, world)
    regime(m, world)
    for name, add in REGISTER.items():
        if world.facts.settings.clauses.on(name):
            add(m, world)
    for name, add in SOFT_ONLY.items():
        if world.facts.settings.clauses.soft(name):
            add(m, world)
    soften(m, world)
    aims(m, world)
    breaches(m, world)
    aim_limits(m, world)
    return m
