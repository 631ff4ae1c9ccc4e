"""What is asked, and how each side answers: a contract, and the best SQL we could write for the same figure.

`sql` answers from one scan of the file. Its answer must be exactly that of the contract; where SQL computes in binary floats (the mean of
slots), `exact` asks for the counts behind it, outside of the time that is measured, and the floats must lie within 1e-12 of it.
"""

from collections import namedtuple
from fractions import Fraction

from data import SLOTS, START

Question = namedtuple("Question", "name objective contract columns sql exact")

TYPES = {"at": "TIMESTAMPTZ", "status": "SMALLINT", "latency_ms": "DECIMAL(9, 3)", "region": "VARCHAR", "customer": "VARCHAR"}
MONTH = "\"at\" >= TIMESTAMPTZ '2026-03-01T00:00:00Z' AND \"at\" < TIMESTAMPTZ '2026-04-01T00:00:00Z'"
SLOT = f"(epoch_us(\"at\") - {START * 1_000}) // 300000000"
COUNTS = f"SELECT {SLOT} AS slot, count(*) AS n, count(*) FILTER (status < 500) AS good FROM {{rows}} WHERE {MONTH} GROUP BY slot"
RUNS = f"""
WITH slots AS ({COUNTS}),
bad AS (SELECT slot - row_number() OVER (ORDER BY slot) AS run FROM slots WHERE (n - good) * 20 > n)
SELECT coalesce(sum(n), 0) * 300 FROM (SELECT count(*) AS n FROM bad GROUP BY run HAVING count(*) >= 2)"""


def rows_of(path):
    """The table function that reads a file, with explicit types for CSV."""
    if str(path).endswith(".csv"):
        columns = ", ".join(f"'{name}': '{of}'" for name, of in TYPES.items())
        return f"read_csv('{path}', header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', columns = {{{columns}}})"
    return f"read_parquet('{path}')"


def one(rows):
    return Fraction(rows[0][0])


def ratio(rows):
    return Fraction(rows[0][0], rows[0][1])


def milliseconds(rows):
    return Fraction(str(rows[0][0])) * 1_000_000


def by_name(rows):
    return {name: Fraction(good, n) for name, good, n in rows}


def seconds(rows):
    return Fraction(int(rows[0][0])) * 1_000_000_000


def mean_of_slots(rows):
    return (sum(Fraction(good, n) for _, n, good in rows) + SLOTS - len(rows)) / SLOTS


def percentile(name, objective, fraction):
    sql = f"SELECT quantile_disc(latency_ms, {fraction}) FROM {{rows}} WHERE {MONTH}"
    return Question(name, objective, "percentile", ("latency_ms",), (sql, milliseconds), None)


SHARE = Question("share of good requests", "Good", "share", ("status",),
                 (f"SELECT count(*) FILTER (status < 500), count(*) FROM {{rows}} WHERE {MONTH}", ratio), None)
P95 = percentile("95th percentile of the latency", "Fast", 0.95)
REGIONS = Question("share of each region", "Good", "regions", ("status", "region"),
                   (f"SELECT region, count(*) FILTER (status < 500), count(*) FROM {{rows}} WHERE {MONTH} GROUP BY region", by_name), None)
MEAN = Question("mean of five-minute slots", "Slots", "slots", ("status",),
                (f"SELECT (sum(good / n) + {SLOTS} - count(*)) / {SLOTS} FROM ({COUNTS})", one), (COUNTS, mean_of_slots))
DOWN = Question("runs of bad slots", "Down", "runs", ("status",), (RUNS, seconds), None)

EACH = [SHARE, P95, REGIONS, MEAN, DOWN]
TEN = [
    SHARE, P95, REGIONS._replace(objective="Regions"), MEAN, DOWN,
    percentile("median", "Median", 0.5), percentile("99th percentile", "Tail", 0.99),
    SHARE._replace(objective="Quick", sql=(f"SELECT count(*) FILTER (latency_ms <= 400), count(*) FROM {{rows}} WHERE {MONTH}", ratio)),
    P95._replace(objective="Worst", sql=(f"SELECT max(latency_ms) FROM {{rows}} WHERE {MONTH}", milliseconds)),
    SHARE._replace(objective="Failures", sql=(f"SELECT count(*) FROM {{rows}} WHERE status >= 500 AND {MONTH}", one)),
]


def differs(ours, theirs):
    """What is different between two answers; `None` if they are the same. Floats may differ in their last digits."""
    if isinstance(theirs, dict):
        return None if ours == theirs else f"{ours} and {theirs}"
    ours = ours if isinstance(ours, Fraction) else next(iter(ours.values()))
    return None if ours == theirs else f"{ours} and {theirs}"
