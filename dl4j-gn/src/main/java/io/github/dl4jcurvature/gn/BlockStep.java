/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import io.github.dl4jcurvature.linalg.ColumnMajor;

/** Raw steps of both halves of a block, each [m + 1, h] with the step of the bias in the last row, or [m, h]. */
record BlockStep(ColumnMajor f, ColumnMajor g, BlockReport report) implements AutoCloseable {
    @Override
    public void close() {
        f.close();
        g.close();
    }
}
