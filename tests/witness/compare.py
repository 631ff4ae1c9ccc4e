#!/usr/bin/env python3
"""Compares a program with the witness on generated contracts: `compare.py --program PATH --count N --seed S`.

For each seed it builds the plan, evaluates it twice and compares windows, verdicts, values, credits, claims and rights to terminate. It
prints the first differences of each seed and ends with status 1 if there is any. With `--alone` only the witness runs; with `--spoil` a
verdict of each report is turned round on purpose, so that all must differ.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

import adapter
from generator.contracts import contract
from generator.files import write_files
from generator.rows import rows
from witness.evaluate import evaluate
from witness.values import Stop, parse_instant


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lines", type=int, default=6, help="how many differences of each seed are printed")
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--spoil", action="store_true")
    parser.add_argument("--keep", help="a folder for what differs")
    asked = parser.parse_args()
    different = 0
    for seed in range(asked.seed, asked.seed + asked.count):
        started = time.monotonic()
        found = compare(asked, seed)
        if found:
            different += 1
            print(f"seed {seed}:")
            for line in found[: asked.lines]:
                print(f"    {line}")
            sys.stdout.flush()
        if time.monotonic() - started > 20:
            print(f"seed {seed}: slow")
    print(f"{asked.count} contracts, {different} differ")
    sys.exit(1 if different else 0)


def compare(asked, seed):
    """What differs for one seed, as lines."""
    made = contract(seed)
    data, extent = rows(made)
    with tempfile.TemporaryDirectory() as folder:
        folder = asked.keep and os.path.join(asked.keep, str(seed)) or folder
        os.makedirs(folder, exist_ok=True)
        path = write_files(made, folder)
        with open(os.path.join(folder, "rows.json"), "w", encoding="utf-8") as file:
            json.dump(data, file, indent=1)
        built = subprocess.run([asked.program, "build", "-q", path], capture_output=True, text=True, check=False)
        if built.returncode != 0:
            return ["cannot be built: " + next((line for line in built.stdout.split("\n") + built.stderr.split("\n") if "error" in line), "")]
        plan = json.loads(built.stdout)
        mine = judge(plan, data, extent, made.facts)
        if asked.alone:
            return [mine["stopped"]] if "stopped" in mine else []
        theirs = adapter.judged(asked.program, plan, path, folder, data, extent, made.facts)
        if asked.spoil:
            spoil(theirs)
        if "stopped" in mine and "stopped" in theirs:
            return []
        if "stopped" in mine or "stopped" in theirs:
            return [f"stopped: witness {mine.get('stopped')}, program {theirs.get('stopped')}"]
        return differences(adapter.witnessed(mine), theirs)


def spoil(report):
    """Turns the first verdict of a report round."""
    judged = [window for agreement in report.values() if "stopped" not in report for window in agreement["windows"]]
    for window in judged[:1]:
        window[-2] = "met" if window[-2] == "breached" else "breached"


def judge(plan, data, extent, told):
    complete = {source["name"]: parse_instant(extent.of.get(source["name"], extent.complete)) for source in plan["sources"]}
    moment = parse_instant(extent.moment) if extent.moment else None
    types = {fact["name"]: fact["of"] for fact in plan["facts"]}
    facts = {name: {**types[name], "value": value} for name, value in told if name in types}
    try:
        return evaluate(plan, data, complete, moment, facts)
    except Stop as reason:
        return {"stopped": str(reason)}


def differences(mine, theirs, path=""):
    """The places at which two reports part; of lists, what only one of them has."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return [each for name in sorted(set(mine) | set(theirs)) for each in differences(mine.get(name), theirs.get(name), f"{path}.{name}")]
    if isinstance(mine, list) and isinstance(theirs, list):
        only = [("witness", each) for each in mine if each not in theirs] + [("program", each) for each in theirs if each not in mine]
        return [f"{path}: only the {who}: {json.dumps(each)}" for who, each in sorted(only, key=lambda pair: (str(pair[1]), pair[0]))]
    return [] if mine == theirs else [f"{path}: witness {json.dumps(mine)}, program {json.dumps(theirs)}"]


if __name__ == "__main__":
    if sys.version_info < (3, 10):
        sys.exit("the witness needs Python 3.10 or later")
    main()
