"""Expressions of many rows and of time (plan.md, "Expressions": of many rows, of time)."""

import math
from fractions import Fraction

from . import spans
from .rows import rows
from .sets import covered
from .values import Quantity, add, dims_of, divide, duration, key, number, subtract, ONE


def belonging(tree, env):
    """Only rows that belong to the frame are looked at."""
    return rows(tree["rows"], env).belonging(*(env.inside if is_free(tree["rows"], env) else env.frame))


def is_free(tree, env):
    """Whether these are rows of a source that the objective of a credit does not read: they are held by the term alone."""
    if env.free is None or env.slot is not None:
        return False
    while "rows" in tree and tree["op"] != "each":
        tree = tree["rows"]
    return tree["op"] == "source" and tree["source"] not in env.free


def asked(tree, env, name="value"):
    """The argument of each row that has one."""
    from .expressions import value

    found = [value(tree[name], env.with_row(row)) for row in belonging(tree, env)]
    return [each for each in found if each is not None]


def count(tree, env):
    return number(len(belonging(tree, env)))


def distinct(tree, env):
    return number(len(set(asked(tree, env))))


def total(values, zero):
    found = zero
    for place, each in enumerate(values):
        found = add(found, each) if place or zero is not None else each
    return found


def sum_of(tree, env):
    return total(asked(tree, env), Quantity(Fraction(0), dims_of(tree["of"])))


def share(tree, env):
    found = asked(tree, env, "condition")
    return number(Fraction(found.count(True), len(found))) if found else None


def mean(tree, env):
    found = asked(tree, env)
    return divide(total(found, None), number(len(found))) if found else None


def minimum(tree, env):
    return min(asked(tree, env), key=key, default=None)


def maximum(tree, env):
    return max(asked(tree, env), key=key, default=None)


def percentile(tree, env):
    """Nearest rank: number ⌈fraction · n⌉ of the values in ascending order."""
    found = sorted(asked(tree, env), key=key)
    return found[max(math.ceil(Fraction(tree["fraction"]) * len(found)), 1) - 1] if found else None


def downtime(tree, env):
    counted = spans.clip(env.line.counted, *env.frame)
    found = rows(tree["rows"], env)
    if tree["weight"] is None and tree["overlaps"] == "max":
        whole = cover(found)
        return duration(spans.length(spans.intersect(spans.clip(whole, *env.frame), counted)))
    return duration(weighted(tree, found, counted, env))


def cover(found):
    """`covered(rows)`, remembered beside the rows themselves."""
    if found.cover is None:
        found.cover = covered(found)
    return found.cover


def weighted(tree, found, counted, env):
    """The greatest or the sum of the weights at each instant, over the counted time."""
    from .expressions import value

    parts = []
    for row in found:
        there = [part for low, high in row.extent for part in spans.clip(counted, low, high)]
        if not there:
            continue
        weight = ONE if tree["weight"] is None else value(tree["weight"], env.with_row(row))
        if weight is not None:
            parts += [(low, high, weight.amount) for low, high in there]
    edges = sorted({edge for low, high, _ in parts for edge in (low, high)})
    whole = Fraction(0)
    for low, high in zip(edges, edges[1:]):
        weights = [weight for start, end, weight in parts if start <= low and high <= end]
        if weights:
            whole += (max(weights) if tree["overlaps"] == "max" else sum(weights)) * (high - low)
    return whole


def uptime(tree, env):
    measured = spans.length(spans.clip(env.line.measured, *env.frame))
    if measured == 0:
        return None
    return subtract(ONE, divide(downtime(tree, env), duration(measured)))


OPERATORS = {
    "count": count, "distinct": distinct, "sum": sum_of, "share": share, "mean": mean, "minimum": minimum, "maximum": maximum,
    "percentile": percentile, "downtime": downtime, "uptime": uptime,
}
