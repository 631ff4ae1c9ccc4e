"""Fees (plan.md, "Fees")."""

from fractions import Fraction

from .clock import shift_months
from .data import NOW
from .engine import Env
from .expressions import days_of, value
from .spans import ENDLESS
from .values import Quantity, add, multiply, number, parse_instant
from .windows import windows

OUTSIDE = (0, 0)  # stands for a window outside the term
NOTHING = Quantity(Fraction(0), ((("money", None), 1),))
LONGEST_DAY = 30 * 3600 * 10**9
MONTHS = {"month": 1, "quarter": 3, "year": 12}


def fees(book, names, env):
    """What the fees amount to in the current window."""
    found = NOTHING
    for name in names:
        found = add(found, fee(book, name, env))
    return found


def fee(book, name, env):
    low, high = max(env.window[0], book.agreement.term[0]), min(env.window[1], book.agreement.term[1])
    if env.window == OUTSIDE or low >= high:
        return NOTHING
    key = ("fee", name, low, high)
    if key not in book.sums:
        book.sums[key] = add(add(daily(book, name, low, high), once(book, name, low, high)), measured(book, name, low, high))
    return book.sums[key]


def once(book, name, low, high):
    """The amount, as the version says that is in force at the moment the fee begins, in the window that holds it."""
    found = NOTHING
    for place, version in enumerate(book.agreement.versions):
        stated = stated_fee(version, name)
        if stated is None or stated["accrual"]["accrual"] != "once":
            continue
        moment = max(begin(stated), book.agreement.term[0])
        if low <= moment < high and book.agreement.version_at(moment) == place:
            found = add(found, amount(book, version, stated, (low, high), moment))
    return found


def measured(book, name, low, high):
    """The amount over the window, as the version in force at its start says."""
    version = book.agreement.versions[book.agreement.version_at(low)]
    stated = stated_fee(version, name)
    if stated is None or stated["accrual"]["accrual"] != "measured":
        return NOTHING
    low = max(low, begin(stated))
    return amount(book, version, stated, (low, high), None) if low < high else NOTHING


def begin(stated):
    return parse_instant(stated["from"]["instant"]) if stated["from"] else -ENDLESS


def stated_fee(version, name):
    return next((each for each in version["terms"]["fees"] if each["id"] == name), None)


def amount(book, version, stated, window, moment):
    """The amount of a fee, on a line of its own without hours or exclusions."""
    on_line = book.line(version, None, NOW, ())
    found = value(stated["amount"], Env(book.run, on_line, window, window, credit=book, moment=moment))
    return NOTHING if found is None else found


def daily(book, name, low, high):
    """Each local day bears its part of the period's amount; a day partly inside counts by its length."""
    found = NOTHING
    zone = book.agreement.zone
    for day, _ in days_of(zone, low, high):
        version = book.agreement.versions[book.agreement.version_at(max(day, low))]
        stated = stated_fee(version, name)
        if stated is None or stated["accrual"]["accrual"] != "daily":
            continue
        first = low if stated["from"] is None else max(low, parse_instant(stated["from"]["instant"]))
        share = sum(part for start, part in days_of(zone, max(first, day), min(high, day + LONGEST_DAY)) if start == day)
        if share:
            whole = amount(book, version, stated, (day, day + 1), day)
            found = add(found, multiply(whole, number(share / days_of_period(book, stated["accrual"]["period"], day))))
    return found


def days_of_period(book, period, day):
    """The number of local days of the period that a day falls into."""
    run = book.run
    start, end = windows(period, run.zones, day, day + 1, book.agreement.term)[0]
    zone = run.zones[period["zone"] if period["window"] == "calendar" else period["anchor"]["zone"]]
    return (zone.date(end) - zone.date(start)).days


def fee_rate(book, tree, env):
    """The stated amounts converted to a month or a year."""
    found = NOTHING
    if env.window == OUTSIDE:
        return found
    low = max(env.window[0], book.agreement.term[0])
    version = book.agreement.versions[book.agreement.version_at(low)]
    for name in tree["fees"]:
        stated = stated_fee(version, name)
        if stated is None or stated["accrual"]["accrual"] != "daily":
            continue
        rate = amount(book, version, stated, (low, low + 1), low)
        per = stated["accrual"]["per"]
        if per == "day":
            factor = Fraction(calendar_days(book.agreement.zone.date(low), tree["per"]))
        else:
            factor = Fraction(MONTHS[tree["per"]], MONTHS[per])
        found = add(found, multiply(rate, number(factor)))
    return found


def calendar_days(date, unit):
    first = date.replace(day=1) if unit == "month" else date.replace(month=1, day=1)
    return (shift_months(first, MONTHS[unit]) - first).days
