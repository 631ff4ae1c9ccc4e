"""Agreements: term, versions, windows and verdicts of all objectives (plan.md, "Agreements")."""

from . import spans
from .clock import add_period
from .data import NOW
from .measured import line, reads, sources_read
from .objectives import groups_of, judge, objective_windows, start_of
from .values import Instant, constant, parse_instant
from .windows import windows


class Agreement:
    """One agreement for one customer."""

    def __init__(self, run, plan, customer):
        self.plan, self.customer = plan, customer
        self.versions = plan["versions"]
        self.zone = run.zones[plan["versions"][0]["terms"]["zone"]["name"]] if plan["versions"] else None
        self.term = term(run, plan["term"], self.zone)
        self.starts = [
            -spans.ENDLESS if place == 0 or version["from"] is None else parse_instant(version["from"]["instant"])
            for place, version in enumerate(self.versions)
        ]

    def version_at(self, instant):
        """The number of the version in force at an instant."""
        return max(place for place, start in enumerate(self.starts) if start <= max(instant, self.starts[0]))


def term(run, plan, zone):
    """`[from, to)`, longer by every renewal until `ended` is told."""
    if plan is None:
        return -spans.ENDLESS, spans.ENDLESS
    low = parse_instant(plan["from"]["instant"])
    ended = run.told.get("ended")
    ended = constant(ended, run.ranks) if ended else None
    if ended is not None:
        ended = ended.ns if isinstance(ended, Instant) else zone.instant(ended)
    if plan["to"] is None:
        return low, spans.ENDLESS if ended is None else ended
    first = parse_instant(plan["to"]["instant"])
    if plan["renews"] is None:
        return low, first
    if ended is None:
        return low, spans.ENDLESS
    high, runs = first, 0
    while high < ended:
        runs += 1
        high = add_period(zone, first, plan["renews"], runs)
    return low, high


