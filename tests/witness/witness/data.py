"""Rows (plan.md, "Rows"), and the plain form in which they are handed in.

In: a JSON object with a list of objects for each source. An event has `at`, any other row `start` and, unless it is open, `end`; a series
`value`; and beside them the fields by name, a missing one left out or `null`. Times are instants in UTC (`2026-03-01T09:00:00Z`), lengths
whole nanoseconds, numbers, data (bits) and counts exact numbers (`"99.5"`, `"1/7"`, `3`), money the amount where the field has a currency
and else `{"amount": "10", "currency": "EUR"}`, dates `2026-03-01`, everything else its text or truth value.

Out: `Row`s for one of three ways to see what is still open ("Verdicts", 5).
"""

from bisect import bisect_left
from fractions import Fraction

from . import spans
from .values import Instant, Stop, column, parse_instant

NOW, ENDED, NEVER = "now", "ended", "never"


class Row:
    """A row with its anchor and its extent.

    `open` says that it has no end, `free` that no frame cuts it, `unfinished` that it is an open span in the data, whatever became of it.
    """

    __slots__ = ("at", "start", "end", "value", "fields", "extent", "anchor", "open", "free", "place", "part", "source", "unfinished")

    def __init__(self, **parts):
        for name in self.__slots__:
            setattr(self, name, parts.get(name))

    def copy(self, **parts):
        return Row(**({name: getattr(self, name) for name in self.__slots__} | parts))


class Rows(list):
    """Rows on the whole line of time, found quickly by their anchors."""

    def __init__(self, rows=()):
        super().__init__(rows)
        self.order = None
        self.cover = None

    def belonging(self, low, high):
        """Those whose anchor lies in the frame, in order of the data."""
        if self.order is None:
            self.order = sorted((row.anchor, place) for place, row in enumerate(self) if row.anchor is not None and not row.free)
            self.free = [place for place, row in enumerate(self) if row.free and row.anchor is not None]
        first = bisect_left(self.order, (low, -1))
        found = list(self.free)
        while first < len(self.order) and self.order[first][0] < high:
            found.append(self.order[first][1])
            first += 1
        return [self[place] for place in sorted(found)]


def read(plan, rows, moment, view, ranks):
    """The rows of all sources as they look at the time of evaluation; what begins then or later is not there."""
    found = {}
    for source in plan["sources"]:
        given = rows.get(source["name"], [])
        read_rows = [read_row(source, row, place, moment, view, ranks) for place, row in enumerate(given)]
        found[source["name"]] = [row for row in read_rows if row.anchor < moment]
    return found


def read_row(source, given, place, moment, view, ranks):
    kind = source["rows"]["kind"]
    row = Row(place=place, source=source["name"], open=False, free=False)
    if kind == "events":
        row.at = row.anchor = parse_instant(given["at"])
        row.extent = []
    else:
        row.start = row.anchor = parse_instant(given["start"])
        row.open = row.unfinished = given.get("end") is None
        if not row.open:
            row.end = parse_instant(given["end"])
        if kind == "series":
            row.value = bounded(column(given.get("value"), source["rows"]["of"], ranks), source["rows"]["within"])
        see(row, moment, view)
    row.fields = {
        field["name"]: bounded(column(given.get(field["name"]), field["of"], ranks), field["within"]) for field in source["fields"]
    }
    if row.end is not None and row.open:
        close_times(row, source, moment)
    return row


def bounded(value, within):
    """A value that keeps the bounds of its column; a row of which one does not is refused."""
    if within is None or value is None:
        return value
    for bound, sign in ((within["low"], 1), (within["high"], -1)):
        if bound is None:
            continue
        beyond = sign * (value.amount - Fraction(bound["value"]))
        if beyond < 0 or (beyond == 0 and not bound["included"]):
            raise Stop(f"{value} lies out of its bounds")
    return value


def see(row, moment, view):
    """The end and the extent of a span, by the way open ones are seen."""
    if row.open and view == ENDED:
        row.end = max(row.start, moment)
    last = row.end
    if last is None:
        last = spans.ENDLESS if view == NEVER else moment
    row.extent = [(row.start, last)] if row.start < last else []


def close_times(row, source, moment):
    """Verdicts 5 (a): the span and every missing optional time of it end at the time of evaluation."""
    for field in source["fields"]:
        if field["of"]["type"] == "time" and field["optional"] and row.fields[field["name"]] is None:
            row.fields[field["name"]] = Instant(max(row.start, moment))
    row.open = row.unfinished = False
