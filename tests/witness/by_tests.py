#!/usr/bin/env python3
"""Compares a program with the witness by `sla test`: `by_tests.py --program PATH --count N --seed S`.

For each seed it writes the contract with a `test` block that expects what the witness found, and prints what the program says instead.
"""

import argparse
import datetime
import json
import os
import re
import subprocess
import sys

from generator.contracts import contract
from generator.files import write_files
from generator.rows import rows
from witness.clock import Zone
from witness.evaluate import evaluate
from witness.values import Stop, write_instant
from written import block


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", required=True, help="where the contracts are written")
    asked = parser.parse_args()
    os.makedirs(asked.folder, exist_ok=True)
    different = 0
    for seed in range(asked.seed, asked.seed + asked.count):
        found = compare(asked, seed)
        if found:
            different += 1
            print(f"seed {seed}:")
            for line in found[:8]:
                print(f"    {line}")
            sys.stdout.flush()
    print(f"{asked.count} contracts, {different} differ")
    sys.exit(1 if different else 0)


def compare(asked, seed):
    made = contract(seed)
    data, _ = rows(made)
    path = write_files(made, os.path.join(asked.folder, str(seed)))
    built = subprocess.run([asked.program, "build", "-q", path], capture_output=True, text=True, check=False)
    if built.returncode != 0:
        return ["cannot be built: " + built.stdout[:300]]
    plan = json.loads(built.stdout)
    terms = plan["agreements"][0]["versions"][0]["terms"]
    zone = Zone(next(each for each in plan["zones"] if each["name"] == terms["zone"]["name"]))
    after = made.end + datetime.timedelta(days=[0, 0, 40, -10, -3][seed % 5])
    after = max(after, made.start + datetime.timedelta(days=2))
    shown = (zone.instant(made.start), zone.instant(after))
    # What begins after the time of evaluation is nothing that can be handed in.
    data = {name: [row for row in each if row.get("at", row.get("start")) < write_instant(shown[1])] for name, each in data.items()}
    try:
        report = evaluate(plan, data, shown[1], shown=shown)
    except Stop as reason:
        return [f"stopped: {reason}"]
    if not report["agreements"]:
        return []
    test = block(plan, report["agreements"][0], data, zone, made.start, after - datetime.timedelta(days=1))
    with open(path, "w", encoding="utf-8") as file:
        file.write(made.files[made.root] + test)
    tested = subprocess.run([asked.program, "test", "--format", "short", path], capture_output=True, text=True, check=False)
    lines = [line for line in (tested.stdout + tested.stderr).split("\n") if re.search(r"error|panic", line) and "warning" not in line]
    written = (made.files[made.root] + test).split("\n")
    return [explain(line, written) for line in lines] if tested.returncode else []


def explain(line, written):
    """The message and the line of the test it is about."""
    match = re.match(r".*?\.sla:(\d+):\d+: (.*)", line)
    return f"{match[2]} <- {written[int(match[1]) - 1].strip()}" if match else line


if __name__ == "__main__":
    main()
