"""Shares of a year's outlay on awards, in whole fen. Sources: 34号文 2(2)3 (plural supply), 1(3) (social
organisations); the share of affiliated institutions is a researchers' rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Final

from gpsopt.money import fen
from gpsopt.verify.evidence import Evidence
from gpsopt.verify.exact import shown
from gpsopt.verify.facts import Award
from gpsopt.verify.rows import key_text
from gpsopt.verify.verdict import Breach, Fault, Outcome

Key = tuple[Any, ...]
#: what each clause's limit is called where it is listed as broken
_LIMITS: Final = {
    "plural_supply": "nobody_has_too_much",
    "social_organisations": "social_organisations_have_their_part",
    "affiliated_share": "own_house_has_not_too_much",
}


def check_plural_supply(evidence: Evidence) -> list[Outcome]:
    """p,t (or p,i,t): the amounts of u ≤ max_share · all amounts, where enough unrelated undertakers have a pair."""
    world, clause = evidence.world, evidence.world.settings.clauses.plural_supply
    if clause is None or not clause.enabled:
        return []
    heads: dict[Key, set[tuple[str, str]]] = defaultdict(set)
    for (need_key, year), offers in evidence.pairs.remaining.items():
        need = world.needs[need_key]
        key = _market(clause.scope, need.purchaser, need.item.code, year)
        for offer in offers:
            undertaker = world.undertakers[world.offers[offer].undertaker]
            if undertaker.affiliated_to != need.purchaser:
                heads[key].add(("group", undertaker.group) if undertaker.group else ("one", undertaker.key))
    wanted = -(-clause.max_share.as_integer_ratio()[1] // clause.max_share.as_integer_ratio()[0])
    faults = []
    for key, awards in _awards(evidence, clause.scope).items():
        if len(heads[key]) < wanted or world.budgets.get((key[0], key[-1]), 0) < fen(clause.min_outlay):
            continue
        for name in sorted({a.undertaker for a in awards}):
            mine = [a for a in awards if a.undertaker == name]
            faults += _over(mine, awards, Fraction(clause.max_share), "plural_supply", (*key, name))
    return [Outcome("plural_supply", len(evidence.written.allocation), tuple(faults))]


def check_social_organisations(evidence: Evidence) -> list[Outcome]:
    """t (or p,t): the amounts of social organisations ≥ min_share · all amounts."""
    world, clause = evidence.world, evidence.world.settings.clauses.social_organisations
    if clause is None or not clause.enabled:
        return []
    groups: dict[Key, list[Award]] = defaultdict(list)
    for (purchaser, year), awards in _awards(evidence, "purchaser").items():
        groups[(purchaser, year) if clause.by == "purchaser" else (year,)] += awards
    faults = []
    for key, awards in sorted(groups.items()):
        mine = [a for a in awards if world.undertakers[a.undertaker].kind == "social_organisation"]
        missing = Fraction(clause.min_share) * _sum(awards) - _sum(mine)
        if missing > 0:
            faults.append(_fault("social_organisations", "share_below", key, awards[0].row, _sum(mine), missing,
                                 str(clause.min_share)))  # fmt: skip
    return [Outcome("social_organisations", len(evidence.written.allocation), tuple(faults))]


def check_affiliated_share(evidence: Evidence) -> list[Outcome]:
    """p,t: the amounts of institutions affiliated to p ≤ max_share · all amounts of p."""
    world, clause = evidence.world, evidence.world.settings.clauses.affiliated_share
    if clause is None or not clause.enabled:
        return []
    faults = []
    for key, awards in _awards(evidence, "purchaser").items():
        mine = [a for a in awards if world.undertakers[a.undertaker].affiliated_to == key[0]]
        faults += _over(mine, awards, Fraction(clause.max_share), "affiliated_share", key)
    return [Outcome("affiliated_share", len(evidence.written.allocation), tuple(faults))]


def _market(scope: str, purchaser: str, item: str, year: int) -> Key:
    return (purchaser, item, year) if scope == "item" else (purchaser, year)


def _awards(evidence: Evidence, scope: str) -> dict[Key, list[Award]]:
    """Awards of every purchaser and year, or purchaser, item and year, in key order."""
    found: dict[Key, list[Award]] = defaultdict(list)
    for (need_key, year), state in evidence.facts.of.items():
        need = evidence.world.needs[need_key]
        if state.awards:
            found[_market(scope, need.purchaser, need.item.code, year)] += state.awards
    return dict(sorted(found.items()))


def _sum(awards: Iterable[Award]) -> int:
    return sum(a.amount for a in awards)


def _over(mine: list[Award], awards: list[Award], share: Fraction, rule: str, key: Key) -> list[Fault]:
    over = _sum(mine) - share * _sum(awards)
    if over <= 0:
        return []
    return [_fault(rule, "share_above", key, mine[0].row, _sum(mine), over, shown(share))]


def _fault(rule: str, code: str, key: Key, row: int, part: int, amount: Fraction, share: str) -> Fault:
    """`violation`: yuan by which the rule is missed."""
    year = next(k for k in key if isinstance(k, int))
    names = (year, *(k for k in key if k != year))
    missed = amount / 100
    limit = _LIMITS[rule]
    breach = Breach(key_text((limit, *(k for k in key if k != year))), year, missed, "yuan")
    return Fault(rule, code, "allocation.csv", row, "amount", key_text(names), {
        "found": shown(Fraction(part, 100)), "share": share, "violation": shown(missed),
    }, breach)  # fmt: skip
