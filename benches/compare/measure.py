"""Runs a command for somebody else: `measure.py OUTPUT WORD...` prints how it ended and what it took, as JSON.

A process of its own, because a child's greatest memory is at least that of the process it was forked from: this one is small.
"""

import json
import os
import sys
import time

output = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
begin = time.perf_counter()
child = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, output, 1)])
_, status, usage = os.wait4(child, 0)
wall = time.perf_counter() - begin
print(json.dumps({"ended": os.waitstatus_to_exitcode(status), "wall": wall, "cpu": usage.ru_utime + usage.ru_stime,
                  "memory": usage.ru_maxrss / 1024}))
