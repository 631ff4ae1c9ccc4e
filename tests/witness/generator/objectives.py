"""Objectives: metrics, targets, windows and clauses.

In: a source of chance and what the contract has declared. Out: `Objective`s whose text the compiler takes without errors.
"""

import re
from dataclasses import dataclass

from .series import series
from .standard import LIBRARY, TABLED

# (expression, comparison, targets, what it measures, whether groups by region make sense)
UPTIMES = [
    "uptime(outages)",
    "uptime(outages where not planned)",
    "uptime(outages during Business)",
    "uptime(outages during not Weekly)",
    "uptime(outages where length > 5 min)",
    "uptime(outages where has seen and seen <= start + 1 h)",
    "uptime(span(outages where has seen, seen, end))",
    "uptime(outages, weight hit, overlaps max)",
    "uptime(outages, weight hit, overlaps add)",
    "uptime(runs(time(outages), lasting 30 min))",
    "uptime(runs(time(outages), lasting more than 30 min))",
    "uptime(runs(time(outages) or Weekly, lasting 2 h))",
    "uptime(time(outages) except Business)",
    "uptime(overlap(outages, by region, at least 2))",
    "uptime(holds(requests, not ok))",
    "uptime(runs(holds(requests where status < 500 or not ok, not ok), lasting 10 min))",
    "uptime(runs(each 15 min of requests { share(status >= 500) > 20% default false }, lasting 30 min))",
    "uptime(runs(each 1 h of requests { share(ok) == 0% default last }, lasting 1 h))",
    "uptime(runs(each 2 h of requests { count() >= 2 and share(status >= 500) > 50% default false }, lasting 2 h))",
    "uptime(runs(up, lasting 1 h))",
    "uptime(runs(up where value or length > 30 min, lasting more than 30 min))",
    "uptime(outages during time(shifts))",
    "uptime(runs(each rolling 2 h every 30 min of requests { sum(latency) > 900 ms default false }, lasting 1 h))",
    "uptime(runs(each rolling 2 h every 1 h of requests { (share(ok) < 50%) default last }, lasting 1 h))",
    "uptime(runs(each (Business) of requests { (share(ok) < 50%) default last }, lasting 1 h))",
]
SHARES = [
    "share(requests, latency <= 200 ms)",
    "share(requests, status < 500)",
    "share(requests, status < 500) rounded to 0.1%",
    "mean(each 1 h of requests { share(status < 500) default 100% })",
    "mean(each 6 h of requests { share(status < 500) skip })",
    "mean(each day of requests { share(ok) default last })",
    "min(each region of requests { share(status < 500) default 100% })",
    "mean(each (Business) of requests { share(ok) default last })",
    "min(each rolling 3 days every 2 days of requests { share(ok) default last }, value)",
    "min(each day of requests { min(each region { share(status < 500) skip }) skip })",
    "min(each week of requests { share(ok) default 100% })",
    "share(each 1 h of outages { uptime() }, value > 0%)",
    "share(each (Business) of outages { downtime() }, value <= 10 min)",
    "1 - count(requests where status >= 500) / count(requests)",
    "share(tickets, has responded and responded <= start + 1 h)",
    "share(up, value)",
    "mean(probes, received / sent)",
    "mean(each 6 h of probes { mean(received / sent) skip })",
    "mean(probes during not time(shifts), received / sent) rounded to 0.01%",
    "sum(probes, received / sent) / count(probes)",
    "mean(lines where ordered > 0 case, shipped / ordered)",
    "share(tickets where severity == P1 or severity == P2, has resolved) default 100%",
]
LENGTHS = [
    "downtime(outages)",
    "downtime(outages, overlaps add)",
    "sum(outages, length)",
    "max(outages, length)",
    "mean(outages, length)",
    "max(each day of outages { downtime() })",
    "max(each month of outages { downtime() })",
    "max(each rolling 3 h every 1 h of outages { downtime() })",
    "sum(each rolling 3 months every 1 month of outages { downtime() } where value > 0 min, length)",
    "sum(each rolling 3 days every 1 day of requests { (share(ok) < 90%) default false } where value, length)",
    "sum(runs(time(outages), lasting 10 min), length)",
    "max(runs(time(outages), lasting 10 min), length)",
    "max(time(outages), length)",
    "p90(outages, length)",
    "sum(each region of outages { downtime() }, value)",
    "max(tickets, elapsed(start, responded) during Business pausing waiting)",
    "max(tickets, elapsed(start, resolved) pausing (waiting where kind == 1))",
    "mean(tickets, elapsed(start, responded) pausing Weekly)",
    "sum(works where not cancelled, length)",
    "sum(up where not value, length)",
    "downtime(runs(up, lasting 2 h))",
    "max(holds(requests, latency > 200 ms), length)",
    "downtime(holds(tickets at resolved where has resolved, resolved - start > 4 h) except Weekly)",
]
LATENCIES = [
    "p95(requests, latency)", "median(requests, latency)", "percentile(requests, latency, 99.9%)", "mean(requests, latency)",
    "max(requests, latency)", "min(requests where ok, latency)", "max(each 1 h of requests { p90(latency) skip } where value > 100 ms, value)",
    "mean(requests at at, latency)", "max(requests where status < 500, if ok then latency else 2 * latency)",
    "mean(requests during Business, latency)", "ceil(mean(requests, latency), 10 ms)", "floor(p50(requests, latency), 25 ms)",
]
COUNTS = [
    "count(outages)", "count(outages where length > 30 min)", "count(requests where status in 500..599)", "distinct(requests, region)",
    "count(each day of outages { downtime() } where value > 10 min)", "count(runs(time(outages), lasting 10 min))",
    "count(runs(holds(requests during Business, not ok), lasting more than 30 min))",
    "count(each 1 h of requests { share(status >= 500) > 10% default false } where value)",
    "count(tickets at resolved where has resolved and resolved - start > 4 h)", "distinct(tickets, severity)",
    "count(tickets where has resolved and days(start, resolved) > 1)", "sum(outages, hit)", "max(outages, hit) default 0",
    "count(each (time(outages)) of requests { count() default 0 } where value > 0)", "mean(load)", "max(load where value > 2, value)",
]
HIGH = ["90%", "95%", "99%", "99.5%", "99.9%", "99.99%", "100%", "50%"]
LONG = ["0 min", "30 min", "1 h", "2 h", "90 min", "12 h", "36 h"]
FAST = ["100 ms", "200 ms", "250 ms", "400 ms"]
FEW = ["0", "1", "2", "3", "5", "400"]

