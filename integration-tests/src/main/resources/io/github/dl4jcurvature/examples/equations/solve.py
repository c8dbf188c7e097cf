# SPDX-License-Identifier: Apache-2.0
"""Solves the system in a directory each time an equation and an order are read, and answers with CPU seconds."""
import os
import platform
import sys
import time

import numpy as np
import scipy
import scipy.linalg as sl

directory = sys.argv[1]


def read(name, rows):
    return np.fromfile(os.path.join(directory, name)).reshape(rows, -1)


SOLVERS = {
    "SYLVESTER": lambda m: sl.solve_sylvester(m["A"], m["B"], m["C"]),
    "LYAPUNOV": lambda m: sl.solve_continuous_lyapunov(m["A"], m["Q"]),
    "DISCRETE_LYAPUNOV": lambda m: sl.solve_discrete_lyapunov(m["A"], m["Q"]),
    "CARE": lambda m: sl.solve_continuous_are(m["A"], m["B"], m["Q"], m["R"]),
    "DARE": lambda m: sl.solve_discrete_are(m["A"], m["B"], m["Q"], m["R"]),
}

print(f"SciPy {scipy.__version__}, NumPy {np.__version__}, Python {platform.python_version()}", flush=True)
loaded = None
for line in sys.stdin:
    if loaded != line:
        equation, order = line.split()
        n = int(order)
        names = {"SYLVESTER": "ABC", "LYAPUNOV": "AQ", "DISCRETE_LYAPUNOV": "AQ"}.get(equation, "ABQR")
        matrices = {name: read(name, max(1, n // 10) if name == "R" else n) for name in names}
        loaded = line
    start = time.process_time()
    solution = SOLVERS[equation](matrices)
    seconds = time.process_time() - start
    np.ascontiguousarray(solution).tofile(os.path.join(directory, "X"))
    print(seconds, flush=True)
