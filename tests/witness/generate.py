#!/usr/bin/env python3
"""Writes generated contracts and their rows: `generate.py --seed 1 --count 10 FOLDER`."""

import argparse
import json
import os

from generator.contracts import contract
from generator.files import write_files
from generator.rows import rows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("folder")
    asked = parser.parse_args()
    os.makedirs(asked.folder, exist_ok=True)
    for seed in range(asked.seed, asked.seed + asked.count):
        made = contract(seed)
        data, extent = rows(made)
        folder = os.path.join(asked.folder, f"{seed}")
        write_files(made, folder)
        with open(os.path.join(folder, "rows.json"), "w", encoding="utf-8") as file:
            json.dump({"complete": extent.complete, "of": extent.of, "as_of": extent.moment, "rows": data}, file, indent=1)


if __name__ == "__main__":
    main()
