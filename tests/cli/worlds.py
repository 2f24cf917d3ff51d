"""Models written for these tests: one that can be read at a glance, and larger ones of the same kind."""

from __future__ import annotations

import random
from pathlib import Path

MODEL = """
title = "A hamlet"
title_zh = "一个村"
years = [2015, 2016]
base_year = 2014
quantity_step = 1
[aims]
order = ["livelihood_shortfall", "shortfall", "outlay"]
"""

TABLES = {
    "areas": "area,name_zh,name_en\na,甲片,Part A\n",
    "purchasers": "purchaser,name_zh,name_en,level,kind\np,村公所,Village office,municipal,administrative_organ\n",
    "items": "item,name_zh,name_en,kind,livelihood,basic,scope,cost_standard\n"
    "i1,助餐,Meals,public,yes,yes,purchasable,400\n"
    "i2,演出,Performances,public,no,no,purchasable,900\n",
    "budgets": "purchaser,year,amount\np,2015,9000.00\np,2016,9300.00\n",
    "needs": "need,purchaser,item,area,year,demand,target\n"
    "n1,p,i1,a,2015,20,1\nn1,p,i1,a,2016,22,1\nn2,p,i2,a,2015,4,1\nn2,p,i2,a,2016,4,1\n",
    "direct_lines": "need,quantity,expenditure,avoidable,runoff_years\nn1,16,6000.00,0.8,1\n",
    "undertakers": "undertaker,name_zh,kind\nu1,承接主体甲,enterprise\nu2,承接主体乙,social_organisation\n",
    "offers": "offer,undertaker,item,price,setup,min_quantity\n"
    "o1,u1,i1,280,100.00,2\no2,u2,i1,300.5,0.00,1\no3,u2,i2,700,0.00,1\no4,u1,i2,901,0.00,0\n",
}


def write(folder: Path, tables: dict[str, str], model: str = MODEL) -> Path:
    """A model folder of these tables."""
    (folder / "tables").mkdir(parents=True)
    (folder / "model.toml").write_text(model, encoding="utf-8")
    for name, text in tables.items():
        (folder / "tables" / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def hamlet(folder: Path, **changed: str) -> Path:
    """The small model, with whole tables put in place of its own."""
    return write(folder, {**TABLES, **changed})


def without_plan(folder: Path) -> Path:
    """All of every need must be served, and money would reach; but both offers exclude each other."""
    needs = TABLES["needs"].replace("target\n", "target,floor\n").replace(",1\n", ",1,1\n")
    offers = (
        "offer,undertaker,item,price,max_quantity,excludes\n"
        "o1,u1,i1,280,3,x\no2,u2,i1,290,3,x\no3,u2,i2,700,,\n"
    )  # fmt: skip
    budgets = "purchaser,year,amount\np,2015,90000.00\np,2016,93000.00\n"
    return hamlet(folder, needs=needs, offers=offers, budgets=budgets)


def shuffled(folder: Path, source: Path, seed: int) -> Path:
    """A copy of a model whose rows stand in another order, and whose columns too."""
    draw = random.Random(seed)
    tables = {}
    for path in sorted((source / "tables").glob("*.csv")):
        lines = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
        places = list(range(len(lines[0])))
        draw.shuffle(places)
        head, rows = lines[0], lines[1:]
        draw.shuffle(rows)
        tables[path.stem] = "\n".join(",".join(line[p] for p in places) for line in [head, *rows]) + "\n"
    return write(folder, tables, (source / "model.toml").read_text(encoding="utf-8"))


def crowd(folder: Path, needs: int, floor: str = "0", seed: int = 5) -> Path:
    """Many needs, offers with setup costs and shared capacities, tight budgets: a long proof."""
    draw = random.Random(seed)
    lines: dict[str, list[str]] = {
        "areas": ["area", "a", "b"],
        "purchasers": ["purchaser,level,kind", *(f"p{k},municipal,other" for k in range(4))],
        "items": ["item,kind,livelihood,basic,scope", *(f"i{k},public,yes,yes,purchasable" for k in range(6))],
        "budgets": ["purchaser,year,amount"],
        "needs": ["need,purchaser,item,area,year,demand,target,floor,weight"],
        "direct_lines": ["need,quantity,expenditure,avoidable,runoff_years"],
        "undertakers": ["undertaker,kind,capacity", *(f"u{k},enterprise,{draw.randrange(60, 200)}" for k in range(40))],
        "offers": ["offer,undertaker,item,areas,price,setup,min_quantity,max_quantity,quality,satisfaction"],
    }
    for n in range(needs):
        for year in (2015, 2016):
            lines["needs"].append(
                f"n{n},p{n % 4},i{n % 6},{'ab'[n % 2]},{year},{draw.randrange(20, 60)},1,{floor},{draw.randrange(1, 9)}"
            )
        if n % 3 == 0:
            lines["direct_lines"].append(f"n{n},{draw.randrange(3, 15)},{draw.randrange(2000, 9000)},0.6,2")
    for p in range(4):
        lines["budgets"] += [f"p{p},{year},{needs * 1900}" for year in (2015, 2016)]
    for k in range(needs * 3):
        lines["offers"].append(
            f"o{k},u{k % 40},i{draw.randrange(6)},{draw.choice(('a', 'b', 'a;b'))},{draw.randrange(90, 400)},"
            f"{draw.randrange(0, 2500)},{draw.randrange(1, 12)},{draw.randrange(14, 50)},0.8,0.7"
        )
    return write(folder, {name: "\n".join(rows) + "\n" for name, rows in lines.items()})
