"""Measured time (plan.md, "Measured time")."""

from . import spans
from .clock import add_period
from .engine import Env, Line, children, holds
from .rows import rows
from .sets import covered, times
from .values import parse_instant
from .windows import windows


def line(run, agreement, version, objective, view, groups, credit, ahead=False):
    """The line of an objective, with what is excluded on it; what exclusions read is seen as if nothing were excluded.

    It ends at the time of evaluation, unless one looks `ahead`; that of an agreement, without objective, is its term.
    """
    low, high = agreement.term
    if objective is not None and objective["from"] is not None:
        low = max(low, parse_instant(objective["from"]["instant"]))
    if objective is not None and not ahead:
        high = max(low, min(high, run.moment))
    bare = Line(run, agreement, version, objective, view, (low, high), spans.ALL)
    if objective is None:
        return bare
    hours = times(objective["hours"], around(bare, groups, credit), -spans.ENDLESS, spans.ENDLESS)
    bare = found = Line(run, agreement, version, objective, view, (low, high), hours)
    chosen = [each for name in objective["exclusions"] for each in version["terms"]["exclusions"] if each["id"] == name]
    for treat in ("absent", "up"):
        for exclusion in chosen:
            if exclusion["treat"] == treat:
                taken = exclude(exclusion, found, around(bare, groups, credit))
                absent, up = found.absent, found.up
                if treat == "absent":
                    absent = spans.union(absent + taken)
                else:
                    up = spans.union(up + taken)
                found = found.with_excluded(absent, up)
    return found


def around(line, groups, credit):
    return Env(line.run, line, line.term, line.term, groups=groups, credit=credit)


def exclude(exclusion, line, env):
    """What one exclusion takes."""
    limit = exclusion["limit"]
    if exclusion["time"]["excluded"] == "time":
        found = times(exclusion["time"]["time"], env, *line.term)
    else:
        there = [row for row in rows(exclusion["time"]["rows"], env) if announced(row, exclusion["time"]["notice"], env)]
        if limit is not None and limit["of"]["limit"] == "spans":
            there = limited_spans(there, limit, line)
        found = covered(there)
    left = spans.intersect(found, line.runnable)
    if limit is None or limit["of"]["limit"] == "spans":
        return left
    taken = []
    for window in limit_windows(limit, line):
        part = spans.clip(left, *window)
        if exclusion["treat"] == "absent":
            taken += spans.earliest(part, limit["of"]["most"]["nanoseconds"])
        else:
            taken += up_to_down_time(part, limit["of"]["most"]["nanoseconds"], env)
    return spans.union(taken)


def announced(row, notice, env):
    """Whether it was announced as long before its start as is asked."""
    if notice is None:
        return True
    told = row.fields.get(notice["field"])
    if told is None:
        return False
    working = env.run.calendars[notice["calendar"]] if notice["calendar"] else None
    return told.ns <= add_period(env.run.zones[notice["zone"]], row.start, notice["period"], -1, working)


def limit_windows(limit, line):
    run = line.run
    low, high = max(line.term[0], run.first - run.reach), min(line.term[1], run.last + run.reach)
    return windows(limit["window"], run.zones, low, high, line.agreement.term)


def limited_spans(there, limit, line):
    """The first spans that start in each window and have time in *L*."""
    found = []
    for low, high in limit_windows(limit, line):
        starting = [row for row in there if row.start is not None and low <= max(row.start, line.term[0]) < high]
        starting = [row for row in starting if any(spans.clip(line.inside, *part) for part in row.extent)]
        starting.sort(key=lambda row: (row.start, row.place))
        found += starting[: limit["of"]["most"]]
    return found


def up_to_down_time(part, most, env):
    """The part up to the instant at which the downtime in it reaches `most`."""
    down = spans.intersect(part, down_time(env))
    counted = spans.earliest(down, most)
    if spans.length(counted) < most:
        return part
    return spans.clip(part, -spans.ENDLESS, counted[-1][1]) if counted else []


def down_time(env):
    """What the rows of the metric's `uptime` and `downtime` operators cover; all time if it has neither."""
    found = down_operands(env)
    return spans.union([part for rows_ in found for part in covered(rows_)]) if found else spans.ALL


def down_operands(env):
    """The rows of each `uptime` and `downtime` operator of the metric that stands outside of `each`."""
    found = []

    def look(tree):
        if tree.get("op") in ("uptime", "downtime"):
            found.append(tree["rows"])
        for name, each in children(tree):
            if tree.get("op") != "each" and name != "rows":
                look(each)

    look(env.run.metrics[env.line.objective["metric"]]["expression"])
    return [rows(tree, env) for tree in found]


def sources_read(tree):
    """The names of the sources that an expression reads."""
    found = set()
    holds(tree, lambda part: part.get("op") in ("source", "linked") and found.add(part["source"]))
    return found


def reads(version, objective, run):
    """The sources that an objective reads: its metric, hours, test, items, exclusions, the claims of its windows, and ignores of these."""
    found = sources_read(run.metrics[objective["metric"]]["expression"]) | sources_read(objective["hours"])
    found |= sources_read(objective["test"]) | sources_read(objective["items"] or {}) | sources_read(objective["condition"] or {})
    if objective["window"]["window"] == "claims":
        found.add(objective["window"]["source"])
    for exclusion in version["terms"]["exclusions"]:
        if exclusion["id"] in objective["exclusions"]:
            found |= sources_read(exclusion["time"])
    for ignore in version["terms"]["ignores"]:
        if ignore["id"] in objective["ignores"] and ignore["source"] in found and ignore["condition"] is not None:
            found |= sources_read(ignore["condition"])
    return found
