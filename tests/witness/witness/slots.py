"""Slots (plan.md, "Slots")."""

import datetime

from . import spans
from .data import Row
from .engine import Group
from .rows import rows
from .values import constant, key
from .windows import rolling_steps, windows


def series(tree, env):
    """`each`: one row a slot, on the line of the term."""
    from .expressions import value

    found, last = [], None
    there_are = slots(tree["cut"], tree, env)
    env.run.count_slots(len(there_are))
    for interval, frame, groups in there_are:
        if not spans.clip(env.line.measured, *interval):
            continue
        timed = tree["cut"]["cut"] != "field"
        inner = env.at(frame=frame, slot=frame if timed else env.slot, groups=env.groups + groups, cut=(tree, env), around=())
        there = rows(tree["rows"], inner.at(cut=env.cut, slot=env.slot)).belonging(*frame)
        worth = value(tree["value"], inner)
        empty = tree["empty"]["empty"]
        if not there or worth is None:
            if empty == "skip":
                continue
            if empty == "value":
                worth = value(tree["empty"]["value"], inner)
            if empty == "last":
                worth = last
        last = worth
        found.append(Row(
            start=interval[0], end=interval[1], anchor=interval[0], extent=[interval], value=worth, fields={}, place=len(found),
            open=False, free=False,
        ))
    return found


def slots(cut, tree, env):
    """The slots of a cut: their interval, their frame, the groups they add. None lies beyond the time of evaluation."""
    low, high = line = env.line.term[0], min(env.line.term[1], env.run.moment)
    if env.slot is not None:
        low, high = max(low, env.slot[0]), min(high, env.slot[1])
    low, high = max(low, env.run.first), min(high, env.run.last)
    kind = cut["cut"]
    if kind == "field":
        return [(env.frame, env.frame, (group,)) for group in field_groups(cut, tree, env)]
    if kind == "length":
        found = lengths(cut, env.run.zones[cut["zone"]], low, high)
    elif kind == "window" and cut["window"]["window"] == "rolling":
        return rolling(cut["window"], env, low, high)
    elif kind == "window":
        found = windows(cut["window"], env.run.zones, low, high, env.line.agreement.term)
    else:
        from .sets import times

        found = times(cut["time"], env, low, high)
    if env.slot is None:
        low, high = line
    else:
        low, high = max(line[0], env.slot[0]), min(line[1], env.slot[1])
    cuts = [(max(start, low), min(end, high)) for start, end in found]
    return [(cut, cut, ()) for cut in cuts if cut[0] < cut[1]]


def lengths(cut, zone, low, high):
    """From each local midnight, one length after another; the last of a day may be short."""
    if low >= high:
        return []
    found, date, length = [], zone.date(low), cut["length"]["nanoseconds"]
    while zone.instant(date) < high:
        start, next_day = zone.instant(date), zone.instant(date + datetime.timedelta(days=1))
        while start < next_day:
            end = min(start + length, next_day)
            if end > low and start < high:
                found.append((start, end))
            start = end
        date += datetime.timedelta(days=1)
    return found


def rolling(window, env, low, high):
    """A slot has the value of its window and speaks for its last step; windows that do not lie wholly inside the term are not there."""
    bounds = env.line.term
    if env.slot is not None:
        bounds = max(bounds[0], env.slot[0]), min(bounds[1], env.slot[1])
    found = []
    for start, end, last_step in rolling_steps(window, env.run.zones, low, high):
        if start >= bounds[0] and end <= bounds[1] and last_step < end:
            found.append(((last_step, end), (start, end), ()))
    return found


def field_groups(cut, tree, env):
    """One slot for each value of the field."""
    if cut["values"]["groups"] == "known":
        values = [constant(value[0], env.run.ranks) for value in cut["values"]["values"]]
    else:
        there = rows(tree["rows"], env).belonging(*env.frame)
        values = sorted({row.fields[cut["field"]] for row in there} - {None}, key=key)
    return [Group(cut["field"], cut["field"], tuple(cut["sources"]), value) for value in values]
