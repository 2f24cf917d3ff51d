"""Times the way from CSV files to a model inside HiGHS on a drawn place, part by part; nothing is solved.

python benchmarks/read.py [--size town|district|city|nation] [--years 4] [--repeat 3] [--json FILE]

`--json` keeps the medians; `pictures.py` draws them.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from cities import sized, write_city
from gpsopt.checks import check
from gpsopt.compiler import compile_model
from gpsopt.model.build import build_world
from gpsopt.model.world import world_of
from gpsopt.scenario import read_scenario
from gpsopt.solving.engine import Engine

LOADED = time.process_time()


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--size", default="city")
    words.add_argument("--years", type=int, default=4)
    words.add_argument("--repeat", type=int, default=3)
    words.add_argument("--json", type=Path)
    asked = words.parse_args()
    spent: dict[str, list[float]] = defaultdict(list)
    last = 0.0

    def mark(part: str) -> None:
        nonlocal last
        now = time.process_time()
        spent[part].append(now - last)
        last = now

    with tempfile.TemporaryDirectory() as folder:
        write_city(Path(folder), sized(asked.size, years=asked.years))
        for _turn in range(asked.repeat):
            last = time.process_time()
            scenario = read_scenario(folder)
            mark("read")
            check(scenario)
            mark("check")
            world = world_of(scenario)
            mark("facts and pairs")
            model = build_world(world)
            mark("components and rules")
            compiled = compile_model(model)
            mark("compile")
            Engine(compiled)
            mark("into HiGHS")
    rows, columns = compiled.matrix.shape
    print(f"{asked.size}, {asked.years} years: {rows} rows, {columns} columns, {compiled.matrix.nnz} nonzeros")
    print(f"{'loading the program':24} {LOADED:6.2f} CPU s")
    for part, seconds in spent.items():
        print(f"{part:24} {statistics.median(seconds):6.2f} CPU s (median of {len(seconds)})")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(f"{'peak memory':24} {peak:6.0f} MB")
    if asked.json is not None:
        kept = {"size": asked.size, "years": asked.years, "rows": rows, "columns": columns,
                "nonzeros": int(compiled.matrix.nnz), "pairs": len(world.pairs.need), "peak_mb": round(peak),
                "seconds": {part: round(statistics.median(seconds), 3) for part, seconds in spent.items()}}  # fmt: skip
        asked.json.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
