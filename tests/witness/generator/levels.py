"""Where the statements of an agreement stand: in itself, in a package and its tiers, in an agreement above it, and in amendments.

In: the statements. Out: the text of agreements. What one level says, a later one may restate; what is weaker then is no fault of the text.
"""

OTHERS = """{word} {name} {between} {{
  term from {start} to {last}
  zone "{zone}"
{lines}}}
"""


def written(chance, made, parts):
    """The text of all agreements."""
    shape = chance.choice([plain, plain, plain, plain, packaged, tiers, under, under])
    text, layers = shape(chance, made, parts)
    return text + amendments(chance, made, layers) + others(chance, made)


def alike(chance, made, parts):
    """Texts that mean the same: all in one agreement, in a package, in a tier, and above; with what an amendment changes in each of these places."""
    lines = parts.fees + texts(parts.objectives) + parts.exclusions + texts(parts.credits) + parts.rest
    above = outside(parts.head) + scope(made) + parts.term + lines
    first = made.objectives[0]
    changes = [f"  objective {first.name} {targets(first)}"] if first.kind != "cell" else []
    changes += chance.sample(["  exclude Weekly as up", f"  fee {chance.choice([500, 1234])} {made.currency} per month", f"  cap credits 40 {made.currency} per month"], 1)
    how = "at next window" if any(each.overlaps for each in made.objectives) else chance.choice(["at next window", "split windows"])
    date = made.inside(chance)

    def amended(what, statements=changes):
        return block(f"amend {what} from {date} {how}", statements)

    deal = "sla Deal between Acme and Globex"
    flat = block(deal, parts.term + parts.head + lines)
    package = block("package Pack", above)
    tier = block("  tier Basic", above)
    plus = block("  tier Plus extends Basic", changes)
    follows = block(deal, ["  package Pack follows"])
    below = block("sla Frame between Acme and Globex", parts.term + parts.head + lines) + block(deal + " under Frame", ['  note "as above"'])
    return [
        flat + amended("Deal"),
        package + block(deal, ["  package Pack"]) + amended("Deal"),
        package + follows + amended("Pack"),
        block("package Pack", [tier]) + block(deal, ["  package Pack.Basic"]) + amended("Deal"),
        block("package Pack", [tier]) + block(deal, ["  package Pack.Basic follows"]) + amended("Pack.Basic"),
        block("package Pack", [tier, plus]) + block(deal, ["  package Pack.Basic"]) + amended("Deal", ["  package Pack.Plus"]),
        below + amended("Deal"),
        below + amended("Frame"),
    ]


def block(head, lines):
    return f"{head} {{\n" + "\n".join(line for line in lines if line) + "\n}\n"


def texts(pairs):
    return [text for _, text in pairs]


def deal(made, chance, under=""):
    customer = "any customer" if made.owned and chance.random() < 0.4 and not under else "Globex"
    return f"sla Deal between Acme and {customer}{under}"


def plain(chance, made, parts):
    """All in one agreement."""
    lines = parts.term + parts.head + parts.fees + texts(parts.objectives) + parts.exclusions + texts(parts.credits) + parts.rest
    return block(deal(made, chance), lines), ["Deal"]


def packaged(chance, made, parts):
    """The promises in a package, the money in the agreement."""
    package = block("package Pack", scope(made) + texts(parts.objectives) + parts.exclusions)
    lines = parts.term + outside(parts.head) + ["  package Pack"] + parts.fees + restated(chance, made, 0.3) + texts(parts.credits) + parts.rest
    return package + block(deal(made, chance), lines), ["Deal", "Pack"]


def tiers(chance, made, parts):
    """Promises in the package and in the first of two tiers, which the second restates; a credit beside its promise."""
    stands = {each and each.name: chance.random() < 0.5 for each, _ in parts.objectives}
    in_package = [text for each, text in parts.objectives if stands[each and each.name]]
    in_tier = [text for each, text in parts.objectives if not stands[each and each.name]]
    known = [(names, text) for names, text in parts.credits if all("." not in name for name in names)]
    chosen = known[: chance.randint(0, len(known))]
    own = [pair for pair in parts.credits if pair not in chosen]
    basic = block("  tier Basic", in_tier + texts(chosen))
    plus = block("  tier Plus extends Basic", restated(chance, made, 0.5) or ['  note "as Basic"'])
    package = block("package Pack", scope(made) + in_package + parts.exclusions + [basic, plus])
    tier = chance.choice(["Basic", "Plus"])
    lines = parts.term + outside(parts.head) + [f"  package Pack.{tier}"] + parts.fees + texts(own) + parts.rest
    return package + block(deal(made, chance), lines), ["Deal", f"Pack.{tier}"]


