#!/usr/bin/env python3
"""Runs the `test` blocks of `.sla` files by the witness: `examples.py --program PATH FILE…`.

Prints what holds and what does not; status 1 if anything does not. Expectations of metrics alone (`given in WHEN`) are asked of an
agreement made for them: `commitment … { objective … per term }`.
"""

import argparse
import datetime
import os
import re
import subprocess
import sys
import json
import tempfile
from dataclasses import replace
from fractions import Fraction

from witness import blocks
from witness.clock import Zone, shift_months
from witness.evaluate import evaluate
from witness.values import parse_instant

DAY = 86400 * blocks.SECOND


def build(program, path):
    made = subprocess.run([program, "build", path], capture_output=True, text=True)
    return json.loads(made.stdout) if made.returncode == 0 and made.stdout else None


def dates(when):
    """The first date of a stretch, and the first after it."""
    if re.fullmatch(r"\d{4}", when):
        first = datetime.date(int(when), 1, 1)
        return first, shift_months(first, 12)
    if "Q" in when:
        year, quarter = when.split("-Q")
        first = datetime.date(int(year), int(quarter) * 3 - 2, 1)
        return first, shift_months(first, 3)
    if len(when) == 7:
        first = datetime.date.fromisoformat(when + "-01")
        return first, shift_months(first, 1)
    first = datetime.date.fromisoformat(when[:10])
    return first, first + datetime.timedelta(days=1)


