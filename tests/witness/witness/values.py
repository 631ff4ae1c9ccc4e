"""Values (plan.md, "Values").

In: constants and columns as the plan and the rows write them. Out: exact values that can be computed with.
No data and "unknown" are `None`. Texts, choices, services and parties are plain strings, dates `datetime.date`.
"""

import datetime
import math
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

INFINITE = math.inf


class Stop(Exception):
    """What the page says stops an evaluation."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact amount in base units; `dims` are (base, power) pairs in order of their names."""

    amount: object
    dims: tuple = ()


@dataclass(frozen=True, slots=True)
class Instant:
    """Nanoseconds since 1970-01-01T00:00:00Z."""

    ns: int


@dataclass(frozen=True, slots=True)
class Severity:
    """The most severe has the least rank."""

    rank: int
    name: str


NS = (("ns", 1),)
ONE = Quantity(Fraction(1))


@lru_cache(maxsize=4096)
def whole(amount):
    return Quantity(Fraction(amount))


def number(amount):
    return whole(amount) if isinstance(amount, int) else Quantity(Fraction(amount))


def duration(ns):
    return Quantity(ns if ns == INFINITE else Fraction(ns), NS)


def money(amount, currency):
    return Quantity(Fraction(amount), ((("money", currency), 1),))


@lru_cache(maxsize=65536)
def parse_instant(text):
    """An `Instant`: RFC 3339 in UTC, any number of decimals."""
    match = re.fullmatch(r"(\d+)-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?Z", text)
    if not match:
        raise ValueError(f"not an instant: {text}")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    days = datetime.date(year, month, day).toordinal() - datetime.date(1970, 1, 1).toordinal()
    seconds = days * 86400 + hour * 3600 + minute * 60 + second
    return seconds * 10**9 + int((match.group(7) or "0").ljust(9, "0")[:9])


def write_instant(ns):
    seconds, rest = divmod(ns, 10**9)
    days, clock = divmod(seconds, 86400)
    date = datetime.date.fromordinal(days + datetime.date(1970, 1, 1).toordinal())
    text = f"{date.isoformat()}T{clock // 3600:02}:{clock // 60 % 60:02}:{clock % 60:02}"
    if rest:
        text += "." + f"{rest:09}".rstrip("0")
    return text + "Z"


