"""The same figures on every processor: what leads the search may not hang on how wide the registers are."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

SOLVING = Path(__file__).parents[2] / "src" / "gpsopt" / "solving"
#: kernels of the linear algebra library and what numpy may use, from wide to narrow
PROCESSORS = {
    "as it is": {},
    "without the widest": {
        "OPENBLAS_CORETYPE": "Haswell",
        "NPY_DISABLE_CPU_FEATURES": "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR",
    },
    "narrow": {"OPENBLAS_CORETYPE": "Prescott"},
}
SUMS = """
import numpy as np
from gpsopt.solving.instance import dot
drawn = np.random.default_rng(5)
for size in (7, 100, 30_823, 446_689):
    one, other = drawn.uniform(-1.0, 1.0, size), drawn.uniform(0.0, 1e6, size)
    print(dot(one, other).hex())
"""


def test_a_sum_of_products_is_the_same_on_every_processor() -> None:
    said = {
        name: subprocess.run(
            [sys.executable, "-W", "ignore", "-c", SUMS], capture_output=True, text=True, check=True,
            env={**os.environ, **more},
        ).stdout.split()
        for name, more in PROCESSORS.items()
    }  # fmt: skip
    assert all(len(figures) == 4 for figures in said.values())
    assert len({tuple(figures) for figures in said.values()}) == 1, said


def test_the_search_makes_no_figure_of_a_product_of_two_rows_otherwise() -> None:
    """`costs @ point` adds in the library's own order; a matrix of few entries times a point does not."""
    wrong = [
        f"{path.name}:{number}"
        for path in sorted(SOLVING.glob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"(costs?|weights|blend|polish)(\[\w+\])? @ (?!weights)", line)
    ]
    assert wrong == []
