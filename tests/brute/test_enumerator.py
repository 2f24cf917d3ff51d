"""The enumerator itself: its shortcuts against the literal rules, word for word."""

from __future__ import annotations

import random
from itertools import product

import pytest

from .enumerator import TooMany, best_plan
from .generate import draw
from .ledger import Money, Opening, missing, pool_fits, purchaser_fits


def test_leaving_out_what_cannot_be_better_changes_no_answer() -> None:
    answers = []
    for seed in range(80):
        scenario = draw(seed)
        try:
            plain = best_plan(scenario, most_steps=30_000, prune=False)
        except TooMany:
            continue  # too many plans to look at all of them without a shortcut
        quick = best_plan(scenario)
        assert (quick and quick.aims) == (plain and plain.aims), seed
        answers.append(quick is not None)
    assert len(answers) >= 60
    assert {True, False} == set(answers)


def splits(money: Money) -> list[tuple[int, int]]:
    """Every (own, shared) of a need and year before the rules that tie needs together."""
    return [
        (own, shared)
        for own in range(min(money.outlay, money.most) + 1)
        for shared in range(money.most - own + 1)
        if own + shared <= money.released
    ]


def literal(opening: list[Opening], engagement: list[int], moneys: list[list[Money]], savings: str) -> bool:
    """Is there a split, tried one by one over all needs and years?"""
    per_need = [list(product(*(splits(money) for money in years))) for years in moneys]
    return any(_legal(opening, engagement, moneys, savings, chosen) for chosen in product(*per_need))


def _legal(
    opening: list[Opening], engagement: list[int], moneys: list[list[Money]], savings: str,
    chosen: tuple[tuple[tuple[int, int], ...], ...],
) -> bool:  # fmt: skip
    for place, given in enumerate(opening):
        drawn = shared_sum = unspent = 0
        for years, split in zip(moneys, chosen, strict=True):
            own, shared = split[place]
            if savings == "returned" and shared:
                return False
            if savings == "lagged":
                saved = years[place - 1].released - split[place - 1][0] if place else 0
                if shared > saved:
                    return False
            drawn += years[place].outlay - own
            shared_sum += shared
            unspent += years[place].released - own - shared
        if drawn + engagement[place] > given.line + shared_sum or unspent < given.deficit:
            return False
    return True


def _case(seed: int) -> tuple[list[Opening], list[int], list[list[Money]]]:
    rng = random.Random(seed)
    years, needs = rng.choice(((1, 1), (1, 2), (2, 1), (2, 2), (2, 2), (1, 3)))
    opening = [Opening(line, 0 if line else rng.choice((0, 0, 1))) for line in rng.choices((0, 1, 2), k=years)]
    engagement = rng.choices((0, 0, 1), k=years)
    moneys = []
    for _need in range(needs):
        row = []
        for _year in range(years):
            released = rng.randint(0, 3)
            row.append(Money(rng.randint(0, 4), released, rng.randint(0, released), 0))
        moneys.append(row)
    return opening, engagement, moneys


@pytest.mark.parametrize("savings", ["kept", "returned", "lagged"])
def test_a_split_is_found_exactly_where_one_exists(savings: str) -> None:
    answers = []
    for seed in range(400):
        opening, engagement, moneys = _case(seed)
        found = purchaser_fits(opening, engagement, moneys, savings)
        assert found == literal(opening, engagement, moneys, savings), (seed, opening, engagement, moneys)
        answers.append(found)
    assert {True, False} == set(answers)


@pytest.mark.parametrize("savings", ["kept", "returned"])
def test_a_pool_is_filled_exactly_where_gifts_exist(savings: str) -> None:
    answers = []
    for seed in range(300):
        rng = random.Random(seed)
        cases = [_case(1000 * seed + k) for k in range(2)]
        shares = rng.choices((0, 1, 2), k=2)
        purchasers = [(case[0][0], case[1][0], [years[0] for years in case[2][:2]]) for case in cases]
        lacking = [missing(opening, engagement, moneys, savings) for opening, engagement, moneys in purchasers]
        found = None not in lacking and pool_fits([lack for lack in lacking if lack is not None], shares)
        net = range(-max(shares), max(shares) + 1)  # received less given of the first purchaser
        tried = any(
            -shares[0] <= gift <= shares[1]
            and _with_gift(purchasers[0], gift, savings)
            and _with_gift(purchasers[1], -gift, savings)
            for gift in net
        )
        assert found == tried, (seed, purchasers, shares)
        answers.append(found)
    assert {True, False} == set(answers)


def _with_gift(purchaser: tuple[Opening, int, list[Money]], gift: int, savings: str) -> bool:
    opening, engagement, moneys = purchaser
    # money received counts as line; money given is spent like an engagement
    given = Opening(opening.line + max(0, gift), opening.deficit)
    return literal([given], [engagement + max(0, -gift)], [[money] for money in moneys], savings)
