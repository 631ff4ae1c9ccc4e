"""What an `expect` of a `test` block says, and whether it holds of what the witness found ("Tests" of the reference).

In: one `expect` as text, the reports of the agreements that are given, the plan. Out: what of it does not hold, as texts.
"""

import datetime
import re
from dataclasses import dataclass
from fractions import Fraction

from witness import blocks
from witness.clock import shift_months
from witness.spans import ENDLESS
from witness.values import parse_instant

VERDICTS = ["not in force", "met", "no data", "pending", "breached"]  # the most severe last
CHECKS = r"met|breached|pending|no data|not in force|value|downtime|no credit|no bonus|no earn back|credit|bonus|earn back|extend|remedy|claim|no terminate|terminate"
WHEN = r"\d{4}(?:-Q\d|-\d\d(?:-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?)?)?"


class Unreadable(Exception):
    """An expectation that this does not know how to ask."""


def split(expect):
    """The subject, the stretch of time, and the checks of an `expect`; what stands in brackets or quotes is no word of it."""
    masked = re.sub(r'"[^"]*"|\([^()]*(?:\([^()]*\)[^()]*)*\)', lambda found: "_" * len(found.group()), expect)
    match = re.match(rf"(?P<subject>.*?)(?:\bin (?P<when>{WHEN})\s+)?(?P<checks>\b(?:{CHECKS})\b.*)$", masked)
    if not match:
        raise Unreadable(f"no check in {expect!r}")
    checks = expect[match.start("checks"):]
    return expect[: match.end("subject")].strip(), match["when"], [part.strip() for part in re.findall(r'(?:[^,"]|"[^"]*")+', checks)]


def dates(when):
    """The first date of a stretch, and the first after it."""
    if re.fullmatch(r"\d{4}", when):
        first = datetime.date(int(when), 1, 1)
        return first, shift_months(first, 12)
    if "Q" in when:
        year, quarter = when.split("-Q")
        first = datetime.date(int(year), int(quarter) * 3 - 2, 1)
        return first, shift_months(first, 3)
    if len(when) == 7:
        first = datetime.date.fromisoformat(when + "-01")
        return first, shift_months(first, 1)
    first = datetime.date.fromisoformat(when[:10])
    return first, first + datetime.timedelta(days=1)


def stretch(when, zone):
    """The instants of a stretch of time; of a time of day that one, twice."""
    if "T" in when:
        at = blocks.instant(("time", when), zone)
        return at, at
    return tuple(zone.instant(date) for date in dates(when))


def interval(pair):
    """An interval of a report; without an end it never ends."""
    low, high = pair
    return -ENDLESS if low is None else parse_instant(low), ENDLESS if high is None else parse_instant(high)


