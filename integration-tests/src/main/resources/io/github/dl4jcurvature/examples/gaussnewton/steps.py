# SPDX-License-Identifier: Apache-2.0
"""Takes the same Gauss-Newton step again and again and answers each line of input with its seconds.

Arguments: the directory of the workload and that of revgn.py. Input: the number of examples. The pseudo-inverse is that
of a singular value decomposition, as in the published code.
"""
import os
import platform
import sys
import time

import numpy as np

workload, scripts = sys.argv[1:3]
sys.path[:0] = [scripts]
import revgn


def read(name):
    return np.load(os.path.join(workload, name + ".npy"))


def block(index, activation):
    def part(half, name):
        return read(f"digits_init_b{index}_{half}_{name}")

    return revgn.Block(part("f", "V"), part("f", "W_outxin").copy(), part("f", "b").ravel().copy(), part("g", "V"),
                       part("g", "W_outxin").copy(), part("g", "b").ravel().copy(), activation)


inputs, labels = read("digits_Xtr"), read("digits_Ytr")
network = revgn.RevMLP([block(0, "identity"), block(1, "relu")], read("digits_init_U"))
print(f"NumPy {np.__version__}, Python {platform.python_version()}", flush=True)
for line in sys.stdin:
    n = int(line)
    x, y = inputs[:n], labels[:n]
    start = time.perf_counter()
    residual = revgn.resid_ce_identity(network.logits(x), y)
    updates = network.gn_blocks(x, residual, lambda a: revgn.pinv_svd(a, 1e-2, 1e-5)[0])
    network.add(-0.1 / len(network.blocks) * network.flat(updates))
    print(time.perf_counter() - start, flush=True)
