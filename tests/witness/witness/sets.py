"""Sets of time (plan.md, "Sets of time")."""

from . import spans
from .engine import remembered
from .rows import rows


def times(tree, env, low, high):
    """The part of a set of time inside `[low, high)`."""
    kind = tree["op"]
    if low >= high:
        return []
    if kind == "always":
        return [(low, high)]
    if kind == "union":
        return spans.union([part for each in tree["times"] for part in times(each, env, low, high)])
    if kind == "intersection":
        found = [(low, high)]
        for each in tree["times"]:
            found = spans.intersect(found, times(each, env, low, high))
        return found
    if kind == "complement":
        return spans.subtract([(low, high)], times(tree["time"], env, low, high))
    return spans.clip(whole(tree, env), low, high)


def whole(tree, env):
    """The whole of a set that is found at once."""
    kind = tree["op"]
    if kind == "open":
        return env.run.calendars[tree["calendar"]].times()
    if kind == "covered":
        return remembered(tree, env, lambda: covered(rows(tree["rows"], env)))
    if kind == "overlap":
        return remembered(tree, env, lambda: overlap(tree, env))
    if kind == "holds":
        return remembered(tree, env, lambda: holds(tree, env))
    if kind == "true_slots":
        return remembered(tree, env, lambda: true_slots(tree, env))
    if kind == "runs":
        return remembered(tree, env, lambda: runs(tree, env))
    raise ValueError(kind)


def covered(found):
    """The union of the extents."""
    return spans.union([part for row in found for part in row.extent])


def overlap(tree, env):
    """Where rows with at least `least` different values are there."""
    from .expressions import value

    by_value = {}
    for row in rows(tree["rows"], env):
        asked = value(tree["by"], env.with_row(row))
        if asked is not None:
            by_value.setdefault(asked, []).extend(row.extent)
    return spans.union(at_least([spans.union(parts) for parts in by_value.values()], tree["least"]))


def holds(tree, env):
    """From what says so to what denies it; at one instant all must say so."""
    from .expressions import value

    said = {}
    for row in rows(tree["rows"], env):
        answer = value(tree["condition"], env.with_row(row))
        if row.anchor is not None and answer is not None:
            said.setdefault(row.anchor, []).append(answer)
    found, since = [], None
    for at in sorted(said):
        now = all(said[at])
        if since is None and now:
            since = at
        elif since is not None and not now:
            found.append((since, at))
            since = None
    if since is not None and since < env.run.moment:
        found.append((since, env.run.moment))
    return found


def at_least(sets, least):
    """The intervals in which at least so many of the sets are."""
    steps = sorted([(start, 1) for each in sets for start, _ in each] + [(end, -1) for each in sets for _, end in each])
    found, there, last = [], 0, None
    for at, step in steps:
        if there >= least and last < at:
            found.append((last, at))
        there, last = there + step, at
    return found


def true_slots(tree, env):
    """The slots of a series whose value is true."""
    return spans.union([part for row in rows(tree["series"], env) if row.value is True for part in row.extent])


def runs(tree, env):
    """Long stretches, joined over what is excluded."""
    found = spans.intersect(times(tree["time"], env, -spans.ENDLESS, spans.ENDLESS), env.line.runnable)
    stretches = []
    for start, end in found:
        if stretches and bridged(env.line.excluded, stretches[-1][1], start):
            stretches[-1] = (stretches[-1][0], end, stretches[-1][2] + end - start)
        else:
            stretches.append((start, end, end - start))
    lasting = tree["lasting"]["nanoseconds"]
    return spans.union([
        (start, end) for start, end, length in stretches if (length > lasting if tree["longer"] else length >= lasting)
    ])


def bridged(excluded, low, high):
    """Whether everything between lies in excluded time."""
    return spans.length(spans.clip(excluded, low, high)) == high - low
