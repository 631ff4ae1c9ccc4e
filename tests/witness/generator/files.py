"""The files that a contract stands in.

In: the texts of its declarations, in an order in which each needs only those before it. Out: texts by name, of which the last uses all others.
"""

import os
import re

PARTS = ["web", "itil", "supply", "network", "quality"]
NAMES = ["world.sla", "terms/first.sla", "terms/second.sla", "more/third.sla", "fourth.sla"]


def spread(chance, world, declarations):
    """One file; or the world in one and its agreements and amendments in others, which use each other in a row."""
    library = "".join(f"use std.{part}\n" for part in chance.sample(PARTS, len(PARTS)))
    chunks = blocks(declarations)
    if chance.random() < 0.6:
        return {"deal.sla": library + world + "".join(chunks)}
    parties, rest = parted(world)
    texts = [parties, rest] if chance.random() < 0.5 else [world]
    cuts = sorted(chance.sample(range(1, len(chunks)), min(len(chunks) - 1, chance.choice([0, 1, 2]))))
    texts += ["".join(chunks[low:high]) for low, high in zip([0] + cuts, cuts + [len(chunks)])]
    found, before = {}, None
    for name, text in zip(NAMES[: len(texts) - 1] + ["deal.sla"], texts):
        use = f'use "{towards(name, before)}"\n' if before else library
        found[name] = use + text
        before = name
    return found


def blocks(text):
    """The declarations of a text, each to the end of the line that closes it."""
    found, depth = [""], 0
    for line in text.splitlines(keepends=True):
        found[-1] += line
        depth += line.count("{") - line.count("}")
        if not depth:
            found.append("")
    return [each for each in found if each]


def parted(world):
    """Who takes part, and everything else."""
    lines = world.splitlines(keepends=True)
    who = [line for line in lines if re.match("provider|customer|team|service|severity", line)]
    return "".join(who), "".join(line for line in lines if line not in who)


def towards(name, other):
    """The path of another file, seen from this one."""
    return ("../" if "/" in name else "") + other


def write_files(made, folder):
    """Writes the files of a contract, and gives the path of the one that uses all others."""
    for name, text in made.files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    return os.path.join(folder, made.root)