class Book:
    """All windows and verdicts of one agreement; what expressions of money ask."""

    def __init__(self, run, agreement):
        self.run, self.agreement = run, agreement
        self.lines, self.sequences, self.verdicts, self.sums = {}, {}, {}, {}

    def line(self, version, objective, view, groups, ahead=False):
        name = (id(version), objective and objective["id"], view, groups, ahead)
        if name not in self.lines:
            self.lines[name] = line(self.run, self.agreement, version, objective, view, groups, self, ahead)
        return self.lines[name]

    def objective(self, name, place):
        """The objective as a version has it."""
        terms = self.agreement.versions[place]["terms"]
        return next((each for each in terms["objectives"] if each["id"] == name), None)

    def names(self):
        return sorted({each["id"] for version in self.agreement.versions for each in version["terms"]["objectives"]})

    def end(self, window):
        """The end of a window, inside the term."""
        return min(window[1], self.agreement.term[1])

    def part(self, window):
        """The part of a window inside the term."""
        return max(window[0], self.agreement.term[0]), self.end(window)

    def over(self, window):
        """Whether a window has ended at the time of evaluation."""
        return self.end(window) <= self.run.moment

    def evaluates(self, name):
        """Agreements with others under them evaluate only what is kept here."""
        if self.agreement.plan["evaluated"] == "here":
            return True
        places = range(len(self.agreement.versions))
        return any(self.objective(name, place) and self.objective(name, place)["kept_here"] for place in places)

    def sequence(self, name):
        """The windows of an objective with the version in force at the start of each."""
        if name not in self.sequences:
            self.sequences[name] = list(self.sequence_of(name))
        return self.sequences[name]

    def sequence_of(self, name):
        agreement = self.agreement
        for place, version in enumerate(agreement.versions):
            objective = self.objective(name, place)
            if objective is None:
                continue
            low, high = start_of(objective, agreement), agreement.term[1]
            whole = objective_windows(self, version, objective)
            for window in [piece for each in whole for piece in self.pieces(each)]:
                if window[0] < high and low < window[1] and agreement.version_at(window[0]) == place:
                    yield window, place

    def pieces(self, window):
        """Windows that the `from` of a version falls into are cut there, if it says so."""
        cuts = [start for start, version in zip(self.agreement.starts, self.agreement.versions) if version["splits_windows"]]
        edges = [window[0]] + sorted(cut for cut in cuts if max(window[0], self.agreement.term[0]) < cut < window[1]) + [window[1]]
        return list(zip(edges, edges[1:]))

    def groups(self, name, place):
        objective = self.objective(name, place)
        found = self.sums.get(("groups", name, place))
        if found is None:
            found = self.sums[("groups", name, place)] = groups_of(self, self.agreement.versions[place], objective)
        return found

    def verdict(self, name, window, place, groups):
        where = (name, window, place, groups)
        if where not in self.verdicts:
            version = self.agreement.versions[place]
            self.verdicts[where] = judge(self, version, self.objective(name, place), window, groups)
        return self.verdicts[where]

    def of_window(self, name, window, groups=None):
        """The verdicts of an objective in a window, of the groups with the same values in all fields that they share with those in hand."""
        place = next((place for each, place in self.sequence(name) if each == window), None)
        if place is None:
            return []
        all_groups = self.groups(name, place)
        if groups is not None:
            in_hand = {group.key: group.value for group in groups if group.key}
            all_groups = [each for each in all_groups if all(in_hand.get(group.key, group.value) == group.value for group in each)]
        return [self.verdict(name, window, place, each) for each in all_groups]

    def latest(self, name, window):
        """The windows of an objective up to the current one, or up to the last that ends no later, in order of their ends."""
        passed = [each for each, _ in self.sequence(name) if self.end(each) <= self.end(window)]
        return sorted(passed, key=lambda each: (self.end(each), each[0]))

    # What expressions ask.

    def failures(self, tree, env):
        from .values import number

        found = self.latest(tree["objective"], env.window)[-tree["last"]:]
        return number(sum(self.breached(tree["objective"], window, env.groups) for window in found))

    def breached(self, name, window, groups):
        return any(each.verdict == "breached" for each in self.of_window(name, window, groups))

    def value(self, tree, env):
        if env.row_value is not None and env.row_value[0] == tree["objective"]:
            return env.row_value[1]
        found = self.current(tree["objective"], env)
        return found.value if found else None

    def target(self, tree, env):
        from .expressions import value

        found = self.current(tree["objective"], env)
        test = found.objective["test"] if found else None
        return value(test["target"], found.env) if test and test["test"] == "compare" else None

    def current(self, name, env):
        there = any(each == env.window for each, _ in self.sequence(name))
        window = [env.window] if there else self.latest(name, env.window)[-1:]
        found = self.of_window(name, window[0], env.groups) if window else []
        return found[0] if len(found) == 1 else None

    def fees(self, tree, env):
        from .fees import fees

        return fees(self, tree["fees"], env)

    def fee_rate(self, tree, env):
        from .fees import fee_rate

        return fee_rate(self, tree, env)

    def of_term(self, env):
        """The windows that the current one stands among, in order of their starts: also those before the objective's `from`."""
        sequence = sorted(window for window, _ in self.sequence(env.line.objective["id"]))
        if env.line.objective["window"]["window"] == "claims":
            return sequence
        low, high = max(self.agreement.term[0], self.run.first - self.run.reach), min(self.agreement.term[1], self.run.last + self.run.reach)
        earlier = windows(env.line.objective["window"], self.run.zones, low, high, self.agreement.term)
        earlier = [piece for window in earlier for piece in self.pieces(window)]
        return [window for window in earlier if sequence and window[1] <= sequence[0][0]] + sequence

    def shift(self, tree, env):
        from .expressions import value
        from .fees import OUTSIDE

        sequence = env.sequence or self.of_term(env)
        place = sequence.index(env.window) + tree["windows"] if env.window in sequence else -1
        window = sequence[place] if 0 <= place < len(sequence) else OUTSIDE
        return value(tree["value"], env.at(window=window, frame=window, moment=None))


def books(run):
    """One book for each agreement that is evaluated, and each of its customers."""
    found = []
    for plan in run.plan["agreements"]:
        if plan["evaluated"] == "nowhere":
            continue
        for customer in customers(run, plan):
            found.append(Book(run, Agreement(run, plan, customer)))
    return found


def customers(run, plan):
    customer = plan["customer"]
    if customer["customer"] == "party":
        return [customer["id"]]
    if customer["customer"] == "nobody":
        return [None]
    if "customer" in run.told:
        return [run.told["customer"]]
    low, high = term(run, plan["term"], run.zones[plan["versions"][0]["terms"]["zone"]["name"]])
    owners = {source["name"]: source["owner"]["customer"] for source in run.plan["sources"] if source["owner"]["customer"]}
    spoken_of = {name for version in plan["versions"] for name in sources_of(run, version)} & set(owners)
    return sorted({row.fields[owners[name]] for name in spoken_of for row in run.rows(NOW)[name] if low <= row.anchor < high})


def sources_of(run, version):
    """The sources that the terms of a version speak of: what its objectives read, and its money."""
    terms = version["terms"]
    found = {name for objective in terms["objectives"] for name in reads(version, objective, run)}
    for name in ("fees", "credits", "credit_caps", "terminations"):
        found |= {source for each in terms[name] for source in sources_read(each)}
    return found
