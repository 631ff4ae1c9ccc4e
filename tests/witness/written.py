"""A `test` block that says what the witness found, so that `sla test` can contradict it."""

import datetime
from fractions import Fraction

from witness.clock import SECOND
from witness.values import parse_instant

DAY = 86400 * SECOND


def block(plan, report, data, zone, first, last):
    """The block for one agreement and customer; `first` and `last` are the dates of the data's extent."""
    agreement = report["agreement"]
    whom = f" for {report['customer']}" if plan["agreements"][0]["customer"]["customer"] == "any" else ""
    lines = [f"  given {agreement}{whom} in {first}..{last}"]
    for source in plan["sources"]:
        lines += written_rows(source, data.get(source["name"], []))
    types = {
        each["id"]: next(metric["of"] for metric in plan["metrics"] if metric["id"] == each["metric"])
        for version in plan["agreements"][0]["versions"] for each in version["terms"]["objectives"]
    }
    kinds = {each["id"]: each["window"] for version in plan["agreements"][0]["versions"] for each in version["terms"]["objectives"]}
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
    group = f"[{', '.join(window['group'])}]" if window["group"] else ""
    checks = [window["verdict"]]
    if window["value"] is not None and window["verdict"] in ("met", "breached"):
        checks.append("value " + value(window["value"], of))
    return [f"  expect {name}{group} in {date} {', '.join(checks)}"]


def value(text, of):
    exact = Fraction(text)
    unit = " ns" if of["type"] == "duration" else ""
    top = f"{exact.numerator}{unit}" if exact >= 0 else f"(0{unit} - {-exact.numerator}{unit})"
    return top if exact.denominator == 1 else f"{top} / {exact.denominator}"


def sums(report):
    """Each credit by its name, and all together."""
    lines, whole, currency = [], Fraction(0), None
    names = {}
    for each in report["credits"]:
        if each["amount"] is None:
            continue
        left, unit = Fraction(each["left"][0]), each["left"][1]
        if each["kind"] == "credit" and each["counts"]:
            names[each["credit"].split("/")[-1]] = names.get(each["credit"].split("/")[-1], Fraction(0)) + left
            whole, currency = whole + left, unit
    for each in report["payouts"]:
        whole += Fraction(each["amount"][0])
    whole -= sum(Fraction(each["amount"][0]) for each in report["earned_back"])
    if currency is None:
        return ["  expect no credit"]
    lines.append(f"  expect credit {decimal(whole)} {currency}")
    if not report["payouts"] and not report["earned_back"]:
        lines += [f"  expect credit {name} {decimal(amount)} {currency}" for name, amount in sorted(names.items())]
    return lines


def decimal(amount):
    thousandths = int(amount * 1000)
    return f"{thousandths // 1000}.{thousandths % 1000:03}"
