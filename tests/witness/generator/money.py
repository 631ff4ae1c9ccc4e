"""Fees, credits, caps, claims and ends."""

FEES = ["{amount} {cur} per month", "{amount} {cur} per month", "{amount} {cur} per quarter", "{amount} {cur} per year", "{small} {cur} per day"]


def fees(chance, contract):
    cur = contract.currency
    stated = chance.choice(FEES).format(amount=chance.choice([900, 1000, 31, 777, 2400]), small=chance.choice([1, 10, 33]), cur=cur)
    if chance.random() < 0.15:
        stated = stated.replace(cur, f"{cur} * Seats", 1)
    elif chance.random() < 0.12:
        stated = f"Price[Grade] per {chance.choice(['month', 'quarter'])}"
    lines = [f"  fee {stated}"]
    if chance.random() < 0.2:
        lines.append(f"  fee Setup {chance.choice([500, 99])} {cur} once" + chance.choice(["", f" from {contract.inside(chance)}"]))
    if chance.random() < 0.2:
        lines.append("  fee Usage sum(charges, amount)")
    if chance.random() < 0.15:
        lines.append(f"  fee Extra {chance.choice([10, 7])} {cur} per month from {contract.inside(chance)}")
    return lines


def base(chance):
    return chance.choice(["fee"] * 6 + ["monthly fee", "yearly fee", "previous fee", "next fee"])


def ladder(chance, objective, contract):
    """A ladder or a flat payment for one objective, with its base."""
    cur = contract.currency
    if objective.tabled and chance.random() < 0.6:
        return by_table(chance, objective, cur)
    if objective.unit and chance.random() < 0.7:
        return in_units(chance, objective, cur)
    if objective.higher and objective.kind == "share":
        return chance.choice([shares, shares, steps_down, linear, on_other, remedies])(chance, objective, cur)
    if objective.kind in ("length", "latency"):
        return chance.choice([above, above, steps_up, on_other, flat])(chance, objective, cur)
    return chance.choice([flat, flat, on_other, words])(chance, objective, cur)


def shares(chance, objective, cur):
    edges = sorted(chance.sample([99, 97, 95, 90, 80, 50], chance.randint(1, 3)), reverse=True)
    lines = ["below target pay " + amount(chance, 5, cur)]
    rising = 10
    for edge in edges:
        if edge < float(objective.target[:-1]):
            word = chance.choice(["below", "at or below"])
            lines.append(f"{word} {edge}% pay {rising}%")
            rising += chance.choice([5, 15, 30])
    if chance.random() < 0.3:
        lines[-1] = lines[-1].replace(" pay", f" down to {chance.choice([10, 30])}% pay")
    if chance.random() < 0.25:
        lines.append(f"otherwise pay {rising}%")
    return "{ " + "  ".join(lines) + " } of " + base(chance)


def amount(chance, percent, cur):
    return f"{percent}%"


def steps_down(chance, objective, cur):
    count = chance.choice(["started", "full", "exact"])
    unit = chance.choice(["0.1%", "0.3%", "1%"])
    return f"pay {chance.choice(['1 ' + cur, '2% of ' + base(chance), '1 day of fee'])} per {count} {unit} from {chance.choice(['target', '99%'])}"


def linear(chance, objective, cur):
    return chance.choice([
        f"pay 25 * (target - value) of {base(chance)}", f"pay (100% - value) of {base(chance)}",
        f"pay 10 {cur} plus 5% of fee per full 0.1% from target", f"pay max(5%, 100% - value) of fee",
    ])


def on_other(chance, objective, cur):
    return chance.choice([
        "on count(outages) { in 1..3 pay 5%  in 4..6 pay 10%  from 7 pay 25% } of fee",
        "on count(outages) { in 1..3 pay 5%  from 5 up to 7 pay 10%  otherwise pay 30% } of fee",
        "on downtime(outages) { over 5 min up to 2 h pay 1 day of fee  over 3 h pay 2 days of fee }",
        "on downtime(outages) { over 5 min pay 1 day of fee per started 1 h from zero }",
        f"on downtime(outages) {{ over 5 min pay 3 {cur}  over 2 h pay 20% of fee }}",
        "on failures(last 3) { from 1 pay 5%  from 2 pay 10%  from 3 pay 20% } of fee",
        "on failures(last 6) { from 2 pay 1 day of fee  from 3 pay 20% of fee }",
        "on sum(charges, amount) { over 40 " + cur + " pay 10%  over 90 " + cur + " pay 20% } of sum(charges, amount)",
        "on sum(outages, length) { at or above 1 h pay 10% of fee  above 10 h pay 2 days of fee }",
    ])


