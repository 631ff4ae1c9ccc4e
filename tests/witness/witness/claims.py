"""Claims and terminations (plan.md, "Claims and terminations")."""

import datetime

from . import spans
from .clock import SECOND, add_period, shift_date
from .data import NOW
from .engine import Env, holds
from .expressions import value
from .objectives import bad_rows, env_of
from .rows import rows
from .values import Instant, parse_instant
from .windows import calendar_windows


def claims(book):
    """The dates that claims give, for each breached window of their objectives."""
    found = set()
    for place, version in enumerate(book.agreement.versions):
        for claim in version["terms"]["claims"]:
            for name in filter(book.evaluates, claim["objectives"]):
                for window, at in book.sequence(name):
                    if at == place and book.over(window):
                        found |= of_window(book, place, claim, name, window)
    return sorted(found, key=str)


def of_window(book, place, claim, name, window):
    """Name of the claim, objective, group, window, instant of the deadline."""
    found = set()
    for verdict in book.of_window(name, window):
        if verdict.verdict == "breached":
            end = book.end(window)
            for anchor, is_end in anchors(claim, end, causes(verdict)):
                group = tuple(each.value for each in verdict.groups)
                found.add((claim["id"], name, group, window, deadline(book, claim, anchor, is_end)))
    return found


def causes(verdict):
    """The causes of a window (plan.md, "Objectives"): its bad rows, or what `causes` says stands behind the time of bad slots and pieces."""
    objective, env = verdict.objective, verdict.env
    bad = bad_rows(objective, env)
    if objective["items"] is not None and of_data(objective["items"]["rows"]):
        return bad
    extents = [part for row in bad for part in row.extent] if bad else [env.frame]
    time = [part for extent in spans.union(extents) for part in spans.clip(spans.clip(env.line.counted, *env.frame), *extent)]
    found = []
    for pair in objective["causes"]:
        there = rows(pair["rows"], env)
        found += there.belonging(*env.frame) if pair["by"] == "anchor" else [row for row in there if takes(row, spans.union(time))]
    return found


def of_data(tree):
    """Whether these are rows of a source, however narrowed or reshaped."""
    while tree["op"] in ("where", "rows_during", "rows_at", "rows_span"):
        tree = tree["rows"]
    return tree["op"] in ("source", "linked")


def takes(row, time):
    """Whether a row takes time in a set, or an event lies in it."""
    if not row.extent and row.at is not None:
        return bool(spans.clip(time, row.at, row.at + 1))
    return any(spans.clip(time, *part) for part in row.extent)


def anchors(claim, end, behind):
    """The instants that a deadline counts from; whether it is the end of a stretch."""
    kind = claim["anchor"]["anchor"]
    if kind == "window":
        return [(end, True)]
    found = []
    for row in behind:
        if kind == "field":
            held = row.fields.get(claim["anchor"]["name"])
            instant = held.ns if isinstance(held, Instant) else None
        else:
            instant = row.start if kind == "start" else row.end
            if instant is None and kind == "start":
                instant = row.at
        if instant is not None:
            found.append((instant, False))
    return found


def deadline(book, claim, anchor, is_end):
    """The instant at which the last day for a claim ends."""
    if claim["deadline"]["deadline"] == "end_of_term":
        return run_end(book, anchor)
    run = book.run
    zone, period = run.zones[claim["zone"]], claim["deadline"]["period"]
    date = zone.date(anchor - 1 if is_end else anchor)
    if claim["deadline"]["deadline"] == "end_of":
        return end_of(zone, date, period)
    if period["unit"] in ("minute", "hour"):
        return anchor + period["count"] * (60 if period["unit"] == "minute" else 3600) * SECOND
    working = run.calendars[claim["calendar"]] if claim["calendar"] else None
    date = shift_date(date, period["count"], period["unit"], working)
    return zone.instant(date + datetime.timedelta(days=1))


def run_end(book, anchor):
    """The end of the term; of one that renews, of the run that an instant lies in, or ends."""
    plan, zone = book.agreement.plan["term"], book.agreement.zone
    first = high = parse_instant(plan["to"]["instant"])
    runs = 0
    while plan["renews"] is not None and high < anchor:
        runs += 1
        high = add_period(zone, first, plan["renews"], runs)
    return high


def end_of(zone, date, period):
    """The end of the n-th calendar unit after the one the date falls into."""
    instant = zone.instant(date)
    window = {"unit": period["unit"], "first_month": 1}
    start, end = calendar_windows(window, zone, instant, instant + 1)[0]
    for _ in range(period["count"]):
        start, end = calendar_windows(window, zone, end, end + 1)[0]
    return end


def terminations(book):
    """Rights that arise at the ends of windows in which their condition is true."""
    found = set()
    for place, version in enumerate(book.agreement.versions):
        for right in version["terms"]["terminations"]:
            for name in filter(book.evaluates, right["objectives"]):
                for window, at in book.sequence(name):
                    if at == place and arises(book, version, place, right, name, window):
                        found.add((book.end(window), right["id"], until(book, right, book.end(window))))
    return sorted(found, key=lambda each: (each[0], each[1]))


def arises(book, version, place, right, name, window):
    """Whether the condition is true for any group that is decided, or without a current group where it reads no value of one."""
    decided = [each.groups for each in book.of_window(name, window) if each.verdict in ("met", "breached", "no data")]
    if not holds(right["condition"], lambda part: part.get("op") in ("value", "target")):
        decided = decided and [()]
    objective = book.objective(name, place)
    on_line = book.line(version, None, NOW, ())
    frame = book.part(window)
    sequence = book.of_term(env_of(book, version, objective, window, ()))
    envs = [Env(book.run, on_line, window, frame, groups=groups, credit=book, sequence=sequence) for groups in decided]
    return any(value(right["condition"], env) is True for env in envs)


def until(book, right, arisen):
    """The end of the right; `None` if it lasts."""
    return None if right["within"] is None else add_period(book.agreement.zone, arisen, right["within"])
