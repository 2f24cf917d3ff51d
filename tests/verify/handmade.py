"""A tiny model and its plan, written out by hand, with the arithmetic beside every figure.

One district purchaser p1 has two matters of item i1 (livelihood, up to 120 yuan a unit), two years.

    n1: demand 100, D = 60, E = 6000.00 (100 a unit), avoidable 0.4, the rest runs off over 2 years, 3 posts
    n2: demand  30, D = 30, E = 3000.00 (100 a unit), avoidable 1, no posts given
    o1: u1, price 80, setup 50.00; u1 costs 100.00 a year for each purchaser that uses it
    o2: u2, price 90.5, no setup

2015, budget 12200.00: ΣE = 9000.00, purchase line 3200.00, no deficit.
    n1 keeps 40, buys 50 through o1: amount 50·80 + 50 = 4050.00. direct = 6000·40/60 = 4000.00, freed 2000.00,
       stranded = 20·(1 − 0.4)·100 = 1200.00, released 800.00. fees of 50 units = 5000.00.
       own = min(800, 4050, 5000) = 800.00, drawn 3250.00.
    n2 keeps 0, buys 30 through o2: amount 30·90.5 = 2715.00. direct 0, stranded 0, released 3000.00.
       own = min(3000, 2715, 3000) = 2715.00, drawn 0.
    The line is short by 3250 + 100 − 3200 = 150.00: shared from n1 min(800 − 800, ..) = 0, from n2
       min(3000 − 2715, 3000 − 2715, 150) = 150.00. unspent of n2 = 135.00. Nothing is left on the line.
    12200 = 4000 + 1200 + (4050 + 2715 + 100 = 6865) + 135.
2016, budget 12500.00: line 3500.00.
    n1 keeps 30 (10 more given up), buys 60 through o1: 60·80 + 50 = 4850.00. direct 3000.00, freed 3000.00,
       stranded = 20·(1 − (0.4 + 0.6·1/2))·100 + 10·0.6·100 = 600 + 600 = 1200.00, released 1800.00.
       own = 1800.00, drawn 3050.00.
    n2 as before: own 2715.00. The line needs 3050 + 100 = 3150.00, is not short: shared 0, unspent of n2 285.00,
       left on the line 350.00.
    12500 = 3000 + 1200 + (4850 + 2715 + 100 = 7665) + (285 + 350 = 635).

Scores: o1 (0.8 + 0.6)/2 = 0.7, o2 (0.9 + 0.7)/2 = 0.8, reference 0.75; the line of n1 (0.6 + 0.7)/2 = 0.65.
Aims: shortfall of n1: 10 units in each year (served 90 of 100), weight 2, unit value 120: 2·120·10·2 = 4800.
    worst_area: wanted = 2·120·100 + 120·30 = 27600 a year, missing 2400: 1 − 2400/27600 = 21/23.
    outlay = 4000 + 1200 + 6865 + 3000 + 1200 + 7665 = 23930.
    quality = 120·((0.7 − 0.75)·(50 + 60) + (0.8 − 0.75)·(30 + 30) + (0.65 − 0.75)·(40 + 30))
            = 120·(−5.5 + 3 − 7) = −1140.
    benefit = 2·90 + 30 + 2·90 + 30 = 420. transition = 120·(50 + 30 + 60 + 30) = 20400.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from gpsopt.scenario import Scenario, read_scenario
from gpsopt.verify import Verdict, verify_frames
from gpsopt.verify.aims import CLAIMS, totals_of
from gpsopt.verify.claims import scale_of
from gpsopt.verify.clauses.excluded import reason_of
from gpsopt.verify.evidence import Evidence
from gpsopt.verify.exact import rounded_text
from gpsopt.verify.frames import evidence_of
from gpsopt.verify.indicators import INDICATORS
from gpsopt.verify.inputs import check_inputs

Frames = dict[str, list[dict[str, str]]]

MODEL = """
title = "Two matters"
years = [2015, 2016]
base_year = 2014
quantity_step = 0.5
[aims]
order = ["livelihood_shortfall", "shortfall", "worst_area", "outlay", "quality", "benefit", "transition"]
[unit_values]
i1 = 120.0
"""

TABLES = {
    "areas": "area\na1\n",
    "purchasers": "purchaser,level,kind,area\np1,district,administrative_organ,a1\n",
    "items": """item,kind,livelihood,basic,scope,procedure,cost_standard