@dataclass
class Asked:
    """One expectation beside what it is asked of."""

    reports: list  # of the agreements
    zone: object
    extent: tuple
    objectives: set  # ids of the one it names; empty if it speaks of whole agreements
    group: list  # of texts, or none
    within: tuple  # the stretch it names, or none
    of_credit: dict  # ids of the objectives of each credit

    def wrong(self, checks):
        self.windows = self.chosen() if self.objectives else [each for each in self.all("windows") if self.ends_within(each)]
        return [f"{check}: {found}" for check in checks if (found := self.check(check))]

    def all(self, what):
        return [each for report in self.reports for each in report[what]]

    def ends_within(self, each):
        """Whether the last instant inside the term lies in the stretch that is named."""
        if self.within is None:
            return True
        low, high = interval(each["inside"])
        if self.within[0] == self.within[1]:
            return low <= self.within[0] < high
        return self.within[0] <= high - 1 < self.within[1]

    def fits_group(self, each):
        return self.group is None or each["group"] == self.group

    def chosen(self):
        """The windows of the objective that are meant, one for each of its groups."""
        mine = [each for each in self.all("windows") if each["objective"] in self.objectives and self.fits_group(each)]
        for test in self.choices():
            found = [each for each in mine if test(each)]
            if found and (self.within or len({tuple(each["window"]) for each in found}) == 1):
                if len({tuple(each["window"]) for each in found}) > 1:
                    raise Unreadable("several windows are meant")
                return found
        if mine and not self.within:
            raise Unreadable("several windows lie in the extent")
        return []

    def choices(self):
        """The window that the stretch is; one inside it; the one that holds its first instant; one that ends in it. If none is named, the only
        one there is, or the only one that ends in the extent, or the only one of these that is decided."""
        if self.within is None:
            def ends(each):
                return self.extent[0] < interval(each["inside"])[1] <= self.extent[1]

            return [
                lambda each: True, ends,
                lambda each: ends(each) and each["verdict"] not in ("pending", "not in force"),
            ]
        low, high = self.within
        return [
            lambda each: interval(each["window"]) == (low, high),
            lambda each: low < high and low <= interval(each["window"])[0] and interval(each["window"])[1] <= high,
            lambda each: interval(each["window"])[0] <= low < interval(each["window"])[1],
            lambda each: low < interval(each["window"])[1] <= high,
        ]

    def mine(self, each):
        """Whether a line, remedy or claim belongs to what is spoken of."""
        if not self.objectives:
            return self.ends_within(each)
        of = self.of_credit[each["credit"]] if "credit" in each else {each["objective"]}
        group = self.group is None or not each["group"] or each["group"] == self.group
        return group and bool(of & self.objectives) and any(window["window"] == each["window"] for window in self.windows)

    def check(self, part):
        """What is wrong with one check; nothing if it holds."""
        if part in VERDICTS:
            return self.verdict(part)
        word, _, rest = part.partition(" ")
        if word == "value":
            return self.each(lambda each: None if fits(each["value"], rest) else shown(each["value"]))
        if word == "downtime":
            return self.each(lambda each: None if each["down"] is not None and Fraction(each["down"]) == amount(rest) else shown(each["down"]))
        if part in ("no credit", "no bonus", "no earn back"):
            found = self.due(part[3:].replace(" ", "_"), None, None)
            return f"{found} is due" if found else None
        if match := re.fullmatch(r"(credit|bonus|earn back) (?:([\w.]+) )?(-?\d[\d_.]*) (\w+)", part):
            kind, name, wanted, unit = match.groups()
            found = self.due(kind.replace(" ", "_"), name, unit)
            return None if found == blocks.number(wanted) else f"it is {float(found)}"
        if match := re.fullmatch(r"extend (\d+) (\w+?)s?", part):
            return self.remedy([{"extend": f"{match[1]} {match[2]}"}, {"extend_by": int(match[1]) * blocks.LENGTHS.get(match[2], 0)}])
        if match := re.fullmatch(r'remedy "(.*)"', part):
            return self.remedy([{"text": match[1]}])
        if match := re.fullmatch(rf"claim (?:(\w+) )?by ({WHEN})", part):
            return self.claim(match[1], match[2])
        if match := re.fullmatch(rf"(no )?terminate(?: (?!by\b)(\w+))?(?: by ({WHEN}))?", part):
            return self.right(match[1] is None, match[2], match[3])
        raise Unreadable(f"the check {part!r}")

    def right(self, wanted, name, by):
        """A right to terminate that arose, by its name and the last day on which it can be used."""
        rights = [each for each in self.all("terminations") if self.ends_within({"inside": [None, each["arises"]]})]
        rights = [each for each in rights if name in (None, each["termination"].split("/")[-1])]
        if by:
            rights = [each for each in rights if each["until"] and self.ends_by(parse_instant(each["until"]), by)]
        return None if bool(rights) == wanted else f"there is {rights or 'no such right'}"

    def ends_by(self, until, by):
        """Whether a right that ends at an instant can be used up to the end of a stretch."""
        if "T" in by:
            return until == blocks.instant(("time", by), self.zone)
        return self.zone.date(until - 1) == dates(by)[1] - datetime.timedelta(days=1)

    def verdict(self, wanted):
        found = max((each["verdict"] for each in self.windows), key=VERDICTS.index, default="not in force")
        return None if found == wanted else f"it is {found}"

    def each(self, wrong):
        """A value must hold for each group."""
        if not self.windows:
            return "there is no such window"
        return next((f"it is {found}" for found in map(wrong, self.windows) if found is not None), None)

    def due(self, kind, name, unit):
        """One credit, or those of one objective, by themselves within their own caps; of an agreement what is due in all."""
        alone = bool(name or self.objectives)
        total = Fraction(0)
        for line in filter(self.mine, self.all("credits")):
            if line["kind"] == kind and line["amount"] and unit in (None, line["amount"][1]) and name in (None, line["credit"].split("/")[-1]):
                if alone:
                    own = [Fraction(taken[0]) for cap, taken in line["caps"] if cap == "cap"]
                    total += Fraction(line["amount"][0]) - sum(own)
                elif line["counts"] and kind != "earn_back":
                    total += Fraction(line["left"][0])
        if alone or kind == "bonus":
            return total
        earned = self.amounts("earned_back", unit)
        if kind == "earn_back":
            return earned
        return total + self.amounts("payouts", unit) - earned

    def amounts(self, what, unit):
        """The sum of what stands for a window as a whole, in one currency or unit."""
        found = [each for each in self.all(what) if self.ends_within(each) and unit in (None, each["amount"][1])]
        return sum((Fraction(each["amount"][0]) for each in found), Fraction(0))

    def remedy(self, wanted):
        found = [remedy for line in filter(self.mine, self.all("credits")) for remedy in line["remedies"]]
        return None if any(each in found for each in wanted) else f"there is {found}"

    def claim(self, name, when):
        """The day a claim ends on; of a time or a longer stretch the instant at which it is over."""
        found = [each for each in self.all("claims") if self.mine(each) and name in (None, each["claim"].split("/")[-1])]
        if len(when) == 10:
            fits_ = any(self.zone.date(parse_instant(each["by"]) - 1).isoformat() == when for each in found)
        else:
            fits_ = any(parse_instant(each["by"]) == stretch(when, self.zone)[1] for each in found)
        return None if fits_ else f"there is {[each['by'] for each in found]}"


