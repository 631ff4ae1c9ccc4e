"""One process of DuckDB: `duck.py PATH NUMBERS [load]` asks the questions of these numbers and prints the answers as JSON.

`each:2` is the third of the single questions, `ten` all ten in one connection. With `load` the file is read into a table first, once.
"""

import json
import os
import sys
import time

import duckdb

from questions import EACH, TEN, rows_of


def main(path, which, loads):
    questions = TEN if which == "ten" else [EACH[int(which)]]
    begin = time.perf_counter()
    connection = duckdb.connect()
    if threads := os.environ.get("COMPARE_THREADS"):
        connection.execute(f"SET threads = {int(threads)}")
    rows = rows_of(path)
    if loads:
        columns = ", ".join(f'"{name}"' for name in ("at", *sorted({column for question in questions for column in question.columns})))
        connection.execute(f"CREATE TABLE loaded AS SELECT {columns} FROM {rows}")
        rows = "loaded"
    answers = [connection.execute(question.sql[0].format(rows=rows)).fetchall() for question in questions]
    spent = time.perf_counter() - begin
    print(json.dumps({"seconds": spent, "answers": answers}, default=str))


main(sys.argv[1], sys.argv[2], sys.argv[3:] == ["load"])
