"""A `test` block that says what the witness found, so that `sla test` can contradict it."""

import datetime
from fractions import Fraction

from witness.clock import SECOND
from witness.values import parse_instant

DAY = 86400 * SECOND


def block(plan, report, data, zone, first, last):
    """The block for one agreement and customer; `first` and `last` are the dates of the data's extent."""
    agreement = report["agreement"]
    planned = next(each for each in plan["agreements"] if each["id"] == agreement)
    whom = f" for {report['customer']}" if planned["customer"]["customer"] == "any" else ""
    lines = [f"  given {agreement}{whom} in {first}..{last}"]
    for source in plan["sources"]:
        lines += written_rows(source, data.get(source["name"], []))
    types = {
        each["id"]: next(metric["of"] for metric in plan["metrics"] if metric["id"] == each["metric"])
        for version in planned["versions"] for each in version["terms"]["objectives"]
    }
    kinds = {each["id"]: each["window"] for version in planned["versions"] for each in version["terms"]["objectives"]}
    for window in report["windows"]:
        lines += expectation(window, types[window["objective"]], kinds[window["objective"]], zone)
    lines += sums(report)
    lines.append("  expect terminate" if report["terminations"] else "  expect no terminate")
    return 'test "witness" {\n' + "\n".join(lines) + "\n}\n"


def written_rows(source, rows):
    """Rows as the language writes them."""
    lines = []
    for row in rows:
        if "at" in row:
            line = row["at"]
        else:
            line = f"{row['start']}..{row['end']}" if "end" in row else row["start"]
        types = {field["name"]: field["of"] for field in source["fields"]}
        if source["rows"]["kind"] == "series":
            types["value"] = source["rows"]["of"]
        for name, of in types.items():
            if row.get(name) is not None:
                line += f"  {name}: {literal(row[name], of)}"
        lines.append(f"    {line}")
    return [f"  {source['name']} {{"] + lines + ["  }"]


def literal(value, of):
    kind = of["type"]
    if kind == "text":
        return f'"{value}"'
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "duration":
        return f"{value} ns"
    if kind == "money":
        return f"{value} {of['currency']}"
    if kind == "count":
        return f"{value} {of['unit']}"
    return str(value)


def expectation(window, of, kind, zone):
    """What is expected of a window that a date can name."""
    low, high = (each and parse_instant(each) for each in window["window"])
    if kind["window"] in ("rolling", "claims") or low is None or high is None:
        return []
    date = zone.date(low)
    if zone.instant(date) != low:
        date += datetime.timedelta(days=1)
    if zone.instant(date) >= high or high - low < DAY - 2 * 3600 * SECOND:
        return []
    name = window["objective"].split("/", 1)[1]
    # Groups are regions, which an enum declares, or sites, which are texts.
    group = ", ".join(each if each in ("eu", "us", "ap", "P1", "P2", "P3") else f'"{each}"' for each in window["group"])
    group = f"[{group}]" if group else ""
    checks = [window["verdict"]]
    if window["value"] is not None and window["verdict"] in ("met", "breached"):
        checks.append("value " + value(window["value"], of))
    return [f"  expect {name}{group} in {date} {', '.join(checks)}"]


def value(text, of):
    """An exact value as a fraction of quantities."""
    exact = Fraction(text)
    unit, per = units(of)
    top = f"{exact.numerator}{unit}" if exact >= 0 else f"(0{unit} - {-exact.numerator}{unit})"
    return top if exact.denominator == 1 and not per else f"{top} / {exact.denominator}{per}"


def units(of):
    """The units of the upper and the lower part."""
    if of["type"] == "compound":
        named = {each["power"]: " " + each["base"]["unit"] for each in of["factors"]}
        return named[1], named[-1]
    return {"duration": " ns", "count": f" {of.get('unit')}"}.get(of["type"], ""), ""


def sums(report):
    """Each credit by its name, and all together, by currency or unit."""
    whole, names = {}, {}
    for each in report["credits"]:
        if each["amount"] is None or each["kind"] != "credit":
            continue
        amount, unit = Fraction(each["amount"][0]), each["amount"][1]
        # By itself a credit is what its own caps leave, whether it counts or another one.
        own = amount - sum(Fraction(taken[0]) for cap, taken in each["caps"] if cap == "cap")
        name = each["credit"].split("/")[-1], unit
        names[name] = names.get(name, Fraction(0)) + own
        if each["counts"]:
            whole[unit] = whole.get(unit, Fraction(0)) + Fraction(each["left"][0])
    for sign, of_all in ((1, report["payouts"]), (-1, report["earned_back"])):
        for each in of_all:
            amount, unit = each["amount"]
            whole[unit] = whole.get(unit, Fraction(0)) + sign * Fraction(amount)
    if not whole:
        return ["  expect no credit"]
    lines = [f"  expect credit {decimal(amount)} {unit}" for unit, amount in sorted(whole.items())]
    return lines + [f"  expect credit {name} {decimal(amount)} {unit}" for (name, unit), amount in sorted(names.items())]


def decimal(amount):
    thousandths = int(amount * 1000)
    return f"{thousandths // 1000}.{thousandths % 1000:03}"
