#!/usr/bin/env python3
"""`sla run` beside DuckDB and pandas: whole process by whole process, the same answers, ratios as a table.

    python3 benches/compare/run.py                    # ten million requests, a million tickets
    python3 benches/compare/run.py --rows 200000      # a quick look
    python3 benches/compare/run.py --large            # 1, 10 and 100 million rows of Parquet, with peak memory

It makes a virtual environment and the data below `target/compare` once, and builds the release binary unless `--sla` names one. The sides take turns;
what is shown are medians, and the ratio of the two. Every answer is compared, exactly: shares as fractions, latencies as decimals. `duckdb`
without its start is what DuckDB itself says it took, without the interpreter around it: the second ratio is against that.
"""

import argparse
import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORK = ROOT / "target" / "compare"
CONTRACTS = HERE / "contracts"


def environment():
    """Starts again inside the virtual environment, which is made if there is none."""
    python = WORK / "venv" / "bin" / "python3"
    wanted = (HERE / "requirements.txt").read_text()
    stamp = WORK / "venv" / "requirements.txt"
    if not stamp.exists() or stamp.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", WORK / "venv"], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", HERE / "requirements.txt"], check=True)
        stamp.write_text(wanted)
    if Path(sys.prefix) != WORK / "venv":
        os.execv(python, [str(python), __file__, *sys.argv[1:]])


class Spent:
    """What a process took, and said."""

    def __init__(self, command, threads=None):
        own = {} if threads is None else {"RAYON_NUM_THREADS": str(threads), "COMPARE_THREADS": str(threads)}
        output = WORK / "output.json"
        words = [sys.executable, "-S", HERE / "measure.py", output, *command]
        took = json.loads(subprocess.run([str(word) for word in words], env=os.environ | own, cwd=HERE, stdout=subprocess.PIPE, check=True).stdout)
        if took["ended"] not in (0, 1):
            sys.exit(f"{' '.join(map(str, command))} ended with {took['ended']}")
        self.said = json.loads(output.read_text())
        self.wall, self.cpu, self.memory = took["wall"], took["cpu"], took["memory"]
        self.inside = self.said.get("seconds") if isinstance(self.said, dict) else None


def values(report):
    """What each objective of a report comes to, by its groups and windows."""
    found = {}
    for agreement in report["agreements"]:
        for objective in agreement["objectives"]:
            for group in objective["groups"]:
                windows = {it["name"]: it["value"] and Fraction(it["value"]["exact"]) for it in group["windows"]}
                found.setdefault(objective["id"].split("/", 1)[1], {})[tuple(group["group"])] = windows
    return found


def of_march(found, objective, by_name):
    groups = {group: windows["2026-03"] for group, windows in found[objective].items()}
    return {name: value for (name,), value in groups.items()} if by_name else groups[()]


class Comparison:
    """Two commands that take turns, and the table of what they took."""

    def __init__(self, tries):
        self.tries = tries
        self.failed = False

    def title(self, words, other):
        print(f"\n### {words}\n\n| | sla | CPU | memory | {other} | CPU | memory | ratio | ratio of CPU | without its start |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |", flush=True)

    def pair(self, name, ours, theirs, check, threads=None):
        runs = [], []
        for _ in range(self.tries):
            for side, command in zip(runs, (ours, theirs)):
                side.append(Spent(command, threads))
        wrong = check(runs[0][-1].said, runs[1][-1].said)
        middle = lambda side, what: median(getattr(run, what) for run in side)
        cells = []
        for side in runs:
            cells += [f"{middle(side, 'wall'):.3f} s", f"{middle(side, 'cpu'):.2f} s", f"{max(run.memory for run in side):.0f} MiB"]
        cells += [f"{middle(runs[0], what) / middle(runs[1], what):.2f}" for what in ("wall", "cpu")]
        cells.append(f"{middle(runs[0], 'wall') / middle(runs[1], 'inside'):.2f}" if runs[1][0].inside else "")
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
        if wrong:
            self.failed = True
            print(f"\n**the answers differ: {wrong}**\n")

    def alone(self, name, first, second, what):
        """The same program on two contracts, or with one thread and two."""
        runs = [], []
        for _ in range(self.tries):
            for side, (command, threads) in zip(runs, (first, second)):
                side.append(Spent(command, threads))
        middle = lambda side, what: median(getattr(run, what) for run in side)
        wall, cpu = ([middle(side, what) for side in runs] for what in ("wall", "cpu"))
        memory = [max(run.memory for run in side) for side in runs]
        print(f"| {name} | {what} | {wall[0]:.3f} s, {cpu[0]:.2f} s CPU, {memory[0]:.0f} MiB | {wall[1]:.3f} s, {cpu[1]:.2f} s CPU, "
              f"{memory[1]:.0f} MiB | {wall[1] / wall[0]:.2f} | {cpu[1] / cpu[0]:.2f} |", flush=True)


