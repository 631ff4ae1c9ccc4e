"""Whole contracts."""

import datetime
import random
from dataclasses import dataclass, field, replace

from . import files, levels, money, objectives

ZONES = [
    "UTC", "Europe/Berlin", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "America/Santiago", "Asia/Kathmandu", "Asia/Beirut",
    "America/Havana",
]
STARTS = [
    "2026-01-01", "2026-01-29", "2026-01-30", "2026-01-31", "2026-02-15", "2026-02-28", "2026-03-01", "2026-03-28", "2026-03-31", "2026-05-31", "2026-08-31",
    "2026-10-01", "2026-10-24", "2026-10-31", "2027-12-30", "2027-12-31", "2028-02-29", "2026-04-24",
]
# Where a midnight is skipped or comes twice, and a day from which on a term soon meets it.
NIGHTS = {
    "Africa/Cairo": ["2026-04-20", "2026-04-23", "2026-03-31", "2026-10-28", "2027-04-29"], "America/Santiago": ["2026-09-01", "2026-08-31", "2026-09-05", "2026-03-31"],
    "Asia/Beirut": ["2026-03-28", "2026-03-01", "2026-03-20", "2026-10-24"], "America/Havana": ["2026-03-07", "2026-02-28", "2026-01-31", "2026-10-30"],
}

WORLD = """provider Acme "Acme Ltd"
customer Globex "Globex GmbH"
customer Initech "Initech"
{world}enum Region: eu | us | ap
enum Tier: basic | extra
fact Plan: free | pro = {plan}
fact Seats: number = 3
fact Grade: Tier = {grade}
{tables}severity P1
severity P2
severity P3
{calendars}
source requests: events {{ status: number  latency: duration  region: Region  ok: boolean  host: text{owner} }}
source outages: spans {{ region: Region  planned: boolean  hit: number  seen: time?  site: text?{owner} }}
source works: spans {{ announced: time?  cancelled: boolean }}
source shifts: spans {{ cancelled: boolean }}
source waits: spans {{ ticket: text  kind: number }}
source notes: events {{ ticket: text }}
source tickets: spans {{ id: text  severity: Severity  responded: time?  resolved: time?  waiting: spans of waits by ticket  updates: events of notes by ticket{owner} }}
source charges: events {{ amount: money {currency}  region: Region }}
source load: series {{ value: number }}
source up: series {{ value: boolean }}
source claims: events
source calls: spans {{ answered: time?  talk: duration  hold: duration  wrap: duration }}
source orders: spans {{ order: text  due: time  delivered: time?  complete: boolean  region: Region{owner} }}
source lines: events {{ order: text  ordered: case  shipped: case  backordered: case }}
source loads: events {{ cases: case  pallets: pallet  region: Region }}
source surveys: events {{ score: number? }}
source probes: events {{ sent: number  received: number  rtt: duration  near: Region  far: Region  line: text }}
metric FirstReply of tickets better lower = elapsed(start, responded){clock}
metric Fix of tickets better lower = elapsed(start, resolved) during Business pausing waiting
metric Length of outages better lower = length
{hiding}"""

# Constants by key: some keys have no row, some stand for two.
TABLES = """table Floor(Region): number {{ {floors} }}
table Promise(Tier): number {{ basic: 99%  extra: 99.9% }}
table Longest(Region, Tier): duration {{ eu, basic: 2 h  eu, extra: 30 min  us, basic: 36 h  us, extra: 1 h  ap, extra: 5 min }}
table Lag(Region, Region) symmetric: duration {{ eu, eu: 100 ms  eu, us: 200 ms  us, us: 50 ms  us, ap: 400 ms }}
table Fine(Region): money {currency} {{ eu: 7 {currency}  us: 3 {currency}  ap: 11 {currency} }}
table Price(Tier): money {currency} {{ basic: 310 {currency}  extra: 900 {currency} }}
unit case "Cases"
unit pallet
unit voucher "Vouchers"
unit chip whole
"""


EXCLUDED = ["Weekly", "Weekly", "Nights", "(Weekly except Business)", "time(shifts)", "time(works where length > 1 h)", "(time(shifts) or Weekly)"]
EXCLUDED_RUNS = [
    "runs(each 1 h of requests { share(status >= 500) > 50% default false }, lasting 2 h)", "runs(time(works), lasting more than 30 min)",
    "runs(each 6 h of requests { (share(ok) < 50%) default last }, lasting 12 h)",
]
# Rows that others read: works and shifts by exclusions and hours, waits and notes by the clocks of tickets.
IGNORED = [
    "outages where planned", "requests where status == 429", "outages where region == ap", "works where cancelled", "works where cancelled",
    "works where not has announced", "shifts where cancelled", "shifts where cancelled", "waits where kind == 2", "waits where length > 1 h",
    "tickets where count(waiting) > 0", "tickets where severity == P3", "probes where sent == 0", "load where value == 6", "up where length > 1 h",
    "charges where region == eu",
]
# Of the rows that stop clocks, and of those whose clocks they stop; two of them read each other's sources.
IGNORED_LINKED = ["waits where kind == 2", "waits where count(tickets) > 2", "tickets where count(waiting where kind == 1) > 0"]


