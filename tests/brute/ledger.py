"""Does money suffice? The exact answer, in fen, for units that are already chosen.

For a need and year let O be its outlay, R what its line releases, K = half-up(E x units bought / D) and
F = min(R, K). A split is a choice of whole fen own, shared, unspent >= 0 with own + shared + unspent = R,
own <= O, own + shared <= K; `shared` is bounded further by the mode of savings. Put v = own + shared.
For a purchaser and year the rules are

    sum (O - own) + engagement + given <= line + sum shared + received     i.e.  wanted + given - received <= sum v
    sum (R - v) >= deficit                                                 i.e.  sum v <= sum R - deficit

with wanted = sum O + engagement - line. So a split exists exactly when some reachable value V of sum v has
wanted + given - received <= V <= sum R - deficit. V may always be lowered to 0 fen by fen (lower shared, then
own, of any need), so it is enough that V = 0 is reachable, which it is, and to know the largest reachable V:
with found = min(largest V, sum R - deficit) a split exists iff found >= 0 and wanted + given - received <= found.

largest V of one year:
    kept      v of a need may be anything in 0..F (all of it shared), so sum F.
    returned  shared = 0, so v = own <= min(F, O), so sum min(F, O).
    lagged    shared <= last year's R - own. See `lagged_fits`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from gpsopt.money import half_up

from .world import Need, World


@dataclass(frozen=True)
class Money:
    """A need's year in fen: outlay O, released R, and F, the most of it that may follow the matter."""

    outlay: int
    released: int
    most: int
    delivered: int  # direct + stranded + outlay: what the year costs without engagement


@dataclass(frozen=True)
class Opening:
    """A purchaser's purchase line and deficit of a year, fen."""

    line: int
    deficit: int


def openings(world: World, purchaser: str) -> tuple[Opening, ...]:
    """line = max(0, B - sum E), deficit = max(0, sum E - B), year by year."""
    mine = [need for need in world.needs if need.purchaser == purchaser]
    found = []
    for place in range(len(world.settings.years)):
        left = world.budget[purchaser, place] - sum(need.expenditure[place] for need in mine)
        found.append(Opening(max(0, left), max(0, -left)))
    return tuple(found)


def year_money(world: World, need: Need, place: int, kept: Sequence[int], bought: int, outlay: int) -> Money:
    """The money of a need's year, `kept` = d of every year up to this one, `bought` = sum of x."""
    cost, quantity = need.expenditure[place], need.quantity
    if quantity == 0:
        return Money(outlay, 0, 0, cost + outlay)
    direct = half_up(Fraction(cost * kept[place], quantity))
    freed = cost - direct
    stranded = min(freed, half_up(left_over(world, need, place, kept)))
    if world.settings.regime == "fees_stay":
        stranded = freed
    released = freed - stranded
    return Money(
        outlay, released, min(released, half_up(Fraction(cost * bought, quantity))), direct + stranded + outlay
    )


def left_over(world: World, need: Need, place: int, kept: Sequence[int]) -> Fraction:
    """What the formula leaves of the cost of the units given up in each year so far."""
    years = world.settings.years
    total = Fraction(0)
    for earlier in range(place + 1):
        moved = (kept[earlier - 1] if earlier else need.quantity) - kept[earlier]
        total += moved * (1 - freed_share(need, years[place] - years[earlier]))
    return total * need.expenditure[place] / need.quantity


def freed_share(need: Need, age: int) -> Fraction:
    """a + (1 - a) min(1, age / rho); a where rho is empty; 1 where rho = 0, which only a = 1 may have."""
    if need.runoff is None:
        return need.avoidable
    if need.runoff == 0:
        return Fraction(1)
    return need.avoidable + (1 - need.avoidable) * min(Fraction(1), Fraction(age, need.runoff))


def missing(opening: Opening, engagement: int, moneys: Iterable[Money], savings: str) -> int | None:
    """Fen that a purchaser and year lacks (negative: could give away); None where the deficit cannot be met."""
    wanted, released, reach = engagement - opening.line, 0, 0
    for money in moneys:
        wanted += money.outlay
        released += money.released
        reach += money.most if savings == "kept" else min(money.most, money.outlay)
    found = min(reach, released - opening.deficit)
    return None if found < 0 else wanted - found


def purchaser_fits(
    opening: Sequence[Opening], engagement: Sequence[int], moneys: Sequence[Sequence[Money]], savings: str
) -> bool:
    """Does a purchaser that neither gives nor receives find a split? `moneys[need][place]`."""
    if savings == "lagged":
        return lagged_fits(opening, engagement, moneys)
    for place, given in enumerate(opening):
        lacks = missing(given, engagement[place], (money[place] for money in moneys), savings)
        if lacks is None or lacks > 0:
            return False
    return True


def lagged_fits(opening: Sequence[Opening], engagement: Sequence[int], moneys: Sequence[Sequence[Money]]) -> bool:
    """The same where shared money is last year's saving; at most two years.

    Year 1: shared = 0, so v = own <= A = min(F, O) and V must reach N = max(0, wanted); a larger V only takes
    from year 2, so V = N. Year 2: v of a need reaches min(F2, A2 + R1 - own1), A2 = min(F2, O2) (own first, then
    shared up to R1 - own1). As a function of own1 that is F2 until own1 exceeds slack = A2 + R1 - F2 and falls
    fen by fen from there (slack may be negative: then from the start). So own1 is spent first, up to
    min(A1, max(0, slack)) of each need, where it costs nothing, and only the rest of N lowers the largest V of
    year 2, each fen by one fen whichever need bears it.
    """
    if len(opening) > 2:
        raise ValueError("lagged savings are split exactly for two years at most")
    first = [money[0] for money in moneys]
    lacks = missing(opening[0], engagement[0], first, "returned")
    if lacks is None or lacks > 0:
        return False
    if len(opening) == 1:
        return True
    wanted = max(0, sum(money.outlay for money in first) + engagement[0] - opening[0].line)
    reach = free = released = wanted_next = 0
    for earlier, later in moneys:
        own_next = min(later.most, later.outlay)
        reach += min(later.most, own_next + earlier.released)
        free += min(earlier.most, earlier.outlay, max(0, own_next + earlier.released - later.most))
        released += later.released
        wanted_next += later.outlay
    reach -= max(0, wanted - free)
    found = min(reach, released - opening[1].deficit)
    return found >= 0 and wanted_next + engagement[1] - opening[1].line <= found


def pool_fits(lacking: Sequence[int], may_give: Sequence[int]) -> bool:
    """Can those who lack money in a year get it from the others of their group?

    A purchaser with lack m > 0 must receive at least m; one with m < 0 can give at most min(-m, its share);
    received money raises what one may spend and harms no rule. So it can be done iff what is needed is there.
    """
    needed = sum(max(0, lack) for lack in lacking)
    there = sum(min(most, max(0, -lack)) for lack, most in zip(lacking, may_give, strict=True))
    return needed <= there
