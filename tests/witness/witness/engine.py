"""What an evaluation runs in: the plan by its names, the line of an objective, the environment of an expression."""

from dataclasses import dataclass
from functools import cached_property

from . import data, spans
from .calendars import Calendar
from .clock import Zone
from .values import parse_instant


class TooManySlots(Exception):
    """More slots than whoever asks has patience for."""


class Run:
    """The plan by its names, the rows, and what the caller told.

    `since`: windows that end before are not looked at. `slots`: how many may be computed.
    """

    def __init__(self, plan, rows, moment, complete, facts, shown, since=None, slots=None):
        self.since, self.slots = since, slots
        self.plan, self.moment, self.complete, self.told, self.shown = plan, moment, complete, facts, shown
        self.ranks = {severity["name"]: rank for rank, severity in enumerate(plan["severities"])}
        self.zones = {zone["name"]: Zone(zone) for zone in plan["zones"]}
        self.calendars = {each["id"]: Calendar(each, self.zones[each["zone"]]) for each in plan["calendars"]}
        self.sources = {source["name"]: source for source in plan["sources"]}
        self.metrics = {metric["id"]: metric for metric in plan["metrics"]}
        self.facts = {fact["name"]: fact for fact in plan["facts"]}
        self.tables = {table["name"]: table for table in plan["tables"]}
        self.whole = {((("unit", unit["name"]), 1),) for unit in plan["units"] if unit["whole"]}
        self.given = rows
        self.views = {}
        self.static = {}
        self.known_facts = {}
        starts = [row.anchor for source in self.rows(data.NOW).values() for row in source]
        # Slots far before the first row and far after the last hold nothing that anybody asks for.
        self.first = min(starts + [shown[0]]) - 2 * 86400 * 10**9
        self.last = max(moment, shown[1]) + 2 * 86400 * 10**9
        self.reach = 800 * 86400 * 10**9  # windows and calendars are looked at this far around, for what looks back and ahead
        for each in self.calendars.values():
            each.known = (max(self.first - self.reach, each.zone.start), min(self.last + self.reach, each.zone.end))

    def count_slots(self, number):
        if self.slots is not None:
            self.slots -= number
            if self.slots < 0:
                raise TooManySlots

    def rows(self, view):
        if view not in self.views:
            self.views[view] = data.read(self.plan, self.given, self.moment, view, self.ranks)
        return self.views[view]

    @cached_property
    def any_open(self):
        return any(row.open for source in self.rows(data.NOW).values() for row in source)

    def facts_of(self, agreement):
        """What each fact is worth from when on, in one agreement."""
        from .facts import told

        if id(agreement) not in self.known_facts:
            self.known_facts[id(agreement)] = {name: told(self, agreement, name) for name in self.facts}
        return self.known_facts[id(agreement)]


class Line:
    """The line of time of one objective and group, in one view of what is open (plan.md, "Measured time")."""

    def __init__(self, run, agreement, version, objective, view, term, hours, absent=(), up=()):
        self.run, self.agreement, self.version, self.objective, self.view = run, agreement, version, objective, view
        self.term = term
        self.hours = hours
        self.inside = spans.clip(hours, *term)
        self.absent, self.up = list(absent), list(up)
        self.excluded = spans.union(self.absent + self.up)
        self.measured = spans.subtract(self.inside, self.absent)
        self.counted = spans.subtract(self.measured, self.up)
        self.runnable = spans.subtract(self.inside, self.excluded)
        self.cache = {}

    def with_excluded(self, absent, up):
        return Line(self.run, self.agreement, self.version, self.objective, self.view, self.term, self.hours, absent, up)


@dataclass(frozen=True)
class Group:
    """One value of a frame: of the objective's groups, or of an `each` that cuts by a field."""

    name: str
    field: str
    sources: tuple
    value: object
    key: str = ""  # what two objectives must share for their groups to correspond: the field and its type; not of an `each`


@dataclass(frozen=True)
class Env:
    """What stands around an expression."""

    run: Run
    line: Line
    window: tuple  # the current window, whole
    frame: tuple  # its interval
    slot: tuple = None  # the interval of the innermost `each` that cuts time
    groups: tuple = ()
    cut: tuple = None  # the rows of the innermost `each`, and the environment it stands in
    around: tuple = ()
    credit: object = None  # what fees, values and failures are asked of
    row_value: object = None  # in a credit for each row, the row's value
    sequence: object = None  # the windows that the current one stands among, if not the objective's
    free: object = None  # in a credit: the sources its objective reads; of all others rows are held by the term alone
    unfiltered: bool = False  # inside the condition of an ignore, for which no row is ignored
    moment: object = None  # the instant at which facts are asked, if not the window

    def at(self, **parts):
        # As `dataclasses.replace`, which takes ten times as long.
        made = object.__new__(Env)
        made.__dict__.update(self.__dict__)
        made.__dict__.update(parts)
        return made

    @property
    def inside(self):
        """The part of the current window inside the term, and for what is measured also from the objective's `from` on."""
        low, high = self.line.agreement.term
        objective = self.line.objective
        if objective is not None and objective["from"] is not None and self.free is None:
            low = max(low, parse_instant(objective["from"]["instant"]))
        return max(self.window[0], low), min(self.window[1], high)

    def with_row(self, row):
        return self.at(around=(row,) + self.around)


ROW_ARGUMENTS = {
    "where": ["condition"], "rows_at": ["instant"], "rows_span": ["start", "end"], "overlap": ["by"],
    "distinct": ["value"], "share": ["condition"], "sum": ["value"], "mean": ["value"], "minimum": ["value"],
    "maximum": ["value"], "percentile": ["value"], "downtime": ["weight"], "uptime": ["weight"],
}
WINDOW_BOUND = {"window_length", "window_days", "measured_length", "fact", "value", "target", "fees", "fee_rate", "failures", "shift"}


def children(tree):
    """The operators right below one."""
    for name, part in tree.items():
        if name == "op":
            continue
        for each in part if isinstance(part, list) else [part]:
            if isinstance(each, dict):
                yield name, each


def asks_around(tree, depth=0):
    """Whether something in it asks for a row around that it does not itself go through."""
    if tree.get("op") in ("field", "row", "linked") and tree["row"] >= depth:
        return True
    inner = ROW_ARGUMENTS.get(tree.get("op"), [])
    return any(asks_around(part, depth + (name in inner)) for name, part in children(tree))


def holds(tree, test):
    return test(tree) or any(holds(part, test) for _, part in children(tree))


def static(run, tree):
    """What a part of the plan depends on: rows around, the window, the frame, the slot."""
    found = run.static.get(id(tree))
    if found is None:
        found = (
            asks_around(tree),
            holds(tree, lambda part: part.get("op") in WINDOW_BOUND),
            holds(tree, lambda part: part.get("cut") == "field"),
            holds(tree, lambda part: part.get("op") == "each"),
        )
        run.static[id(tree)] = found
    return found


def remembered(tree, env, compute):
    """`compute()`, once for all that it depends on."""
    around, window, frame, slot = static(env.run, tree)
    if around:
        return compute()
    key = (
        id(tree), tuple([(group.name, group.value) for group in env.groups]) if env.groups else (),
        env.window if window else None, env.moment if window else None, env.frame if frame else None,
        env.slot if slot or frame else None, id(env.cut[0]) if env.cut else None,
    )
    if key not in env.line.cache:
        env.line.cache[key] = compute()
    return env.line.cache[key]