def run_of(sla, contract, path):
    return [sla, "run", contract, "--data", f"requests={path}", "--complete-to", "2026-04-01T00:00:00Z", "--format", "json"]


def duck_of(path, which, *loads):
    return [sys.executable, HERE / "duck.py", path, which, *loads]


def check_of(questions, path, connection):
    """Compares the answers to some questions; those that SQL gives in floats with counts that are asked for here."""
    from questions import differs, rows_of

    exact = {}

    def check(report, said):
        found = values(report)
        for question, rows in zip(questions, said["answers"]):
            rows = [tuple(row) for row in rows]
            if question.exact:
                if question.name not in exact:
                    sql, read = question.exact
                    exact[question.name] = read(connection.execute(sql.format(rows=rows_of(path))).fetchall())
                expected = exact[question.name]
                if abs(Fraction(rows[0][0]) - expected) > Fraction(1, 10 ** 12):
                    return f"{question.name}: floats say {rows[0][0]}, and exactly it is {float(expected)}"
            else:
                expected = question.sql[1](rows)
            ours = of_march(found, question.objective, isinstance(expected, dict))
            if wrong := differs(ours, expected):
                return f"{question.name}: {wrong}"
        return None

    return check


def requests(args, sla, connection, rows):
    import data
    from questions import EACH, TEN

    paths = data.requests(connection, rows, WORK)
    table = Comparison(args.tries)
    for form, path in sorted(paths.items()):
        table.title(f"{rows:,} requests, {form}", "DuckDB")
        for number, question in enumerate(EACH):
            contract = CONTRACTS / f"{question.contract}.sla"
            table.pair(question.name, run_of(sla, contract, path), duck_of(path, number), check_of([question], path, connection))
        check = check_of(TEN, path, connection)
        ours = run_of(sla, CONTRACTS / "ten.sla", path)
        table.pair("ten at once, each reads the file", ours, duck_of(path, "ten"), check)
        table.pair("ten at once, the file read once", ours, duck_of(path, "ten", "load"), check)
    return table.failed


def many(folder):
    """A hundred objectives over one source, and a thousand agreements over one."""
    import data

    hundred = ["provider Acme", "customer Globex", "source requests: events { status: number  latency: duration }",
               "sla Api between Acme and Globex {", "  term from 2026-03-01 for 1 month"]
    for n in range(25):
        hundred += [f"  objective Quick{n}: share(requests, latency <= {40 + 20 * n} ms) >= 10% per month",
                    f"  objective Above{n}: count(requests where latency > {40 + 20 * n} ms) <= 1_000_000_000 per month",
                    f"  objective Rank{n}: p{70 + n}(requests, latency) <= {200 + 50 * n} ms per month",
                    f"  objective Slots{n}: mean(each 5 min of requests {{ share(latency <= {40 + 20 * n} ms) default 100% }}) >= 10% per month"]
    hundred.append("}")
    customers = [f"C{n:04}" for n in range(data.CUSTOMERS)]
    thousand = ["provider Acme", *(f"customer {name}" for name in customers),
                "source requests: events { customer: Customer  status: number  latency: duration }", "package Api {"]
    thousand += ["  objective Good: share(requests, status < 500) >= 99.9% per month",
                 "  objective Fast: p95(requests, latency) <= 400 ms per month", "}"]
    thousand += [f"sla Api{name} between Acme and {name} {{ package Api  term from 2026-03-01 for 1 month }}" for name in customers]
    written = {}
    for name, lines in (("hundred", hundred), ("thousand", thousand)):
        written[name] = Path(folder) / f"{name}.sla"
        written[name].write_text("\n".join(lines) + "\n")
    return written


