#!/usr/bin/env python3
"""Runs the `test` blocks of `.sla` files by the witness: `examples.py --program PATH FILE…`.

Prints what does not hold, what cannot be asked and why, and how many of each; status 1 if anything does not hold, or if another number
cannot be asked than `--unasked` says. With `--spoil` every check is turned round, and must be seen not to hold. Expectations of metrics alone are asked of an agreement made for them: `commitment … { objective … per
term }`. With `--slots N` blocks that need more than N slots are not asked: minutes over years take the witness long.
"""

import argparse
import functools
import json
import os
import re
import subprocess
import sys
import tempfile

from expectations import Asked, Unreadable, dates, fits, split, spoilt, stretch
from witness import blocks
from witness.clock import Zone
from witness.engine import TooManySlots
from witness.evaluate import evaluate

PATIENCE = 10**9  # slots, if nobody says how many


@functools.cache
def build(program, path):
    made = subprocess.run([program, "build", path], capture_output=True, text=True, check=False)
    return json.loads(made.stdout) if made.returncode == 0 and made.stdout else None


class Tests:
    """The tests of some files, and how they went."""

    def __init__(self, program, slots, spoil):
        self.program, self.slots, self.spoil = program, slots, spoil
        self.turned = 0
        self.hold, self.wrong, self.unasked, self.long = 0, 0, 0, 0

    def file(self, path):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for body in blocks.bodies(text):
            name = body.split("\n", 1)[0]
            try:
                block = blocks.block(body)
                wrong = self.block(path, text, block)
                if self.spoil:
                    wrong = self.unseen(block, wrong)
            except TooManySlots:
                self.long += 1
                continue
            except Unreadable as reason:
                self.unasked += 1
                print(f"{path}: {name}\n    cannot be asked: {reason}")
                continue
            except Exception as trouble:  # a test that stops the witness is a test that fails, and says so
                wrong = [f"{type(trouble).__name__}: {trouble}"]
            self.hold += not wrong
            self.wrong += bool(wrong)
            if wrong:
                print("\n    ".join([f"{path}: {name}"] + wrong))

    def block(self, path, text, block):
        plan = build(self.program, path) if block.given else None
        if block.given and plan is None:
            raise Unreadable("no plan can be built of this file")
        reports = self.judged(plan, block) if plan else []
        wrong = []
        for expect in block.expects:
            subject, when, checks = split(expect)
            name, _, group = subject.partition("[")
            of = {each["id"] for each in objectives(plan, block) if each["name"] == name} if plan else set()
            if subject and not of:
                found = self.metric(path, text, block, subject, when, checks)
            else:
                asked = Asked(
                    reports, block.zone, block.span, of, keys(group), stretch(when, block.zone) if when else None, of_credit(plan),
                )
                found = asked.wrong([spoilt(check) for check in checks] if self.spoil else checks)
            wrong += [f"{expect}: {each}" for each in found]
        return wrong

    def judged(self, plan, block):
        """The reports of the agreements that are given."""
        agreements = [next(each for each in plan["agreements"] if each["id"] == name) for name, _ in block.given]
        block.zone = Zone(next(zone for zone in plan["zones"] if zone["name"] == agreements[0]["versions"][0]["terms"]["zone"]["name"]))
        spans = [stretch(when, block.zone) for when in block.extent]
        block.span = low, high = min(span[0] for span in spans), max(span[1] for span in spans)
        rows = {source["name"]: blocks.rows_of(plan, source, block.rows.get(source["name"], []), block.zone) for source in plan["sources"]}
        found = []
        for agreement, (_, customer) in zip(agreements, block.given):
            facts = {name: fact(plan, name, token) for name, token in block.facts.items()}
            if customer:
                facts["customer"] = customer
            owned = {source["name"]: owning(source, rows[source["name"]], customer or agreement["customer"].get("id")) for source in plan["sources"]}
            report = evaluate(dict(plan, agreements=[agreement]), owned, high, facts=facts, shown=(low, high), since=low, slots=self.slots)
            found += [each for each in report["agreements"] if customer in (None, each["customer"])]
        return found

    def metric(self, path, text, block, call, when, checks):
        """What a metric alone is worth over the stretch that is named, or the extent."""
        low, high = dates(when) if when else (dates(block.extent[0])[0], dates(block.extent[-1])[1])
        wrong = []
        for check in checks:
            wanted = None if check == "no data" else check.removeprefix("value ")
            if check != "no data" and not check.startswith("value "):
                raise Unreadable(f"{check!r} of a metric")
            tests = [f"in {wanted}" if ".." in wanted else f"== {wanted}"] if wanted else [">= 0", ">= 0 s", ">= 0 bit/s"]
            plan = next(filter(None, (self.trial(path, text, call, test, low, high) for test in tests)), None)
            if plan is None:
                raise Unreadable(f"no objective can be made of {call!r}")
            asked = blocks.Block([("Trial", None)], block.extent, block.facts, block.rows)
            found = self.judged(plan, asked)[0]["windows"][0]["value"]
            if not fits(found, spoilt(check).removeprefix("value ") if self.spoil else wanted):
                wrong.append(f"{check}: it is {found}")
        return wrong

    def unseen(self, block, wrong):
        """The expectations of which a check was turned round and not seen."""
        checks = sum(len(split(expect)[2]) for expect in block.expects)
        self.turned += checks
        return [f"{checks - len(wrong)} checks turned round still hold; seen: {wrong}"] if len(wrong) != checks else []

    def trial(self, path, text, call, test, low, high):
        """The plan of a file in which a commitment promises the metric, in place of its tests."""
        for body in blocks.bodies(text):
            text = text.replace(body, "")
        last = blocks.datetime.date.fromordinal(high.toordinal() - 1)
        text += f"\nprovider Trials\ncommitment Trial by Trials {{\n  term from {low} to {last}\n  objective Trial: {call} {test} per term\n}}\n"
        beside = os.path.dirname(os.path.abspath(path)) if 'use "' in text else None
        with tempfile.NamedTemporaryFile("w", suffix=".sla", dir=beside, encoding="utf-8") as file:
            file.write(text)
            file.flush()
            return build(self.program, file.name)


