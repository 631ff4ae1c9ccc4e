"""Credits (plan.md, "Credits"): one credit in one window, and its own caps."""

import math
from dataclasses import dataclass, field, replace
from fractions import Fraction

from . import facts
from .clock import add_period
from .data import NOW
from .engine import Env
from .expressions import value
from .measured import reads
from .objectives import bad_rows, env_of
from .spans import ENDLESS
from .values import INFINITE, Quantity, add, compare, divide, multiply, number, rounded, subtract
from .windows import inside, known, windows


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
            windows = {window for name in credit["objectives"] for window, at in book.sequence(name) if at == place and book.over(window)}
            for window in sorted(windows):
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
    for due in found:
        if due.amount is not None:
            due.amount = due.left = rounded(due.amount, book.run.whole)
    if credit["groups"] == "worst" and found:
        found = worst(book, found)
    for due in found:
        if due.amount is not None and due.amount.amount == 0:
            due.amount = due.left = None
    return [due for due in found if due.remedies or due.amount is not None]


def worst(book, found):
    """Step 7: the greatest line among the groups, the longest extension, and each text, once; of equal ones the first."""
    kept = []
    money = [due for due in found if due.amount is not None]
    if money:
        kept.append(replace(max(money, key=lambda due: due.amount.amount), remedies=[]))
    one_each = [replace(due, amount=None, left=None, remedies=[each]) for due in found for each in due.remedies]
    longer = [due for due in one_each if "text" not in due.remedies[0]]
    if longer:
        kept.append(max(longer, key=lambda due: length_of(book, due)))
    for due in one_each:
        if "text" in due.remedies[0] and due.remedies not in [other.remedies for other in kept]:
            kept.append(due)
    return kept


def length_of(book, due):
    """How long an extension is, counted from the end of the window."""
    extension = due.remedies[0]
    if "extend_by" in extension:
        return Fraction(extension["extend_by"])
    count, unit = extension["extend"].split()
    end = book.end(due.window)
    return add_period(book.agreement.zone, end, {"count": int(count), "unit": unit}) - end


def credit_groups(book, place, credit):
    """The groups of its objectives, each once; none if none of them has any."""
    found = {}
    for name in credit["objectives"]:
        for groups in book.groups(name, place):
            if groups:
                found.setdefault(frozenset((group.key, group.value) for group in groups), groups)
    return list(found.values()) or [()]


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
            continue
        found = amount if found is None else add(found, amount)
    return found


def steps(step, env):
    measured, start, unit = (value(step[name], env) for name in ("value", "from", "unit"))
    if None in (measured, start, unit):
        return None
    ahead = subtract(measured, start) if step["toward"] == "greater" else subtract(start, measured)
    found = None if ahead is None else divide(ahead, unit)
    if found is None:
        return None
    count = max(found.amount, Fraction(0))
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
    lines = [due for due in found if due.amount is not None]
    for name in sorted({due.credit["id"] for due in lines}):
        own = [due for due in lines if due.credit["id"] == name]
        for number_ in range(max(len(due.credit["caps"]) for due in own)):
            for place, due in enumerate(own):
                if number_ < len(due.credit["caps"]):
                    own_cap(book, due, due.credit["caps"][number_], own[:place])


def own_cap(book, due, cap, before):
    kind = cap["per"]["per"]
    if kind == "window":
        take(due, "cap", bound_of(cap, line_env(book, due)))
    elif kind in ("every", "trailing"):
        hold(book, due, "cap", cap, before)


def hold(book, due, name, cap, before):
    """Holds a line to a cap over windows; those before it that end in the same window, of whatever version, count."""
    window = ending(book, cap["per"], book.end(due.window))
    if window is None:
        return
    bound = bound_of(cap, cap_env(book, due, window, cap["per"]))
    used = [each.left for each in before if window[0] < book.end(each.window) <= window[1]]
    take(due, name, bound, total(used))


def total(amounts):
    found = None
    for amount in amounts:
        found = amount if found is None else add(found, amount)
    return found


def line_env(book, due):
    """A bound of one line is evaluated on the line of the agreement, in the window of the line, for its group."""
    window, groups = due.window, due.groups
    on_line = book.line(book.agreement.versions[due.place], None, NOW, ())
    frame = inside(window, *on_line.term) or (window[0], window[0])
    sequence = book.of_term(due.env)
    return Env(book.run, on_line, window, frame, groups=groups, credit=book, sequence=sequence)


def bound_of(cap, env):
    """A cap is rounded as a line is."""
    bound = value(cap["amount"], env)
    return None if bound is None else rounded(bound, env.run.whole)


def take(due, name, bound, used=None):
    """What a cap takes off is a line of its own."""
    if bound is None:
        return
    room = bound if used is None else subtract(bound, used)
    room = Quantity(max(room.amount, Fraction(0)), room.dims)
    if compare(">", due.left, room):
        due.cuts.append((name, subtract(due.left, room)))
        due.left = Quantity(room.amount, due.left.dims)


def ending(book, per, end):
    """The window of a cap in which something that ends at `end` ends."""
    if end >= ENDLESS:
        return None
    if per["per"] == "trailing":
        return trailing(book, per, end, 0)
    found = windows(per["window"], book.run.zones, end - 1, end, book.agreement.term)
    return found[0] if found else None


def trailing(book, per, end, times):
    """The part inside the term of the window that lasts `length` and ends `times` lengths after `end`."""
    zone = book.run.zones[per["zone"]]
    start, end = (end if not n else known(add_period, zone, end, per["length"], n) for n in (times - 1, times))
    if end is None:
        return None
    term = book.agreement.term
    return inside((term[0] if start is None else start, end), *term)


def cap_env(book, due, window, per):
    """A bound over windows is evaluated in its own window, on the line of the agreement."""
    on_line = book.line(book.agreement.versions[due.place], None, NOW, ())
    frame = inside(window, *on_line.term) or (window[0], window[0])
    return Env(book.run, on_line, window, frame, credit=book, sequence=cap_windows(book, due, window, per))


def cap_windows(book, due, window, per):
    """The windows of a cap around one of them, in order of time."""
    low, high = book.agreement.term
    reach = book.run.reach
    low, high = max(low, window[0] - reach), min(high, window[1] + reach)
    if per["per"] == "every":
        return windows(per["window"], book.run.zones, low, high, book.agreement.term)
    found, times = [window], -1
    while found[0][0] > low and (each := trailing(book, per, book.end(due.window), times)):
        found.insert(0, each)
        times -= 1
    times = 1
    while found[-1][1] < high and (each := trailing(book, per, book.end(due.window), times)):
        found.append(each)
        times += 1
    return found
