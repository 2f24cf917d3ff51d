"""What a comparison and the answers of `gpsopt explain` cost: CPU seconds of one process each.

`python benchmarks/explain.py RUN RUN RUN RUN [--offer O] [--need N]`: finished runs of one model, the baseline first.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys


def seconds(*words: str) -> tuple[float, int]:
    """CPU seconds of one command, loading included, and its exit code."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-m", "gpsopt", *words], stdout=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.returncode


def main() -> None:
    """Print a row for each question."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="+")
    parser.add_argument("--offer")
    parser.add_argument("--need")
    asked = parser.parse_args()
    questions = [("compare", *asked.runs), ("explain", asked.runs[0]), ("explain", asked.runs[0], "--inputs")]
    questions += [("explain", asked.runs[0], "--offer", asked.offer)] if asked.offer else []
    questions += [("explain", asked.runs[0], "--need", asked.need)] if asked.need else []
    for words in questions:
        cpu, code = seconds(*words)
        print(f"| {' '.join(words)} | {cpu:.1f} | {code} |")


if __name__ == "__main__":
    main()