i1,public,yes,yes,purchasable,procurement,120
""",
    "budgets": "purchaser,year,amount\np1,2015,12200\np1,2016,12500\n",
    "needs": """need,purchaser,item,area,year,demand,target,floor,weight
n1,p1,i1,a1,2015,100,1,0.5,2
n1,p1,i1,a1,2016,100,1,0.5,2
n2,p1,i1,a1,2015,30,1,,
n2,p1,i1,a1,2016,30,1,,
""",
    "direct_lines": """need,quantity,expenditure,avoidable,runoff_years,posts,quality,satisfaction
n1,60,6000,0.4,2,3,0.6,0.7
n2,30,3000,1,,,,
""",
    "undertakers": """undertaker,kind,capacity,engagement_cost
u1,social_organisation,70,100
u2,enterprise,,
""",
    "offers": """offer,undertaker,item,areas,needs,price,setup,quality,satisfaction
o1,u1,i1,,n1,80,50,0.8,0.6
o2,u2,i1,,,90.5,,0.9,0.7
""",
}

PLAN = {
    "allocation": """year,need,purchaser,item,area,undertaker,offer,quantity,price,setup,amount
2015,n1,p1,i1,a1,u1,o1,50,80,50.00,4050.00
2015,n2,p1,i1,a1,u2,o2,30,90.5,0.00,2715.00
2016,n1,p1,i1,a1,u1,o1,60,80,50.00,4850.00
2016,n2,p1,i1,a1,u2,o2,30,90.5,0.00,2715.00
""",
    "direct": (
        "year,need,purchaser,quantity,new,idle,moved,expenditure,released,stranded,posts,posts_paid,kept_because\n"
        # n1: a unit kept costs 100, o1's 80 + 50/70 is less, but a unit given up sets free only 40: stranded
        # posts of n1: 3·40/60 = 2, paid 3·(4000 + 1200)/6000 = 2.6; then 3·30/60 = 1.5, paid 3·4200/6000 = 2.1
        "2015,n1,p1,40,0,0,20,4000.00,800.00,1200.00,2.00,2.60,stranded\n"
        "2015,n2,p1,0,0,0,30,0.00,3000.00,0.00,,,\n"
        "2016,n1,p1,30,0,0,10,3000.00,1800.00,1200.00,1.50,2.10,stranded\n"
        "2016,n2,p1,0,0,0,0,0.00,3000.00,0.00,,,\n"
    ),
    "transfers": """year,need,from_purchaser,from_line,to_purchaser,to_line,amount,use,change,clause
2015,n1,p1,direct,p1,purchase,800.00,own,800.00,fees_follow_the_matter
2015,n2,p1,direct,p1,purchase,2715.00,own,2715.00,fees_follow_the_matter
2015,n2,p1,direct,p1,purchase,150.00,shared,150.00,fees_follow_the_matter
2015,n2,p1,direct,p1,unspent,135.00,unspent,135.00,fees_follow_the_matter
2016,n1,p1,direct,p1,purchase,1800.00,own,1000.00,fees_follow_the_matter
2016,n2,p1,direct,p1,purchase,2715.00,own,0.00,fees_follow_the_matter
2016,n2,p1,direct,p1,purchase,0.00,shared,-150.00,fees_follow_the_matter
2016,n2,p1,direct,p1,unspent,285.00,unspent,150.00,fees_follow_the_matter
2016,,p1,purchase,p1,unspent,350.00,unspent,350.00,existing_budget
""",
    "coverage": """year,need,purchaser,item,area,demand,target,direct,purchased,served,shortfall,candidates,thin
