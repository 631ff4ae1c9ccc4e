#!/usr/bin/env python3
"""Compares a program with itself: `by_levels.py --program PATH --count N --seed S`.

For each seed it says the same contract in several places (in one agreement; in a package or a tier of it, with zone and term; in an agreement
above), each with the same amendment in different places, and prints where the reports part.
"""

import argparse
import json
import multiprocessing
import subprocess
import sys
import tempfile

import adapter
from compare import differences
from generator.contracts import alike
from generator.files import write_files
from generator.rows import rows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args()
    different = 0
    with multiprocessing.Pool(asked.jobs) as pool:
        for seed, found in pool.imap(one, [(asked.program, seed) for seed in range(asked.seed, asked.seed + asked.count)]):
            different += bool(found)
            if found:
                print(f"seed {seed}:")
            for line in found[:6]:
                print(f"    {line}")
            sys.stdout.flush()
    print(f"{asked.count} contracts, {different} differ")
    sys.exit(1 if different else 0)


def one(what):
    program, seed = what
    first, *others = alike(seed)
    data, extent = rows(first)
    expected = judged(program, first, data, extent)
    return seed, [f"text {place}: {line}" for place, made in enumerate(others, 1) for line in apart(expected, judged(program, made, data, extent))]


def apart(expected, report):
    for each in (expected, report):
        if "cannot be built" in each:
            return [f"cannot be built: {each['cannot be built']}"]
    return differences(expected, report)


def judged(program, made, data, extent):
    """The program's report of the agreement in question."""
    with tempfile.TemporaryDirectory() as folder:
        path = write_files(made, folder)
        built = subprocess.run([program, "build", "-q", path], capture_output=True, text=True, check=False)
        if built.returncode != 0:
            return {"cannot be built": next((line for line in (built.stdout + built.stderr).split("\n") if "error" in line), "")}
        report = adapter.judged(program, json.loads(built.stdout), path, folder, data, extent, made.facts, "loaded")
        # What stops an evaluation is said at its place, which is another in each text.
        return {"stopped": True} if "stopped" in report else {name: each for name, each in report.items() if name.startswith("Deal/")}


if __name__ == "__main__":
    main()
