#!/usr/bin/env python3
"""Writes zones.txt, calendars.txt and windows.txt beside this script: what Python's zoneinfo says about local time.

Python's zoneinfo, datetime and a plain walk over minutes share nothing with the program, so they can disagree with it.
The system's zone tables must be of the version the program is built with; the first line of zones.txt names it.

    python3 tests/oracles/zones.py
"""

import calendar
import pathlib
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

HERE = pathlib.Path(__file__).parent
UTC = timezone.utc
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Northern and southern summer, half-hour and quarter-hour offsets, a half-hour jump (Lord Howe), a jump at midnight (Cairo, Havana,
# Santiago, Beirut), an inverted summer (Dublin), a summer broken by Ramadan (Casablanca), a lost day (Apia), none at all (Kolkata).
ZONES = """UTC Europe/Berlin Europe/London Europe/Dublin Europe/Istanbul Europe/Chisinau America/New_York America/Chicago
America/Los_Angeles America/St_Johns America/Havana America/Santiago America/Sao_Paulo America/Asuncion Africa/Cairo
Africa/Casablanca Asia/Kolkata Asia/Kathmandu Asia/Beirut Asia/Tehran Asia/Gaza Australia/Sydney Australia/Lord_Howe
Pacific/Auckland Pacific/Chatham Pacific/Apia Antarctica/Troll""".split()


def version():
    first = pathlib.Path("/usr/share/zoneinfo/tzdata.zi").read_text().splitlines()[0]
    return first.split()[-1]


def seconds(instant):
    return int((instant - EPOCH).total_seconds())


def offset(zone, at):
    return int((EPOCH + timedelta(seconds=at)).astimezone(zone).utcoffset().total_seconds())


def transitions(zone, start, end):
    """Pairs of the first second of a new offset and that offset, by looking at each hour and then halving."""
    found, low, before = [], start, offset(zone, start)
    while low < end:
        high = min(low + 3600, end)
        after = offset(zone, high)
        if after != before:
            a, b = low, high
            while b - a > 1:
                middle = (a + b) // 2
                a, b = (a, middle) if offset(zone, middle) != before else (middle, b)
            found.append((b, before, after))
        low, before = high, after
    return found


def resolve(zone, local):
    """unique, skipped or repeated, with the instants in seconds; of a skipped time the moment of the jump."""
    def round_trips(moment):
        return moment.astimezone(zone).replace(tzinfo=None, fold=0) == local

    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    good = sorted({seconds(moment) for moment in (first, second) if round_trips(moment)})
    if len(good) == 1:
        return "unique", good
    if len(good) == 2:
        return "repeated", good
    middle = seconds(local.replace(tzinfo=UTC))
    jumps = [at for at, before, after in transitions(zone, middle - 93600, middle + 93600) if at + before <= middle < at + after]
    return "skipped", jumps


def write_zones():
    lines = [f"version {version()}"]
    start, end = seconds(datetime(2009, 1, 1, tzinfo=UTC)), seconds(datetime(2038, 1, 1, tzinfo=UTC))
    for name in ZONES:
        zone = ZoneInfo(name)
        lines.append(f"zone {name} {offset(zone, start)}")
        for at, before, after in transitions(zone, start, end):
            lines.append(f"change {at} {before} {after}")
            if EPOCH + timedelta(seconds=at) < datetime(2024, 1, 1, tzinfo=UTC) and "Apia" not in name:
                continue
            if EPOCH + timedelta(seconds=at) > datetime(2028, 1, 1, tzinfo=UTC):
                continue
            edge = EPOCH.replace(tzinfo=None) + timedelta(seconds=at + max(before, after))
            for minutes in (-121, -61, -60, -59, -31, -30, -1, 0, 1, 59, 60):
                local = edge + timedelta(minutes=minutes)
                kind, instants = resolve(zone, local)
                lines.append(f"local {local.isoformat()} {kind} {' '.join(map(str, instants))}")
    (HERE / "zones.txt").write_text("\n".join(lines) + "\n")


def nth_weekday(day, weekday, ordinal):
    if day.weekday() != weekday:
        return False
    last = calendar.monthrange(day.year, day.month)[1]
    return (day.day - 1) // 7 + 1 == ordinal if ordinal > 0 else (last - day.day) // 7 == -ordinal - 1


def within(minute, start, end):
    return start <= minute < end


def business(day, minute):
    """mon..fri 09:00..12:00, 13:00..17:30; closed every dec 25"""
    return (day.month, day.day) != (12, 25) and day.weekday() < 5 and (within(minute, 540, 720) or within(minute, 780, 1050))


def nights(day, minute):
    """every day 22:00..06:00, but not the nights that begin on a saturday"""
    yesterday = day - timedelta(days=1)
    return (minute >= 1320 and day.weekday() != 5) or (minute < 360 and yesterday.weekday() != 5)


def stretch(day, minute):
    """sun 15:00..fri 17:00"""
    weekday = day.weekday()
    return (weekday == 6 and minute >= 900) or weekday < 4 or (weekday == 4 and minute < 1020)


def weekly_work(day, minute):
    """sun 02:00..04:00"""
    return day.weekday() == 6 and within(minute, 120, 240)


def first_sunday(day, minute):
    """first sun of month 00:00..06:00, last mon of may the whole day"""
    return (nth_weekday(day, 6, 1) and minute < 360) or (day.month == 5 and nth_weekday(day, 0, -1))


def month_ends(day, minute):
    """day 1 of month and day -1 of month 18:00..24:00"""
    last = calendar.monthrange(day.year, day.month)[1]
    return day.day in (1, last) and minute >= 1080


def turn_of_year(day, minute):
    """always, but closed every dec 24..jan 2"""
    return not ((day.month, day.day) >= (12, 24) or (day.month, day.day) <= (1, 2))


def always(day, minute):
    """every day"""
    return True


CALENDARS = [business, nights, stretch, weekly_work, first_sunday, month_ends, turn_of_year, always]


def write_calendars():
    """Open minutes of each month of 2026, counted minute by minute; no range of theirs ends inside a repeated hour."""
    lines = []
    for name in ["UTC", "Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kathmandu"]:
        zone = ZoneInfo(name)
        counts = {rule: [0] * 12 for rule in CALENDARS}
        moment = datetime(2025, 12, 31, tzinfo=UTC)
        while moment < datetime(2027, 1, 2, tzinfo=UTC):
            local = moment.astimezone(zone)
            if local.year == 2026:
                day, minute = local.date(), local.hour * 60 + local.minute
                for rule in CALENDARS:
                    counts[rule][local.month - 1] += rule(day, minute)
            moment += timedelta(minutes=1)
        for rule in CALENDARS:
            lines.append(f"{name} {rule.__name__} {' '.join(map(str, counts[rule]))}")
    (HERE / "calendars.txt").write_text("\n".join(lines) + "\n")


def add_months(day, months):
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def midnight(zone, day):
    return resolve(zone, datetime(day.year, day.month, day.day))[1][0]


def write_windows():
    """Boundaries in seconds: months anchored at a day, weeks, and fixed thirty days, in zones with and without summer time."""
    lines = []
    for name in ["UTC", "Europe/Berlin", "America/Havana", "Africa/Cairo", "Australia/Lord_Howe"]:
        zone = ZoneInfo(name)
        for start in [date(2024, 1, 31), date(2024, 2, 29), date(2026, 3, 15)]:
            months = [midnight(zone, add_months(start, count)) for count in range(16)]
            years = [midnight(zone, add_months(start, 12 * count)) for count in range(6)]
            thirty = [midnight(zone, start + timedelta(days=30 * count)) for count in range(14)]
            monday = start - timedelta(days=start.isoweekday() - 1)
            weeks = [midnight(zone, monday + timedelta(days=7 * count)) for count in range(54)]
            for kind, values in [("months", months), ("years", years), ("thirty", thirty), ("weeks", weeks)]:
                lines.append(f"{name} {start} {kind} {' '.join(map(str, values))}")
    (HERE / "windows.txt").write_text("\n".join(lines) + "\n")


def write_dates():
    """Days since 1970, weekday and ISO week of dates of four centuries."""
    lines = []
    day = date(1899, 12, 25)
    while day < date(2101, 1, 1):
        year, week, _ = day.isocalendar()
        lines.append(f"{day} {(day - date(1970, 1, 1)).days} {day.weekday()} {year} {week}")
        day += timedelta(days=61)
    (HERE / "dates.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    write_zones()
    write_calendars()
    write_windows()
    write_dates()
