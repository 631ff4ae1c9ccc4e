"""Evaluates a plan over rows and writes what came of it, sorted, as JSON.

In: a plan, rows in the form of `data.py`, the instant up to which the data are complete. Out: for each agreement (and customer) its windows
with verdict and exact value, its credits line by line, and the rights to terminate that arose.
"""

import datetime

from . import claims, credits, spans, sums
from .agreements import books
from .engine import Run
from .measured import down_operands, down_time
from .objectives import start_of
from .spans import ENDLESS
from .values import Instant, Quantity, Severity, currency_of, minor_digits, parse_instant, write_instant, write_number


def evaluate(plan, rows, complete, moment=None, facts=None, shown=(None, None), since=None, slots=None):
    """`complete` is an instant, or one for each source; `shown` bounds the windows that are written; windows that end before `since` are not
    looked at; with more `slots` it stops."""
    if not isinstance(complete, dict):
        complete = {source["name"]: complete for source in plan["sources"]}
    moment = max(complete.values()) if moment is None else moment
    low = shown[0] if shown[0] is not None else earliest(plan, moment)
    high = shown[1] if shown[1] is not None else moment
    run = Run(plan, rows, moment, complete, facts or {}, (low, high), since, slots)
    return {"agreements": [report(book, low, high) for book in books(run)]}


def earliest(plan, moment):
    """The start of the first term, if it is known."""
    starts = [parse_instant(each["term"]["from"]["instant"]) for each in plan["agreements"] if each["term"]]
    return min(starts + [moment])


def report(book, low, high):
    found = credits.dues(book)
    lines, earned = sums.settle(book, found)
    return {
        "agreement": book.agreement.plan["id"],
        "customer": book.agreement.customer,
        "windows": [each for name in book.names() if book.evaluates(name) for each in objective(book, name, low, high)],
        "credits": [credit(book, due) for due in found if shows(due.window, low, high)],
        "payouts": [payout(book, line) for line in lines if shows(line[0], low, high)],
        "earned_back": [
            {"credit": due.credit["id"], "window": interval(due.window), "inside": inside(book, due.window), "amount": amount(lowered)}
            for due, lowered in earned if shows(due.window, low, high)
        ],
        "claims": [
            {
                "claim": claim, "objective": name, "group": [plain(each) for each in group], "window": interval(window), "inside": inside(book, window),
                "by": write_instant(by),
            }
            for claim, name, group, window, by in claims.claims(book) if shows(window, low, high)
        ],
        "terminations": [
            {"termination": name, "arises": write_instant(at), "until": None if end is None else write_instant(end)}
            for at, name, end in claims.terminations(book) if low < at <= high
        ],
    }


def shows(window, low, high):
    return window[0] < high and low < window[1]


def objective(book, name, low, high):
    found = []
    for window, place in book.sequence(name):
        if shows((max(window[0], start_of(book.objective(name, place), book.agreement)), window[1]), low, high):
            for groups in book.groups(name, place):
                each = book.verdict(name, window, place, groups)
                found.append({
                    "objective": name, "window": interval(window), "inside": inside(book, window), "group": group_names(groups),
                    "verdict": each.verdict, "value": plain(each.value), "down": down(each),
                })
    return found


def down(verdict):
    """The downtime of the window in nanoseconds, where the metric speaks of any."""
    operands = down_operands(verdict.env)
    if verdict.value is None or not operands:
        return None
    counted = spans.clip(verdict.env.line.counted, *verdict.env.frame)
    return spans.length(spans.intersect(counted, down_time(verdict.env)))


def group_names(groups):
    return [plain(group.value) for group in groups]


def interval(window):
    return [write_instant(each) if abs(each) < ENDLESS else None for each in window]


def plain(value):
    """A value in base units, exactly."""
    if isinstance(value, Quantity):
        return write_number(value.amount)
    if isinstance(value, Instant):
        return write_instant(value.ns)
    if isinstance(value, Severity):
        return value.name
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value


def amount(value):
    """Money as a decimal with all digits of its minor unit; counts as numbers of their unit."""
    currency = currency_of(value)
    if currency is None:
        unit = next((base[1] for base, _ in value.dims if isinstance(base, tuple)), None)
        return [write_number(value.amount), unit]
    digits = minor_digits(currency)
    cents = int(value.amount * 10**digits)
    sign, text = "-" if cents < 0 else "", str(abs(cents)).rjust(digits + 1, "0")
    return [sign + (text[:-digits] + "." + text[-digits:] if digits else text), currency]


def credit(book, due):
    return {
        "credit": due.credit["id"], "kind": due.credit["kind"], "window": interval(due.window), "group": group_names(due.groups),
        "inside": inside(book, due.window),
        "amount": None if due.amount is None else amount(due.amount),
        "caps": [[name, amount(taken)] for name, taken in due.cuts],
        "left": None if due.left is None else amount(due.left),
        "counts": due.counts, "remedies": due.remedies,
    }


def inside(book, window):
    """The part of a window inside the term."""
    return interval((max(window[0], book.agreement.term[0]), book.end(window)))


def payout(book, line):
    window, name, value = line
    return {"window": interval(window), "inside": inside(book, window), "line": name, "amount": amount(value)}
