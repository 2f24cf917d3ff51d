"""The best plan of a tiny scenario by OR-tools CP-SAT, in whole fen and whole units.

Written from the model's description alone, apart from the planner: needs, pairs and limits are those that the
enumeration reads from the tables; every rule stands here once more as a linear rule over whole numbers, also where
its clause is soft. Roundings are exact (half up, by integer inequalities).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import lcm
from typing import Any, Final

from ortools.sat.python import cp_model

from gpsopt.money import half_up

from .choices import new_cost
from .cpsatrules import RULES
from .enumerator import Best
from .ledger import freed_share, openings
from .world import Need, Pair, World

MOST_NEW: Final = 50  # new direct units of a need and year, where the rules set no end
LARGEST: Final = 5_000  # what a violation may come to, counted: more than a tiny model's money
Terms = list[tuple[Any, Fraction]]  # (a variable or a sum of variables, its coefficient)
Place = tuple[str, int]  # need or purchaser, place of the year


def best_by_cpsat(world: World) -> Best | None:
    """The lexicographic optimum: violations of soft clauses by priority, then the aims; None where there is no plan."""
    plan = CpPlan(world)
    stages = [*plan.broken_stages(), *((name, plan.aim(name)) for name in world.settings.aims.order)]
    found = []
    for name, terms in stages:
        value = plan.least(terms)
        if value is None:
            return None
        found.append((name, -value if name in ("worst_area", "quality", "benefit", "transition") else value))
    return Best(tuple(found), {})


class CpPlan:
    """Variables of a plan and the rules over them; money in fen, quantities in units."""

    def __init__(self, world: World) -> None:
        self.world, self.m = world, cp_model.CpModel()
        self.years = world.settings.years
        self.places = range(len(self.years))
        self.need = {need.name: need for need in world.needs}
        self.broken: dict[tuple[str, str], Terms] = defaultdict(list)
        self.nothing = self.number(0)
        self.bought: dict[int, Any] = {}
        self.award: dict[int, Any] = {}
        self.amount: dict[int, Any] = {}
        self.of: dict[Place, list[int]] = defaultdict(list)
        for i, pair in enumerate(world.pairs):
            self._pair(i, pair)
        self.kept, self.idle, self.new, self.served, self.short = ({} for _ in range(5))
        for need in world.needs:
            self._units(need)
        self.hired: dict[tuple[str, str, int], Any] = {}
        self._engagements()
        self.cost: dict[Place, Any] = {}  # direct + stranded + outlay of a need
        self._money()
        for name, rule in RULES.items():
            if world.settings.clauses.on(name):
                rule(self)

    # -- what can be said of a rule ------------------------------------------------------------------------------

    def number(self, most: int, least: int = 0) -> Any:
        return self.m.new_int_var(least, max(least, most), "")

    def decision(self) -> Any:
        return self.m.new_bool_var("")

    def at_most(self, clause: str, unit: str, terms: Terms, limit: Fraction, worth: Fraction = Fraction(1)) -> None:
        """sum of terms <= limit; where the clause is soft, what is above the limit counts `worth` a unit."""
        scale = lcm(limit.denominator, *(c.denominator for _v, c in terms))
        left = sum(int(c * scale) * v for v, c in terms)
        if self.world.settings.clauses.soft(clause):
            over = self.number(int(LARGEST / worth * scale))
            self.m.add(left - over <= int(limit * scale))
            self.broken[clause, unit].append((over, worth / scale))
        else:
            self.m.add(left <= int(limit * scale))

    def at_least(self, clause: str, unit: str, terms: Terms, limit: Fraction, worth: Fraction = Fraction(1)) -> None:
        self.at_most(clause, unit, [(v, -c) for v, c in terms], -limit, worth)

    def half_up(self, terms: Terms, most: int) -> Any:
        """A number of whole fen: the sum of the terms, none of which is negative, rounded half up."""
        scale = lcm(*(c.denominator for _v, c in terms)) if terms else 1
        found = self.number(most)
        left = sum(int(2 * c * scale) * v for v, c in terms) + scale
        self.m.add(2 * scale * found <= left)
        self.m.add(left <= 2 * scale * found + 2 * scale - 1)
        return found

    def table(self, index: Any, values: Sequence[int]) -> Any:
        """values[index]."""
        found = self.number(max(values), min(values))
        self.m.add_element(index, list(values), found)
        return found

    def pairs(self, where: Any) -> Iterator[tuple[int, Pair]]:
        return ((i, pair) for i, pair in enumerate(self.world.pairs) if where(pair))

    # -- quantities ------------------------------------------------------------------------------------------------

    def _pair(self, i: int, pair: Pair) -> None:
        """x = 0 or within the limits of an award, y, and the amount to the fen."""
        sizes = [[0, 0]] + ([[pair.least, pair.most]] if pair.least <= pair.most else [])
        x = self.bought[i] = self.m.new_int_var_from_domain(cp_model.Domain.from_intervals(sizes), "")
        y = self.award[i] = self.decision()
        self.m.add(x >= 1).only_enforce_if(y)
        self.m.add(x == 0).only_enforce_if(~y)
        self.amount[i] = self.table(x, [0, *(pair.amount(q) for q in range(1, max(pair.most, 1) + 1))])
        self.of[pair.need, pair.place].append(i)

    def _units(self, need: Need) -> None:
        before: Any = need.quantity
        for t, asked in enumerate(need.years):
            key = need.name, t
            d = self.kept[key] = self.number(need.quantity)
            self.m.add(d <= before)
            before = d
            idle = self.idle[key] = self.number(max(0, need.quantity - asked.demand))
            self.m.add(idle <= d)
            most_new = MOST_NEW if self.world.oversupply else asked.demand + need.quantity
            g = self.new[key] = self.number(most_new if need.may_add[t] else 0)
            served = sum(self.bought[i] for i in self.of[key]) + d + g - idle
            self.m.add(served >= 0)
            if not self.world.oversupply:
                self.m.add(served <= asked.demand)
            self.served[key] = served
            short = self.short[key] = self.number(asked.target)
            self.m.add_max_equality(short, [asked.target - served, 0])

    def _engagements(self) -> None:
        for i, pair in enumerate(self.world.pairs):
            if self.world.engagement[pair.undertaker]:
                key = pair.undertaker, self.need[pair.need].purchaser, pair.place
                e = self.hired.setdefault(key, self.decision())
                self.m.add_implication(self.award[i], e)

    # -- money -----------------------------------------------------------------------------------------------------

    def _money(self) -> None:
        self.own, self.shared, self.unspent, self.outlay = ({} for _ in range(4))
        for need in self.world.needs:
            released: list[Any] = []
            for t in self.places:
                self._matter(need, t, released)
        gifts = self._gifts()
        for purchaser in sorted({p for p, _t in self.world.budget}):
            mine = [need.name for need in self.world.needs if need.purchaser == purchaser]
            for t, opening in enumerate(openings(self.world, purchaser)):
                engaged = sum(self.world.engagement[u] * e for (u, p, s), e in self.hired.items()
                              if (p, s) == (purchaser, t))  # fmt: skip
                drawn = sum(self.outlay[n, t] - self.own[n, t] for n in mine)
                given, received = gifts.get((purchaser, t), (0, 0))
                self.m.add(drawn + engaged + given <= opening.line + sum(self.shared[n, t] for n in mine) + received)
                self.m.add(sum(self.unspent[n, t] for n in mine) >= opening.deficit)

    def _matter(self, need: Need, t: int, released: list[Any]) -> None:
        """released = own + shared + unspent; own + shared <= c times what is bought; own <= outlay."""
        key, cost, settings = (need.name, t), need.expenditure[t], self.world.settings
        g = self.new[key]
        news = self.table(g, [new_cost(need, t, q) for q in range(MOST_NEW + 1)])
        outlay = self.outlay[key] = sum(self.amount[i] for i in self.of[key]) + news
        own, shared, unspent = (self.number(cost) for _ in range(3))
        self.own[key], self.shared[key], self.unspent[key] = own, shared, unspent
        if need.quantity == 0:
            self.m.add(own + shared + unspent == 0)
            self.cost[key] = outlay + cost
            return
        direct = self.half_up([(self.kept[key], Fraction(cost, need.quantity))], cost)
        stranded = self.number(cost)
        if settings.regime == "fees_stay":
            self.m.add(stranded == cost - direct)
        else:
            self.m.add_min_equality(stranded, [cost - direct, self._left_over(need, t)])
        released.append(cost - direct - stranded)
        self.m.add(own + shared + unspent == released[t])
        self.m.add(own <= outlay)
        units = sum(self.bought[i] for i in self.of[key])
        top = half_up(Fraction(cost * sum(self.world.pairs[i].most for i in self.of[key]), need.quantity))
        self.m.add(own + shared <= self.half_up([(units, Fraction(cost, need.quantity))], top))
        if settings.savings == "returned":
            self.m.add(shared == 0)
        elif settings.savings == "lagged":
            self.m.add(shared <= (released[t - 1] - self.own[need.name, t - 1] if t else 0))
        self.cost[key] = direct + stranded + outlay

    def _left_over(self, need: Need, t: int) -> Any:
        """What still costs of the units given up: (1 - share freed at their age) of c each, half up."""
        terms: Terms = []
        for s in range(t + 1):
            part = (1 - freed_share(need, self.years[t] - self.years[s])) * Fraction(need.expenditure[t], need.quantity)
            before = self.kept[need.name, s - 1] if s else need.quantity
            terms.append((before - self.kept[need.name, s], part))
        return self.half_up(terms, need.expenditure[t])

    def _gifts(self) -> dict[Place, tuple[Any, Any]]:
        """(given, received) of a purchaser and year where money is pooled among those of one level or district."""
        settings = self.world.settings
        if settings.regime != "pooled":
            return {}
        gifts = {
            (p, t): (self.number(int(Fraction(settings.share) * b)), self.number(sum(self.world.budget.values())))
            for (p, t), b in self.world.budget.items()
        }
        for t in self.places:
            for group in set(self.world.group.values()):
                mine = [gifts[p, t] for p, g in self.world.group.items() if g == group]
                self.m.add(sum(g for g, _r in mine) == sum(r for _g, r in mine))
        return gifts

    # -- what is sought --------------------------------------------------------------------------------------------

    def broken_stages(self) -> Iterator[tuple[str, Terms]]:
        """Soft clauses in their order, the violations of each added up unit by unit."""
        for clause in self.world.settings.clauses.softened():
            for unit in ("award", "resource", "relation", "undertaker", "yuan"):
                if (clause, unit) in self.broken:
                    yield f"breach_{clause}_{unit}", self.broken[clause, unit]

    def aim(self, name: str) -> Terms:
        """Terms whose sum is to be made small (aims to be made great with the sign turned), in the aim's unit."""
        if name == "worst_area":
            return self._worst_area()
        if name == "outlay":
            spent = [(cost, Fraction(1, 100)) for cost in self.cost.values()]
            return spent + [(e, Fraction(self.world.engagement[u], 100)) for (u, _p, _t), e in self.hired.items()]
        terms: Terms = []
        for need in self.world.needs:
            for t, asked in enumerate(need.years):
                key = need.name, t
                here = [(self.bought[i], self.world.pairs[i]) for i in self.of[key]]
                if name in ("livelihood_shortfall", "shortfall"):
                    if need.livelihood == (name == "livelihood_shortfall"):
                        terms.append((self.short[key], asked.weight * need.unit_value))
                elif name == "quality":
                    terms += [(x, -pair.mark * need.unit_value) for x, pair in here]
                    terms.append((self.kept[key], -need.line_mark * need.unit_value))
                elif name == "benefit":
                    terms.append((self.served[key], -asked.weight))
                else:
                    terms += [(x, -need.unit_value) for x, _pair in here]
        return terms

    def _worst_area(self) -> Terms:
        """-(1 - the largest lost part of an area and year)."""
        lost: dict[Place, Terms] = defaultdict(list)
        wanted: dict[Place, Fraction] = defaultdict(Fraction)
        for need in self.world.needs:
            for t, asked in enumerate(need.years):
                lost[need.area, t].append((self.short[need.name, t], asked.weight * need.unit_value))
                wanted[need.area, t] += asked.weight * need.unit_value * asked.target
        parts = {key: [(v, c / wanted[key]) for v, c in lost[key]] for key in lost if wanted[key] > 0}
        if not parts:
            return [(1, Fraction(-1))]
        whole = lcm(*(c.denominator for terms in parts.values() for _v, c in terms))
        worst = self.number(whole)
        for terms in parts.values():
            self.m.add(sum(int(c * whole) * v for v, c in terms) <= worst)
        return [(worst, Fraction(1, whole)), (1, Fraction(-1))]

    def least(self, terms: Terms) -> Fraction | None:
        """The least sum of the terms, which is then kept; None where there is no plan."""
        scale = lcm(*(c.denominator for _v, c in terms)) if terms else 1
        goal = sum(int(c * scale) * v for v, c in terms)
        self.m.minimize(goal)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 0
        status = solver.solve(self.m)
        if status == cp_model.INFEASIBLE:
            return None
        assert status == cp_model.OPTIMAL, solver.status_name(status)
        value = int(solver.value(goal))
        self.m.add(goal == value)
        self.m.clear_objective()
        self.m.clear_hints()
        for variables in (self.bought, self.kept, self.new):
            for variable in variables.values():
                self.m.add_hint(variable, solver.value(variable))
        return Fraction(value, scale)
