"""Whole contracts."""

import datetime
import random
from dataclasses import dataclass, field

from . import money, objectives

ZONES = [
    "UTC", "Europe/Berlin", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "America/Santiago", "Asia/Kathmandu", "Asia/Beirut",
]
STARTS = [
    "2026-01-01", "2026-01-31", "2026-02-15", "2026-02-28", "2026-03-01", "2026-03-28", "2026-03-31", "2026-10-01", "2026-10-24", "2026-10-31",
    "2027-12-31", "2028-02-29", "2026-04-24",
]

WORLD = """provider Acme "Acme Ltd"
customer Globex "Globex GmbH"
customer Initech "Initech"
enum Region: eu | us | ap
fact Plan: free | pro = {plan}
fact Seats: number = 3
severity P1
severity P2
severity P3
{calendars}
source requests: events {{ status: number  latency: duration  region: Region  ok: boolean{owner} }}
source outages: spans {{ region: Region  planned: boolean  hit: number  seen: time?{owner} }}
source works: spans {{ announced: time? }}
source waits: spans {{ ticket: text }}
source notes: events {{ ticket: text }}
source tickets: spans {{ id: text  severity: Severity  responded: time?  resolved: time?  waiting: spans of waits by ticket  updates: events of notes by ticket{owner} }}
source charges: events {{ amount: money {currency}  region: Region }}
source load: series {{ value: number }}
source claims: events
metric FirstReply of tickets better lower = elapsed(start, responded){clock}
metric Fix of tickets better lower = elapsed(start, resolved) during Business pausing waiting
metric Length of outages better lower = length
"""


@dataclass
class Contract:
    seed: int
    zone: str
    start: datetime.date
    end: datetime.date
    currency: str
    owned: bool
    window: str  # most of its objectives have this one, so that credits meet
    text: str = ""
    objectives: list = field(default_factory=list)

    def inside(self, chance):
        """A date inside the term, often the first of a month."""
        days = (self.end - self.start).days
        date = self.start + datetime.timedelta(days=chance.randint(1, max(days - 1, 1)))
        return date.replace(day=1) if chance.random() < 0.6 and date.replace(day=1) > self.start else date


def contract(seed):
    """The contract of a seed."""
    chance = random.Random(f"contract {seed}")
    start = datetime.date.fromisoformat(chance.choice(STARTS))
    months = chance.randint(1, 5)
    end = shift(start, months)
    currency, owned = chance.choice(["EUR", "EUR", "EUR", "JPY", "BHD"]), chance.random() < 0.25
    made = Contract(seed, chance.choice(ZONES), start, end, currency, owned, chance.choice(["month", "month", "week", "quarter"]))
    made.text = world(chance, made) + agreement(chance, made, months)
    return made


