"""What a model or scenario file may say: regime, clauses with their parameters, aims, goals, solver.

One pydantic model a group of keys; unknown keys are refused. Money and shares are exact decimals.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Share = Annotated[Decimal, Field(ge=0, le=1)]
NotNegative = Annotated[Decimal, Field(ge=0)]
Year = Annotated[int, Field(ge=1949, le=2100)]
Sense = Literal["min", "max"]

#: every aim and the direction in which it is better
AIMS: Final[dict[str, Sense]] = {
    "livelihood_shortfall": "min",
    "shortfall": "min",
    "worst_area": "max",
    "outlay": "min",
    "quality": "max",
    "benefit": "max",
    "transition": "max",
}
AimName = Literal[
    "livelihood_shortfall", "shortfall", "worst_area", "outlay", "quality", "benefit", "transition"
]  # fmt: skip
#: the indicators of the 2017 goals that may have a target, and those of them that are shares, from 0 to 1
GOALS: Final = (
    "coverage", "worst_area", "area_gap", "quality_score", "purchased_share", "purchased_share_basic",
    "purchased_share_non_basic", "unit_cost", "contested_share", "concentration", "social_part", "fees_followed",
    "stranded", "posts",
)  # fmt: skip
SHARE_GOALS: Final = tuple(goal for goal in GOALS if goal not in ("unit_cost", "stranded", "posts"))


class Strict(BaseModel):
    """A frozen group of keys in which nothing unknown is accepted.

    A validator's ValueError names the finding that says what is wrong (text/*/checks.toml), then what fills the
    message and the key to point at, within the group.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


class Clause(Strict):
    """What every clause understands: it can be struck, and made soft: broken as little as can be, never silently.

    `priority`: soft clauses of a smaller number are minimised first (empty: 1).
    """

    enabled: bool = True
    soft: bool | None = None
    priority: int | None = None


class HardClause(Clause):
    """A clause whose breach has no size: what may not be purchased at all, or what binds nothing (3(1), 3(2))."""

    @model_validator(mode="after")
    def _not_soft(self) -> HardClause:
        if self.soft:
            raise ValueError("clause_not_soft")
        return self


class Qualification(Clause):
    min_credit: Annotated[Decimal, Field(ge=0, le=100)] | None = None


class FeeStandard(Clause):
    mode: Literal["exclude", "cap"] = "exclude"


class Continuity(Clause):
    tolerance: Share = Decimal(0)


class Coverage(Clause):
    oversupply: bool = False


class Competition(Clause):
    min_candidates: Annotated[int, Field(ge=1)] = 3
    on_thin: Literal["flag", "keep_direct", "ignore"] = "flag"


class QualityFloor(Clause):
    min_quality: Share | None = None
    min_satisfaction: Share | None = None


class UndertakerCount(Clause):
    min: Annotated[int, Field(ge=0)] | None = None
    max: Annotated[int, Field(ge=0)] | None = None


class PluralSupply(Clause):
    max_share: Annotated[Decimal, Field(gt=0, le=1)]
    min_outlay: NotNegative = Decimal(0)
    scope: Literal["purchaser", "item"] = "purchaser"


class SocialOrganisations(Clause):
    min_share: Share
    by: Literal["total", "purchaser"] = "total"


class AffiliatedShare(Clause):
    max_share: Share


class ProjectLimit(Clause):
    max_awards: Annotated[int, Field(ge=0)] = 2
    kinds: tuple[Literal["social_organisation", "enterprise", "public_institution", "other"], ...] = ()


class GradualPurchase(Clause):
    """Soft unless `soft = false`: steady implementation is a wish before it is a rule (2(2)2)."""

    soft: bool | None = True
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    step: Share | None = None
    floor: Share | None = None
    from_: Annotated[Year | None, Field(alias="from")] = None


class BalancedAreas(Clause):
    ratio: Share
    domains: tuple[str, ...] = ()


class ContractTerm(Clause):
    """`years`: how long an award lasts. Order 102 (in force from March 2020) allows at most three.

    `before_force`: awards of earlier years are held to a term as well, which no law asks of them: said of itself where
    a scenario gives the term, by choice where model.toml does.
    """

    years: Annotated[int, Field(ge=1)]
    before_force: bool = False


