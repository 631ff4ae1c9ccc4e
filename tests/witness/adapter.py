"""Both reports in one form: the one place that knows how the program takes rows and writes its report."""

import csv
import gzip
import json
import os
import subprocess
from fractions import Fraction

UNITS = {"duration": "_ns"}
NUMBERS = ("number", "duration", "money", "data", "count")
# How the program is run: with what it would hold anyway, and with events streamed.
WAYS = {"loaded": [], "streamed": ["--stream-from", "0"]}
VALUED = ("met", "breached", "pending")  # the verdicts beside which a value is shown


def judged(program, plan, path, folder, data, extent, facts, way):
    """What `sla run` makes of the rows, in one of the `WAYS`: of the contract and with all rows in memory; or of its plan, with events streamed."""
    if way == "streamed":
        path = os.path.join(folder, "plan.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(plan, file)
    command = [program, "run", path, "-q", "--format", "json", "--complete-to", extent.complete] + WAYS[way]
    sources, known = ({each["name"] for each in plan[kind]} for kind in ("sources", "facts"))
    for source, complete in extent.of.items():
        command += ["--complete-to", f"{source}={complete}"] if source in sources else []
    command += ["--as-of", extent.moment] if extent.moment else []
    for fact, value in facts:
        command += ["--fact", f"{fact}={value}"] if fact in known else []
    for source in plan["sources"]:
        for file in write_rows(source, data.get(source["name"], []), folder, way):
            command += ["--data", f"{source['name']}={file}"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode not in (0, 1) or not ran.stdout.startswith("{"):
        return {"stopped": (ran.stderr + ran.stdout)[:400]}
    agreements = json.loads(ran.stdout)["agreements"]
    return {key(each["id"], each["customer"]): theirs(each, term_end(plan, each["id"])) for each in agreements}


def term_end(plan, name):
    """The end of a term that does not renew: windows end there at the latest."""
    term = next(each["term"] for each in plan["agreements"] if each["id"] == name)
    return term["to"]["instant"] if term and term["to"] and not term["renews"] else "9999"


def key(agreement, customer):
    return f"{agreement}/{customer}"


def write_rows(source, rows, folder, way):
    """The rows of a source in one file, or in several of several forms if they are streamed; gives their paths."""
    types = {field["name"]: field["of"]["type"] for field in source["fields"]}
    own = {"events": ["at"], "spans": ["start", "end"], "series": ["start", "end", "value"]}[source["rows"]["kind"]]
    names = {name: name + UNITS.get(types.get(name), "") for name in own + list(types)}
    path = os.path.join(folder, f"{source['name']}-{way}")
    if way == "loaded" or len(rows) < 2:
        return [write_table(rows, names, path + ".csv", open)]
    third = len(rows) // 3
    return [
        write_table(rows[:third], names, path + "-1.csv", open),
        write_lines(rows[third : 2 * third], names, types | {"value": source["rows"].get("of", {}).get("type")}, path + "-2.jsonl"),
        write_table(rows[2 * third :], names, path + "-3.csv.gz", gzip.open),
    ]


def write_table(rows, names, path, opening):
    with opening(path, "wt", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(names.values())
        for row in rows:
            table.writerow([cell(row.get(name)) for name in names])
    return path


def write_lines(rows, names, types, path):
    """Objects, one a line; numbers are written as they are, to the last digit."""
    with open(path, "w", encoding="utf-8") as file:
        for row in rows:
            fields = [
                f"{json.dumps(names[name])}: {value if types.get(name) in NUMBERS else json.dumps(value)}"
                for name, value in row.items() if name in names and value is not None
            ]
            file.write("{" + ", ".join(fields) + "}\n")
    return path


def cell(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def number(text):
    return str(Fraction(text))


def shown(value):
    """A value of the program's report."""
    if value is None or isinstance(value, str):
        return value
    return number(value["exact"]) if value["kind"] == "quantity" else value["text"]


def theirs(agreement, last):
    windows, claims = [], set()
    for objective in agreement["objectives"]:
        for group in objective["groups"]:
            for window in group["windows"]:
                verdict = window["verdict"].replace("_", " ")
                decided = verdict in VALUED
                place = [objective["id"], [shown(each) for each in group["group"]], window["from"], window["to"]]
                windows.append(place + [verdict, shown(window["value"]) if decided else None])
                claims |= {json.dumps(place + [each["id"], each["before"]]) for each in window["claims"] if verdict == "breached"}
    lines, taken, remedies = [], {}, []
    for line in agreement["lines"]:
        amount = [number(line["amount"]["exact"]), line["amount"]["currency"]]
        if line["adjusts"]:
            if line["counts"] and line["kind"] != "earn_back":
                add(taken, [line["kind"], min(line["to"], last), amount[1]], Fraction(amount[0]))
        else:
            lines.append([line["credit"], line["from"], line["to"], [shown(each) for each in line["group"]], *amount, line["counts"]])
    for each in agreement["remedies"]:
        what = each["what"]
        text = what.get("text") or what.get("length") and number(what["length"]) or f"{what['period']['count']} {what['period']['unit']}"
        remedies.append([each["credit"], each["from"], each["to"], [shown(one) for one in each["group"]], text])
    return common(
        windows, lines, taken, remedies, claims, [[each["id"], each["on"], each["until"]] for each in agreement["rights"]],
        {json.dumps([each["kind"], each["amount"]["currency"]]): Fraction(each["amount"]["exact"]) for each in agreement["totals"]},
    )


def add(sums, place, amount):
    place = json.dumps(place)
    sums[place] = sums.get(place, Fraction(0)) + amount


def common(windows, lines, taken, remedies, claims, rights, totals):
    return {
        "windows": sorted(windows, key=str), "lines": sorted(lines, key=str), "remedies": sorted(remedies, key=str),
        "claims": sorted(claims), "rights": sorted(rights, key=str),
        "taken": {place: str(amount) for place, amount in sorted(taken.items()) if amount},
        "totals": {place: str(amount) for place, amount in sorted(totals.items()) if amount},
    }


def witnessed(report):
    """The witness's report in the same form."""
    if "stopped" in report:
        return report
    return {key(each["agreement"], each["customer"]): mine(each) for each in report["agreements"]}


def mine(agreement):
    windows = [
        [each["objective"], each["group"], *each["window"], each["verdict"],
         number(each["value"]) if each["verdict"] in VALUED and each["value"] is not None else None]
        for each in agreement["windows"]
    ]
    lines, taken, remedies, totals = [], {}, [], {}
    for each in agreement["credits"]:
        remedies += [[each["credit"], *each["window"], each["group"], number_or_text(text)] for one in each["remedies"] for text in one.values()]
        if each["amount"] is None:
            continue
        amount, currency = each["amount"]
        lines.append([each["credit"], *each["window"], each["group"], number(amount), currency, each["counts"]])
        if each["counts"]:
            for _, (cut, unit) in each["caps"] if each["kind"] != "earn_back" else []:
                add(taken, [each["kind"], each["inside"][1], unit], -Fraction(cut))
            if each["kind"] != "earn_back":
                add(totals, [each["kind"], currency], Fraction(each["left"][0]))
    for each in agreement["payouts"]:
        add(taken, ["credit", each["inside"][1], each["amount"][1]], Fraction(each["amount"][0]))
        add(totals, ["credit", each["amount"][1]], Fraction(each["amount"][0]))
    for each in agreement["earned_back"]:
        add(totals, ["credit", each["amount"][1]], -Fraction(each["amount"][0]))
    claims = {json.dumps([each["objective"], each["group"], *each["window"], each["claim"], each["by"]]) for each in agreement["claims"]}
    rights = [[each["termination"], each["arises"], each["until"]] for each in agreement["terminations"]]
    return common(windows, lines, taken, remedies, claims, rights, totals)


def number_or_text(value):
    return number(value) if isinstance(value, int) else value