@dataclass
class Contract:
    seed: int
    zone: str
    start: datetime.date
    end: datetime.date
    currency: str
    owned: bool  # rows name their customer
    served: bool  # rows name their service
    window: str  # most of its objectives have this one, so that credits meet
    long: bool  # so long that short slots would be too many
    common: str  # the source that all its objectives measure, in groups, if there is one
    files: dict = field(default_factory=dict)  # texts by name; the last uses all others
    objectives: list = field(default_factory=list)
    facts: list = field(default_factory=list)  # what the caller tells: name and value

    def inside(self, chance):
        """A date inside the term, often the first of a month."""
        days = (self.end - self.start).days
        date = self.start + datetime.timedelta(days=chance.randint(1, max(days - 1, 1)))
        return date.replace(day=1) if chance.random() < 0.6 and date.replace(day=1) > self.start else date

    @property
    def text(self):
        return "\n".join(self.files.values())

    @property
    def root(self):
        """The file that uses all others."""
        return list(self.files)[-1]

    @property
    def owners(self):
        return ("  customer: Customer" if self.owned else "") + ("  service: Service" if self.served else "")


@dataclass
class Parts:
    """The statements of an agreement, by what they are."""

    term: list
    head: list = field(default_factory=list)  # zone, facts, hours
    fees: list = field(default_factory=list)
    objectives: list = field(default_factory=list)  # pairs of an objective (or none) and its text
    exclusions: list = field(default_factory=list)
    credits: list = field(default_factory=list)  # pairs of the names of their objectives and the text
    rest: list = field(default_factory=list)  # what looks at several credits, claims, rights


def contract(seed):
    """The contract of a seed."""
    made, parts, chance = drawn(seed)
    made.files = files.spread(chance, world(chance, made), levels.written(chance, made, parts))
    return made


def alike(seed):
    """The same contract, said in different places."""
    made, parts, chance = drawn(seed)
    head = "".join(f"use std.{part}\n" for part in files.PARTS) + world(chance, made)
    return [replace(made, files={"deal.sla": head + text}) for text in levels.alike(chance, made, parts)]


def drawn(seed):
    """What a contract says, and the source of chance to write it with."""
    chance = random.Random(f"contract {seed}")
    zone, start = chance.choice(ZONES), chance.choice(STARTS)
    if chance.random() < 0.3:
        zone = chance.choice(sorted(NIGHTS))
        start = chance.choice(NIGHTS[zone])
    start = datetime.date.fromisoformat(start)
    months = chance.choice([1, 2, 2, 3, 3, 4, 5, 14])
    end = shift(start, months)
    currency, owned, served = chance.choice(["EUR", "EUR", "EUR", "JPY", "BHD"]), chance.random() < 0.3, chance.random() < 0.2
    window = chance.choice(["month", "month", "week", "quarter"])
    common = chance.choice(["requests", "outages", "probes", "probes"]) if chance.random() < 0.25 else ""
    made = Contract(seed, zone, start, end, currency, owned, served, window, months > 5, common)
    return made, agreement(chance, made, months), chance


