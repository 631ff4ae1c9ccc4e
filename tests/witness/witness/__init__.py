"""A second evaluator of evaluation plans, written from `docs/plan.md` alone.

It is deliberately naive: row loops over exact fractions, sets of time as sorted lists of intervals of whole nanoseconds.
Each rule of the page is a small function that names its section. It shares nothing with the program it is a witness of.
"""
