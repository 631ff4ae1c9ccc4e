"""Claims and terminations (plan.md, "Claims and terminations")."""

import datetime

from . import spans
from .clock import SECOND, add_period, shift_date
from .engine import holds
from .expressions import value
from .measured import down_rows
from .objectives import bad_rows, env_of
from .rows import rows
from .values import Instant
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
                found.add((claim["id"], name, group, window, deadline(book.run, claim, anchor, is_end)))
    return found


def causes(verdict):
    """The rows of the data behind what is bad: bad rows, or those in bad slots; without bad rows those that make the down time."""
    found = []
    for row in bad_rows(verdict.objective, verdict.env) or down_rows(verdict.env):
        found += [row] if row.source is not None else rows_in(row, verdict)
    return found


def rows_in(slot, verdict):
    """Rows of the sources the metric reads that take measured time in a slot or piece; events that lie in it."""
    trees = []
    metric = verdict.env.run.metrics[verdict.objective["metric"]]["expression"]
    holds(metric, lambda part: part.get("op") == "source" and trees.append(part))
    measured = spans.clip(verdict.env.line.measured, slot.start, slot.end)
    return [
        row for tree in trees for row in rows(tree, verdict.env)
        if any(spans.clip(measured, *part) for part in row.extent) or row.at is not None and slot.start <= row.at < slot.end
    ]


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


def deadline(run, claim, anchor, is_end):
    """The instant at which the last day for a claim ends."""
    zone, period = run.zones[claim["zone"]], claim["deadline"]["period"]
    date = zone.date(anchor - 1 if is_end else anchor)
    if claim["deadline"]["deadline"] == "end_of":
        return end_of(zone, date, period)
    if period["unit"] in ("minute", "hour"):
        return anchor + period["count"] * (60 if period["unit"] == "minute" else 3600) * SECOND
    working = run.calendars[claim["calendar"]] if claim["calendar"] else None
    date = shift_date(date, period["count"], period["unit"], working)
    return zone.instant(date + datetime.timedelta(days=1))


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
                    if at == place and book.over(window) and arises(book, version, place, right, name, window):
                        found.add((book.end(window), right["id"], until(book, right, book.end(window))))
    return sorted(found, key=lambda each: (each[0], each[1]))


def arises(book, version, place, right, name, window):
    env = env_of(book, version, book.objective(name, place), window, ())
    return value(right["condition"], env) is True


def until(book, right, arisen):
    """The end of the right; `None` if it lasts."""
    return None if right["within"] is None else add_period(book.agreement.zone, arisen, right["within"])