class Clauses(Strict):
    """The clauses of a model; None = off. The starred ones are on unless `enabled = false`."""

    catalogue_scope: HardClause = HardClause()
    purchaser_kind: HardClause = HardClause()
    qualification: Qualification = Qualification()
    fee_standard: FeeStandard = FeeStandard()
    no_new_posts: Clause = Clause()
    continuity: Continuity = Continuity()
    coverage: Coverage = Coverage()
    own_capacity: Clause = Clause()
    award_size: Clause = Clause()
    related_needs: Clause = Clause()
    competition: Competition = Competition()
    quality_floor: QualityFloor | None = None
    undertaker_count: UndertakerCount | None = None
    plural_supply: PluralSupply | None = None
    social_organisations: SocialOrganisations | None = None
    equal_competition: Clause | None = None
    affiliated_share: AffiliatedShare | None = None
    project_limit: ProjectLimit | None = None
    gradual_purchase: GradualPurchase | None = None
    balanced_areas: BalancedAreas | None = None
    contract_term: ContractTerm | None = None
    commitments: Clause = Clause()
    hand_decisions: Clause = Clause()

    def on(self, name: str) -> bool:
        """Is the clause in force?"""
        clause = getattr(self, name)
        return clause is not None and clause.enabled

    def soft(self, name: str) -> bool:
        """Is the clause in force, and may it be broken at the price of its place before the aims?"""
        return self.on(name) and bool(getattr(self, name).soft)

    def softened(self) -> tuple[str, ...]:
        """The soft clauses in the order in which their violations are minimised: by priority, then by name."""
        names = [name for name in type(self).model_fields if self.soft(name)]
        return tuple(
            sorted(
                names,
                key=lambda name: (
                    getattr(self, name).priority or 0 if getattr(self, name).priority is not None else 1,
                    name,
                ),
            )
        )


class Aims(Strict):
    """What is sought, in order; `hold` says how an earlier aim is kept while later ones are sought.

    `limit` binds an aim whether it is sought or not: a rule of the plan, checked exactly by `verify`.
    """

    order: Annotated[tuple[AimName, ...], Field(min_length=1)] = (
        "livelihood_shortfall", "shortfall", "worst_area", "outlay", "quality",
    )  # fmt: skip
    hold: Literal["total", "purchaser"] = "total"
    tolerance: dict[AimName, NotNegative] = {}
    limit: dict[AimName, Decimal] = {}  # no plan may be worse: at most (least: for aims that are maximised), own unit

    @model_validator(mode="after")
    def _once_each(self) -> Aims:
        twice = next((aim for aim in self.order if self.order.count(aim) > 1), None)
        if twice is not None:
            raise ValueError("aim_twice", {"name": twice}, ("order",))
        return self


class Goal(Strict):
    target: Decimal


class Performance(Strict):
    """Weights of the score: quality and satisfaction."""

    quality: Share = Decimal("0.5")
    satisfaction: Share = Decimal("0.5")

    @model_validator(mode="after")
    def _whole(self) -> Performance:
        if self.quality + self.satisfaction != 1:
            raise ValueError("score_weights")
        return self


Step = tuple[NotNegative, Decimal]


class Simulation(Strict):
    """How a simulated year is paid and remembered (3(6), 2(2)3). Every default is assumed: the document gives none.

    Each list holds (performance at least, what follows), best first, down to 0. `deductions`: share of an award's
    payment that is kept back; `credit`: points won or lost. Below `min_credit` an undertaker is not engaged.
    """

    deductions: Annotated[tuple[Step, ...], Field(min_length=1)] = (
        (Decimal("0.95"), Decimal(0)), (Decimal("0.85"), Decimal("0.05")), (Decimal("0.7"), Decimal("0.15")),
        (Decimal(0), Decimal("0.3")),
    )  # fmt: skip
    credit: Annotated[tuple[Step, ...], Field(min_length=1)] = (
        (Decimal("0.95"), Decimal(2)), (Decimal("0.85"), Decimal(0)), (Decimal("0.7"), Decimal(-10)),
        (Decimal(0), Decimal(-25)),
    )  # fmt: skip
    min_credit: Annotated[Decimal, Field(ge=0, le=100)] = Decimal(60)

    @model_validator(mode="after")
    def _downwards(self) -> Simulation:
        for steps in (self.deductions, self.credit):
            marks = [mark for mark, _what in steps]
            if marks != sorted(set(marks), reverse=True) or marks[-1] != 0:
                raise ValueError("schedule_order")
        if any(not 0 <= what <= 1 for _mark, what in self.deductions):
            raise ValueError("schedule_share")
        return self


