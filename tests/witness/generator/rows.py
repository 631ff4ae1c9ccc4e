"""Random rows for a contract, in the form of `witness/data.py`."""

import datetime
import random
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

SECOND = 10**9
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86400 * SECOND
LENGTHS = [0, 1, SECOND, MINUTE, 5 * MINUTE, 5 * MINUTE + 1, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 5 * HOUR, 36 * HOUR, 9 * DAY]
REGIONS = ["eu", "us", "ap"]


@dataclass
class Extent:
    """Up to when the data are complete, some sources less far than the rest, and the time of evaluation, if it is said."""

    complete: str
    of: dict = field(default_factory=dict)
    moment: str = None


def nanoseconds(moment):
    return int((moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)).total_seconds()) * SECOND


def write(instant):
    seconds, rest = divmod(instant, SECOND)
    text = (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)).isoformat()
    return text + (f".{rest:09}".rstrip("0") if rest else "") + "Z"


def edges(made):
    """Instants at which mistakes show: midnights, ends of months, changes of the clock, opening hours, the ends of the term."""
    zone = ZoneInfo(made.zone)
    found = []
    date = made.start - datetime.timedelta(days=3)
    while date <= made.end + datetime.timedelta(days=3):
        local = datetime.datetime(date.year, date.month, date.day, tzinfo=zone)
        midnight = nanoseconds(local.astimezone(datetime.timezone.utc))
        following = nanoseconds((local.replace(tzinfo=None) + datetime.timedelta(days=1)).replace(tzinfo=zone).astimezone(datetime.timezone.utc))
        weight = 6 if date.day == 1 or following - midnight != DAY or date in (made.start, made.end) else 1
        found += [midnight] * weight
        found += [midnight + clock * HOUR for clock in (1, 2, 3, 9, 17)]
        date += datetime.timedelta(days=1)
    return found


def rows(made):
    """The rows of all sources, and up to when they are complete."""
    chance = random.Random(f"rows {made.seed}")
    near = edges(made)

    def instant():
        at = chance.choice(near)
        return at + chance.choice([0, 0, -1, 1, -MINUTE, MINUTE, 5 * MINUTE, -30 * MINUTE, HOUR, chance.randint(-12, 12) * HOUR, chance.randint(0, 86400) * SECOND])

    found = {
        "outages": [outage(chance, made, instant()) for _ in range(chance.choice([0, 1, 6, 12, 20]))],
        "requests": requests(chance, made, instant),
        "works": [work(chance, instant()) for _ in range(chance.choice([0, 0, 2, 5]))],
        "charges": [{"at": write(instant()), "amount": chance.choice(["100", "33.5", "0.125"]), "region": chance.choice(REGIONS)} for _ in range(chance.choice([0, 3, 8]))],
        "claims": [{"at": write(instant())} for _ in range(chance.choice([0, 1, 3]))],
        "shifts": [{**span(instant(), chance.choice(LENGTHS[6:])), "cancelled": chance.random() < 0.3} for _ in range(chance.choice([0, 2, 6, 20]))],
        "up": slots_of(chance, instant()),
        "load": [{**span(at := instant(), HOUR), "value": str(chance.randint(0, 6))} for _ in range(chance.choice([0, 4]))],
    }
    found |= business(chance, made, instant)
    found["outages"] += [copy_of(chance, made, row) for row in found["outages"] if chance.random() < 0.3]
    tickets(chance, made, instant, found)
    zone = ZoneInfo(made.zone)
    found["outages"] += [outage(chance, made, instant()) for _ in range(chance.choice([0, 0, 30]) if (made.end - made.start).days > 200 else 0)]
    last = datetime.datetime(made.end.year, made.end.month, made.end.day, tzinfo=zone)
    end = nanoseconds(last.astimezone(datetime.timezone.utc))
    complete = chance.choice([end, end + 40 * DAY, end + 40 * DAY, end - 10 * DAY, chance.choice(near), end + 1, end - 1])
    extent = Extent(write(complete))
    if chance.random() < 0.15:
        extent.of[chance.choice(["outages", "requests", "tickets"])] = write(complete - chance.choice([1, DAY, 20 * DAY]))
    if chance.random() < 0.15:
        extent.moment = write(complete + chance.choice([-20 * DAY, -1, 1, 3 * DAY]))
    return found, extent


def span(start, length):
    return {"start": write(start), "end": write(start + length)}


def owned(chance, made, row):
    if made.owned:
        row["customer"] = chance.choice(["Globex", "Globex", "Initech"])
    if made.served:
        row["service"] = chance.choice(["Shop", "Mail"])
    return row


def outage(chance, made, start):
    row = span(start, chance.choice(LENGTHS))
    if chance.random() < 0.04:
        del row["end"]
    row |= {"region": chance.choice(REGIONS), "planned": chance.random() < 0.2, "hit": chance.choice(["0", "0.25", "0.5", "1", "1/3"])}
    if chance.random() < 0.7:
        row["seen"] = write(start + chance.choice([0, MINUTE, HOUR, 2 * HOUR]))
        if "end" in row and row["seen"] > row["end"]:
            row["seen"] = row["start"]
    if chance.random() < 0.8:
        row["site"] = chance.choice(["north", "south"])
    if row["hit"] == "1/3":
        row["hit"] = "0.3"
    return owned(chance, made, row)


def copy_of(chance, made, row):
    """Another outage that begins, or ends, just when this one does."""
    other = dict(row, region=chance.choice(REGIONS), hit="0.75")
    if "end" in row and chance.random() < 0.5:
        other["start"] = row["end"]
        del other["end"]
        other["end"] = row["end"]
        other.pop("seen", None)
    return owned(chance, made, other)


