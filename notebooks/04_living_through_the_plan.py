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
# # 4 逐年推演方案 · Living through the plan
#
# 方案是在假定之下作出的承诺。逐年推演许多种未来：哪些站得住，谁受影响，哪些承接容易落空。
#
# A plan is a promise under assumptions. Live through many futures, year by year: what holds, who is hurt, which
# awards are fragile.

# %%
import tempfile
from pathlib import Path

import gpsopt
from gpsopt.report import charts
from gpsopt.simulation.replan import replan
from gpsopt.simulation.simulate import simulate

plan = gpsopt.solve("../models/town")
plan.scenario.tables["uncertainty"][["uncertainty", "factor", "per", "distribution", "mean", "sd", "probability"]]

# %% [markdown]
# ## 方案保持不变 · The plan is held
#
# 每一年：需求、价格、交付、质量、满意度、直接成本、划转延迟和承接主体退出都是抽出来的；付款按数量和质量（三（六）），
# 表现改变信用。
#
# Each year: demand, prices, delivery, quality, satisfaction, direct cost, late transfers and failures are
# drawn; payment follows quantity and quality (3(6)), performance moves credit.

# %%
held = simulate(plan, draws=2000, seed=1)
print(held.page("en"))

# %%
charts.fan(held.frames["fan"], "coverage", charts.Look("en"))

# %% [markdown]
# 同一种子，同样的未来：数字可以重复；每个模拟年份的资金恒等式精确到分。
#
# The same seed, the same futures: figures repeat, and every simulated year keeps the money identity to the fen.

# %%
again = simulate(plan, draws=2000, seed=1)
assert all(frame.equals(again.frames[name]) for name, frame in held.frames.items())

# %% [markdown]
# ## 哪项不确定因素最要紧 · Which uncertainty matters most
#
# 逐项变动（10% 与 90% 水平）。 One at a time, at its 10 % and 90 % levels. (`gpsopt simulate RUN --importance 256` adds
# Sobol indices.)

# %%
names = {"d1": "Demand", "v1": "Delivery", "q1": "Quality", "f1": "Failure of a provider"}
charts.swings(held.frames["tornado"], "livelihood_shortfall", names, charts.Look("en"))

# %% [markdown]
# ## 每年重新规划 · A new plan each year
#
# 第一年的方案之后，每年只凭已经发生的情况重新规划；没有意外就不改。
#
# After the first plan each year is planned anew on what
# has happened so far, and on nothing else; where nothing came other than foreseen, the plan stays.

# %%
anew = replan("../models/town", Path(tempfile.mkdtemp()), draws=6, seed=1)
print(anew.page("en"))
assert set(anew.frames["replans"]["end"]) <= {"first", "planned", "softened", "unmoved", "none"}

# %% [markdown]
# 每项承接在多少种未来中会再次选中。 In what part of the futures each award would be chosen again.

# %%
charts.stability(anew.frames["stability"], charts.names_of(anew.run, "undertakers", "en"), charts.Look("en"))

# %%
anew.frames["stability"]