class Solver(Strict):
    """Limits of the search. `gap` empty: small models to proof, larger ones to 0.001 of the scale."""

    gap: Share | None = None
    time_limit: Annotated[Decimal, Field(gt=0)] | None = None
    node_limit: Annotated[int, Field(gt=0)] | None = None
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    years: Literal["joint", "relax_and_fix"] | None = None  # empty: all years at once
    start: str = ""  # a plan to begin from: a file or a run folder, as a path from the file that says it


class Lock(Strict):
    """A decision held by hand; `free`: what a file further inside holds is decided anew."""

    need: str
    year: Year
    offer: str | None = None
    award: bool | None = None
    quantity: NotNegative | None = None
    direct: NotNegative | None = None
    free: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_decision(self) -> Lock:
        held = [v for v in (self.award, self.quantity, self.direct, self.free) if v is not None]
        if len(held) != 1 or (not self.free and (self.direct is None) != (self.offer is not None)):
            raise ValueError("lock_one_decision")
        return self


class Settings(Strict):
    """A model or scenario after its chain of bases is followed."""

    title: str = ""
    title_zh: str = ""
    question: str = ""
    question_zh: str = ""
    years: Annotated[tuple[Year, ...], Field(min_length=1)]
    base_year: Year
    regime: Literal["fees_follow_the_matter", "fees_stay", "pooled"] = "fees_follow_the_matter"
    savings: Literal["kept", "returned", "lagged"] = "kept"
    share: Share = Decimal(0)
    stage: Literal["drafting", "execution"] = "drafting"
    quantity_step: Annotated[Decimal, Field(gt=0)] = Decimal("0.01")
    clauses: Clauses = Clauses()
    aims: Aims = Aims()
    goals: dict[str, Goal] = {}
    performance: Performance = Performance()
    simulation: Simulation = Simulation()
    solver: Solver = Solver()
    lock: tuple[Lock, ...] = ()
    unit_values: dict[str, Decimal] = {}  # written into a run's inputs; empty: taken from the model's tables

    @model_validator(mode="after")
    def _years_in_order(self) -> Settings:
        if list(self.years) != sorted(set(self.years)):
            raise ValueError("years_order", {}, ("years",))
        if self.base_year >= self.years[0]:
            raise ValueError("base_year_late", {}, ("base_year",))
        return self

    @model_validator(mode="after")
    def _shares(self) -> Settings:
        for name, goal in self.goals.items():
            if name in SHARE_GOALS and not 0 <= goal.target <= 1:
                raise ValueError("goal_not_share", {"value": format(goal.target, "f")}, ("goals", name, "target"))
        return self


class Change(Strict):
    """One departure in a table: the cells of `column` in the rows that match `where`."""

    table: str
    where: dict[str, object] = {}
    column: str
    scale: Decimal | None = None
    set: object | None = None
    add: Decimal | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Change:
        if sum(way is not None for way in (self.scale, self.set, self.add)) != 1:
            raise ValueError("change_one_way")
        return self


class Add(Strict):
    table: str
    row: dict[str, object]


class Drop(Strict):
    table: str
    where: dict[str, object] = {}


class Departure(Strict):
    """The row-wise part of a scenario file, applied in this order: change, drop, add."""

    change: tuple[Change, ...] = ()
    drop: tuple[Drop, ...] = ()
    add: tuple[Add, ...] = ()
