"""Claims and terminations (plan.md, "Claims and terminations")."""

import datetime

from .clock import SECOND, add_period, shift_date
from .objectives import env_of
from .expressions import value
from .values import Instant
from .windows import calendar_windows


def claims(book, due):
    """The dates that the claims about a credit give: name of the claim, instant of the deadline."""
    found = set()
    for claim in book.agreement.versions[due.place]["terms"]["claims"]:
        if set(claim["objectives"]) & set(due.credit["objectives"]):
            for anchor, is_end in anchors(claim, due):
                found.add((claim["id"], deadline(book.run, claim, anchor, is_end)))
    return sorted(found)


def anchors(claim, due):
    """The instants that a deadline counts from; whether it is the end of a stretch."""
    kind = claim["anchor"]["anchor"]
    if kind == "window":
        return [(due.window[1], True)]
    found = []
    for row in due.rows:
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
                    if at == place and window[1] <= book.run.moment and arises(book, version, place, right, name, window):
                        found.add((window[1], right["id"], until(book, right, window[1])))
    return sorted(found, key=lambda each: (each[0], each[1]))


def arises(book, version, place, right, name, window):
    env = env_of(book, version, book.objective(name, place), window, ())
    return value(right["condition"], env) is True


def until(book, right, arisen):
    """The end of the right; `None` if it lasts."""
    return None if right["within"] is None else add_period(book.agreement.zone, arisen, right["within"])
