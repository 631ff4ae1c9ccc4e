"""Random small contracts and random rows for them, the same for the same seed.

The rows lie where mistakes do: at borders of windows, at changes of the clock, exactly at bounds, over one another, still open.
"""