def shift(date, months):
    index = date.year * 12 + date.month - 1 + months
    for day in range(date.day, 0, -1):
        try:
            return datetime.date(index // 12, index % 12 + 1, day)
        except ValueError:
            continue
    return date


def world(chance, made):
    return WORLD.format(
        plan=chance.choice(["free", "pro"]), calendars=calendars(chance, made), currency=made.currency,
        owner="  customer: Customer" if made.owned else "",
        clock=chance.choice(["", " during Business", " pausing waiting", " during Nights pausing waiting"]),
    )


def calendars(chance, made):
    zone = chance.choice([f'zone "{made.zone}"  ', 'zone "Europe/Berlin"  ', ""])
    weekly = chance.choice(["open sun 02:00..04:00", "open first sun of month 00:00..06:00", "open sat 22:00..06:00", "open day -1 of month 23:00..24:00", "open every day 02:15..02:45"])
    closed = chance.choice(["", "  closed every mar 31", "  closed last fri of month", "  closed 2026-02-10..2026-02-20", "  closed every dec 24..jan 2"])
    night = chance.choice(["open mon..fri 22:00..06:00", "open sun 15:00..fri 17:00", "open every day 23:30..00:30  closed day 1 of month"])
    return (
        f"calendar Business {{ {zone}open mon..fri 09:00..17:00{closed} }}\n"
        f"calendar Nights {{ {night} }}\n"
        f"maintenance Weekly {{ {zone}{weekly} }}"
    )


def agreement(chance, made, months):
    term = f"for {months} months" if months > 1 and chance.random() < 0.7 else f"to {made.end - datetime.timedelta(days=1)}"
    if chance.random() < 0.15:
        term += ", renews 2 months"
    lines = [f"  term from {made.start} {term}", f'  zone "{made.zone}"']
    if chance.random() < 0.3:
        lines.append(f"  fact Plan = {chance.choice(['free', 'pro'])} from {made.inside(chance)}")
    lines += money.fees(chance, made)
    for name in ["A", "B", "C"][: chance.randint(1, 3)]:
        made.objectives.append(objectives.objective(chance, name, made))
        lines.append(made.objectives[-1].text)
    if chance.random() < 0.3:
        made.objectives.append(objectives.row_objective(chance, "R"))
        lines.append(made.objectives[-1].text)
    if chance.random() < 0.35:
        text, cells = objectives.support(chance)
        made.objectives += cells
        lines.append(text)
    # A plan lists only severities that are named, and rows of others are refused.
    lines.append("  objective All: count(tickets where severity == P1 or severity == P2 or severity == P3) <= 1_000 per month")
    lines += exclusions(chance)
    lines += credits(chance, made)
    lines += money.ends(chance, made.objectives)
    customer = "any customer" if made.owned and chance.random() < 0.4 else "Globex"
    text = f"sla Deal between Acme and {customer} {{\n" + "\n".join(line for line in lines if line) + "\n}\n"
    return text + amendment(chance, made)


def exclusions(chance):
    lines = []
    for _ in range(chance.choice([0, 0, 1, 1, 2, 3])):
        treat = chance.choice(["absent", "up"])
        limit = chance.choice(["", "", " limit 3 h per month", " limit 90 min per week", " limit 5 h per quarter", " limit 1 h per contract month"])
        if chance.random() < 0.5:
            time = chance.choice(["Weekly", "Weekly", "Nights", "(Weekly except Business)"])
            lines.append(f"  exclude {time} as {treat}{limit}")
        else:
            limit = chance.choice([limit, " limit 1 per month", " limit 2 per quarter"])
            notice = chance.choice(["", " notice 2 days", " notice 36 h", " notice 2 working days in Business"])
            rows = chance.choice(["works", "works during Weekly", "works where has announced"])
            lines.append(f"  exclude {rows} as {treat}{limit}{notice}")
    if chance.random() < 0.25:
        lines.append(chance.choice(["  ignore outages where planned", "  ignore requests where status == 429", "  ignore outages where region == ap"]))
    return lines


def credits(chance, made):
    lines, names = [], []
    for each in made.objectives:
        if each.overlaps or chance.random() < 0.25:
            continue
        lines.append(money.credit(chance, each, made))
        names.append(each.name.replace(".", ""))
    paid = [each for each in made.objectives if not each.overlaps and not each.grouped and "." not in each.name]
    if paid and chance.random() < 0.2:
        lines.append(money.bonus(chance, paid[0]))
    return lines + money.together(chance, made, names)


def amendment(chance, made):
    """A change of the deal in its term."""
    if chance.random() > 0.2:
        return ""
    how = chance.choice(["at next window", "at next window", "split windows"])
    change = chance.choice([
        f"  fee {chance.choice([500, 1234])} {made.currency} per month", f"  objective {made.objectives[0].name} {targets(made.objectives[0])}",
        "  exclude Weekly as up",
    ])
    if any(each.overlaps for each in made.objectives):
        how = "at next window"
    return f"amend Deal from {made.inside(chance)} {how} {{\n{change}\n}}\n"


def targets(objective):
    return {"share": ">= 99.95%", "length": "<= 10 min", "latency": "<= 150 ms", "count": "<= 4", "row": "<= 10 min"}[objective.kind]