def scale(args, sla, connection, rows):
    import data

    path = data.requests(connection, rows, WORK)["parquet"]
    contracts = many(WORK)
    for contract in contracts.values():
        subprocess.run([sla, "check", contract], check=True, stdout=subprocess.DEVNULL)
    print(f"\n### The same {rows:,} rows of Parquet, more asked\n\n| | | first | second | ratio | ratio of CPU |\n| --- | --- | --- | --- | --- | --- |")
    table = Comparison(args.tries)
    one = run_of(sla, CONTRACTS / "percentile.sla", path)
    table.alone("objectives", (one, None), (run_of(sla, contracts["hundred"], path), None), "1, then 100")
    single = run_of(sla, contracts["thousand"], path) + ["--agreement", "ApiC0000"]
    table.alone("agreements", (single, None), (run_of(sla, contracts["thousand"], path), None), "1, then 1,000")
    table.alone("threads, ten objectives", (run_of(sla, CONTRACTS / "ten.sla", path), 1), (run_of(sla, CONTRACTS / "ten.sla", path), 2), "1, then 2")
    table.alone("threads, a share", (run_of(sla, CONTRACTS / "share.sla", path), 1), (run_of(sla, CONTRACTS / "share.sla", path), 2), "1, then 2")


def desk(args, sla):
    import data

    paths = data.tickets(args.tickets, WORK)
    ours = [sla, "run", CONTRACTS / "desk.sla", "--data", f"tickets={paths['tickets']}", "--data", f"waits={paths['waits']}",
            "--complete-to", "2027-01-01T00:00:00+01:00", "--format", "json"]
    theirs = [sys.executable, HERE / "desk.py", paths["tickets"], paths["waits"]]

    def check(report, said):
        found = values(report)
        for cell, months in said.items():
            for month, (good, of) in enumerate(months, 1):
                shown = found[cell][()][f"2026-{month:02}"]
                if shown != (Fraction(good, of) if of else None):
                    return f"{cell} in month {month}: {shown} and {good}/{of}"
        return None

    table = Comparison(args.tries)
    table.title(f"{args.tickets:,} tickets with waits, business hours of Berlin", "pandas")
    table.pair("eight clocks, twelve months", ours, theirs, check)
    return table.failed


def large(args, sla, connection):
    import data
    from questions import EACH

    failed = False
    for number in (0, 1, 3):
        question = EACH[number]
        table = Comparison(args.tries)
        table.title(f"{question.name}, Parquet", "DuckDB")
        for rows in (1_000_000, 10_000_000, 100_000_000):
            path = data.requests(connection, rows, WORK)["parquet"]
            ours = run_of(sla, CONTRACTS / f"{question.contract}.sla", path)
            table.pair(f"{rows:,} rows", ours, duck_of(path, number), check_of([question], path, connection))
        failed |= table.failed
    return failed


def main():
    parser = argparse.ArgumentParser(description="Compares `sla run` with DuckDB and pandas.")
    parser.add_argument("--rows", type=int, default=10_000_000, help="how many requests")
    parser.add_argument("--tickets", type=int, help="how many tickets; by default a tenth of the requests")
    parser.add_argument("--tries", type=int, default=5, help="how often each command runs")
    parser.add_argument("--only", choices=["requests", "scale", "tickets"], help="one part of it")
    parser.add_argument("--large", action="store_true", help="only 1, 10 and 100 million rows of Parquet")
    parser.add_argument("--sla", help="the program; by default the release build is made and used")
    args = parser.parse_args()
    args.tickets = args.tickets or max(1, args.rows // 10)
    WORK.mkdir(parents=True, exist_ok=True)
    environment()
    import duckdb

    sla = args.sla and str(Path(args.sla).resolve())
    if not sla:
        subprocess.run(["cargo", "build", "--release", "--bin", "sla"], cwd=ROOT, check=True)
        sla = ROOT / "target" / "release" / "sla"
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    failed = False
    if args.large:
        failed |= large(args, sla, connection)
    else:
        if args.only in (None, "requests"):
            failed |= requests(args, sla, connection, args.rows)
        if args.only in (None, "scale"):
            scale(args, sla, connection, args.rows)
        if args.only in (None, "tickets"):
            failed |= desk(args, sla)
    sys.exit(1 if failed else 0)


main()
