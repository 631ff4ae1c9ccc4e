"""The tickets in pandas: `desk.py TICKETS WAITS` prints for each severity and clock, month by month, how many tickets made it and of how many.

What a practised hand would write: times parsed by column; business time through a running sum of open time over the year, looked up with
`searchsorted`, so that no ticket is gone through one by one; waits merged per ticket with `cummax`, then summed with `bincount`.
"""

import json
import sys
from zoneinfo import ZoneInfo
from datetime import date, datetime, time, timedelta

import numpy as np
import pandas as pd

BERLIN = ZoneInfo("Europe/Berlin")
HOLIDAYS = {date(2026, *day) for day in ((1, 1), (4, 3), (4, 6), (5, 1), (5, 14), (5, 25), (10, 3), (12, 25), (12, 26))}
MINUTE, HOUR = 60, 3_600
LIMITS = {"P1": (30 * MINUTE, 8 * HOUR), "P2": (2 * HOUR, 20 * HOUR), "P3": (4 * HOUR, 40 * HOUR), "P4": (10 * HOUR, 100 * HOUR)}
AS_OF = int(datetime(2027, 1, 1, tzinfo=BERLIN).timestamp())


def instant(day, hour):
    return int(datetime.combine(day, time(hour), BERLIN).timestamp())


days = [date(2026, 1, 1) + timedelta(n) for n in range(370)]
open_days = [day for day in days if day.weekday() < 5 and day not in HOLIDAYS]
opens = np.array([instant(day, 8) for day in open_days])
closes = np.array([instant(day, 18) for day in open_days])
before = np.concatenate([[0], np.cumsum(closes - opens)])


def business(seconds):
    """Open time before an instant."""
    at = np.searchsorted(opens, seconds, side="right") - 1
    inside = np.minimum(seconds, closes[at]) - opens[at]
    return np.where(at < 0, 0, before[at] + inside)


def always(seconds):
    return seconds


def read(path, times, others):
    frame = pd.read_csv(path, usecols=times + others, dtype={name: "str" for name in others}, engine="pyarrow")
    for name in times:
        column = pd.to_datetime(frame[name], format="ISO8601", utc=True)
        frame[name] = column.dt.as_unit("s").astype("int64").where(column.notna(), -1)
    return frame


def waited(waits, start, end, clock):
    """Clock time of each ticket's waits inside [start, end)."""
    ticket = waits["number"].to_numpy()
    begin = np.clip(waits["begin"].to_numpy(), start[ticket], end[ticket])
    stop = np.clip(waits["end"].to_numpy(), start[ticket], end[ticket])
    return np.bincount(ticket, clock(np.maximum(stop, begin)) - clock(begin), minlength=len(start)).astype(np.int64)


tickets = read(sys.argv[1], ["start", "end", "responded", "resolved"], ["id", "severity"])
waits = read(sys.argv[2], ["start", "end"], ["ticket"])
waits["number"] = pd.Series(tickets.index, index=tickets["id"]).reindex(waits["ticket"]).to_numpy()
waits = waits.dropna(subset="number").astype({"number": "int64"}).sort_values(["number", "start"], kind="stable")
# What an earlier wait of the same ticket has covered counts once.
covered = waits.groupby("number")["end"].cummax().groupby(waits["number"]).shift(fill_value=-1)
waits["begin"] = np.maximum(waits["start"], covered)
waits = waits[waits["end"] > waits["begin"]]

start = tickets["start"].to_numpy()
over = np.where(tickets["end"] >= 0, tickets["end"], AS_OF)
month = pd.to_datetime(start, unit="s", utc=True).tz_convert(BERLIN).month.to_numpy()
severity = tickets["severity"].to_numpy()
result = {}
for number, clock_name in enumerate(("respond", "resolve")):
    ends = tickets[("responded", "resolved")[number]].to_numpy()
    ends = np.maximum(np.where(ends >= 0, ends, over), start)
    spent = {}
    for clock in (business, always):
        spent[clock] = clock(ends) - clock(start) - waited(waits, start, ends, clock)
    for name, limits in LIMITS.items():
        mine = severity == name
        made = spent[always if name == "P1" else business][mine] <= limits[number]
        of, good = np.bincount(month[mine], minlength=13), np.bincount(month[mine][made], minlength=13)
        result[f"{name}.{clock_name}"] = [[int(good[m]), int(of[m])] for m in range(1, 13)]
print(json.dumps(result))
