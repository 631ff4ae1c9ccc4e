"""`test` blocks of `.sla` files: enough of their grammar for the examples (language.md, "Tests").

In: the text of a file. Out: its blocks, with rows as written; `rows_of` turns them into the form of `data.py` once a plan says the types.
"""

import datetime
import re
from dataclasses import dataclass, field
from fractions import Fraction

from .clock import SECOND
from .values import parse_instant, write_instant, write_number

TOKEN = re.compile(r"""
    (?P<skip>\s+|//[^\n]*)
  | (?P<text>"(?:[^"\\]|\\.)*")
  | (?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)
  | (?P<date>\d{4}-\d\d-\d\d)
  | (?P<stretch>\d{4}-(?:Q\d|\d\d)(?![\d-]))
  | (?P<number>\d[\d_]*(?:\.\d[\d_]*)?%?)
  | (?P<name>[^\W\d]\w*)
  | (?P<sign>\.\.|[{}()\[\]:,.+*/=-])
""", re.X)

LENGTHS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": SECOND, "min": 60 * SECOND, "h": 3600 * SECOND, "day": 86400 * SECOND, "days": 86400 * SECOND,
           "week": 604800 * SECOND, "weeks": 604800 * SECOND}
DATA = {"bit": 1, "B": 8}
for power, prefix in enumerate(["k", "M", "G", "T", "P"], 1):
    DATA |= {prefix + "bit": 10 ** (3 * power), prefix + "B": 8 * 10 ** (3 * power)}
    DATA |= {prefix.upper() + "ibit": 2 ** (10 * power), prefix.upper() + "iB": 8 * 2 ** (10 * power)}


@dataclass
class Block:
    given: list = field(default_factory=list)  # agreements under test, each with a customer or none
    extent: list = field(default_factory=list)
    facts: dict = field(default_factory=dict)
    rows: dict = field(default_factory=dict)  # source: list of rows as tokens
    expects: list = field(default_factory=list)  # texts
    zone: object = None
    span: tuple = None  # the instants of the extent


def tokens(text):
    found, at = [], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise ValueError(f"cannot read {text[at:at + 30]!r}")
        if match.lastgroup != "skip":
            found.append((match.lastgroup, match.group()))
        at = match.end()
    return found


SKIPPED = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*')


def bodies(text):
    """The `test` blocks of a file, as texts from their first word to the brace that ends them."""
    bare = SKIPPED.sub(lambda found: " " * len(found.group()), text)
    found = []
    for start in re.finditer(r"^test\b", bare, re.M):
        at = bare.index("{", start.start())
        depth = 1
        while depth:
            at = re.compile("[{}]").search(bare, at + 1).start()
            depth += 1 if bare[at] == "{" else -1
        found.append(text[start.start():at + 1])
    return found


def block(body):
    """A block by its parts."""
    found = Block()
    inner = body[SKIPPED.sub(lambda part: " " * len(part.group()), body).index("{") + 1:-1]
    # `expect` ends with its line, or goes on behind a comma, so it is taken as text first.
    rest, going_on = [], False
    for line in inner.split("\n"):
        bare = re.sub(r'("(?:[^"\\]|\\.)*")|//.*', r"\1", line).strip()
        if going_on:
            found.expects[-1] += " " + bare
        elif re.match(r"expect\s", bare):
            found.expects.append(bare[len("expect"):].strip())
        else:
            rest.append(line)
            continue
        going_on = bare.endswith(",")
    rest = tokens("\n".join(rest))
    while rest:
        rest = statement(found, rest)
    return found


def statement(found, rest):
    words = [text for _, text in rest[:6]]
    if words[0] == "given":
        at = words.index("in")
        if at > 1:
            found.given.append((words[1], words[words.index("for") + 1] if "for" in words[:at] else None))
        found.extent.append(words[at + 1])
        if len(rest) > at + 2 and rest[at + 2][1] == "..":
            found.extent.append(rest[at + 3][1])
            return rest[at + 4:]
        return rest[at + 2:]
    if words[0] == "fact" and words[2] == "=":
        if len(words) > 4 and words[4] == "from":
            raise ValueError("a fact that changes")
        found.facts[words[1]] = rest[3]
        return rest[4:]
    if words[0] == "allow":
        return rest[next(place for place, token in enumerate(rest) if token[0] == "text") + 1:]
    if words[1] != "{":
        raise ValueError(f"cannot read {' '.join(words)!r}")
    end = next(place for place, token in enumerate(rest) if token[1] == "}")
    found.rows.setdefault(words[0], []).extend(rows_in(rest[2:end]))
    return rest[end + 1:]


def rows_in(inner):
    """Each row begins with a time that is no value of a field and no end of a stretch."""
    found = []
    for place, token in enumerate(inner):
        before = inner[place - 1][1] if place else None
        starts = token[0] in ("time", "date") and before not in (":", "..", "to", "from", "+", "-") or token == ("name", "from") and is_from(inner, place)
        if starts:
            found.append([])
        found[-1].append(token)
    return found


def is_from(inner, place):
    return place + 1 < len(inner) and inner[place + 1][0] in ("time", "date")


def instant(token, zone):
    """A time or date as written, local to the zone unless it has an offset."""
    text = token[1]
    if token[0] == "date":
        return zone.instant(datetime.date.fromisoformat(text))
    match = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?", text)
    utc = parse_instant(match.group(1) + (match.group(2) or ":00") + "Z")
    offset = match.group(3)
    if offset == "Z":
        return utc
    if offset:
        sign = -1 if offset[0] == "-" else 1
        return utc - sign * (int(offset[1:3]) * 3600 + int(offset[4:6]) * 60) * SECOND
    days, clock = divmod(utc, 86400 * SECOND)
    return zone.instant(datetime.date(1970, 1, 1) + datetime.timedelta(days=days), clock)