WINDOWS = [
    "month", "month", "month", "month", "week", "day", "quarter", "quarter from feb", "year from apr", "contract month", "contract quarter",
    "fixed 7 days", "fixed 30 days", "fixed 2 weeks", "fixed 36 h", "term", "rolling 7 days every 1 day", "rolling 30 days every 1 week",
    "rolling 1 month every 1 week", "rolling 10 days at claims", "rolling 3 weeks every 5 days", "rolling 1 quarter every 1 month", "contract year", "year",
    "week", "quarter", "fixed 3 months", "fixed 1 month", "fixed 1 quarter", "contract month", "rolling 1 month every 1 month", "rolling 3 months every 1 month",
    "rolling 2 months every 1 month", "rolling 3 days every 1 day", "rolling 7 days every 3 days", "rolling 36 h every 12 h", "rolling 2 days every 1 day",
]
# What tells the rows of a source apart.
KEYS = {
    "requests": ["region", "host"], "outages": ["region", "site"], "probes": ["near", "far", "line"], "tickets": ["severity"], "loads": ["region"],
    "orders": ["region"], "lines": ["order"],
}
SHORT = re.compile(r"each (\d+ min|[12] h|rolling \d+ (h|min))|BySlots|ByRuns|HalfHour|ErrorRate\(")
OVERLAPPING = ("rolling",)


