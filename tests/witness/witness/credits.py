"""Credits (plan.md, "Credits"): one credit in one window, and its own caps."""

import math
from dataclasses import dataclass, field
from fractions import Fraction

from . import facts
from .data import NOW
from .engine import Env
from .expressions import value
from .measured import reads
from .objectives import bad_rows, env_of
from .spans import ENDLESS
from .values import INFINITE, Quantity, add, compare, divide, multiply, number, rounded, subtract
from .windows import inside, windows


@dataclass
class Due:
    """What one credit pays in one window, for one group or for the worst."""

    credit: dict
    place: int  # of the version
    window: tuple
    groups: tuple
    amount: object = None  # the printed line
    remedies: list = field(default_factory=list)
    cuts: list = field(default_factory=list)  # (name of the cap, amount it takes off)
    left: object = None  # after what took something off
    counts: bool = True  # false if another of its stacking group counts

    env: object = None


def dues(book):
    """All credits in all windows, each after its own caps, in order of window end, then of the text."""
    found = []
    for place, version in enumerate(book.agreement.versions):
        for credit in version["terms"]["credits"]:
            if not all(book.evaluates(name) for name in credit["objectives"]):
                continue
            for window, at in book.sequence(credit["objectives"][0]):
                if at == place and book.over(window):
                    found += of_window(book, place, credit, window)
    found.sort(key=lambda due: (book.end(due.window), order(book, due), due.window[0]))
    own_caps(book, found)
    return found


def order(book, due):
    """The place of a credit in the text, then of the group."""
    credits = book.agreement.versions[due.place]["terms"]["credits"]
    return next(place for place, each in enumerate(credits) if each is due.credit)


def of_window(book, place, credit, window):
    """Steps 1 to 7."""
    found = []
    for groups in credit_groups(book, place, credit):
        due = for_group(book, place, credit, window, groups)
        if due is not None:
            found.append(due)
    if credit["groups"] == "worst" and found:
        money = [due for due in found if due.amount is not None]
        found = [max(money, key=lambda due: due.amount.amount)] if money else found[:1]
    for due in found:
        if due.amount is not None:
            due.amount = due.left = rounded(due.amount)
    return [due for due in found if due.remedies or due.amount is not None and due.amount.amount != 0]


def credit_groups(book, place, credit):
    """The groups of its objectives; none if none of them has any."""
    for name in credit["objectives"]:
        found = book.groups(name, place)
        if found != [()]:
            return found
    return [()]


def for_group(book, place, credit, window, groups):
    """Steps 1 to 5 for one group; nothing if it is not due."""
    verdicts = [each for name in credit["objectives"] for each in book.of_window(name, window, groups)]
    wanted = ("breached",) if credit["due"] == "breached" else ("breached", "met")
    if not any(each.verdict in wanted for each in verdicts):
        return None
    env = credit_env(book, place, credit, window, groups)
    if not facts.holds_true(credit["condition"], env):
        return None
    due = Due(credit, place, window, groups, env=env)

    if credit["per"] == "row":
        per_row(book, due, env, verdicts)
    else:
        missing = next((each.by_missing for each in verdicts if each.verdict == "breached"), False)
        settle(due, band(credit, env, missing), env)
    return due if due.amount is not None or due.remedies else None


def credit_env(book, place, credit, window, groups):
    """The line and frame of its first objective."""
    version, objective = book.agreement.versions[place], book.objective(credit["objectives"][0], place)
    return env_of(book, version, objective, window, groups).at(free=reads(version, objective, book.run))


def bad_of(book, place, name, window, groups):
    """The bad rows of an objective that is breached."""
    version, objective = book.agreement.versions[place], book.objective(name, place)
    found = book.of_window(name, window, groups)
    if not found or found[0].verdict != "breached":
        return []
    return bad_rows(objective, env_of(book, version, objective, window, found[0].groups))


def band(credit, env, missing):
    """Steps 2 and 3."""
    if missing:
        return None if credit["missing_band"] is None else credit["bands"][credit["missing_band"]]
    if credit["measure"] is None:
        return credit["bands"][0] if credit["bands"] else None
    measured = value(credit["measure"], env)
    if measured is None:
        return None
    for each in credit["bands"]:
        if above(each["from"], measured, env) and below(each["to"], measured, env):
            return each
    return None


def above(bound, measured, env):
    if bound is None:
        return True
    edge = value(bound["value"], env)
    return edge is not None and compare(">=" if bound["inclusive"] else ">", measured, edge)


def below(bound, measured, env):
    if bound is None:
        return True
    edge = value(bound["value"], env)
    return edge is not None and compare("<=" if bound["inclusive"] else "<", measured, edge)