def objectives(plan, block):
    names = {name for name, _ in block.given}
    return [each for agreement in plan["agreements"] if agreement["id"] in names for version in agreement["versions"] for each in version["terms"]["objectives"]]


def of_credit(plan):
    """The objectives of each credit, of any version."""
    found = {}
    for agreement in plan["agreements"] if plan else []:
        for version in agreement["versions"]:
            for credit in version["terms"]["credits"]:
                found.setdefault(credit["id"], set()).update(credit["objectives"])
    return found


def keys(group):
    """The values in the brackets behind an objective, as the report writes them."""
    values = [part.strip() for part in group.rstrip("]").split(",")]
    return [value[1:-1] if value.startswith('"') else value.split(".")[-1] for value in values] if group else None


def owning(source, rows, customer):
    """A row of a test that names no customer is one of the customer under test."""
    owner = source["owner"]["customer"]
    return [{owner: customer} | row for row in rows] if owner else rows


def fact(plan, name, token):
    of = next((each["of"] for each in plan["facts"] if each["name"] == name), {"type": "text"})
    if of["type"] == "boolean":
        return {"type": "boolean", "value": token[1] == "true"}
    if of["type"] == "number":
        return {"type": "number", "value": str(blocks.number(token[1]))}
    return {"type": of["type"], "value": token[1].strip('"')}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--slots", type=int, default=PATIENCE)
    parser.add_argument("--unasked", type=int, default=0, help="how many blocks cannot be asked")
    parser.add_argument("--spoil", action="store_true")
    parser.add_argument("files", nargs="+")
    asked = parser.parse_args()
    tests = Tests(asked.program, asked.slots, asked.spoil)
    for path in asked.files:
        tests.file(path)
    if asked.spoil:
        print(f"{tests.turned} checks turned round")
    print(f"{tests.hold} hold, {tests.wrong} do not, {tests.unasked} cannot be asked, {tests.long} need too many slots")
    sys.exit(1 if tests.wrong or tests.unasked != asked.unasked else 0)


if __name__ == "__main__":
    main()
