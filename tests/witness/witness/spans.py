"""Sets of time as sorted lists of disjoint, non-touching half-open intervals of nanoseconds."""

from bisect import bisect_left, bisect_right

ENDLESS = 10**30
ALL = [(-ENDLESS, ENDLESS)]


def union(intervals):
    """Any intervals, put in order and merged; ends that touch are one."""
    merged = []
    for start, end in sorted(intervals):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            if end > merged[-1][1]:
                merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def clip(times, low, high):
    """The part of a set inside one interval."""
    if low >= high:
        return []
    first = max(bisect_right(times, (low, ENDLESS * 2)) - 1, 0)
    last = bisect_left(times, (high, -ENDLESS * 2))
    found = []
    for start, end in times[first:last]:
        start, end = max(start, low), min(end, high)
        if start < end:
            found.append((start, end))
    return found


def intersect(left, right):
    if len(left) > len(right):
        left, right = right, left
    found = []
    for start, end in left:
        found.extend(clip(right, start, end))
    return found


def complement(times):
    found, at = [], -ENDLESS
    for start, end in times:
        if at < start:
            found.append((at, start))
        at = end
    if at < ENDLESS:
        found.append((at, ENDLESS))
    return found


def subtract(left, right):
    return intersect(left, complement(right)) if right else list(left)


def length(times):
    return sum(end - start for start, end in times)


def earliest(times, most):
    """The earliest part of a set that is `most` long."""
    found, left = [], most
    for start, end in times:
        if left <= 0:
            break
        end = min(end, start + left)
        found.append((start, end))
        left -= end - start
    return found