def settle(due, chosen, env):
    """Step 4: adds what a band gives to what is due."""
    if chosen is None:
        return
    remedy = chosen["remedy"]
    if remedy["remedy"] == "pay":
        amount = pay(remedy, env)
        if amount is not None:
            due.amount = amount if due.amount is None else add(due.amount, amount)
    elif remedy["remedy"] == "extend":
        due.remedies.append({"extend": f"{remedy['period']['count']} {remedy['period']['unit']}"})
    elif remedy["remedy"] == "extend_by":
        length = value(remedy["length"], env)
        if length is not None and length.amount > 0:
            due.remedies.append({"extend_by": int(length.amount) if length.amount.denominator == 1 else str(length.amount)})
    else:
        due.remedies.append({"text": remedy["text"]})


def pay(remedy, env):
    """The sum of the terms, each times its steps."""
    found = None
    for term in remedy["terms"]:
        amount = value(term["amount"], env)
        if term["step"] is not None and amount is not None:
            count = steps(term["step"], env)
            amount = None if count is None else multiply(amount, number(count))
        if amount is None:
            return None
        found = amount if found is None else add(found, amount)
    return found


def steps(step, env):
    measured, start, unit = (value(step[name], env) for name in ("value", "from", "unit"))
    if measured is None or start is None:
        return None
    ahead = subtract(measured, start) if step["toward"] == "greater" else subtract(start, measured)
    count = divide(ahead, unit).amount
    if count < 0:
        return Fraction(0)
    if count == INFINITE:
        return count
    return {"started": math.ceil, "full": math.floor, "exact": Fraction}[step["count"]](count)


def per_row(book, due, env, verdicts):
    """Step 5: steps 2 to 4 for each bad row; caps `per: row` bound each."""
    credit, whole = due.credit, None
    for name in credit["objectives"]:
        objective = book.objective(name, due.place)
        for row in bad_of(book, due.place, name, due.window, due.groups):
            inner = env.with_row(row)
            if objective["items"]["value"] is not None:
                inner = inner.at(row_value=(name, value(objective["items"]["value"], inner)))
            due.amount = None
            settle(due, band(credit, inner, False), inner)
            if due.amount is None:
                continue
            for cap in credit["caps"]:
                if cap["per"]["per"] == "row":
                    due.amount = at_most(due.amount, value(cap["amount"], inner))
            whole = due.amount if whole is None else add(whole, due.amount)
    due.amount = whole


def at_most(amount, bound):
    """The lesser of the two; what has no data bounds nothing."""
    return bound if bound is not None and compare("<", bound, amount) else amount


# Step 8.


def own_caps(book, found):
    """Caps of the credit: of the line, and of the sum of its lines in a window of the cap."""
    used = {}
    for due in found:
        if due.amount is None:
            continue
        for number_, cap in enumerate(due.credit["caps"]):
            kind = cap["per"]["per"]
            if kind == "window":
                take(due, "cap", bound_of(cap, due.env, due))
            elif kind == "every":
                window = ending(book, cap["per"]["window"], book.end(due.window))
                if window is None:
                    continue
                key = (due.credit["id"], number_, window)
                bound = bound_of(cap, cap_env(book, due, window, cap["per"]["window"]), due)
                take(due, "cap", bound, used.get(key))
                used[key] = due.left if key not in used else add(used[key], due.left)


def bound_of(cap, env, due):
    """A cap is rounded as a line is."""
    bound = value(cap["amount"], env)
    return None if bound is None else rounded(bound)


def take(due, name, bound, used=None):
    """What a cap takes off is a line of its own."""
    if bound is None:
        return
    room = bound if used is None else subtract(bound, used)
    room = Quantity(max(room.amount, Fraction(0)), room.dims)
    if compare(">", due.left, room):
        due.cuts.append((name, subtract(due.left, room)))
        due.left = Quantity(room.amount, due.left.dims)


def ending(book, window, end):
    """The window in which something that ends at `end` ends."""
    if end >= ENDLESS:
        return None
    found = windows(window, book.run.zones, end - 1, end, book.agreement.term)
    return found[0] if found else None


def cap_env(book, due, window, kind):
    """A bound over windows is evaluated in its own window, on the line of the agreement."""
    on_line = book.line(book.agreement.versions[due.place], None, NOW, ())
    frame = inside(window, *on_line.term) or (window[0], window[0])
    low, high = book.agreement.term
    reach = book.run.reach
    sequence = windows(kind, book.run.zones, max(low, window[0] - reach), min(high, window[1] + reach), book.agreement.term)
    return Env(book.run, on_line, window, frame, groups=due.groups, credit=book, sequence=sequence)
