# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 3 前沿、备选与价格 · Frontier, alternatives and prices
#
# 一个目标要变好，另一个要付出多少；还有哪些方案几乎一样好；每条规则在边际上值多少钱。
#
# What one aim costs in another, which other plans are nearly as good, and what each rule costs at the margin.

# %%
import tempfile
from pathlib import Path

import gpsopt
from gpsopt.analysis.alternatives import alternatives
from gpsopt.analysis.frontier import frontier
from gpsopt.report import charts

found = frontier("../models/town", ("livelihood_shortfall", "outlay"), points=6)
print(found.page("en"))

# %%
charts.frontier(found.frame(), ("livelihood_shortfall", "outlay"), charts.Look("en"), chosen=2)

# %% [markdown]
# 每一点都是可以保存和求解的情景（`[aims.limit]`）。 Every point is a scenario that can be saved and solved.

# %%
files = found.save(Path(tempfile.mkdtemp()))
print(files[1].read_text(encoding="utf-8"))
again = gpsopt.solve(files[1])
values = {aim["name"]: aim["plan_value"] for aim in again.summary["aims"]}
assert again.certified and abs(values["outlay"] - found.points[1].values["outlay"]) < 0.005

# %% [markdown]
# 几乎一样好的方案：哪些承接稳定，哪些可变。 Plans nearly as good: which awards are safe, which are open.

# %%
others = alternatives("../models/town", within=0.05, count=2)
print(others.page("en"))

# %%
others.awards

# %% [markdown]
# 价格：承接不变时，规则放宽一个单位，目标改变多少。 Prices: what an aim gains from one more unit of a limit, with the
# awards held.

# %%
plan = gpsopt.solve("../models/town")
plan.prices
