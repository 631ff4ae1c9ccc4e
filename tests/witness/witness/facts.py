"""Facts (plan.md, "Facts")."""

from .engine import holds
from .spans import ENDLESS
from .values import Stop, constant, parse_instant


def changes(name, env):
    """When the fact takes which value."""
    return env.run.facts_of(env.line.agreement)[name]


def told(run, agreement, name):
    """The same, from what is said: the caller before the agreement, the agreement before the default."""
    if name in run.told:
        return [(-ENDLESS, constant(run.told[name], run.ranks))]
    found = {}
    if run.facts[name]["default"] is not None:
        found[-ENDLESS] = constant(run.facts[name]["default"], run.ranks)
    for start, version in zip(agreement.starts, agreement.versions):
        said = [given for given in version["terms"]["given"] if given["fact"] == name]
        moments = [max(parse_instant(given["from"]["instant"]), start) if given["from"] else start for given in said]
        # What a version says of a fact stands in place of what those before it said of later times.
        found = {moment: value for moment, value in found.items() if not moments or moment < min(moments)}
        found.update((moment, constant(given["value"], run.ranks)) for moment, given in zip(moments, said))
    return sorted(found.items())


def at(name, env, moment):
    """Its value at one instant."""
    found = [value for start, value in changes(name, env) if start <= moment]
    if not found:
        raise Stop(f"nobody tells the fact {name}")
    return found[-1]


def in_window(name, env):
    """Its value in the current window, where it must not change."""
    if env.moment is not None:
        return at(name, env, env.moment)
    low, high = env.inside
    value = at(name, env, low)
    for start, other in changes(name, env):
        if low < start < high and other != value:
            raise Stop(f"the fact {name} changes inside a window")
    return value


def holds_true(condition, env):
    """A `FactCondition`."""
    from .expressions import value

    if condition is None:
        return True
    tree, when = condition["condition"], condition["when"]
    low, high = env.inside
    if when in ("constant", "measured"):
        return value(tree, env) is True
    moments = [low]
    if when != "at_start":
        names = []
        holds(tree, lambda part: part.get("op") == "fact" and names.append(part["name"]))
        moments += [start for name in names for start, _ in changes(name, env) if low < start < high]
    found = [value(tree, env.at(moment=moment)) is True for moment in moments]
    return any(found) if when == "ever" else all(found)
