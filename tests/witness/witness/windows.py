"""Windows (plan.md, "Time": windows)."""

import datetime

from .clock import add_period, shift_date, shift_months
from .values import Stop, parse_instant

MONTHS = {"month": 1, "quarter": 3, "year": 12}


def windows(window, zones, low, high, term):
    """The windows of a kind that share time with `[low, high)`, whole, in order of time."""
    kind = window["window"]
    if kind == "calendar":
        return calendar_windows(window, zones[window["zone"]], low, high)
    if kind == "contract":
        return repeated({"count": 1, "unit": window["unit"]}, window["anchor"], zones, low, high)
    if kind == "fixed":
        return repeated(window["length"], window["anchor"], zones, low, high)
    if kind == "rolling":
        return rolling(window, zones, low, high)
    if kind == "term":
        return [term] if term[0] < high and low < term[1] else []
    raise ValueError(kind)


def known(ask, *arguments):
    """An instant, or nothing where the zone does not know it."""
    try:
        return ask(*arguments)
    except Stop:
        return None


def floor_date(date, unit, first_month):
    """The first date of the calendar unit a date falls into."""
    if unit == "day":
        return date
    if unit == "week":
        return date - datetime.timedelta(days=date.weekday())
    size = MONTHS[unit]
    back = (date.month - (first_month or 1)) % size if unit != "month" else 0
    return shift_months(date.replace(day=1), -back)


def next_date(date, unit):
    if unit in ("day", "week"):
        return date + datetime.timedelta(days=1 if unit == "day" else 7)
    return shift_months(date, MONTHS[unit])


def calendar_windows(window, zone, low, high):
    found = []
    if low >= high:
        return found
    date = floor_date(zone.date(max(low, zone.start)), window["unit"], window["first_month"])
    start = known(zone.instant, date)
    while start is not None and start < high:
        date = next_date(date, window["unit"])
        end = known(zone.instant, date)
        if end is None:
            break
        if end > low:
            found.append((start, end))
        start = end
    return found


def repeated(length, anchor, zones, low, high):
    """`anchor` plus k times a length, k = 0, 1, 2, …"""
    zone, first = zones[anchor["zone"]], parse_instant(anchor["instant"])
    found, k, start = [], 0, first
    while start < high:
        k += 1
        end = known(add_period, zone, first, length, k)
        if end is None:
            break
        if end > low:
            found.append((start, end))
        start = end
    return found


def rolling(window, zones, low, high):
    """Window k begins k steps after `anchor` and lasts `length`."""
    return [(start, end) for start, end, _ in rolling_steps(window, zones, low, high)]


def rolling_steps(window, zones, low, high):
    """The same, each with the beginning of its last step: where the window before it ends, but not before its own beginning."""
    zone, first = zones[window["anchor"]["zone"]], parse_instant(window["anchor"]["instant"])
    found, k, start = [], 0, first
    if window["every"]["unit"] in ("minute", "hour"):
        step = add_period(zone, 0, window["every"])
        k = max((low - first) // step - skipped(zone, window, step), 0)
        start = first + k * step
    before = known(rolling_end, zone, first, window, k - 1)
    while start is not None and start < high:
        end = known(rolling_end, zone, first, window, k)
        if end is not None and end > low:
            found.append((start, end, start if before is None else max(start, before)))
        k, before = k + 1, end
        start = known(add_period, zone, first, window["every"], k)
    return found


def rolling_end(zone, first, window, k):
    """The end of window k."""
    every, length = window["every"], window["length"]
    if length["unit"] in ("minute", "hour"):
        return add_period(zone, add_period(zone, first, every, k), length)
    if every["unit"] in MONTHS and length["unit"] in MONTHS:
        months = k * every["count"] * MONTHS[every["unit"]] + length["count"] * MONTHS[length["unit"]]
        return add_period(zone, first, {"count": months, "unit": "month"})
    if every["unit"] in ("minute", "hour"):
        return add_period(zone, add_period(zone, first, every, k), length)
    date, clock = zone.local(first)
    begins = shift_date(date, k * every["count"], every["unit"])
    return zone.instant(shift_date(begins, length["count"], length["unit"]), clock)


def skipped(zone, window, step):
    """How many steps before `low` a window may begin and still reach it, generously."""
    days = {"minute": 1, "hour": 1, "day": 2, "week": 8, "month": 32, "quarter": 93, "year": 367}
    period = window["length"]
    if period["unit"] in ("minute", "hour"):
        return add_period(zone, 0, period) // step + 1
    return days[period["unit"]] * period["count"] * 86400 * 10**9 // step + 1


def inside(window, low, high):
    """The part of a window inside `[low, high)`; `None` if there is none."""
    start, end = max(window[0], low), min(window[1], high)
    return (start, end) if start < end else None


def holds_end(window, end):
    """Whether something that ends at `end` ends in this window: the last instant inside decides."""
    return window[0] < end <= window[1]
