#!/usr/bin/env python3
"""Evaluates a plan: `evaluate.py PLAN.json ROWS.json --complete-to 2026-05-01T00:00:00Z`. The form of the rows is in `witness/data.py`."""

import argparse
import json

from witness.evaluate import evaluate
from witness.values import parse_instant


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plan")
    parser.add_argument("rows")
    parser.add_argument("--complete-to", required=True)
    parser.add_argument("--as-of")
    parser.add_argument("--facts", help="a JSON object of values of the plan's form, by name of the fact")
    asked = parser.parse_args()
    with open(asked.plan, encoding="utf-8") as plan, open(asked.rows, encoding="utf-8") as rows:
        plan, rows = json.load(plan), json.load(rows)
    moment = parse_instant(asked.as_of) if asked.as_of else None
    facts = json.loads(asked.facts) if asked.facts else None
    print(json.dumps(evaluate(plan, rows, parse_instant(asked.complete_to), moment, facts), indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