@dataclass
class Objective:
    name: str
    kind: str  # share, length, latency, count, row, cell
    text: str
    window: str
    target: str
    grouped: bool = False
    rows: bool = False  # whether a credit for each row makes sense
    restated: str = ""  # another target, where its kind does not say one
    tabled: bool = False  # its target stands in a table, by region
    unit: str = ""  # the unit of one's own that it is measured in
    keys: tuple = ()  # its groups, as written

    @property
    def overlaps(self):
        return self.window.startswith("rolling")

    @property
    def fields(self):
        """The fields that it is grouped by, in order of their names."""
        return sorted(key.split(" as ")[0] for key in self.keys)

    def corresponds(self, other):
        """Whether its groups can be told from those of another: one has none, or they share a field."""
        return not self.keys or not other.keys or bool(set(self.fields) & set(other.fields))

    @property
    def higher(self):
        return self.kind in ("share", "cell")


def objective(chance, name, contract):
    if chance.random() < 0.12 and contract.common in ("", "outages"):
        return tabled(chance, name, contract)
    kind, metric, relation, target, restated, unit = measured(chance, contract)
    window = contract.window if chance.random() < (0.85 if contract.common else 0.5) else chance.choice(WINDOWS)
    if window == "day" or " h" in window:
        window = chance.choice([window, "month"])
    clauses = []
    if chance.random() < 0.15:
        clauses.append("during " + chance.choice(["Business", "Nights", "always", "not Weekly", "(Business or Weekly)", "time(shifts)", "(Business except time(shifts))"]))
    by = groups(chance, metric, contract)
    clauses += by
    if chance.random() < 0.15:
        clauses.append("missing counts as " + chance.choice(["met", "breached"]))
    if chance.random() < 0.2:
        clauses.append("first window " + chance.choice(["clipped", "full", "skipped"]))
    if chance.random() < 0.1:
        clauses.append("if Plan == pro " + chance.choice(["at start", "throughout", "ever"]))
    elif chance.random() < 0.1 and not contract.common:
        clauses.append("if " + chance.choice(["count(outages) >= 2", "max(outages, length) > 1 h", "share(requests, ok) > 50%"]))
    if chance.random() < 0.1 and window != "term":
        clauses.append(f"from {contract.inside(chance)}")
    text = f"  objective {name}{of(chance, contract)}: {metric} {relation} {target} per {window} {' '.join(clauses)}".rstrip()
    rows = metric == "max(outages, length)"
    keys = tuple(by[0].removeprefix("by ").split(", ")) if by else ()
    return Objective(name, kind, text, window, target, bool(by), rows, restated, unit=unit, keys=keys)


def groups(chance, metric, contract):
    """Its groups: some or all of what tells the rows of one of its sources apart, in any order and under any name."""
    sources = [source for source in KEYS if re.search(rf"\b{source}\b", metric)]
    if not sources or chance.random() > (0.9 if contract.common else 0.2):
        return []
    keys = KEYS[chance.choice(sources)]
    chosen = chance.sample(keys, min(chance.choice([1, 1, 2, 2, 3]), len(keys)))
    names = chance.choice([{}, {}, {}, {key: name for key, name in zip(chosen, "rst")}, {chosen[0]: "r"}, {chosen[-1]: "x"}])
    if "near" in chosen and "far" in chosen and chance.random() < 0.1:
        names = {"near": "far", "far": "near"}
    return ["by " + ", ".join(f"{key} as {names[key]}" if key in names else key for key in chosen)]


def tabled(chance, name, contract):
    """A target from a table, for each region."""
    metric, target = chance.choice(TABLED)
    window = contract.window if chance.random() < 0.6 else chance.choice(["month", "week", "quarter", "contract month", "term"])
    grouped = "[r" in target
    text = f"  objective {name}{of(chance, contract)}: {metric} {target} per {window}" + (" by region as r" if grouped else "")
    restated = ">= 99.95%" if target.startswith(">=") else "<= 10 min"
    return Objective(name, "tabled", text, window, target, grouped, False, restated, grouped, keys=("region as r",) if grouped else ())


def of(chance, contract):
    return chance.choice([" of Shop", " of Mail"]) if contract.served else ""


