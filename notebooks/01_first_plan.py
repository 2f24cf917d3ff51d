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
# # 1 第一个方案 · A first plan
#
# 读取一个小镇的模型，求出方案，看钱去了哪里。换成 `../scenarios/baseline.toml` 就是北京。
#
# Read a town small enough to check by hand, find its best plan, see where the money goes. Put
# `../scenarios/baseline.toml` in its place for Beijing (half a minute or more).

# %%
import gpsopt
from gpsopt.report import charts
from gpsopt.runread import as_run, fen_of

scenario = gpsopt.read_scenario("../models/town")
plan = gpsopt.solve(scenario)
print(plan.page("en"))

# %% [markdown]
# 各表都是 DataFrame，金额为精确的 Decimal。 Every table is a DataFrame; money is exact.

# %%
plan.allocation[["year", "need", "undertaker", "offer", "quantity", "amount"]]

# %% [markdown]
# 台账：费随事转。 The ledger: fees follow the matter.

# %%
plan.transfers

# %% [markdown]
# 每个部门每年的恒等式，精确到分。 The identity of every purchaser and year, to the fen.

# %%
budgets = as_run(plan).frame("budgets")
kept = sum(fen_of(budgets[part]) for part in ("direct", "stranded", "purchased", "unspent", "given"))
assert (kept == fen_of(budgets["amount"]) + fen_of(budgets["received"])).all()
assert plan.certified
budgets

# %% [markdown]
# 图：资金流向。 A picture: where the fees go.

# %%
run = as_run(plan)
charts.fees_flow(run, charts.Look("en"))

# %%
charts.coverage_map(run, charts.Look("zh"))

# %% [markdown]
# 2017年目标。 The goals of 2017.

# %%
from gpsopt.analysis.goals import scoreboard

print(scoreboard(plan).page("en"))
