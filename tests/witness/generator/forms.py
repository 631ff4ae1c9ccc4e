"""What a generated contract contains, by name: a form that no contract contains any more is one that is no longer compared."""

import re

# By name: what its text must match.
FORMS = {
    "pieces, default last": r"each \([^{]*\{(?:[^{}]|\{[^{}]*\})* default last \}|each \([^{]*\{[^{}]* default last",
    "rolling, default last": r"each rolling [^{]*\{[^{}]* default last",
    "rolling, steps that do not divide": r"each rolling (90 min every 1 h|3 h every 2 h|3 days every 2 days|7 days every 3 days|10 days every 1 week|2 h every 90 min)",
    "rolling months as slots": r"each rolling \d months? every 1 (month|week)",
    "rolling months as windows": r"per rolling \d (months?|quarters?) every \d (months?|week)",
    "each of a field": r"each (region|host|site|near|far|line) ",
    "each of a field under groups": r"objective \w+[^:]*: .*each (region|host|site|near|far|line) .* by ",
    "each without of, inside each": r"each .*\{.*each [^{]*(?<! of requests)(?<! of probes)(?<! of outages) \{",
    "each in each": r"each [^{]*\{[^{}]*each ",
    "each in each in each": r"each [^{]*\{[^{}]*each [^{]*\{[^{}]*each ",
    "groups of two or three keys": r" by \w+( as \w+)?, ",
    "groups under another name": r" by (\w+, )*\w+ as ",
    "groups with names exchanged": r"near as far|far as near",
    "groups from data": r" by ([\w ]+, )*(host|site|line|order)\b",
    "a credit if another is breached": r"credit [^\n]* if \w+ breached",
    "a credit by failures of another": r"credit [^\n]* if failures\(",
    "a credit for two grouped objectives": r"credit Both [^\n]* pays ",
    "a skipped or doubled midnight": r'zone "(Africa/Cairo|America/Santiago|Asia/Beirut|America/Havana)"',
    "a term from the 29th to 31st": r"term from \d+-\d+-(29|30|31)",
    "contract windows": r"per contract (month|quarter|year)", "fixed windows": r"per fixed ", "windows of claims": r"at claims",
    "an ignored source that exclusions read": r"ignore (works|shifts) ", "hours of rows": r"during (\(Business except )?time\(shifts\)",
    "a credit on down time": r"on downtime\(outages\)", "ignored rows of clocks": r"ignore waits ", "ignored by linked rows": r"ignore tickets where count",
    "ignores that read each other's sources": r"ignore waits where count\(tickets[^\0]*ignore tickets where count|ignore tickets where count[^\0]*ignore waits where count",
    "exclusions of runs": r"exclude runs\(", "exclusions with a limit": r"exclude [^\n]* limit ", "exclusions with notice": r"exclude [^\n]* notice ",
    "quotients of rows": r"received / sent|shipped / ordered", "runs of ready samples": r"runs\(up", "runs of slots": r"runs\(each ",
    "support": r"support on tickets", "clocks that pause": r"pausing waiting", "clocks that pause by a condition": r"pausing \(waiting where",
    "cells with clocks of their own": r"(respond|every) [^\n]* during |(respond|every) [^\n]* pausing ",
    "each row": r"each row (pay|on|\{)", "a cap for each row": r"cap [^\n{}]* each row", "a bonus": r"^  bonus ", "a bonus with a cap": r"^  bonus [^\n]* cap ",
    "a bonus in steps": r"^  bonus [^\n]*\{", "earn back": r"^  earn back ", "earn back of groups": r"^  earn back [^\n]* pays ",
    "highest or elect": r"credits (highest|elect) of", "a minimum payout": r"minimum payout", "a minimum payout that is not reached by itself": r"minimum payout more than", "a minimum payout in a unit": r"minimum payout [^\n]*voucher",
    "carried over": r"carried over", "caps of all": r"cap credits",
    "a cap over trailing time": r"cap [^\n{}]* per rolling \d", "a cap of all over trailing time": r"cap credits [^\n]* per rolling \d",
    "a package": r"^package ", "tiers": r"tier Plus extends", "an agreement above": r"under Frame", "amendments": r"^amend ", "windows that are split": r"split windows",
    "tables": r"Longest\[|Floor\[|Promise\[", "units of one's own": r"(case|pallet|voucher)\b.* per |pay [^\n]* voucher", "any customer": r"and any customer",
    "conditions": r" if Plan == pro ", "first windows": r"first window (full|skipped)", "missing counts": r"missing counts as",
    "conditions on measures": r" if (count\(outages|max\(outages|share\(requests)", "lines with an end": r" (down|up) to ", "a line for the rest": r"otherwise pay",
    "whole units": r"pay (3|10) chip",
}
FORMS = {name: re.compile(form, re.MULTILINE) for name, form in FORMS.items()}


def forms(made):
    """The names of the forms that a contract contains."""
    text = "\n".join(line for line in made.text.splitlines() if not line.startswith(("metric ", "source ", "table ")))
    return [name for name, form in FORMS.items() if form.search(text)]