def measured(chance, contract):
    """What it measures: of the common source if there is one, and without short slots where the term is long."""
    while True:
        found = measured_anything(chance, contract.long)
        if contract.long and SHORT.search(found[1]) or not re.search(rf"\b{contract.common}\b", found[1]):
            continue
        return found


def measured_anything(chance, long):
    dice = chance.random()
    if dice < 0.2:
        kind, metric, relation, targets, restated, unit = chance.choice(LIBRARY)
        return kind, metric, relation, chance.choice(targets), restated, unit
    if dice < 0.5:
        kind, metric = series(chance, long)
        relation, targets = {"share": (">=", HIGH), "length": ("<=", LONG[1:]), "latency": ("<=", FAST), "count": ("<=", FEW)}[kind]
        return kind, metric, relation, chance.choice(targets), "", ""
    return *measured_here(chance), "", ""


def measured_here(chance):
    dice = chance.random()
    if dice < 0.4:
        return "share", chance.choice(UPTIMES), chance.choice([">=", ">=", ">=", ">"]), chance.choice(HIGH[:-2])
    if dice < 0.58:
        return "share", chance.choice(SHARES), ">=", chance.choice(HIGH)
    if dice < 0.72:
        return "length", chance.choice(LENGTHS), chance.choice(["<=", "<=", "<"]), chance.choice(LONG[1:])
    if dice < 0.86:
        return "latency", chance.choice(LATENCIES), chance.choice(["<=", "<=", "in 50 ms.."]), chance.choice(FAST)
    return "count", chance.choice(COUNTS), chance.choice(["<=", "<="]), chance.choice(FEW)


def row_objective(chance, name, contract):
    metric = chance.choice(["FirstReply", "Fix", "Length"])
    target = chance.choice(LONG[1:])
    window = chance.choice(["month", "week", "contract month", "quarter"])
    keys = ()
    if chance.random() < 0.25 and metric == "Length":
        keys = (chance.choice(["region", "region as r", "site"]),)
    by = f" by {keys[0]}" if keys else ""
    text = f"  objective {name}{of(chance, contract)}: {metric} <= {target} per {window}{by}"
    return Objective(name, "row", text, window, target, bool(keys), True, keys=keys)


def support(chance, contract):
    """A support table and the names of its cells."""
    share = chance.choice(["", "", "for 90% of tickets", "for 50% of tickets misses 1 below 3"])
    during = chance.choice(["Business", "always", "Nights", "(Business except Weekly)", "time(shifts)"])
    pausing = chance.choice(["", "pausing waiting", "pausing waiting", "pausing Weekly", "pausing (waiting where kind == 1)", "pausing time(works)"])
    lines, cells = [], []
    for severity in chance.sample(["P1", "P2", "P3"], chance.randint(1, 3)):
        line = []
        if chance.random() < 0.8:
            line.append("respond " + chance.choice(["15 min", "1 h", "4 h", "1 working day" if during == "Business" else "2 h"]) + own_clock(chance, during))
            cells.append(f"{severity}.respond")
        if chance.random() < 0.6:
            limits = ["8 h", "24 h", "by end of 1 working day", "by end of 2 working days"] + ["3 working days"] * (during == "Business")
            limits = limits[:2] if "(" in during else limits
            line.append("resolve " + chance.choice(limits))
            cells.append(f"{severity}.resolve")
        if chance.random() < 0.3:
            line.append("update every " + chance.choice(["1 h", "4 h"]) + own_clock(chance, during))
            cells.append(f"{severity}.update")
        if line:
            lines.append(f"    {severity} {'  '.join(line)}")
    if not lines:
        return "", []
    window = chance.choice(["month", "month", "week", "quarter"])
    head = f"  support on tickets per {window} during {during} {pausing} {share}".rstrip()
    text = head + " {\n" + "\n".join(lines) + "\n  }"
    return text, [Objective(cell, "cell", "", window, "", False, "time(" not in head) for cell in cells]


def own_clock(chance, during):
    """What a cell says for itself of its clock."""
    return chance.choice(["", "", "", " during Business", " pausing Weekly", " pausing waiting"]) if during != "Business" else ""
