"""The data of the comparison: the same bytes every time, from the numbers of the rows alone.

`requests`: March 2026, busy by day and quiet by night, in order of time; 0.02% fail anywhere, far more in some stretches of five-minute
slots. `tickets` and `waits`: the year 2026 of a service desk. Nothing is drawn from a library's random numbers, whose next version may
draw others: a row's values are digits of a hash of its number.
"""

from pathlib import Path
from statistics import NormalDist

START = 1_772_323_200_000  # 2026-03-01T00:00:00Z in milliseconds
DAYS = 31
DAY = 86_400_000
SLOT = 300_000
SLOTS = DAYS * DAY // SLOT
CUSTOMERS = 1_000
# More rows than these are written as Parquet alone.
MOST_AS_TEXT = 20_000_000

# How busy each hour of the day is.
HOURS = (12, 8, 6, 5, 5, 8, 15, 30, 52, 66, 70, 72, 68, 70, 74, 72, 66, 60, 55, 52, 48, 38, 28, 18)
# Stretches of bad slots: the first, how many, and how many of a thousand requests fail.
BAD = ((130, 1, 80), (702, 3, 120), (1_500, 2, 51), (1_502, 1, 49), (2_118, 12, 400), (2_950, 1, 900), (3_333, 2, 60), (4_400, 5, 200),
       (5_001, 1, 55), (5_003, 1, 55), (6_240, 24, 75), (7_777, 2, 1_000), (8_900, 4, 300))


def day_quantiles():
    """At which millisecond of the day each 1,440th of its requests has come."""
    total, steps = sum(HOURS), len(HOURS) * 60
    ends, hour, before = [], 0, 0
    for step in range(steps + 1):
        weight = step * total
        while hour < 23 and weight > (before + HOURS[hour]) * steps:
            before += HOURS[hour]
            hour += 1
        ends.append(hour * 3_600_000 + (weight - before * steps) * 3_600_000 // (HOURS[hour] * steps))
    return ends


def latency_quantiles():
    """Microseconds at each thousandth: log-normal around 80 ms, and a long tail."""
    normal = NormalDist(0, 1)
    body = [round(80_000 * 2.718281828 ** (0.7 * normal.inv_cdf((k + 0.5) / 1_001))) for k in range(1_001)]
    return [value + (0 if k < 990 else (k - 990) ** 3 * 2_000) for k, value in enumerate(body)]


def failures():
    """How many of a hundred thousand requests fail in each slot."""
    slots = [20] * SLOTS
    for first, count, permille in BAD:
        slots[first:first + count] = [permille * 100] * count
    return slots


def requests_sql(rows):
    """A query that yields the rows. `h` is a hash of the row's number, cut into independent digits."""
    share = f"(i * {DAYS * 1_440_000} // {rows})"
    return f"""
    WITH numbered AS (
      SELECT i, {share} AS part, md5_number_lower(i::VARCHAR) AS h, md5_number_upper(i::VARCHAR) AS g FROM range({rows}) t(i)
    ), timed AS (
      SELECT h, g, {START} + part // 1440000 * {DAY}
        + {day_quantiles()}[part % 1440000 // 1000 + 1]
        + ({day_quantiles()}[part % 1440000 // 1000 + 2] - {day_quantiles()}[part % 1440000 // 1000 + 1]) * (part % 1000) // 1000 AS ms
      FROM numbered
    )
    SELECT make_timestamp((ms * 1000)::BIGINT) AS "at",
      CASE WHEN (h % 100000)::INTEGER < {failures()}[(ms - {START}) // {SLOT} + 1]
           THEN CASE WHEN h // 100000 % 4 = 0 THEN 500 ELSE 503 END
           ELSE CASE (h // 100000 % 40)::INTEGER WHEN 0 THEN 404 WHEN 1 THEN 304 WHEN 2 THEN 201 ELSE 200 END END::SMALLINT AS status,
      (({latency_quantiles()}[(h // 4000000 % 1000)::INTEGER + 1] + (h // 4000000000 % 1000)::INTEGER) / 1000)::DECIMAL(9, 3) AS latency_ms,
      ['eu_west', 'eu_west', 'eu_west', 'eu_central', 'eu_central', 'us_east', 'us_east', 'asia'][(g % 8)::INTEGER + 1] AS region,
      printf('C%04d', ((g // 8 % {CUSTOMERS})::INTEGER * (g // 8000 % {CUSTOMERS})::INTEGER // {CUSTOMERS})) AS customer
    FROM timed"""


def requests(connection, rows, folder):
    """Writes the requests as Parquet and CSV, unless they are there; comes back with their paths."""
    paths = {form: Path(folder) / f"requests-{rows}.{form}" for form in ("parquet", "csv")}
    parquet = f"SELECT \"at\" AT TIME ZONE 'UTC' AS \"at\", * EXCLUDE (\"at\") FROM ({requests_sql(rows)})"
    write(connection, parquet, paths["parquet"], "FORMAT parquet, COMPRESSION zstd")
    if rows > MOST_AS_TEXT:
        del paths["csv"]
        return paths
    csv = f"SELECT strftime(\"at\" AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%gZ') AS \"at\", * EXCLUDE (\"at\") FROM '{paths['parquet']}'"
    write(connection, csv, paths["csv"], "FORMAT csv, HEADER")
    return paths


def write(connection, query, path, form):
    """Writes what a query yields, whole or not at all."""
    if not path.exists():
        part = path.with_suffix(path.suffix + ".part")
        connection.execute(f"COPY ({query}) TO '{part}' ({form})")
        part.rename(path)


YEAR = 1_767_222_000  # 2026-01-01T00:00 in Berlin
DECEMBER = YEAR + 365 * 86_400


def hashed(numpy, count, salt):
    """Splitmix64 of the numbers from 0 on."""
    n = numpy
    with n.errstate(over="ignore"):
        z = (n.arange(count, dtype=n.uint64) + n.uint64(salt * 1_000_003 + 1)) * n.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> n.uint64(30))) * n.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> n.uint64(27))) * n.uint64(0x94D049BB133111EB)
    return z ^ (z >> n.uint64(31))