def requests(chance, made, instant):
    found = []
    for _ in range(chance.choice([0, 1, 6, 12])):
        at, step = instant(), chance.choice([SECOND, MINUTE, 15 * MINUTE, HOUR])
        bad = chance.random() < 0.5
        for _ in range(chance.choice([1, 4, 10])):
            status = chance.choice([500, 503, 200]) if bad else chance.choice([200, 200, 404, 429])
            found.append(owned(chance, made, {
                "at": write(at), "status": str(status), "latency": chance.choice([0, 50, 100, 200, 201, 400, 1500]) * 10**6,
                "region": chance.choice(REGIONS), "ok": status < 500, "host": chance.choice(["a", "b", "b"]),
            }))
            at += step
    return found


def slots_of(chance, at):
    """A series of ready samples: slot after slot, some of them missing."""
    found, length = [], chance.choice([5 * MINUTE, 30 * MINUTE, HOUR, 6 * HOUR])
    for _ in range(chance.choice([0, 3, 30])):
        if chance.random() < 0.9:
            found.append({**span(at, length), "value": chance.random() < 0.6})
        at += length if chance.random() < 0.95 else 40 * length
    return found


def work(chance, start):
    row = span(start, chance.choice(LENGTHS[3:])) | {"cancelled": chance.random() < 0.3}
    if chance.random() < 0.7:
        row["announced"] = write(start - chance.choice([0, DAY, 36 * HOUR, 2 * DAY, 2 * DAY - 1, 3 * DAY, 6 * DAY]))
    return row


def tickets(chance, made, instant, found):
    found["tickets"], found["waits"], found["notes"] = [], [], []
    for number in range(chance.choice([0, 1, 4, 8])):
        start, length = instant(), chance.choice(LENGTHS[3:])
        row = span(start, length) | {"id": f"t{number}", "severity": chance.choice(["P1", "P2", "P3"])}
        if chance.random() < 0.8:
            row["responded"] = write(start + min(length, chance.choice([0, 15 * MINUTE, 15 * MINUTE + 1, HOUR, 4 * HOUR, DAY])))
        if chance.random() < 0.8:
            row["resolved"] = write(start + length)
        if chance.random() < 0.12:
            del row["end"]
            row.pop("resolved", None)
        found["tickets"].append(owned(chance, made, row))
        if chance.random() < 0.4:
            found["waits"].append({**span(start + chance.choice([0, 10 * MINUTE, HOUR]), chance.choice([MINUTE, HOUR, DAY])), "ticket": row["id"], "kind": chance.choice(["1", "2"])})
        for _ in range(chance.choice([0, 0, 2])):
            found["notes"].append({"at": write(start + chance.choice([0, MINUTE, HOUR, 3 * HOUR, DAY])), "ticket": row["id"]})


def business(chance, made, instant):
    """Calls, orders, loads, surveys, probes."""
    return {
        "calls": [call(chance, instant()) for _ in range(chance.choice([0, 2, 8]))],
        "orders": [order(chance, made, instant(), number) for number in range(chance.choice([0, 2, 6]))],
        "lines": [line(chance, instant()) for _ in range(chance.choice([0, 3, 6]))],
        "loads": [
            {"at": write(instant()), "cases": chance.choice(["0", "10", "7.5", "40"]), "pallets": chance.choice(["0", "1", "0.5", "3"]), "region": chance.choice(REGIONS)}
            for _ in range(chance.choice([0, 2, 6]))
        ],
        "surveys": [{"at": write(instant()), "score": chance.choice(["1", "4", "5", "9", "10", None])} for _ in range(chance.choice([0, 2, 5]))],
        "probes": [probe(chance, instant()) for _ in range(chance.choice([0, 2, 8, 60]))],
    }


def call(chance, start):
    length = chance.choice([0, 5 * SECOND, 20 * SECOND, 20 * SECOND + 1, MINUTE, HOUR])
    row = span(start, length) | {name: chance.choice([0, SECOND, 90 * SECOND]) for name in ("talk", "hold", "wrap")}
    if chance.random() < 0.6:
        row["answered"] = write(start + min(length, chance.choice([0, 5 * SECOND, 20 * SECOND, MINUTE])))
    elif chance.random() < 0.1:
        del row["end"]
    return row


def order(chance, made, start, number):
    row = span(start, chance.choice([HOUR, 36 * HOUR, 9 * DAY])) | {
        "order": f"o{number}", "due": write(start + chance.choice([HOUR, 36 * HOUR])), "complete": chance.random() < 0.8, "region": chance.choice(REGIONS),
    }
    if chance.random() < 0.7:
        row["delivered"] = write(start + chance.choice([MINUTE, HOUR, 36 * HOUR]))
        if row["delivered"] > row["end"]:
            row["delivered"] = row["end"]
    elif chance.random() < 0.3:
        del row["end"]
    return owned(chance, made, row)


def line(chance, at):
    ordered = chance.choice([0, 1, 10, 40])
    shipped = chance.choice([0, ordered, ordered, ordered // 2])
    return {"at": write(at), "order": chance.choice(["o1", "o2", "o3"]), "ordered": str(ordered), "shipped": str(shipped), "backordered": str(ordered - shipped)}


def probe(chance, at):
    sent = chance.choice([100, 100, chance.randint(1, 997), chance.choice([7, 11, 13, 97, 101, 997])])
    return {
        "at": write(at), "sent": str(sent), "received": str(chance.choice([sent, sent, chance.randint(0, sent), sent // 2, 0])),
        "rtt": chance.choice([50, 100, 200, 201, 400]) * 10**6, "near": chance.choice(REGIONS), "far": chance.choice(REGIONS), "line": chance.choice(["x", "y"]),
    }