def spoilt(check):
    """A check that does not hold if this one does."""
    if check in VERDICTS:
        return "met" if check != "met" else "breached"
    if check.startswith("no terminate"):
        return check[3:]
    if check.startswith("terminate"):
        return re.sub(rf"by {WHEN}", "by 1999-01-01", check) if " by " in check else f"no {check}"
    if check.startswith("no "):
        return check[3:] + " 987654 EUR"
    if check.startswith("remedy"):
        return 'remedy "nothing of the kind"'
    if check.startswith("claim"):
        return re.sub(rf"by {WHEN}", "by 1999-01-01", check)
    spoiling = iter(["987654", "987655"]) if ".." in check else iter(["987654"])
    return re.sub(r"(?<!\w)\d[\d_.]*\d|(?<![\w.])\d", lambda number: next(spoiling, number.group()), check)


def shown(value):
    return "none" if value is None else str(value)


def amount(text):
    """A number, quantity or fraction, in base units."""
    odds = re.fullmatch(r"([\d_]+) in ([\d_]+)", text.strip())
    if odds:
        return blocks.number(odds[1]) / blocks.number(odds[2])
    return Fraction(blocks.Reader(blocks.tokens(text.strip()), None).value()[1])


def fits(value, wanted):
    """Whether a value is the one that is expected, or lies in the range, both ends included."""
    if value is None or wanted is None:
        return value is None and wanted is None
    if not isinstance(value, (str, int, Fraction)) or isinstance(value, bool):
        return str(value).lower() == wanted
    low, _, high = wanted.partition("..")
    return amount(low) <= Fraction(value) <= amount(high or low)
