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
# # 2 比较情景 · Compare scenarios
#
# 情景只写与模型不同的地方。比较先看输入，再看结果，再看谁受益谁受损，最后看哪项改动造成了什么。
#
# A scenario says only what differs. A comparison shows the inputs first, then what is reached and decided, who gains
# and who loses, and which change caused what.

# %%
import tempfile
from pathlib import Path

import gpsopt
from gpsopt.report import charts

folder = Path(tempfile.mkdtemp())
town = Path("../models/town").resolve().as_posix()
text = f"""
title = "A smaller budget, dearer meals"
title_zh = "预算减少，助餐涨价"
model = "{town}"

[[change]]
table = "budgets"
where = {{ purchaser = "civil", year = 2016 }}
column = "amount"
add = -50000

[[change]]
table = "offers"
where = {{ item = "T1" }}
column = "price"
scale = 1.1
"""
(folder / "cut.toml").write_text(text, encoding="utf-8")

baseline = gpsopt.solve("../models/town")
cut = gpsopt.solve(folder / "cut.toml")
comparison = gpsopt.compare(baseline=baseline, cut=cut)
print(comparison.page("en"))

# %% [markdown]
# 数据框：每一处不同一行，改动前后的值都在。目标的 `better` 为空，表示没有变化。
#
# Tidy frames: a row for each difference, with the values before and after. `better` is empty where no aim moves.

# %%
comparison.inputs

# %%
comparison.aims[["run", "aim", "before", "after", "change", "better"]]

# %%
comparison.movers

# %% [markdown]
# 哪项改动造成了什么：两项改动的四种组合都求出方案。`in_order` 按情景中的次序累加，`shapley` 对所有次序取平均；
# 各部分之和就是总的变化，最后一行（`cause` 为空）是整项承接与差距留下的余量。
#
# Which change caused what: each of the four mixtures of the two changes is solved to a plan. `in_order` adds one
# change after the other as the scenario has them, `shapley` is the mean over all orders. The parts sum to the whole
# difference; the last row (no `cause`) is what whole awards and gaps leave over.

# %%
found = comparison.with_waterfalls(plans=True).waterfalls["cut"]
found.frame[["aim", "cause", "in_order", "shapley"]]

# %%
aim = "livelihood_shortfall"
parts = found.parts(aim, "en")
changes = comparison.aims.set_index("aim")["change"]
assert abs(parts["part"].sum() - changes[aim]) < 1e-6
charts.waterfall(parts, aim, found.start(aim), charts.Look("en"))
