"""All that a single need can do over the years, by full enumeration, each with what it means for the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import lcm

from gpsopt.money import half_up

from .ledger import Money, year_money
from .world import Need, NeedYear, Pair, World

SUMS = ("livelihood_shortfall", "shortfall", "outlay", "quality", "benefit", "transition")


@dataclass(frozen=True)
class YearChoice:
    """One need in one year: units a pair (only bought ones), kept d, new g, idle."""

    bought: tuple[tuple[Pair, int], ...]
    kept: int
    new: int
    idle: int

    @property
    def units_bought(self) -> int:
        return sum(quantity for _pair, quantity in self.bought)

    @property
    def served(self) -> int:
        return self.units_bought + self.kept + self.new - self.idle


@dataclass(frozen=True)
class Option:
    """A need's whole path: its part of every aim, of every limit and of the money."""

    aims: tuple[int, ...]  # in the order of the aims, whole numbers to be made small; worst_area stands as 0
    taken: tuple[tuple[int, int], ...]  # (limit, whole number)
    terms: tuple[tuple[int, int], ...]  # (relation, whole number)
    lost: tuple[tuple[int, int], ...]  # (area and year, lost part of its target, whole number)
    money: tuple[Money, ...]
    hired: int  # bit of (undertaker, year)
    joined: int  # bit of (package, year): all pairs of this need are in
    stayed: int  # ... none is in
    path: tuple[YearChoice, ...]

    def effect(self) -> tuple[object, ...]:
        """Everything but the path: two options of equal effect stand for each other everywhere."""
        return self.aims, self.taken, self.terms, self.lost, self.money, self.hired, self.joined, self.stayed


class Scales:
    """What a unit counts for in each aim, limit and relation, brought to whole numbers."""

    def __init__(self, world: World) -> None:
        self.world = world
        #: violations of soft clauses come first, each in yuan of unit value
        self.order = (*(f"soft {name}" for name in world.settings.clauses.softened()), *world.settings.aims.order)
        self.limits = [_scale([*limit.use.values(), limit.most]) for limit in world.limits]
        self.relations = [
            _scale([*r.coefficient.values(), *(b for b in (r.at_least, r.at_most) if b is not None)])
            for r in world.relations
        ]
        self.undertakers = sorted({pair.undertaker for pair in world.pairs})
        self.packages = sorted({pair.package for pair in world.pairs if pair.package})

    @cached_property
    def shortfall(self) -> int:
        return _scale([year.weight * need.unit_value for need in self.world.needs for year in need.years])

    @cached_property
    def value(self) -> int:
        return _scale([need.unit_value for need in self.world.needs])

    @cached_property
    def broken(self) -> int:
        marks = [Fraction(1)]
        floor = self.world.settings.clauses.quality_floor
        if floor is not None:
            for pair in self.world.pairs:
                marks += [pair.quality - Fraction(floor.min_quality or 0)]
                marks += [pair.satisfaction - Fraction(floor.min_satisfaction or 0)]
        return _scale([need.unit_value for need in self.world.needs]) * _scale(marks)

    @cached_property
    def weight(self) -> int:
        return _scale([year.weight for need in self.world.needs for year in need.years])

    @cached_property
    def quality(self) -> int:
        values = {need.name: need.unit_value for need in self.world.needs}
        return _scale([*(need.line_mark * need.unit_value for need in self.world.needs),
                       *(pair.mark * values[pair.need] for pair in self.world.pairs)])  # fmt: skip

    def of_aim(self, name: str) -> int:
        """Whole numbers that make one of the aim's unit."""
        fixed = {
            "livelihood_shortfall": "shortfall", "shortfall": "shortfall", "quality": "quality",
            "benefit": "weight", "transition": "value",
        }  # fmt: skip
        if name.startswith("soft "):
            return self.broken
        return 100 if name == "outlay" else self.whole if name == "worst_area" else int(getattr(self, fixed[name]))

    @cached_property
    def area_target(self) -> dict[tuple[str, int], int]:
        """(area, place) -> weighted target, where there is one."""
        total: dict[tuple[str, int], int] = {}
        for need in self.world.needs:
            for place, year in enumerate(need.years):
                worth = int(year.weight * need.unit_value * self.shortfall) * year.target
                total[need.area, place] = total.get((need.area, place), 0) + worth
        return {key: worth for key, worth in sorted(total.items()) if worth > 0}

    @cached_property
    def areas(self) -> dict[tuple[str, int], int]:
        return {key: number for number, key in enumerate(self.area_target)}

    @cached_property
    def whole(self) -> int:
        """A lost part of 1 in whole numbers, the same for every area and year."""
        return lcm(*self.area_target.values()) if self.area_target else 1

    def bit(self, names: Sequence[str], name: str, place: int) -> int:
        return 1 << (names.index(name) * len(self.world.settings.years) + place)


def _scale(values: Sequence[Fraction]) -> int:
    return lcm(*(value.denominator for value in values)) if values else 1


