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
# 价格：多一百万元能多服务多少人，在什么范围内成立；每句话都经过重新求解。
#
# Prices: what more money serves and within which range that is true; every sentence was solved again.

# %%
from gpsopt.analysis.explain import explain_need, explain_offer, explain_prices, explain_rule, pages

plan = gpsopt.solve("../models/town")
prices = explain_prices(plan, top=2, plans=True)
print(pages.prices_page(prices, "en"))

# %%
prices.finite[["rule", "index", "year", "step", "free", "plan", "seconds"]]

# %% [markdown]
# 为何选它，什么价格能入选，没有它损失什么。 Why this offer, at what price it wins, what the plan loses without it.

# %%
answer = explain_offer(plan, "o02")
print(pages.offer_page(answer, "zh"))
assert answer.is_proven and answer.win.price >= answer.awards["price"].max()

# %% [markdown]
# 一项需求为何有缺口，最省的办法是什么；去掉一条规则会怎样。 Why a need is short and the cheapest way to close it; what
# striking a rule changes.

# %%
print(pages.need_page(explain_need(plan, "n3"), "en"))

# %%
explain_rule(plan, "own_capacity")

# %% [markdown]
# 哪项输入影响最大：逐一上下一成。 What moves it most: each input ten per cent down and up.

# %%
from gpsopt.analysis.tornado import tornado

moved = tornado("../models/town")
aim = "livelihood_shortfall"
charts.tornado(moved.rows(aim, "en"), aim, moved.base[aim], charts.Look("en"))
