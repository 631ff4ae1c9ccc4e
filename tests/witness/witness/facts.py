"""Facts (plan.md, "Facts")."""

from .engine import holds
from .values import Stop, constant, parse_instant


def changes(name, env):
    """When the fact takes which value: `None` stands for always."""
    run = env.run
    if name in run.told:
        return [(None, constant(run.told[name], run.ranks))]
    found = {}
    if run.facts[name]["default"] is not None:
        found[None] = constant(run.facts[name]["default"], run.ranks)
    for given in env.line.version["terms"]["given"]:
        if given["fact"] == name:
            moment = parse_instant(given["from"]["instant"]) if given["from"] else None
            found[moment] = constant(given["value"], run.ranks)
    return sorted(found.items(), key=lambda change: (change[0] is not None, change[0] or 0))


def at(name, env, moment):
    """Its value at one instant."""
    found = [value for start, value in changes(name, env) if start is None or start <= moment]
    if not found:
        raise Stop(f"nobody tells the fact {name}")
    return found[-1]


def in_window(name, env):
    """Its value in the window in hand, where it must not change."""
    if env.moment is not None:
        return at(name, env, env.moment)
    low, high = in_hand(env)
    value = at(name, env, low)
    for start, other in changes(name, env):
        if start is not None and low < start < high and other != value:
            raise Stop(f"the fact {name} changes inside a window")
    return value


def in_hand(env):
    low, high = env.line.term
    return max(env.window[0], low), min(env.window[1], high)


def holds_true(condition, env):
    """A `FactCondition`."""
    from .expressions import value

    if condition is None:
        return True
    tree, when = condition["condition"], condition["when"]
    low, high = in_hand(env)
    if when == "constant":
        return value(tree, env) is True
    moments = [low]
    if when != "at_start":
        names = []
        holds(tree, lambda part: part.get("op") == "fact" and names.append(part["name"]))
        moments += [start for name in names for start, _ in changes(name, env) if start is not None and low < start < high]
    found = [value(tree, env.at(moment=moment)) is True for moment in moments]
    return any(found) if when == "ever" else all(found)