def write_number(amount):
    """The shortest decimal where one is exact, else a fraction in lowest terms."""
    if amount == INFINITE:
        return "infinite"
    amount = Fraction(amount)
    rest, twos, fives = amount.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return f"{amount.numerator}/{amount.denominator}"
    places = max(twos, fives)
    digits = str(abs(amount.numerator) * 10**places // amount.denominator).rjust(places + 1, "0")
    text = digits[: len(digits) - places] + ("." + digits[len(digits) - places :] if places else "")
    return ("-" if amount < 0 else "") + text


def constant(value, ranks):
    """A `Value` of the plan; `ranks` gives each severity its place."""
    kind = value["type"]
    if kind == "number":
        return number(value["value"])
    if kind == "duration":
        return duration(value["nanoseconds"])
    if kind == "money":
        return money(value["amount"], value["currency"])
    if kind == "data":
        return Quantity(Fraction(value["bits"]), (("bit", 1),))
    if kind == "count":
        return Quantity(Fraction(value["amount"]), ((("unit", value["unit"]), 1),))
    if kind == "rate":
        return divide(constant(value["amount"], ranks), duration(value["per"]["nanoseconds"]))
    if kind == "time":
        return Instant(parse_instant(value["value"]["instant"]))
    if kind == "date":
        return datetime.date.fromisoformat(value["value"])
    if kind == "severity":
        return Severity(ranks[value["value"]], value["value"])
    return value["value"]


def dims_of(kind):
    """The dimensions of a `Type`."""
    name = kind["type"]
    if name == "duration":
        return NS
    if name == "money":
        return ((("money", kind["currency"]), 1),)
    if name == "data":
        return (("bit", 1),)
    if name == "count":
        return ((("unit", kind["unit"]), 1),)
    if name == "compound":
        return tuple(sorted(((base_of(factor), factor["power"]) for factor in kind["factors"]), key=str))
    return ()


def base_of(factor):
    base = factor["base"]
    if isinstance(base, dict):
        return base_of(base)
    if base == "duration":
        return "ns"
    if base == "data":
        return "bit"
    if base == "money":
        return ("money", factor["currency"])
    return ("unit", factor["unit"])


def column(text, kind, ranks):
    """A value of a row, in the plain form that `data.py` describes."""
    name = kind["type"]
    if text is None:
        return None
    if name in ("text", "boolean", "choice", "service", "party"):
        return text
    if name == "time":
        return Instant(parse_instant(text))
    if name == "date":
        return datetime.date.fromisoformat(text)
    if name == "severity":
        return Severity(ranks.get(text, -1), text)  # a plan whose agreements name no severity lists none
    if name == "money":
        if isinstance(text, dict):
            return money(text["amount"], text["currency"])
        return money(str(text), kind["currency"])
    return Quantity(Fraction(str(text)), dims_of(kind))


def merge(left, right, sign):
    """Dimensions multiply (`sign` 1) and divide (-1)."""
    powers = dict(left)
    for base, power in right:
        powers[base] = powers.get(base, 0) + sign * power
    return tuple(sorted(((base, power) for base, power in powers.items() if power), key=str))


def finite(amount):
    """Verdicts 5: what is greater than any duration, or exact, or no data where it has no meaning."""
    if isinstance(amount, float) and amount != INFINITE:
        return None
    return amount


def multiply(left, right):
    dims = left.dims if not right.dims else right.dims if not left.dims else merge(left.dims, right.dims, 1)
    amount = finite(left.amount * right.amount)
    return None if amount is None else Quantity(amount, dims)


def divide(left, right):
    if right.amount in (0, INFINITE):
        return None
    amount = finite(left.amount / right.amount)
    return None if amount is None else Quantity(amount, merge(left.dims, right.dims, -1))


def same_dims(left, right):
    """Two currencies that meet stop the evaluation; a zero without currency goes with any."""
    if left.dims == right.dims:
        return left.dims
    if left.amount == 0 and (("money", None), 1) in left.dims:
        return right.dims
    if right.amount == 0 and (("money", None), 1) in right.dims:
        return left.dims
    raise Stop(f"quantities of two dimensions meet: {left.dims} and {right.dims}")


def add(left, right):
    """Sums; a time plus a duration is a time, to whole nanoseconds downwards."""
    if isinstance(left, Instant):
        return later(left, right.amount)
    if isinstance(right, Instant):
        return later(right, left.amount)
    return Quantity(left.amount + right.amount, same_dims(left, right))


def subtract(left, right):
    """Differences; time less time is a duration."""
    if isinstance(left, Instant):
        if isinstance(right, Instant):
            return duration(left.ns - right.ns)
        return later(left, -right.amount)
    amount = finite(left.amount - right.amount)
    return None if amount is None else Quantity(amount, same_dims(left, right))


def later(instant, amount):
    return None if abs(amount) == INFINITE else Instant(math.floor(instant.ns + amount))


def key(value):
    """What two values of one type are ordered by."""
    if isinstance(value, Quantity):
        return value.amount
    if isinstance(value, Instant):
        return value.ns
    if isinstance(value, Severity):
        return value.rank
    return value


def compare(relation, left, right):
    if isinstance(left, Quantity) and isinstance(right, Quantity):
        same_dims(left, right)
    left, right = key(left), key(right)
    if relation == "==":
        return left == right
    if relation == "!=":
        return left != right
    if relation == "<":
        return left < right
    if relation == "<=":
        return left <= right
    if relation == ">":
        return left > right
    if relation == ">=":
        return left >= right
    raise ValueError(relation)


MINOR = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(),
    3: "BHD IQD JOD KWD LYD OMR TND".split(),
    4: "CLF UYW".split(),
}


def minor_digits(currency):
    """How many decimals the minor unit of a currency has (ISO 4217)."""
    return next((digits for digits, names in MINOR.items() if currency in names), 2)


def currency_of(value):
    """The currency of money, else `None`."""
    for base, _ in value.dims:
        if isinstance(base, tuple) and base[0] == "money":
            return base[1]
    return None


def half_up(amount, step):
    """The multiple of `step` nearest to `amount`; from halfway the greater."""
    return math.floor(amount / step + Fraction(1, 2)) * step


def rounded(value, whole):
    """Credits 6: once, half up, to the minor unit, or to whole numbers of a unit without parts; other counts are not rounded."""
    currency = currency_of(value)
    if currency is None:
        return Quantity(half_up(value.amount, Fraction(1)), value.dims) if value.dims in whole else value
    return Quantity(half_up(value.amount, Fraction(1, 10 ** minor_digits(currency))), value.dims)


def least_zero(value):
    return value if value.amount > 0 else Quantity(Fraction(0), value.dims)
