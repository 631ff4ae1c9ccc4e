#!/usr/bin/env python3
"""Compares a program with the witness on generated contracts: `compare.py --program PATH --count N --seed S --jobs 2`.

For each seed it builds the plan and evaluates it three times: by the witness, by the program with all rows in memory, and by the program with
the rows of events streamed from several files. All three must agree on windows, verdicts, values, credits, claims and rights to terminate. It
prints the first differences of each seed and ends with status 1 if there is any. With `--alone` only the witness runs; with `--spoil` a verdict
of each report is turned round on purpose, so that all must differ; with `--forms` it tells how many contracts contain each form, and what
came of them.
"""

import argparse
import collections
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field

import adapter
from generator.contracts import contract
from generator.files import write_files
from generator.forms import FORMS, forms
from generator.rows import rows
from witness.engine import TooManySlots
from witness.evaluate import evaluate
from witness.values import Stop, parse_instant

SLOW = 20  # seconds
SLOTS = 20_000


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="how many contracts at a time")
    parser.add_argument("--slots", type=int, default=SLOTS, help="a contract that needs more is not compared, but counted: the witness computes them one by one")
    parser.add_argument("--lines", type=int, default=6, help="how many differences of each seed are printed")
    parser.add_argument("--way", action="append", choices=list(adapter.WAYS), help="only this way of running the program")
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--spoil", action="store_true")
    parser.add_argument("--forms", action="store_true")
    parser.add_argument("--keep", help="a folder for what differs")
    asked = parser.parse_args()
    started, different, counted = time.monotonic(), 0, collections.Counter()
    with multiprocessing.Pool(asked.jobs) as pool:
        seeds = range(asked.seed, asked.seed + asked.count)
        for seed, compared in pool.imap(Compare(asked), seeds, chunksize=max(1, min(20, asked.count // (4 * asked.jobs)))):
            different += bool(compared.found)
            counted.update(compared.counted)
            if compared.found:
                print(f"seed {seed}:")
            for line in compared.found[: asked.lines]:
                print(f"    {line}")
            if compared.seconds > SLOW:
                print(f"seed {seed}: slow")
            sys.stdout.flush()
    if asked.forms:
        for name in list(FORMS) + sorted(set(counted) - set(FORMS)):
            print(f"{counted[name]:8} {name}")
    rate = asked.count / (time.monotonic() - started)
    print(f"{counted['loaded']} compared loaded, {counted['streamed']} streamed, {counted['too many slots']} with too many slots, {rate:.1f} contracts a second")
    print(f"{asked.count} contracts, {different} differ")
    sys.exit(1 if different else 0)


@dataclass
class Compared:
    """What differs for one seed, as lines; what the contract contains and what came of it; how long it took."""

    found: list
    counted: list = field(default_factory=list)
    seconds: float = 0.0


@dataclass
class Compare:
    """The comparison of one seed."""

    asked: argparse.Namespace

    def __call__(self, seed):
        started = time.monotonic()
        compared = compare(self.asked, seed)
        compared.seconds = time.monotonic() - started
        return seed, compared


def compare(asked, seed):
    made = contract(seed)
    data, extent = rows(made)
    with tempfile.TemporaryDirectory() as folder:
        path = write_files(made, folder)
        built = subprocess.run([asked.program, "build", "-q", path], capture_output=True, text=True, check=False)
        if built.returncode != 0:
            said = built.stdout.split("\n") + built.stderr.split("\n")
            return Compared(["cannot be built: " + next((line for line in said if "error" in line), "")])
        plan = json.loads(built.stdout)
        try:
            mine = judge(plan, data, extent, made.facts, asked.slots)
        except TooManySlots:
            return Compared([], ["too many slots"])
        counted = forms(made) + outcomes(mine)
        if asked.alone:
            return Compared([mine["stopped"]] if "stopped" in mine else [], counted)
        found = []
        for way in asked.way or adapter.WAYS:
            theirs = adapter.judged(asked.program, plan, path, folder, data, extent, made.facts, way)
            counted.append(way)
            if asked.spoil:
                spoil(theirs)
            found += [f"{way}: {line}" for line in apart(mine, theirs)]
    if found and asked.keep:
        keep(os.path.join(asked.keep, str(seed)), made, data)
    return Compared(found, counted)


def keep(folder, made, data):
    """Writes what differs to a folder, to look at."""
    write_files(made, folder)
    with open(os.path.join(folder, "rows.json"), "w", encoding="utf-8") as file:
        json.dump(data, file, indent=1)


def outcomes(mine):
    """What came of a contract, by name, each once."""
    if "stopped" in mine:
        return ["stopped"]
    found = set()
    for agreement in mine["agreements"]:
        found |= {f"verdict: {window['verdict']}" for window in agreement["windows"]}
        found |= {f"paid: {each['kind']}" for each in agreement["credits"] if each["amount"]}
        found |= {"paid: cut by a cap" for each in agreement["credits"] if each["caps"]}
        found |= {"paid: not the highest" for each in agreement["credits"] if not each["counts"]}
        found |= {f"paid: {next(iter(one))}" for each in agreement["credits"] for one in each["remedies"]}
        found |= {f"paid: {each['line']}" for each in agreement["payouts"]}
        found |= {name for name in ("claims", "terminations", "earned_back") if agreement[name]}
    return sorted(found)


def spoil(report):
    """Turns the first verdict of a report round."""
    judged = [window for agreement in report.values() if "stopped" not in report for window in agreement["windows"]]
    for window in judged[:1]:
        window[-2] = "met" if window[-2] == "breached" else "breached"


def judge(plan, data, extent, told, slots=SLOTS):
    complete = {source["name"]: parse_instant(extent.of.get(source["name"], extent.complete)) for source in plan["sources"]}
    moment = parse_instant(extent.moment) if extent.moment else None
    types = {fact["name"]: fact["of"] for fact in plan["facts"]}
    facts = {name: {**types[name], "value": value} for name, value in told if name in types}
    try:
        return evaluate(plan, data, complete, moment, facts, slots=slots)
    except Stop as reason:
        return {"stopped": str(reason)}


def apart(mine, theirs):
    """The places at which the witness's report and the program's part."""
    if "stopped" in mine and "stopped" in theirs:
        return []
    if "stopped" in mine or "stopped" in theirs:
        return [f"stopped: witness {mine.get('stopped')}, program {theirs.get('stopped')}"]
    return differences(adapter.witnessed(mine), theirs)


def differences(mine, theirs, path=""):
    """The places at which two reports part; of lists, what only one of them has."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return [each for name in sorted(set(mine) | set(theirs)) for each in differences(mine.get(name), theirs.get(name), f"{path}.{name}")]
    if isinstance(mine, list) and isinstance(theirs, list):
        ours, others = ({json.dumps(each) for each in found} for found in (mine, theirs))
        only = [("witness", each) for each in mine if json.dumps(each) not in others] + [("program", each) for each in theirs if json.dumps(each) not in ours]
        return [f"{path}: only the {who}: {json.dumps(each)}" for who, each in sorted(only, key=lambda pair: (str(pair[1]), pair[0]))]
    return [] if mine == theirs else [f"{path}: witness {json.dumps(mine)}, program {json.dumps(theirs)}"]


if __name__ == "__main__":
    if sys.version_info < (3, 10):
        sys.exit("the witness needs Python 3.10 or later")
    main()
