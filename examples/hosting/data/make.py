#!/usr/bin/env python3
"""Makes the data beside it: February and March 2026 of the shop that `agreement.sla` is about.

The same bytes every time. What is in it, and what must come of it (times of Berlin, UTC+1 until 29 March):

- outages: on 11 February three minutes, within the budget: 28 days less four Sundays of two hours are 664 h, 39,840 min, and
  0.01% of them are 3.984 min. On 3 March fifty minutes: 743 h less 9 h of maintenance are 734 h, 44,040 min; 1 - 50 / 44,040 is
  99.886…%, less than 99.99%: 10% of 2,400 EUR. One outage lies in the weekly maintenance, one was the customer's own.
- requests: one every half hour, 1,486 in the 743 h of March; 18 of these fall into maintenance and do not count. The two in the long
  outage fail: 2 of 1,468 are 0.136…%, and 2 bad slots of 734 * 12 = 8,808. None takes longer than 240 ms.
- tickets: the critical one is answered after twelve minutes, within fifteen.
"""

from datetime import datetime, timedelta, timezone
from pathlib import Path

HERE = Path(__file__).parent
UTC = timezone.utc


def write(name, lines):
    (HERE / name).write_text("".join(line + "\n" for line in lines), encoding="utf-8", newline="\n")


def requests():
    begin, end = datetime(2026, 1, 31, 23, tzinfo=UTC), datetime(2026, 3, 31, 22, tzinfo=UTC)
    down = (datetime(2026, 3, 3, 9, tzinfo=UTC), datetime(2026, 3, 3, 9, 50, tzinfo=UTC))
    yield "at,service,status,latency_ms,region"
    at, number = begin, 0
    while at < end:
        status = 503 if down[0] <= at < down[1] else 200
        latency = 240 if number % 20 == 0 else 80 + number * 37 % 101
        region = ("eu-central", "eu-west", "us-east")[number % 3]
        yield f"{at:%Y-%m-%dT%H:%M:%SZ},Shop,{status},{latency},{region}"
        at, number = at + timedelta(minutes=30), number + 1


write("requests.csv", requests())
write("outages.csv", [
    "start,end,service,cause",
    "2026-02-11T14:20:00+01:00,2026-02-11T14:23:00+01:00,Shop,third_party",
    "2026-02-15T02:30:00+01:00,2026-02-15T03:10:00+01:00,Shop,provider",
    "2026-03-03T10:00:00+01:00,2026-03-03T10:50:00+01:00,Shop,provider",
    "2026-03-18T09:00:00+01:00,2026-03-18T12:00:00+01:00,Shop,customer",
])
write("tickets.csv", [
    "start,end,id,severity,responded,resolved",
    "2026-02-11T14:22:00+01:00,2026-02-11T15:30:00+01:00,T-1017,P2,2026-02-11T14:40:00+01:00,2026-02-11T15:30:00+01:00",
    "2026-03-03T10:02:00+01:00,2026-03-03T12:30:00+01:00,T-1041,P1,2026-03-03T10:14:00+01:00,2026-03-03T12:30:00+01:00",
    "2026-03-19T16:30:00+01:00,2026-03-23T11:00:00+01:00,T-1058,P3,2026-03-20T11:45:00+01:00,2026-03-23T11:00:00+01:00",
])
write("waits.csv", [
    "start,end,ticket",
    "2026-03-20T12:00:00+01:00,2026-03-23T09:00:00+01:00,T-1058",
])