def options(world: World, scales: Scales, need: Need) -> list[Option]:
    """Every legal path of the need, the best first by its own aims; one for each effect.

    Where a further clause looks at who delivers what (`world.apart`), paths of equal effect stay apart.
    """
    apart = world.apart
    by_year = [tuple(year_choices(world, need, place)) for place in range(len(need.years))]
    found: dict[tuple[object, ...], Option] = {}
    for path in _paths(by_year, need.quantity):
        option = _option(world, scales, need, path)
        if option is not None:
            found.setdefault((option.effect(), path if apart else None), option)
    return sorted(found.values(), key=lambda option: option.aims)


def _paths(by_year: Sequence[Sequence[YearChoice]], quantity: int) -> Iterator[tuple[YearChoice, ...]]:
    """Choices year by year in which d never rises."""
    if not by_year:
        yield ()
        return
    for choice in by_year[0]:
        if choice.kept <= quantity:
            for rest in _paths(by_year[1:], choice.kept):
                yield (choice, *rest)


def year_choices(world: World, need: Need, place: int) -> Iterator[YearChoice]:
    """Every legal x, d, g and idle of one need and year."""
    asked = need.years[place]
    pairs = [pair for pair in world.pairs if (pair.need, pair.place) == (need.name, place)]
    most_new = _most_new(world, need, place)
    for quantities in product(*((0, *range(pair.least, pair.most + 1)) for pair in pairs)):
        bought = tuple((pair, q) for pair, q in zip(pairs, quantities, strict=True) if q)
        if not _legal_awards(world, need, place, bought):
            continue
        for kept in range(need.quantity + 1):
            for idle in range(min(kept, max(0, need.quantity - asked.demand)) + 1):
                for new in range(most_new + 1):
                    choice = YearChoice(bought, kept, new, idle)
                    if _legal_service(world, asked, choice.served) and _as_locked(world, need, place, choice):
                        yield choice


def _most_new(world: World, need: Need, place: int) -> int:
    """No legal plan has more new units: served <= demand, else all the money there is."""
    asked = need.years[place]
    if not need.may_add[place]:
        return 0
    if not world.oversupply:
        return asked.demand + max(0, need.quantity - asked.demand)
    money = sum(amount for (_purchaser, year), amount in world.budget.items() if year == place)
    most = 0
    while new_cost(need, place, most + 1) <= money:
        most += 1
        if most > 50:
            raise ValueError(f"need {need.name}: too many new units to count")
    return most


def new_cost(need: Need, place: int, new: int) -> int:
    """Fen of g new direct units: at E/D, at the item's unit value where there is no line."""
    if need.quantity == 0:
        return half_up(new * need.unit_value * 100)
    return half_up(Fraction(need.expenditure[place] * new, need.quantity))


def _legal_awards(world: World, need: Need, place: int, bought: tuple[tuple[Pair, int], ...]) -> bool:
    asked, clauses = need.years[place], world.settings.clauses
    total = sum(q for _pair, q in bought)
    if total > asked.demand and not world.oversupply:
        return False
    if clauses.on("award_size"):
        if bought and len(bought) < asked.min_awards:
            return False
        if asked.max_awards is not None and len(bought) > asked.max_awards:
            return False
        groups = [pair.excludes for pair, _q in bought if pair.excludes]
        if len(groups) != len(set(groups)):
            return False
    floor = clauses.quality_floor
    if floor is not None and floor.enabled and not floor.soft:
        for least, name in ((floor.min_quality, "quality"), (floor.min_satisfaction, "satisfaction")):
            if least is not None and sum((getattr(p, name) - Fraction(least)) * q for p, q in bought) < 0:
                return False
    return True


def _legal_service(world: World, asked: NeedYear, served: int) -> bool:
    clauses = world.settings.clauses
    if served > asked.demand and not world.oversupply:
        return False
    if clauses.on("continuity") and not clauses.soft("continuity") and served < asked.continuity:
        return False
    if not clauses.on("coverage") or clauses.soft("coverage"):
        return True
    return served >= asked.floor and (not asked.all_or_nothing or served in (0, asked.demand))


def _as_locked(world: World, need: Need, place: int, choice: YearChoice) -> bool:
    units = {pair.offer: quantity for pair, quantity in choice.bought}
    for lock in world.locks:
        if (lock.need, lock.year) != (need.name, world.settings.years[place]):
            continue
        if lock.direct is not None and choice.kept != lock.direct:
            return False
        if lock.award is not None and (lock.offer in units) != lock.award:
            return False
        if lock.quantity is not None and units.get(lock.offer, 0) != lock.quantity:
            return False
    return True


