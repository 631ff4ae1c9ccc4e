"""Expressions (plan.md, "Expressions"). `None` is no data, and of a truth value unknown."""

import datetime
import math
from fractions import Fraction

from . import aggregates, facts, spans
from .clock import shift_date
from .data import NEVER
from .rows import part, rows
from .sets import times
from .values import INFINITE, Instant, Quantity, add, compare, constant, divide, duration, key, multiply, number, subtract


def value(tree, env):
    """The value of an expression."""
    return OPERATORS[tree["op"]](tree, env)


# Leaves


def literal(tree, env):
    return constant(tree["value"], env.run.ranks)


def field(tree, env):
    return env.around[tree["row"]].fields.get(tree["name"])


def group(tree, env):
    return next(each.value for each in env.groups if each.name == tree["name"])


def fact(tree, env):
    return facts.in_window(tree["name"], env)


def lookup(tree, env):
    keys = [value(each, env) for each in tree["keys"]]
    if None in keys:
        return None
    for row in env.run.tables[tree["table"]]["rows"]:
        if [constant(each, env.run.ranks) for each in row["keys"]] == keys:
            return constant(row["value"], env.run.ranks)
    return None


def window_length(tree, env):
    low, high = env.inside
    return duration(max(high - low, 0))


def window_days(tree, env):
    zone = env.run.zones[env.line.version["terms"]["zone"]["name"]]
    return number(sum(share for _, share in days_of(zone, *env.inside)))


def days_of(zone, low, high):
    """The local days that `[low, high)` touches: start of the day, part of its length."""
    found = []
    if low >= high:
        return found
    date = zone.date(low)
    start = zone.instant(date)
    while start < high:
        date += datetime.timedelta(days=1)
        end = zone.instant(date)
        there = min(end, high) - max(start, low)
        if there > 0:
            found.append((start, Fraction(there, end - start)))
        start = end
    return found


def measured_length(tree, env):
    return duration(spans.length(spans.clip(env.line.measured, *env.inside)))


# Of one row


def present(tree, env):
    return value(tree["value"], env) is not None


def default(tree, env):
    found = value(tree["value"], env)
    return value(tree["otherwise"], env) if found is None else found


def last_of(env):
    """Where the clock of a row stands at last whose `to` is no data; nowhere, if it goes on for ever."""
    row = env.around[0] if env.around else None
    if env.line.view == NEVER and (row is None or row.end is None or row.unfinished):
        return None
    return env.run.moment if row is None or row.end is None else row.end


def clock(low, high, tree, env):
    """|`[low, high)` ∩ `during` − `pausing`|."""
    if high <= low:
        return 0
    found = times(tree["during"], env, low, high)
    if tree["pausing"] is not None:
        found = spans.subtract(found, times(tree["pausing"], env, low, high))
    return spans.length(found)


def elapsed(tree, env):
    start, end = value(tree["from"], env), value(tree["to"], env)
    if start is None:
        return None
    last = last_of(env) if end is None else end.ns
    return duration(INFINITE if last is None else clock(start.ns, last, tree, env))


def longest_gap(tree, env):
    start, end = value(tree["from"], env), value(tree["to"], env)
    if start is None:
        return None
    last = last_of(env) if end is None else end.ns
    if last is None:
        return duration(INFINITE)
    events = sorted(row.at for row in rows(tree["events"], env) if row.anchor is not None and start.ns <= row.at <= last)
    marks = [start.ns] + events + [last]
    return duration(max(clock(low, high, tree, env) for low, high in zip(marks, marks[1:])))


def end_of_working_day(tree, env):
    """The end of the local date of the n-th open date after that of `after`."""
    after = value(tree["after"], env)
    if after is None:
        return None
    calendar = env.run.calendars[tree["calendar"]]
    date = calendar.zone.date(after.ns)
    if tree["days"] == 0:
        date -= datetime.timedelta(days=1)
    date = shift_date(date, max(tree["days"], 1), "working_day", calendar)
    return Instant(calendar.zone.instant(date + datetime.timedelta(days=1)))


# Logic


def every(tree, env):
    found = [value(each, env) for each in tree["terms"]]
    return False if False in found else None if None in found else True


def some(tree, env):
    found = [value(each, env) for each in tree["terms"]]
    return True if True in found else None if None in found else False


def negation(tree, env):
    found = value(tree["value"], env)
    return None if found is None else not found


def comparison(tree, env):
    left, right = value(tree["left"], env), value(tree["right"], env)
    return None if left is None or right is None else compare(tree["relation"], left, right)


def between(tree, env):
    found = [value(tree[name], env) for name in ("low", "value", "high")]
    if None in found:
        return None
    return compare("<=", found[0], found[1]) and compare("<=", found[1], found[2])


def choice(tree, env):
    condition = value(tree["condition"], env)
    return None if condition is None else value(tree["then" if condition else "otherwise"], env)


# Arithmetic


def fold(join, values):
    found = None
    for place, each in enumerate(values):
        if each is None or (place and found is None):
            return None
        found = join(found, each) if place else each
    return found


def total(tree, env):
    return fold(add, [value(each, env) for each in tree["terms"]])


def product(tree, env):
    return fold(multiply, [value(each, env) for each in tree["factors"]])


def pair(join):
    def compute(tree, env):
        return fold(join, [value(tree["left"], env), value(tree["right"], env)])

    return compute


def rounding(tree, env):
    """The nearest multiple, from halfway the greater; or the greatest not above; or the least not below."""
    found, to = value(tree["value"], env), value(tree["to"], env)
    if found is None or to is None:
        return None
    if found.amount == INFINITE:
        return found
    steps = found.amount / to.amount
    if tree["how"] == "half_up":
        whole = math.floor(steps + Fraction(1, 2))
    else:
        whole = math.floor(steps) if tree["how"] == "down" else math.ceil(steps)
    return Quantity(whole * to.amount, found.dims)


def extreme(choose):
    def compute(tree, env):
        found = [value(each, env) for each in tree["values"]]
        return None if None in found else choose(found, key=key)

    return compute


def days_between(tree, env):
    zone = env.run.zones[tree["zone"]]
    found = [value(tree[name], env) for name in ("from", "to")]
    if None in found:
        return None
    dates = [zone.date(each.ns) if isinstance(each, Instant) else each for each in found]
    return number((dates[1] - dates[0]).days)


def of_credit(name):
    """What only an agreement as a whole can say: fees, values, failures."""

    def compute(tree, env):
        return getattr(env.credit, name)(tree, env)

    return compute


OPERATORS = {
    "literal": literal, "field": field, "row": part, "group": group, "fact": fact, "lookup": lookup,
    "window_length": window_length, "window_days": window_days, "measured_length": measured_length,
    "present": present, "default": default, "elapsed": elapsed, "longest_gap": longest_gap, "end_of_working_day": end_of_working_day,
    "and": every, "or": some, "not": negation, "compare": comparison, "between": between, "if": choice,
    "add": total, "multiply": product, "subtract": pair(subtract), "divide": pair(divide), "round": rounding,
    "least": extreme(min), "greatest": extreme(max), "days_between": days_between,
    "fees": of_credit("fees"), "fee_rate": of_credit("fee_rate"), "shift": of_credit("shift"), "value": of_credit("value"),
    "target": of_credit("target"), "failures": of_credit("failures"),
    **aggregates.OPERATORS,
}
