"""Objectives and verdicts (plan.md, "Objectives", "Verdicts")."""

import json
from dataclasses import dataclass

from . import facts, spans
from .clock import add_period
from .data import ENDED, NEVER, NOW
from .engine import Env, Group, Line, holds
from .expressions import value
from .measured import reads
from .rows import rows
from .values import compare, constant, key, parse_instant
from .windows import inside, windows


@dataclass
class Verdict:
    """What became of one window of an objective, for one group."""

    objective: dict
    window: tuple
    groups: tuple
    verdict: str
    value: object = None
    by_missing: bool = False
    env: object = None


def start_of(objective, agreement):
    start = agreement.term[0]
    return max(start, parse_instant(objective["from"]["instant"])) if objective["from"] else start


def objective_windows(book, version, objective):
    """The whole windows of an objective that share time with the term, from its `from` on."""
    run, agreement = book.run, book.agreement
    low = max(start_of(objective, agreement), run.first - run.reach)
    high = min(agreement.term[1], run.last + run.reach)
    if objective["window"]["window"] == "claims":
        return claim_windows(book, version, objective, low, high)
    return windows(objective["window"], run.zones, low, high, agreement.term)


def claim_windows(book, version, objective, low, high):
    """One window for each row of the source."""
    window = objective["window"]
    on_line = book.line(version, objective, NOW, ())
    env = Env(book.run, on_line, on_line.term, on_line.term, credit=book)
    zone = book.run.zones[window["zone"]]
    ends = {row.anchor for row in rows({"op": "source", "source": window["source"]}, env) if row.anchor is not None}
    found = [(add_period(zone, end, window["length"], -1), end) for end in sorted(ends)]
    return [each for each in found if inside(each, low, high)]


def groups_of(book, version, objective):
    """Every combination of group values, as frames hold them."""
    groups = objective["groups"]
    if groups is None:
        return [()]
    if groups["values"]["groups"] == "known":
        combinations = [[constant(each, book.run.ranks) for each in values] for values in groups["values"]["values"]]
    else:
        combinations = occurring(book, version, objective, groups)
    return [
        tuple(Group(each["name"], each["field"], tuple(each["sources"]), found, field_key(each)) for each, found in zip(groups["keys"], values))
        for values in combinations
    ]


def field_key(key):
    """What makes a field of groups the same as that of another objective."""
    return json.dumps([key["field"], key["of"]], sort_keys=True)


def occurring(book, version, objective, groups):
    """The combinations that occur in rows of the keys' sources within the agreement's term, whatever hours and exclusions say."""
    found = set()
    on_line = Line(book.run, book.agreement, version, objective, NOW, book.agreement.term, spans.ALL)
    env = Env(book.run, on_line, book.agreement.term, book.agreement.term, credit=book)
    for source in sorted({name for each in groups["keys"] for name in each["sources"]}):
        if not all(source in each["sources"] for each in groups["keys"]):
            continue
        for row in rows({"op": "source", "source": source}, env).belonging(*book.agreement.term):
            values = tuple(row.fields[each["field"]] for each in groups["keys"])
            if None not in values:
                found.add(values)
    return sorted(found, key=lambda values: [key(each) for each in values])


def env_of(book, version, objective, window, groups, view=NOW):
    """The frame at the outside: the window inside the term and the objective's `from`."""
    on_line = book.line(version, objective, view, groups)
    frame = inside(window, start_of(objective, book.agreement), book.agreement.term[1]) or (window[0], window[0])
    return Env(book.run, on_line, window, frame, groups=groups, credit=book)


def judge(book, version, objective, window, groups):
    """The verdict of one window and group, in the five steps of the page."""
    env = env_of(book, version, objective, window, groups)
    found = Verdict(objective, window, groups, "not in force", env=env)
    if not looked_at(book, window) or not in_force(book, version, objective, window, env):
        return found
    if unfinished(book, version, objective, window):
        # What has begun is computed as things are, for what is shown, and for what stops the evaluation.
        if env.frame[0] < book.run.moment:
            found.value = decide(objective, env)[0]
        found.verdict = "pending"
        return found
    found.value, found.verdict, found.by_missing = decide(objective, env)
    if book.run.any_open or unending(book, objective):
        ended, never = (decide(objective, env_of(book, version, objective, window, groups, view))[1] for view in (ENDED, NEVER))
        if ended != never:
            found.verdict, found.by_missing = "pending", False
    if found.verdict == "not in force":
        found.value = None
    return found


def looked_at(book, window):
    """A test states from when on there are data: windows that end before are not looked at."""
    return book.run.since is None or book.end(window) > book.run.since


def in_force(book, version, objective, window, env):
    """Step 1."""
    start = start_of(objective, book.agreement)
    rule = objective["first_window"]
    if rule == "full" and window[0] < start:
        return False
    if rule == "skipped" and window[0] <= start:
        return False
    on_line = env.line
    if env.frame[1] > book.run.moment:
        on_line = book.line(version, objective, NOW, env.groups, ahead=True)
    if not spans.clip(on_line.measured, *env.frame):
        return False
    low, high = book.agreement.term
    if objective["window"]["window"] == "rolling" and not (window[0] >= max(low, start) and window[1] <= high):
        return False
    return measured_condition(objective) or facts.holds_true(objective["condition"], env)


def measured_condition(objective):
    """Whether it is in force only where a measure says so, which is asked with the value."""
    return objective["condition"] is not None and objective["condition"]["when"] == "measured"


def unfinished(book, version, objective, window):
    """Step 2."""
    run = book.run
    read = reads(version, objective, run)
    end = book.end(window)
    return end > run.moment or any(end > run.complete.get(name, run.moment) for name in read)


def unending(book, objective):
    """Whether a metric makes spans of its own, or looks at clocks: these may be open though no row is."""
    metric = book.run.metrics[objective["metric"]]["expression"]
    return measured_condition(objective) or holds(metric, lambda part: part.get("op") in ("rows_span", "elapsed", "longest_gap"))


def decide(objective, env):
    """Steps 3 and 4: value, verdict, and whether want of data decided."""
    found = value(env.run.metrics[objective["metric"]]["expression"], env)
    wanted = target(objective["test"], env)
    if measured_condition(objective) and not facts.holds_true(objective["condition"], env):
        return found, "not in force", False
    if found is None:
        missing = objective["missing"]
        return None, {"no_data": "no data"}.get(missing, missing), missing == "breached"
    if small(objective, env):
        return found, "met", False
    good = passes(objective["test"], found, wanted)
    return found, "no data" if good is None else "met" if good else "breached", False


def small(objective, env):
    """`small_sample`: with few rows some misses are forgiven."""
    rule = objective["small_sample"]
    if rule is None:
        return False
    belonging = rows(objective["items"]["rows"], env).belonging(*env.frame)
    return len(belonging) < rule["below"] and len(bad_rows(objective, env)) <= rule["misses"]


def bad_rows(objective, env):
    """Rows that belong to the window and for which `good` is not true."""
    if objective["items"] is None:
        return []
    belonging = rows(objective["items"]["rows"], env).belonging(*env.frame)
    return [row for row in belonging if value(objective["items"]["good"], env.with_row(row)) is not True]


def target(test, env):
    """What a value is compared with: a value, or the ends of a range; `None` if it has none."""
    if test["test"] == "compare":
        return value(test["target"], env)
    ends = value(test["low"], env), value(test["high"], env)
    return None if None in ends else ends


def passes(test, found, wanted):
    if wanted is None:
        return None
    if test["test"] == "compare":
        return compare(test["relation"], found, wanted)
    low, high = wanted
    return compare("<=", low, found) and compare("<=", found, high)