def by_table(chance, objective, cur):
    """What the table says for the region."""
    return chance.choice([
        "pay Fine[r]", "pay 2 * Fine[r] per started 1 h from zero" if "<=" in objective.target else "pay Fine[r] per full 0.1% from target",
        "on downtime(outages) { over 5 min pay Fine[r]  over 2 h pay 3 * Fine[r] }", "pay Promise[Grade] of fee", "pay min(Fine[r], Fine[eu]) cap 5 " + cur,
    ])


def in_units(chance, objective, cur):
    """In units of one's own: what is measured, or what is paid."""
    unit = objective.unit
    return chance.choice([
        f"pay 2 {cur} per {chance.choice(['started', 'full', 'exact'])} 3 {unit} from target", f"pay 1.5 voucher per started 10 {unit} from zero",
        f"{{ above target pay 5%  above 150 {unit} pay 20% }} of fee", "pay 0.5 voucher", f"pay 1 {unit}", f"pay 3 chip per exact 7 {unit} from target cap 2 chip / 3", f"pay 1% of fee per full 1 {unit} from target cap 20% of fee",
    ])


def remedies(chance, objective, cur):
    return chance.choice([
        '{ below target extend 3 days  below 95% remedy "a meeting" }' if float(objective.target[:-1]) > 95 else "extend 1 month",
        "extend downtime(outages)", 'remedy "an apology"', "{ below target extend 1 week }",
    ])


def above(chance, objective, cur):
    return "{ above target pay 5%  above 40 h pay 20% } of fee" if objective.kind == "length" else "{ above target pay 5%  above 1 s pay 20% } of fee"


def steps_up(chance, objective, cur):
    unit = "1 h" if objective.kind == "length" else "100 ms"
    return f"pay {chance.choice(['1 ' + cur, '1% of fee'])} per {chance.choice(['started', 'full', 'exact'])} {unit} from {chance.choice(['target', 'zero'])}"


def flat(chance, objective, cur):
    return chance.choice([f"pay {chance.choice([5, 12, 33])}% of {base(chance)}", f"pay 7 {cur}", "pay 3 days of fee", "pay 1 / 7 of fee", "pay min(10%, 1 / 9) of fee", "pay 10 chip / 3"])


def words(chance, objective, cur):
    return chance.choice(['remedy "a call"', "extend 2 days"])


def credit(chance, objective, contract):
    """A credit for one objective, as text."""
    cur = contract.currency
    if objective.rows and objective.kind in ("row", "cell") and chance.random() < 0.5:
        return each_row(chance, objective, cur) + pays(chance, objective)
    text = f"  credit {objective.name} {ladder(chance, objective, contract)}" if "." not in objective.name else \
        f"  credit {objective.name.replace('.', '')} for {objective.name} {flat(chance, objective, cur)}"
    if in_things(text):
        text += chance.choice(["", " cap 1 voucher", " cap 3 voucher per quarter"]) if "voucher" in text else ""
    elif chance.random() < 0.35:
        text += " cap " + chance.choice([
            "20% of fee", f"50 {cur}", "30% of fee per quarter", f"100 {cur} per year", "1 day of fee",
            "5% of fee per contract year", f"80 {cur} per fixed 45 days", "10% of fee per year from apr", "100% of previous fee per quarter",
            f"90 {cur} per rolling 12 months", "12% of fee per rolling 45 days", "max(10%, 1 / 9) of previous fee per rolling 2 months",
        ])
        if chance.random() < 0.3:
            text += f" cap {chance.choice([25, 70])} {cur}"
    if chance.random() < (0.4 if contract.common else 0.12):
        others = [each.name for each in contract.objectives if not each.overlaps and "." not in each.name and objective.corresponds(each)]
        breached = [f"{name} breached{count}" for name in others for count in ("", "", " 2 in a row", " 3 of last 6", " 2 of last 3")]
        counted = [f"failures({name}, last {chance.choice([1, 2, 4])}) {chance.choice(['> 0', '== 0', '>= 2'])}" for name in others]
        text += " if " + chance.choice(["Plan == pro at start", "Plan == pro throughout", "Plan == pro ever"] + breached + counted)
    return text + pays(chance, objective)


def pays(chance, objective):
    return " pays " + chance.choice(["worst", "each"]) if objective.grouped else ""


