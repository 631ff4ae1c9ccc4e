"""Calendars (plan.md, "Time": calendars)."""

import calendar as months
import datetime

from . import spans
from .clock import SECOND

WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Calendar:
    """Open time by local dates."""

    def __init__(self, plan, zone):
        self.plan, self.zone = plan, zone
        self.cache = None
        self.known = (zone.start, zone.end)  # no further than anybody asks

    def ranges(self, date):
        """Of the rules that name a date the last one decides alone."""
        for rule in reversed(self.plan["rules"]):
            if names(rule["days"], date):
                return rule["open"]
        return []

    def opens(self, date):
        return bool(self.ranges(date))

    def times(self):
        """All open time of the dates that the zone knows."""
        if self.cache is None:
            found = []
            date, last = self.zone.dates(*self.known)
            while date < last:
                for span in self.ranges(date):
                    found.append((self.clock(date, span["from"]), self.clock(date, span["to"])))
                date += datetime.timedelta(days=1)
            self.cache = spans.union(found)
        return self.cache

    def clock(self, date, seconds):
        if seconds >= 86400:
            date, seconds = date + datetime.timedelta(days=1), seconds - 86400
        return self.zone.instant(date, seconds * SECOND)


def names(days, date):
    """Whether a `DaySet` names a date."""
    kind = days["days"]
    if kind == "weekdays":
        return WEEKDAYS[date.weekday()] in days["weekdays"]
    if kind == "nth":
        return nth(days, date)
    if kind == "yearly":
        low, high = (days[end]["month"] * 100 + days[end]["day"] for end in ("from", "to"))
        here = date.month * 100 + date.day
        return low <= here <= high if low <= high else here >= low or here <= high
    last = months.monthrange(date.year, date.month)[1]
    if kind == "month_day":
        return date.day == (days["day"] if days["day"] > 0 else last + 1 + days["day"])
    if kind == "dates":
        return days["from"] <= date.isoformat() <= days["to"]
    raise ValueError(kind)


def nth(days, date):
    if WEEKDAYS[date.weekday()] != days["weekday"] or days["month"] not in (None, date.month):
        return False
    last = months.monthrange(date.year, date.month)[1]
    if days["ordinal"] == -1:
        return date.day + 7 > last
    return (date.day - 1) // 7 + 1 == days["ordinal"]
