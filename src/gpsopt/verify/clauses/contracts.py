"""Signed contracts are honoured (34号文 3(4)); an award lasts its term (Order 102 from March 2020, else by choice)."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from gpsopt.money import fen
from gpsopt.verify.evidence import Evidence
from gpsopt.verify.exact import down_to_grid, shown
from gpsopt.verify.facts import award_cost
from gpsopt.verify.rows import key_text
from gpsopt.verify.verdict import Breach, Fault, Outcome

IN_FORCE: Final = 2020


def check_commitments(evidence: Evidence) -> list[Outcome]:
    """Every fixed contract has an award of at least its quantity in every model year it runs; in mid-year
    (stage = "execution") every contract that runs in the first model year has one in it. Those of one pair and year
    add up."""
    world = evidence.world
    if not world.on("commitments"):
        return []
    won = {(a.offer, a.need, a.year): a for state in evidence.facts.of.values() for a in state.awards}
    started = world.years[:1] if world.settings.stage == "execution" else ()
    signed: dict[tuple[str, str, int], tuple[int, int]] = {}
    for row in world.contracts:
        last = row["year"] if row["until_year"] is None else row["until_year"]
        for year in world.years if row["fixed"] else started:
            if row["year"] <= year <= last and row["need"] in world.needs:
                key = row["offer"], row["need"], year
                before = signed.get(key, (0, 0))
                step = world.needs[row["need"]].item.step
                steps = 0 if row["quantity"] is None else down_to_grid(row["quantity"], step)
                money = fen(row["amount"]) if row["quantity"] is None and row["amount"] is not None else 0
                signed[key] = before[0] + steps, before[1] + money
    faults = []
    for (offer, need, year), (steps, money) in sorted(signed.items()):
        award = won.get((offer, need, year))
        found, paid = (award.quantity, award.amount) if award else (0, 0)
        owed = steps, money
        if steps and money:  # the money is owed beyond what the units cost
            offered = world.offers[offer]
            price = world.price(offered, world.needs[need], year)
            money += award_cost(steps, price, world.needs[need].item.step) + offered.setup
        if found < max(1, steps) or paid < money:
            said = (shown(Fraction(v, 100)) for v in (paid, money)) if found >= max(1, steps) else (
                shown(evidence.units(need, v)) for v in (found, max(1, steps))
            )  # fmt: skip
            faults.append(Fault("commitments", "contract_broken", "allocation.csv", None, "quantity",
                                key_text((year, need, offer)),
                                dict(zip(("found", "bound"), said, strict=True)),
                                _breach(evidence, (offer, need, year), owed, money, found)))  # fmt: skip
    return [Outcome("commitments", len(signed), tuple(faults))]


def _breach(
    evidence: Evidence, pair: tuple[str, str, int], owed: tuple[int, int], cost: int, found: int
) -> Breach:  # fmt: skip
    """Units by which a contract is not honoured: to the fewest that cost so much, or, where nothing can be bought, to
    what was signed for (money at the unit value of the item)."""
    world, (offer_key, need_key, year), (steps, money) = evidence.world, pair, owed
    offer, item = world.offers[offer_key], world.needs[need_key].item
    fewest = None
    if offer_key in evidence.pairs.remaining.get((need_key, year), ()):
        smallest = max(1, offer.min_quantity if world.on("award_size") else 1)
        price = world.price(offer, world.needs[need_key], year)
        fewest = _fewest(max(steps, smallest), cost, price, offer.setup, item.step)
    if fewest is not None:
        rule, units = "contract_is_honoured", evidence.units(need_key, fewest - found)
    else:
        rule, units = "absent_contract_is_honoured", evidence.units(need_key, steps if money else max(1, steps))
        units += Fraction(money, 100) / item.unit_value
    return Breach(f"{rule} {offer_key} {need_key}", year, units, "item", item.unit_value)


def _fewest(steps: int, money: int, price: int, setup: int, step: Fraction) -> int | None:
    """At least so many steps that cost at least so many fen; None where no number of them does."""
    if price == 0:
        return steps if setup >= money else None
    while award_cost(steps, price, step) + setup < money:
        lacking = Fraction((money - setup - award_cost(steps, price, step)) * 10_000, price) / step
        steps += max(1, int(lacking))
    return steps


def check_contract_term(evidence: Evidence) -> list[Outcome]:
    """A pair awarded in t and not the year before is awarded in every later year of the term, while it exists; t is a
    year in which Order 102 is in force, or any year where the scenario chose so."""
    world, clause = evidence.world, evidence.world.settings.clauses.contract_term
    if clause is None or not clause.enabled:
        return []
    there = {(o, n, t) for (n, t), offers in evidence.pairs.remaining.items() for o in offers}
    won = {(a.offer, a.need, a.year): a for state in evidence.facts.of.values() for a in state.awards}
    before = dict(zip(world.years[1:], world.years, strict=False))
    faults = []
    for (o, n, t), award in sorted(won.items()):
        if (o, n, before.get(t)) in won or (t < IN_FORCE and not clause.before_force):
            continue
        missing = []
        for year in world.years[world.years.index(t) + 1 :]:
            if year >= t + clause.years or (o, n, year) not in there:
                break
            missing += [year] if (o, n, year) not in won else []
        if missing:
            breach = Breach(f"award_lasts_its_term {o} {n}", t, Fraction(len(missing)), "award")
            faults.append(Fault("contract_term", "term_cut", "allocation.csv", award.row, "offer", key_text((t, n, o)),
                                {"year": missing[0], "term": clause.years}, breach))  # fmt: skip
    return [Outcome("contract_term", len(won), tuple(faults))]