def each_row(chance, objective, cur):
    """For each bad row: what is paid, and what bounds a row, a line, and all of them."""
    name = objective.name.replace(".", "")
    text = f"  credit {name} for {objective.name} each row " if name != objective.name else f"  credit {name} each row "
    choices = ["pay 2% of fee", f"pay 3 {cur}", "on length { over 1 h pay 1% of fee  over 12 h pay 4% of fee }", f"on length {{ over 5 min pay 2 {cur} per started 1 h from zero }}"]
    if objective.kind == "row":
        count = chance.choice(["started", "full", "exact"])
        choices += [f"pay {chance.choice(['1% of fee', f'3 {cur}'])} per {count} 1 h from target", "{ above target pay 1%  above 40 h pay 5% } of fee", f"pay 10 {cur} * (value / target)"]
    text += chance.choice(choices)
    for cap in ["5% of fee each row", f"{chance.choice([5, 12])} {cur} each row", "15% of fee", f"{chance.choice([20, 60])} {cur} per {chance.choice(['quarter', 'rolling 3 months'])}"]:
        if chance.random() < 0.3:
            text += f" cap {cap}"
    return text


def in_things(text):
    """Whether a credit is paid in a unit of one's own, which no money bounds."""
    paid = text.split(" per ")[0].split(" from ")[0]
    return any(thing in paid for thing in ("voucher", "chip", "pay 1 case", "pay 1 pallet"))


def of_several(chance, objectives):
    """One credit for two objectives of the same windows, due once; of groups only if both have the same."""
    pairs = [
        (one, two) for one in objectives for two in objectives
        if one.name < two.name and one.window == two.window and one.window and one.fields == two.fields
    ]
    if not pairs or chance.random() > 0.3:
        return []
    one, two = chance.choice(pairs)
    pay = chance.choice(["15% of fee", "2 days of fee", "1 / 3 of monthly fee"])
    return [([one.name, two.name], f"  credit Both for {one.name}, {two.name} pay {pay}" + pays(chance, one))]


def bonus(chance, objective, contract):
    """A bonus or an earn-back of a promise that is kept."""
    name, cur = objective.name, contract.currency
    cap = chance.choice(["", "", f" cap 20 {cur} per quarter", " cap 2% of fee", f" cap 30 {cur} per year", f" cap 30 {cur} per rolling 100 days"])
    if chance.random() < 0.5:
        pay = chance.choice([f"pay {chance.choice([1, 3])}% of fee", f"pay 7 {cur}"])
        if objective.kind == "share" and objective.higher and not objective.grouped:
            pay = chance.choice([pay, "{ at or above 99.99% pay 2% } of fee", "{ above 90% pay 1%  above 99% pay 3% } of fee"])
        return f"  bonus Extra{name} for {name} {pay}{cap}" + pays(chance, objective)
    pay = chance.choice(["pay 2% of fee", f"pay 40 {cur}"])
    if chance.random() < 0.7:
        return f"  earn back Calm{name} for {name} regardless {pay} if failures({name}, last 2) == 0{cap}" + pays(chance, objective)
    return f"  earn back Calm{name} for {name} {pay}{cap}" + pays(chance, objective)


def together(chance, contract, credits):
    """What bounds all credits."""
    lines = []
    if chance.random() < 0.4:
        lines.append("  cap credits " + chance.choice(["30% of fee per month", "100% of fee per quarter", f"60 {contract.currency} per month", "10% of fee per year", "2 voucher per month", "1 case per quarter", f"50 {contract.currency} per rolling 3 months", "2% of yearly fee per rolling 1 year", "1 voucher per rolling 720 h"]))
    if len(credits) >= 2 and chance.random() < 0.4:
        lines.append(f"  credits {chance.choice(['highest', 'elect'])} of {credits[0]}, {credits[1]}")
    if chance.random() < 0.25:
        least = chance.choice([f"{chance.choice(['1', '7', '20', '100'])} {contract.currency}", "1 voucher", "2 voucher"])
        lines.append(f"  minimum payout {chance.choice(['', 'more than '])}{least}{chance.choice(['', ' carried over'])}")
    return lines


def ends(chance, objectives):
    lines = []
    plain = [each for each in objectives if not each.overlaps]
    if plain and chance.random() < 0.5:
        deadline = chance.choice(["within 30 days", "within 5 working days", "within 1 month", "by end of 2nd month", "by end of 1st quarter", "within 48 h"])
        calendar = " in Business" if "working" in deadline else ""
        anchor = "window"
        if plain[0].rows or "outages" in plain[0].text:
            anchor = chance.choice(["window", "window", "start", "end"])
        if anchor == "start" and "by end" in deadline:
            anchor = "window"
        lines.append(f"  claim for {plain[0].name} {deadline} after {anchor}{calendar}")
    if plain and chance.random() < 0.4:
        name = chance.choice(plain).name
        lines.append(f"  terminate when {name} breached{chance.choice(['', ' 2 in a row', ' 2 of last 3', ' 3 of last 6'])}" + chance.choice(["", " within 60 days", " within 1 month"]))
    return lines
