"""Over all credits of an agreement (plan.md, "Credits": stacking, caps of all, minimum payout, earn back).

Credits are of one window if their windows are the same inside the term; less than the minimum is what is due for all that end together.
"""

from fractions import Fraction

from .credits import hold
from .values import Quantity, add, compare, constant


def settle(book, found):
    """What is left of the credits of an agreement; gives the lines that stand for a window as a whole."""
    credits = [due for due in found if due.credit["kind"] == "credit" and due.amount is not None]
    stacking(book, credits)
    counting = [due for due in credits if due.counts]
    caps(book, counting)
    lines = minimum(book, counting)
    return lines, earn_back(book, counting, lines, found)


def version_of(book, due):
    return book.agreement.versions[due.place]["terms"]


def stacking(book, credits):
    """In each group of one window only the highest counts; of equal ones the first."""
    for place, part in sorted({(due.place, book.part(due.window)) for due in credits}):
        here = [due for due in credits if (due.place, book.part(due.window)) == (place, part)]
        for group in version_of(book, here[0])["stacking"]:
            sums = []
            for name in group["credits"]:
                lines = [due for due in here if due.credit["id"] == name]
                if lines:
                    sums.append((sum(due.left.amount for due in lines), lines))
            if sums:
                highest = next(lines for amount, lines in sums if amount == max(amount for amount, _ in sums))
                for _, lines in sums:
                    for due in lines:
                        due.counts = lines is highest


def caps(book, counting):
    """Each of `credit_caps` bounds the sum of the lines whose windows end in one of its windows."""
    most = max((len(version["terms"]["credit_caps"]) for version in book.agreement.versions), default=0)
    for place in range(most):
        for number, due in enumerate(counting):
            all_caps = version_of(book, due)["credit_caps"]
            if place < len(all_caps):
                cap = all_caps[place]
                if of_cap(cap, due):
                    hold(book, due, cap["id"], cap, [each for each in counting[:number] if of_cap(cap, each)])


def of_cap(cap, due):
    """Whether a line is in the currency or unit of a cap."""
    of = cap["of"]
    wanted = ("money", of["currency"]) if of["type"] == "money" else ("unit", of["unit"])
    return wanted == ("money", None) or due.left.dims == ((wanted, 1),)


def minimum(book, counting):
    """What ends together and does not reach the minimum, in its currency or unit, is not paid; it is lost, or added to what ends next."""
    lines, carried = [], None
    by_window = {}
    for due in counting:
        by_window.setdefault(book.end(due.window), []).append(due)
    for key in sorted(by_window):
        here, window = by_window[key], by_window[key][0].window
        rule = version_of(book, here[0])["minimum_payout"]
        if rule is None:
            continue
        least = constant(rule["amount"], None)
        paid = Quantity(Fraction(0), least.dims)
        for due in here:
            if due.left.dims == least.dims:
                paid = add(paid, due.left)
        if carried is not None and carried.amount:
            lines.append((window, "carried", carried))
            paid = add(paid, carried)
        carried = None
        if paid.amount and compare("<" if rule["inclusive"] else "<=", paid, least):
            lines.append((window, "minimum", Quantity(-paid.amount, paid.dims)))
            carried = paid if rule["carried_over"] else None
    return lines


def earn_back(book, counting, lines, found):
    """Lowers the credits of the calendar year in which its window ends, at most to zero."""
    zone = book.agreement.zone
    left = {}
    for due in counting:
        key = (zone.date(book.end(due.window) - 1).year, due.left.dims)
        left[key] = left.get(key, Fraction(0)) + due.left.amount
    for window, _, amount in lines:
        key = (zone.date(book.end(window) - 1).year, amount.dims)
        left[key] = left.get(key, Fraction(0)) + amount.amount
    lines = []
    for due in found:
        if due.credit["kind"] == "earn_back" and due.amount is not None:
            key = (zone.date(book.end(due.window) - 1).year, due.left.dims)
            lowered = min(due.left.amount, left.get(key, Fraction(0)))
            left[key] = left.get(key, Fraction(0)) - lowered
            lines.append((due, Quantity(lowered, due.left.dims)))
    return lines
