"""The best of all legal plans of a tiny scenario: every combination of the needs' paths, nothing guessed.

Combinations are left out for three reasons only:
 1. What has been chosen breaks a rule that further needs cannot mend (a limit that is passed, a package half
    taken, a purchaser whose needs are all chosen and whose money has no legal split).
 2. The money of a purchaser cannot suffice even if each of its further needs asked the least of it.
 3. The combination cannot be better than the best plan so far. Aims are added up over the needs (worst_area is
    the least over areas of a sum), and the order of vectors by their first difference is kept when the same
    vector is added on both sides. So what the further needs add is at least the sum of each one's first vector in
    that order (up to worst_area), and what stands behind worst_area at least the sum of each one's least values.
`search(prune=False)` leaves reason 2 and 3 aside; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from gpsopt.scenario import Scenario

from .candidates import read_world
from .choices import Option, Scales, YearChoice, options
from .further import further_rules_hold
from .ledger import Money, missing, openings, pool_fits, purchaser_fits
from .world import Need, World


class TooMany(Exception):
    """The search would take too long; the model is not tiny."""


@dataclass(frozen=True)
class Best:
    """The optimum: (aim, exact value) in order, in yuan, shares or units, and one plan that reaches it."""

    aims: tuple[tuple[str, Fraction], ...]
    plan: dict[str, tuple[YearChoice, ...]]


def best_plan(scenario: Scenario, most_steps: int = 20_000_000, prune: bool = True) -> Best | None:
    """The lexicographic optimum of the aims over all legal plans, None where there is no legal plan."""
    return best_of_world(read_world(scenario), most_steps, prune)


def best_of_world(world: World, most_steps: int = 20_000_000, prune: bool = True) -> Best | None:
    """The same of what was read from a scenario."""
    return _Search(world, most_steps, prune).run()


class _Search:
    def __init__(self, world: World, most_steps: int, prune: bool) -> None:
        self.world, self.prune, self.steps = world, prune, most_steps
        self.scales = Scales(world)
        self.order = self.scales.order
        self.needs: list[Need] = sorted(world.needs, key=lambda need: (need.purchaser, need.name))
        self.options = [options(world, self.scales, need) for need in self.needs]
        self.width = self.order.index("worst_area") if "worst_area" in self.order else len(self.order)
        self.places = range(len(world.settings.years))
        self.purchasers = sorted({purchaser for purchaser, _place in world.budget})
        self.opening = {purchaser: openings(world, purchaser) for purchaser in self.purchasers}
        self.most = [int(limit.most * s) for limit, s in zip(world.limits, self.scales.limits, strict=True)]
        self.best: tuple[int, ...] | None = None
        self.best_path: list[Option] = []

    def run(self) -> Best | None:
        if not all(self.options):
            return None
        if not self._idle_purchasers_fit():
            return None
        self._bounds()
        zero = tuple(0 for _ in self.order)
        self._walk([], zero, [0] * len(self.scales.areas), [0] * len(self.most), {}, 0, 0)
        if self.best is None:
            return None
        return Best(
            tuple((name, self._shown(name, value)) for name, value in zip(self.order, self.best, strict=True)),
            {need.name: option.path for need, option in zip(self.needs, self.best_path, strict=True)},
        )

    def _shown(self, name: str, value: int) -> Fraction:
        amount = Fraction(value, self.scales.of_aim(name))
        if name == "worst_area":
            return 1 - amount
        return -amount if name in ("quality", "benefit", "transition") else amount

    def _idle_purchasers_fit(self) -> bool:
        """Without needs there is no line, so no deficit and nothing to pay."""
        return all(o.deficit == 0 for p in self.purchasers if all(n.purchaser != p for n in self.needs)
                   for o in self.opening[p])  # fmt: skip

    def _bounds(self) -> None:
        """What the needs from each level on add at least: to the aims, to lost parts, to a purchaser's money."""
        width, areas = self.width, len(self.scales.areas)
        self.rest_front = [(0,) * width]
        self.rest_back = [(0,) * max(0, len(self.order) - width - 1)]
        self.rest_lost = [(0,) * areas]
        self.rest_need: list[dict[tuple[str, int], int]] = [{}]
        for need, level in zip(reversed(self.needs), reversed(self.options), strict=True):
            self.rest_front.append(_plus(self.rest_front[-1], level[0].aims[:width]))
            self.rest_back.append(_plus(self.rest_back[-1], tuple(map(min, zip(*(o.aims[width + 1:] for o in level),
                                                                               strict=True)))))  # fmt: skip
            least = [min(dict(o.lost).get(area, 0) for o in level) for area in range(areas)]
            self.rest_lost.append(_plus(self.rest_lost[-1], tuple(least)))
            asks = dict(self.rest_need[-1])
            for place in self.places:
                key = self._payer(need.purchaser), place
                asks[key] = asks.get(key, 0) + min(o.money[place].outlay - o.money[place].most for o in level)
            self.rest_need.append(asks)
        for rest in (self.rest_front, self.rest_back, self.rest_lost, self.rest_need):
            rest.reverse()

    def _walk(
        self, chosen: list[Option], aims: tuple[int, ...], lost: list[int], taken: list[int],
        hired: dict[str, int], joined: int, stayed: int,
    ) -> None:  # fmt: skip
        level = len(chosen)
        if level == len(self.needs):
            self._finish(chosen, aims, lost)
            return
        purchaser = self.needs[level].purchaser
        before = hired.get(purchaser, 0)
        paid = self._engagement(before)
        for option in self.options[level]:
            self.steps -= 1
            if self.steps < 0:
                raise TooMany
            total = _plus(aims, option.aims)
            if self.prune and self.best is not None:
                front = _plus(total[: self.width], self.rest_front[level + 1])
                if front > self.best[: self.width] or (self.width == len(self.order) and front >= self.best):
                    break  # options come in the order of their aims: none of the later ones is better
            if (joined | option.joined) & (stayed | option.stayed):
                continue
            now = _added(taken, option.taken)
            if any(a > b for a, b in zip(now, self.most, strict=True)):
                continue
            mine = before | option.hired
            total = self._with_outlay(total, sum(self._engagement(mine)) - sum(paid))
            lost_now = _added(lost, option.lost)
            path, everyone = [*chosen, option], {**hired, purchaser: mine}
            if self.prune and not (self._may_be_better(level + 1, total, lost_now)
                                   and self._money_may_suffice(path, purchaser, everyone)):  # fmt: skip
                continue
            if self._purchaser_done(level) and not self._fits(path, purchaser, mine):
                continue
            self._walk(path, total, lost_now, now, everyone, joined | option.joined, stayed | option.stayed)

    def _engagement(self, hired: int) -> list[int]:
        """Fen a year that a purchaser pays to the undertakers it uses."""
        names, years = self.scales.undertakers, len(self.places)
        return [
            sum(self.world.engagement[u] for n, u in enumerate(names) if hired >> (n * years + place) & 1)
            for place in self.places
        ]

    def _with_outlay(self, aims: tuple[int, ...], fen: int) -> tuple[int, ...]:
        return tuple(v + fen if name == "outlay" else v for name, v in zip(self.order, aims, strict=True))

    def _may_be_better(self, level: int, aims: tuple[int, ...], lost: list[int]) -> bool:
        if self.best is None:
            return True
        bound = _plus(aims[: self.width], self.rest_front[level])
        if self.width < len(self.order):
            worst = max(_plus(tuple(lost), self.rest_lost[level]), default=0)
            bound = (*bound, worst, *_plus(aims[self.width + 1 :], self.rest_back[level]))
        return bound < self.best

    def _payer(self, purchaser: str) -> str:
        """Whose money counts together: the purchaser's own, or its pool's."""
        return self.world.group[purchaser] if self.world.settings.regime == "pooled" else purchaser

    def _money_may_suffice(self, path: list[Option], purchaser: str, hired: dict[str, int]) -> bool:
        """Even with every fen of F used and the least asked by the needs to come."""
        payer = self._payer(purchaser)
        for place in self.places:
            asked = self.rest_need[len(path)].get((payer, place), 0)
            for need, option in zip(self.needs, path, strict=False):
                if self._payer(need.purchaser) == payer:
                    asked += option.money[place].outlay - option.money[place].most
            for one in self.purchasers:
                if self._payer(one) == payer:
                    asked += self._engagement(hired.get(one, 0))[place] - self.opening[one][place].line
            if asked > 0:
                return False
        return True

    def _purchaser_done(self, level: int) -> bool:
        return level + 1 == len(self.needs) or self.needs[level + 1].purchaser != self.needs[level].purchaser

    def _moneys(self, path: list[Option], purchaser: str) -> list[tuple[Money, ...]]:
        return [o.money for need, o in zip(self.needs, path, strict=False) if need.purchaser == purchaser]

    def _fits(self, path: list[Option], purchaser: str, hired: int) -> bool:
        if self.world.settings.regime == "pooled":
            return True  # judged when everybody's needs are chosen
        return purchaser_fits(
            self.opening[purchaser], self._engagement(hired), self._moneys(path, purchaser),
            self.world.settings.savings,
        )  # fmt: skip

    def _finish(self, path: list[Option], aims: tuple[int, ...], lost: list[int]) -> None:
        value = tuple(max(lost, default=0) if name == "worst_area" else v
                      for name, v in zip(self.order, aims, strict=True))  # fmt: skip
        if self.best is not None and value >= self.best:
            return
        whole = [(need, option.path) for need, option in zip(self.needs, path, strict=True)]
        held = self._relations_hold(path) and self._count_holds(path) and self._pools_hold(path)
        if held and further_rules_hold(self.world, whole):
            self.best, self.best_path = value, path

    def _relations_hold(self, path: list[Option]) -> bool:
        sums = _added([0] * len(self.world.relations), [term for option in path for term in option.terms])
        for amount, relation, scale in zip(sums, self.world.relations, self.scales.relations, strict=True):
            if relation.at_least is not None and amount < relation.at_least * scale:
                return False
            if relation.at_most is not None and amount > relation.at_most * scale:
                return False
        return True

    def _count_holds(self, path: list[Option]) -> bool:
        clause = self.world.settings.clauses.undertaker_count
        if clause is None or not clause.enabled:
            return True
        hired = 0
        for option in path:
            hired |= option.hired
        for place in self.places:
            number = sum(hired >> (n * len(self.places) + place) & 1 for n in range(len(self.scales.undertakers)))
            if number < (clause.min or 0) or (clause.max is not None and number > clause.max):
                return False
        return True

    def _pools_hold(self, path: list[Option]) -> bool:
        settings = self.world.settings
        if settings.regime != "pooled":
            return True
        if settings.savings == "lagged":
            raise ValueError("pooling with lagged savings is not enumerated")
        for place in self.places:
            lacking: dict[str, list[tuple[int, int]]] = {}
            for purchaser in self.purchasers:
                hired = 0
                for need, option in zip(self.needs, path, strict=True):
                    hired |= option.hired if need.purchaser == purchaser else 0
                lacks = missing(
                    self.opening[purchaser][place], self._engagement(hired)[place],
                    (money[place] for money in self._moneys(path, purchaser)), settings.savings,
                )  # fmt: skip
                if lacks is None:
                    return False
                share = int(Fraction(settings.share) * self.world.budget[purchaser, place])
                lacking.setdefault(self.world.group[purchaser], []).append((lacks, share))
            if not all(pool_fits(*zip(*group, strict=True)) for group in lacking.values()):
                return False
        return True


def _plus(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(x + y for x, y in zip(a, b, strict=True))


def _added(sums: list[int], terms: Iterable[tuple[int, int]]) -> list[int]:
    total = list(sums)
    for place, amount in terms:
        total[place] += amount
    return total


__all__ = ["Best", "TooMany", "best_plan"]
