"""Zones and periods (plan.md, "Time": zones, periods)."""

import calendar
import datetime
from bisect import bisect_right

from .values import Stop, parse_instant

EPOCH = datetime.date(1970, 1, 1).toordinal()
SECOND = 10**9
DAY = 86400


class Zone:
    """Offsets of a zone by its transitions; no tables of its own."""

    def __init__(self, plan):
        self.name = plan["name"]
        self.start = parse_instant(plan["from"])
        self.end = parse_instant(plan["to"])
        self.found = {}
        self.starts = [self.start]
        self.offsets = [plan["offset"] * SECOND]
        for change in plan["transitions"]:
            self.starts.append(parse_instant(change["instant"]))
            self.offsets.append(change["after"] * SECOND)

    def offset(self, instant):
        if not self.start <= instant < self.end:
            raise Stop(f"local time outside what is known of {self.name}")
        return self.offsets[bisect_right(self.starts, instant) - 1]

    def local(self, instant):
        """The local date and the nanoseconds on its clock."""
        local = instant + self.offset(instant)
        days, rest = divmod(local, DAY * SECOND)
        return datetime.date.fromordinal(days + EPOCH), rest

    def date(self, instant):
        return self.local(instant)[0]

    def instant(self, date, clock=0):
        """The instant of a local time: the first of two, or that of the jump."""
        found = self.found.get((date, clock))
        if found is None:
            found = self.found[(date, clock)] = self.find(date, clock)
        return found

    def find(self, date, clock):
        local = (date.toordinal() - EPOCH) * DAY * SECOND + clock
        for index, (start, offset) in enumerate(zip(self.starts, self.offsets)):
            found = local - offset
            last = index + 1 == len(self.starts)
            if found < start:
                if index == 0:
                    raise Stop(f"local time outside what is known of {self.name}")
                return start
            if last or found < self.starts[index + 1]:
                if found >= self.end:
                    raise Stop(f"local time outside what is known of {self.name}")
                return found
        raise Stop("a zone without offsets")

    def dates(self, low, high):
        """The first local date wholly known from `low` on, and the last whose next one is still known."""
        first = self.date(max(self.start, low)) + datetime.timedelta(days=1)
        last = self.date(min(self.end, high) - 1)
        return first, last - datetime.timedelta(days=1)


def shift_months(date, months):
    """Keeps the day of month, or takes the month's last day."""
    index = date.year * 12 + date.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return datetime.date(year, month, min(date.day, calendar.monthrange(year, month)[1]))


def shift_date(date, count, unit, working=None):
    """Moves a date by whole days, weeks, months, quarters, years or open days of `working`."""
    if unit == "day":
        return date + datetime.timedelta(days=count)
    if unit == "week":
        return date + datetime.timedelta(days=7 * count)
    if unit == "working_day":
        step = datetime.timedelta(days=1 if count > 0 else -1)
        for _ in range(abs(count)):
            date += step
            while not working.opens(date):
                date += step
        return date
    return shift_months(date, count * {"month": 1, "quarter": 3, "year": 12}[unit])


def add_period(zone, instant, period, times=1, working=None):
    """`instant` and `times` periods, counted from the original date (Time: periods)."""
    count, unit = period["count"] * times, period["unit"]
    if unit in ("minute", "hour"):
        return instant + count * (60 if unit == "minute" else 3600) * SECOND
    if count == 0:
        return instant
    date, clock = zone.local(instant)
    return zone.instant(shift_date(date, count, unit, working), clock)