def tickets(rows, folder):
    """Writes tickets and waits as CSV, unless they are there; comes back with their paths."""
    paths = {name: Path(folder) / f"{name}-{rows}.csv" for name in ("tickets", "waits")}
    if all(path.exists() for path in paths.values()):
        return paths
    import numpy as n
    import pandas

    digit = lambda salt, below: (hashed(n, rows, salt) % n.uint64(below)).astype(n.int64)
    start = YEAR + n.arange(rows) * (365 * 86_400) // rows + digit(1, max(1, 365 * 86_400 // rows))
    grave = digit(2, 20)
    severity = n.select([grave < 1, grave < 4, grave < 13], [1, 2, 3], 4)
    # Minutes to the first answer and from there to the solution, with long tails.
    tail = lambda salt: 1 + digit(salt, 1_000) ** 4 // 10 ** 9
    answer = (2 + digit(3, 20) * severity ** 2 * tail(4) // 60) * 60 + digit(5, 60)
    solve = (10 + digit(6, 60) * severity ** 2 * tail(7) // 30) * 60 + digit(8, 60)
    responded, resolved = start + answer, start + answer + solve
    # Two in a hundred were closed without an answer; what would lie in the next year is open.
    silent, is_open = digit(9, 50) == 0, resolved >= DECEMBER
    closed = resolved + digit(10, 3_600)
    stamp = lambda seconds, absent: pandas.Series(pandas.to_datetime(seconds, unit="s")).dt.strftime("%Y-%m-%dT%H:%M:%SZ").mask(absent)
    ids = pandas.Series([f"T-{number}" for number in range(rows)])
    frame = pandas.DataFrame({
        "start": stamp(start, n.zeros(rows, bool)), "end": stamp(closed, is_open), "id": ids,
        "severity": pandas.Series(severity).map({k: f"P{k}" for k in range(1, 5)}),
        "responded": stamp(responded, silent | (responded >= DECEMBER)), "resolved": stamp(resolved, is_open),
    })
    waits = []
    for number in range(2):
        chosen = digit(20 + number, 3) == 0
        begin = start + digit(30 + number, 1_000) * (resolved - start) // 1_000
        end = begin + 60 + digit(40 + number, 1_000) * (resolved - start) // 2_000
        chosen &= end < DECEMBER
        none = n.zeros(int(chosen.sum()), bool)
        waits.append(pandas.DataFrame({"start": stamp(begin[chosen], none), "end": stamp(end[chosen], none), "ticket": ids[chosen].to_numpy()}))
    for name, data in (("tickets", frame), ("waits", pandas.concat(waits))):
        part = paths[name].with_suffix(".part")
        data.to_csv(part, index=False, lineterminator="\n")
        part.rename(paths[name])
    return paths
