"""Expressions of rows (plan.md, "Rows")."""

from . import spans
from .data import ENDED, NEVER, Row, Rows
from .engine import remembered
from .values import INFINITE, Instant, duration


def rows(tree, env):
    """The rows of an expression, on the whole line of time."""
    return remembered(tree, env, lambda: Rows(OPERATORS[tree["op"]](tree, env)))


def of_source(tree, env):
    """`source`: the four filters."""
    source = env.run.sources[tree["source"]]
    found = env.run.rows(env.line.view)[tree["source"]]
    found = owned(found, source, env)
    for group in env.groups:
        if source["name"] in group.sources:
            found = [row for row in found if row.fields[group.field] == group.value]
    found = not_ignored(found, source, env)
    if source["rows"]["kind"] == "events":
        counted = env.line.runnable
        if env.free is not None and source["name"] not in env.free:
            counted = [env.line.agreement.term]
        found = [row for row in found if spans.clip(counted, row.at, row.at + 1)]
    return found


def owned(found, source, env):
    """Filter 1: the customer's rows, the service's rows."""
    customer, service = source["owner"]["customer"], source["owner"]["service"]
    if customer is not None and env.line.agreement.customer is not None:
        found = [row for row in found if row.fields[customer] == env.line.agreement.customer]
    wanted = env.line.objective and env.line.objective["service"]
    if service is not None and wanted is not None:
        found = [row for row in found if row.fields[service] == wanted]
    return found


def not_ignored(found, source, env):
    """Filter 3; its conditions see all rows."""
    from .expressions import value

    if env.unfiltered:
        return found
    all_rows = env.at(unfiltered=True)
    names = env.line.objective["ignores"] if env.line.objective else []
    for ignore in env.line.version["terms"]["ignores"]:
        if ignore["id"] in names and ignore["source"] == source["name"]:
            condition = ignore["condition"]
            found = [row for row in found if condition is not None and value(condition, all_rows.with_row(row)) is not True]
    return found


def slot_rows(tree, env):
    """`slot_rows`: what the innermost `each` around cuts."""
    cut, outer = env.cut
    return rows(cut["rows"], outer.at(groups=env.groups, around=()))


def linked(tree, env):
    """`linked`: the rows of another source with the key of a row around that are not ignored."""
    wanted = env.around[tree["row"]].fields.get(tree["field"])
    found = env.run.rows(env.line.view)[tree["source"]]
    named = [row.copy(free=True) for row in found if wanted is not None and row.fields[tree["key"]] == wanted]
    return not_ignored(named, env.run.sources[tree["source"]], env)


def where(tree, env):
    from .expressions import value

    return [row for row in rows(tree["rows"], env) if value(tree["condition"], env.with_row(row)) is True]


def rows_during(tree, env):
    """`rows_during`: cut as a frame would cut."""
    from .sets import times

    found = []
    for row in rows(tree["rows"], env):
        anchor = row.anchor
        if anchor is not None and not times(tree["time"], env, anchor, anchor + 1):
            anchor = None
        extent = [part for low, high in row.extent for part in times(tree["time"], env, low, high)]
        found.append(row.copy(anchor=anchor, extent=extent))
    return found


def rows_at(tree, env):
    """`rows_at`: events at an instant of each row."""
    from .expressions import value

    found = []
    for row in rows(tree["rows"], env):
        instant = value(tree["instant"], env.with_row(row))
        if instant is not None:
            found.append(row.copy(at=instant.ns, anchor=instant.ns, extent=[]))
    return found


def rows_span(tree, env):
    """`rows_span`: another start and end, and so another anchor, extent and length."""
    from .expressions import value

    found = []
    for row in rows(tree["rows"], env):
        start, end = value(tree["start"], env.with_row(row)), value(tree["end"], env.with_row(row))
        if start is None:
            continue
        if end is None and env.line.view == ENDED:
            end = Instant(max(env.run.moment, start.ns))
        last = end.ns if end is not None else spans.ENDLESS if env.line.view == NEVER else env.run.moment
        found.append(row.copy(
            start=start.ns, end=end.ns if end is not None else None, open=end is None, anchor=start.ns,
            extent=[(start.ns, last)] if start.ns < last else [], part=None,
        ))
    return found


def pieces(tree, env):
    """`pieces`: one row for each maximal interval inside the line; its length is the measured part."""
    from .sets import times

    whole = times(tree["time"], env, *env.line.term)
    return [
        Row(start=start, end=end, anchor=start, extent=[(start, end)], fields={}, place=place, open=False, free=False,
            part=spans.length(spans.clip(env.line.runnable, start, end)))
        for place, (start, end) in enumerate(whole)
    ]


def each(tree, env):
    from .slots import series

    return series(tree, env)


OPERATORS = {
    "source": of_source, "slot_rows": slot_rows, "linked": linked, "where": where, "rows_during": rows_during,
    "rows_at": rows_at, "rows_span": rows_span, "pieces": pieces, "each": each,
}


def part(tree, env):
    """The parts of a row (`op` `row`)."""
    row, name = env.around[tree["row"]], tree["part"]
    if name == "value":
        return row.value
    if name == "at":
        return None if row.at is None else Instant(row.at)
    if name == "start":
        return None if row.start is None else Instant(row.start)
    if name == "end":
        return None if row.end is None else Instant(row.end)
    return length(row, env)


def length(row, env):
    if row.part is not None:
        return duration(row.part)
    if row.end is not None:
        return duration(row.end - row.start)
    if row.start is None:
        return None
    if env.line.view == NEVER:
        return duration(INFINITE)
    return duration(max(env.run.moment - row.start, 0))
