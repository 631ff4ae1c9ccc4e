#!/usr/bin/env python3
"""Writes generated contracts and their rows, `generate.py --seed 1 --count 10 FOLDER`; or counts what they contain, `generate.py --forms`.

A form that no contract contains is one that is not compared: `--forms` then ends with status 1.
"""

import argparse
import collections
import json
import os
import sys

from generator.contracts import contract
from generator.files import write_files
from generator.forms import FORMS, forms
from generator.rows import rows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--forms", action="store_true", help="count the forms that the contracts contain")
    parser.add_argument("folder", nargs="?")
    asked = parser.parse_args()
    counted = collections.Counter()
    for seed in range(asked.seed, asked.seed + asked.count):
        made = contract(seed)
        counted.update(forms(made))
        if asked.folder:
            write(made, os.path.join(asked.folder, f"{seed}"))
    if asked.forms:
        for name in FORMS:
            print(f"{counted[name]:8} {name}")
        sys.exit(0 if all(counted[name] for name in FORMS) else 1)


def write(made, folder):
    """The files of a contract, and its rows with up to when they are complete."""
    data, extent = rows(made)
    write_files(made, folder)
    with open(os.path.join(folder, "rows.json"), "w", encoding="utf-8") as file:
        json.dump({"complete": extent.complete, "of": extent.of, "as_of": extent.moment, "rows": data}, file, indent=1)


if __name__ == "__main__":
    main()