def number(text):
    text = text.replace("_", "")
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


class Reader:
    """Reads the tokens of one row."""

    def __init__(self, row, zone):
        self.row, self.zone, self.at = row, zone, 0
        self.parts = {}

    def peek(self, ahead=0):
        place = self.at + ahead
        return self.row[place] if place < len(self.row) else ("end", "")

    def next(self):
        self.at += 1
        return self.row[self.at - 1]

    def length(self):
        """`1 h 30 min` in nanoseconds."""
        found = Fraction(0)
        while self.peek()[0] == "number" and self.peek(1)[1] in LENGTHS:
            found += number(self.next()[1]) * LENGTHS[self.next()[1]]
        return int(found)

    def value(self):
        """A value: a sum of terms."""
        found = self.term()
        while self.peek()[1] in ("+", "-", "/", "*"):
            sign, other = self.next()[1], self.term()
            if sign in "+-":
                found = ("time" if found[0] == "time" else found[0], found[1] + other[1] if sign == "+" else found[1] - other[1])
            else:
                found = (found[0], found[1] / other[1] if sign == "/" else found[1] * other[1])
        return found

    def term(self):
        kind, text = self.next()
        if text == "-":
            inner = self.term()
            return (inner[0], -inner[1])
        if kind in ("time", "date"):
            return ("time", instant((kind, text), self.zone)) if kind == "time" else ("date", text)
        if kind == "text":
            return ("name", text[1:-1].replace('\\"', '"'))
        if kind == "number":
            return self.quantity(number(text))
        if text in self.parts and self.peek()[1] != ".":
            return ("time", self.parts[text])
        while self.peek()[1] == ".":
            self.next()
            text = self.next()[1]
        return ("name", text)

    def quantity(self, amount):
        unit = self.peek()[1]
        if self.peek()[0] != "name" or self.peek(1)[1] == ":":
            return ("number", amount)
        self.next()
        if unit in LENGTHS:
            return ("duration", Fraction(amount * LENGTHS[unit]) + self.length())
        if unit in DATA:
            amount *= DATA[unit]
        if self.peek()[1] == "/" and self.peek(1)[1] in LENGTHS:
            self.next()
            return ("number", amount / LENGTHS[self.next()[1]])
        return ("unit", amount, unit)


def rows_of(plan, source, written, zone):
    """The rows of a source in the form of `data.py`; of events generated for one instant and one kind of row the later line wins."""
    found = []
    apart = fields_apart(plan, source)
    for row in written:
        made = row_of(source, row, zone)
        if source["rows"]["kind"] == "events":
            taken = {kind_of_row(each, apart) for each in made}
            found = [each for each in found if not (each.get("generated") and kind_of_row(each, apart) in taken)]
        found += made
    return [{name: value for name, value in each.items() if name != "generated"} for each in found]


def fields_apart(plan, source):
    """Fields that tell rows apart: names and texts, and those that some objective makes groups by."""
    grouped = set()
    for agreement in plan["agreements"]:
        for version in agreement["versions"]:
            for objective in version["terms"]["objectives"]:
                keys = (objective["groups"] or {"keys": []})["keys"]
                grouped |= {key["field"] for key in keys if source["name"] in key["sources"]}
    names = ("text", "choice", "severity", "service", "party")
    return [field["name"] for field in source["fields"] if field["of"]["type"] in names or field["name"] in grouped]


def kind_of_row(row, apart):
    return (row["at"], *(str(row.get(name)) for name in apart))


def row_of(source, row, zone):
    reader = Reader(row, zone)
    if reader.peek()[1] == "from":
        reader.next()
    first, last, step, length = instant(reader.next(), zone), None, None, None
    if reader.peek()[1] in ("to", ".."):
        reader.next()
        last = instant(reader.next(), zone)
    while reader.peek()[1] in ("for", "every") and reader.peek(1)[1] != ":":
        word = reader.next()[1]
        if word == "for":
            length = reader.length()
        else:
            step = reader.length()
    fields = reader.at
    starts = [first] if step is None else list(range(first, last, step))
    found = []
    for start in starts:
        end = start + length if length is not None else None if step is not None else last
        reader.at, reader.parts = fields, {"start": start, "at": start} | ({"end": end} if end is not None else {})
        made = {"at": write_instant(start)} if source["rows"]["kind"] == "events" else {"start": write_instant(start)}
        if end is not None and source["rows"]["kind"] != "events":
            made["end"] = write_instant(end)
        if step is not None:
            made["generated"] = True
        found.append(made | fields_of(source, reader))
    return found


def fields_of(source, reader):
    types = {field["name"]: field["of"] for field in source["fields"]}
    if source["rows"]["kind"] == "series":
        types["value"] = source["rows"]["of"]
    found = {}
    while reader.peek()[0] == "name" and reader.peek(1)[1] == ":":
        name = reader.next()[1]
        reader.next()
        value = reader.value()
        if name in types:
            found[name] = plain(value, types[name])
    if reader.peek()[0] != "end":
        raise ValueError(f"cannot read {reader.row[reader.at:]}")
    return found


def plain(value, of):
    kind = of["type"]
    if kind == "time":
        return write_instant(value[1]) if value[0] == "time" else value[1]
    if kind == "boolean":
        return value[1] == "true"
    if kind == "money" and of["currency"] is None:
        return {"amount": write_number(value[1]), "currency": value[2]}
    if isinstance(value[1], (Fraction, int)) and value[0] != "time":
        return write_number(value[1])
    return value[1]
