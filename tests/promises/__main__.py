"""Runs every generated table and says how often a promise was broken: `python -m tests.promises` or `make promises`.

Ends with 1 if any case is broken. `--only NAME` runs one generator, `--part N` about N cases of each, spread evenly.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.promises import every_mood, hostile_doors  # noqa: F401  # they register their generators
from tests.promises.registry import GENERATORS, Case, Verdict, bound, part_of


async def run(case: Case) -> Verdict:
    """Run one case in a folder of its own; a case that ends in an error is broken, because it judged nothing."""
    with tempfile.TemporaryDirectory(prefix="promise-", ignore_cleanup_errors=True) as folder:
        try:
            return await case.run(Path(folder))
        except Exception as error:  # noqa: BLE001  # whatever a case meets is told with its name
            return Verdict(f"it ended in {type(error).__name__}: {error}", acted=False)


def run_all(name: str, cases: Sequence[Case]) -> Counter[str]:
    """Run cases one after the other, name those that broke a promise, and count."""
    counts: Counter[str] = Counter(cases=len(cases))
    for case in cases:
        verdict = asyncio.run(run(case))
        counts["acted"] += verdict.acted
        if verdict.broken:
            counts["broken"] += 1
            sys.stdout.write(f"BROKEN {name}: {case.name}: {verdict.broken}\n")
            sys.stdout.flush()
    return counts


def told(name: str, counts: Counter[str]) -> str:
    """Return the line that sums up."""
    broken, cases = counts["broken"], counts["cases"]
    most = f"at most {bound(broken, cases):.2%} at 95 %"
    return f"{name}: {broken} broken of {cases} ({most}); something was done in {counts['acted']}"


def main() -> int:
    """Run what was asked for; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.promises", description=__doc__)
    parser.add_argument("--only", choices=sorted(GENERATORS), help="run this generator alone")
    parser.add_argument("--part", type=int, metavar="N", help="run about N cases of each generator")
    wanted = parser.parse_args()
    logging.disable(logging.CRITICAL)
    total: Counter[str] = Counter()
    for name, generator in GENERATORS.items():
        if wanted.only not in (None, name):
            continue
        found = list(generator())
        chosen = part_of(found, wanted.part) if wanted.part else found
        counts = run_all(name, chosen)
        sys.stdout.write(f"{told(name, counts)}\n")
        total.update(counts)
    sys.stdout.write(f"{told('all', total)}\n")
    return 1 if total["broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