def run_file(program, path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    failed = passed = 0
    for block in blocks.blocks(text):
        try:
            wrong = run_block(program, path, text, block)
        except Exception as trouble:  # a test that cannot be run is a test that fails, and says so
            wrong = [f"{type(trouble).__name__}: {trouble}"]
        if wrong:
            failed += 1
            print(f"{path}: {block.name!r}")
            for each in wrong:
                print(f"    {each}")
        else:
            passed += 1
    return passed, failed


def run_block(program, path, text, block):
    if block.agreement is None:
        return run_metrics(program, path, text, block)
    plan = build(program, path)
    names = {each["name"] for agreement in plan["agreements"] for version in agreement["versions"] for each in version["terms"]["objectives"]}
    metrics = [each for each in block.expects if re.match(r"(\w+) value ", each) and re.match(r"\w+", each)[0] not in names]
    report = judged(plan, block)
    found = [each for each in report["agreements"] if each["agreement"] == block.agreement and block.customer in (None, each["customer"])]
    wrong = [wrong for expect in block.expects if expect not in metrics for wrong in check(plan, block, found[0], expect)]
    return wrong + run_metrics(program, path, text, replace(block, expects=metrics))


def judged(plan, block):
    agreement = next(each for each in plan["agreements"] if each["id"] == block.agreement)
    zone = Zone(next(zone for zone in plan["zones"] if zone["name"] == agreement["versions"][0]["terms"]["zone"]["name"]))
    low, high = zone.instant(dates(block.extent[0])[0]), zone.instant(dates(block.extent[-1])[1])
    block.zone = zone
    rows = {
        source["name"]: blocks.rows_of(source, block.rows.get(source["name"], []), zone) for source in plan["sources"]
    }
    for source in plan["sources"]:
        owner = source["owner"]["customer"]
        for row in rows[source["name"]]:
            if owner and owner not in row:
                row[owner] = block.customer or agreement["customer"].get("id")
    facts = {name: fact(plan, name, token) for name, token in block.facts.items()}
    if block.customer:
        facts["customer"] = block.customer
    only = dict(plan, agreements=[agreement])
    return evaluate(only, rows, high, facts=facts, shown=(low, high))


def fact(plan, name, token):
    of = next((each["of"] for each in plan["facts"] if each["name"] == name), {"type": "text"})
    if of["type"] == "boolean":
        return {"type": "boolean", "value": token[1] == "true"}
    if of["type"] == "number":
        return {"type": "number", "value": str(blocks.number(token[1]))}
    return {"type": of["type"], "value": token[1].strip('"')}


def amount(text):
    """A number, quantity or fraction, in base units."""
    odds = re.fullmatch(r"(\d+) in ([\d_]+)", text.strip())
    if odds:
        return Fraction(int(odds[1]), int(odds[2]))
    reader = blocks.Reader(blocks.tokens(text.strip()), None)
    return Fraction(reader.value()[1])


def in_stretch(block, window, when):
    low, high = (block.zone.instant(date) for date in dates(when))
    start, end = (parse_instant(each) for each in window)
    return low <= start < high and end <= high or start <= low and high <= end


def check(plan, block, report, expect):
    """What of one `expect` does not hold."""
    match = re.match(r"(?:(?P<subject>(?!credit\b|no\b|claim\b|terminate\b|bonus\b|earn\b|extend\b|remedy\b|met\b|breached\b)[\w.]+(?:\[[^\]]*\])?)\s+)?"
                     r"(?:in (?P<when>[\dQT:-]+)\s+)?(?P<checks>.*)", expect)
    subject, when = match["subject"], match["when"]
    windows = report["windows"]
    credits = report["credits"]
    if when:
        windows = [each for each in windows if in_stretch(block, each["window"], when)]
        credits = [each for each in credits if in_stretch(block, each["window"], when)]
    if subject:
        name, _, group = subject.partition("[")
        name = f"{block.agreement}/{name}"
        wanted = [part.strip().split(".")[-1] for part in group.rstrip("]").split(",")] if group else None
        windows = [each for each in windows if each["objective"] == name and (wanted is None or each["group"] == wanted)]
        credits = [each for each in credits if name in objectives(plan, block, each["credit"])]
        if not windows and match["checks"] == "not in force":
            return []
        if not windows:
            return [f"{expect}: no such window"]
        windows = [each for each in windows if each["verdict"] != "pending"][-1:] or windows[-1:]
    else:
        windows = []
    return [f"{expect}: {wrong}" for part in split(match["checks"]) if (wrong := check_one(block, report, windows, credits, part, subject))]


def objectives(plan, block, credit):
    agreement = next(each for each in plan["agreements"] if each["id"] == block.agreement)
    return {name for version in agreement["versions"] for each in version["terms"]["credits"] if each["id"] == credit for name in each["objectives"]}


def split(checks):
    return [part.strip() for part in re.findall(r'(?:[^,"]|"[^"]*")+', checks)]


def check_one(block, report, windows, credits, part, subject):
    if part in ("met", "breached", "pending", "no data", "not in force"):
        return None if windows and windows[0]["verdict"] == part else f"it is {windows}"
    if part.startswith("value "):
        low, _, high = part[6:].partition("..")
        value = windows[0]["value"]
        if value is None:
            return "there is none"
        low, high = amount(low), amount(high) if high else amount(low)
        return None if low <= Fraction(value) <= high else f"it is {value} = {float(Fraction(value))}"
    if part.startswith("downtime "):
        return None if Fraction(windows[0]["down"]) == amount(part[9:]) else f"it is {windows[0]['down']}"
    if part == "no credit":
        left = sum((paid(each) for each in credits if each["kind"] == "credit"), Fraction(0)) + adjusted(report)
        return None if not left else f"there is {credits}"
    if match := re.fullmatch(r"(credit|bonus|earn back) (?:(\w+) )?([\d_.]+) (\w+)", part):
        kind, name, wanted, unit = match.groups()
        chosen = [each for each in credits if each["kind"] == kind.replace(" ", "_") and (name is None or each["credit"].endswith("/" + name))]
        total = sum((paid(each, bool(name or subject)) for each in chosen if each["left"] and each["left"][1] == unit), Fraction(0))
        if name is None and not subject:
            total += adjusted(report)
        return None if total == blocks.number(wanted) else f"it is {total} of {[(each['credit'], each['left'], each['window'][0]) for each in chosen]}"
    if match := re.fullmatch(r"extend (\d+) (\w+?)s?", part):
        wanted = {"extend": f"{match[1]} {match[2]}"}
        length = int(match[1]) * blocks.LENGTHS.get(match[2], 0)
        fits = any(wanted in each["remedies"] or {"extend_by": length} in each["remedies"] for each in credits)
        return None if fits else f"there is {credits}"
    if match := re.fullmatch(r'remedy "(.*)"', part):
        return None if any({"text": match[1]} in each["remedies"] for each in credits) else f"there is {credits}"
    if match := re.fullmatch(r"claim (?:(\w+) )?by ([\d-]+)", part):
        wanted = block.zone.instant(datetime.date.fromisoformat(match[2]) + datetime.timedelta(days=1))
        claims = [each for each in report["claims"] if match[1] is None or each["claim"].endswith("/" + match[1])]
        fits = any(wanted - DAY < parse_instant(each["by"]) <= wanted for each in claims)
        return None if fits else f"there is {[(each['claim'], each['by']) for each in claims]}"
    if part == "terminate":
        return None if report["terminations"] else "there is no right"
    if part == "no terminate":
        return None if not report["terminations"] else f"there is {report['terminations']}"
    return "not understood"


def paid(credit, shown=False):
    """What is left of a line; of alternatives only the one that counts, unless one of them is asked for."""
    return Fraction(credit["left"][0]) if credit["left"] and (shown or credit["counts"]) else Fraction(0)


def adjusted(report):
    """What the minimum payout takes off and carries over."""
    return sum((Fraction(each["amount"][0]) for each in report["payouts"]), Fraction(0))


def run_metrics(program, path, text, block):
    """Metrics alone: each expectation becomes an objective of a commitment for the stretch of the data."""
    low, high = dates(block.extent[0])[0], dates(block.extent[-1])[1]
    bare = re.sub(r'^test "(?:[^"\\]|\\.)*" \{\n.*?^\}', "", text, flags=re.S | re.M)
    wrong = []
    for place, expect in enumerate(block.expects):
        match = re.fullmatch(r"(.*?)\s*\b(no data|value (.*))", expect)
        call, wanted = match[1], match[3]
        tests = [f"in {wanted}" if ".." in wanted else f"== {wanted}"] if wanted else [">= 0", ">= 0 s", ">= 0 bit/s"]
        plan = next(filter(None, (trial(program, path, bare, call, test, low, high) for test in tests)), None)
        if plan is None:
            wrong.append(f"{expect}: cannot be built")
            continue
        asked = blocks.Block(block.name, "Trial", None, block.extent, block.facts, block.rows)
        found = judged(plan, asked)["agreements"][0]["windows"][0]
        if not fits(found["value"], wanted):
            wrong.append(f"{expect}: it is {found['verdict']}, {found['value']}")
    return wrong


def fits(value, wanted):
    if value is None or wanted is None:
        return value is None and wanted is None
    low, _, high = wanted.partition("..")
    return amount(low) <= Fraction(value) <= amount(high or low)


def trial(program, path, bare, call, test, low, high):
    last = high - datetime.timedelta(days=1)
    made = bare + (
        "\nprovider Trials\n"
        + f"commitment Trial by Trials {{\n  term from {low} to {last}\n  objective Trial: {call} {test} per term\n}}\n"
    )
    with tempfile.NamedTemporaryFile("w", suffix=".sla", dir=os.path.dirname(os.path.abspath(path)) if "use \"" in bare else None, encoding="utf-8") as file:
        file.write(made)
        file.flush()
        return build(program, file.name)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("files", nargs="+")
    asked = parser.parse_args()
    results = [run_file(asked.program, path) for path in asked.files]
    passed, failed = (sum(each[place] for each in results) for place in (0, 1))
    print(f"{passed} pass, {failed} do not")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