def shift(date, months):
    index = date.year * 12 + date.month - 1 + months
    for day in range(date.day, 0, -1):
        try:
            return datetime.date(index // 12, index % 12 + 1, day)
        except ValueError:
            continue
    return date


def world(chance, made):
    floors = chance.choice(["eu: 99.9%  us: 99%  ap: 95%", "eu: 99.9%  us: 99%", "eu: 50%  us: 99.99%  ap: 90%"])
    return WORLD.format(
        grade=chance.choice(["basic", "extra"]), tables=TABLES.format(currency=made.currency, floors=floors),
        hiding="metric MeanTimeToRestore(outages: spans) better lower = max(outages, length)\n" if chance.random() < 0.15 else "",
        plan=chance.choice(["free", "pro"]), calendars=calendars(chance, made), currency=made.currency, owner=made.owners,
        world='team Ops "Operations"\nteam Front "Front office"\n' + ("service Shop\nservice Mail\n" if made.served else ""),
        clock=chance.choice(["", " during Business", " pausing waiting", " during Nights pausing waiting"]),
    )


def calendars(chance, made):
    zone = chance.choice([f'zone "{made.zone}"  ', 'zone "Europe/Berlin"  ', ""])
    weekly = chance.choice(["open sun 02:00..04:00", "open first sun of month 00:00..06:00", "open sat 22:00..06:00", "open day -1 of month 23:00..24:00", "open every day 02:15..02:45"])
    closed = chance.choice([
        "", "  closed every mar 31", "  closed last fri of month", "  closed 2026-02-10..2026-02-20", "  closed every dec 24..jan 2",
        "  closed first mon of may  closed every jan 1", "  closed every oct 20..nov 3",
    ])
    night = chance.choice(["open mon..fri 22:00..06:00", "open sun 15:00..fri 17:00", "open every day 23:30..00:30  closed day 1 of month"])
    return (
        f"calendar Business {{ {zone}open mon..fri 09:00..17:00{closed} }}\n"
        f"calendar Nights {{ {night} }}\n"
        f"maintenance Weekly {{ {zone}{weekly} }}"
    )


def agreement(chance, made, months):
    """The statements of the agreement."""
    term = f"for {months} months" if months > 1 and chance.random() < 0.7 else f"to {made.end - datetime.timedelta(days=1)}"
    if chance.random() < 0.15:
        term += ", renews 2 months"
    parts = Parts([f"  term from {made.start} {term}"], [f'  zone "{made.zone}"'])
    if made.served:
        parts.head.append("  service Shop, Mail")
    if chance.random() < 0.1:
        parts.head.append("  hours " + chance.choice(["Business", "always", "not Weekly", "time(shifts)"]))
    if chance.random() < 0.1:
        parts.head.append("  missing counts as " + chance.choice(["met", "breached"]))
    if chance.random() < 0.1:
        parts.head.append("  first window " + chance.choice(["clipped", "full", "skipped"]))
    parts.head += facts(chance, made)
    parts.fees = money.fees(chance, made)
    for name in ["A", "B", "C"][: chance.randint(2 if made.common else 1, 3)]:
        add(parts, made, objectives.objective(chance, name, made))
    if chance.random() < 0.3:
        add(parts, made, objectives.row_objective(chance, "R", made))
    if chance.random() < 0.35:
        text, cells = objectives.support(chance, made)
        made.objectives += cells
        parts.objectives.append((None, text))
    parts.exclusions = exclusions(chance, made)
    credits(chance, made, parts)
    parts.rest += money.ends(chance, made.objectives)
    return parts


def add(parts, made, objective):
    made.objectives.append(objective)
    parts.objectives.append((objective, objective.text))


def facts(chance, made):
    """What the agreement says of facts, and what the caller tells."""
    lines = []
    if chance.random() < 0.3:
        lines.append(f"  fact Plan = {chance.choice(['free', 'pro'])} from {made.inside(chance)}")
    if chance.random() < 0.2:
        lines.append(f"  fact Seats = {chance.choice([5, 12])}" + chance.choice(["", f" from {made.inside(chance)}"]))
    if chance.random() < 0.1:
        made.facts.append(("Plan", chance.choice(["free", "pro"])))
    if chance.random() < 0.25:
        lines.append(f"  fact Grade = {chance.choice(['basic', 'extra'])}" + chance.choice(["", f" from {made.inside(chance)}"]))
    if chance.random() < 0.1:
        made.facts.append(("Grade", chance.choice(["basic", "extra"])))
    if chance.random() < 0.1:
        made.facts.append(("Seats", chance.choice(["2", "7.5"])))
    return lines


def exclusions(chance, made):
    lines = []
    for _ in range(chance.choice([0, 0, 1, 1, 2, 3])):
        treat = chance.choice(["absent", "up"])
        limit = chance.choice(["", "", " limit 3 h per month", " limit 90 min per week", " limit 5 h per quarter", " limit 1 h per contract month", " limit 10 h per year from apr"])
        if chance.random() < 0.5:
            time = chance.choice(EXCLUDED if made.long else EXCLUDED + EXCLUDED_RUNS)
            lines.append(f"  exclude {time} as {treat}{limit}")
        else:
            limit = chance.choice([limit, " limit 1 per month", " limit 2 per quarter"])
            notice = chance.choice(["", " notice 2 days", " notice 36 h", " notice 2 working days in Business"])
            rows = chance.choice(["works", "works", "works during Weekly", "works where has announced", "works where not cancelled", "works during not time(shifts)"])
            lines.append(f"  exclude {rows} as {treat}{limit}{notice}")
    for _ in range(chance.choice([0, 0, 1, 2])):
        lines.append("  ignore " + chance.choice(IGNORED))
    if any("." in each.name for each in made.objectives) and chance.random() < 0.3:
        lines += ["  ignore " + each for each in chance.sample(IGNORED_LINKED, chance.choice([1, 1, 2]))]
    named = [each.name for each in made.objectives if "." not in each.name]
    return [line + (f" from {chance.choice(named)}" if named and chance.random() < 0.2 else "") for line in lines]


def credits(chance, made, parts):
    names = []
    for each in made.objectives:
        if each.overlaps or chance.random() < (0.1 if made.common else 0.25):
            continue
        text = money.credit(chance, each, made)
        parts.credits.append(([each.name], text))
        # What is paid in things does not stand for money.
        names += [] if money.in_things(text) else [each.name.replace(".", "")]
    paid = [each for each in made.objectives if not each.overlaps and "." not in each.name]
    for each in paid:
        if chance.random() < 0.12:
            parts.credits.append(([each.name], money.bonus(chance, each, made)))
    parts.credits += money.of_several(chance, [each for each in made.objectives if not each.overlaps])
    if chance.random() < 0.08 and paid:
        parts.credits.append(([paid[0].name], f"  credit Abroad for {paid[0].name} pay 9.99 USD" + (" pays each" if paid[0].grouped else "")))
    parts.rest += money.together(chance, made, names)