def _option(world: World, scales: Scales, need: Need, path: tuple[YearChoice, ...]) -> Option | None:
    kept = [choice.kept for choice in path]
    money = []
    for place, choice in enumerate(path):
        outlay = sum(pair.amount(q) for pair, q in choice.bought) + new_cost(need, place, choice.new)
        money.append(year_money(world, need, place, kept, choice.units_bought, outlay))
    joined, stayed = _packages(world, scales, need, path)
    taken = _taken(world, scales, path)
    if joined & stayed or any(amount > world.limits[n].most * scales.limits[n] for n, amount in taken):
        return None
    hired = 0
    for place, choice in enumerate(path):
        for pair, _q in choice.bought:
            hired |= scales.bit(scales.undertakers, pair.undertaker, place)
    terms = tuple(
        (n, int(relation.coefficient[need.name] * scales.relations[n]) * path[relation.place].served)
        for n, relation in enumerate(world.relations)
        if need.name in relation.coefficient
    )
    return Option(
        _aims(scales, need, path, money), taken, terms, _lost(scales, need, path), tuple(money),
        hired, joined, stayed, path,
    )  # fmt: skip


def _packages(world: World, scales: Scales, need: Need, path: tuple[YearChoice, ...]) -> tuple[int, int]:
    """Bits of the packages in which an award is made, and of those in which one is not."""
    joined = stayed = 0
    if world.settings.clauses.on("award_size"):
        for pair in world.pairs:
            if pair.package and pair.need == need.name:
                bit = scales.bit(scales.packages, pair.package, pair.place)
                if any(one is pair for one, _q in path[pair.place].bought):
                    joined |= bit
                else:
                    stayed |= bit
    return joined, stayed


def _taken(world: World, scales: Scales, path: tuple[YearChoice, ...]) -> tuple[tuple[int, int], ...]:
    found = []
    for number, limit in enumerate(world.limits):
        bought = [(p, q) for p, q in path[limit.place].bought if p.undertaker == limit.undertaker]
        if limit.use:
            amount = sum(limit.use.get(p.offer, Fraction(0)) * q for p, q in bought)
        else:
            amount = Fraction(sum(p.amount(q) for p, q in bought))
        if amount:
            found.append((number, int(amount * scales.limits[number])))
    return tuple(found)


def _shortfalls(need: Need, path: tuple[YearChoice, ...]) -> list[int]:
    return [max(0, year.target - choice.served) for year, choice in zip(need.years, path, strict=True)]


def _aims(scales: Scales, need: Need, path: tuple[YearChoice, ...], money: Sequence[Money]) -> tuple[int, ...]:
    """The need's part of each aim in whole numbers, those to be made great with the sign turned."""
    short = sum(
        int(year.weight * need.unit_value * scales.shortfall) * s
        for year, s in zip(need.years, _shortfalls(need, path), strict=True)
    )
    bought = [(pair, q) for choice in path for pair, q in choice.bought]
    parts: dict[str, Callable[[], int]] = {
        "livelihood_shortfall": lambda: short if need.livelihood else 0,
        "shortfall": lambda: 0 if need.livelihood else short,
        "worst_area": lambda: 0,
        "outlay": lambda: sum(m.delivered for m in money),
        "quality": lambda: -int(scales.quality * need.unit_value * (
            sum((pair.mark * q for pair, q in bought), Fraction(0)) + need.line_mark * sum(c.kept for c in path)
        )),
        "benefit": lambda: -sum(
            int(year.weight * scales.weight) * choice.served for year, choice in zip(need.years, path, strict=True)
        ),
        "transition": lambda: -int(need.unit_value * scales.value) * sum(q for _pair, q in bought),
    }  # fmt: skip
    return tuple(
        int(_violation(scales, name[5:], need, path) * need.unit_value * scales.broken)
        if name.startswith("soft ") else parts[name]()
        for name in scales.order
    )  # fmt: skip


def _violation(scales: Scales, clause: str, need: Need, path: tuple[YearChoice, ...]) -> Fraction:
    """By how many units (or marks times units) a need's path breaks a soft clause."""
    total = Fraction(0)
    for asked, choice in zip(need.years, path, strict=True):
        served = choice.served
        if clause == "continuity":
            total += max(0, asked.continuity - served)
        elif clause == "coverage":
            total += max(0, asked.floor - served)
            total += min(served, abs(asked.demand - served)) if asked.all_or_nothing else 0
        elif clause == "quality_floor":
            floor = scales.world.settings.clauses.quality_floor
            for least, name in ((floor.min_quality, "quality"), (floor.min_satisfaction, "satisfaction")):
                if least is not None:
                    total += max(0, sum((Fraction(least) - getattr(p, name)) * q for p, q in choice.bought))
        else:
            raise ValueError(f"{clause} is not enumerated when it is soft")
    return total


def _lost(scales: Scales, need: Need, path: tuple[YearChoice, ...]) -> tuple[tuple[int, int], ...]:
    found = []
    for place, s in enumerate(_shortfalls(need, path)):
        number = scales.areas.get((need.area, place))
        if number is not None and s and "worst_area" in scales.order:
            worth = int(need.years[place].weight * need.unit_value * scales.shortfall) * s
            found.append((number, worth * (scales.whole // scales.area_target[need.area, place])))
    return tuple(found)