def under(chance, made, parts):
    """The promises in an agreement above; the one below restates some, and a second one beside it states nothing of its own."""
    kept = [
        text + " kept here" if each is not None and each.name == "A" and len(parts.objectives) > 1 and chance.random() < 0.2
        and not any("A" in names or "A " in other for names, other in parts.credits) and not any(" A" in line for line in parts.rest)
        else text for each, text in parts.objectives
    ]
    frame = block("sla Frame between Acme and Globex", parts.term + parts.head + parts.fees + kept + parts.exclusions + texts(parts.credits))
    lines = restated(chance, made, 0.4) + parts.rest
    text = frame + block("sla Deal between Acme and Globex under Frame", lines or ['  note "as above"'])
    if chance.random() < 0.4:
        text += block("sla Twin between Acme and Globex under Frame", ['  note "as above"'])
    return text, ["Deal", "Frame"]


def scope(made):
    return ["  scope { service Shop  service Mail }"] if made.served else []


def outside(head):
    """What a package with a scope leaves to the agreement."""
    return [line for line in head if not line.startswith("  service")]


def restated(chance, made, often):
    """Other targets for some objectives."""
    return [f"  objective {each.name} {targets(each)}" for each in made.objectives if each.kind != "cell" and chance.random() < often]


def targets(objective):
    return objective.restated or {"share": ">= 99.95%", "length": "<= 10 min", "latency": "<= 150 ms", "count": "<= 4", "row": "<= 10 min"}[objective.kind]


def amendments(chance, made, layers):
    """Changes in the term: of the agreement, or of a level below it."""
    text, dates = "", []
    for _ in range(chance.choice([0, 0, 0, 0, 1, 1, 2])):
        date = made.inside(chance)
        if date in dates:
            continue
        dates.append(date)
        how = chance.choice(["at next window", "at next window", "split windows"])
        if any(each.overlaps for each in made.objectives):
            how = "at next window"
        layer = chance.choice(layers)
        text += block(f"amend {layer} from {date} {how}", [change(chance, made, layer, date)])
    return text


def change(chance, made, layer, date):
    first = made.objectives[0]
    changes = [f"  objective {first.name} {targets(first)}"] if first.kind != "cell" else []
    changes += ["  exclude Weekly as up", "  missing counts as met"]
    if layer in ("Deal", "Frame"):
        changes += [
            f"  fee {chance.choice([500, 1234])} {made.currency} per month", f"  fact Plan = {chance.choice(['free', 'pro'])}",
            f"  fact Seats = {chance.choice([4, 6])} from {date}", f"  credit {first.name} pay 3 {made.currency}" if plainly(first) else "  fee Later 5 {} per month".format(made.currency),
            f"  cap credits 40 {made.currency} per month",
        ]
        if plainly(first):
            changes.append(f"  objective {first.name} per {chance.choice(['month', 'week', 'quarter'])}")
    return chance.choice(changes)


def plainly(objective):
    return not objective.grouped and not objective.overlaps and objective.kind not in ("cell", "row", "tabled")


def others(chance, made):
    """Agreements beside it: inside the house, and one-sided."""
    text = ""
    last = made.end.fromordinal(made.end.toordinal() - 1)
    common = {"start": made.start, "last": last, "zone": made.zone}
    if chance.random() < 0.12:
        lines = "  objective Inner: max(outages, length) <= 1 h per week\n  credit Inner remedy \"a talk\"\n  terminate when Inner breached 2 in a row\n"
        service = "  service Mail\n" if made.served else ""
        text += OTHERS.format(word="ola", name="House", between="between Ops and Front", lines=service + lines, **common)
    if chance.random() < 0.12:
        service = " of Shop" if made.served else ""
        lines = f"  objective Open{service}: uptime(outages during Business) >= 99% per fixed 10 days\n  missing counts as met\n"
        text += OTHERS.format(word="commitment", name="Public", between="by Acme", lines=lines, **common)
    if made.owned and chance.random() < 0.2:
        service = " of Mail" if made.served else ""
        lines = f"  objective Side{service}: count(outages) <= 2 per month\n  credit Side pay 5 {made.currency}\n  terminate when Side breached 2 of last 3\n"
        text += OTHERS.format(word="sla", name="Side", between="between Acme and any customer", lines=lines, **common)
    return text
