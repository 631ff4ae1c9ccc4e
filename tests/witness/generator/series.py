"""Metrics over series of slots, put together from parts: what cuts, whose rows, what each slot is worth, what an empty one is worth, and what is made of all.

In: a source of chance and whether the term is long, which takes no short slots. Out: what a metric measures, its text, and the source that it cuts.
"""

# The cuts of each source by a field: those whose values are known, and those that come from the data.
FIELDS = {"requests": ["region", "host"], "outages": ["region", "site"], "probes": ["near", "far", "line"]}

SHORT = ["15 min", "30 min", "1 h", "rolling 2 h every 30 min", "rolling 90 min every 1 h", "rolling 3 h every 2 h"]
LONG = [
    "6 h", "8 h", "day", "day", "week", "month", "(Business)", "(Business)", "(Nights)", "(Weekly)", "(time(outages))", "(Business except Weekly)",
    "rolling 3 days every 1 day", "rolling 3 days every 2 days", "rolling 7 days every 3 days", "rolling 36 h every 12 h", "rolling 2 weeks every 1 week",
    "rolling 10 days every 1 week", "rolling 1 month every 1 week", "rolling 1 month every 1 month", "rolling 3 months every 1 month",
    "rolling 1 quarter every 2 months", "rolling 5 weeks every 1 month",
]

# What a slot is worth, by what it measures: with rows of events, and with spans.
VALUES = {
    "requests": {
        "share": ["share(status < 500)", "share(ok)", "share(latency <= 200 ms)", "1 - count(requests where status >= 500) / count()"],
        "length": ["mean(latency)", "max(latency)", "p90(latency)", "sum(latency)"],
        "truth": ["(share(ok) < 50%)", "(share(status >= 500) > 20%)", "(count() >= 2 and share(ok) < 100%)", "(max(latency) > 200 ms)", "(not share(ok) > 0%)"],
    },
    "probes": {
        "share": ["share(received == sent)", "mean(received / sent)", "sum(received) / sum(sent)", "min(received / sent)"],
        "length": ["mean(rtt)", "max(rtt)", "median(rtt)"],
        "truth": ["(share(received > 0) < 100%)", "(mean(received / sent) < 80%)", "(max(rtt) > 200 ms)"],
    },
    "outages": {
        "share": ["uptime()", "share(length <= 30 min)"],
        "length": ["downtime()", "max(length)", "sum(length)"],
        "truth": ["(downtime() > 10 min)", "(count() > 0)", "(uptime() < 99%)"],
    },
}
# What is worth something without rows too, so that nothing need be said of empty slots.
TOTAL = ["uptime()", "downtime()", "sum(length)", "(downtime() > 10 min)", "(count() > 0)"]
PLAIN = {"share": ["100%", "0%", "50%"], "length": ["0 s", "150 ms"], "truth": ["false", "true"]}

# What is made of a series, and what that measures.
MADE = {
    "share": [
        ("share", "mean({})"), ("share", "mean({})"), ("share", "min({})"), ("share", "max({})"), ("share", "median({})"), ("share", "share({}, value >= 90%)"),
        ("count", "count({} where value < 50%)"), ("length", "sum({} where value < 90%, length)"), ("count", "sum({})"), ("share", "p90({})"),
    ],
    "length": [("latency", "max({})"), ("latency", "mean({})"), ("latency", "p90({})"), ("latency", "sum({})"), ("count", "count({} where value > 100 ms)")],
    "truth": [("count", "count({} where value)"), ("length", "sum({} where value, length)"), ("share", "share({}, not value)")],
}
# What is made of runs of a series of truth values.
RUN = [("share", "uptime(runs({}, {}))"), ("share", "uptime(runs({}, {}))"), ("length", "downtime(runs({}, {}))"), ("count", "count(runs({}, {}))"), ("length", "max(runs({}, {}), length)")]
LASTING = ["lasting 1 h", "lasting 2 h", "lasting more than 1 h", "lasting 12 h", "lasting more than 1 day", "lasting 4 days"]


def series(chance, long):
    """A metric over a series: what it measures, its text."""
    source = chance.choice(["requests", "requests", "probes", "outages"])
    of = chance.choice(["share", "share", "length", "truth", "truth"])
    depth = chance.choice([1, 1, 1, 2, 2, 3])
    text, timed = each(chance, source, of, depth, long, outermost=True)
    if of == "truth" and timed and chance.random() < 0.7:
        kind, form = chance.choice(RUN)
        return kind, form.format(text, chance.choice(LASTING))
    kind, form = chance.choice(MADE[of])
    if not timed and "length)" in form:
        kind, form = "count", "count({})"
    return kind, form.format(text)


def each(chance, source, of, depth, long, outermost=False):
    """One `each`, with others inside it; and whether it cuts time."""
    timed = chance.random() < 0.7
    cut = chance.choice(LONG if long or depth > 1 or chance.random() < 0.5 else SHORT) if timed else chance.choice(FIELDS[source])
    if not outermost and not long and timed:
        cut = chance.choice(["1 h", "6 h", "6 h", "day", "day", "rolling 3 h every 1 h", "rolling 8 h every 6 h", "(Business)", "(Business)"])
    elif not outermost and timed:
        cut = chance.choice(["12 h", "day", "rolling 36 h every 12 h", "(Business)", "week"])
    of_rows = f" of {source}" if outermost or chance.random() < 0.5 else ""
    if depth > 1:
        inner, inner_timed = each(chance, source, of, depth - 1, long)
        forms = {"share": ["mean({})", "min({})", "max({})"], "length": ["max({})", "mean({})"], "truth": ["(count({} where value) > 0)", "(share({}, value) > 40%)"]}[of]
        if of == "share" and inner_timed and chance.random() < 0.2:
            inner, _ = each_truth(chance, source, long)
            forms = ["uptime(runs({}, lasting 1 h))"]
        value = chance.choice(forms).format(inner)
    else:
        value = chance.choice(VALUES[source][of])
    return f"each {cut}{of_rows} {{ {value}{empty(chance, of, timed, value in TOTAL)} }}", timed


def each_truth(chance, source, long):
    """A series of truth values in time, inside another."""
    while True:
        text, timed = each(chance, source, "truth", 1, long)
        if timed:
            return text, timed


def empty(chance, of, timed, total):
    """What an empty slot is worth. A field has no slot before it."""
    choices = [f" default {chance.choice(PLAIN[of])}", " skip"] + ([" default last", " default last"] if timed else [])
    if total:
        choices += ["", ""]
    return chance.choice(choices)
