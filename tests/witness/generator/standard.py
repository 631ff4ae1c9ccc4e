"""What is promised by the standard library, in units of one's own, and by tables."""

HIGH = ["50%", "80%", "90%", "95%", "99%"]
LOW = ["1%", "5%", "20%", "50%"]
LONG = ["1 min", "10 min", "1 h", "12 h", "36 h"]
FAST = ["100 ms", "200 ms", "400 ms"]

HIGHER = [
    "AvailabilityPooled(requests)", "AvailabilityBySlots(requests)", "AvailabilityByHours(requests)",
    "FastShare(requests, 200 ms)", "Apdex(requests, 100 ms)", "ApdexWithErrors(requests, 100 ms)", "UnitFillRate(lines)", "LineFillRate(lines)",
    "OrderFillRate(lines)", "OnTimeInFull(orders)", "OnTime(orders)", "TsfAllInTime(calls, 20 s)", "TsfOfAnswered(calls, 20 s)",
    "TsfOfOffered(calls, 1 min)", "TsfLessEarlyAbandons(calls, 20 s)", "TsfShortAbandons(calls, 1 min, 5 s)", "TsfWorstHalfHour(calls, 20 s)",
    "CustomerSatisfaction(surveys)", "SurveyResponseRate(surveys)", "PacketDelivery(probes)", "TurnAroundWithin(tickets, 4 h)",
    "SatisfiedShare(surveys, 4)",
]
LOWER = [
    "ErrorRate(requests)", "WorstErrorRate(requests)", "AbandonmentRate(calls)", "AbandonmentRateAfter(calls, 5 s)", "PacketLoss(probes)",
    "PacketLossMean(probes)", "BackOrderRate(lines)",
]
LENGTHS = [
    "MeanTimeToRestore(outages)", "TurnAroundTime(tickets)", "MeanTimeToResolve(tickets, Business)", "MeanTimeToAcknowledge(tickets)",
    "AverageSpeedOfAnswer(calls)", "LongestWait(calls)", "AverageHandlingTime(calls)", "OrderCycleTime(orders)",
]
LATENCIES = ["LatencyMedian(requests)", "LatencyP95(requests)", "LatencyP999(requests)", "LatencyMean(probes)", "LatencyMax(probes)"]

# What kind of promise it is, the metric, the comparison, targets, another target, a unit of one's own.
LIBRARY = (
    [("share", metric, ">=", HIGH, "", "") for metric in HIGHER]
    + [("rate", metric, "<=", LOW, "<= 3%", "") for metric in LOWER]
    + [("length", metric, "<=", LONG, "", "") for metric in LENGTHS]
    + [("latency", metric, "<=", FAST, "", "") for metric in LATENCIES]
    + [
        ("rate", "MeanTimeBetweenFailures(outages)", ">=", ["10 h", "100 h"], ">= 200 h", ""),
        ("rate", "Backlog(tickets, 1 day)", "<=", ["0", "1", "2"], "<= 3", ""),
        ("rate", "MeanScore(surveys)", ">=", ["3", "4.5"], ">= 4", ""),
        ("rate", "NetPromoterScore(surveys)", ">=", ["0", "0.5"], ">= 0.25", ""),
        ("units", "sum(loads, cases)", "<=", ["100 case", "7.5 case"], "<= 20 case", "case"),
        ("units", "max(loads, cases)", "<=", ["10 case", "20 case"], "<= 12 case", "case"),
        ("units", "mean(loads where region == eu, pallets)", "<=", ["2 pallet", "0.5 pallet"], "<= 1 pallet", "pallet"),
        ("units", "sum(each day of loads { sum(pallets) }, value)", "<=", ["2 pallet", "9 pallet"], "<= 3 pallet", "pallet"),
        ("rate", "sum(loads, cases) / sum(loads, pallets)", ">=", ["10 case / 1 pallet", "7 case / 2 pallet"], ">= 4 case / 1 pallet", ""),
        ("rate", "sum(lines, ordered - shipped)", "<=", ["0 case", "10 case"], "<= 5 case", ""),
        ("share", "share(probes, rtt <= Lag[near, far])", ">=", HIGH, "", ""),
        ("share", "share(loads, cases >= 10 case)", ">=", HIGH, "", ""),
    ]
)

TABLED = [
    ("uptime(outages)", ">= Floor[r]"), ("uptime(outages where not planned)", ">= Floor[r]"), ("share(requests, status < 500)", ">= Floor[r]"),
    ("max(outages, length)", "<= Longest[r, Grade]"), ("downtime(outages)", "<= Longest[r, Grade]"), ("uptime(outages)", ">= Promise[Grade]"),
    ("max(outages, length)", "<= Longest[eu, Grade]"),
]