2015,n1,p1,i1,a1,100,100,40,50,90,10,2,yes
2015,n2,p1,i1,a1,30,30,0,30,30,0,1,yes
2016,n1,p1,i1,a1,100,100,30,60,90,10,2,yes
2016,n2,p1,i1,a1,30,30,0,30,30,0,1,yes
""",
    "budgets": """year,purchaser,amount,received,given,direct,stranded,purchased,engagement,unspent
2015,p1,12200.00,0.00,0.00,4000.00,1200.00,6865.00,100.00,135.00
2016,p1,12500.00,0.00,0.00,3000.00,1200.00,7665.00,100.00,635.00
""",
    "undertakers": """year,undertaker,awards,amount,capacity_used,capacity,score
2015,u1,1,4050.00,50,70,0.700000
2015,u2,1,2715.00,30,,0.800000
2016,u1,1,4850.00,60,70,0.700000
2016,u2,1,2715.00,30,,0.800000
""",
}

HEADERS = {name: text.splitlines()[0] for name, text in PLAN.items()}

AIMS = {
    "livelihood_shortfall": ("min", "4800"),
    "shortfall": ("min", "0"),
    "worst_area": ("max", 21 / 23),
    "outlay": ("min", "23930.00"),
    "quality": ("max", "-1140"),
    "benefit": ("max", "420"),
    "transition": ("max", "20400"),
}


def summary_of(order: tuple[str, ...] = tuple(AIMS)) -> dict[str, Any]:
    """A summary as the planner writes it, as far as the check reads it."""
    return {
        "status": "optimal",
        "certified": True,
        "aims": [{"name": name, "sense": AIMS[name][0], "plan_value": AIMS[name][1]} for name in order],
        "unit_values": {"i1": "120.000000"},
    }


NOTHING_BESIDE = {
    "goals": "goal,year,value,target,met,unit,status\n", "excluded": "need,offer,undertaker,year,clause,reason\n",
    "prices": "clause,index,year,price,unit\n",
}  # fmt: skip


def beside_of(evidence: Evidence) -> dict[str, Any]:
    """The totals, and the tables goals and excluded, of a plan whose scenario sets no targets."""
    world = evidence.world
    places = {"share": 6, "ratio": 6, "posts": 6, "yuan": 2, "year": 0}
    goals, excluded = NOTHING_BESIDE["goals"], NOTHING_BESIDE["excluded"]
    for name, indicator in INDICATORS.items():
        for year in world.years:
            value = indicator.value(evidence, year)
            text = "" if value is None else format(rounded_text(value, places[indicator.unit]), "f")
            goals += f"{name},{year},{text},,,{indicator.unit},\n"
    for (offer, need, year), clause in sorted(evidence.pairs.excluded.items()):
        why = reason_of(evidence, (offer, need, year), clause)
        excluded += f"{need},{offer},{world.offers[offer].undertaker},{year},{clause},{why}\n"
    totals = {name: str(Decimal(amount).scaleb(-2)) for name, amount in totals_of(evidence).items()}
    return {"totals": totals, "goals": goals, "excluded": excluded}


def proven(evidence: Evidence, aim: dict[str, Any]) -> dict[str, Any]:
    """The aim as a search would say it that proved the plan the best."""
    value = float(aim["plan_value"])
    scale = float(scale_of(evidence, aim["name"], Fraction(aim["plan_value"])))
    return {"value": value, "bound": value, "gap": 0.0, "gap_amount": 0.0, "scale": scale, "given_up": 0.0,
            "tolerance": 0.001, **aim}  # fmt: skip


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def plan_frames() -> Frames:
    """The plan by hand as frames of text."""
    return {name: rows_of(text) for name, text in PLAN.items()}


def text_of(rows: list[dict[str, str]]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def write_model(folder: Path, model: str = MODEL, tables: Mapping[str, str] = TABLES) -> Path:
    """A model folder that `read_scenario` reads."""
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    (folder / "model.toml").write_text(model, encoding="utf-8")
    for name, text in tables.items():
        (folder / "tables" / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Case:
    """The plan by hand with changes. Keys of `inputs` and `plan` are "table" or "table row" (the row of the file,
    header = 1): a text replaces the whole table, a dict replaces cells, None takes the row out; `added` rows are
    CSV lines at the end of a plan table. `model` is put before the tables of model.toml, `aims` into the summary."""

    model: str = ""
    years: str = "[2015, 2016]"
    inputs: Mapping[str, Any] = field(default_factory=dict)
    plan: Mapping[str, Any] = field(default_factory=dict)
    added: Mapping[str, str] = field(default_factory=dict)
    aims: Mapping[str, Any] = field(default_factory=dict)

    def but(self, **more: Any) -> Case:
        """This case and further changes; cells are merged into the cells that a row already changes."""
        merged = {
            name: _merged(getattr(self, name), value) for name, value in more.items() if name not in ("model", "years")
        }
        return replace(self, model=self.model + more.get("model", ""), **merged)

    def model_text(self) -> str:
        return MODEL.replace("[2015, 2016]", self.years).replace("[aims]", self.model + "\n[aims]")

    def tables(self) -> dict[str, str]:
        changed = _changed({name: rows_of(text) for name, text in TABLES.items()}, self.inputs)
        return {name: text_of(rows) for name, rows in changed.items()}

    def frames(self) -> Frames:
        frames = plan_frames() | {name: rows_of(text) for name, text in self.plan.items() if isinstance(text, str)}
        for name, text in self.added.items():
            frames[name] += rows_of(f"{HEADERS[name]}\n{text}")
        return _changed(frames, {place: c for place, c in self.plan.items() if not isinstance(c, str)})

    def summary(self) -> dict[str, Any]:
        summary = summary_of()
        for aim in summary["aims"]:
            aim["plan_value"] = self.aims.get(aim["name"], aim["plan_value"])
        return summary

    def scenario(self, folder: Path) -> Scenario:
        return read_scenario(write_model(folder, self.model_text(), self.tables()))

    def write(self, folder: Path) -> Path:
        """The case as a whole run folder: inputs, plan tables with BOM, summary; what is not written by hand (goals,
        excluded, totals, what a search says) as the check works it out, no prices."""
        write_model(folder / "inputs", self.model_text(), self.tables())
        summary, beside = self.summary() | {"totals": {}}, dict(NOTHING_BESIDE)
        summary["aims"] = [dict.fromkeys(CLAIMS, 0) | aim for aim in summary["aims"]]
        scenario = read_scenario(folder / "inputs")
        if not check_inputs(scenario).faults:
            evidence = evidence_of(scenario, self.frames())[0]
            beside |= beside_of(evidence)
            summary["totals"] = beside.pop("totals")
            summary["aims"] = [proven(evidence, aim) for aim in self.summary()["aims"]]
        for name, text in beside.items():
            (folder / f"{name}.csv").write_text(text, encoding="utf-8-sig")
        for name, rows in self.frames().items():
            text = text_of(rows) if rows else f"{HEADERS[name]}\n"
            (folder / f"{name}.csv").write_text(text, encoding="utf-8-sig")
        (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
        return folder

    def verdict(self, folder: Path) -> Verdict:
        return verify_frames(self.scenario(folder), self.frames(), self.summary())


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    both = {key: {**old[key], **new[key]} for key in old.keys() & new.keys()
            if isinstance(old[key], dict) and isinstance(new[key], dict)}  # fmt: skip
    return {**old, **new, **both}


def _changed(frames: Frames, changes: Mapping[str, Any]) -> Frames:
    gone: dict[str, list[int]] = {}
    for place, change in changes.items():
        name, _, row = place.partition(" ")
        if not row:
            frames[name] = rows_of(change)
        elif change is None:
            gone.setdefault(name, []).append(int(row) - 2)
        else:
            for column in change:
                for other in frames[name]:
                    other.setdefault(column, "")
            frames[name][int(row) - 2].update(change)
    for name, rows in gone.items():
        frames[name] = [row for at, row in enumerate(frames[name]) if at not in rows]
    return frames
